/** A file whose columns are being settled. Each choice stands at once and is kept by the host, which answers with a new preview. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { DraftOptions, ImportDraft, Mapping, UiError } from '@/api/bindings';
import { asUiError, host } from '@/api/host';
import { draftQuery, importKeys, takeSummary } from '@/api/imports';
import { assigned } from './mapping';

export interface DraftInHand {
  draft: ImportDraft | undefined;
  /** Why the file could not be read at all. */
  error: UiError | null;
  /** Why the last choice was not kept. */
  failure: UiError | null;
  /** The host has not answered yet. */
  busy: boolean;
  canUndo: boolean;
  retry: () => void;
  setTarget: (column: number, target: string | null) => void;
  setMapping: (change: (mapping: Mapping) => Mapping) => void;
  /** Whose file it is: its columns are looked at anew. */
  setProvider: (provider: string) => void;
  setOptions: (options: DraftOptions) => void;
  /** Takes back the last choice. */
  undo: () => void;
  /** Resolves once everything chosen so far is kept. */
  settled: () => Promise<void>;
}

export function useDraft(id: number): DraftInHand {
  const client = useQueryClient();
  const { data: draft, error, isError, refetch } = useQuery(draftQuery(id));
  const [failure, setFailure] = useState<UiError | null>(null);
  const [waiting, setWaiting] = useState(0);
  const [before, setBefore] = useState<Mapping[]>([]);
  const latest = useRef(0);
  // One after the other, so that the last choice is the one that is kept.
  const queue = useRef<Promise<void>>(Promise.resolve());

  const put = (next: ImportDraft): void => {
    client.setQueryData(importKeys.draft(id), next);
  };
  const ask = (work: () => Promise<ImportDraft>): void => {
    latest.current += 1;
    const turn = latest.current;
    setWaiting((n) => n + 1);
    setFailure(null);
    queue.current = queue.current.then(async () => {
      try {
        const answer = await work();
        // Whoever chose again meanwhile sees that choice, not the one before it.
        if (turn === latest.current) put(answer);
        takeSummary(client, answer.summary);
      } catch (problem) {
        setFailure(asUiError(problem));
        // What is shown must be what is kept.
        if (turn === latest.current) await client.invalidateQueries({ queryKey: importKeys.draft(id) });
      }
      setWaiting((n) => n - 1);
    });
  };
  const keep = (mapping: Mapping): void => ask(() => host.importSetMapping(id, mapping));
  const now = (): ImportDraft | undefined => client.getQueryData<ImportDraft>(importKeys.draft(id));

  return {
    draft,
    error: isError && draft === undefined ? asUiError(error) : null,
    failure,
    busy: waiting > 0,
    canUndo: before.length > 0,
    retry: () => void refetch(),
    setTarget: (column, target) => {
      const current = now();
      if (current === undefined) return;
      const next = assigned(current, column, target);
      setBefore((list) => [...list, current.mapping]);
      put(next);
      keep(next.mapping);
    },
    setMapping: (change) => {
      const current = now();
      if (current === undefined) return;
      const mapping = change(current.mapping);
      setBefore((list) => [...list, current.mapping]);
      put({ ...current, mapping });
      keep(mapping);
    },
    setProvider: (provider) => {
      const current = now();
      if (current !== undefined) setBefore((list) => [...list, current.mapping]);
      ask(() => host.importSetProvider(id, provider));
    },
    setOptions: (options) => {
      // Other columns may come out of it: choices made for the former ones mean nothing.
      setBefore([]);
      ask(() => host.importDraft(id, options));
    },
    undo: () => {
      const mapping = before.at(-1);
      if (mapping === undefined) return;
      setBefore((list) => list.slice(0, -1));
      keep(mapping);
    },
    settled: () => queue.current,
  };
}
