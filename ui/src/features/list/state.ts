/**
 * What a person is doing in the list: focus and selection. Small and outside React's tree, so that a key press redraws the two
 * lines it touches and not the list.
 */
import { useSyncExternalStore } from 'react';
import type { Card } from '@/api/bindings';

export interface Focus {
  index: number;
  /** The ticket that was there; `null` while its page was on its way. */
  id: number | null;
}

export class ListState {
  private readonly listeners = new Set<() => void>();
  focus: Focus | null = null;
  /** Counts up when the focus should also move into the line; a mouse or a redraw alone must not steal it. */
  focusCall = 0;
  selection: ReadonlyMap<number, Card> = new Map();
  /** Where a range begins. */
  anchor: number | null = null;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private tell(): void {
    for (const listener of this.listeners) listener();
  }

  setFocus(focus: Focus | null, take = false): void {
    this.focus = focus;
    if (take) this.focusCall += 1;
    this.tell();
  }

  /** Selects these and nothing else. */
  select(cards: readonly Card[]): void {
    this.selection = new Map(cards.map((card) => [card.id, card]));
    this.tell();
  }

  toggle(card: Card, index: number): void {
    const next = new Map(this.selection);
    if (!next.delete(card.id)) next.set(card.id, card);
    this.selection = next;
    this.anchor = index;
    this.tell();
  }

  extend(cards: readonly Card[]): void {
    this.selection = new Map([...this.selection, ...cards.map((card): [number, Card] => [card.id, card])]);
    this.tell();
  }

  /** A selection holds the cards as they are now. */
  refresh(cards: readonly Card[]): void {
    if (!cards.some((card) => this.selection.has(card.id) && this.selection.get(card.id) !== card)) return;
    const next = new Map(this.selection);
    for (const card of cards) if (next.has(card.id)) next.set(card.id, card);
    this.selection = next;
    this.tell();
  }

  clear(): void {
    if (this.selection.size === 0) return;
    this.selection = new Map();
    this.anchor = null;
    this.tell();
  }
}

/** One fact of the list's state; redraws only when it changes. Pick primitives or stable objects. */
export function useListState<T>(state: ListState, pick: (state: ListState) => T): T {
  return useSyncExternalStore(state.subscribe, () => pick(state));
}

export type FocusStep = 'up' | 'down' | 'first' | 'last' | 'pageUp' | 'pageDown';

/** Where the focus goes next; `null` in an empty list. */
export function nextIndex(
  from: number | null,
  step: FocusStep,
  count: number,
  page: number,
  top: number,
): number | null {
  if (count === 0) return null;
  if (from === null) return step === 'last' ? count - 1 : step === 'first' ? 0 : Math.min(top, count - 1);
  const to = {
    up: from - 1,
    down: from + 1,
    first: 0,
    last: count - 1,
    pageUp: from - page,
    pageDown: from + page,
  }[step];
  return Math.max(0, Math.min(count - 1, to));
}
