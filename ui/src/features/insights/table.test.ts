import { describe, expect, it } from 'vitest';
import { makeFormats } from '@/lib/formats';
import { toCsv } from './csv';
import { difference, showCell, span, type Table, type Unit } from './table';

const formats = makeFormats('en-GB', 'UTC');

it.each([
  [0, '0 min'],
  [90, '1.5 min'],
  [40 * 60, '40 min'],
  [5.5 * 3600, '5.5 h'],
  [47 * 3600, '47 h'],
  [3.24 * 86_400, '3.2 d'],
  [1200 * 86_400, '1,200 d'],
])('%s seconds are %s', (seconds, text) => {
  expect(span(seconds, formats)).toBe(text);
});

it.each<[Unit, number | string | null, string]>([
  ['count', 1234, '1,234'],
  ['percent', 33.333, '33.3%'],
  ['money', 1_250_050, '£12,500.50'],
  ['text', 'Price', 'Price'],
  ['percent', null, '–'],
])('a %s of %s reads %s', (unit, value, text) => {
  expect(showCell({ value, currency: 'GBP' }, unit, formats)).toBe(text);
});

it.each<[Unit, number, number | null | undefined, string | null]>([
  ['count', 12, 5, '+7'],
  ['count', 5, 12, '−7'],
  ['count', 5, 5, ''],
  ['count', 5, 0, '+5'],
  ['percent', 40, 35.5, '+4.5 points'],
  ['percent', 40, 40.01, ''],
  ['seconds', 86_400, 3 * 86_400, '−2 d'],
  ['money', 100_000, 250_000, '−£1,500'],
  ['count', 5, null, null],
  ['count', 5, undefined, null],
])('%s: %s after %s is %s', (unit, value, before, text) => {
  expect(difference(value, before, unit, 'GBP', formats)).toBe(text);
});

describe('a CSV file', () => {
  const table: Table<never> = {
    columns: [
      { label: 'Reason', unit: 'text' },
      { label: 'Tickets', unit: 'count' },
      { label: 'Share', unit: 'percent' },
      { label: 'Median', unit: 'seconds' },
      { label: 'Value', unit: 'money' },
    ],
    rows: [
      [
        { value: 'Price, "too high"' },
        { value: 1200, before: 900 },
        { value: 33.33333 },
        { value: 129_600 },
        { value: 1_250_050, currency: 'GBP', before: null },
      ],
      [
        { value: '=HYPERLINK("http://x")' },
        { value: 0, before: null },
        { value: null },
        { value: null },
        { value: 1200, currency: 'JPY', before: 7 },
      ],
    ],
  };
  const lines = toCsv(table).split('\r\n');

  it('begins with the mark of UTF-8 and a line of names', () => {
    expect(lines[0]).toBe(
      '\uFEFFReason,Tickets,Tickets (before),Share (%),Median (days),Value,Value (before),Value (currency)',
    );
  });

  it('holds plain numbers', () => {
    expect(lines[1]).toBe('"Price, ""too high""",1200,900,33.33,1.5,12500.50,,GBP');
  });

  it('holds no formula, and nothing where there is nothing', () => {
    expect(lines[2]).toBe(`"'=HYPERLINK(""http://x"")",0,,,,1200,7,JPY`);
  });

  it('ends with a line end', () => {
    expect(lines.slice(3)).toEqual(['']);
  });
});
