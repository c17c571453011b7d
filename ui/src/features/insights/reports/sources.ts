/** What each source brings: how many tickets, how far they come, and what is won with them. */
import type { RowsQuery, SourceMark, SourceRow, SourcesReport } from '@/api/bindings';
import { t } from '@/strings';
import { type Bars, paint } from '../drawing';
import {
  amountIn,
  compared,
  currenciesIn,
  type Making,
  moneyCells,
  moneyColumns,
  note,
  type ReportModel,
  rowsOf,
  text,
} from '../model';
import type { Cell } from '../table';
import { beforeLegend } from './funnel';

const words = t.insights.sources;

const nameOf = (row: SourceRow): string => (row.source === '' ? words.none : row.source);

function created(report: SourcesReport, making: Making): Bars<RowsQuery> {
  const { formats } = making;
  return {
    is: 'bars',
    caption: words.created,
    legend: making.compare ? [beforeLegend] : [],
    rows: report.sources.map((row) => {
      const { now, before } = row.yields;
      return {
        label: nameOf(row),
        parts: [
          {
            value: now.created,
            paint: paint('lead'),
            sentence: words.createdSentence(nameOf(row), now.created),
            rows: rowsOf(making, { report: 'sources', source: row.source, what: 'created' }),
          },
        ],
        before: making.compare ? before.created : null,
        note: note([
          formats.number(now.created),
          now.opportunities === 0 ? null : words.becameOpportunities(now.opportunities),
        ]),
      };
    }),
  };
}

function won(report: SourcesReport, currency: string, several: boolean, making: Making): Bars<RowsQuery> {
  const { formats } = making;
  return {
    is: 'bars',
    caption: several ? t.insights.inCurrency(words.wonValue, currency) : words.wonValue,
    legend: [],
    rows: report.sources
      .filter(
        (row) => amountIn(row.yields.now.won_value, currency) + amountIn(row.yields.before.won_value, currency) > 0,
      )
      .map((row) => {
        const { now, before } = row.yields;
        const minor = amountIn(now.won_value, currency);
        const amount = formats.money({ minor, currency });
        return {
          label: nameOf(row),
          parts: [
            {
              value: minor,
              paint: paint('good'),
              sentence: words.wonSentence(nameOf(row), amount, now.won),
              rows: rowsOf(making, { report: 'sources', source: row.source, what: 'won' }),
            },
          ],
          before: making.compare ? amountIn(before.won_value, currency) : null,
          note: formats.moneyShort({ minor, currency }),
        };
      }),
  };
}

export function sourcesModel(report: SourcesReport, making: Making): ReportModel {
  const currencies = currenciesIn(
    report.sources.map((row) => row.yields.now.won_value),
    making.currency,
  );
  return {
    headlines: [],
    charts: [
      created(report, making),
      ...currencies.map((currency) => won(report, currency, currencies.length > 1, making)),
    ],
    table: {
      columns: [
        { label: words.source, unit: 'text' },
        { label: words.created, unit: 'count' },
        { label: words.prospects, unit: 'count' },
        { label: words.opportunities, unit: 'count' },
        { label: words.won, unit: 'count' },
        ...moneyColumns(words.wonValue, currencies),
      ],
      rows: report.sources.map((row): Cell<RowsQuery>[] => {
        const { now, before } = row.yields;
        const mark = (what: SourceMark) => ({ report: 'sources' as const, source: row.source, what });
        return [
          text(nameOf(row)),
          compared(making, now.created, before.created, mark('created')),
          compared(making, now.prospects, before.prospects, mark('prospects')),
          compared(making, now.opportunities, before.opportunities, mark('opportunities')),
          compared(making, now.won, before.won, mark('won')),
          ...moneyCells(making, currencies, now.won_value, before.won_value, mark('won')),
        ];
      }),
    },
    empty: report.sources.every((row) => row.yields.now.created + row.yields.now.won === 0),
  };
}
