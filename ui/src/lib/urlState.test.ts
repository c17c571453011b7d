import { describe, expect, it } from 'vitest';
import { filterCount, readBoardSearch, readFrameSearch, readReviewSearch, rememberable, toFilter } from './urlState';

describe('the address of the board', () => {
  it('is read back as it was written', () => {
    const search = {
      mine: true as const,
      owners: [3, 5],
      sources: ['Apollo.io'],
      score: 60,
      q: 'acme',
      open: ['lost'],
    };
    expect(readBoardSearch(search)).toEqual(search);
  });

  it.each([
    [{ owners: 'x', score: -4, mine: 'maybe', q: '   ', open: [] }, {}],
    [
      { owners: 7, score: '60', mine: 'true', unassigned: 1 },
      { owners: [7], score: 60, mine: true, unassigned: true },
    ],
    [
      { owners: [1, 1, '2', null], score: 500 },
      { owners: [1, 2], score: 100 },
    ],
    [{ q: 2045550100 }, { q: '2045550100' }],
    [{ score: 0 }, {}],
    [{ ticket: 9, drawer: 'outbox', anything: true }, {}],
  ])('takes what it can use of %o', (raw, expected) => {
    expect(readBoardSearch(raw)).toEqual(expected);
  });

  it('counts every condition that narrows', () => {
    expect(filterCount({})).toBe(0);
    expect(filterCount({ open: ['lost'] })).toBe(0);
    expect(
      filterCount({ mine: true, owners: [1, 2], unassigned: true, sources: ['a'], score: 1, q: 'x', unsynced: true }),
    ).toBe(8);
  });
});

describe('the address of the review queue', () => {
  it('keeps what narrows the queue', () => {
    const search = { reason: 'job_change', via: 'Apollo', older: 7, who: 4 } as const;
    expect(readReviewSearch({ ...search, older: '7', who: '4' })).toEqual(search);
    expect(readReviewSearch({ who: 'me' })).toEqual({ who: 'me' });
  });

  it('leaves out what means nothing', () => {
    expect(readReviewSearch({ reason: 'boredom', via: ' ', older: 0, who: -1 })).toEqual({});
  });
});

describe('the filter that the host is asked with', () => {
  it('says the same for the same conditions in another order', () => {
    expect(toFilter({ owners: [5, 3], sources: ['b', 'a'] }, 1)).toEqual(
      toFilter({ owners: [3, 5], sources: ['a', 'b'] }, 1),
    );
  });

  it('adds me to the owners', () => {
    expect(toFilter({ mine: true, owners: [9] }, 4).owners).toEqual([4, 9]);
  });

  it('shows nobody’s tickets as mine while nobody has said who I am', () => {
    expect(toFilter({ mine: true }, null).owners).toEqual([0]);
  });

  it('is empty without conditions', () => {
    expect(toFilter({}, 1)).toEqual({
      owners: [],
      unassigned: false,
      sources: [],
      min_score: null,
      text: '',
      unsynced: false,
      stages: [],
      lists: [],
    });
  });
});

it('reads the frame', () => {
  expect(readFrameSearch({ ticket: '12', drawer: 'outbox', edit: 'email' })).toEqual({
    ticket: 12,
    drawer: 'outbox',
    edit: 'email',
  });
  expect(readFrameSearch({ ticket: 'x', drawer: 'kitchen' })).toEqual({});
});

it('remembers nothing that was typed to find a person', () => {
  expect(rememberable({ mine: true, q: 'jane@acme.example', drawer: 'outbox', edit: 'email', ticket: 3 })).toEqual({
    mine: true,
  });
});
