/** What a person sees of a review item and makes of it: which side of each field, and what comes of that. Pure. */

import type { ReviewFilter } from '@/api/queries';
import type {
  Pick,
  ReviewAction,
  ReviewCounts,
  ReviewDecision,
  ReviewDetail,
  ReviewField,
  ReviewReason,
} from '@/api/review';
import type { ReviewSearch } from '@/lib/urlState';

export type { Pick };

/** As many fields have a number key. */
export const NUMBERED = 9;

/** What a person chose in place of what was recommended, by field. */
export type Picks = Readonly<Record<string, Pick>>;
/** What a person typed in place of both sides, by field. */
export type Edits = Readonly<Record<string, string>>;

export interface Choice {
  picks: Picks;
  edits: Edits;
}

export const NO_CHOICE: Choice = { picks: {}, edits: {} };

/** What differs comes first and is numbered; the rest is folded away. */
export function arrange(fields: readonly ReviewField[]): { differing: ReviewField[]; same: ReviewField[] } {
  return { differing: fields.filter((field) => field.differs), same: fields.filter((field) => !field.differs) };
}

export const pickOf = (field: ReviewField, choice: Choice): Pick => choice.picks[field.key] ?? field.recommended;

export const otherSide = (pick: Pick): Pick => (pick === 'left' ? 'right' : 'left');

/** A pick forgets what was typed: the latest of the two counts. */
export function withPick(choice: Choice, field: ReviewField, pick: Pick): Choice {
  const { [field.key]: _typed, ...edits } = choice.edits;
  return { picks: { ...choice.picks, [field.key]: pick }, edits };
}

/** What was typed, unless it says the same as the side that stands. */
export function withEdit(choice: Choice, field: ReviewField, text: string): Choice {
  const { [field.key]: _before, ...edits } = choice.edits;
  const same = text === (field[pickOf(field, choice)]?.input ?? '');
  return { ...choice, edits: same ? edits : { ...edits, [field.key]: text } };
}

/** What the field will be, as it reads; empty for nothing. */
export function resultOf(field: ReviewField, choice: Choice): string {
  return choice.edits[field.key] ?? field[pickOf(field, choice)]?.shown ?? '';
}

/** The same as it would be typed. */
export function inputOf(field: ReviewField, choice: Choice): string {
  return choice.edits[field.key] ?? field[pickOf(field, choice)]?.input ?? '';
}

/** Whether the result is what the recommendation says. */
export function isRecommended(fields: readonly ReviewField[], choice: Choice): boolean {
  return fields.every((field) => choice.edits[field.key] === undefined && pickOf(field, choice) === field.recommended);
}

/** What writes values: only with these do picks and typed values count. */
const WRITES: ReadonlySet<ReviewAction> = new Set(['merge', 'update', 'create']);

/**
 * What "accept" means now. Whoever picks another side or types a value wants the result, also where Leadline would have
 * written nothing.
 */
export function acceptedAction(detail: ReviewDetail, choice: Choice): ReviewAction {
  const { action } = detail.recommendation;
  if (WRITES.has(action) || isRecommended(detail.fields, choice)) return action;
  return detail.can.find((one) => WRITES.has(one)) ?? action;
}

/** Whether there is anything to accept. */
export const canAccept = (detail: ReviewDetail): boolean =>
  detail.can.includes('accept') || detail.can.includes(detail.recommendation.action);

export const canEdit = (detail: ReviewDetail): boolean =>
  detail.fields.some((field) => field.differs && field.editable);

/** The ways beside accepting, telling apart and discarding, each with its key. */
export const OTHER_WAYS = { merge: 'm', update: 'u', create: 'c', retry: 'r', recreate: 'r' } as const;
export type OtherWay = keyof typeof OTHER_WAYS;

/** Those that are worth a button of their own. */
export function otherWays(detail: ReviewDetail, choice: Choice): OtherWay[] {
  const accepted = canAccept(detail) ? acceptedAction(detail, choice) : null;
  return (Object.keys(OTHER_WAYS) as OtherWay[]).filter((way) => detail.can.includes(way) && way !== accepted);
}

/**
 * What the host is told. All picks go along, not only the changed ones: what was looked at is what is done, also when the
 * recommendation has changed since.
 */
export function decisionOf(action: ReviewAction, detail: ReviewDetail, choice: Choice): ReviewDecision {
  const done = action === 'accept' ? acceptedAction(detail, choice) : action;
  if (!WRITES.has(done)) return { action: done, picks: {}, edits: {} };
  const { differing } = arrange(detail.fields);
  return {
    action: done,
    picks: Object.fromEntries(differing.map((field) => [field.key, pickOf(field, choice)])),
    edits: Object.fromEntries(Object.entries(choice.edits).map(([key, text]) => [key, text.trim()])),
  };
}

/** Selects or deselects one; with `range`, everything from the item in view to that one as well. */
export function withRange(
  selected: ReadonlySet<string>,
  keys: readonly string[],
  from: string | null,
  to: string,
  range: boolean,
): ReadonlySet<string> {
  const next = new Set(selected);
  const ends = [from === null ? -1 : keys.indexOf(from), keys.indexOf(to)];
  if (range && Math.min(...ends) >= 0) {
    for (const key of keys.slice(Math.min(...ends), Math.max(...ends) + 1)) next.add(key);
  } else if (!next.delete(to)) next.add(to);
  return next;
}

/** The filter the host is asked with. "Mine" without a known me shows nobody's items rather than everybody's. */
export function toReviewFilter(search: ReviewSearch, me: number | null): ReviewFilter {
  return {
    reason: search.reason ?? null,
    source: search.via ?? null,
    older_than_days: search.older ?? null,
    // Ids start at 1, so nobody has the id 0.
    assigned_to: search.who === 'me' ? (me ?? 0) : (search.who ?? null),
  };
}

export const isFiltered = (search: ReviewSearch): boolean =>
  search.reason !== undefined || search.via !== undefined || search.older !== undefined || search.who !== undefined;

export const countOf = (counts: ReviewCounts | undefined, reason: ReviewReason): number =>
  counts?.reasons.find((one) => one.reason === reason)?.count ?? 0;
