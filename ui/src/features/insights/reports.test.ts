/** What each report makes of its figures. It is long because seven reports stand in it, each with its own. */
import { describe, expect, it } from 'vitest';
import type {
  AgentFigures,
  ForecastReport,
  FunnelCounts,
  FunnelReport,
  ImportOutcome,
  ImportsReport,
  ReportAbout,
  SourcesReport,
  StayTimes,
  TimesReport,
  WinLoss,
  WinLossReport,
} from '@/api/bindings';
import { makeFormats } from '@/lib/formats';
import type { Making, Opens, ReportModel } from './model';
import { agentsModel } from './reports/agents';
import { forecastModel, monthsOf } from './reports/forecast';
import { funnelModel } from './reports/funnel';
import { importsModel } from './reports/imports';
import { outcomesModel } from './reports/outcomes';
import { sourcesModel } from './reports/sources';
import { timesModel } from './reports/times';
import { showCell } from './table';
import { toInsightsFilter } from './view';

const formats = makeFormats('en-GB', 'UTC');
const filter = toInsightsFilter({ from: '2026-10-01', to: '2026-12-31' }, '2026-11-21', 'UTC');
const making: Making = { filter, compare: true, formats, currency: 'GBP' };
const alone: Making = { ...making, compare: false };

const about: ReportAbout = {
  as_of: '2026-11-21T10:42:00Z',
  last_pull: null,
  before: { from: '2026-07-01', to: '2026-09-30' },
  history_since: null,
  rebuilt: false,
  history_pending: false,
  definitions: [],
};

/** What a report says, line by line, as a person reads it. */
const lines = (model: ReportModel): string[] =>
  model.table.rows.map((row) =>
    row.map((cell, index) => showCell(cell, model.table.columns[index]?.unit ?? 'text', formats)).join(' | '),
  );

const notes = (model: ReportModel): string[] =>
  model.charts.flatMap((chart) => chart.rows.map((row) => `${row.label}: ${row.note}`));

/** Every way to rows that a report has, in its charts and its table. */
function ways(model: ReportModel): Opens[] {
  return [
    ...model.headlines.map((line) => line.rows),
    ...model.charts.flatMap((chart) => chart.rows.flatMap((row) => row.parts.map((part) => part.rows))),
    ...model.table.rows.flatMap((row) => row.flatMap((cell) => [cell.rows ?? null, cell.rowsBefore ?? null])),
  ].filter((rows) => rows !== null);
}

/** Every figure of the table that counts something but leads nowhere. */
const deadEnds = (model: ReportModel): string[] =>
  model.table.rows.flatMap((row) =>
    row.flatMap((cell, index) => {
      const counts = typeof cell.value === 'number' && cell.value !== 0;
      return counts && !cell.rows ? [`${row[0]?.value}: ${model.table.columns[index]?.label}`] : [];
    }),
  );

const counts = (change: Partial<FunnelCounts>): FunnelCounts => ({
  entered: 0,
  re_entered: 0,
  moved_on: 0,
  lost: 0,
  went_back: 0,
  still_here: 0,
  conversion_pct: null,
  ...change,
});

