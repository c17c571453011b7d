/**
 * Dates, times, money and counts as a person reads them, through Intl.
 *
 * Everything that is shown goes through here, so that a locale is chosen in one place. Amounts arrive in minor units.
 */
import type { Money } from '@/api/bindings';

const DAY_MS = 86_400_000;

export interface Formats {
  readonly locale: string;
  /** "£12,500", "€99.50". */
  money(amount: Money): string;
  /** "£1.2M" for column heads. */
  moneyShort(amount: Money): string;
  /** Several currencies: "£1.2M + €80K". */
  moneySums(amounts: readonly Money[]): string;
  number(value: number): string;
  /** A whole percentage, 0 to 100. */
  percent(value: number): string;
  /** "12 Nov", and the year where it is not the year of `now`. */
  day(iso: string, now?: number): string;
  /** "12 Nov 2026". */
  fullDay(iso: string): string;
  /** "Nov 2026", of `2026-11`. */
  month(yearMonth: string): string;
  /** "10:42". */
  time(iso: string): string;
  /** "10:42" today, "12 Nov, 10:42" on another day. */
  moment(iso: string, now?: number): string;
  /** "Thu 12 Nov 2026, 10:42". */
  fullMoment(iso: string): string;
  /** "3 minutes ago", "in 2 days". */
  relative(iso: string, now?: number): string;
  /** "4:05", "1:02:09". */
  duration(seconds: number): string;
  /** "a, b and c". */
  list(items: readonly string[]): string;
}

/** The first English locale the system asks for: the texts are English, so dates and money are too. */
export function pickLocale(wanted: readonly string[]): string {
  return wanted.find((locale) => /^en-[A-Z]{2}$/.test(locale)) ?? 'en-GB';
}

/** Whole days from `iso` to `now`, never negative. */
export function daysSince(iso: string, now: number): number {
  return Math.max(0, Math.floor((now - Date.parse(iso)) / DAY_MS));
}

/** A bare date such as `2026-11-12` is a calendar day, not midnight in London. */
function instant(iso: string): { at: Date; dayOnly: boolean } {
  const dayOnly = /^\d{4}-\d{2}-\d{2}$/.test(iso);
  return { at: new Date(dayOnly ? `${iso}T12:00:00Z` : iso), dayOnly };
}

