import { describe, expect, it } from 'vitest';
import { daysSince, makeFormats, minorDigits, parseDuration, pickLocale } from './formats';

const uk = makeFormats('en-GB', 'Europe/London');
const us = makeFormats('en-US', 'America/New_York');
const NOON = Date.parse('2026-11-21T12:00:00Z');

describe('money', () => {
  it.each([
    [uk, 1_250_000, 'GBP', '£12,500'],
    [uk, 1_250_050, 'GBP', '£12,500.50'],
    [uk, 9_950, 'EUR', '€99.50'],
    [uk, 1200, 'JPY', 'JP¥1,200'],
    [us, 1_250_000, 'USD', '$12,500'],
    [uk, -5_000, 'GBP', '-£50'],
  ])('%#: %s minor %s reads %s', (formats, minor, currency, expected) => {
    expect(formats.money({ minor, currency })).toBe(expected);
  });

  it('is short in heads, and keeps currencies apart', () => {
    const sums = [
      { minor: 123_456_700, currency: 'GBP' },
      { minor: 8_000_000, currency: 'EUR' },
    ];
    expect(uk.moneySums(sums)).toBe('£1.2m + €80k');
    expect(us.moneySums(sums)).toBe('£1.2M + €80K');
    expect(uk.moneySums([])).toBe('');
  });

  it('knows how many digits a currency has', () => {
    expect([minorDigits('GBP'), minorDigits('JPY'), minorDigits('KWD')]).toEqual([2, 0, 3]);
  });
});

describe('dates', () => {
  it('leaves out the present year and nothing else', () => {
    expect(uk.day('2026-11-12T10:00:00Z', NOON)).toBe('12 Nov');
    expect(uk.day('2025-11-12T10:00:00Z', NOON)).toBe('12 Nov 2025');
    expect(us.day('2026-11-12T10:00:00Z', NOON)).toBe('Nov 12');
  });

  it('never shifts a calendar day into another time zone', () => {
    for (const zone of ['Pacific/Auckland', 'Pacific/Honolulu', 'Europe/London']) {
      expect(makeFormats('en-GB', zone).fullDay('2027-01-01')).toBe('1 Jan 2027');
    }
  });

  it('says a month with its year, in every time zone', () => {
    expect(uk.month('2026-11')).toBe('Nov 2026');
    expect(makeFormats('en-US', 'Pacific/Honolulu').month('2027-01')).toBe('Jan 2027');
  });

  it('says only the time today, the day otherwise', () => {
    expect(uk.moment('2026-11-21T10:42:00Z', NOON)).toBe('10:42');
    expect(uk.moment('2026-11-20T10:42:00Z', NOON)).toBe('20 Nov, 10:42');
  });

  it('counts away from now', () => {
    expect(uk.relative('2026-11-21T11:57:00Z', NOON)).toBe('3 minutes ago');
    expect(uk.relative('2026-11-21T11:59:45Z', NOON)).toBe('now');
    expect(uk.relative('2026-11-23T12:00:00Z', NOON)).toBe('in 2 days');
  });

  it('counts whole days, and none before the start', () => {
    expect(daysSince('2026-11-19T13:00:00Z', NOON)).toBe(1);
    expect(daysSince('2026-11-22T13:00:00Z', NOON)).toBe(0);
  });
});

describe('durations', () => {
  it.each([
    ['', 0],
    ['5', 300],
    ['5m', 300],
    ['5 min', 300],
    ['4:30', 270],
    ['90s', 90],
    ['1h 5m', 3900],
    ['1:02:09', 3729],
    ['soon', null],
    ['4:75', null],
    ['-3', null],
  ])('%s is %s seconds', (typed, seconds) => {
    expect(parseDuration(typed)).toBe(seconds);
  });

  it('shows hours only where there are some', () => {
    expect([uk.duration(0), uk.duration(245), uk.duration(3729)]).toEqual(['0:00', '4:05', '1:02:09']);
  });
});

it('takes the first English locale, else British English', () => {
  expect(pickLocale(['de-DE', 'en-US', 'en-GB'])).toBe('en-US');
  expect(pickLocale(['de-DE'])).toBe('en-GB');
  expect(pickLocale([])).toBe('en-GB');
});