describe('the funnel', () => {
  const report: FunnelReport = {
    about,
    stages: [
      {
        stage: 'contacted',
        label: 'Contacted',
        lifecycle: 'lead',
        exit: false,
        counts: {
          now: counts({
            entered: 10,
            re_entered: 2,
            moved_on: 4,
            lost: 3,
            went_back: 1,
            still_here: 2,
            conversion_pct: 50,
          }),
          before: counts({ entered: 8, moved_on: 6, lost: 2, conversion_pct: 75 }),
        },
      },
      {
        stage: 'no_interest',
        label: 'No Interest',
        lifecycle: 'lead',
        exit: true,
        counts: { now: counts({ entered: 3, still_here: 3 }), before: counts({}) },
      },
    ],
  };

  it('shows what became of those who came, losses and re-entries among them', () => {
    const model = funnelModel(report, making);
    const [stage, exit] = model.charts[0]?.rows ?? [];
    expect(stage?.parts.map((part) => [part.value, part.sentence])).toEqual([
      [4, 'Contacted: 4 of 10 moved on'],
      [2, 'Contacted: 2 of 10 are still here'],
      [1, 'Contacted: 1 of 10 went back'],
      [3, 'Contacted: 3 of 10 were lost'],
    ]);
    expect(stage?.before).toBe(8);
    expect(exit?.parts.map((part) => part.sentence)).toEqual(['No Interest: 3 tickets']);
    expect(notes(model)).toEqual(['Contacted: 10 · 50% · 2 again', 'No Interest: 3']);
  });

  it('leaves a bar as long as the number who came', () => {
    const model = funnelModel(report, making);
    for (const [index, row] of (model.charts[0]?.rows ?? []).entries()) {
      const sum = row.parts.reduce((all, part) => all + part.value, 0);
      expect(sum).toBe(report.stages[index]?.counts.now.entered);
    }
  });

  it('is a table with everything, and what was before beside it', () => {
    const model = funnelModel(report, making);
    expect(lines(model)).toEqual([
      'Contacted | 10 | 2 | 4 | 3 | 1 | 2 | 50%',
      'No Interest | 3 | 0 | – | – | 0 | 3 | –',
    ]);
    expect(model.table.rows[0]?.[1]).toEqual({
      value: 10,
      before: 8,
      rows: { mark: { report: 'funnel', stage: 'contacted', what: 'entered' }, filter, before: false },
      rowsBefore: { mark: { report: 'funnel', stage: 'contacted', what: 'entered' }, filter, before: true },
    });
  });

  it('compares nothing where nothing is to be compared', () => {
    const model = funnelModel(report, alone);
    expect(model.charts[0]?.rows[0]?.before).toBeNull();
    expect(ways(model).some((rows) => 'mark' in rows && rows.before)).toBe(false);
    expect(model.headlines.every((line) => line.change === null)).toBe(true);
  });

  it('opens the tickets of every figure, and only where there are some', () => {
    expect(deadEnds(funnelModel(report, making))).toEqual([]);
    expect(funnelModel(report, making).table.rows[1]?.[2]?.rows).toBeNull();
  });

  it('is empty when nobody came', () => {
    const none = {
      about,
      stages: report.stages.map((stage) => ({ ...stage, counts: { now: counts({}), before: counts({}) } })),
    };
    expect([funnelModel(report, making).empty, funnelModel(none, making).empty]).toEqual([false, true]);
  });
});

const stay = (change: Partial<StayTimes>): StayTimes => ({
  left: 0,
  open: 0,
  median_s: null,
  p90_s: null,
  km_median_s: null,
  km_p90_s: null,
  elapsed_s: 0,
  share_pct: null,
  ...change,
});
const DAY = 86_400;

describe('the time in stage', () => {
  const velocity = {
    open: 6,
    won: 3,
    lost: 1,
    win_rate_pct: 75,
    cycle_days: 40,
    average: [{ minor: 1_000_000, currency: 'GBP' }],
    per_day: [{ minor: 112_500, currency: 'GBP' }],
  };
  const report: TimesReport = {
    about,
    bottleneck: 'negotiation',
    velocity: { now: velocity, before: { ...velocity, cycle_days: 50, per_day: [] } },
    stages: [
      {
        stage: 'negotiation',
        label: 'Negotiation',
        lifecycle: 'opportunity',
        times: {
          now: stay({
            left: 4,
            open: 2,
            median_s: 3 * DAY,
            p90_s: 9 * DAY,
            km_median_s: 5 * DAY,
            km_p90_s: 12 * DAY,
            elapsed_s: 40 * DAY,
            share_pct: 62.5,
          }),
          before: stay({ left: 1, km_median_s: 4 * DAY }),
        },
      },
      {
        stage: 'contacted',
        label: 'Contacted',
        lifecycle: 'lead',
        times: { now: stay({ left: 1, open: 9, elapsed_s: 24 * DAY, share_pct: 37.5 }), before: stay({}) },
      },
      { stage: 'engaged', label: 'Engaged', lifecycle: 'lead', times: { now: stay({}), before: stay({}) } },
    ],
  };

  it('counts those who are still there, and says when it is too early', () => {
    const model = timesModel(report, making);
    expect(notes(model)).toEqual([
      'Negotiation: 5 d · 9 of 10 in 12 d',
      'Contacted: 9 still here, too early to tell',
      'Engaged: –',
    ]);
    const [slow] = model.charts[0]?.rows ?? [];
    expect([slow?.parts[0]?.value, slow?.reach, slow?.before]).toEqual([5 * DAY, 12 * DAY, 4 * DAY]);
  });

  it('names the bottleneck and the velocity', () => {
    const model = timesModel(report, making);
    expect(model.headlines.map(({ label, value, change }) => [label, value, change])).toEqual([
      ['Bottleneck', 'Negotiation', '63% of all time'],
      ['Won per day', '£1,125', '+£1,125'],
      ['From opportunity to won', '40 d', '−10 d'],
      ['Open opportunities', '6', ''],
    ]);
  });

  it('opens the tickets of every figure', () => {
    expect(deadEnds(timesModel(report, making))).toEqual([]);
  });
});

