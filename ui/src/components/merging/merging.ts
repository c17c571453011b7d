/** Which of several tickets stays, and where they say different things. Pure. */
import type { Card, FieldRow, FieldView, Lifecycle, TicketView } from '@/api/bindings';

/** The most tickets whose values are put beside each other; of more, the rules choose. */
export const BESIDE = 5;

/** What no person chooses: an opt-out holds, whichever of them it is on. */
const NOT_CHOSEN: ReadonlySet<string> = new Set(['do_not_contact', 'dnc_reason', 'deal_after_opt_out']);

const RANK: Record<Lifecycle, number> = { lead: 0, prospect: 1, opportunity: 2 };

/** The one that came furthest, else one that HaloPSA has, else the oldest. */
export function toKeep(cards: readonly Card[]): number | undefined {
  const better = (a: Card, b: Card): number =>
    RANK[b.lifecycle] - RANK[a.lifecycle] ||
    Number(b.halo_id !== null) - Number(a.halo_id !== null) ||
    a.entered_at.localeCompare(b.entered_at) ||
    a.id - b.id;
  return [...cards].sort(better)[0]?.id;
}

export interface Differing {
  field: FieldView;
  /** What each ticket says, in the order of the tickets. */
  values: (FieldRow | undefined)[];
}

/** The fields in which at least two of the tickets say something, and not the same; in the order of the catalogue. */
export function differing(catalogue: readonly FieldView[], tickets: readonly TicketView[]): Differing[] {
  const held = tickets.map((ticket) => new Map(ticket.fields.map((row) => [row.field, row])));
  return catalogue.flatMap((field) => {
    if (field.read_only || NOT_CHOSEN.has(field.key)) return [];
    const values = held.map((rows) => rows.get(field.key));
    const said = values.flatMap((row) => (row === undefined ? [] : [JSON.stringify(row.stored.value)]));
    return new Set(said).size > 1 ? [{ field, values }] : [];
  });
}
