// biome-ignore-all lint/a11y/useFocusableInteractive: the focus is on whole lines, so that a cell does not take it for itself.
/** The lines on the screen: a grid whose lines have the focus, with a head that sorts. Only what is in sight is drawn. */
import { IconArrowDown, IconArrowUp, IconDots } from '@tabler/icons-react';
import {
  type ColumnDef,
  flexRender,
  getCoreRowModel,
  type Header,
  type Row,
  useReactTable,
} from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type CSSProperties,
  type MouseEvent,
  memo,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import type { Card, Line } from '@/api/bindings';
import { useLookup } from '@/api/reference';
import { cardName } from '@/components/tickets/cardText';
import { useNow } from '@/lib/useNow';
import { t } from '@/strings';
import { density } from '@/theme/density';
import type { ListColumn } from './columns';
import classes from './List.module.css';
import { type ListState, useListState } from './state';

/** The height of a line in rem; List.module.css has the same. */
const LINE_REM = { comfortable: 2.375, compact: 1.875 };
/** Lines drawn beyond the edge, so that a quick scroll shows no gap. */
const OVERSCAN = 12;
/** The columns before and after those that are chosen: the tick, the menu. */
const TICK_REM = 2.5;
const MENU_REM = 2.5;
const MINUTE_MS = 60_000;

/** What the keyboard asks of the grid. */
export interface GridHandle {
  /** Lines that fit on the screen. */
  pageSize: () => number;
  /** The first line in sight. */
  top: () => number;
  show: (index: number) => void;
}

interface GridProps {
  columns: readonly ListColumn[];
  total: number;
  lineAt: (index: number) => Line | undefined;
  state: ListState;
  order: { id: string; down: boolean };
  opened: number | undefined;
  onSort: (column: string) => void;
  onVisible: (visible: { start: number; end: number }) => void;
  onReady: (grid: GridHandle) => void;
  onOpen: (card: Card) => void;
  onToggle: (card: Card, index: number) => void;
  onSelectTo: (index: number) => void;
  onSelectAll: () => void;
  onMenu: (card: Card, at: DOMRect) => void;
}

