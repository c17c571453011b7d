import { describe, expect, it } from 'vitest';
import { type Bars, type Columns, draw, fitted, paint, type Row, roughly, type Shape, shifted, ticks } from './drawing';

const row = (label: string, values: number[], before: number | null = null): Row<string> => ({
  label,
  parts: values.map((value, index) => ({
    value,
    paint: paint('lead'),
    sentence: `${label} ${index}: ${value}`,
    rows: `${label}/${index}`,
  })),
  before,
  note: String(values.reduce((sum, value) => sum + value, 0)),
});
const bars = (rows: Row<string>[]): Bars<string> => ({ is: 'bars', caption: '', rows, legend: [] });
const columns = (rows: Row<string>[]): Columns<string> => ({
  is: 'columns',
  caption: 'GBP',
  rows,
  legend: [{ label: 'Closed', paint: paint('good') }],
  tick: (value) => `£${value}`,
  whole: false,
});
const texts = (shapes: Shape[]): string[] => shapes.flatMap((shape) => (shape.is === 'text' ? [shape.text] : []));

describe('a text', () => {
  it.each([
    ['Contacted', 200, 'Contacted'],
    ['Competitor was cheaper by far', 100, 'Competitor was…'],
    ['👩‍👧👩‍👧👩‍👧👩‍👧', 20, '…'],
    ['abc', 0, '…'],
  ])('%s in %i pixels reads %s', (text, width, expected) => {
    const shown = fitted(text, width, 12, false, roughly);
    expect(shown).toBe(expected);
    if (width > 10) expect(roughly(shown, 12, false)).toBeLessThanOrEqual(Math.max(width, roughly('…', 12, false)));
  });
});

describe('an axis', () => {
  it.each([
    [0, true, [0]],
    [3, true, [0, 1, 2, 3]],
    [4, true, [0, 1, 2, 3, 4]],
    [97, true, [0, 50, 100]],
    [1_000_000, true, [0, 500_000, 1_000_000]],
    [1, false, [0, 0.5, 1]],
  ])('up to %s has round steps', (most, whole, expected) => {
    expect(ticks(most, 4, whole)).toEqual(expected);
  });

  it('always reaches the most, in a few steps', () => {
    for (const most of [1, 7, 13, 99, 101, 12_345, 9_999_999]) {
      const steps = ticks(most, 4, true);
      expect(steps.at(-1)).toBeGreaterThanOrEqual(most);
      expect(steps.length).toBeLessThanOrEqual(6);
    }
  });
});

describe('bars', () => {
  it('are as long as their values, side by side, and each opens its own rows', () => {
    const { marks } = draw(bars([row('Contacted', [60, 40]), row('Engaged', [50])]), 600, roughly);
    expect(marks.map((mark) => mark.rows)).toEqual(['Contacted/0', 'Contacted/1', 'Engaged/0']);
    const [first, second, third] = marks;
    expect(first && second && third).toBeTruthy();
    if (!first || !second || !third) return;
    expect(second.x).toBeCloseTo(first.x + first.width);
    expect(first.width / second.width).toBeCloseTo(1.5);
    expect(third.width).toBeCloseTo((first.width + second.width) / 2);
    expect(third.y).toBeGreaterThanOrEqual(first.y + first.height);
  });

  it('leave no mark for nothing, and a visible one for very little', () => {
    const { marks } = draw(bars([row('Contacted', [100_000, 0, 1])]), 600, roughly);
    expect(marks.map((mark) => mark.rows)).toEqual(['Contacted/0', 'Contacted/2']);
    expect(marks[1]?.width).toBe(2);
  });

  it('stay in the picture when the period before was larger', () => {
    const { shapes, width } = draw(bars([row('Contacted', [10], 400)]), 600, roughly);
    for (const shape of shapes) {
      if (shape.is === 'line') for (const [x] of shape.points) expect(x).toBeLessThanOrEqual(width);
      if (shape.is === 'rect') expect(shape.x + shape.width).toBeLessThanOrEqual(width);
    }
  });

  it('of nothing at all are an empty line', () => {
    const { marks, shapes, height } = draw(bars([row('Contacted', [0])]), 600, roughly);
    expect(marks).toEqual([]);
    expect(texts(shapes)).toEqual(['Contacted', '0']);
    expect(height).toBe(30);
  });
});

describe('columns', () => {
  it('stand on the same ground and pile up', () => {
    const { marks } = draw(columns([row('Nov', [30, 70]), row('Dec', [100])]), 600, roughly);
    const [low, high, other] = marks;
    if (!low || !high || !other) throw new Error('three marks');
    expect(low.y + low.height).toBeCloseTo(other.y + other.height);
    expect(high.y + high.height).toBeCloseTo(low.y);
    expect(high.y).toBeCloseTo(other.y);
  });

  it('leave labels out rather than on top of each other', () => {
    const months = Array.from({ length: 24 }, (_, index) => row(`Nov 20${10 + index}`, [1]));
    const labels = texts(draw(columns(months), 500, roughly).shapes).filter((text) => text.startsWith('Nov'));
    expect(labels.length).toBeLessThan(12);
    expect(labels[0]).toBe('Nov 2010');
  });
});

it('moves as a whole', () => {
  const { shapes } = draw(columns([row('Nov', [1], 2)]), 300, roughly);
  const moved = shifted(shapes, 5, 7);
  shapes.forEach((shape, index) => {
    const other = moved[index];
    if (shape.is === 'line') {
      expect(other).toEqual({ ...shape, points: shape.points.map(([x, y]) => [x + 5, y + 7]) });
    } else expect(other).toEqual({ ...shape, x: shape.x + 5, y: shape.y + 7 });
  });
});
