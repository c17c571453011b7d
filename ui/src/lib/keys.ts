/**
 * Keyboard shortcuts: how they are written, matched and shown.
 *
 * A shortcut is `mod+shift+z`, a single key such as `m`, `?` or `Enter`, or two keys one after the other: `g b`.
 * `mod` is Control, and Command on a Mac. Letters match what the key types, so that other layouts work.
 */

export interface Stroke {
  key: string;
  mod: boolean;
  shift: boolean;
  alt: boolean;
}

export type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'> & {
  /** The key is held down. */
  repeat?: boolean;
};

export const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform);

export function parseKeys(keys: string): Stroke[] {
  return keys.split(' ').map((stroke) => {
    const parts = stroke.split('+');
    // A lone "+" splits into two empty parts.
    const key = parts.at(-1) === '' ? '+' : (parts.at(-1) ?? '');
    return { key, mod: parts.includes('mod'), shift: parts.includes('shift'), alt: parts.includes('alt') };
  });
}

export function matches(stroke: Stroke, press: KeyPress, mac = isMac): boolean {
  const mod = mac ? press.metaKey : press.ctrlKey;
  const otherMod = mac ? press.ctrlKey : press.metaKey;
  if (mod !== stroke.mod || otherMod || press.altKey !== stroke.alt) return false;
  const letter = /^[a-z]$/i.test(stroke.key);
  if (letter) return press.key.toLowerCase() === stroke.key.toLowerCase() && press.shiftKey === stroke.shift;
  // A sign such as "?" already says which keys were held to type it.
  if (stroke.key.length === 1) return press.key === stroke.key;
  return press.key === stroke.key && press.shiftKey === stroke.shift;
}

const NAMES: Record<string, string> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  Enter: 'Enter',
  PageUp: 'Page Up',
  PageDown: 'Page Down',
};

/** The caps to show: `[["Ctrl", "K"]]`; two strokes give two lists. */
export function keyCaps(keys: string, mac = isMac): string[][] {
  return parseKeys(keys).map((stroke) => [
    ...(stroke.mod ? [mac ? '⌘' : 'Ctrl'] : []),
    ...(stroke.alt ? [mac ? '⌥' : 'Alt'] : []),
    ...(stroke.shift ? [mac ? '⇧' : 'Shift'] : []),
    NAMES[stroke.key] ?? (stroke.key.length === 1 ? stroke.key.toUpperCase() : stroke.key),
  ]);
}

/** For screen readers and announcements: "Control K", "G then B". */
export function spokenKeys(keys: string, mac = isMac): string {
  return keyCaps(keys, mac)
    .map((caps) => caps.map((cap) => (cap === 'Ctrl' ? 'Control' : cap === '⌘' ? 'Command' : cap)).join(' '))
    .join(' then ');
}
