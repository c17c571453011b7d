import { describe, expect, it } from 'vitest';
import { following, step } from './stepping';

describe('going through them', () => {
  it.each([
    [null, 1, 1],
    [1, 1, 2],
    [3, 1, 3],
    [3, -1, 2],
    [1, -1, 1],
    [99, 1, 1],
  ])('from %s by %i to %i', (active, by, expected) => {
    expect(step([1, 2, 3], active, by)).toBe(expected);
  });

  it('has nowhere to go in an empty list', () => {
    expect(step([], 4, 1)).toBeNull();
  });
});

describe('when one has been settled', () => {
  it.each([
    ['goes on to the next', [1, 2, 3], [1, 3], 2, 3],
    ['goes back from the last', [1, 2, 3], [1, 2], 3, 2],
    ['skips what went with it', [1, 2, 3, 4], [1, 4], 2, 4],
    ['stays where it is when another went', [1, 2, 3], [2, 3], 2, 2],
    ['ends with the last one', [7], [], 7, null],
    ['takes what is new when everything before is gone', [7], [9], 7, 9],
    ['looks at none when it looked at none', [1, 2], [2], null, null],
  ])('%s', (_, before, now, active, expected) => {
    expect(following(before, now, active)).toBe(expected);
  });
});