describe('the forecast', () => {
  const row = (
    when: ForecastReport['rows'][number]['when'],
    category: 'closed' | 'commit' | 'pipeline',
    change = {},
  ) => ({
    when,
    category,
    currency: 'GBP',
    deals: 2,
    minor: 100_000,
    weighted_minor: category === 'closed' ? 100_000 : 50_000,
    ...change,
  });
  const report: ForecastReport = {
    about,
    best_case_from: 50,
    commit_from: 80,
    rows: [
      row({ kind: 'overdue' }, 'pipeline'),
      row({ kind: 'month', month: '2026-10' }, 'closed'),
      row({ kind: 'month', month: '2026-12' }, 'commit'),
      row({ kind: 'month', month: '2026-12' }, 'pipeline', { currency: 'EUR' }),
      row({ kind: 'undated' }, 'pipeline', { currency: '', minor: 0, weighted_minor: 0 }),
    ],
  };

  it('has a column for every month of the period, also where nothing closes, and a chart for each currency', () => {
    const model = forecastModel(report, making);
    expect(model.charts.map((chart) => [chart.caption, chart.rows.map((one) => one.label)])).toEqual([
      ['GBP', ['Overdue', 'Oct 2026', 'Nov 2026', 'Dec 2026']],
      ['EUR', ['Oct 2026', 'Nov 2026', 'Dec 2026']],
    ]);
  });

  it('adds up what is closed and what is expected, and opens all of their tickets', () => {
    const sums = forecastModel(report, making).headlines.map(({ label, value, rows }) => [
      label,
      value,
      rows !== null && 'mark' in rows ? rows.mark : rows,
    ]);
    const sum = (what: 'closed' | 'open' | 'all', currency: string) => ({ report: 'forecast_sum', what, currency });
    expect(sums).toEqual([
      ['Closed', '£1,000', sum('closed', 'GBP')],
      ['Expected, weighted', '£1,000', sum('open', 'GBP')],
      // Nothing opens no tickets.
      ['Closed', '€0', null],
      ['Expected, weighted', '€500', sum('open', 'EUR')],
      ['Without a value', '2', sum('all', '')],
    ]);
  });

  it('says what is weighted and what it is of', () => {
    const sentences = forecastModel(report, making).charts.flatMap((chart) =>
      chart.rows.flatMap((one) => one.parts.map((part) => part.sentence)),
    );
    expect(sentences).toEqual([
      'Overdue, Pipeline: £500 weighted, of £1,000 in 2 tickets',
      'Oct 2026, closed: £1,000 in 2 tickets',
      'Dec 2026, Commit: £500 weighted, of £1,000 in 2 tickets',
      'Dec 2026, Pipeline: €500 weighted, of €1,000 in 2 tickets',
    ]);
  });

  it('keeps tickets without a value in sight', () => {
    const model = forecastModel(report, making);
    expect(lines(model).at(-1)).toBe('No date | Pipeline | 2 |  | ');
    expect(deadEnds(model)).toEqual([]);
  });

  it.each([
    ['2026-11-21', '2026-11-21', ['2026-11']],
    ['2026-11-01', '2027-01-31', ['2026-11', '2026-12', '2027-01']],
    ['2027-01-01', '2026-01-01', []],
  ])('from %s to %s has the months %s', (from, to, months) => {
    expect(monthsOf(from, to)).toEqual(months);
  });
});

