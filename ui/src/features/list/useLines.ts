import { type UseQueryResult, useQueries } from '@tanstack/react-query';
import { useCallback, useMemo, useRef } from 'react';
import type { Line, ListPage, ListQuery } from '@/api/bindings';
import { listPageQuery, PAGE_SIZE } from '@/api/queries';

/** The pages that the lines from `start` to `end` lie on; the first one always, because it knows how many lines there are. */
export function pagesFor(start: number, end: number): number[] {
  const first = Math.floor(Math.max(0, start) / PAGE_SIZE);
  const last = Math.max(first, Math.floor(end / PAGE_SIZE));
  const pages = Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
  return first === 0 ? pages : [0, ...pages];
}

interface Lines {
  /** How many the whole list has; `undefined` until that is known. */
  total: number | undefined;
  lineAt: (index: number) => Line | undefined;
  /** The lines of the loaded pages. */
  loaded: Line[];
  error: unknown;
  retry: () => void;
}

const combine = (results: UseQueryResult<ListPage>[]) => ({
  pages: results.map((result) => result.data),
  error: results.find((result) => result.isError && result.data === undefined)?.error,
  retry: () => {
    for (const result of results) void result.refetch();
  },
});

/** The lines around what is on the screen. While another order or filter is being read, what was there stays. */
export function useLines(query: ListQuery, fields: readonly string[], visible: { start: number; end: number }): Lines {
  const pages = useMemo(() => pagesFor(visible.start, visible.end), [visible.start, visible.end]);
  const read = useQueries({ queries: pages.map((page) => listPageQuery(query, fields, page)), combine });
  const last = useRef<number | undefined>(undefined);
  const total = read.pages.find((page) => page !== undefined)?.total ?? last.current;
  last.current = total;
  const lineAt = useCallback(
    (index: number) => {
      const page = Math.floor(index / PAGE_SIZE);
      return read.pages[pages.indexOf(page)]?.lines[index - page * PAGE_SIZE];
    },
    [read.pages, pages],
  );
  const loaded = useMemo(() => read.pages.flatMap((page) => page?.lines ?? []), [read.pages]);
  return { total, lineAt, loaded, error: read.error, retry: read.retry };
}
