/**
 * Charts as values: what stands where, in which tone. The same drawing is shown as SVG (Chart.tsx), painted as a PNG (png.ts)
 * and printed, so that all three agree to the pixel.
 *
 * We draw ourselves because every mark has to be a control of its own: reached by keyboard, named in a sentence, and open on
 * the rows behind it. Chart libraries draw pictures. Nothing here knows the document: the width of a text is asked for.
 */

/** Names of colours in tokens.css. */
export type Tone =
  | 'lead'
  | 'prospect'
  | 'opportunity'
  | 'promotion'
  | 'danger'
  | 'good'
  | 'accent'
  | 'ink'
  | 'dim'
  | 'line'
  | 'line-strong';

/** Told apart by more than hue: `full`, `half` as strong, `faint`, or `hatched`. */
export interface Paint {
  tone: Tone;
  how: 'full' | 'half' | 'faint' | 'hatched';
}

export const OPACITY: Record<Paint['how'], number> = { full: 1, half: 0.5, faint: 0.22, hatched: 1 };
/** Between the lines of a hatched area, and their thickness, in pixels. */
export const HATCH = { step: 5, line: 1.75 } as const;

export const paint = (tone: Tone, how: Paint['how'] = 'full'): Paint => ({ tone, how });

export type Anchor = 'start' | 'middle' | 'end';

export type Shape =
  | { is: 'rect'; x: number; y: number; width: number; height: number; paint: Paint }
  | { is: 'text'; x: number; y: number; text: string; size: number; bold: boolean; anchor: Anchor; tone: Tone }
  | { is: 'line'; points: readonly (readonly [number, number])[]; width: number; tone: Tone; dashed: boolean };

/** A part of the drawing that stands for tickets. `M` names them to whoever opens them. */
export interface Mark<M> {
  x: number;
  y: number;
  width: number;
  height: number;
  /** What it says, in full. */
  sentence: string;
  rows: M;
}

export interface Drawing<M> {
  width: number;
  height: number;
  shapes: Shape[];
  marks: Mark<M>[];
}

/** How wide a text will be, in pixels. */
export type Measure = (text: string, size: number, bold: boolean) => number;

/** Good enough where there is nothing to measure with: the usual breadth of a letter of Inter. */
export const roughly: Measure = (text, size, bold) => text.length * size * (bold ? 0.58 : 0.55);

export const TEXT = 12;
const SMALL = 11;

const letterer = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The text as far as it fits, with an ellipsis where it does not. */
export function fitted(text: string, width: number, size: number, bold: boolean, measure: Measure): string {
  if (measure(text, size, bold) <= width) return text;
  // By characters as people count them: half an emoji is not one.
  const letters = [...letterer.segment(text)].map((letter) => letter.segment);
  let low = 0;
  let high = letters.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (measure(`${letters.slice(0, middle).join('')}…`, size, bold) <= width) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? '…' : `${letters.slice(0, low).join('').trimEnd()}…`;
}

/** Round steps of an axis from 0 to at least `most`: 1, 2 or 5 times a power of ten, about `wanted` of them. */
export function ticks(most: number, wanted: number, whole: boolean): number[] {
  if (!(most > 0)) return [0];
  const raw = most / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((times) => times * power).find((one) => one >= raw) ?? raw;
  const size = whole ? Math.max(1, Math.round(step)) : step;
  const count = Math.ceil(most / size - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => index * size);
}

export interface LegendItem {
  label: string;
  paint: Paint;
  /** A stroke, as for the period before, rather than an area. */
  stroke?: true;
}

export interface Part<M> {
  value: number;
  paint: Paint;
  sentence: string;
  /** `null` where there is nothing to open. */
  rows: M | null;
}

export interface Row<M> {
  label: string;
  parts: Part<M>[];
  /** The same in the period before, as a stroke across the bar. */
  before: number | null;
  /** How far the long ones go: a thin line on from the bar. */
  reach?: number | null;
  /** What stands at the end of the line. */
  note: string;
}

/** Lines of bars, one below the other: to compare things that have names. */
export interface Bars<M> {
  is: 'bars';
  caption: string;
  rows: Row<M>[];
  legend: LegendItem[];
}

