/**
 * What a window shows, as it stands in its address: the open ticket, the drawer, the filter.
 *
 * Everything is read defensively: an address may be old, or typed.
 */
import type { Filter, ImportOutcome, Lifecycle, ReviewReason, RowsQuery } from '@/api/bindings';

/** Open on any screen. */
export interface FrameSearch {
  /** The ticket in the panel. */
  ticket?: number;
  /** The field to open for editing in the panel. */
  edit?: string;
  /** The outbox drawer. */
  drawer?: 'outbox';
}

/** The board's filter and its unfolded exits. */
export interface BoardSearch {
  mine?: true;
  owners?: number[];
  unassigned?: true;
  sources?: string[];
  score?: number;
  q?: string;
  unsynced?: true;
  /** Only tickets on one of these lists. */
  lists?: number[];
  /** Exits that are unfolded into columns. */
  open?: string[];
}

/** The list: the board's filter, and what only lines can have. */
export interface ListSearch extends BoardSearch {
  /** Only tickets in one of these stages. */
  stages?: string[];
  /** The column it is sorted by; the stage without. */
  sort?: string;
  /** From the last to the first. */
  down?: true;
  /** The rows behind a figure of the insights, in place of the filter. */
  rows?: RowsQuery;
}

/** The parts of the outbox. */
export const OUTBOX_SHOWS = ['parked', 'waiting', 'sent'] as const;
export type OutboxShow = (typeof OUTBOX_SHOWS)[number];

/** The part of the outbox that is shown; all without it. */
/** Which part of the settings is shown; the connection and the mapping when nothing is said. */
export interface SettingsSearch {
  tab?: 'fields' | 'imports';
}

export interface OutboxSearch {
  show?: OutboxShow;
}

/** The reasons for which something waits in the review queue, in the order of screens. */
export const REVIEW_REASONS: readonly ReviewReason[] = [
  'refused_change',
  'sync_conflict',
  'possible_duplicate',
  'job_change',
  'merge_conflict',
  'new_data',
  'low_quality',
  'import_error',
];

/** Which part of the review queue is shown; all of it without. */
export interface ReviewSearch {
  reason?: ReviewReason;
  /** Where the items come from. */
  via?: string;
  /** Older than so many days. */
  older?: number;
  /** Whom they are assigned to. */
  who?: 'me' | number;
}

/** What becomes of the rows of an import, as it is read: what is written, what a person decides, what stays, what did not come in. */
export const IMPORT_OUTCOMES: readonly ImportOutcome[] = [
  'created',
  'updated',
  'restored',
  'review',
  'preserved',
  'skipped',
  'blocked',
  'rejected',
  'error',
];

/** Where in the import wizard somebody is. */
export interface ImportsSearch {
  /** The import that is open; the start without one. */
  import?: number | undefined;
  /** Back from the check to the columns. */
  back?: true | undefined;
  /** What the rows that are shown have in common: their outcome, */
  outcome?: ImportOutcome | undefined;
  /** or how good they are, from this tenth on, */
  quality?: number | undefined;
  /** or what is wrong with them. */
  problem?: string | undefined;
}

/** Where the bars of the quality of rows begin. */
const TENTHS: readonly number[] = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90];

export const LIFECYCLES: readonly Lifecycle[] = ['lead', 'prospect', 'opportunity'];

type Raw = Record<string, unknown>;

const flag = (value: unknown): true | undefined =>
  value === true || value === 'true' || value === 1 ? true : undefined;

const whole = (value: unknown): number | undefined => {
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
};

const text = (value: unknown): string | undefined => {
  const string = typeof value === 'number' ? String(value) : value;
  return typeof string === 'string' && string.trim() !== '' ? string : undefined;
};

const listOf = <T>(value: unknown, read: (item: unknown) => T | undefined): T[] | undefined => {
  const items = (Array.isArray(value) ? value : [value]).map(read).filter((item) => item !== undefined);
  return items.length > 0 ? [...new Set(items)] : undefined;
};

/** Leaves out what is undefined, so that it does not stand in the address. */
function tidy<T extends object>(search: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as T;
}

