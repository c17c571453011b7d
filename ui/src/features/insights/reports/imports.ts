/** What the rows of imports became, source by source: how good they were, how many were here already, what people decided. */
import type {
  DecisionCount,
  ImportOutcome,
  ImportsReport,
  ImportYield,
  ImportYieldRow,
  RowsQuery,
} from '@/api/bindings';
import { t } from '@/strings';
import { type Bars, type Paint, type Part, paint } from '../drawing';
import { compared, type Making, note, type ReportModel, rowsOf, text } from '../model';
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

/** Rows that never became a ticket, and touched none, lead to none. */
const LEADS_NOWHERE: readonly ImportOutcome[] = ['rejected', 'error'];

const OUTCOMES: readonly ImportOutcome[] = GROUPS.flatMap((group) => group.outcomes);
/** As the host calls them; `moot` is what nobody had to decide any more. */
const DECISIONS = ['merged', 'updated', 'created', 'not_same', 'discarded', 'moot'] as const;

const nameOf = (row: ImportYieldRow): string => (row.source === '' ? words.none : row.source);

const rowsWith = (found: ImportYield, outcome: ImportOutcome): number =>
  found.outcomes.find((one) => one.outcome === outcome)?.rows ?? 0;

const decided = (found: readonly DecisionCount[], decision: string): number =>
  found.find((one) => one.decision === decision)?.items ?? 0;

function chartOf(report: ImportsReport, making: Making): Bars<RowsQuery> {
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
          outcomes.map((outcome): Part<RowsQuery> => {
            const rows = rowsWith(now, outcome);
            return {
              value: rows,
              paint: look,
              sentence: words.sentence(nameOf(row), words.outcomes[outcome], rows, formats.number(now.rows)),
              rows: LEADS_NOWHERE.includes(outcome)
                ? null
                : rowsOf(making, { report: 'imports', source: row.source, outcome }),
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
      rows: report.sources.map((row): Cell<RowsQuery>[] => {
        const { now, before } = row.yields;
        const round = (quality: number | null): number | null => (quality === null ? null : Math.round(quality));
        return [
          text(nameOf(row)),
          compared(making, now.rows, before.rows, null),
          compared(making, round(now.quality), round(before.quality), null),
          compared(making, now.already_here, before.already_here, null),
          ...seen.map((outcome) =>
            compared(
              making,
              rowsWith(now, outcome),
              rowsWith(before, outcome),
              LEADS_NOWHERE.includes(outcome) ? null : { report: 'imports', source: row.source, outcome },
            ),
          ),
          compared(making, now.waiting, before.waiting, null),
          ...taken.map((decision) =>
            compared(making, decided(now.decisions, decision), decided(before.decisions, decision), null),
          ),
        ];
      }),
    },
    empty: report.sources.every(({ yields }) => yields.now.rows === 0),
  };
}
