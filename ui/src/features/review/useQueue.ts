/** The queue as a person goes through it: its pages, the item in view, and what has been decided but not read back yet. */
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Done, ReviewRow } from '@/api/bindings';
import { keys, type ReviewFilter, reviewCountsQuery, reviewDetailQuery, reviewPagesQuery } from '@/api/queries';
import { operations } from '@/components/operations';
import { formats } from '@/lib/formats';
import { following, step } from '@/lib/stepping';
import { countOf } from './review';

/** So close to the end of what is loaded, more is asked for. */
const NEAR_END = 40;
/** So many items after the one in view are read ahead, so that going on is instant. */
const AHEAD = 3;

export function useQueue(filter: ReviewFilter) {
  const client = useQueryClient();
  const pages = useInfiniteQuery(reviewPagesQuery(filter));
  const { data: counts } = useQuery(reviewCountsQuery());
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => {
    // What moves between two pages while they are read comes twice.
    const byKey = new Map((pages.data?.pages ?? []).flat().map((row) => [row.key, row]));
    return [...byKey.values()].filter((row) => !hidden.has(row.key));
  }, [pages.data, hidden]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  // The host counts reasons; what a finer filter leaves is known when all of it has been read.
  const counted = filter.source ?? filter.older_than_days ?? filter.assigned_to;
  const all = counted !== null ? 0 : filter.reason === null ? (counts?.total ?? 0) : countOf(counts, filter.reason);
  const total = hasNextPage ? Math.max(rows.length, all - hidden.size) : rows.length;
  const known = !hasNextPage || total > rows.length;

  const ids = useMemo(() => rows.map((row) => row.key), [rows]);
  const [chosen, setChosen] = useState<string | null>(null);
  const before = useRef(ids);
  const active = following(before.current, ids, chosen) ?? ids[0] ?? null;
  useEffect(() => {
    before.current = ids;
    setChosen(active);
  }, [ids, active]);

  const at = active === null ? -1 : ids.indexOf(active);
  const more = useCallback((): void => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  useEffect(() => {
    if (at >= ids.length - NEAR_END) more();
  }, [at, ids.length, more]);
  useEffect(() => {
    for (const key of ids.slice(at + 1, at + 1 + AHEAD)) void client.prefetchQuery(reviewDetailQuery(key));
  }, [client, ids, at]);

  // One decision after the other, in the order of the key presses, so that undo takes them back in the reverse order.
  const line = useRef<Promise<unknown>>(Promise.resolve());
  const waiting = useRef(0);
  const finished = useRef<string[]>([]);
  const decided = useRef<string[]>([]);

  const readBack = useCallback(async (): Promise<void> => {
    const batch = finished.current.splice(0);
    await client.invalidateQueries({ queryKey: keys.review });
    // Somebody else's reading may have taken the place of ours.
    while (client.isFetching({ queryKey: keys.review }) > 0) {
      await client.refetchQueries({ queryKey: keys.review, type: 'active' }, { cancelRefetch: false });
    }
    setHidden((now) => new Set([...now].filter((key) => !batch.includes(key))));
  }, [client]);

  /** Takes the items out of sight at once; they come back if it fails. */
  const decide = useCallback(
    (of: readonly string[], work: () => Promise<Done>): Promise<boolean> => {
      setHidden((now) => new Set([...now, ...of]));
      waiting.current += 1;
      const run = async (): Promise<boolean> => {
        const done = await operations.attempt(work);
        waiting.current -= 1;
        if (done === null) setHidden((now) => new Set([...now].filter((key) => !of.includes(key))));
        else decided.current.push(...of);
        finished.current.push(...of);
        if (waiting.current === 0) await readBack();
        return done !== null;
      };
      const result = line.current.then(run, run);
      line.current = result;
      return result;
    },
    [readBack],
  );

  /** After everything that is still on its way; the item that comes back is looked at again. */
  const undo = useCallback(async (): Promise<void> => {
    await line.current;
    await operations.undo();
    await client.invalidateQueries({ queryKey: keys.review });
    const pages = client.getQueryData(reviewPagesQuery(filter).queryKey)?.pages ?? [];
    const now = new Set(pages.flatMap((page) => page.map((row) => row.key)));
    const back = decided.current.findLastIndex((key) => now.has(key));
    const key = decided.current[back];
    if (key === undefined) return;
    decided.current.splice(back, 1);
    setChosen(key);
  }, [client, filter]);

  const row: ReviewRow | undefined = rows[at];
  return {
    pages,
    counts,
    rows,
    /** How many there are, and whether that is all. */
    total: formats.number(total) + (known ? '' : '+'),
    many: total,
    at,
    row,
    active,
    show: setChosen,
    go: (by: number) => setChosen(step(ids, active, by)),
    more,
    decide,
    undo,
  };
}

export type Queue = ReturnType<typeof useQueue>;
