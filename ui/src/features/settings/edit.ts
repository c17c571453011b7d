/** Changes of a draft of the mapping, and what a row shows of it. Pure: what is allowed and what follows, the host says. */
import type {
  Choices,
  MappedField,
  MappedSlot,
  MappingEdit,
  MappingView,
  Slot,
  SyncPolicy,
  TenantItem,
} from '@/api/bindings';

/** `undefined`: as the names say; `null`: nothing, on purpose. */
export type Choice = number | null | undefined;

const RECORDS = {
  ticket_type: 'ticket_types',
  stage: 'stages',
  field: 'fields',
  call_result: 'call_results',
} as const;

/** What changes of stage go through is set beside the mapping, so it is no row of it. */
const isSingle = (slot: Slot): slot is Extract<Slot, { at: 'note_outcome' | 'call_outcome' }> =>
  slot.at === 'note_outcome' || slot.at === 'call_outcome';

function keyOf(slot: Slot): string {
  switch (slot.at) {
    case 'ticket_type':
      return slot.lifecycle;
    case 'stage':
      return slot.stage;
    case 'field':
      return slot.field;
    case 'call_result':
      return slot.result;
    default:
      return slot.at;
  }
}

/** Names a place, for lists and tests. */
export const slotId = (slot: Slot): string => `${slot.at}:${keyOf(slot)}`;

export function choiceOf(choices: Choices, slot: Slot): Choice {
  if (isSingle(slot)) return choices[slot.at] ?? undefined;
  if (slot.at === 'move_outcome') return undefined;
  return (choices[RECORDS[slot.at]] as Record<string, number | null> | undefined)?.[keyOf(slot)];
}

export function choose(edit: MappingEdit, slot: Slot, choice: Choice): MappingEdit {
  if (slot.at === 'move_outcome') return edit;
  if (isSingle(slot)) {
    return { ...edit, choices: { ...edit.choices, [slot.at]: choice ?? null } };
  }
  const name = RECORDS[slot.at];
  const { [keyOf(slot)]: _old, ...others } = { ...(edit.choices[name] as Record<string, number | null> | undefined) };
  const record = choice === undefined ? others : { ...others, [keyOf(slot)]: choice };
  return { ...edit, choices: { ...edit.choices, [name]: record } };
}

export function setPolicy(edit: MappingEdit, field: MappedField, policy: SyncPolicy): MappingEdit {
  const { [field.field]: _old, ...others } = edit.policies.fields ?? {};
  // Only what differs from the usual is kept, so that a better usual one comes through.
  const fields = policy === field.usual_policy ? others : { ...others, [field.field]: policy };
  return { ...edit, policies: { ...edit.policies, fields } };
}

/** Values of the select of a row that are no ids. */
export const AS_NAMED = 'named';
export const NOTHING = 'nothing';

/** What the select of a row shows: the draft's choice at once, else what the host found. */
export function shownValue(choices: Choices, row: MappedSlot): string | null {
  const choice = choiceOf(choices, row.slot);
  if (choice === null) return NOTHING;
  if (choice !== undefined) return String(choice);
  return row.id === null ? null : String(row.id);
}

export function readValue(value: string | null): Choice {
  if (value === null || value === AS_NAMED) return undefined;
  return value === NOTHING ? null : Number(value);
}

/** "CFfitScore · Fit score (Text)". */
export function itemLabel(item: TenantItem): string {
  const label = item.label !== '' && item.label !== item.name ? ` · ${item.label}` : '';
  return item.kind_name === '' ? item.name : `${item.name}${label} (${item.kind_name})`;
}

/** The custom fields that can hold a field of ours. */
export const fitting = (items: readonly TenantItem[], field: MappedField): TenantItem[] =>
  items.filter((item) => field.accepts.includes(item.kind));

/** Whether somebody should have a look at it. */
export const isUnsure = (row: MappedSlot): boolean =>
  row.problem !== null || row.confidence === 'missing' || row.confidence === 'likely' || row.confidence === 'kept';

const differing = (a: Record<string, unknown>, b: Record<string, unknown> = {}): number =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
    (key) => JSON.stringify(a[key]) !== JSON.stringify(b[key]),
  ).length;

/** How many things differ between what is kept and the draft. */
export function changeCount(kept: MappingEdit, draft: MappingEdit): number {
  const parts = (edit: MappingEdit): Record<string, unknown>[] => [
    edit.choices.ticket_types ?? {},
    edit.choices.stages ?? {},
    edit.choices.fields ?? {},
    { note: edit.choices.note_outcome ?? null, call: edit.choices.call_outcome ?? null },
    edit.choices.call_results ?? {},
    { stage: edit.policies.stage, owner: edit.policies.owner },
    edit.policies.fields ?? {},
    { ...edit.settings },
    { ...edit.connection },
  ];
  const now = parts(draft);
  return parts(kept).reduce((sum, part, index) => sum + differing(part, now[index]), 0);
}

/** Whether saving makes the host read every ticket again. */
export function rereads(kept: MappingView, view: MappingView): boolean {
  const ids = (rows: readonly (MappedSlot | null)[]): string => rows.map((row) => row?.id ?? '').join();
  return (
    ids(kept.ticket_types) !== ids(view.ticket_types) ||
    ids(kept.stages) !== ids(view.stages) ||
    ids(kept.fields.map((field) => field.custom)) !== ids(view.fields.map((field) => field.custom))
  );
}

/** How many rows hold a choice that cannot be. */
export function problemCount(view: MappingView): number {
  const rows = [...view.ticket_types, ...view.stages, ...view.outcomes, ...view.fields.map((field) => field.custom)];
  return rows.filter((row) => row !== null && row.problem !== null).length;
}
