/** Small choices about this window, kept by the web view. Never anything personal: see `rememberable`. */

const PREFIX = 'leadline.';

export function recall(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    // Storage may be switched off; the window then starts with its defaults.
    return null;
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // See recall.
  }
}