export function Grid(props: GridProps) {
  const { columns, total, lineAt, state, order, opened, onVisible, onReady } = props;
  const lookup = useLookup();
  const now = useNow(MINUTE_MS);
  const scroller = useRef<HTMLDivElement>(null);
  const packed = useSyncExternalStore(density.subscribe, density.get);
  const [rem] = useState(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16);
  const height = LINE_REM[packed] * rem;

  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: OVERSCAN,
    // The head stands over the first lines; the bar of the selection over the last.
    paddingEnd: 4 * rem,
    scrollPaddingStart: height,
    scrollPaddingEnd: 4 * rem,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another density makes every measured size wrong.
  useLayoutEffect(() => virtual.measure(), [packed]);
  const items = virtual.getVirtualItems();
  const start = items[0]?.index ?? 0;
  const end = items.at(-1)?.index ?? 0;
  useEffect(() => onVisible({ start, end }), [start, end, onVisible]);
  useEffect(() => {
    onReady({
      pageSize: () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / height) - 1),
      top: () => Math.ceil((scroller.current?.scrollTop ?? 0) / height),
      show: (index) => virtual.scrollToIndex(index, { align: 'auto' }),
    });
  }, [onReady, virtual, height]);

  // The focus follows its ticket; when that has left, the line that took its place has the focus.
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked at whenever the lines change.
  useLayoutEffect(() => {
    const { focus } = state;
    if (focus === null || lineAt(focus.index)?.card.id === focus.id) return;
    const moved = focus.id === null ? undefined : items.find((item) => lineAt(item.index)?.card.id === focus.id);
    const index = moved?.index ?? Math.min(focus.index, total - 1);
    const there = index < 0 ? undefined : lineAt(index);
    if (there !== undefined) {
      const lost = document.activeElement === null || document.activeElement === document.body;
      state.setFocus({ index, id: there.card.id }, lost || focus.id === null);
    }
  }, [lineAt, total, state]);

  const definitions = useMemo(
    () =>
      columns.map(
        (column): ColumnDef<Line> => ({
          id: column.id,
          header: column.label,
          cell: ({ row }) => column.cell(row.original, { lookup, now }),
          meta: column,
        }),
      ),
    [columns, lookup, now],
  );
  const data = useMemo(
    () => items.map((item) => lineAt(item.index)).filter((line) => line !== undefined),
    [items, lineAt],
  );
  const table = useReactTable({
    data,
    columns: definitions,
    getRowId: (line) => String(line.card.id),
    getCoreRowModel: getCoreRowModel(),
    manualSorting: true,
    state: { sorting: [{ id: order.id, desc: order.down }] },
  });
  const { rowsById } = table.getCoreRowModel();
  const width = TICK_REM + MENU_REM + columns.reduce((sum, column) => sum + column.rem, 0);
  const style = {
    '--columns': `${TICK_REM}rem ${columns.map((column, at) => (at === 0 ? `minmax(${column.rem}rem, 1.5fr)` : `minmax(${column.rem}rem, 1fr)`)).join(' ')} ${MENU_REM}rem`,
    minInlineSize: `${width}rem`,
  } as CSSProperties;
  const seen = new Set<number>();
  return (
    <div className={classes.scroller} ref={scroller} data-region="board" data-scroller="list">
      <div
        role="grid"
        aria-label={t.list.label}
        aria-rowcount={total + 1}
        aria-colcount={columns.length + 2}
        aria-multiselectable="true"
        className={classes.grid}
        style={style}
      >
        <div role="rowgroup" className={classes.headGroup}>
          <div role="row" aria-rowindex={1} className={classes.headLine}>
            <HeadTick state={state} total={total} onSelectAll={props.onSelectAll} />
            {table.getFlatHeaders().map((header) => (
              <HeadCell key={header.id} header={header} onSort={props.onSort} />
            ))}
            <div role="columnheader" className={classes.headCell}>
              <span className="visually-hidden">{t.list.columnMenu}</span>
            </div>
          </div>
        </div>
        <div role="rowgroup" style={{ position: 'relative', blockSize: virtual.getTotalSize() }}>
          {items.map((item) => {
            const line = lineAt(item.index);
            const row = line === undefined ? undefined : rowsById[String(line.card.id)];
            // Two pages read at different moments can hold the same ticket for a blink.
            const key = line === undefined || seen.has(line.card.id) ? `at-${item.index}` : line.card.id;
            if (line !== undefined) seen.add(line.card.id);
            return row === undefined ? (
              <div
                key={key}
                role="row"
                aria-rowindex={item.index + 2}
                aria-busy="true"
                className={classes.ghost}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <div role="gridcell" className="visually-hidden">
                  {t.loading}
                </div>
              </div>
            ) : (
              <LineRow
                key={key}
                row={row}
                index={item.index}
                start={item.start}
                state={state}
                isOpened={opened === row.original.card.id}
                onOpen={props.onOpen}
                onToggle={props.onToggle}
                onSelectTo={props.onSelectTo}
                onMenu={props.onMenu}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

function HeadTick({ state, total, onSelectAll }: { state: ListState; total: number; onSelectAll: () => void }) {
  const selected = useListState(state, (s) => s.selection.size);
  const all = selected > 0 && selected >= total;
  return (
    <div role="columnheader" className={classes.tickCell}>
      <button
        type="button"
        role="checkbox"
        aria-checked={all ? 'true' : selected > 0 ? 'mixed' : 'false'}
        aria-label={t.list.selectAll}
        title={t.list.selectAll}
        className={classes.tick}
        onClick={() => (selected > 0 ? state.clear() : onSelectAll())}
      />
    </div>
  );
}

function HeadCell({ header, onSort }: { header: Header<Line, unknown>; onSort: (column: string) => void }) {
  const { column } = header;
  const meta = column.columnDef.meta as ListColumn;
  const sorted = column.getIsSorted();
  const label = flexRender(column.columnDef.header, header.getContext());
  return (
    <div
      role="columnheader"
      className={classes.headCell}
      data-end={meta.end ?? false}
      aria-sort={sorted === false ? undefined : sorted === 'desc' ? 'descending' : 'ascending'}
    >
      {meta.order !== undefined ? (
        <button
          type="button"
          className={classes.sort}
          title={t.list.sort(meta.label)}
          onClick={() => onSort(column.id)}
        >
          <span className={classes.cut}>{label}</span>
          {sorted === 'asc' && <IconArrowUp size={13} aria-hidden="true" />}
          {sorted === 'desc' && <IconArrowDown size={13} aria-hidden="true" />}
        </button>
      ) : (
        <span className={classes.cut}>{label}</span>
      )}
    </div>
  );
}

interface LineRowProps {
  row: Row<Line>;
  index: number;
  start: number;
  state: ListState;
  isOpened: boolean;
  onOpen: (card: Card) => void;
  onToggle: (card: Card, index: number) => void;
  onSelectTo: (index: number) => void;
  onMenu: (card: Card, at: DOMRect) => void;
}

const LineRow = memo(function LineRow(props: LineRowProps) {
  const { row, index, start, state, isOpened, onOpen, onToggle, onSelectTo, onMenu } = props;
  const { card } = row.original;
  const element = useRef<HTMLDivElement>(null);
  const isSelected = useListState(state, (s) => s.selection.has(card.id));
  const isFocused = useListState(state, (s) => s.focus?.index === index);
  const isEntry = useListState(state, (s) => s.focus === null && index === 0);
  const call = useListState(state, (s) => (s.focus?.index === index ? s.focusCall : 0));
  const answered = useRef(isFocused ? 0 : state.focusCall);
  useLayoutEffect(() => {
    if (call > answered.current) element.current?.focus({ preventScroll: true });
    answered.current = state.focusCall;
  }, [call, state]);

  const onClick = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey) onToggle(card, index);
    else if (event.shiftKey) onSelectTo(index);
    else onOpen(card);
  };
  const name = cardName(card);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter, X and the rest are actions of the registry, on the whole list.
    <div
      ref={element}
      role="row"
      data-testid={`card-${card.id}`}
      className={classes.line}
      style={{ transform: `translateY(${start}px)` }}
      tabIndex={isFocused || isEntry ? 0 : -1}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      data-opened={isOpened}
      data-closed={card.sync === 'gone'}
      onFocus={(event) => {
        if (event.target === event.currentTarget && !isFocused) state.setFocus({ index, id: card.id });
      }}
      onClick={onClick}
      onContextMenu={(event) => {
        event.preventDefault();
        onMenu(card, new DOMRect(event.clientX, event.clientY, 0, 0));
      }}
    >
      <div role="gridcell" className={classes.tickCell}>
        <button
          type="button"
          role="checkbox"
          aria-checked={isSelected}
          aria-label={t.list.select(name)}
          className={classes.tick}
          tabIndex={-1}
          onClick={(event) => {
            event.stopPropagation();
            if (event.shiftKey) onSelectTo(index);
            else onToggle(card, index);
          }}
        />
      </div>
      {row.getVisibleCells().map((cell, at) => (
        <div
          key={cell.id}
          role={at === 0 ? 'rowheader' : 'gridcell'}
          className={classes.cell}
          data-end={(cell.column.columnDef.meta as ListColumn).end ?? false}
        >
          {flexRender(cell.column.columnDef.cell, cell.getContext())}
        </div>
      ))}
      <div role="gridcell" className={classes.menuCell}>
        <button
          type="button"
          aria-label={t.list.menu(name)}
          aria-haspopup="menu"
          className={classes.more}
          tabIndex={-1}
          onClick={(event) => {
            event.stopPropagation();
            onMenu(card, event.currentTarget.getBoundingClientRect());
          }}
        >
          <IconDots size={15} aria-hidden="true" />
        </button>
      </div>
    </div>
  );
});