const deals = (won: number, lost: number, pounds = 0): WinLoss => ({
  won,
  lost,
  win_rate_pct: won + lost === 0 ? null : (100 * won) / (won + lost),
  won_value: pounds === 0 ? [] : [{ minor: pounds * 100, currency: 'GBP' }],
  lost_value: [],
});

describe('won and lost', () => {
  const report: WinLossReport = {
    about,
    total: { now: deals(3, 1, 9000), before: deals(1, 1, 2000) },
    reasons: [
      { name: 'Price', deals: { now: deals(2, 1, 5000), before: deals(0, 1) } },
      { name: '', deals: { now: deals(1, 0, 4000), before: deals(1, 0, 2000) } },
    ],
    competitors: [{ name: '', deals: { now: deals(3, 1, 9000), before: deals(1, 1, 2000) } }],
  };

  it('is by reason, also where none was given', () => {
    const model = outcomesModel(report, making);
    expect(notes(model)).toEqual(['Price: 2 of 3 won · 67%', 'No reason given: 1 of 1 won · 100%']);
    expect(lines(model).slice(0, 3)).toEqual([
      'All |  | 3 | 1 | 75% | £9,000 | £0',
      'Reason | Price | 2 | 1 | 66.7% | £5,000 | £0',
      'Reason | No reason given | 1 | 0 | 100% | £4,000 | £0',
    ]);
    expect(deadEnds(model)).toEqual([]);
  });

  it('has a chart of competitors only where one is named', () => {
    const named = { ...report, competitors: [{ name: 'Acme', deals: { now: deals(0, 2), before: deals(0, 0) } }] };
    expect([outcomesModel(report, making), outcomesModel(named, making)].map((model) => model.charts.length)).toEqual([
      1, 2,
    ]);
    const [, chart] = outcomesModel(named, making).charts;
    expect(chart?.rows[0]?.parts[1]).toMatchObject({
      sentence: 'Acme: 2 tickets lost',
      rows: { mark: { report: 'win_loss', by: { kind: 'competitor', name: 'Acme' }, what: 'lost' } },
    });
  });
});

describe('the sources', () => {
  const report: SourcesReport = {
    about,
    sources: [
      {
        source: 'Apollo.io',
        yields: {
          now: {
            created: 40,
            prospects: 10,
            opportunities: 4,
            won: 1,
            won_value: [{ minor: 500_000, currency: 'GBP' }],
          },
          before: { created: 20, prospects: 5, opportunities: 1, won: 0, won_value: [] },
        },
      },
      {
        source: '',
        yields: {
          now: { created: 5, prospects: 0, opportunities: 0, won: 1, won_value: [{ minor: 90_000, currency: 'EUR' }] },
          before: { created: 0, prospects: 0, opportunities: 0, won: 0, won_value: [] },
        },
      },
    ],
  };

  it('lead from new tickets to what was won, each currency apart', () => {
    const model = sourcesModel(report, making);
    expect(model.table.columns.map((column) => column.label).slice(-2)).toEqual(['Won value, GBP', 'Won value, EUR']);
    expect(lines(model)).toEqual([
      'Apollo.io | 40 | 10 | 4 | 1 | £5,000 | €0',
      'No source given | 5 | 0 | 0 | 1 | £0 | €900',
    ]);
    expect(model.charts.map((chart) => [chart.caption, chart.rows.map((row) => row.label)])).toEqual([
      ['New tickets', ['Apollo.io', 'No source given']],
      ['Won value, GBP', ['Apollo.io']],
      ['Won value, EUR', ['No source given']],
    ]);
    expect(deadEnds(model)).toEqual([]);
  });
});

