/**
 * What a person is doing on the board: focus, selection, drag. Small and outside React's tree, so that a key press redraws the
 * two cards it touches and not the board.
 */
import { useSyncExternalStore } from 'react';
import type { Card, TargetVerdict } from '@/api/bindings';
import type { Spot } from './layout';

export interface Drag {
  cards: Card[];
  /** What each stage says; empty until the host has answered. */
  verdicts: ReadonlyMap<string, TargetVerdict>;
}

export class BoardState {
  private readonly listeners = new Set<() => void>();
  /** The focused card, by id, and where it was last seen. */
  focus: (Spot & { id: number | null }) | null = null;
  /** Counts up when the focus should also move into the card; a mouse or a redraw alone must not steal it. */
  focusCall = 0;
  /** The column whose first card Tab leads to while no card has been focused yet. */
  entry: string | null = null;
  selection: ReadonlyMap<number, Card> = new Map();
  /** Where a range begins. */
  anchor: number | null = null;
  drag: Drag | null = null;
  /** The stage under the pointer. */
  over: string | null = null;
  /** The ticket in the panel. */
  opened: number | null = null;
  /** Cards that have just arrived somewhere. */
  landed: ReadonlySet<number> = new Set();

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private tell(): void {
    for (const listener of this.listeners) listener();
  }

  setFocus(focus: (Spot & { id: number | null }) | null, take = false): void {
    this.focus = focus;
    if (take) this.focusCall += 1;
    this.tell();
  }

  setEntry(stage: string | null): void {
    if (this.entry === stage) return;
    this.entry = stage;
    this.tell();
  }

  select(cards: readonly Card[], anchor: number | null): void {
    this.selection = new Map(cards.map((card) => [card.id, card]));
    this.anchor = anchor;
    this.tell();
  }

  toggle(card: Card): void {
    const next = new Map(this.selection);
    if (!next.delete(card.id)) next.set(card.id, card);
    this.selection = next;
    this.anchor = card.id;
    this.tell();
  }

  extend(cards: readonly Card[]): void {
    this.selection = new Map([...this.selection, ...cards.map((card): [number, Card] => [card.id, card])]);
    this.tell();
  }

  /** Cards that changed are kept selected as they are now; a selection never names old stages. */
  refresh(cards: readonly Card[]): void {
    if (!cards.some((card) => this.selection.has(card.id) && this.selection.get(card.id) !== card)) return;
    const next = new Map(this.selection);
    for (const card of cards) if (next.has(card.id)) next.set(card.id, card);
    this.selection = next;
  }

  clearSelection(): void {
    if (this.selection.size === 0) return;
    this.selection = new Map();
    this.anchor = null;
    this.tell();
  }

  startDrag(cards: Card[]): void {
    this.drag = { cards, verdicts: new Map() };
    this.over = null;
    this.tell();
  }

  setVerdicts(cards: readonly Card[], verdicts: readonly TargetVerdict[]): void {
    // An answer for a drag that is over is no answer for this one.
    if (this.drag?.cards !== cards) return;
    this.drag = { ...this.drag, verdicts: new Map(verdicts.map((verdict) => [verdict.stage, verdict])) };
    this.tell();
  }

  setOver(stage: string | null): void {
    if (this.over === stage) return;
    this.over = stage;
    this.tell();
  }

  endDrag(): void {
    this.drag = null;
    this.over = null;
    this.tell();
  }

  setOpened(id: number | null): void {
    if (this.opened === id) return;
    this.opened = id;
    this.tell();
  }

  land(ids: readonly number[]): void {
    this.landed = new Set(ids);
    this.tell();
  }
}

/** One fact of the board's state; redraws only when it changes. Pick primitives or stable objects. */
export function useBoardState<T>(state: BoardState, pick: (state: BoardState) => T): T {
  return useSyncExternalStore(state.subscribe, () => pick(state));
}

/** What a card shows of the board's state, in one number: a card on the screen subscribes once and not seven times. */
export const CardFlag = {
  focused: 1,
  selected: 2,
  selecting: 4,
  carried: 8,
  opened: 16,
  landed: 32,
  entry: 64,
} as const;

export function cardFlags(state: BoardState, id: number, stage: string, index: number): number {
  const { focus, selection, drag } = state;
  return (
    (focus?.id === id ? CardFlag.focused : 0) |
    (selection.has(id) ? CardFlag.selected : 0) |
    (selection.size > 0 ? CardFlag.selecting : 0) |
    (drag?.cards.some((card) => card.id === id) ? CardFlag.carried : 0) |
    (state.opened === id ? CardFlag.opened : 0) |
    (state.landed.has(id) ? CardFlag.landed : 0) |
    (focus === null && index === 0 && state.entry === stage ? CardFlag.entry : 0)
  );
}
