/** Going through what differs by keyboard, and settling it: the same in the ticket panel and on the page of its own. */
import { type RefObject, useEffect, useRef, useState } from 'react';
import { useAction } from '@/actions/useActions';
import type { ConflictRow, Side } from '@/api/bindings';
import { operations } from '@/components/operations';
import { following, step } from './conflicts';

export interface ConflictReviewing {
  active: number | null;
  setActive: (id: number) => void;
  busy: boolean;
  settle: (ids: readonly number[], side: Side) => Promise<void>;
}

interface Options {
  /** In the order in which they stand on the screen. */
  rows: readonly ConflictRow[];
  /** Everything that belongs to the review: keys count while the focus is inside, or anywhere with `anywhere`. */
  box: RefObject<HTMLElement | null>;
  region: 'board' | 'ticket';
  anywhere: boolean;
  onOpen?: (ticket: number) => void;
}

export function useConflictReview({ rows, box, region, anywhere, onOpen }: Options): ConflictReviewing {
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
  const taking = anywhere || chosen !== null;
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

  const here = (): boolean => ids.length > 0 && (anywhere || (box.current?.contains(document.activeElement) ?? false));
  const choose = (side: Side) => (): void => {
    if (active !== null) void settle([active], side);
  };
  const options = { region, enabled: here };
  useAction('review.next', () => setChosen(step(ids, active, 1)), options);
  useAction('review.previous', () => setChosen(step(ids, active, -1)), options);
  useAction('review.mine', choose('mine'), options);
  useAction('review.theirs', choose('theirs'), options);
  useAction(
    'review.open',
    () => {
      const row = rows.find((one) => one.id === active);
      if (row !== undefined) onOpen?.(row.ticket);
    },
    { region, enabled: () => onOpen !== undefined && active !== null && here() },
  );
  return { active, setActive: setChosen, busy, settle };
}
