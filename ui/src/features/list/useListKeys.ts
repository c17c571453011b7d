/** The list by keyboard: the board's actions, carried out on the focused line or the selection. */
import type { ActionId } from '@/actions/catalogue';
import { useAction } from '@/actions/useActions';
import type { Card, Line } from '@/api/bindings';
import { announce } from '@/components/announce';
import { useMoving } from '@/components/moving/Moving';
import { operations } from '@/components/operations';
import { t } from '@/strings';
import type { GridHandle } from './Grid';
import { type FocusStep, type ListState, nextIndex } from './state';

interface ListKeys {
  state: ListState;
  total: number;
  lineAt: (index: number) => Line | undefined;
  grid: GridHandle | null;
  onOpen: (ticket: number, edit?: string) => void;
  onSelectTo: (index: number) => Promise<void>;
  onSelectAll: () => Promise<void>;
}

/** What to open in the panel for an action that happens there; see the panel. */
const PANEL_PART: Partial<Record<ActionId, string>> = {
  'card.edit': 'details',
  'card.call': 'call',
  'card.note': 'note',
};

export function useListKeys({ state, total, lineAt, grid, onOpen, onSelectTo, onSelectAll }: ListKeys): void {
  const moving = useMoving();
  const focused = (): Card | undefined => (state.focus === null ? undefined : lineAt(state.focus.index)?.card);
  /** The selection, else the focused line. */
  const subjects = (): Card[] => {
    if (state.selection.size > 0) return [...state.selection.values()];
    const card = focused();
    return card === undefined ? [] : [card];
  };
  const hasSubject = (): boolean => subjects().length > 0;
  const hasFocus = (): boolean => focused() !== undefined;

  const step = (direction: FocusStep) => (): void => {
    const to = nextIndex(state.focus?.index ?? null, direction, total, grid?.pageSize() ?? 1, grid?.top() ?? 0);
    if (to === null) return;
    grid?.show(to);
    state.setFocus({ index: to, id: lineAt(to)?.card.id ?? null }, true);
  };

  // The list stands where the board stands, so it answers to the same keys.
  const list = { region: 'board' as const };
  useAction('focus.up', step('up'), list);
  useAction('focus.down', step('down'), list);
  useAction('focus.first', step('first'), list);
  useAction('focus.last', step('last'), list);
  useAction('focus.pageUp', step('pageUp'), list);
  useAction('focus.pageDown', step('pageDown'), list);

  const openPart = (id: ActionId) => (): void => {
    const card = focused() ?? subjects()[0];
    if (card !== undefined) onOpen(card.id, PANEL_PART[id]);
  };
  useAction('card.open', openPart('card.open'), { ...list, enabled: hasFocus });
  useAction('card.edit', openPart('card.edit'), { ...list, enabled: hasFocus });
  useAction('card.call', openPart('card.call'), { ...list, enabled: hasFocus });
  useAction('card.note', openPart('card.note'), { ...list, enabled: hasFocus });
  useAction('card.move', () => moving.pickStage(subjects()), { ...list, enabled: hasSubject });
  useAction('card.assign', () => moving.pickOwner(subjects()), { ...list, enabled: hasSubject });
  useAction(
    'card.halo',
    () => {
      const card = focused();
      if (card) void operations.openInHalo(card.id);
    },
    { ...list, enabled: () => (focused()?.halo_id ?? null) !== null },
  );

  const tellSelection = (): void => announce(t.board.bulk.announced(state.selection.size));
  useAction(
    'select.toggle',
    () => {
      const card = focused();
      if (card === undefined || state.focus === null) return;
      state.toggle(card, state.focus.index);
      tellSelection();
    },
    { ...list, enabled: hasFocus },
  );
  useAction(
    'select.range',
    () => {
      if (state.focus !== null) void onSelectTo(state.focus.index);
    },
    { ...list, enabled: hasFocus },
  );
  useAction('select.column', () => void onSelectAll(), { ...list, enabled: () => total > 0 });
  useAction(
    'select.clear',
    () => {
      state.clear();
      tellSelection();
    },
    { ...list, enabled: () => state.selection.size > 0 },
  );
}
