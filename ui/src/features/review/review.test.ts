import { describe, expect, it } from 'vitest';
import type { ReviewField } from '@/api/review';
import {
  acceptedAction,
  arrange,
  decisionOf,
  isRecommended,
  NO_CHOICE,
  otherWays,
  pickOf,
  resultOf,
  toReviewFilter,
  withEdit,
  withPick,
  withRange,
} from './review';
import { detailOf, fieldOf, rowOf } from './sample';

const title = fieldOf('job_title', 'Director', 'Managing Director', 'right');
const phone = fieldOf('phone', '+44 20 7946 0018', '+44 20 7946 0019', 'left');
const town = fieldOf('city', 'Leeds', 'Leeds', 'left');

describe('the fields', () => {
  it('that differ come first', () => {
    const { differing, same } = arrange([town, title, phone]);
    expect([differing, same].map((list) => list.map((field) => field.key))).toEqual([['job_title', 'phone'], ['city']]);
  });
});

describe('a pick', () => {
  it('is the recommendation until somebody picks', () => {
    expect(pickOf(title, NO_CHOICE)).toBe('right');
    expect(resultOf(title, NO_CHOICE)).toBe('Managing Director');
    expect(isRecommended([title, phone], NO_CHOICE)).toBe(true);
    expect(isRecommended([title, phone], withPick(NO_CHOICE, title, 'left'))).toBe(false);
  });

  it('of an empty side leaves the field empty', () => {
    const only: ReviewField = { ...title, left: null };
    expect(resultOf(only, withPick(NO_CHOICE, only, 'left'))).toBe('');
  });

  it('forgets what was typed before', () => {
    const typed = withEdit(NO_CHOICE, title, 'CEO');
    expect(resultOf(title, typed)).toBe('CEO');
    expect(resultOf(title, withPick(typed, title, 'left'))).toBe('Director');
  });
});

it('does not take what stands there anyway for something typed', () => {
  expect(withEdit(withEdit(NO_CHOICE, title, 'CEO'), title, 'Managing Director').edits).toEqual({});
});

describe('the decision', () => {
  const detail = detailOf(rowOf('item:1'), { fields: [title, phone, town] });

  it('names every field that was looked at, and trims what was typed', () => {
    const choice = withEdit(withPick(NO_CHOICE, title, 'left'), phone, ' +44 1632 960018 ');
    expect(decisionOf('accept', detail, choice)).toEqual({
      action: 'merge',
      picks: { job_title: 'left', phone: 'left' },
      edits: { phone: '+44 1632 960018' },
    });
  });

  it('that accepts nothing takes no picks along', () => {
    expect(decisionOf('not_same', detail, withPick(NO_CHOICE, title, 'left'))).toEqual({
      action: 'not_same',
      picks: {},
      edits: {},
    });
  });
});

describe('accepting', () => {
  const preserved = detailOf(rowOf('item:1'), {
    fields: [title],
    recommendation: { action: 'discard', text: 'Keep what is here.' },
    can: ['accept', 'discard', 'update'],
  });

  it('does what is recommended', () => {
    expect(acceptedAction(preserved, NO_CHOICE)).toBe('discard');
    expect(otherWays(preserved, NO_CHOICE)).toEqual(['update']);
  });

  it('writes the result once somebody has changed it', () => {
    const choice = withPick(NO_CHOICE, title, 'left');
    expect(acceptedAction(preserved, choice)).toBe('update');
    expect(otherWays(preserved, choice)).toEqual([]);
    expect(decisionOf('accept', preserved, choice).picks).toEqual({ job_title: 'left' });
  });

  it('has nothing to write where nothing can be written', () => {
    const refused = {
      ...preserved,
      recommendation: { action: 'retry', text: '' },
      can: ['accept', 'discard'],
    } as const;
    expect(acceptedAction({ ...refused, can: [...refused.can] }, withPick(NO_CHOICE, title, 'left'))).toBe('retry');
  });
});

describe('selecting', () => {
  const keys = ['a', 'b', 'c', 'd'];
  it.each([
    ['one', [], 'b', 'c', false, ['c']],
    ['one off again', ['c'], 'b', 'c', false, []],
    ['everything in between', ['a'], 'b', 'd', true, ['a', 'b', 'c', 'd']],
    ['upwards too', [], 'd', 'b', true, ['b', 'c', 'd']],
    ['one alone where nothing is in view', [], null, 'c', true, ['c']],
  ])('%s', (_, selected, from, to, range, expected) => {
    expect([...withRange(new Set<string>(selected), keys, from, to, range)].sort()).toEqual(expected);
  });
});

it('asks for nobody’s items rather than everybody’s while it is unknown who I am', () => {
  expect(toReviewFilter({ who: 'me' }, null).assigned_to).toBe(0);
  expect(toReviewFilter({ who: 'me' }, 4).assigned_to).toBe(4);
  expect(toReviewFilter({ via: 'Apollo', older: 7 }, 4)).toEqual({
    reason: null,
    source: 'Apollo',
    older_than_days: 7,
    assigned_to: null,
  });
});
