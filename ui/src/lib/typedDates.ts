/** Dates as people type them, read in the order of the locale; ISO dates always. Gives `YYYY-MM-DD`, or `null`. */

/** Whether the locale writes the month before the day. */
export function monthFirst(locale: string): boolean {
  const parts = new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'numeric', day: 'numeric' }).formatToParts(0);
  return parts.findIndex((part) => part.type === 'month') < parts.findIndex((part) => part.type === 'day');
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

function iso(year: number, month: number, day: number): string | null {
  const full = year < 100 ? 2000 + year : year;
  const date = new Date(Date.UTC(full, month - 1, day));
  const real = date.getUTCFullYear() === full && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return real ? date.toISOString().slice(0, 10) : null;
}

export function parseTypedDate(typed: string, locale: string, today: Date): string | null {
  const text = typed.trim().toLowerCase();
  const isoParts = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  if (isoParts) return iso(Number(isoParts[1]), Number(isoParts[2]), Number(isoParts[3]));
  const numbers = /^(\d{1,2})[./\-\s](\d{1,2})(?:[./\-\s](\d{2}|\d{4}))?$/.exec(text);
  if (numbers) {
    const [first, second] = [Number(numbers[1]), Number(numbers[2])];
    const year = numbers[3] === undefined ? today.getFullYear() : Number(numbers[3]);
    return monthFirst(locale) ? iso(year, first, second) : iso(year, second, first);
  }
  const words = /^(?:(\d{1,2})\s+([a-z]{3})[a-z]*|([a-z]{3})[a-z]*\s+(\d{1,2}))(?:,?\s+(\d{2}|\d{4}))?$/.exec(text);
  if (words) {
    const month = MONTHS.indexOf(words[2] ?? words[3] ?? '') + 1;
    const year = words[5] === undefined ? today.getFullYear() : Number(words[5]);
    return month === 0 ? null : iso(year, month, Number(words[1] ?? words[4]));
  }
  return null;
}
