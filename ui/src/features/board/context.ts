import { createContext, useContext } from 'react';
import type { Card, Filter } from '@/api/bindings';
import type { BoardState } from './state';

/** What a column can be asked by the board while it is on the screen. */
export interface ColumnHandle {
  firstVisible(): number;
  /** Cards that fit on the screen. */
  pageSize(): number;
  show(index: number): void;
  cardAt(index: number): Card | undefined;
  /** Ids of the loaded cards by number; holes where a page is not loaded. */
  ids(): (number | undefined)[];
}

/** What columns and cards need from the board. Stable for as long as the filter is. */
export interface BoardTools {
  state: BoardState;
  filter: Required<Filter>;
  filtered: boolean;
  columns: Map<string, ColumnHandle>;
  open(card: Card): void;
  openMenu(card: Card, at: DOMRect): void;
  setUnfolded(stage: string, unfolded: boolean): void;
  selectRange(card: Card): void;
}

const BoardContext = createContext<BoardTools | null>(null);
export const BoardProvider = BoardContext.Provider;

export function useBoard(): BoardTools {
  const board = useContext(BoardContext);
  if (board === null) throw new Error('useBoard is used outside the board');
  return board;
}
