/** One thing at a time that a person asked for, with what went wrong the last time. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { UiError } from '@/api/bindings';
import { asUiError } from '@/api/host';
import { importKeys } from '@/api/imports';

export interface Attempt {
  busy: boolean;
  failure: UiError | null;
  /** Whether it was done. Afterwards everything shown of imports is read again. */
  run: (work: () => Promise<unknown>) => Promise<boolean>;
}

export function useAttempt(): Attempt {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<UiError | null>(null);
  const run = async (work: () => Promise<unknown>): Promise<boolean> => {
    setBusy(true);
    setFailure(null);
    try {
      await work();
      await client.invalidateQueries({ queryKey: importKeys.all });
      return true;
    } catch (error) {
      setFailure(asUiError(error));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, failure, run };
}
