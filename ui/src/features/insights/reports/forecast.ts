/** What the open deals may bring, month by month, beside what has been won: weighted by how likely each deal is. */
import type {
  ForecastCategory,
  ForecastReport,
  ForecastRow,
  ForecastSum,
  ForecastWhen,
  Mark,
  RowsQuery,
} from '@/api/bindings';
import type { Formats } from '@/lib/formats';
import { t } from '@/strings';
import { type Columns, type LegendItem, type Paint, paint } from '../drawing';
import { type Headline, headline, type Making, plain, type ReportModel, rowsOf, text } from '../model';

const words = t.insights.forecast;

/** From the ground up: what is certain carries the rest. */
const CATEGORIES: readonly ForecastCategory[] = ['closed', 'commit', 'best_case', 'pipeline'];
const PAINTS: Record<ForecastCategory, Paint> = {
  closed: paint('good'),
  commit: paint('accent'),
  best_case: paint('accent', 'half'),
  pipeline: paint('accent', 'faint'),
};
/** More months than this are shown only where there is something in them. */
const MOST_MONTHS = 24;

/** "2026-11" to "2027-01": every month of the period. */
export function monthsOf(from: string, to: string): string[] {
  const months: string[] = [];
  let year = Number(from.slice(0, 4));
  let month = Number(from.slice(5, 7));
  const last = to.slice(0, 7);
  for (;;) {
    const name = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}`;
    if (name > last) return months;
    months.push(name);
    month += 1;
    if (month > 12) {
      month = 1;
      year += 1;
    }
  }
}

export function whenText(when: ForecastWhen, formats: Formats): string {
  return when.kind === 'month' ? formats.month(when.month) : words.when[when.kind];
}

const sameWhen = (one: ForecastWhen, other: ForecastWhen): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Every column of the chart, in order: what is overdue, the months, what comes later, what has no date. */
function columnsOf(rows: readonly ForecastRow[], making: Making): ForecastWhen[] {
  const months = monthsOf(making.filter.from, making.filter.to);
  const found = new Set(rows.flatMap(({ when }) => (when.kind === 'month' ? [when.month] : [])));
  const shown = months.length <= MOST_MONTHS ? [...new Set([...months, ...found])].sort() : [...found].sort();
  const has = (kind: ForecastWhen['kind']): boolean => rows.some(({ when }) => when.kind === kind);
  return [
    ...(has('overdue') ? [{ kind: 'overdue' as const }] : []),
    ...shown.map((month) => ({ kind: 'month' as const, month })),
    ...(has('later') ? [{ kind: 'later' as const }] : []),
    ...(has('undated') ? [{ kind: 'undated' as const }] : []),
  ];
}

function chartOf(report: ForecastReport, currency: string, several: boolean, making: Making): Columns<RowsQuery> {
  const { formats } = making;
  const rows = report.rows.filter((row) => row.currency === currency);
  const money = (minor: number): string => formats.money({ minor, currency });
  const legend: LegendItem[] = CATEGORIES.filter((category) => rows.some((row) => row.category === category)).map(
    (category) => ({ label: words.categories[category], paint: PAINTS[category] }),
  );
  return {
    is: 'columns',
    caption: several ? currency : '',
    legend,
    tick: (value) => formats.moneyShort({ minor: value, currency }),
    whole: false,
    rows: columnsOf(rows, making).map((when) => ({
      label: whenText(when, formats),
      before: null,
      note: '',
      parts: CATEGORIES.flatMap((category) =>
        rows
          .filter((row) => row.category === category && sameWhen(row.when, when))
          .map((row) => ({
            value: row.weighted_minor,
            paint: PAINTS[category],
            sentence:
              category === 'closed'
                ? words.closedSentence(whenText(when, formats), money(row.minor), row.deals)
                : words.sentence(
                    whenText(when, formats),
                    words.categories[category],
                    money(row.weighted_minor),
                    money(row.minor),
                    row.deals,
                  ),
            rows: rowsOf(making, { report: 'forecast', when, category, currency }),
          })),
      ),
    })),
  };
}

const sumOf = (what: ForecastSum, currency: string): Mark => ({ report: 'forecast_sum', what, currency });

export function forecastModel(report: ForecastReport, making: Making): ReportModel {
  const { rows } = report;
  const currencies = [...new Set(rows.map((row) => row.currency))]
    .filter((currency) => currency !== '')
    .sort((a, b) => Number(b === making.currency) - Number(a === making.currency) || a.localeCompare(b));
  const headlines: Headline[] = currencies.flatMap((currency) => {
    const sum = (of: (row: ForecastRow) => boolean): number =>
      rows.filter((row) => row.currency === currency && of(row)).reduce((all, row) => all + row.weighted_minor, 0);
    const closed = sum((row) => row.category === 'closed');
    const open = sum((row) => row.category !== 'closed');
    const money = (label: string, minor: number, what: ForecastSum): Headline =>
      headline(making, label, 'money', plain(making, minor, sumOf(what, currency), currency));
    return [money(words.closed, closed, 'closed'), money(words.expected, open, 'open')];
  });
  const worthless = rows.filter((row) => row.currency === '').reduce((sum, row) => sum + row.deals, 0);
  if (worthless > 0) {
    headlines.push(headline(making, words.noValue, 'count', plain(making, worthless, sumOf('all', ''))));
  }
  return {
    headlines,
    charts: currencies.map((currency) => chartOf(report, currency, currencies.length > 1, making)),
    table: {
      columns: [
        { label: words.expectedWhen, unit: 'text' },
        { label: words.category, unit: 'text' },
        { label: words.deals, unit: 'count' },
        { label: words.value, unit: 'money' },
        { label: words.weighted, unit: 'money' },
      ],
      rows: rows.map((row) => {
        const mark = { report: 'forecast' as const, when: row.when, category: row.category, currency: row.currency };
        const money = (minor: number) => (row.currency === '' ? text('') : plain(making, minor, mark, row.currency));
        return [
          text(whenText(row.when, making.formats)),
          text(words.categories[row.category]),
          plain(making, row.deals, mark),
          money(row.minor),
          money(row.weighted_minor),
        ];
      }),
    },
    empty: rows.length === 0,
  };
}
