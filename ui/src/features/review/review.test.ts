import { describe, expect, it } from 'vitest';
import type { ReviewField } from '@/api/bindings';
import {
  acceptedAction,
  arrange,
  canEdit,
  canPick,
  decisionOf,
  NO_CHOICE,
  otherWays,
  previewOf,
  resultOf,
  sideOf,
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

const detail = detailOf(rowOf('item:1'), { fields: [title, phone, town] });

describe('a pick', () => {
  it('is the recommendation until somebody picks', () => {
    expect(sideOf(detail, NO_CHOICE, title)).toBe('right');
    expect(resultOf(detail, NO_CHOICE, title)).toBe('Managing Director');
    expect(resultOf(detail, withPick(detail, NO_CHOICE, title, 'left'), title)).toBe('Director');
  });

  it('that goes back leaves no trace', () => {
    const there = withPick(detail, NO_CHOICE, title, 'left');
    expect(withPick(detail, there, title, 'right')).toEqual(NO_CHOICE);
  });

  it('of an empty side leaves the field empty', () => {
    const only: ReviewField = { ...title, left: null };
    expect(resultOf(detail, withPick(detail, NO_CHOICE, only, 'left'), only)).toBe('');
  });

  it('forgets what was typed before', () => {
    const typed = withEdit(detail, NO_CHOICE, title, 'CEO');
    expect(resultOf(detail, typed, title)).toBe('CEO');
    expect(resultOf(detail, withPick(detail, typed, title, 'left'), title)).toBe('Director');
    expect(resultOf(detail, withPick(detail, typed, title, 'right'), title)).toBe('Managing Director');
  });
});

it('does not take what stands there anyway for something typed', () => {
  const typed = withEdit(detail, NO_CHOICE, title, 'CEO');
  expect(withEdit(detail, typed, title, 'Managing Director')).toEqual(NO_CHOICE);
});

describe('the decision', () => {
  it('names every field that was looked at, and trims what was typed', () => {
    const choice = withEdit(detail, withPick(detail, NO_CHOICE, title, 'left'), phone, ' +44 1632 960018 ');
    expect(decisionOf('accept', detail, choice)).toEqual({
      action: 'merge',
      picks: { job_title: 'left', phone: 'left' },
      edits: { phone: '+44 1632 960018' },
    });
  });

  it('that accepts nothing takes no picks along', () => {
    const choice = withEdit(detail, withPick(detail, NO_CHOICE, title, 'left'), phone, '+44 1632 960018');
    expect(decisionOf('not_same', detail, choice)).toEqual({ action: 'not_same', picks: {}, edits: {} });
  });
});

describe('accepting', () => {
  const preserved = detailOf(rowOf('item:1'), {
    fields: [{ ...title, recommended: 'left' }],
    recommendation: { action: 'discard', text: 'Keep what is here.' },
    can: ['discard', 'update'],
  });
  const [kept = title] = preserved.fields;

  it('does what is recommended', () => {
    expect(acceptedAction(preserved, NO_CHOICE)).toBe('discard');
    expect(otherWays(preserved, NO_CHOICE)).toEqual(['update']);
    expect(resultOf(preserved, NO_CHOICE, kept)).toBe('Director');
  });

  it('writes the result once somebody has changed it, and no longer when it is changed back', () => {
    const choice = withPick(preserved, NO_CHOICE, kept, 'right');
    expect(acceptedAction(preserved, choice)).toBe('update');
    expect(otherWays(preserved, choice)).toEqual([]);
    expect(decisionOf('accept', preserved, choice).picks).toEqual({ job_title: 'right' });
    expect(acceptedAction(preserved, withPick(preserved, choice, kept, 'left'))).toBe('discard');
  });

  it('makes a ticket of what came in, with what was typed', () => {
    const record = detailOf(rowOf('item:1'), {
      fields: [{ ...title, left: null }],
      recommendation: { action: 'create', text: '' },
      can: ['create', 'discard'],
    });
    expect(canPick(record)).toBe(false);
    expect(resultOf(record, NO_CHOICE, title)).toBe('Managing Director');
    expect(decisionOf('accept', record, withEdit(record, NO_CHOICE, title, 'CEO'))).toEqual({
      action: 'create',
      picks: {},
      edits: { job_title: 'CEO' },
    });
  });

  it('lets a dropped record become a ticket once somebody has typed what it lacks', () => {
    const record = detailOf(rowOf('item:1'), {
      recommendation: { action: 'discard', text: '' },
      can: ['discard', 'create'],
    });
    expect(resultOf(record, NO_CHOICE, title)).toBe('Director');
    expect(acceptedAction(record, withEdit(record, NO_CHOICE, phone, '+44 1632 960018'))).toBe('create');
  });

  it('sends a refused change again as it was typed anew', () => {
    const refused = detailOf(rowOf('outbox:1'), {
      fields: [{ ...title, recommended: 'left' }],
      recommendation: { action: 'retry', text: '' },
      can: ['retry', 'discard'],
    });
    expect(canPick(refused)).toBe(false);
    expect(canEdit(refused)).toBe(true);
    expect(decisionOf('accept', refused, withEdit(refused, NO_CHOICE, kept, 'CEO'))).toEqual({
      action: 'retry',
      picks: {},
      edits: { job_title: 'CEO' },
    });
  });
});

it('previews what is selected, but for what can only be done alone', () => {
  const gone = detailOf(rowOf('outbox:3'), { recommendation: { action: 'recreate', text: '' }, can: ['recreate'] });
  const two = ['item:1', 'item:2'].map((key) => detailOf(rowOf(key)));
  expect(previewOf([...two, gone])).toEqual({
    keys: ['item:1', 'item:2'],
    groups: [
      {
        reason: 'possible_duplicate',
        action: 'merge',
        count: 2,
        examples: [
          'Company item:1: Merge them into Acme Ltd – Jane Doe.',
          'Company item:2: Merge them into Acme Ltd – Jane Doe.',
        ],
      },
    ],
    left_out: 1,
    more: 0,
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
