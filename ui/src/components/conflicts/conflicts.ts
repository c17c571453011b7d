/** What differs between here and HaloPSA, as a person goes through it. */
import type { ConflictRow, Lifecycle } from '@/api/bindings';

export interface ConflictGroup {
  ticket: number;
  label: string;
  lifecycle: Lifecycle;
  conflicts: ConflictRow[];
}

/** One group for each ticket; the ticket that has waited longest comes first. */
export function groupConflicts(rows: readonly ConflictRow[]): ConflictGroup[] {
  const groups = new Map<number, ConflictGroup>();
  for (const row of rows) {
    const group = groups.get(row.ticket);
    if (group === undefined) {
      groups.set(row.ticket, {
        ticket: row.ticket,
        label: row.ticket_label,
        lifecycle: row.lifecycle,
        conflicts: [row],
      });
    } else group.conflicts.push(row);
  }
  return [...groups.values()];
}

/** The one after `active`, or `by` steps away; stays at the ends. Without an active one, the first. */
export function step<Id>(ids: readonly Id[], active: Id | null, by: number): Id | null {
  const at = active === null ? -1 : ids.indexOf(active);
  if (at < 0) return ids[0] ?? null;
  return ids[Math.max(0, Math.min(ids.length - 1, at + by))] ?? null;
}

/** Which one to look at when the list has changed: the same, else the one that came after it, else the one before. */
export function following<Id>(before: readonly Id[], now: readonly Id[], active: Id | null): Id | null {
  if (active === null || now.includes(active)) return active;
  const at = before.indexOf(active);
  const after = before.slice(at + 1).find((id) => now.includes(id));
  const ahead = before.slice(0, Math.max(0, at)).findLast((id) => now.includes(id));
  return after ?? ahead ?? now[0] ?? null;
}
