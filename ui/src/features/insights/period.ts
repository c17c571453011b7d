/**
 * The span of time a report is about: named ones move along with the calendar, so that a saved dashboard or a remembered
 * address says "this quarter" and not last year's. Days are calendar days of this computer, both ends included.
 */

export const PERIODS = [
  'this_month',
  'last_month',
  'this_quarter',
  'last_quarter',
  'this_year',
  'last_year',
  'last_30_days',
  'last_90_days',
  'last_12_months',
] as const;
export type PeriodName = (typeof PERIODS)[number];

/** `YYYY-MM-DD` each. */
export interface Period {
  from: string;
  to: string;
}

const DAY_MS = 86_400_000;

/** A calendar day as a number that can be counted with: midnight in UTC, where no day is shorter than another. */
function at(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}

function iso(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function date(year: number, month: number, day: number): string {
  return iso(Date.UTC(year, month, day));
}

/** Today, on this computer's calendar. */
export function localDay(now: Date): string {
  return date(now.getFullYear(), now.getMonth(), now.getDate());
}

export function isDay(text: unknown): text is string {
  return (
    typeof text === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(at(text)) && iso(at(text)) === text
  );
}

/** The named period as it lies around `today`. Periods that are under way run to their end, so that a forecast is in them. */
export function periodOf(name: PeriodName, today: string): Period {
  const now = new Date(at(today));
  const year = now.getUTCFullYear();
  const month = now.getUTCMonth();
  const quarter = month - (month % 3);
  // The day before the first of the next one is the last.
  const months = (first: number, length: number): Period => ({
    from: date(year, first, 1),
    to: date(year, first + length, 0),
  });
  switch (name) {
    case 'this_month':
      return months(month, 1);
    case 'last_month':
      return months(month - 1, 1);
    case 'this_quarter':
      return months(quarter, 3);
    case 'last_quarter':
      return months(quarter - 3, 3);
    case 'this_year':
      return months(0, 12);
    case 'last_year':
      return months(-12, 12);
    case 'last_30_days':
      return { from: iso(at(today) - 29 * DAY_MS), to: today };
    case 'last_90_days':
      return { from: iso(at(today) - 89 * DAY_MS), to: today };
    case 'last_12_months':
      // The same day a year ago is in the year before. The 29th of February becomes the 1st of March.
      return { from: iso(Date.UTC(year - 1, month, now.getUTCDate()) + DAY_MS), to: today };
  }
}

/** How many days it has. */
export function lengthOf(period: Period): number {
  return Math.round((at(period.to) - at(period.from)) / DAY_MS) + 1;
}

/** Both ends in order, whichever way round they were chosen. */
export function inOrder(one: string, other: string): Period {
  return one <= other ? { from: one, to: other } : { from: other, to: one };
}
