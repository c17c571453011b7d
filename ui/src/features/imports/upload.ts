/** A file on its way from the window to the host: slice by slice, so that no file is too long for it. */
import type { Slice } from '@/api/host';

/** Small enough that the bar moves and "Stop" is heard, large enough that the bridge is no burden. */
export const SLICE_BYTES = 4 * 1024 * 1024;

/** Takes over one slice and answers with the id that the next ones carry. */
export type SendSlice = (slice: Slice) => Promise<number>;

/** The file changed, or went away, while it was read. */
export class FileChanged extends Error {
  constructor(cause: unknown) {
    super('the file could not be read to its end', { cause });
    this.name = 'FileChanged';
  }
}

async function bytesOf(file: Blob, from: number, to: number): Promise<Uint8Array> {
  try {
    const bytes = new Uint8Array(await file.slice(from, to).arrayBuffer());
    if (bytes.length === Math.min(to, file.size) - from) return bytes;
  } catch (error) {
    throw new FileChanged(error);
  }
  throw new FileChanged('it has become shorter');
}

interface Watch {
  signal: AbortSignal;
  onProgress: (done: number) => void;
}

/**
 * Sends the whole file and answers with its id. The next slice is read while one is on its way.
 *
 * After `signal` no further slice is sent and the reason is thrown; what has been sent is for the caller to have cleared away.
 */
export async function sendFile(
  file: File,
  send: SendSlice,
  { signal, onProgress }: Watch,
  slice = SLICE_BYTES,
): Promise<number> {
  let id: number | null = null;
  let offset = 0;
  let next = bytesOf(file, 0, slice);
  for (;;) {
    const bytes = await next;
    signal.throwIfAborted();
    const end = offset + bytes.length;
    const last = end >= file.size;
    if (!last) {
      next = bytesOf(file, end, end + slice);
      // Waited for below; a failure of the slice before it must not make this one a stray.
      next.catch(() => undefined);
    }
    id = await send({ id, name: file.name, offset, bytes });
    onProgress(end);
    if (last) return id;
    offset = end;
  }
}

/** "812 B", "4.2 MB". */
export function byteText(bytes: number, locale: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  let value = bytes;
  let at = 0;
  while (value >= 1000 && at < units.length - 1) {
    value /= 1000;
    at += 1;
  }
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: units[at] ?? 'byte',
    unitDisplay: at === 0 ? 'long' : 'short',
    maximumFractionDigits: at === 0 || value >= 100 ? 0 : 1,
  }).format(value);
}
