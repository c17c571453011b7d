/** The list: the same tickets as on the board, or the rows behind a figure, one to a line and in any order. */
import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useLayoutEffect, useMemo, useState } from 'react';
import { useActionRegistry } from '@/actions/useActions';
import type { Card, ListQuery } from '@/api/bindings';
import { asUiError, host } from '@/api/host';
import { listPageQuery, listSumsQuery, PAGE_SIZE } from '@/api/queries';
import { useLookup } from '@/api/reference';
import { announce } from '@/components/announce';
import { EmptyNotice } from '@/components/EmptyNotice';
import { ErrorNotice } from '@/components/ErrorNotice';
import { BulkBar } from '@/components/tickets/BulkBar';
import { toast } from '@/components/toast';
import { formats } from '@/lib/formats';
import { recall, remember } from '@/lib/remembered';
import { filterCount, type ListSearch, toFilter } from '@/lib/urlState';
import { t } from '@/strings';
import { ColumnChooser } from './ColumnChooser';
import { allColumns, chosenColumns, USUAL } from './columns';
import { ExportMenu } from './ExportMenu';
import { Grid, type GridHandle } from './Grid';
import classes from './List.module.css';
import { ListState, useListState } from './state';
import { useLines } from './useLines';
import { useListKeys } from './useListKeys';

const CardMenu = lazy(() => import('@/components/tickets/CardMenu'));

/** Where the chosen columns are remembered: keys of columns, nothing personal. */
const COLUMNS = 'list.columns';

export interface ListPageProps {
  search: ListSearch;
  /** Merges into the address. */
  onSearch: (change: Partial<Record<keyof ListSearch, unknown>>) => void;
  onOpen: (ticket: number, edit?: string) => void;
  /** The ticket in the panel. */
  opened: number | undefined;
  /** Back to the figures whose rows these are. */
  onInsights?: () => void;
  /** Called once, when there is something to look at. */
  onPainted: () => void;
}

