import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Board, Card, Changes, Filter } from './bindings';
import { paced, patchCards, replaceCards, touched } from './freshness';
import { keys, makeQueryClient } from './queries';

const none: Changes = {
  seq: 1,
  tickets: [],
  all_tickets: false,
  board: false,
  outbox: false,
  agents: false,
  settings: false,
  review: false,
  imports: false,
};

describe('a change', () => {
  it('touches exactly the queries that show it', () => {
    expect(touched(none)).toEqual([]);
    expect(touched({ ...none, tickets: [3, 4], outbox: true })).toEqual([['ticket', 3], ['ticket', 4], ['outbox']]);
    expect(touched({ ...none, agents: true })).toEqual([['reference']]);
    expect(touched({ ...none, settings: true })).toEqual([['reference'], ['mapping'], ['dashboards']]);
  });

  it('touches every ticket when they are not listed', () => {
    expect(touched({ ...none, all_tickets: true, tickets: [3] })).toEqual([['ticket']]);
  });
});

describe('newer cards', () => {
  const card = (id: number, company: string): Card => ({ id, company }) as Card;
  it('take the place of the older ones', () => {
    const cards = [card(1, 'a'), card(2, 'b')];
    expect(replaceCards(cards, new Map([[2, card(2, 'c')]])).map((one) => one.company)).toEqual(['a', 'c']);
  });
  it('leave a list alone that has none of them', () => {
    const cards = [card(1, 'a')];
    expect(replaceCards(cards, new Map([[9, card(9, 'x')]]))).toBe(cards);
  });
});

describe('a board that is not shown', () => {
  it('stays to be read again when a few of its cards are patched', async () => {
    const client = makeQueryClient();
    const key = keys.board({} as Required<Filter>);
    client.setQueryData<Board>(key, { columns: [] } as unknown as Board);
    const isStale = (): boolean | undefined => client.getQueryState(key)?.isInvalidated;
    patchCards(client, new Map());
    expect(isStale()).toBe(false);
    await client.invalidateQueries({ queryKey: keys.boards });
    patchCards(client, new Map());
    expect(isStale()).toBe(true);
  });
});

describe('paced work', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('runs at once, then no more often than the pause, and never loses the last call', () => {
    const work = vi.fn();
    const ask = paced(work, 100);
    ask();
    expect(work).toHaveBeenCalledTimes(1);
    for (let i = 0; i < 50; i += 1) ask();
    expect(work).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(100);
    expect(work).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(1000);
    expect(work).toHaveBeenCalledTimes(2);
    ask();
    expect(work).toHaveBeenCalledTimes(3);
  });
});
