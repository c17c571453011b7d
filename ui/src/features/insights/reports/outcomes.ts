/** Why deals are won and lost: by the reason that was given, and by whom they were lost to or won against. */
import type { EndingMark, RowsQuery, WinLoss, WinLossBy, WinLossReport, WinLossRow } from '@/api/bindings';
import { t } from '@/strings';
import { type Bars, type LegendItem, paint } from '../drawing';
import {
  amountIn,
  compared,
  currenciesIn,
  headline,
  type Making,
  moneyCells,
  moneyColumns,
  note,
  type ReportModel,
  rowsOf,
  share,
  text,
} from '../model';
import type { Cell } from '../table';
import { beforeLegend } from './funnel';

const words = t.insights.outcomes;

/** What won and lost look like, wherever they stand beside each other. */
export const dealsLegend = (compare: boolean): LegendItem[] => [
  { label: words.won, paint: paint('good') },
  { label: words.lost, paint: paint('danger', 'hatched') },
  ...(compare ? [beforeLegend] : []),
];

type Kind = 'reason' | 'competitor';

const nameOf = (row: WinLossRow, kind: Kind): string => (row.name === '' ? words.none[kind] : row.name);

function chartOf(rows: readonly WinLossRow[], kind: Kind, making: Making): Bars<RowsQuery> {
  const { formats } = making;
  return {
    is: 'bars',
    caption: words.by[kind],
    legend: kind === 'reason' ? dealsLegend(making.compare) : [],
    rows: rows.map((row) => {
      const { now, before } = row.deals;
      const part = (what: 'won' | 'lost') => ({
        value: now[what],
        paint: what === 'won' ? paint('good') : paint('danger', 'hatched'),
        sentence: words.sentence[what](nameOf(row, kind), now[what]),
        rows: rowsOf(making, { report: 'win_loss', by: { kind, name: row.name }, what }),
      });
      return {
        label: nameOf(row, kind),
        parts: [part('won'), part('lost')],
        before: making.compare ? before.won + before.lost : null,
        note: note([
          words.wonOf(formats.number(now.won), formats.number(now.won + now.lost)),
          share(now.win_rate_pct, formats),
        ]),
      };
    }),
  };
}

export function outcomesModel(report: WinLossReport, making: Making): ReportModel {
  const { now, before } = report.total;
  const everything: { group: string; name: string; by: WinLossBy; deals: { now: WinLoss; before: WinLoss } }[] = [
    { group: words.all, name: '', by: { kind: 'all' }, deals: report.total },
    ...report.reasons.map((row) => ({
      group: words.reason,
      name: nameOf(row, 'reason'),
      by: { kind: 'reason' as const, name: row.name },
      deals: row.deals,
    })),
    ...report.competitors.map((row) => ({
      group: words.competitor,
      name: nameOf(row, 'competitor'),
      by: { kind: 'competitor' as const, name: row.name },
      deals: row.deals,
    })),
  ];
  const currencies = currenciesIn(
    everything.flatMap(({ deals }) => [deals.now.won_value, deals.now.lost_value]),
    making.currency,
  );
  const mark = (by: WinLossBy, what: EndingMark) => ({ report: 'win_loss' as const, by, what });
  const all: WinLossBy = { kind: 'all' };
  // Without a competitor anywhere, a chart of nobody says nothing.
  const competitors = report.competitors.some((row) => row.name !== '');
  return {
    headlines: [
      headline(
        making,
        words.winRate,
        'percent',
        compared(making, now.win_rate_pct, before.win_rate_pct, mark(all, 'won')),
      ),
      headline(making, words.won, 'count', compared(making, now.won, before.won, mark(all, 'won'))),
      headline(making, words.lost, 'count', compared(making, now.lost, before.lost, mark(all, 'lost'))),
      ...currenciesIn([now.won_value], making.currency).map((currency) =>
        headline(
          making,
          words.wonValue,
          'money',
          compared(
            making,
            amountIn(now.won_value, currency),
            amountIn(before.won_value, currency),
            mark(all, 'won'),
            currency,
          ),
        ),
      ),
    ],
    charts: [
      chartOf(report.reasons, 'reason', making),
      ...(competitors ? [chartOf(report.competitors, 'competitor', making)] : []),
    ],
    table: {
      columns: [
        { label: words.groupedBy, unit: 'text' },
        { label: words.name, unit: 'text' },
        { label: words.won, unit: 'count' },
        { label: words.lost, unit: 'count' },
        { label: words.winRate, unit: 'percent' },
        ...moneyColumns(words.wonValue, currencies),
        ...moneyColumns(words.lostValue, currencies),
      ],
      rows: everything.map(({ group, name, by, deals }): Cell<RowsQuery>[] => [
        text(group),
        text(name),
        compared(making, deals.now.won, deals.before.won, mark(by, 'won')),
        compared(making, deals.now.lost, deals.before.lost, mark(by, 'lost')),
        compared(making, deals.now.win_rate_pct, deals.before.win_rate_pct, mark(by, 'won')),
        ...moneyCells(making, currencies, deals.now.won_value, deals.before.won_value, mark(by, 'won')),
        ...moneyCells(making, currencies, deals.now.lost_value, deals.before.lost_value, mark(by, 'lost')),
      ]),
    },
    empty: now.won + now.lost === 0,
  };
}
