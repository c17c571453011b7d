/** What a person sees of a review item and makes of it: which side of each field, and what comes of that. Pure. */

import type {
  BulkPreview,
  Pick,
  ReviewAction,
  ReviewCounts,
  ReviewDecision,
  ReviewDetail,
  ReviewField,
  ReviewReason,
} from '@/api/bindings';
import type { ReviewFilter } from '@/api/queries';
import type { ReviewSearch } from '@/lib/urlState';
import { t } from '@/strings';

export type { Pick };

/** As many fields have a number key. */
export const NUMBERED = 9;
/** So many of a group are named in a preview. */
const EXAMPLES = 5;

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

export const otherSide = (pick: Pick): Pick => (pick === 'left' ? 'right' : 'left');

/** What takes some values from one side and some from the other. */
const MIXES: ReadonlySet<ReviewAction> = new Set(['merge', 'update']);
/** What heeds typed values. */
const TAKES_EDITS: ReadonlySet<ReviewAction> = new Set(['merge', 'update', 'create', 'retry']);

const without = (of: Readonly<Record<string, string>>, key: string) =>
  Object.fromEntries(Object.entries(of).filter(([one]) => one !== key));

/**
 * What "accept" means now. Whoever picks another side or types a value wants the result, also where Leadline would have
 * written nothing.
 */
export function acceptedAction(detail: ReviewDetail, choice: Choice): ReviewAction {
  const { action } = detail.recommendation;
  const wanted =
    Object.keys(choice.picks).length > 0 ? MIXES : Object.keys(choice.edits).length > 0 ? TAKES_EDITS : null;
  if (wanted === null || wanted.has(action)) return action;
  return detail.can.find((one) => wanted.has(one)) ?? action;
}

/** Whether sides can be picked: both may be taken from. */
export const canPick = (detail: ReviewDetail): boolean => detail.can.some((one) => MIXES.has(one));

/** Whether there is anything to accept. */
export const canAccept = (detail: ReviewDetail): boolean => detail.can.includes(detail.recommendation.action);

export const canEdit = (detail: ReviewDetail): boolean =>
  detail.fields.some((field) => field.differs && field.editable) && detail.can.some((one) => TAKES_EDITS.has(one));

/** The side whose value stands in the end, were the item accepted now. */
export function sideOf(detail: ReviewDetail, choice: Choice, field: ReviewField): Pick {
  const action = acceptedAction(detail, choice);
  if (MIXES.has(action)) return choice.picks[field.key] ?? field.recommended;
  // A new ticket is what came in; whatever writes nothing leaves what is here.
  return action === 'create' ? 'right' : 'left';
}

/** A pick forgets what was typed: the latest of the two counts. What stands anyway need not be picked. */
export function withPick(detail: ReviewDetail, choice: Choice, field: ReviewField, pick: Pick): Choice {
  const rest: Choice = { picks: without(choice.picks, field.key) as Picks, edits: without(choice.edits, field.key) };
  if (sideOf(detail, rest, field) === pick) return rest;
  return { ...rest, picks: { ...rest.picks, [field.key]: pick } };
}

/** What was typed, unless it says the same as the side that stands. */
export function withEdit(detail: ReviewDetail, choice: Choice, field: ReviewField, text: string): Choice {
  const rest: Choice = { ...choice, edits: without(choice.edits, field.key) };
  if (text === inputOf(detail, rest, field)) return rest;
  return { ...rest, edits: { ...rest.edits, [field.key]: text } };
}

/** What the field will be, as it reads; empty for nothing. */
export function resultOf(detail: ReviewDetail, choice: Choice, field: ReviewField): string {
  return choice.edits[field.key] ?? field[sideOf(detail, choice, field)]?.shown ?? '';
}

/** The same as it would be typed. */
export function inputOf(detail: ReviewDetail, choice: Choice, field: ReviewField): string {
  return choice.edits[field.key] ?? field[sideOf(detail, choice, field)]?.input ?? '';
}

/** The ways beside accepting, telling apart and discarding, each with its key. */
export const OTHER_WAYS = { merge: 'm', join: 'm', update: 'u', create: 'c', retry: 'r', recreate: 'r' } as const;
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
  const { differing } = arrange(detail.fields);
  const picks = differing.map((field) => [field.key, choice.picks[field.key] ?? field.recommended] as const);
  const edits = Object.entries(choice.edits).map(([key, text]) => [key, text.trim()] as const);
  return {
    action: done,
    picks: MIXES.has(done) ? Object.fromEntries(picks) : {},
    edits: TAKES_EDITS.has(done) ? Object.fromEntries(edits) : {},
  };
}

/** What is done to an entry alone cannot be done to it among many: sending a ticket anew, giving a change up. */
const ALONE: ReadonlySet<ReviewAction> = new Set(['recreate']);

/** What accepting these would do, in the manner of the host's own preview. */
export function previewOf(details: readonly ReviewDetail[]): BulkPreview {
  const preview: BulkPreview = { keys: [], groups: [], left_out: 0, more: 0 };
  for (const detail of details) {
    const { row, recommendation } = detail;
    const { action, text } = recommendation;
    if (!canAccept(detail) || ALONE.has(action)) {
      preview.left_out += 1;
      continue;
    }
    let group = preview.groups.find((one) => one.action === action && one.reason === row.reason);
    if (group === undefined) {
      group = { reason: row.reason, action, count: 0, examples: [] };
      preview.groups.push(group);
    }
    group.count += 1;
    if (group.examples.length < EXAMPLES) group.examples.push(`${row.label || t.noName}: ${text}`);
    preview.keys.push(row.key);
  }
  return preview;
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