export function readFrameSearch(raw: Raw): FrameSearch {
  return tidy<FrameSearch>({
    ticket: whole(raw.ticket),
    edit: text(raw.edit),
    drawer: raw.drawer === 'outbox' ? 'outbox' : undefined,
  });
}

export function readBoardSearch(raw: Raw): BoardSearch {
  const score = whole(raw.score);
  return tidy<BoardSearch>({
    mine: flag(raw.mine),
    owners: listOf(raw.owners, whole),
    unassigned: flag(raw.unassigned),
    sources: listOf(raw.sources, text),
    score: score === undefined || score === 0 ? undefined : Math.min(100, score),
    q: text(raw.q),
    unsynced: flag(raw.unsynced),
    lists: listOf(raw.lists, whole),
    open: listOf(raw.open, text),
  });
}

/** What it means is for the host to say, which also says when it means nothing. */
const rowsOf = (value: unknown): RowsQuery | undefined =>
  typeof value === 'object' && value !== null && 'mark' in value && 'filter' in value
    ? (value as RowsQuery)
    : undefined;

export function readListSearch(raw: Raw): ListSearch {
  return tidy<ListSearch>({
    ...readBoardSearch(raw),
    stages: listOf(raw.stages, text),
    sort: text(raw.sort),
    down: flag(raw.down),
    rows: rowsOf(raw.rows),
  });
}

export function readSettingsSearch(raw: Raw): SettingsSearch {
  return tidy<SettingsSearch>({ tab: raw.tab === 'fields' || raw.tab === 'imports' ? raw.tab : undefined });
}

export function readImportsSearch(raw: Raw): ImportsSearch {
  return tidy<ImportsSearch>({
    import: whole(raw.import),
    back: flag(raw.back),
    outcome: IMPORT_OUTCOMES.find((outcome) => outcome === raw.outcome),
    quality: TENTHS.find((tenth) => tenth === whole(raw.quality)),
    problem: text(raw.problem),
  });
}

export function readOutboxSearch(raw: Raw): OutboxSearch {
  return tidy<OutboxSearch>({ show: OUTBOX_SHOWS.find((show) => show === raw.show) });
}

export function readReviewSearch(raw: Raw): ReviewSearch {
  const older = whole(raw.older);
  const who = whole(raw.who);
  return tidy<ReviewSearch>({
    reason: REVIEW_REASONS.find((reason) => reason === raw.reason),
    via: text(raw.via),
    older: older === 0 ? undefined : older,
    who: raw.who === 'me' ? 'me' : who === 0 ? undefined : who,
  });
}

/** The filter the host is asked with. "Mine" without a known me shows nobody's tickets rather than everybody's. */
export function toFilter(search: BoardSearch, me: number | null): Required<Filter> {
  const owners = new Set(search.owners ?? []);
  // Ids start at 1, so nobody has the id 0.
  if (search.mine) owners.add(me ?? 0);
  return {
    owners: [...owners].sort((a, b) => a - b),
    unassigned: search.unassigned ?? false,
    sources: [...(search.sources ?? [])].sort(),
    min_score: search.score ?? null,
    text: (search.q ?? '').trim(),
    unsynced: search.unsynced ?? false,
    stages: [],
    lists: [...(search.lists ?? [])].sort((a, b) => a - b),
  };
}

/** How many conditions narrow the board. */
export function filterCount(search: BoardSearch): number {
  return (
    Number(search.mine === true) +
    (search.owners?.length ?? 0) +
    Number(search.unassigned === true) +
    (search.sources?.length ?? 0) +
    Number(search.score !== undefined) +
    Number(search.q !== undefined) +
    Number(search.unsynced === true) +
    (search.lists?.length ?? 0)
  );
}

/**
 * What of an address may be remembered on the disk: the screen and the filter. The free text is left out, because it often
 * holds a name or an e-mail address and nothing personal is kept outside the encrypted store; so is the open ticket.
 */
export function rememberable(search: Raw): Raw {
  const { q: _text, ticket: _ticket, edit: _field, drawer: _drawer, ...rest } = search;
  return rest;
}
