/** Going through a list by keyboard while it changes. */

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
