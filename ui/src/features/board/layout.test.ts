import { describe, expect, it } from 'vitest';
import type { Board, Card, Column, Lifecycle, Stage } from '@/api/bindings';
import { staleness } from '@/components/tickets/cardText';
import { applyMove, type FocusColumn, focusAfterLeaving, groupColumns, moveFocus, rangeBetween } from './layout';
import { pagesFor } from './useColumnCards';

const stage = (key: string, lifecycle: Lifecycle, exit = false): Stage => ({
  key,
  lifecycle,
  label: key,
  exit,
  requires: [],
  rotting_days: null,
  wip_limit: null,
});
const card = (id: number, at: string, minor: number | null = null, probability: number | null = null): Card => ({
  id,
  halo_id: id,
  lifecycle: 'opportunity',
  stage: at,
  company: `Company ${id}`,
  person: '',
  owner: null,
  value: minor === null ? null : { minor, currency: 'GBP' },
  probability,
  fit_score: null,
  lead_score: null,
  entered_at: '2026-11-01T00:00:00Z',
  next_action: null,
  next_action_at: null,
  do_not_contact: false,
  sync: 'synced',
});
const column = (key: string, cards: Card[], count = cards.length): Column => ({
  head: { stage: key, count, sums: [], weighted: [] },
  cards,
});

describe('groups', () => {
  const stages = [
    stage('new_lead', 'lead'),
    stage('no_interest', 'lead', true),
    stage('qualified', 'prospect'),
    stage('lost', 'opportunity', true),
  ];

  it('fold the exits and count only open tickets', () => {
    const groups = groupColumns(stages, [column('new_lead', [], 7), column('no_interest', [], 5)], new Set());
    const [lead, prospect, opportunity] = groups;
    expect(lead?.columns.map((one) => one.stage.key)).toEqual(['new_lead']);
    expect(lead?.exits.map((one) => one.stage.key)).toEqual(['no_interest']);
    expect(lead?.count).toBe(7);
    expect(prospect?.columns[0]?.count).toBe(0);
    expect(opportunity?.exits).toHaveLength(1);
  });

  it('show an exit as a column once it is unfolded', () => {
    const [lead] = groupColumns(stages, [column('no_interest', [card(1, 'no_interest')])], new Set(['no_interest']));
    expect(lead?.columns.map((one) => one.stage.key)).toEqual(['new_lead', 'no_interest']);
    expect(lead?.exits).toEqual([]);
  });
});

describe('the focus', () => {
  const columns: FocusColumn[] = [
    { stage: 'a', count: 3, firstVisible: 0 },
    { stage: 'b', count: 0, firstVisible: 0 },
    { stage: 'c', count: 40, firstVisible: 10 },
    { stage: 'd', count: 1, firstVisible: 0 },
  ];
  it.each([
    [null, 'down', { stage: 'a', index: 0 }],
    [{ stage: 'a', index: 0 }, 'down', { stage: 'a', index: 1 }],
    [{ stage: 'a', index: 0 }, 'up', null],
    [{ stage: 'a', index: 2 }, 'down', null],
    // Over the empty column, at the same height of the screen.
    [{ stage: 'a', index: 2 }, 'right', { stage: 'c', index: 12 }],
    [{ stage: 'c', index: 12 }, 'left', { stage: 'a', index: 2 }],
    [{ stage: 'c', index: 30 }, 'right', { stage: 'd', index: 0 }],
    [{ stage: 'd', index: 0 }, 'right', null],
    [{ stage: 'c', index: 12 }, 'first', { stage: 'c', index: 0 }],
    [{ stage: 'c', index: 12 }, 'last', { stage: 'c', index: 39 }],
    [{ stage: 'c', index: 12 }, 'pageDown', { stage: 'c', index: 18 }],
    [{ stage: 'c', index: 2 }, 'pageUp', { stage: 'c', index: 0 }],
    // Its column has become empty, or has been folded.
    [{ stage: 'b', index: 0 }, 'down', { stage: 'a', index: 0 }],
    [{ stage: 'gone', index: 4 }, 'down', { stage: 'a', index: 0 }],
    // The column has become shorter than it was.
    [{ stage: 'a', index: 9 }, 'up', { stage: 'a', index: 1 }],
  ] as const)('from %o by %s goes to %o', (from, step, expected) => {
    expect(moveFocus(columns, from, step, 6)).toEqual(expected);
  });

  it('has nowhere to go on an empty board', () => {
    expect(moveFocus([{ stage: 'a', count: 0, firstVisible: 0 }], null, 'down', 1)).toBeNull();
  });

  it('stays where the card was that has left', () => {
    expect(focusAfterLeaving(columns, { stage: 'a', index: 1 })).toEqual({ stage: 'a', index: 1 });
    expect(focusAfterLeaving(columns, { stage: 'a', index: 3 })).toEqual({ stage: 'a', index: 2 });
    expect(focusAfterLeaving(columns, { stage: 'b', index: 0 })).toEqual({ stage: 'a', index: 0 });
  });
});

