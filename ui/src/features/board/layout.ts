/** The board as plain data: groups, what a key does to the focus, what a range selects, what an optimistic move looks like. */
import type { Board, Card, Column, Lifecycle, Money, Stage } from '@/api/bindings';
import { LIFECYCLES } from '@/lib/urlState';

export interface BoardGroup {
  lifecycle: Lifecycle;
  /** Open stages and unfolded exits, as columns. */
  columns: BoardColumn[];
  /** Folded exits. */
  exits: BoardColumn[];
  /** Tickets in the open stages. */
  count: number;
}

export interface BoardColumn {
  stage: Stage;
  count: number;
  sums: Money[];
  weighted: Money[];
  cards: Card[];
}

/** The columns of the board in the order of the workflow; a stage the host did not mention is empty. */
export function groupColumns(
  stages: readonly Stage[],
  columns: readonly Column[],
  unfolded: ReadonlySet<string>,
): BoardGroup[] {
  const read = new Map(columns.map((column) => [column.head.stage, column]));
  return LIFECYCLES.map((lifecycle) => {
    const group: BoardGroup = { lifecycle, columns: [], exits: [], count: 0 };
    for (const stage of stages) {
      if (stage.lifecycle !== lifecycle) continue;
      const column = read.get(stage.key);
      const entry: BoardColumn = {
        stage,
        count: column?.head.count ?? 0,
        sums: column?.head.sums ?? [],
        weighted: column?.head.weighted ?? [],
        cards: column?.cards ?? [],
      };
      if (!stage.exit) group.count += entry.count;
      if (stage.exit && !unfolded.has(stage.key)) group.exits.push(entry);
      else group.columns.push(entry);
    }
    return group;
  });
}

/** A place on the board: a column and a card's number in it, from 0. */
export interface Spot {
  stage: string;
  index: number;
}

/** What the focus needs to know about a column. */
export interface FocusColumn {
  stage: string;
  count: number;
  /** The first card that is on the screen, so that a step sideways stays at the same height. */
  firstVisible: number;
}

export type FocusStep = 'up' | 'down' | 'left' | 'right' | 'first' | 'last' | 'pageUp' | 'pageDown';

/** Where a step leads, or `null` where it leads nowhere. Empty columns are stepped over. */
export function moveFocus(
  columns: readonly FocusColumn[],
  from: Spot | null,
  step: FocusStep,
  page: number,
): Spot | null {
  const at = from === null ? -1 : columns.findIndex((column) => column.stage === from.stage);
  const here = columns[at];
  if (from === null || here === undefined || here.count === 0) {
    const start = columns.find((column) => column.count > 0);
    return start === undefined ? null : { stage: start.stage, index: Math.min(start.firstVisible, start.count - 1) };
  }
  const last = here.count - 1;
  const index = Math.min(from.index, last);
  const within = (next: number): Spot | null => {
    const clamped = Math.max(0, Math.min(last, next));
    return clamped === from.index ? null : { stage: from.stage, index: clamped };
  };
  switch (step) {
    case 'up':
      return within(index - 1);
    case 'down':
      return within(index + 1);
    case 'first':
      return within(0);
    case 'last':
      return within(last);
    case 'pageUp':
      return within(index - page);
    case 'pageDown':
      return within(index + page);
    case 'left':
    case 'right': {
      const direction = step === 'left' ? -1 : 1;
      let next = at + direction;
      while (columns[next]?.count === 0) next += direction;
      const target = columns[next];
      if (target === undefined) return null;
      const row = Math.max(0, index - here.firstVisible);
      return { stage: target.stage, index: Math.min(target.count - 1, target.firstVisible + row) };
    }
  }
}

/** Where the focus goes when the focused card has left: the card that took its place, else the one before it. */
export function focusAfterLeaving(columns: readonly FocusColumn[], spot: Spot): Spot | null {
  const column = columns.find((candidate) => candidate.stage === spot.stage);
  if (column !== undefined && column.count > 0)
    return { stage: spot.stage, index: Math.min(spot.index, column.count - 1) };
  return moveFocus(columns, null, 'down', 1);
}

/** The loaded cards between two cards of one column, both included; empty when one of them is not there. */
export function rangeBetween(ids: readonly (number | undefined)[], a: number, b: number): number[] {
  const [from, to] = [ids.indexOf(a), ids.indexOf(b)];
  if (from < 0 || to < 0) return [];
  return ids.slice(Math.min(from, to), Math.max(from, to) + 1).filter((id) => id !== undefined);
}

const minus = (sums: readonly Money[], value: Money | null, sign: 1 | -1): Money[] => {
  if (value === null) return [...sums];
  const rest = sums.filter((sum) => sum.currency !== value.currency);
  const before = sums.find((sum) => sum.currency === value.currency)?.minor ?? 0;
  const minor = before + sign * value.minor;
  return minor === 0 ? rest : [...rest, { minor, currency: value.currency }];
};

const weigh = (card: Card): Money | null =>
  card.value === null || card.probability === null
    ? null
    : { minor: Math.round((card.value.minor * card.probability) / 100), currency: card.value.currency };

/**
 * The board as it will look once the host has moved the cards, for the blink until it has. They come to lie at the end:
 * columns are ordered by who has been there longest.
 */
export function applyMove(
  board: Board,
  moved: readonly Card[],
  target: string,
  lifecycle: Lifecycle,
  now: string,
): Board {
  const ids = new Set(moved.map((card) => card.id));
  const columns = board.columns.map((column) => {
    const { head } = column;
    const leaving = moved.filter((card) => card.stage === head.stage);
    const arriving = head.stage === target ? moved.filter((card) => card.stage !== target) : [];
    if (head.stage === target ? arriving.length === 0 : leaving.length === 0) return column;
    const change = head.stage === target ? arriving : leaving;
    const sign = head.stage === target ? 1 : -1;
    let cards = column.cards.filter((card) => !ids.has(card.id) || head.stage === target);
    // Behind cards that are not loaded, the new ones are not in sight anyway.
    if (sign === 1 && column.cards.length === head.count) {
      cards = [
        ...cards,
        ...arriving.map((card) => ({ ...card, stage: target, lifecycle, entered_at: now, sync: 'waiting' as const })),
      ];
    }
    return {
      head: {
        ...head,
        count: head.count + sign * change.length,
        sums: change.reduce((sums, card) => minus(sums, card.value, sign), head.sums),
        weighted: change.reduce((sums, card) => minus(sums, weigh(card), sign), head.weighted),
      },
      cards,
    };
  });
  return { ...board, columns };
}
