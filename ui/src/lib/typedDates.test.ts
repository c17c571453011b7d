import { expect, it } from 'vitest';
import { parseTypedDate } from './typedDates';

const today = new Date('2026-11-21T12:00:00');

it.each([
  ['3/12/2026', 'en-GB', '2026-12-03'],
  ['3/12/2026', 'en-US', '2026-03-12'],
  ['3.12.26', 'en-GB', '2026-12-03'],
  ['3/12', 'en-GB', '2026-12-03'],
  ['2027-01-29', 'en-US', '2027-01-29'],
  ['29 Jan 2027', 'en-GB', '2027-01-29'],
  ['29 january', 'en-GB', '2026-01-29'],
  ['Jan 29, 2027', 'en-US', '2027-01-29'],
  ['31/2/2027', 'en-GB', null],
  ['29/2/2028', 'en-GB', '2028-02-29'],
  ['13/13/2027', 'en-GB', null],
  ['tomorrow', 'en-GB', null],
  ['', 'en-GB', null],
])('%s in %s is %s', (typed, locale, expected) => {
  expect(parseTypedDate(typed, locale, today)).toBe(expected);
});
