/** The whole pipeline on one board. */
import {
  DndContext,
  type DragEndEvent,
  DragOverlay,
  type DragStartEvent,
  PointerSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, memo, Suspense, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useActionRegistry } from '@/actions/useActions';
import type { Board as BoardData, Card, Filter } from '@/api/bindings';
import { asUiError, host } from '@/api/host';
import { boardQuery, columnQuery, keys, PAGE_SIZE, syncQuery } from '@/api/queries';
import { useLookup } from '@/api/reference';
import { announce } from '@/components/announce';
import { EmptyNotice } from '@/components/EmptyNotice';
import { ErrorNotice } from '@/components/ErrorNotice';
import { type Landing, useMoving } from '@/components/moving/Moving';
import { nameOf } from '@/components/moving/subject';
import { BulkBar } from '@/components/tickets/BulkBar';
import { formats } from '@/lib/formats';
import { type BoardSearch, filterCount, toFilter } from '@/lib/urlState';
import { useNow } from '@/lib/useNow';
import { t } from '@/strings';
import classes from './Board.module.css';
import cardClasses from './Card.module.css';
import { CardFace } from './CardView';
import { ColumnView } from './ColumnView';
import { BoardProvider, type BoardTools, type ColumnHandle } from './context';
import { underPointer } from './dragging';
import { Exits } from './Exits';
import { FirstSteps } from './FirstSteps';
import { applyMove, type BoardGroup, groupColumns, rangeBetween } from './layout';
import { BoardState, useBoardState } from './state';
import { useBoardKeys } from './useBoardKeys';

const CardMenu = lazy(() => import('@/components/tickets/CardMenu'));

const HOUR_MS = 3_600_000;
/** How far a press has to go to be a drag. One object for good: with a new one, every card would be drawn again. */
const GRIP = { activationConstraint: { distance: 4 } };
/** How long a card that has arrived stays marked. */
const LANDED_MS = 2600;

export interface BoardProps {
  search: BoardSearch;
  /** Merges into the address. */
  onSearch: (change: Partial<Record<keyof BoardSearch, unknown>>) => void;
  onOpen: (ticket: number, edit?: string) => void;
  /** The ticket in the panel. */
  opened: number | undefined;
  /** Called once, when there is something to look at. */
  onPainted: () => void;
}

export default function Board({ search, opened, onSearch, onOpen, onPainted }: BoardProps) {
  const lookup = useLookup();
  const registry = useActionRegistry();
  const { me } = lookup.preferences;
  const { mine, owners, unassigned, sources, score, q, unsynced, lists } = search;
  const filter = useMemo(
    () =>
      toFilter(
        {
          ...(mine && { mine }),
          ...(owners && { owners }),
          ...(unassigned && { unassigned }),
          ...(sources && { sources }),
          ...(score !== undefined && { score }),
          ...(q !== undefined && { q }),
          ...(unsynced && { unsynced }),
          ...(lists && { lists }),
        },
        me,
      ),
    [mine, owners, unassigned, sources, score, q, unsynced, lists, me],
  );
  const board = useQuery(boardQuery(filter));
  const { data: sync } = useQuery(syncQuery());
  const { open } = search;
  const groups = useMemo(
    () => groupColumns(lookup.stages, board.data?.columns ?? [], new Set(open)),
    [lookup.stages, board.data, open],
  );

  const settled = board.data !== undefined || board.isError;
  useLayoutEffect(() => {
    if (settled) onPainted();
  }, [settled, onPainted]);

  if (board.isError && board.data === undefined) {
    return (
      <div className={classes.notice}>
        <ErrorNotice error={asUiError(board.error)} onRetry={() => void board.refetch()} />
      </div>
    );
  }
  const total = board.data?.columns.reduce((sum, column) => sum + column.head.count, 0) ?? 0;
  const filtered = filterCount(search) > 0;
  const pulling = sync?.progress !== null && sync?.progress !== undefined;
  return (
    <>
      <FirstSteps />
      {board.data !== undefined && total === 0 && !(pulling && !filtered) && (
        <div className={classes.banner}>
          <EmptyNotice
            title={filtered ? t.board.noMatch : t.board.noTickets}
            {...(filtered ? {} : { text: t.board.noTicketsText })}
          >
            {filtered && (
              <Button size="xs" variant="default" onClick={() => registry.run('filter.clear')}>
                {t.actions.clearFilter}
              </Button>
            )}
          </EmptyNotice>
        </div>
      )}
      <Pipeline
        groups={groups}
        filter={filter}
        filtered={filtered}
        unfolded={open}
        opened={opened}
        loading={board.data === undefined}
        onSearch={onSearch}
        onOpen={onOpen}
      />
    </>
  );
}

