/** How far tickets come: stage by stage, with those who were lost on the way and those who came a second time. */
import type { FunnelCounts, FunnelMark, FunnelReport, FunnelStage, RowsQuery } from '@/api/bindings';
import { t } from '@/strings';
import { type LegendItem, type Paint, type Part, paint, type Row } from '../drawing';
import { compared, headline, type Making, note, type ReportModel, rowsOf, share, text } from '../model';

const words = t.insights.funnel;

/** What the tickets of a stage did, in the order in which the bar shows it. */
const FATES: readonly { what: FunnelMark; of: (counts: FunnelCounts) => number }[] = [
  { what: 'moved_on', of: (counts) => counts.moved_on },
  { what: 'still_here', of: (counts) => counts.still_here },
  { what: 'went_back', of: (counts) => counts.went_back },
  { what: 'lost', of: (counts) => counts.lost },
];

function paintOf(stage: FunnelStage, what: FunnelMark): Paint {
  switch (what) {
    case 'lost':
      return paint('danger', 'hatched');
    case 'went_back':
      return paint('dim', 'half');
    case 'still_here':
      return paint(stage.lifecycle, 'half');
    default:
      return paint(stage.lifecycle);
  }
}

const legend: LegendItem[] = [
  { label: words.fates.moved_on, paint: paint('accent') },
  { label: words.fates.still_here, paint: paint('accent', 'half') },
  { label: words.fates.went_back, paint: paint('dim', 'half') },
  { label: words.fates.lost, paint: paint('danger', 'hatched') },
];

export const beforeLegend: LegendItem = { label: t.insights.before, paint: paint('ink'), stroke: true };

function rowOf(stage: FunnelStage, making: Making): Row<RowsQuery> {
  const { now, before } = stage.counts;
  const { formats } = making;
  const mark = (what: FunnelMark) => rowsOf(making, { report: 'funnel', stage: stage.stage, what });
  const entered = formats.number(now.entered);
  // Nobody goes on from an exit: who came is all there is to say.
  const parts: Part<RowsQuery>[] = stage.exit
    ? [
        {
          value: now.entered,
          paint: stage.stage === 'won' ? paint('good') : paint('danger', 'hatched'),
          sentence: words.ended(stage.label, now.entered),
          rows: mark('entered'),
        },
      ]
    : FATES.map(({ what, of }) => ({
        value: of(now),
        paint: paintOf(stage, what),
        sentence: words.sentence[what as keyof typeof words.sentence](stage.label, formats.number(of(now)), entered),
        rows: mark(what),
      }));
  return {
    label: stage.label,
    parts,
    before: making.compare ? before.entered : null,
    note: note([
      entered,
      stage.exit ? null : share(now.conversion_pct, formats),
      now.re_entered === 0 ? null : words.again(formats.number(now.re_entered)),
    ]),
  };
}

export function funnelModel(report: FunnelReport, making: Making): ReportModel {
  const { stages } = report;
  const won = stages.find((stage) => stage.stage === 'won');
  const first = stages.find((stage) => !stage.exit);
  return {
    headlines: [
      ...(first === undefined
        ? []
        : [
            headline(
              making,
              words.came(first.label),
              'count',
              compared(making, first.counts.now.entered, first.counts.before.entered, {
                report: 'funnel',
                stage: first.stage,
                what: 'entered',
              }),
            ),
          ]),
      ...(won === undefined
        ? []
        : [
            headline(
              making,
              won.label,
              'count',
              compared(making, won.counts.now.entered, won.counts.before.entered, {
                report: 'funnel',
                stage: won.stage,
                what: 'entered',
              }),
            ),
          ]),
    ],
    charts: [
      {
        is: 'bars',
        caption: '',
        rows: stages.map((stage) => rowOf(stage, making)),
        legend: making.compare ? [...legend, beforeLegend] : legend,
      },
    ],
    table: {
      columns: [
        { label: words.stage, unit: 'text' },
        { label: words.entered, unit: 'count' },
        { label: words.reEntered, unit: 'count' },
        { label: words.fates.moved_on, unit: 'count' },
        { label: words.fates.lost, unit: 'count' },
        { label: words.fates.went_back, unit: 'count' },
        { label: words.fates.still_here, unit: 'count' },
        { label: words.conversion, unit: 'percent' },
      ],
      rows: stages.map(({ stage, label, exit, counts: { now, before } }) => {
        const cell = (value: number | null, then: number | null, what: FunnelMark) =>
          compared(making, value, then, { report: 'funnel', stage, what });
        return [
          text(label),
          cell(now.entered, before.entered, 'entered'),
          cell(now.re_entered, before.re_entered, 're_entered'),
          cell(exit ? null : now.moved_on, exit ? null : before.moved_on, 'moved_on'),
          cell(exit ? null : now.lost, exit ? null : before.lost, 'lost'),
          cell(now.went_back, before.went_back, 'went_back'),
          cell(now.still_here, before.still_here, 'still_here'),
          cell(now.conversion_pct, before.conversion_pct, 'moved_on'),
        ];
      }),
    },
    empty: stages.every((stage) => stage.counts.now.entered === 0),
  };
}
