import { count } from './count';

/** The review queue: everything that a person must decide. */
export const review = {
  title: 'Review',
  none: 'Nothing to review',
  noneText:
    'Suspected duplicates, conflicting values, doubtful rows of an import and changes that HaloPSA refused will wait here for you.',
  noMatch: 'Nothing to review here',
  noMatchText: 'Other items wait outside this filter.',
  showAll: 'Show all',
  queue: 'Review queue',
  noSource: 'Unknown source',

  reasons: {
    low_quality: 'Low quality',
    possible_duplicate: 'Possible duplicate',
    merge_conflict: 'Values differ',
    new_data: 'New data',
    job_change: 'Job change',
    sync_conflict: 'Changed on both sides',
    refused_change: 'Refused by HaloPSA',
    import_error: 'Import error',
  },
  spoken: (reason: string, label: string, summary: string) =>
    [`${reason}: ${label}`, summary].filter(Boolean).join('. '),
  waits: (who: string) => `with ${who}`,
  select: (label: string) => `Select ${label}`,
  selected: (n: number) => `${n.toLocaleString('en-GB')} selected`,
  position: (at: string, of: string) => `${at} of ${of}`,
  opened: (when: string) => `since ${when}`,

  filter: {
    label: 'Filter the queue',
    reason: 'Reason',
    any: 'Everything',
    source: 'Source',
    anySource: 'Any source',
    age: 'Age',
    anyAge: 'Any age',
    older: (days: number) => (days === 1 ? 'Older than a day' : `Older than ${days} days`),
    who: 'For whom',
    anybody: 'Anybody',
    mine: 'Mine',
    counted: (label: string, n: string) => `${label} · ${n}`,
    clear: 'Clear the filter',
  },

  why: 'Why it is here',
  fields: 'The values side by side',
  field: 'Field',
  result: 'Result',
  resultOf: (field: string) => `Result for ${field}`,
  empty: 'empty',
  same: (n: number) => `${count(n, 'field')} alike on both sides`,
  take: (field: string) => `${field}: take`,
  from: (side: string, recommended: boolean) => (recommended ? `, from ${side}, recommended` : `, from ${side}`),
  picked: (field: string, value: string) => `${field}: ${value}`,
  edited: 'typed by you',
  noFields: 'There are no values to compare.',

  confidence: {
    unknown: '',
    derived: 'derived',
    file: 'unconfirmed',
    provider: 'likely',
    halopsa: 'confirmed',
    person: 'certain',
  },
  cells: 'The row as it stands in the file',
  cluster: 'All of these may be one',
  moves: 'Tickets of the second contact',

  actions: {
    accept: 'Accept',
    merge: 'Merge',
    join: 'They are one',
    update: 'Take the result',
    create: 'Create a ticket',
    not_same: 'Not the same',
    discard: 'Discard',
    retry: 'Send again',
    recreate: 'Create it again',
  },
  edit: 'Edit',
  editDone: 'Keep these values',
  editStop: 'Stop editing',
  hints: {
    not_same: 'Two different ones. They are never suggested again.',
    discard: 'What came in is dropped; what is here stays.',
  },
  cannot: (action: string) => `“${action}” does not apply to this item.`,
  wait: 'The item is still being read.',

  assign: {
    open: 'Assign…',
    title: (n: number) => (n === 1 ? 'Who decides this?' : `Who decides these ${n.toLocaleString('en-GB')}?`),
    placeholder: 'Name of an agent',
    agents: 'Agents',
    nobody: 'Anybody',
    me: 'me',
  },

  look: {
    label: 'Look for duplicates',
    found: (n: number) => (n === 0 ? 'No new suspects' : `${count(n, 'new suspect')} found`),
  },

  bulk: {
    all: (n: string) => `Accept all ${n}…`,
    some: (n: string) => `Accept ${n}…`,
    title: 'Accept the recommendations',
    intro: 'This is what will be done. One undo takes all of it back.',
    reading: 'Working out what that means…',
    submit: (n: number) => `Accept ${count(n, 'item')}`,
    nothing: 'None of these can be accepted without a look.',
    group: (action: string, reason: string) => `${action}: ${reason}`,
    leftOut: (n: number) =>
      n === 1
        ? '1 item stays in the queue: nothing can be recommended.'
        : `${n.toLocaleString('en-GB')} items stay in the queue: nothing can be recommended.`,
    more: (n: number) => `${count(n, 'further item')} follow after these.`,
    bar: 'Selected items',
    clear: 'Clear',
  },

  notSame: {
    open: 'Not the same…',
    title: 'Not the same',
    intro: 'Pairs that somebody told apart. They are never suggested as duplicates again, until you take it back.',
    none: 'Nobody has told a pair apart yet.',
    since: (who: string, when: string) => (who === '' ? when : `${who}, ${when}`),
    takeBack: 'Take back',
    takeBackOf: (left: string, right: string) => `Take back: ${left} and ${right} may be the same`,
    and: 'is not',
  },
} as const;
