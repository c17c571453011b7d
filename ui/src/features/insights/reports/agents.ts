/** What each agent has and does: open tickets, moves, calls, and the deals they won and lost. */
import type { AgentFigures, AgentMark, AgentsReport, RowsQuery } from '@/api/bindings';
import { t } from '@/strings';
import { type Bars, paint } from '../drawing';
import {
  compared,
  currenciesIn,
  type Making,
  moneyCells,
  moneyColumns,
  note,
  plain,
  type ReportModel,
  rowsOf,
  text,
} from '../model';
import type { Cell } from '../table';
import { dealsLegend } from './outcomes';

const words = t.insights.agents;

const nameOf = (row: AgentFigures): string => (row.agent === null ? t.unassigned : row.name);
const markOf = (row: AgentFigures, what: AgentMark) => ({ report: 'agents' as const, agent: row.agent, what });

function deals(rows: readonly AgentFigures[], making: Making): Bars<RowsQuery> {
  const { formats } = making;
  return {
    is: 'bars',
    caption: words.deals,
    legend: dealsLegend(making.compare),
    rows: rows.map((row) => {
      const { now, before } = row.work;
      const part = (what: 'won' | 'lost') => ({
        value: now.deals[what],
        paint: what === 'won' ? paint('good') : paint('danger', 'hatched'),
        sentence: words.sentence[what](nameOf(row), now.deals[what]),
        rows: rowsOf(making, markOf(row, what)),
      });
      return {
        label: nameOf(row),
        parts: [part('won'), part('lost')],
        before: making.compare ? before.deals.won + before.deals.lost : null,
        note: note([
          t.insights.outcomes.wonOf(formats.number(now.deals.won), formats.number(now.deals.won + now.deals.lost)),
          formats.moneySums(now.deals.won_value),
        ]),
      };
    }),
  };
}

function open(rows: readonly AgentFigures[], making: Making): Bars<RowsQuery> {
  const { formats } = making;
  return {
    is: 'bars',
    caption: words.openNow,
    legend: [],
    rows: rows.map((row) => ({
      label: nameOf(row),
      parts: [
        {
          value: row.open,
          paint: paint('accent'),
          sentence: words.sentence.open(nameOf(row), row.open),
          rows: rowsOf(making, markOf(row, 'open')),
        },
      ],
      before: null,
      note: note([formats.number(row.open), formats.moneySums(row.open_value)]),
    })),
  };
}

/** Deals that were won or lost, in this period or the one before. */
const dealsOf = (row: AgentFigures): number => {
  const { now, before } = row.work;
  return now.deals.won + now.deals.lost + before.deals.won + before.deals.lost;
};

const acts = (row: AgentFigures): number =>
  row.work.now.moves + row.work.now.calls + row.work.now.deals.won + row.work.now.deals.lost;

export function agentsModel(report: AgentsReport, making: Making): ReportModel {
  const { agents } = report;
  const openCurrencies = currenciesIn(
    agents.map((row) => row.open_value),
    making.currency,
  );
  const wonCurrencies = currenciesIn(
    agents.map((row) => row.work.now.deals.won_value),
    making.currency,
  );
  return {
    headlines: [],
    charts: [
      deals(
        agents.filter((row) => dealsOf(row) > 0),
        making,
      ),
      open(
        agents.filter((row) => row.open > 0),
        making,
      ),
    ].filter((chart) => chart.rows.length > 0),
    table: {
      columns: [
        { label: words.agent, unit: 'text' },
        { label: words.openNow, unit: 'count' },
        ...moneyColumns(words.openValue, openCurrencies),
        { label: words.moves, unit: 'count' },
        { label: words.calls, unit: 'count' },
        { label: t.insights.outcomes.won, unit: 'count' },
        { label: t.insights.outcomes.lost, unit: 'count' },
        { label: t.insights.outcomes.winRate, unit: 'percent' },
        ...moneyColumns(t.insights.outcomes.wonValue, wonCurrencies),
      ],
      rows: agents.map((row): Cell<RowsQuery>[] => {
        const { now, before } = row.work;
        const mark = (what: AgentMark) => markOf(row, what);
        return [
          text(nameOf(row)),
          plain(making, row.open, mark('open')),
          ...moneyCells(making, openCurrencies, row.open_value, null, mark('open')),
          compared(making, now.moves, before.moves, mark('moves')),
          compared(making, now.calls, before.calls, mark('calls')),
          compared(making, now.deals.won, before.deals.won, mark('won')),
          compared(making, now.deals.lost, before.deals.lost, mark('lost')),
          compared(making, now.deals.win_rate_pct, before.deals.win_rate_pct, mark('won')),
          ...moneyCells(making, wonCurrencies, now.deals.won_value, before.deals.won_value, mark('won')),
        ];
      }),
    },
    empty: agents.every((row) => row.open === 0 && acts(row) === 0),
  };
}
