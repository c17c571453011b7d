/**
 * A report as a screen shows it: headlines, charts, and the table with everything. Made from what the host counted; nothing
 * is counted here beyond sums of what is drawn. Each report has a file of its own in `reports/`.
 */
import type { ImportOutcome, InsightsFilter, Mark, Money, RowsQuery } from '@/api/bindings';
import type { Formats } from '@/lib/formats';
import { t } from '@/strings';
import type { Chart } from './drawing';
import type { Cell, Column, Table } from './table';
import { difference, showFigure, type Unit } from './table';

/** What a figure is made of where that is no ticket: rows of imports, or what a source left for a person to decide. */
export type Elsewhere = { imports: readonly number[]; outcome: ImportOutcome } | { review: string };

/** What a figure opens: its tickets, or what else it counts. */
export type Opens = RowsQuery | Elsewhere;

export interface Headline {
  label: string;
  value: string;
  /** How it differs from the period before; `null` where nothing is compared. */
  change: string | null;
  rows: Opens | null;
}

export interface ReportModel {
  headlines: Headline[];
  charts: Chart<Opens>[];
  table: Table<Opens>;
  /** There is nothing to show: no ticket falls into it. */
  empty: boolean;
}

/** What the reports are made with. */
export interface Making {
  filter: Required<InsightsFilter>;
  /** Whether the period before is shown. */
  compare: boolean;
  formats: Formats;
  /** The currency that amounts without a choice are in. */
  currency: string;
}

export function rowsOf(making: Making, mark: Mark): RowsQuery {
  return { mark, filter: making.filter, before: false };
}

/** A figure and what it was before, each open on its own rows. */
export function compared(
  making: Making,
  now: number | null,
  before: number | null,
  mark: Mark | null,
  currency?: string,
): Cell<RowsQuery> {
  const rows = mark === null ? null : rowsOf(making, mark);
  return {
    value: now,
    ...(currency === undefined ? {} : { currency }),
    // Nothing opens no tickets.
    rows: now === null || now === 0 ? null : rows,
    ...(making.compare
      ? { before, rowsBefore: rows === null || before === null || before === 0 ? null : { ...rows, before: true } }
      : {}),
  };
}

/** A figure that nothing is compared with. */
export function plain(making: Making, value: number | null, mark: Mark | null, currency?: string): Cell<RowsQuery> {
  return compared({ ...making, compare: false }, value, null, mark, currency);
}

export function headline(making: Making, label: string, unit: Unit, cell: Cell<Opens>): Headline {
  const { value, before, currency } = cell;
  return {
    label,
    value: typeof value === 'number' ? showFigure(value, unit, currency, making.formats) : t.insights.none,
    change: typeof value === 'number' ? difference(value, before, unit, currency, making.formats) : null,
    rows: cell.rows ?? null,
  };
}

/** The amount of that currency, zero where there is none. */
export function amountIn(amounts: readonly Money[], currency: string): number {
  return amounts.find((amount) => amount.currency === currency)?.minor ?? 0;
}

/** Every currency that occurs, the usual one first. */
export function currenciesIn(amounts: readonly (readonly Money[])[], usual: string): string[] {
  const found = new Set(amounts.flat().map((amount) => amount.currency));
  return [...found].sort((a, b) => Number(b === usual) - Number(a === usual) || a.localeCompare(b));
}

/** Columns of amounts: one for each currency, named where there are several. */
export function moneyColumns(label: string, currencies: readonly string[]): Column[] {
  const [only, ...others] = currencies;
  if (only === undefined) return [];
  return others.length === 0
    ? [{ label, unit: 'money' }]
    : currencies.map((currency) => ({ label: t.insights.inCurrency(label, currency), unit: 'money' }));
}

export function moneyCells(
  making: Making,
  currencies: readonly string[],
  now: readonly Money[],
  before: readonly Money[] | null,
  mark: Mark | null,
): Cell<RowsQuery>[] {
  return currencies.map((currency) =>
    before === null
      ? plain(making, amountIn(now, currency), mark, currency)
      : compared(making, amountIn(now, currency), amountIn(before, currency), mark, currency),
  );
}

export const text = (value: string): Cell<never> => ({ value });

/** A share for the end of a bar, where a tenth of a per cent is noise. */
export function share(percent: number | null, formats: Formats): string | null {
  return percent === null ? null : t.insights.percent(formats.number(Math.round(percent)));
}

/** "12 · 45%": what stands at the end of a bar. */
export function note(parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== '').join(' · ');
}
