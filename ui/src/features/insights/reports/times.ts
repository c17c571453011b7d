/** How long tickets stay in each stage, where the time goes, and how quickly deals are won. */
import type { RowsQuery, StageTimes, TimesMark, TimesReport } from '@/api/bindings';
import { t } from '@/strings';
import { paint, type Row } from '../drawing';
import {
  amountIn,
  compared,
  currenciesIn,
  type Headline,
  headline,
  type Making,
  note,
  type ReportModel,
  rowsOf,
  share,
  text,
} from '../model';
import { span } from '../table';
import { beforeLegend } from './funnel';

const words = t.insights.times;
const DAY_S = 86_400;

function rowOf(stage: StageTimes, making: Making): Row<RowsQuery> {
  const { now, before } = stage.times;
  const { formats } = making;
  const median = now.km_median_s;
  const nine = now.km_p90_s;
  return {
    label: stage.label,
    parts: [
      {
        value: median ?? 0,
        paint: paint(stage.lifecycle),
        sentence:
          median === null
            ? ''
            : words.sentence(stage.label, span(median, formats), nine === null ? null : span(nine, formats), now.left),
        rows: now.left === 0 ? null : rowsOf(making, { report: 'times', stage: stage.stage, what: 'left' }),
      },
    ],
    before: making.compare ? before.km_median_s : null,
    reach: nine,
    note:
      median === null
        ? now.left + now.open === 0
          ? t.insights.none
          : words.tooOpen(formats.number(now.open))
        : note([span(median, formats), nine === null ? null : words.nineOfTen(span(nine, formats))]),
  };
}

function headlines(report: TimesReport, making: Making): Headline[] {
  const { now, before } = report.velocity;
  const slow = report.stages.find((stage) => stage.stage === report.bottleneck);
  const found: Headline[] = [];
  if (slow !== undefined) {
    const part = share(slow.times.now.share_pct, making.formats);
    found.push({
      label: words.bottleneck,
      value: slow.label,
      change: part === null ? null : words.shareOfTime(part),
      rows: slow.times.now.open === 0 ? null : rowsOf(making, { report: 'times', stage: slow.stage, what: 'open' }),
    });
  }
  for (const currency of currenciesIn([now.per_day], making.currency)) {
    const cell = compared(
      making,
      amountIn(now.per_day, currency),
      amountIn(before.per_day, currency),
      {
        report: 'velocity',
        what: 'won',
      },
      currency,
    );
    found.push(headline(making, words.velocity, 'money', cell));
  }
  const days = (value: number | null): number | null => (value === null ? null : value * DAY_S);
  found.push(
    headline(
      making,
      words.cycle,
      'seconds',
      compared(making, days(now.cycle_days), days(before.cycle_days), { report: 'velocity', what: 'won' }),
    ),
    headline(
      making,
      words.open,
      'count',
      compared(making, now.open, before.open, { report: 'velocity', what: 'open' }),
    ),
  );
  return found;
}

export function timesModel(report: TimesReport, making: Making): ReportModel {
  const { stages } = report;
  return {
    headlines: headlines(report, making),
    charts: [
      {
        is: 'bars',
        caption: '',
        rows: stages.map((stage) => rowOf(stage, making)),
        legend: [
          { label: words.median, paint: paint('accent') },
          { label: words.reach, paint: paint('dim'), stroke: true },
          ...(making.compare ? [beforeLegend] : []),
        ],
      },
    ],
    table: {
      columns: [
        { label: words.stage, unit: 'text' },
        { label: words.left, unit: 'count' },
        { label: words.stillOpen, unit: 'count' },
        { label: words.medianLeft, unit: 'seconds' },
        { label: words.nineLeft, unit: 'seconds' },
        { label: words.medianAll, unit: 'seconds' },
        { label: words.nineAll, unit: 'seconds' },
        { label: words.elapsed, unit: 'seconds' },
        { label: words.share, unit: 'percent' },
      ],
      rows: stages.map(({ stage, label, times: { now, before } }) => {
        const cell = (value: number | null, then: number | null, what: TimesMark) =>
          compared(making, value, then, { report: 'times', stage, what });
        return [
          text(label),
          cell(now.left, before.left, 'left'),
          cell(now.open, before.open, 'open'),
          cell(now.median_s, before.median_s, 'left'),
          cell(now.p90_s, before.p90_s, 'left'),
          cell(now.km_median_s, before.km_median_s, 'left'),
          cell(now.km_p90_s, before.km_p90_s, 'left'),
          cell(now.elapsed_s, before.elapsed_s, now.open > 0 ? 'open' : 'left'),
          cell(now.share_pct, before.share_pct, now.open > 0 ? 'open' : 'left'),
        ];
      }),
    },
    empty: stages.every((stage) => stage.times.now.left + stage.times.now.open === 0),
  };
}
