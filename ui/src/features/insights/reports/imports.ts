/** What the rows of imports became, source by source: how good they were, how many were here already, what people decided. */
import type {
  DecisionCount,
  ImportMark,
  ImportOutcome,
  ImportsReport,
  ImportYield,
  ImportYieldRow,
} from '@/api/bindings';
import { t } from '@/strings';
import { type Bars, type Paint, type Part, paint } from '../drawing';
import { compared, type Making, note, type Opens, type ReportModel, rowsOf, text } from '../model';
import type { Cell } from '../table';
import { beforeLegend } from './funnel';

const words = t.insights.imports;

/** What belongs together, in the order of the bar: written, nothing new, waiting for a person, not let in. */
const GROUPS: readonly { key: keyof typeof words.groups; outcomes: readonly ImportOutcome[]; paint: Paint }[] = [
  { key: 'created', outcomes: ['created', 'restored'], paint: paint('good') },
  { key: 'updated', outcomes: ['updated'], paint: paint('accent') },
  { key: 'kept', outcomes: ['skipped', 'preserved'], paint: paint('accent', 'faint') },
  { key: 'review', outcomes: ['review'], paint: paint('promotion') },
  { key: 'refused', outcomes: ['rejected', 'blocked', 'error'], paint: paint('danger', 'hatched') },
];

const OUTCOMES: readonly ImportOutcome[] = GROUPS.flatMap((group) => group.outcomes);
/** As the host calls them; `moot` is what nobody had to decide any more. */
const DECISIONS = ['merged', 'updated', 'created', 'not_same', 'discarded', 'moot'] as const;
/** Decided about a ticket that was here: the others were about a row alone. */
const ABOUT_TICKETS: readonly string[] = ['merged', 'updated', 'not_same'];

const nameOf = (row: ImportYieldRow): string => (row.source === '' ? words.none : row.source);

const rowsWith = (found: ImportYield, outcome: ImportOutcome): number =>
  found.outcomes.find((one) => one.outcome === outcome)?.rows ?? 0;

const decided = (found: readonly DecisionCount[], decision: string): number =>
  found.find((one) => one.decision === decision)?.items ?? 0;

const ofSource = (row: ImportYieldRow, what: ImportMark) => ({ report: 'imports' as const, source: row.source, what });

/** The tickets of rows with that outcome; the rows themselves where none come of it. */
function opens(row: ImportYieldRow, when: 'now' | 'before', outcome: ImportOutcome, making: Making): Opens | null {
  const found = row.yields[when];
  if (rowsWith(found, outcome) === 0) return null;
  const rows = found.without_ticket.find((one) => one.outcome === outcome);
  return rows === undefined
    ? { ...rowsOf(making, ofSource(row, { kind: 'outcome', of: outcome })), before: when === 'before' }
    : { imports: rows.imports, outcome };
}

/** What waits for a person is in the review. */
function waiting(row: ImportYieldRow, making: Making): Cell<Opens> {
  const { now, before } = row.yields;
  const rows = (found: ImportYield): Opens | null => (found.waiting === 0 ? null : { review: row.source });
  return {
    value: now.waiting,
    rows: rows(now),
    ...(making.compare ? { before: before.waiting, rowsBefore: rows(before) } : {}),
  };
}

function chartOf(report: ImportsReport, making: Making): Bars<Opens> {
  const { formats } = making;
  return {
    is: 'bars',
    caption: '',
    legend: [
      ...GROUPS.map(({ key, paint: look }) => ({ label: words.groups[key], paint: look })),
      ...(making.compare ? [beforeLegend] : []),
    ],
    rows: report.sources.map((row) => {
      const { now, before } = row.yields;
      return {
        label: nameOf(row),
        parts: GROUPS.flatMap(({ outcomes, paint: look }) =>
          outcomes.map((outcome): Part<Opens> => {
            const rows = rowsWith(now, outcome);
            return {
              value: rows,
              paint: look,
              sentence: words.sentence(nameOf(row), words.outcomes[outcome], rows, formats.number(now.rows)),
              rows: opens(row, 'now', outcome, making),
            };
          }),
        ),
        before: making.compare ? before.rows : null,
        note: note([
          words.rowsShort(now.rows),
          now.quality === null ? null : words.qualityShort(formats.number(Math.round(now.quality))),
        ]),
      };
    }),
  };
}

export function importsModel(report: ImportsReport, making: Making): ReportModel {
  const seen = OUTCOMES.filter((outcome) =>
    report.sources.some(({ yields }) => rowsWith(yields.now, outcome) + rowsWith(yields.before, outcome) > 0),
  );
  const taken = DECISIONS.filter((decision) =>
    report.sources.some(
      ({ yields }) => decided(yields.now.decisions, decision) + decided(yields.before.decisions, decision) > 0,
    ),
  );
  return {
    headlines: [],
    charts: [chartOf(report, making)],
    table: {
      columns: [
        { label: words.source, unit: 'text' },
        { label: words.rows, unit: 'count' },
        { label: words.quality, unit: 'count' },
        { label: words.alreadyHere, unit: 'count' },
        ...seen.map((outcome) => ({ label: words.outcomes[outcome], unit: 'count' as const })),
        { label: words.waiting, unit: 'count' },
        ...taken.map((decision) => ({ label: words.decisions[decision], unit: 'count' as const })),
      ],
      rows: report.sources.map((row): Cell<Opens>[] => {
        const { now, before } = row.yields;
        const round = (quality: number | null): number | null => (quality === null ? null : Math.round(quality));
        return [
          text(nameOf(row)),
          compared(making, now.rows, before.rows, ofSource(row, { kind: 'rows' })),
          compared(making, round(now.quality), round(before.quality), ofSource(row, { kind: 'rows' })),
          compared(making, now.already_here, before.already_here, ofSource(row, { kind: 'already_here' })),
          ...seen.map(
            (outcome): Cell<Opens> => ({
              value: rowsWith(now, outcome),
              rows: opens(row, 'now', outcome, making),
              ...(making.compare
                ? { before: rowsWith(before, outcome), rowsBefore: opens(row, 'before', outcome, making) }
                : {}),
            }),
          ),
          waiting(row, making),
          ...taken.map((decision) =>
            compared(
              making,
              decided(now.decisions, decision),
              decided(before.decisions, decision),
              ABOUT_TICKETS.includes(decision) ? ofSource(row, { kind: 'decided', of: decision }) : null,
            ),
          ),
        ];
      }),
    },
    empty: report.sources.every(({ yields }) => yields.now.rows === 0),
  };
}
