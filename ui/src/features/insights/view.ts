/**
 * What Insights shows, as it stands in the address and in a saved dashboard: the period, the filter, which reports and how.
 *
 * It is one value under one name in the address (`insights`), so that it can neither be taken for the board's filter nor lost
 * on the way through other screens. Read defensively: an address may be old, or typed.
 */
import type { InsightsFilter, Lifecycle, Segment } from '@/api/bindings';
import { LIFECYCLES } from '@/lib/urlState';
import { inOrder, isDay, PERIODS, type Period, type PeriodName, periodOf } from './period';

/** In the order of the page. */
export const REPORTS = ['funnel', 'times', 'forecast', 'outcomes', 'sources', 'agents', 'imports'] as const;
export type ReportKey = (typeof REPORTS)[number];

export const SEGMENTS = ['industry', 'employee_range', 'list'] as const;

export interface InsightsView {
  /** A named period; without it, and without days of its own, the usual one. */
  period?: PeriodName;
  from?: string;
  to?: string;
  /** Only tickets that came in within the period, with all that became of them. */
  cohort?: true;
  owner?: number;
  source?: string;
  segment?: Segment;
  lifecycle?: Lifecycle;
  /** Without the figures of the period before. */
  alone?: true;
  /** Reports that are shown as tables. */
  tables?: ReportKey[];
  /** Reports that are left out. */
  without?: ReportKey[];
}

export interface InsightsSearch {
  insights?: InsightsView;
}

export const USUAL_PERIOD: PeriodName = 'last_90_days';

type Raw = Record<string, unknown>;

const isRaw = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined;

const oneOf = <T extends string>(all: readonly T[], value: unknown): T | undefined => all.find((one) => one === value);

function reports(value: unknown): ReportKey[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const known = REPORTS.filter((report) => value.includes(report));
  return known.length > 0 ? known : undefined;
}

function segment(value: unknown): Segment | undefined {
  if (!isRaw(value)) return undefined;
  const by = oneOf(SEGMENTS, value.by);
  const of = text(value.value);
  return by === undefined || of === undefined ? undefined : { by, value: of };
}

/** Keeps what is understood, and leaves out what says nothing. */
export function readView(raw: unknown): InsightsView {
  if (!isRaw(raw)) return {};
  const days = isDay(raw.from) && isDay(raw.to) ? inOrder(raw.from, raw.to) : undefined;
  const owner = raw.owner;
  const view: { [Key in keyof InsightsView]: InsightsView[Key] | undefined } = {
    period: days === undefined ? oneOf(PERIODS, raw.period) : undefined,
    from: days?.from,
    to: days?.to,
    cohort: raw.cohort === true ? true : undefined,
    owner: typeof owner === 'number' && Number.isSafeInteger(owner) && owner > 0 ? owner : undefined,
    source: text(raw.source),
    segment: segment(raw.segment),
    lifecycle: oneOf(LIFECYCLES, raw.lifecycle),
    alone: raw.alone === true ? true : undefined,
    tables: reports(raw.tables),
    without: reports(raw.without),
  };
  return Object.fromEntries(Object.entries(view).filter(([, value]) => value !== undefined)) as InsightsView;
}

export function readInsightsSearch(raw: Raw): InsightsSearch {
  const view = readView(raw.insights);
  return Object.keys(view).length === 0 ? {} : { insights: view };
}

/** The view with these changes; `undefined` takes a part away. */
export function changed(view: InsightsView, change: { [Key in keyof InsightsView]?: InsightsView[Key] | undefined }) {
  return readView({ ...view, ...change });
}

export function periodOfView(view: InsightsView, today: string): Period {
  if (view.from !== undefined && view.to !== undefined) return { from: view.from, to: view.to };
  return periodOf(view.period ?? USUAL_PERIOD, today);
}

/** What the host is asked with. The zone decides on which day something happened. */
export function toInsightsFilter(view: InsightsView, today: string, timeZone: string): Required<InsightsFilter> {
  return {
    ...periodOfView(view, today),
    zone: timeZone,
    cohort: view.cohort ?? false,
    owner: view.owner ?? null,
    source: view.source ?? null,
    segment: view.segment ?? null,
    lifecycle: view.lifecycle ?? null,
  };
}

/** Whether anything beside the period narrows the figures. */
export function isNarrowed(view: InsightsView): boolean {
  return (
    view.owner !== undefined || view.source !== undefined || view.segment !== undefined || view.lifecycle !== undefined
  );
}

/** Which reports are shown, in the order of the page. */
export function shownReports(view: InsightsView): ReportKey[] {
  return REPORTS.filter((report) => !view.without?.includes(report));
}

/** The list with the item in it, or no longer in it. */
export function toggled(list: readonly ReportKey[] | undefined, item: ReportKey): ReportKey[] {
  return list?.includes(item) ? list.filter((one) => one !== item) : [...(list ?? []), item];
}

/** Whether two views show the same, whatever the order in which they were put together. */
export function sameView(one: InsightsView, other: InsightsView): boolean {
  return JSON.stringify(readView(one)) === JSON.stringify(readView(other));
}
