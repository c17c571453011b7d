import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// The port is the one that tauri.conf.json waits for.
export default defineConfig({
  plugins: [react()],
  clearScreen: false,
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { port: 1420, strictPort: true },
  build: {
    // WebKitGTK 2.50, WebView2 and Safari 16 all know this.
    target: ['es2022', 'safari16'],
    // Inlined assets would need data: sources for scripts and styles; fonts and icons stay files.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{ts,tsx}'],
    restoreMocks: true,
    // The limits stop a test that hangs; they say nothing of speed, for a busy machine takes ten times as long.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
