import { describe, expect, it } from 'vitest';
import type { ImportProgress, ImportState } from '@/api/bindings';
import { makeFormats } from '@/lib/formats';
import { readImportsSearch, readSettingsSearch } from '@/lib/urlState';
import { doesSomething, inShort, tiles, total, writes } from './counting';
import { binsOf } from './Histogram';
import { progressFacts, timeLeft } from './pace';
import { PLAN } from './sample';
import { isUnfinished, isUnwritten, stepOf } from './steps';

describe('the step', () => {
  const check = (state: ImportState, step: string, back = false) => expect(stepOf(state, back)).toBe(step);
  it('follows from how far the import is', () => {
    check('draft', 'columns');
    check('planning', 'check');
    check('planned', 'check');
    check('running', 'run');
    check('paused', 'run');
    check('undoing', 'run');
    check('cancelled', 'result');
    check('done', 'result');
    check('undone', 'result');
  });
  it('goes back to the columns only while nothing has run', () => {
    check('planned', 'columns', true);
    check('running', 'run', true);
    check('done', 'result', true);
  });
  it('says what waits for somebody, and what can be given up', () => {
    expect((['draft', 'planned', 'paused', 'running'] as const).every(isUnfinished)).toBe(true);
    expect((['done', 'undone', 'cancelled'] as const).some(isUnfinished)).toBe(false);
    expect(isUnwritten('planned')).toBe(true);
    expect(isUnwritten('paused')).toBe(false);
  });
});

describe('outcomes', () => {
  it('stand in the order of screens, those without rows left out', () => {
    expect(tiles(PLAN.outcomes).map((tile) => tile.outcome)).toEqual([
      'created',
      'updated',
      'review',
      'skipped',
      'rejected',
    ]);
    expect(total(PLAN.outcomes)).toBe(100);
    expect(writes(PLAN.outcomes)).toBe(80);
  });
  it('name what was planned where it came otherwise, also where nothing came of it', () => {
    const done = [
      { outcome: 'created' as const, rows: 59 },
      { outcome: 'skipped' as const, rows: 11 },
    ];
    const plan = [
      { outcome: 'created' as const, rows: 60 },
      { outcome: 'skipped' as const, rows: 9 },
      { outcome: 'blocked' as const, rows: 1 },
    ];
    expect(tiles(done, plan).map(({ outcome, rows, planned }) => [outcome, rows, planned])).toEqual([
      ['created', 59, 60],
      ['skipped', 11, 9],
      ['blocked', 0, 1],
    ]);
    expect(tiles(done, done).every((tile) => tile.planned === null)).toBe(true);
  });
  it('do nothing where every row is known or unusable', () => {
    expect(doesSomething([{ outcome: 'skipped', rows: 9 }])).toBe(false);
    expect(doesSomething([{ outcome: 'preserved', rows: 1 }])).toBe(true);
  });
  it('are told in short by the three largest', () => {
    expect(inShort(PLAN.outcomes)).toBe('60 new tickets, 20 updated, 10 nothing new');
    expect(inShort([])).toBe('');
  });
});

describe('progress', () => {
  const formats = makeFormats('en-GB');
  const facts = (change: Partial<ImportProgress>) =>
    progressFacts(
      { id: 1, state: 'running', done: 1200, of: 9000, rows_per_second: 846.4, seconds_left: 9, ...change },
      formats,
    );
  it('says how far, how fast and how long', () => {
    expect(facts({})).toEqual(['1,200 of 9,000 rows', '850 rows a second', 'about 10 seconds left']);
  });
  it('leaves out what is not known', () => {
    expect(facts({ of: 0, rows_per_second: 0, seconds_left: null })).toEqual(['1,200 rows so far']);
    expect(facts({ done: 9000, seconds_left: 0 })).toEqual(['9,000 of 9,000 rows', '850 rows a second']);
  });
  it('estimates as a person does', () => {
    const left = (seconds: number, text: string) => expect(timeLeft(seconds)).toBe(text);
    left(2, 'a moment left');
    left(7, 'about 5 seconds left');
    left(44, 'about 40 seconds left');
    left(100, 'about 2 minutes left');
  });
});

it('the last of the ten parts of quality takes in 100, and a few rows are still to be seen', () => {
  const bins = binsOf([1, 0, 0, 0, 0, 0, 0, 0, 0, 5000]);
  expect(bins.at(-1)).toMatchObject({ from: 90, to: 100, height: 100 });
  expect(bins[0]?.height).toBe(2);
  expect(bins[1]?.height).toBe(0);
});

it('an address is read as far as it means something', () => {
  expect(readImportsSearch({ import: '12', back: true, outcome: 'rejected' })).toEqual({
    import: 12,
    back: true,
    outcome: 'rejected',
  });
  expect(readImportsSearch({ import: 'x', back: 'no', outcome: 'lost' })).toEqual({});
  expect(readSettingsSearch({ tab: 'imports' })).toEqual({ tab: 'imports' });
  expect(readSettingsSearch({ tab: 'other' })).toEqual({});
});
