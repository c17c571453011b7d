/** A file on its way to the host, as a screen sees it. Leaving the screen stops it, and what has arrived is cleared away. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { UiError } from '@/api/bindings';
import { asUiError, host } from '@/api/host';
import { importKeys } from '@/api/imports';
import { t } from '@/strings';
import { FileChanged, type SendSlice, sendFile } from './upload';

const texts = t.imports.file;

export interface Upload {
  /** The file that is under way. */
  file: File | null;
  /** Bytes that have arrived. */
  done: number;
  failure: UiError | null;
  start: (file: File) => void;
  stop: () => void;
}

const problem = (happened: string, todo: string, detail: string | null = null): UiError => ({
  code: null,
  attempted: texts.unreadable,
  happened,
  todo,
  detail,
});

export function useUpload(onArrived: (id: number) => void): Upload {
  const client = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [done, setDone] = useState(0);
  const [failure, setFailure] = useState<UiError | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const send = async (chosen: File): Promise<void> => {
    running.current?.abort();
    if (chosen.size === 0) {
      setFailure(problem(`${texts.empty}: ${chosen.name}`, texts.changedTodo));
      return;
    }
    const abort = new AbortController();
    running.current = abort;
    setFile(chosen);
    setDone(0);
    setFailure(null);
    let begun: number | null = null;
    const slice: SendSlice = async (part) => {
      begun = await host.uploadSlice(part);
      return begun;
    };
    try {
      const id = await sendFile(chosen, slice, { signal: abort.signal, onProgress: setDone });
      // The list knows it before the wizard opens it.
      await client.invalidateQueries({ queryKey: importKeys.list });
      if (!abort.signal.aborted) onArrived(id);
    } catch (error) {
      // Half a file is no file. Where it cannot be cleared away now, it is at the next start.
      if (begun !== null) await host.importCancel(begun).catch(() => undefined);
      if (abort.signal.aborted) return;
      setFailure(
        error instanceof FileChanged
          ? problem(texts.changed, texts.changedTodo, String(error.cause))
          : asUiError(error),
      );
    }
    if (running.current === abort) setFile(null);
  };

  return {
    file,
    done,
    failure,
    start: (chosen) => void send(chosen),
    stop: () => {
      running.current?.abort();
      setFile(null);
    },
  };
}