/** Columns side by side on an axis: to follow something through time. */
export interface Columns<M> {
  is: 'columns';
  caption: string;
  rows: Row<M>[];
  legend: LegendItem[];
  /** The axis, in words. */
  tick: (value: number) => string;
  /** Whether parts of the unit make no sense, such as half a ticket. */
  whole: boolean;
}

export type Chart<M> = Bars<M> | Columns<M>;

const ROW = 30;
const BAR = 16;
const GAP = 10;
const LEGEND = 22;
const CAPTION = 24;
/** What is there is seen, however little it is. */
const LEAST = 2;

const total = <M>(row: Row<M>): number => row.parts.reduce((sum, part) => sum + part.value, 0);

/** The most that any of them needs room for. */
function most<M>(rows: readonly Row<M>[]): number {
  return rows.reduce((high, row) => Math.max(high, total(row), row.before ?? 0, row.reach ?? 0), 0);
}

function drawLegend(items: readonly LegendItem[], width: number, top: number, measure: Measure) {
  const shapes: Shape[] = [];
  let x = 0;
  let y = top;
  for (const item of items) {
    const length = 18 + measure(item.label, SMALL, false) + 16;
    if (x > 0 && x + length > width) {
      x = 0;
      y += LEGEND;
    }
    if (item.stroke) {
      shapes.push({
        is: 'line',
        points: [
          [x + 6, y + 4],
          [x + 6, y + 18],
        ],
        width: 2,
        tone: item.paint.tone,
        dashed: false,
      });
    } else {
      shapes.push({ is: 'rect', x, y: y + 5, width: 12, height: 12, paint: item.paint });
    }
    const text = fitted(item.label, width - 18, SMALL, false, measure);
    shapes.push({ is: 'text', x: x + 18, y: y + 15, text, size: SMALL, bold: false, anchor: 'start', tone: 'dim' });
    x += length;
  }
  return { shapes, bottom: items.length === 0 ? top : y + LEGEND + 4 };
}

/** Caption and legend; what follows begins at `bottom`. */
function drawHead<M>(chart: Chart<M>, width: number, measure: Measure) {
  const shapes: Shape[] = [];
  let top = 0;
  if (chart.caption !== '') {
    const text = fitted(chart.caption, width, TEXT, true, measure);
    shapes.push({ is: 'text', x: 0, y: 15, text, size: TEXT, bold: true, anchor: 'start', tone: 'ink' });
    top = CAPTION;
  }
  const legend = drawLegend(chart.legend, width, top, measure);
  return { shapes: [...shapes, ...legend.shapes], bottom: legend.bottom };
}

function drawBars<M>(chart: Bars<M>, width: number, measure: Measure): Drawing<M> {
  const { shapes, bottom } = drawHead(chart, width, measure);
  const marks: Mark<M>[] = [];
  const widest = (texts: string[]): number =>
    texts.reduce((high, text) => Math.max(high, measure(text, TEXT, false)), 0);
  const labels = Math.min(widest(chart.rows.map((row) => row.label)), Math.max(72, width * 0.3));
  const notes = Math.min(widest(chart.rows.map((row) => row.note)), Math.max(72, width * 0.32));
  const from = labels + GAP;
  const room = Math.max(24, width - from - GAP - notes);
  const high = most(chart.rows);
  const scale = (value: number): number => (high > 0 ? (value / high) * room : 0);

  chart.rows.forEach((row, index) => {
    const y = bottom + index * ROW;
    const bar = y + (ROW - BAR) / 2;
    const text = (x: number, words: string, space: number, anchor: Anchor, tone: Tone): void => {
      const shown = fitted(words, space, TEXT, false, measure);
      shapes.push({ is: 'text', x, y: y + ROW / 2 + 4, text: shown, size: TEXT, bold: false, anchor, tone });
    };
    text(0, row.label, labels, 'start', 'ink');
    shapes.push({ is: 'rect', x: from, y: bar, width: room, height: BAR, paint: paint('line', 'half') });
    let x = from;
    for (const part of row.parts) {
      if (part.value <= 0) continue;
      const length = Math.max(LEAST, scale(part.value));
      shapes.push({ is: 'rect', x, y: bar, width: length, height: BAR, paint: part.paint });
      // As high as the line, so that it is easily hit.
      if (part.rows !== null) {
        marks.push({ x, y, width: length, height: ROW, sentence: part.sentence, rows: part.rows });
      }
      x += length;
    }
    if (row.reach !== undefined && row.reach !== null && row.reach > total(row)) {
      const middle = bar + BAR / 2;
      const end = from + scale(row.reach);
      shapes.push({
        is: 'line',
        points: [
          [x, middle],
          [end, middle],
        ],
        width: 2,
        tone: 'dim',
        dashed: false,
      });
      shapes.push({
        is: 'line',
        points: [
          [end, middle - 4],
          [end, middle + 4],
        ],
        width: 2,
        tone: 'dim',
        dashed: false,
      });
    }
    if (row.before !== null) {
      const at = from + scale(row.before);
      shapes.push({
        is: 'line',
        points: [
          [at, bar - 3],
          [at, bar + BAR + 3],
        ],
        width: 2,
        tone: 'ink',
        dashed: false,
      });
    }
    text(width, row.note, notes, 'end', 'dim');
  });
  return { width, height: bottom + chart.rows.length * ROW, shapes, marks };
}