describe('the agents', () => {
  const work = { moves: 12, calls: 30, deals: deals(2, 1, 8000) };
  const idle = { moves: 0, calls: 0, deals: deals(0, 0) };
  const agents: AgentFigures[] = [
    {
      agent: 4,
      name: 'Ann Lee',
      open: 7,
      open_value: [{ minor: 120_000, currency: 'GBP' }],
      work: { now: work, before: idle },
    },
    { agent: null, name: '', open: 3, open_value: [], work: { now: idle, before: idle } },
  ];

  it('stand with what they have and did, and nobody last', () => {
    const model = agentsModel({ about, agents }, making);
    expect(lines(model)).toEqual([
      'Ann Lee | 7 | £1,200 | 12 | 30 | 2 | 1 | 66.7% | £8,000',
      'Nobody | 3 | £0 | 0 | 0 | 0 | 0 | – | £0',
    ]);
    expect(deadEnds(model)).toEqual([]);
    expect(model.table.rows[0]?.[1]?.before).toBeUndefined();
  });
});

describe('the imports', () => {
  const none = {
    rows: 0,
    outcomes: [],
    already_here: 0,
    quality: null,
    waiting: 0,
    decisions: [],
    without_ticket: [],
  };
  const report: ImportsReport = {
    about,
    sources: [
      {
        source: 'Apollo.io',
        yields: {
          now: {
            rows: 100,
            outcomes: [
              { outcome: 'created', rows: 60 },
              { outcome: 'updated', rows: 25 },
              { outcome: 'review', rows: 10 },
              { outcome: 'rejected', rows: 5 },
            ],
            already_here: 25,
            quality: 77.6,
            waiting: 4,
            decisions: [
              { decision: 'merged', items: 5 },
              { decision: 'not_same', items: 1 },
            ],
            without_ticket: [
              { outcome: 'review', imports: [3, 5] },
              { outcome: 'rejected', imports: [5] },
            ],
          },
          before: { ...none, rows: 40, outcomes: [{ outcome: 'created', rows: 40 }] },
        },
      },
      { source: '', yields: { now: none, before: none } },
    ],
  };

  it('say what became of the rows and what people decided', () => {
    const model = importsModel(report, making);
    expect(model.table.columns.map((column) => column.label)).toEqual([
      'Source',
      'Rows',
      'Mean quality',
      'Already here',
      'Created',
      'Updated',
      'For review',
      'Rejected',
      'Wait for a decision',
      'Decided: merge',
      'Decided: not the same',
    ]);
    expect(lines(model)).toEqual([
      'Apollo.io | 100 | 78 | 25 | 60 | 25 | 10 | 5 | 4 | 5 | 1',
      'Files of nobody in particular | 0 | – | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0',
    ]);
    expect(notes(model)[0]).toBe('Apollo.io: 100 rows · quality 78');
  });

  it('leave a bar as long as the rows, and lead to tickets, or to the rows of which there are none', () => {
    const [row] = importsModel(report, making).charts[0]?.rows ?? [];
    const parts = row?.parts.filter((part) => part.value > 0) ?? [];
    expect(parts.reduce((sum, part) => sum + part.value, 0)).toBe(100);
    const tickets = (of: ImportOutcome) => ({
      mark: { report: 'imports', source: 'Apollo.io', what: { kind: 'outcome', of } },
      filter,
      before: false,
    });
    expect(parts.map((part) => [part.sentence, part.rows])).toEqual([
      ['Apollo.io: 60 of 100 rows, created', tickets('created')],
      ['Apollo.io: 25 of 100 rows, updated', tickets('updated')],
      ['Apollo.io: 10 of 100 rows, for review', { imports: [3, 5], outcome: 'review' }],
      ['Apollo.io: 5 of 100 rows, rejected', { imports: [5], outcome: 'rejected' }],
    ]);
  });

  it('open what they count from the table, and what waits from the review', () => {
    const model = importsModel(report, making);
    expect(deadEnds(model)).toEqual([]);
    expect(model.table.rows[0]?.[8]?.rows).toEqual({ review: 'Apollo.io' });
    const [, rows] = model.table.rows[0] ?? [];
    expect(rows?.rowsBefore).toMatchObject({ mark: { report: 'imports', what: { kind: 'rows' } }, before: true });
  });
});
