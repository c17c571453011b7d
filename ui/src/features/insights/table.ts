/** A report as a table: the same figures as its charts, in full. Drawn by ReportTable.tsx, written out by csv.ts. */
import type { Formats } from '@/lib/formats';
import { minorDigits } from '@/lib/formats';
import { t } from '@/strings';

/** What a column counts in. */
export type Unit = 'text' | 'count' | 'percent' | 'seconds' | 'money';

export interface Column {
  label: string;
  unit: Unit;
}

export interface Cell<M> {
  /** `null` where there is nothing to say, such as a rate of nothing. Money in minor units, spans in seconds. */
  value: string | number | null;
  /** ISO 4217, of money. */
  currency?: string;
  /** The same in the period before; left out where nothing is compared. */
  before?: number | null;
  /** The rows that make the figure. */
  rows?: M | null;
  rowsBefore?: M | null;
}

export interface Table<M> {
  columns: Column[];
  rows: Cell<M>[][];
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "40 min", "5.5 h", "12 d": about two digits, whichever unit that takes. */
export function span(seconds: number, formats: Formats): string {
  const size = Math.abs(seconds);
  const [unit, length] =
    size < HOUR ? (['min', MINUTE] as const) : size < 2 * DAY ? (['h', HOUR] as const) : (['d', DAY] as const);
  const amount = seconds / length;
  const rounded = Math.abs(amount) < 10 ? Math.round(amount * 10) / 10 : Math.round(amount);
  return t.insights.spans[unit](formats.number(rounded));
}

export function showFigure(value: number, unit: Unit, currency: string | undefined, formats: Formats): string {
  switch (unit) {
    case 'money':
      return currency === undefined ? formats.number(value) : formats.money({ minor: value, currency });
    case 'percent':
      return t.insights.percent(formats.number(Math.round(value * 10) / 10));
    case 'seconds':
      return span(value, formats);
    default:
      return formats.number(value);
  }
}

export function showCell<M>(cell: Cell<M>, unit: Unit, formats: Formats): string {
  if (cell.value === null) return t.insights.none;
  if (typeof cell.value === 'string') return cell.value;
  return showFigure(cell.value, unit, cell.currency, formats);
}

/** How it differs from the period before: "+12", "−3 points"; `null` where nothing is compared, empty where it is the same. */
export function difference(
  value: number,
  before: number | null | undefined,
  unit: Unit,
  currency: string | undefined,
  formats: Formats,
): string | null {
  if (before === undefined || before === null) return null;
  const change = value - before;
  const size = Math.abs(change);
  const text =
    unit === 'percent'
      ? t.insights.points(formats.number(Math.round(size * 10) / 10))
      : showFigure(size, unit, currency, formats);
  // What rounds to nothing is nothing.
  if (size === 0 || text === (unit === 'percent' ? t.insights.points('0') : showFigure(0, unit, currency, formats)))
    return '';
  return `${change > 0 ? '+' : '−'}${text}`;
}

/** As a spreadsheet wants it: plain numbers, money in major units, spans in days. */
export function plainNumber(value: number, unit: Unit, currency: string | undefined): string {
  switch (unit) {
    case 'money': {
      const digits = currency === undefined ? 0 : minorDigits(currency);
      return (value / 10 ** digits).toFixed(digits);
    }
    case 'percent':
      return String(Math.round(value * 100) / 100);
    case 'seconds':
      return String(Math.round((value / DAY) * 100) / 100);
    default:
      return String(value);
  }
}