export default function ListPage({ search, onSearch, onOpen, opened, onInsights, onPainted }: ListPageProps) {
  const lookup = useLookup();
  const client = useQueryClient();
  const registry = useActionRegistry();
  const [state] = useState(() => new ListState());
  const [keys, setKeys] = useState<readonly string[]>(() => recall(COLUMNS)?.split(' ') ?? USUAL);
  const [menu, setMenu] = useState<{ card: Card; at: DOMRect } | null>(null);
  const [visible, setVisible] = useState({ start: 0, end: PAGE_SIZE - 1 });
  const all = useMemo(() => allColumns(lookup.reference.fields), [lookup.reference.fields]);
  const columns = useMemo(() => chosenColumns(all, keys), [all, keys]);

  // The address makes a new object with every change in it; only another filter or order is another list.
  const { me } = lookup.preferences;
  const sorted = search.sort === undefined ? undefined : all.get(search.sort);
  const asked: ListQuery = {
    // The rows of a figure are these rows, whatever filter the board has.
    filter: search.rows ? toFilter({}, me) : { ...toFilter(search, me), stages: search.stages ?? [] },
    rows: search.rows ?? null,
    order: { by: sorted?.order ?? 'stage', descending: search.down ?? false },
  };
  const spelt = JSON.stringify(asked);
  // biome-ignore lint/correctness/useExhaustiveDependencies: two queries that are spelt the same are the same.
  const query = useMemo(() => asked, [spelt]);
  const fields = useMemo(() => columns.flatMap((column) => column.field ?? []), [columns]);
  const { total, lineAt, loaded, error, retry } = useLines(query, fields, visible);
  const { data: sums } = useQuery(listSumsQuery(query));

  const settled = total !== undefined || error !== undefined;
  useLayoutEffect(() => {
    if (settled) onPainted();
  }, [settled, onPainted]);
  useLayoutEffect(() => state.refresh(loaded.map((line) => line.card)), [loaded, state]);

  const selectAll = useCallback(async (): Promise<void> => {
    try {
      const cards = await host.listCards(query);
      state.select(cards);
      const count = total ?? cards.length;
      if (cards.length < count) {
        toast.note(t.list.selectedSome(formats.number(cards.length), formats.number(count)));
      }
      announce(t.board.bulk.announced(cards.length));
    } catch (failure) {
      toast.failure(failure);
    }
  }, [query, state, total]);

  const selectTo = useCallback(
    async (index: number): Promise<void> => {
      const from = state.anchor ?? state.focus?.index ?? index;
      const [first, last] = from < index ? [from, index] : [index, from];
      try {
        const cards: Card[] = [];
        for (let page = Math.floor(first / PAGE_SIZE); page <= Math.floor(last / PAGE_SIZE); page += 1) {
          const { lines } = await client.fetchQuery(listPageQuery(query, fields, page));
          const start = page * PAGE_SIZE;
          cards.push(...lines.slice(Math.max(0, first - start), last - start + 1).map((line) => line.card));
        }
        state.extend(cards);
        announce(t.board.bulk.announced(state.selection.size));
      } catch (failure) {
        toast.failure(failure);
      }
    },
    [client, query, fields, state],
  );

  const chooseColumns = (next: readonly string[]): void => {
    setKeys(next);
    remember(COLUMNS, next.join(' '));
  };
  const sort = (id: string): void => {
    const isSame = (search.sort ?? 'stage') === id;
    const down = isSame && search.down !== true;
    onSearch({ sort: id === 'stage' ? undefined : id, down: down ? true : undefined });
    announce(t.list.sortedBy(all.get(id)?.label ?? id, down));
  };

  const [grid, setGrid] = useState<GridHandle | null>(null);
  useListKeys({ state, total: total ?? 0, lineAt, grid, onOpen, onSelectTo: selectTo, onSelectAll: selectAll });

  const filtered = search.rows !== undefined || filterCount(search) > 0 || search.stages !== undefined;
  const toggle = (card: Card, index: number): void => {
    state.toggle(card, index);
    announce(t.board.bulk.announced(state.selection.size));
  };
  if (error !== undefined && total === undefined) {
    return (
      <div className={classes.notice}>
        <ErrorNotice error={asUiError(error)} onRetry={retry} />
      </div>
    );
  }
  return (
    <div className={classes.page}>
      {search.rows !== undefined && (
        <div className={classes.drill} role="note">
          <strong>{t.list.rows.title}</strong>
          {onInsights && (
            <Button size="compact-xs" variant="subtle" onClick={onInsights}>
              {t.list.rows.back}
            </Button>
          )}
          <Button size="compact-xs" variant="subtle" onClick={() => onSearch({ rows: undefined })}>
            {t.list.rows.leave}
          </Button>
        </div>
      )}
      <div className={classes.head}>
        <p className={classes.sums} aria-live="polite" data-testid="list-sums">
          <strong>{total === undefined ? t.loading : t.list.summary(total)}</strong>
          {sums !== undefined && sums.values.length > 0 && (
            <span title={sums.values.map(formats.money).join(' + ')}>
              {t.list.value(formats.moneySums(sums.values))}
            </span>
          )}
          {sums !== undefined && sums.weighted.length > 0 && (
            <span title={sums.weighted.map(formats.money).join(' + ')}>
              {t.list.weighted(formats.moneySums(sums.weighted))}
            </span>
          )}
        </p>
        <ColumnChooser all={all} chosen={columns} onChoose={chooseColumns} />
        <ExportMenu query={query} columns={columns.map((column) => column.id)} />
      </div>
      {total === 0 ? (
        <EmptyNotice title={filtered ? t.list.noMatch : t.list.empty} {...(filtered ? {} : { text: t.list.emptyText })}>
          {filtered && (
            <Button
              size="xs"
              variant="default"
              onClick={() => {
                onSearch({ rows: undefined });
                registry.run('filter.clear');
              }}
            >
              {t.actions.clearFilter}
            </Button>
          )}
        </EmptyNotice>
      ) : (
        <Grid
          columns={columns}
          total={total ?? 0}
          lineAt={lineAt}
          state={state}
          order={{ id: search.sort ?? 'stage', down: search.down ?? false }}
          opened={opened}
          onSort={sort}
          onVisible={setVisible}
          onReady={setGrid}
          onOpen={(card) => onOpen(card.id)}
          onToggle={toggle}
          onSelectTo={(index) => void selectTo(index)}
          onSelectAll={() => void selectAll()}
          onMenu={(card, at) => setMenu({ card, at })}
        />
      )}
      <Bulk state={state} />
      <Suspense fallback={null}>
        {menu && (
          <CardMenu
            key={menu.card.id}
            card={menu.card}
            at={menu.at}
            onOpen={(card) => onOpen(card.id)}
            onToggle={(card) => toggle(card, state.focus?.index ?? 0)}
            onClose={() => setMenu(null)}
          />
        )}
      </Suspense>
    </div>
  );
}

function Bulk({ state }: { state: ListState }) {
  const selection = useListState(state, (s) => s.selection);
  return <BulkBar selection={selection} onClear={() => state.clear()} />;
}
