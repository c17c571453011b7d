import { describe, expect, it } from 'vitest';
import { inOrder, isDay, lengthOf, localDay, PERIODS, type PeriodName, periodOf } from './period';

describe('a named period', () => {
  it.each<[PeriodName, string, string, string]>([
    ['this_month', '2026-11-21', '2026-11-01', '2026-11-30'],
    ['last_month', '2026-01-31', '2025-12-01', '2025-12-31'],
    ['last_month', '2024-03-31', '2024-02-01', '2024-02-29'],
    ['this_quarter', '2026-11-21', '2026-10-01', '2026-12-31'],
    ['last_quarter', '2026-02-01', '2025-10-01', '2025-12-31'],
    ['this_year', '2026-11-21', '2026-01-01', '2026-12-31'],
    ['last_year', '2026-11-21', '2025-01-01', '2025-12-31'],
    ['last_30_days', '2026-11-21', '2026-10-23', '2026-11-21'],
    ['last_90_days', '2026-11-21', '2026-08-24', '2026-11-21'],
    ['last_12_months', '2026-11-21', '2025-11-22', '2026-11-21'],
    ['last_12_months', '2024-02-29', '2023-03-02', '2024-02-29'],
  ])('%s on %s is %s to %s', (name, today, from, to) => {
    expect(periodOf(name, today)).toEqual({ from, to });
  });

  it('holds today, unless it is one that is over', () => {
    for (const name of PERIODS) {
      const { from, to } = periodOf(name, '2026-05-31');
      const holds = from <= '2026-05-31' && '2026-05-31' <= to;
      expect([name, holds]).toEqual([name, !['last_month', 'last_quarter', 'last_year'].includes(name)]);
    }
  });
});

it('counts both ends', () => {
  expect(lengthOf({ from: '2026-10-23', to: '2026-11-21' })).toBe(30);
  expect(lengthOf({ from: '2026-11-21', to: '2026-11-21' })).toBe(1);
});

it('is the day of this computer, not of London', () => {
  expect(localDay(new Date(2026, 10, 21, 0, 5))).toBe('2026-11-21');
  expect(localDay(new Date(2026, 10, 21, 23, 55))).toBe('2026-11-21');
});

it.each([
  ['2026-11-21', true],
  ['2026-02-30', false],
  ['2026-2-3', false],
  ['yesterday', false],
  [20261121, false],
  [undefined, false],
])('%s is a day: %s', (text, expected) => {
  expect(isDay(text)).toBe(expected);
});

it('takes the ends in either order', () => {
  expect(inOrder('2026-03-01', '2026-01-01')).toEqual({ from: '2026-01-01', to: '2026-03-01' });
});