/** Digits of a currency's minor unit: 2 for pounds, 0 for yen. */
export function minorDigits(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

export function makeFormats(locale: string, timeZone?: string): Formats {
  const zone = timeZone === undefined ? {} : { timeZone };
  const cache = new Map<string, Intl.NumberFormat>();
  const currencyFormat = (currency: string, kind: 'whole' | 'exact' | 'short'): Intl.NumberFormat => {
    const key = `${currency} ${kind}`;
    let format = cache.get(key);
    if (format === undefined) {
      const digits =
        kind === 'whole'
          ? { minimumFractionDigits: 0, maximumFractionDigits: 0 }
          : kind === 'short'
            ? { notation: 'compact' as const, minimumFractionDigits: 0, maximumFractionDigits: 1 }
            : {};
      format = new Intl.NumberFormat(locale, { style: 'currency', currency, ...digits });
      cache.set(key, format);
    }
    return format;
  };
  const number = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const dayThisYear = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', ...zone });
  const dayWithYear = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', ...zone });
  const calendarDay = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  const calendarDayYear = new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  });
  const calendarMonth = new Intl.DateTimeFormat(locale, { month: 'short', year: 'numeric', timeZone: 'UTC' });
  const time = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit', ...zone });
  const full = new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    ...zone,
  });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const list = new Intl.ListFormat(locale, { type: 'conjunction' });
  // By parts: web views disagree on how a locale writes a date of numbers.
  const parts = new Intl.DateTimeFormat('en', { year: 'numeric', month: 'numeric', day: 'numeric', ...zone });
  const part = (at: Date | number, type: 'year' | 'month' | 'day'): string =>
    parts.formatToParts(at).find((one) => one.type === type)?.value ?? '';
  const sameYear = (a: Date, b: number): boolean => part(a, 'year') === part(b, 'year');
  const sameDay = (a: Date, b: number): boolean =>
    sameYear(a, b) && part(a, 'month') === part(b, 'month') && part(a, 'day') === part(b, 'day');

  const day = (iso: string, now = Date.now()): string => {
    const { at, dayOnly } = instant(iso);
    const thisYear = sameYear(at, now);
    if (dayOnly) return (thisYear ? calendarDay : calendarDayYear).format(at);
    return (thisYear ? dayThisYear : dayWithYear).format(at);
  };

  const formats: Formats = {
    locale,
    money({ minor, currency }) {
      const digits = minorDigits(currency);
      const whole = minor % 10 ** digits === 0;
      return currencyFormat(currency, whole ? 'whole' : 'exact').format(minor / 10 ** digits);
    },
    moneyShort({ minor, currency }) {
      return currencyFormat(currency, 'short').format(minor / 10 ** minorDigits(currency));
    },
    moneySums(amounts) {
      return amounts.map((amount) => formats.moneyShort(amount)).join(' + ');
    },
    number: (value) => number.format(value),
    percent: (value) => percent.format(value / 100),
    day,
    fullDay(iso) {
      const { at, dayOnly } = instant(iso);
      return (dayOnly ? calendarDayYear : dayWithYear).format(at);
    },
    month: (yearMonth) => calendarMonth.format(new Date(`${yearMonth}-15T12:00:00Z`)),
    time: (iso) => time.format(new Date(iso)),
    moment(iso, now = Date.now()) {
      const at = new Date(iso);
      return sameDay(at, now) ? time.format(at) : `${day(iso, now)}, ${time.format(at)}`;
    },
    fullMoment: (iso) => full.format(new Date(iso)),
    relative(iso, now = Date.now()) {
      const seconds = Math.round((Date.parse(iso) - now) / 1000);
      const size = Math.abs(seconds);
      if (size < 60) return relative.format(0, 'second');
      if (size < 3600) return relative.format(Math.trunc(seconds / 60), 'minute');
      if (size < 86_400) return relative.format(Math.trunc(seconds / 3600), 'hour');
      return relative.format(Math.trunc(seconds / 86_400), 'day');
    },
    duration(seconds) {
      const two = (part: number): string => String(part).padStart(2, '0');
      const hours = Math.floor(seconds / 3600);
      const minutes = Math.floor((seconds % 3600) / 60);
      const rest = two(Math.floor(seconds % 60));
      return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
    },
    list: (items) => list.format(items),
  };
  return formats;
}

/** The formats of this window. */
export const formats: Formats = makeFormats(pickLocale(typeof navigator === 'undefined' ? [] : navigator.languages));

/**
 * Reads a duration as people type it into a call log: "5" and "5m" are minutes, "4:30" minutes and seconds, "90s" seconds,
 * "1h 5m" both. `null` when it is none.
 */
export function parseDuration(typed: string): number | null {
  const text = typed.trim().toLowerCase();
  if (text === '') return 0;
  const clock = /^(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)$/.exec(text);
  if (clock) return Number(clock[1] ?? 0) * 3600 + Number(clock[2]) * 60 + Number(clock[3]);
  if (/^\d+$/.test(text)) return Number(text) * 60;
  const parts =
    /^(?:(\d+)\s*h(?:ours?|rs?)?)?\s*(?:(\d+)\s*m(?:in(?:ute)?s?)?)?\s*(?:(\d+)\s*s(?:ec(?:ond)?s?)?)?$/.exec(text);
  if (!parts) return null;
  const [hours, minutes, seconds] = [parts[1], parts[2], parts[3]].map((part) => Number(part ?? 0));
  return (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
}
