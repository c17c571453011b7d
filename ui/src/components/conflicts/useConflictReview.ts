/** Going through what differs by keyboard, and settling it, in the ticket panel. */
import { type RefObject, useEffect, useRef, useState } from 'react';
import { useAction } from '@/actions/useActions';
import type { ConflictRow, Side } from '@/api/bindings';
import { operations } from '@/components/operations';
import { following, step } from '@/lib/stepping';

export interface ConflictReviewing {
  active: number | null;
  setActive: (id: number) => void;
  busy: boolean;
  settle: (ids: readonly number[], side: Side) => Promise<void>;
}

interface Options {
  /** In the order in which they stand on the screen. */
  rows: readonly ConflictRow[];
  /** Everything that belongs to the review: keys count while the focus is inside. */
  box: RefObject<HTMLElement | null>;
}

export function useConflictReview({ rows, box }: Options): ConflictReviewing {
  const ids = rows.map((row) => row.id);
  const [chosen, setChosen] = useState<number | null>(null);
  const [busy, setBusy] = useState(false);
  const before = useRef(ids);
  const kept = following(before.current, ids, chosen);
  const active = kept ?? ids[0] ?? null;
  useEffect(() => {
    before.current = ids;
    if (kept !== chosen) setChosen(kept);
  });

  // The focus follows, unless the person is elsewhere; what was settled took the focus with it.
  const taking = chosen !== null;
  useEffect(() => {
    const held = document.activeElement;
    if (!taking || active === null || (held !== document.body && !box.current?.contains(held))) return;
    const element = box.current?.querySelector<HTMLElement>(`[data-conflict="${active}"]`);
    if (element !== null && element !== undefined && !element.contains(held)) element.focus();
  }, [taking, active, box]);

  const settle = async (of: readonly number[], side: Side): Promise<void> => {
    if (busy || of.length === 0) return;
    setBusy(true);
    await operations.settle(of, side);
    setBusy(false);
  };

  const here = (): boolean => ids.length > 0 && (box.current?.contains(document.activeElement) ?? false);
  const choose = (side: Side) => (): void => {
    if (active !== null) void settle([active], side);
  };
  const options = { region: 'ticket' as const, enabled: here };
  useAction('review.next', () => setChosen(step(ids, active, 1)), options);
  useAction('review.previous', () => setChosen(step(ids, active, -1)), options);
  useAction('review.mine', choose('mine'), options);
  useAction('review.theirs', choose('theirs'), options);
  return { active, setActive: setChosen, busy, settle };
}
