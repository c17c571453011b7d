/** The mapping in use and a draft of it: every change is checked by the host, nothing is kept before `save`. */
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { MappingEdit, MappingView, UiError } from '@/api/bindings';
import { asUiError, host } from '@/api/host';
import { checkedMappingQuery, keys, mappingQuery } from '@/api/queries';
import { announce } from '@/components/announce';
import { toast } from '@/components/toast';
import { t } from '@/strings';

export interface MappingDraft {
  /** As it is kept; `undefined` until it has been read. */
  kept: MappingView | undefined;
  /** As it is shown: the draft, checked. */
  view: MappingView | undefined;
  /** The draft itself, which may be a moment ahead of the view. */
  edit: MappingEdit | undefined;
  isDraft: boolean;
  error: UiError | null;
  /** Why the last attempt did not succeed. */
  failure: UiError | null;
  busy: boolean;
  retry: () => void;
  change: (edit: MappingEdit) => void;
  discard: () => void;
  save: () => Promise<void>;
  /** Runs something that answers with the mapping as it is kept afterwards. */
  run: (work: () => Promise<MappingView>, said: string) => Promise<void>;
  /** Shows a mapping that was read from a document as a draft. */
  take: (view: MappingView) => void;
  remarks: string[];
}

export function useMapping(): MappingDraft {
  const client = useQueryClient();
  const { data: kept, error, isError, refetch } = useQuery(mappingQuery());
  const [draft, setDraft] = useState<MappingEdit | null>(null);
  const [remarks, setRemarks] = useState<string[]>([]);
  const [failure, setFailure] = useState<UiError | null>(null);
  const [busy, setBusy] = useState(false);
  const { data: checked } = useQuery({ ...checkedMappingQuery(draft), placeholderData: keepPreviousData });

  const discard = (): void => {
    setDraft(null);
    setRemarks([]);
    setFailure(null);
  };
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      await work();
    } catch (error) {
      setFailure(asUiError(error));
    }
    setBusy(false);
  };
  const run = (work: () => Promise<MappingView>, said: string): Promise<void> =>
    attempt(async () => {
      client.setQueryData(keys.mapping, await work());
      announce(said);
    });
  const put = async (edit: MappingEdit): Promise<MappingView> => {
    const saved = await host.saveMapping(edit);
    client.setQueryData(keys.mapping, saved);
    return saved;
  };
  const save = (): Promise<void> =>
    attempt(async () => {
      if (kept === undefined || draft === null) return;
      const before = kept.edit;
      const saved = await put(draft);
      discard();
      announce(t.settings.saved);
      toast.saved(t.settings.saved, () => {
        put({ ...before, version: saved.edit.version }).then(() => toast.note(t.settings.undone), toast.failure);
      });
    });

  return {
    kept,
    view: draft === null ? kept : (checked ?? kept),
    edit: draft ?? kept?.edit,
    isDraft: draft !== null,
    error: isError && kept === undefined ? asUiError(error) : null,
    failure,
    busy,
    retry: () => void refetch(),
    change: setDraft,
    discard,
    save,
    run,
    take: (view) => {
      setDraft(view.edit);
      setRemarks(view.remarks);
    },
    remarks,
  };
}
