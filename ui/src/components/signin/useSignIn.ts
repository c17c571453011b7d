import { useEffect, useRef, useState } from 'react';
import type { ConnectReport, SignInStarted, UiError } from '@/api/bindings';
import { asUiError, host } from '@/api/host';

interface Ends {
  onDone: (report: ConnectReport) => void;
  onFailure: (error: UiError) => void;
  /** A person gave it up: there is nothing to show. */
  onCancelled: () => void;
}

interface WaitingSignIn {
  /** What the browser was opened with, while it is awaited. */
  started: SignInStarted | null;
  /** Waits for the browser of a sign-in that has begun. */
  wait: (started: SignInStarted) => Promise<void>;
  cancel: () => void;
}

/** Waits for a sign-in with the browser; gives it up when its screen goes away. */
export function useSignIn({ onDone, onFailure, onCancelled }: Ends): WaitingSignIn {
  const [started, setStarted] = useState<SignInStarted | null>(null);
  const waiting = useRef(false);

  const cancel = (): void => {
    // It may have ended in the same moment; then there is nothing to give up.
    if (waiting.current) host.cancelSignIn().catch(() => undefined);
  };
  useEffect(
    () => () => {
      if (waiting.current) host.cancelSignIn().catch(() => undefined);
    },
    [],
  );

  const wait = async (begun: SignInStarted): Promise<void> => {
    setStarted(begun);
    waiting.current = true;
    try {
      const report = await host.finishSignIn();
      waiting.current = false;
      onDone(report);
    } catch (error) {
      waiting.current = false;
      const ui = asUiError(error);
      if (ui.code?.kind === 'sign_in_cancelled') onCancelled();
      else onFailure(ui);
    }
    setStarted(null);
  };
  return { started, wait, cancel };
}
