import { expect, it } from 'vitest';
import { looksLikeAddress } from './address';

it.each([
  ['https://acme.halopsa.com', true],
  ['acme.halopsa.com', true],
  [' acme.halopsa.com/portal ', true],
  ['http://127.0.0.1:8720', true],
  ['localhost:8720', true],
  ['', false],
  ['acme', false],
  ['acme halopsa com', false],
  ['ftp://acme.halopsa.com', false],
  ['https://', false],
])('%s: %s', (typed, expected) => {
  expect(looksLikeAddress(typed)).toBe(expected);
});
