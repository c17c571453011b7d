import { type UseQueryResult, useQueries } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import type { Card, Filter } from '@/api/bindings';
import { columnQuery, PAGE_SIZE } from '@/api/queries';

/** The pages that the cards from `start` to `end` lie on, less what the board itself brought along. */
export function pagesFor(start: number, end: number, loaded: number, count: number): number[] {
  const from = Math.max(start, loaded);
  const to = Math.min(end, count - 1);
  if (from > to) return [];
  const first = Math.floor(from / PAGE_SIZE);
  const last = Math.floor(to / PAGE_SIZE);
  return Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
}

const dataOf = (results: UseQueryResult<Card[]>[]): (Card[] | undefined)[] => results.map((result) => result.data);

/** A column's cards by number: the board's first ones, and the pages around what is on the screen. */
export function useColumnCards(
  filter: Required<Filter>,
  stage: string,
  first: readonly Card[],
  count: number,
  visible: { start: number; end: number },
): (index: number) => Card | undefined {
  const pages = useMemo(
    () => pagesFor(visible.start, visible.end, first.length, count),
    [visible.start, visible.end, first.length, count],
  );
  const loaded = useQueries({
    queries: pages.map((page) => columnQuery(filter, stage, page)),
    combine: dataOf,
  });
  return useCallback(
    (index: number) => {
      if (index < first.length) return first[index];
      const page = Math.floor(index / PAGE_SIZE);
      return loaded[pages.indexOf(page)]?.[index - page * PAGE_SIZE];
    },
    [first, loaded, pages],
  );
}
