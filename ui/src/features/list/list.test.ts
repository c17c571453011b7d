import { describe, expect, it } from 'vitest';
import type { FieldView } from '@/api/bindings';
import { moved } from './ColumnChooser';
import { allColumns, chosenColumns, USUAL } from './columns';
import { nextIndex } from './state';
import { pagesFor } from './useLines';

const field = (key: string, kind: string): FieldView => ({
  key,
  label: key,
  kind,
  group: 'Company',
  lifecycle: 'lead',
  options: [],
  help: '',
  read_only: false,
});

describe('the focus', () => {
  it('goes where the key says and never leaves the list', () => {
    const cases: [number | null, Parameters<typeof nextIndex>[1], number | null][] = [
      [null, 'down', 7],
      [null, 'first', 0],
      [null, 'last', 99],
      [0, 'up', 0],
      [5, 'down', 6],
      [99, 'down', 99],
      [50, 'pageDown', 70],
      [95, 'pageDown', 99],
      [5, 'pageUp', 0],
    ];
    for (const [from, step, to] of cases) expect(nextIndex(from, step, 100, 20, 7), `${from} ${step}`).toBe(to);
    expect(nextIndex(null, 'down', 0, 20, 0)).toBeNull();
  });
});

describe('the pages that are read', () => {
  it('are those in sight, and the first one', () => {
    expect(pagesFor(0, 40)).toEqual([0]);
    expect(pagesFor(90, 110)).toEqual([0, 1]);
    expect(pagesFor(5050, 5110)).toEqual([0, 50, 51]);
  });
});

describe('columns', () => {
  const all = allColumns([field('job_title', 'text'), field('company_name', 'text'), field('headcount', 'integer')]);

  it('are those of every line and the fields of the catalogue, each once', () => {
    expect(all.get('job_title')?.field).toBe('job_title');
    expect(all.get('headcount')?.end).toBe(true);
    expect(all.get('company_name')?.field).toBeUndefined();
    expect([...all.keys()].filter((key) => key === 'company_name')).toHaveLength(1);
  });

  it('are the usual ones until some are chosen that there are', () => {
    expect(chosenColumns(all, ['owner', 'job_title', 'owner', 'no_longer']).map((column) => column.id)).toEqual([
      'owner',
      'job_title',
    ]);
    expect(chosenColumns(all, ['no_longer']).map((column) => column.id)).toEqual(USUAL);
  });

  it('can be put into another order', () => {
    expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b']);
    expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c']);
  });
});
