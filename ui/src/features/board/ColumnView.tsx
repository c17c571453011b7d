import { useDroppable } from '@dnd-kit/core';
import { IconChevronsLeft } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useId, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';
import { formats } from '@/lib/formats';
import { t } from '@/strings';
import { CARD_REM, density } from '@/theme/density';
import { CardView } from './CardView';
import classes from './Column.module.css';
import { useBoard } from './context';
import { DropSign, useDropTone } from './DropSign';
import { type BoardColumn, focusAfterLeaving } from './layout';
import { useBoardState } from './state';
import { useColumnCards } from './useColumnCards';

/** Cards drawn beyond the edge, so that a quick scroll shows no gap. */
const OVERSCAN = 5;

function remPx(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
}

export const ColumnView = memo(function ColumnView({ column, now }: { column: BoardColumn; now: number }) {
  const { stage, count } = column;
  const titleId = useId();
  const tone = useDropTone(stage.key);
  const { setNodeRef } = useDroppable({ id: stage.key });
  const board = useBoard();
  return (
    <section
      ref={setNodeRef}
      className={classes.column}
      data-testid={`column-${stage.key}`}
      data-lifecycle={stage.lifecycle}
      data-drop={tone}
      aria-labelledby={titleId}
    >
      <ColumnHead
        column={column}
        titleId={titleId}
        onFold={stage.exit ? () => board.setUnfolded(stage.key, false) : undefined}
      />
      <div className={classes.body}>
        {count === 0 ? (
          <p className={classes.empty}>{board.filtered ? t.board.emptyFiltered : t.board.empty}</p>
        ) : (
          <Cards column={column} now={now} titleId={titleId} />
        )}
        <DropSign stage={stage.key} />
      </div>
    </section>
  );
});

function ColumnHead({
  column,
  titleId,
  onFold,
}: {
  column: BoardColumn;
  titleId: string;
  onFold: (() => void) | undefined;
}) {
  const { stage, count, sums, weighted } = column;
  const over = stage.wip_limit !== null && count > stage.wip_limit;
  const shown = formats.number(count);
  const limit = stage.wip_limit === null ? '' : formats.number(stage.wip_limit);
  return (
    <header className={classes.head}>
      <div className={classes.titleLine}>
        <h3 id={titleId} className={classes.title} title={stage.label}>
          {stage.label}
        </h3>
        <span className={classes.count} data-over={over} title={over ? t.board.overLimit(limit) : undefined}>
          <span className="visually-hidden">
            {stage.wip_limit === null ? t.tickets(count) : t.board.wip(shown, limit)}
          </span>
          <span aria-hidden="true">{stage.wip_limit === null ? shown : `${shown}/${limit}`}</span>
        </span>
        {onFold && (
          <button type="button" className={classes.fold} aria-label={t.board.fold(stage.label)} onClick={onFold}>
            <IconChevronsLeft size={14} aria-hidden="true" />
          </button>
        )}
      </div>
      <p className={classes.sums} data-empty={sums.length === 0}>
        {sums.length > 0 && <span title={sums.map(formats.money).join(' + ')}>{formats.moneySums(sums)}</span>}
        {weighted.length > 0 && !stage.exit && (
          <span
            className={classes.weighted}
            title={`${t.board.weightedHint}: ${weighted.map(formats.money).join(' + ')}`}
          >
            {t.board.weighted(formats.moneySums(weighted))}
          </span>
        )}
      </p>
    </header>
  );
}

interface CardsProps {
  column: BoardColumn;
  now: number;
  titleId: string;
}

/** Not drawn again when a drag only changes what the column says to it. */
const Cards = memo(function Cards({ column, now, titleId }: CardsProps) {
  const { stage, count, cards: first } = column;
  const board = useBoard();
  const { state } = board;
  const scroller = useRef<HTMLDivElement>(null);
  const packed = useSyncExternalStore(density.subscribe, density.get);
  const [rem] = useState(remPx);
  const height = CARD_REM[packed].height * rem;
  const gap = CARD_REM[packed].gap * rem;

  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    gap,
    overscan: OVERSCAN,
    // Room below the last card, so that a toast or the bar of the selection never covers it.
    paddingEnd: 4 * rem,
    scrollPaddingStart: gap,
    scrollPaddingEnd: 4 * rem,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another density makes every measured size wrong.
  useLayoutEffect(() => virtual.measure(), [packed]);

  const items = virtual.getVirtualItems();
  const visible = { start: items[0]?.index ?? 0, end: items.at(-1)?.index ?? 0 };
  const cardAt = useColumnCards(board.filter, stage.key, first, count, visible);

  useEffect(() => {
    const topIndex = (): number => Math.min(count - 1, Math.ceil((virtual.scrollOffset ?? 0) / (height + gap)));
    const handle = {
      firstVisible: topIndex,
      pageSize: () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? height) / (height + gap))),
      show: (index: number) => virtual.scrollToIndex(index, { align: 'auto' }),
      cardAt,
      ids: () => Array.from({ length: count }, (_, index) => cardAt(index)?.id),
    };
    board.columns.set(stage.key, handle);
    return () => {
      if (board.columns.get(stage.key) === handle) board.columns.delete(stage.key);
    };
  }, [board.columns, stage.key, cardAt, count, virtual, height, gap]);

  // The focus follows its card; when the card has left, the one that took its place has the focus.
  const focusIndex = useBoardState(state, (s) => (s.focus?.stage === stage.key ? s.focus.index : -1));
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked at whenever the cards or the focus change.
  useLayoutEffect(() => {
    const { focus } = state;
    if (focus?.stage !== stage.key) return;
    const there = cardAt(focus.index);
    if (there !== undefined && there.id === focus.id) return;
    const moved = focus.id === null ? -1 : items.findIndex((item) => cardAt(item.index)?.id === focus.id);
    const found = items[moved];
    if (found !== undefined) {
      state.setFocus({ ...focus, index: found.index });
      return;
    }
    const lost = document.activeElement === null || document.activeElement === document.body;
    if (there !== undefined) state.setFocus({ ...focus, id: there.id }, lost || focus.id === null);
    else if (focus.index >= count) {
      const spot = focusAfterLeaving([{ stage: stage.key, count, firstVisible: 0 }], focus);
      if (spot !== null) state.setFocus({ ...spot, id: cardAt(spot.index)?.id ?? null }, lost);
    }
  }, [cardAt, count, focusIndex, stage.key, state]);

  const seen = new Set<number>();
  return (
    <div className={classes.scroller} ref={scroller} data-scroller={stage.key}>
      {/* A feed is a list of articles that loads more as one goes on. */}
      <div role="feed" aria-labelledby={titleId} className={classes.cards} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const card = cardAt(item.index);
          // Two pages read at different moments can hold the same card for a blink.
          const key = card === undefined || seen.has(card.id) ? `at-${item.index}` : card.id;
          if (card !== undefined) seen.add(card.id);
          return (
            <div key={key} className={classes.slot} style={{ transform: `translateY(${item.start}px)` }}>
              {card === undefined ? (
                <Ghost index={item.index} count={count} />
              ) : (
                <CardView card={card} stage={stage} index={item.index} count={count} now={now} />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
});

/** The place of a card whose page is on its way: a few milliseconds. */
function Ghost({ index, count }: { index: number; count: number }) {
  return <article className={classes.ghost} aria-label={t.loading} aria-posinset={index + 1} aria-setsize={count} />;
}