describe('a range', () => {
  it('goes either way and leaves out what is not loaded', () => {
    expect(rangeBetween([1, 2, undefined, 4, 5], 4, 2)).toEqual([2, 4]);
    expect(rangeBetween([1, 2, 3], 1, 3)).toEqual([1, 2, 3]);
  });
  it('is empty when one end is in another column', () => {
    expect(rangeBetween([1, 2, 3], 1, 9)).toEqual([]);
  });
});

describe('an optimistic move', () => {
  const board: Board = {
    seq: 1,
    columns: [
      {
        head: {
          stage: 'a',
          count: 2,
          sums: [{ minor: 300, currency: 'GBP' }],
          weighted: [{ minor: 100, currency: 'GBP' }],
        },
        cards: [card(1, 'a', 200, 50), card(2, 'a', 100, 0)],
      },
      column('b', [card(3, 'b')]),
      column('c', [card(4, 'c')], 80),
    ],
  };
  const move = (ids: number[], target: string): Board => {
    const cards = board.columns.flatMap((one) => one.cards).filter((one) => ids.includes(one.id));
    return applyMove(board, cards, target, 'opportunity', '2026-11-21T00:00:00Z');
  };

  it('takes the card with its value from one column to the end of the other', () => {
    const [a, b] = move([1], 'b').columns;
    expect(a?.cards.map((one) => one.id)).toEqual([2]);
    expect(a?.head).toMatchObject({ count: 1, sums: [{ minor: 100, currency: 'GBP' }] });
    expect(b?.cards.map((one) => one.id)).toEqual([3, 1]);
    expect(b?.head).toMatchObject({
      count: 2,
      sums: [{ minor: 200, currency: 'GBP' }],
      weighted: [{ minor: 100, currency: 'GBP' }],
    });
    expect(b?.cards.at(-1)).toMatchObject({ stage: 'b', sync: 'waiting', entered_at: '2026-11-21T00:00:00Z' });
  });

  it('counts the card in a long column without pretending to know its place', () => {
    const c = move([1], 'c').columns[2];
    expect(c?.head.count).toBe(81);
    expect(c?.cards.map((one) => one.id)).toEqual([4]);
  });

  it('leaves cards that are there already, and columns that are not concerned', () => {
    const after = move([1, 3], 'b');
    expect(after.columns[1]?.cards.map((one) => one.id)).toEqual([3, 1]);
    expect(after.columns[2]).toBe(board.columns[2]);
  });

  it('does not change the board it was given', () => {
    const before = structuredClone(board);
    move([1, 2, 3], 'c');
    expect(board).toEqual(before);
  });
});

describe('pages', () => {
  it.each([
    // All on the first page that came with the board.
    [0, 20, 60, 500, []],
    [50, 70, 60, 500, [0]],
    [95, 120, 60, 500, [0, 1]],
    [480, 520, 60, 500, [4]],
    [0, 10, 3, 3, []],
  ])('cards %i to %i of which %i are loaded of %i lie on %o', (start, end, loaded, count, pages) => {
    expect(pagesFor(start, end, loaded, count)).toEqual(pages);
  });
});

it('is stale beyond its limit, not at it', () => {
  expect(staleness(7, 7)).toBeNull();
  expect(staleness(12, 7)).toEqual({ days: 12, limit: 7 });
  expect(staleness(400, null)).toBeNull();
});