const COLUMNS_HEIGHT = 190;
const AXIS = 22;

function drawColumns<M>(chart: Columns<M>, width: number, measure: Measure): Drawing<M> {
  const { shapes, bottom } = drawHead(chart, width, measure);
  const marks: Mark<M>[] = [];
  const steps = ticks(most(chart.rows), 4, chart.whole);
  const high = steps.at(-1) ?? 0;
  const names = steps.map(chart.tick);
  const axis = names.reduce((wide, name) => Math.max(wide, measure(name, SMALL, false)), 0) + GAP;
  // Half a line of text above the highest step.
  const top = bottom + 8;
  const ground = top + COLUMNS_HEIGHT;
  const scale = (value: number): number => (high > 0 ? (value / high) * COLUMNS_HEIGHT : 0);

  steps.forEach((step, index) => {
    const y = ground - scale(step);
    shapes.push({
      is: 'line',
      points: [
        [axis, y],
        [width, y],
      ],
      width: 1,
      tone: index === 0 ? 'line-strong' : 'line',
      dashed: false,
    });
    shapes.push({
      is: 'text',
      x: axis - GAP + 2,
      y: y + 4,
      text: names[index] ?? '',
      size: SMALL,
      bold: false,
      anchor: 'end',
      tone: 'dim',
    });
  });

  const slot = chart.rows.length === 0 ? 0 : (width - axis) / chart.rows.length;
  const broad = Math.min(56, slot * 0.7);
  // Labels are left out rather than put on top of each other.
  const widest = chart.rows.reduce((wide, row) => Math.max(wide, measure(row.label, SMALL, false)), 0) + 8;
  const every = Math.max(1, Math.ceil(widest / Math.max(1, slot)));
  chart.rows.forEach((row, index) => {
    const middle = axis + slot * (index + 0.5);
    let y = ground;
    for (const part of row.parts) {
      if (part.value <= 0) continue;
      const height = Math.max(LEAST, scale(part.value));
      y -= height;
      shapes.push({ is: 'rect', x: middle - broad / 2, y, width: broad, height, paint: part.paint });
      if (part.rows !== null) {
        marks.push({ x: middle - slot / 2, y, width: slot, height, sentence: part.sentence, rows: part.rows });
      }
    }
    if (row.before !== null) {
      const at = ground - scale(row.before);
      const reach = broad / 2 + 3;
      shapes.push({
        is: 'line',
        points: [
          [middle - reach, at],
          [middle + reach, at],
        ],
        width: 2,
        tone: 'ink',
        dashed: false,
      });
    }
    if (index % every === 0) {
      shapes.push({
        is: 'text',
        x: middle,
        y: ground + 16,
        text: row.label,
        size: SMALL,
        bold: false,
        anchor: 'middle',
        tone: 'dim',
      });
    }
  });
  return { width, height: ground + AXIS, shapes, marks };
}

export function draw<M>(chart: Chart<M>, width: number, measure: Measure): Drawing<M> {
  return chart.is === 'bars' ? drawBars(chart, width, measure) : drawColumns(chart, width, measure);
}

/** The shapes, moved. */
export function shifted(shapes: readonly Shape[], dx: number, dy: number): Shape[] {
  return shapes.map((shape) =>
    shape.is === 'line'
      ? { ...shape, points: shape.points.map(([x, y]) => [x + dx, y + dy] as const) }
      : { ...shape, x: shape.x + dx, y: shape.y + dy },
  );
}
