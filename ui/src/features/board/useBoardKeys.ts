/** The board by keyboard: the actions of the catalogue, carried out on the focused card or the selection. */
import { useMemo } from 'react';
import type { ActionId } from '@/actions/catalogue';
import { useAction } from '@/actions/useActions';
import type { Card } from '@/api/bindings';
import { announce } from '@/components/announce';
import { useMoving } from '@/components/moving/Moving';
import { operations } from '@/components/operations';
import { t } from '@/strings';
import type { BoardTools } from './context';
import { type BoardGroup, type FocusColumn, type FocusStep, moveFocus } from './layout';

interface BoardKeys {
  tools: BoardTools;
  groups: readonly BoardGroup[];
  onOpen: (ticket: number, edit?: string) => void;
}

/** What to open in the panel for an action that happens there; see the panel. */
const PANEL_PART: Partial<Record<ActionId, string>> = {
  'card.edit': 'details',
  'card.call': 'call',
  'card.note': 'note',
};

export function useBoardKeys({ tools, groups, onOpen }: BoardKeys): void {
  const moving = useMoving();
  const { state, columns } = tools;
  const shown = useMemo(() => groups.flatMap((group) => group.columns), [groups]);

  const focused = (): Card | undefined => {
    const { focus } = state;
    return focus === null ? undefined : columns.get(focus.stage)?.cardAt(focus.index);
  };
  /** The selection, else the focused card. */
  const subjects = (): Card[] => {
    if (state.selection.size > 0) return [...state.selection.values()];
    const card = focused();
    return card === undefined ? [] : [card];
  };
  const hasSubject = (): boolean => state.selection.size > 0 || focused() !== undefined;
  const hasFocus = (): boolean => focused() !== undefined;

  const step = (direction: FocusStep) => (): void => {
    const list: FocusColumn[] = shown.map((column) => ({
      stage: column.stage.key,
      count: column.count,
      firstVisible: columns.get(column.stage.key)?.firstVisible() ?? 0,
    }));
    const page = state.focus === null ? 1 : (columns.get(state.focus.stage)?.pageSize() ?? 1);
    const spot = moveFocus(list, state.focus, direction, page);
    if (spot === null) return;
    const handle = columns.get(spot.stage);
    handle?.show(spot.index);
    document
      .querySelector(`[data-testid="column-${CSS.escape(spot.stage)}"]`)
      ?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    state.setFocus({ ...spot, id: handle?.cardAt(spot.index)?.id ?? null }, true);
  };

  const board = { region: 'board' as const };
  useAction('focus.up', step('up'), board);
  useAction('focus.down', step('down'), board);
  useAction('focus.left', step('left'), board);
  useAction('focus.right', step('right'), board);
  useAction('focus.first', step('first'), board);
  useAction('focus.last', step('last'), board);
  useAction('focus.pageUp', step('pageUp'), board);
  useAction('focus.pageDown', step('pageDown'), board);

  const openPart = (id: ActionId) => (): void => {
    const card = focused() ?? subjects()[0];
    if (card !== undefined) onOpen(card.id, PANEL_PART[id]);
  };
  useAction('card.open', openPart('card.open'), { ...board, enabled: hasFocus });
  useAction('card.edit', openPart('card.edit'), { ...board, enabled: hasFocus });
  useAction('card.call', openPart('card.call'), { ...board, enabled: hasFocus });
  useAction('card.note', openPart('card.note'), { ...board, enabled: hasFocus });
  useAction('card.move', () => moving.pickStage(subjects()), { ...board, enabled: hasSubject });
  useAction('card.assign', () => moving.pickOwner(subjects()), { ...board, enabled: hasSubject });
  useAction(
    'card.halo',
    () => {
      const card = focused();
      if (card) void operations.openInHalo(card.id);
    },
    { ...board, enabled: () => (focused()?.halo_id ?? null) !== null },
  );

  const tellSelection = (): void => announce(t.board.bulk.announced(state.selection.size));
  useAction(
    'select.toggle',
    () => {
      const card = focused();
      if (card === undefined) return;
      state.toggle(card);
      tellSelection();
    },
    { ...board, enabled: hasFocus },
  );
  useAction(
    'select.range',
    () => {
      const card = focused();
      if (card) tools.selectRange(card);
    },
    { ...board, enabled: hasFocus },
  );
  useAction(
    'select.column',
    () => {
      const stage = state.focus?.stage;
      const handle = stage === undefined ? undefined : columns.get(stage);
      if (handle === undefined) return;
      const cards = handle
        .ids()
        .map((_, index) => handle.cardAt(index))
        .filter((card) => card !== undefined);
      state.extend(cards);
      tellSelection();
    },
    { ...board, enabled: hasFocus },
  );
  useAction(
    'select.clear',
    () => {
      state.clearSelection();
      tellSelection();
    },
    { ...board, enabled: () => state.selection.size > 0 },
  );
}
