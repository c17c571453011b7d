import { describe, expect, it, vi } from 'vitest';
import { type Bars, paint, roughly } from './drawing';
import { onPaper, startPaper, stopPaper } from './paper';
import { type Brush, paintShapes, sheetOf } from './png';

const chart: Bars<string> = {
  is: 'bars',
  caption: '',
  legend: [],
  rows: [
    {
      label: 'Contacted',
      parts: [
        { value: 60, paint: paint('lead'), sentence: '', rows: 'on' },
        { value: 40, paint: paint('danger', 'hatched'), sentence: '', rows: 'lost' },
      ],
      before: null,
      note: '100',
    },
  ],
};

/** Writes down what is done with it. */
function fakeBrush() {
  const done: string[] = [];
  const state: Record<string, unknown> = {};
  const brush = new Proxy(state, {
    get: (_target, name) => {
      return (...args: unknown[]) => {
        done.push(
          `${String(name)} ${args.map((arg) => (typeof arg === 'number' ? Math.round(arg) : arg)).join(' ')} ${state.fillStyle ?? ''}`.trim(),
        );
      };
    },
  });
  return { brush: brush as unknown as Brush, done };
}

describe('the sheet', () => {
  const sheet = sheetOf({ title: 'Funnel', notes: ['1 Oct – 31 Dec', 'As of 10:42'] }, [chart, chart], roughly);

  it('holds title, notes and every chart, one below the other', () => {
    const texts = sheet.shapes.flatMap((shape) => (shape.is === 'text' ? [shape.text] : []));
    expect(texts).toEqual(['Funnel', '1 Oct – 31 Dec', 'As of 10:42', 'Contacted', '100', 'Contacted', '100']);
    const heights = sheet.shapes.flatMap((shape) => (shape.is === 'text' ? [shape.y] : []));
    expect([...heights].sort((a, b) => a - b)).toEqual(heights);
  });

  it('has room for all of it', () => {
    for (const shape of sheet.shapes) {
      const bottom = shape.is === 'rect' ? shape.y + shape.height : shape.is === 'text' ? shape.y : 0;
      expect(bottom).toBeLessThan(sheet.height);
    }
  });
});

it('paints areas, hatched areas and texts in their colours', () => {
  const { brush, done } = fakeBrush();
  const { shapes } = sheetOf({ title: 'Funnel', notes: [] }, [chart], roughly);
  paintShapes(
    brush,
    shapes,
    (tone) => `<${tone}>`,
    () => 'font',
  );
  expect(done.find((line) => line.startsWith('fillText Funnel'))).toContain('<ink>');
  expect(done.some((line) => line.startsWith('fillRect') && line.endsWith('<lead>'))).toBe(true);
  expect(done.filter((line) => line.startsWith('clip'))).toHaveLength(1);
  expect(done.filter((line) => line.startsWith('save'))).toHaveLength(shapes.length);
  expect(done.filter((line) => line.startsWith('restore'))).toHaveLength(shapes.length);
});

describe('on paper', () => {
  it('the look is light, and afterwards as before, whatever happens', () => {
    const root = document.documentElement;
    root.dataset.mantineColorScheme = 'dark';
    expect(onPaper(() => root.dataset.mantineColorScheme)).toBe('light');
    expect(root.dataset.mantineColorScheme).toBe('dark');
    const fail = vi.fn(() => {
      throw new Error('no ink');
    });
    expect(() => onPaper(fail)).toThrow('no ink');
    expect(root.dataset.mantineColorScheme).toBe('dark');
    delete root.dataset.mantineColorScheme;
  });

  it('a second start does not forget what the look was', () => {
    const root = document.documentElement;
    root.dataset.mantineColorScheme = 'dark';
    startPaper();
    startPaper();
    onPaper(() => undefined);
    expect(root.dataset.mantineColorScheme).toBe('light');
    stopPaper();
    expect(root.dataset.mantineColorScheme).toBe('dark');
    delete root.dataset.mantineColorScheme;
  });
});
