import { describe, expect, it } from 'vitest';
import { type KeyPress, keyCaps, matches, parseKeys, spokenKeys } from './keys';

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
});
const hits = (keys: string, event: KeyPress, mac = false): boolean => {
  const [first] = parseKeys(keys);
  return first !== undefined && matches(first, event, mac);
};

describe('a stroke', () => {
  it.each([
    ['m', press('m'), true],
    ['m', press('M', { shiftKey: true }), false],
    ['m', press('m', { ctrlKey: true }), false],
    ['m', press('m', { altKey: true }), false],
    // With Caps Lock on.
    ['m', press('M'), true],
    ['shift+M', press('M', { shiftKey: true }), true],
    ['mod+k', press('k', { ctrlKey: true }), true],
    ['mod+shift+z', press('Z', { ctrlKey: true, shiftKey: true }), true],
    ['mod+z', press('Z', { ctrlKey: true, shiftKey: true }), false],
    // "?" is typed with Shift on most layouts, and without on some.
    ['?', press('?', { shiftKey: true }), true],
    ['?', press('?'), true],
    ['ArrowUp', press('ArrowUp'), true],
    ['ArrowUp', press('ArrowUp', { shiftKey: true }), false],
  ])('%s against %o is %s', (keys, event, expected) => {
    expect(hits(keys, event)).toBe(expected);
  });

  it('means Command on a Mac, and Control there is not it', () => {
    expect(hits('mod+k', press('k', { metaKey: true }), true)).toBe(true);
    expect(hits('mod+k', press('k', { ctrlKey: true }), true)).toBe(false);
  });
});

it('shows and speaks shortcuts', () => {
  expect(keyCaps('mod+shift+z', false)).toEqual([['Ctrl', 'Shift', 'Z']]);
  expect(keyCaps('mod+k', true)).toEqual([['⌘', 'K']]);
  expect(keyCaps('g b', false)).toEqual([['G'], ['B']]);
  expect(keyCaps('ArrowUp', false)).toEqual([['↑']]);
  expect(spokenKeys('mod+z', false)).toBe('Control Z');
  expect(spokenKeys('g o', false)).toBe('G then O');
});