interface PipelineProps {
  groups: BoardGroup[];
  filter: Required<Filter>;
  filtered: boolean;
  unfolded: string[] | undefined;
  opened: number | undefined;
  loading: boolean;
  onSearch: BoardProps['onSearch'];
  onOpen: BoardProps['onOpen'];
}

function Pipeline({ groups, filter, filtered, unfolded, opened, loading, onSearch, onOpen }: PipelineProps) {
  const lookup = useLookup();
  const client = useQueryClient();
  const moving = useMoving();
  const [state] = useState(() => new BoardState());
  const [columns] = useState(() => new Map<string, ColumnHandle>());
  const [menu, setMenu] = useState<{ card: Card; at: DOMRect } | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const now = Math.floor(useNow(60_000) / HOUR_MS) * HOUR_MS;

  const tools = useMemo<BoardTools>(
    () => ({
      state,
      filter,
      filtered,
      columns,
      open: (card) => onOpen(card.id),
      openMenu: (card, at) => setMenu({ card, at }),
      setUnfolded: (stage, show) => {
        const next = new Set(unfolded);
        if (show) next.add(stage);
        else next.delete(stage);
        onSearch({ open: next.size > 0 ? [...next] : undefined });
      },
      selectRange: (card) => {
        const handle = columns.get(card.stage);
        const from = state.anchor ?? state.focus?.id ?? card.id;
        const ids = handle ? rangeBetween(handle.ids(), from, card.id) : [];
        const all = handle?.ids() ?? [];
        const cards = ids.map((id) => handle?.cardAt(all.indexOf(id))).filter((found) => found !== undefined);
        state.extend(cards.length > 0 ? cards : [card]);
        if (cards.length === 0) state.anchor = card.id;
        announce(t.board.bulk.announced(state.selection.size));
      },
    }),
    [state, filter, filtered, columns, unfolded, onOpen, onSearch],
  );

  // Tab leads to the first card of the first column that has one; the selection holds the cards as they are now.
  useLayoutEffect(() => {
    const all = groups.flatMap((group) => group.columns);
    state.setEntry(all.find((column) => column.count > 0)?.stage.key ?? null);
    state.refresh(all.flatMap((column) => column.cards));
  }, [groups, state]);

  // The panel takes its room from the board: the card it was opened from stays in sight.
  useEffect(() => {
    state.setOpened(opened ?? null);
    if (opened === undefined) return undefined;
    const board = scroller.current;
    if (board === null) return undefined;
    const observer = new ResizeObserver(() => {
      const card = board.querySelector(`[data-testid="card-${opened}"]`);
      card?.closest('[data-testid^="column-"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    });
    observer.observe(board);
    return () => observer.disconnect();
  }, [opened, state]);

  // After a move: read the board, find where the cards came to lie, show them there, and keep the keyboard's place.
  useEffect(
    () =>
      moving.lendEyes(async (tickets, stage): Promise<Landing | null> => {
        await Promise.all([
          client.invalidateQueries({ queryKey: keys.boards }, { cancelRefetch: false }),
          client.invalidateQueries({ queryKey: keys.columns }, { cancelRefetch: false }),
        ]);
        const column = client
          .getQueryData<BoardData>(keys.board(filter))
          ?.columns.find((one) => one.head.stage === stage);
        const moved = new Set(tickets);
        if (column === undefined) return null;
        const { count } = column.head;
        let index = column.cards.findIndex((card) => moved.has(card.id));
        const lastPage = Math.floor((count - 1) / PAGE_SIZE);
        for (let page = lastPage; index < 0 && page >= Math.max(0, lastPage - 1) && count > 0; page -= 1) {
          const cards = await client.fetchQuery(columnQuery(filter, stage, page));
          const at = cards.findIndex((card) => moved.has(card.id));
          if (at >= 0) index = page * PAGE_SIZE + at;
        }
        state.clearSelection();
        state.land(tickets);
        setTimeout(() => state.land([]), LANDED_MS);
        if (index < 0) return null;
        columns.get(stage)?.show(index);
        setTimeout(() => {
          // The dialog that asked has closed by now; if its opener has gone, the focus would be nowhere.
          if (document.activeElement === document.body) state.setFocus(state.focus, true);
        }, 150);
        return { index: index + 1, count };
      }),
    [moving, client, filter, columns, state],
  );

  const sensors = useSensors(useSensor(PointerSensor, GRIP));

  const anchorColumn = useRef<{ stage: string; left: number } | null>(null);
  const keepInPlace = (stage: string): void => {
    const node = scroller.current?.querySelector(`[data-testid="column-${CSS.escape(stage)}"]`);
    anchorColumn.current = node ? { stage, left: node.getBoundingClientRect().left } : null;
  };

  const onDragStart = ({ active }: DragStartEvent): void => {
    const card = active.data.current?.card as Card;
    const cards = state.selection.has(card.id) ? [...state.selection.values()] : [card];
    keepInPlace(card.stage);
    setMenu(null);
    state.startDrag(cards);
    host
      .checkMove(cards.map((one) => one.id))
      .then((verdicts) => {
        state.setVerdicts(cards, verdicts);
        announce(t.board.drag.picked(nameOf(cards), verdicts.filter((verdict) => verdict.allowed > 0).length));
      })
      // Without the verdicts nothing is dimmed; the drop itself still asks the host.
      .catch(() => undefined);
  };

  const onDragEnd = ({ over }: DragEndEvent): void => {
    const { drag } = state;
    if (drag === null) return;
    const target = over === null ? null : String(over.id);
    const stage = target === null ? undefined : lookup.stage(target);
    if (target !== null) keepInPlace(target);
    if (stage === undefined || drag.cards.every((card) => card.stage === target)) {
      state.endDrag();
      announce(t.board.drag.putBack(nameOf(drag.cards)));
      return;
    }
    const verdict = drag.verdicts.get(stage.key);
    let rollback: (() => void) | undefined;
    if (verdict !== undefined && verdict.allowed === drag.cards.length && verdict.needs === 0) {
      const queryKey = keys.board(filter);
      const before = client.getQueryData<BoardData>(queryKey);
      if (before !== undefined) {
        client.setQueryData(
          queryKey,
          applyMove(before, drag.cards, stage.key, stage.lifecycle, new Date().toISOString()),
        );
        rollback = () => void client.invalidateQueries({ queryKey });
      }
    }
    state.endDrag();
    void moving.move(drag.cards, stage.key, rollback);
  };

  const onDragCancel = (): void => {
    const { drag } = state;
    if (drag?.cards[0]) keepInPlace(drag.cards[0].stage);
    state.endDrag();
    if (drag) announce(t.board.drag.putBack(nameOf(drag.cards)));
  };

  // Exits unfold and fold again with a drag; the column in hand must not slide away from the pointer.
  const dragging = useBoardState(state, (s) => s.drag !== null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: exactly when a drag starts or ends.
  useLayoutEffect(() => {
    const anchor = anchorColumn.current;
    anchorColumn.current = null;
    if (anchor === null || scroller.current === null) return;
    const node = scroller.current.querySelector(`[data-testid="column-${CSS.escape(anchor.stage)}"]`);
    if (node) scroller.current.scrollLeft += node.getBoundingClientRect().left - anchor.left;
  }, [dragging]);

  useBoardKeys({ tools, groups, onOpen });

  const onDragOver = useCallback(
    (id: string | null): void => {
      state.setOver(id);
    },
    [state],
  );

  return (
    <BoardProvider value={tools}>
      <DndContext
        sensors={sensors}
        collisionDetection={underPointer}
        onDragStart={onDragStart}
        onDragOver={({ over }) => onDragOver(over === null ? null : String(over.id))}
        onDragEnd={onDragEnd}
        onDragCancel={onDragCancel}
        autoScroll={{ canScroll: (element) => element === scroller.current, threshold: { x: 0.12, y: 0 } }}
        accessibility={{
          // We speak through our own live region, in whole sentences with names.
          announcements: SILENT,
          screenReaderInstructions: { draggable: t.board.drag.instructions },
        }}
      >
        <div
          className={classes.board}
          ref={scroller}
          data-region="board"
          role="group"
          aria-label={t.board.label}
          aria-busy={loading}
        >
          {groups.map((group) => (
            <Group key={group.lifecycle} group={group} now={now} loading={loading} />
          ))}
        </div>
        <DragOverlay dropAnimation={null} className={classes.overlay ?? ''}>
          {dragging ? <InHand state={state} now={now} /> : null}
        </DragOverlay>
      </DndContext>
      <Bulk state={state} />
      <Suspense fallback={null}>
        {menu && (
          <CardMenu
            key={menu.card.id}
            card={menu.card}
            at={menu.at}
            onOpen={tools.open}
            onToggle={(card) => state.toggle(card)}
            onClose={() => setMenu(null)}
          />
        )}
      </Suspense>
    </BoardProvider>
  );
}

/** What can be done with the selected cards; out of the way while they are dragged. */
function Bulk({ state }: { state: BoardState }) {
  const selection = useBoardState(state, (s) => s.selection);
  const dragging = useBoardState(state, (s) => s.drag !== null);
  return dragging ? null : <BulkBar selection={selection} onClear={() => state.clearSelection()} />;
}

const SILENT = {
  onDragStart: () => undefined,
  onDragOver: () => undefined,
  onDragEnd: () => undefined,
  onDragCancel: () => undefined,
};

const Group = memo(function Group({ group, now, loading }: { group: BoardGroup; now: number; loading: boolean }) {
  const label = t.lifecycles[group.lifecycle];
  return (
    <section
      className={classes.group}
      data-lifecycle={group.lifecycle}
      aria-label={t.board.group(label, formats.number(group.count))}
    >
      <h2 className={classes.groupTitle}>
        <span className={classes.groupLabel}>
          {label}
          {!loading && <span className={classes.groupCount}>{formats.number(group.count)}</span>}
        </span>
      </h2>
      <div className={classes.columns} data-sums={group.columns.some((column) => column.sums.length > 0)}>
        {group.columns.map((column) => (
          <ColumnView key={column.stage.key} column={column} now={now} />
        ))}
        <Exits exits={group.exits} />
      </div>
    </section>
  );
});

/** The cards under the pointer. */
function InHand({ state, now }: { state: BoardState; now: number }) {
  const lookup = useLookup();
  const cards = useBoardState(state, (s) => s.drag?.cards);
  const card = cards?.[0];
  const stage = card && lookup.stage(card.stage);
  if (card === undefined || stage === undefined || cards === undefined) return null;
  return (
    <div className={cardClasses.stack} data-lifecycle={card.lifecycle}>
      {cards.length > 1 && <span className={cardClasses.badge}>{formats.number(cards.length)}</span>}
      <div className={`${cardClasses.card} ${cardClasses.lifted}`}>
        <CardFace card={card} stage={stage} owner={lookup.agent(card.owner)} now={now} />
      </div>
    </div>
  );
}
