/** What becomes of rows: in which order it is told, how grave it is, and where a run went otherwise than planned. */
import type { ImportOutcome, OutcomeCount, PlanView, RowsWanted } from '@/api/bindings';
import { formats } from '@/lib/formats';
import { IMPORT_OUTCOMES, type ImportsSearch } from '@/lib/urlState';
import { t } from '@/strings';

export type Tone = 'good' | 'ask' | 'plain' | 'bad';

const TONES: Record<ImportOutcome, Tone> = {
  created: 'good',
  updated: 'good',
  restored: 'good',
  review: 'ask',
  preserved: 'ask',
  skipped: 'plain',
  blocked: 'bad',
  rejected: 'bad',
  error: 'bad',
};

export const toneOf = (outcome: ImportOutcome): Tone => TONES[outcome];

/** Rows that went nowhere and can be saved with their reasons. */
export const LEFT_OUT: readonly ImportOutcome[] = ['blocked', 'rejected', 'error'];

export function rowsOf(counts: readonly OutcomeCount[], outcome: ImportOutcome): number {
  return counts.find((count) => count.outcome === outcome)?.rows ?? 0;
}

export function total(counts: readonly OutcomeCount[]): number {
  return counts.reduce((sum, count) => sum + count.rows, 0);
}

/** Rows that write a ticket. */
export function writes(counts: readonly OutcomeCount[]): number {
  return rowsOf(counts, 'created') + rowsOf(counts, 'updated') + rowsOf(counts, 'restored');
}

/** Whether running it would do anything at all: write a ticket, or put something before a person. */
export function doesSomething(counts: readonly OutcomeCount[]): boolean {
  return writes(counts) + rowsOf(counts, 'review') + rowsOf(counts, 'preserved') > 0;
}

export interface Tile {
  outcome: ImportOutcome;
  tone: Tone;
  rows: number;
  /** How many were planned, where it is another number. */
  planned: number | null;
}

/** One tile for each outcome that has rows, or was to have some. */
export function tiles(counts: readonly OutcomeCount[], plan: readonly OutcomeCount[] | null = null): Tile[] {
  return IMPORT_OUTCOMES.map((outcome) => {
    const rows = rowsOf(counts, outcome);
    const planned = plan === null ? rows : rowsOf(plan, outcome);
    return { outcome, tone: toneOf(outcome), rows, planned: planned === rows ? null : planned };
  }).filter((tile) => tile.rows > 0 || tile.planned !== null);
}

/** "1,204 new tickets, 40 updated": the three largest parts, in the order in which they are told. */
export function inShort(counts: readonly OutcomeCount[]): string {
  const all = tiles(counts);
  const largest = [...all].sort((a, b) => b.rows - a.rows).slice(0, 3);
  return all
    .filter((tile) => largest.includes(tile))
    .map((tile) => `${formats.number(tile.rows)} ${t.imports.outcome[tile.outcome].toLowerCase()}`)
    .join(', ');
}

/** Rows with something in common that can be looked at. */
export interface Shown {
  wanted: RowsWanted;
  /** What they have in common, in words. */
  label: string;
  rows: number;
  /** So many of them are listed. */
  listed: number;
}

/** The last tenth takes in 100. */
const endOf = (tenth: number): number => (tenth === 90 ? 100 : tenth + 9);

/** The rows that a place of the wizard asks for; nothing where there are none like that. */
export function shownAt(
  place: ImportsSearch,
  counts: readonly OutcomeCount[],
  plan: PlanView | undefined,
): Shown | undefined {
  const { outcome, quality, problem } = place;
  if (outcome !== undefined) {
    const rows = rowsOf(counts, outcome);
    return { wanted: { by: 'outcome', is: outcome }, label: t.imports.outcome[outcome], rows, listed: rows };
  }
  if (quality !== undefined) {
    const rows = plan?.quality[quality / 10] ?? 0;
    const is = { from: quality, to: endOf(quality) };
    return { wanted: { by: 'quality', is }, label: t.imports.quality.rows(is.from, is.to), rows, listed: rows };
  }
  const found = plan?.problems.find(({ reason }) => reason === problem);
  if (found === undefined) return undefined;
  return {
    wanted: { by: 'problem', is: found.reason },
    label: found.reason,
    rows: found.rows,
    listed: found.shown,
  };
}
