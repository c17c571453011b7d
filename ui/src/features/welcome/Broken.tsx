import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useState } from 'react';
import type { AppState, Problem, UiError } from '@/api/bindings';
import { asUiError, host } from '@/api/host';
import { ErrorNotice, ErrorText } from '@/components/ErrorNotice';
import { t } from '@/strings';
import classes from './Welcome.module.css';

/** Problems of the file itself; the others pass when the cause does. */
const SET_ASIDE: readonly Problem[] = ['corrupt', 'newer', 'key_missing'];

/** The data cannot be opened: what happened, what to do, and that nothing is lost. */
export default function Broken({
  problem,
  error,
  onApp,
}: {
  problem: Problem;
  error: UiError;
  onApp: (state: AppState) => void;
}) {
  const texts = t.welcome.broken;
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<UiError | null>(null);
  const run = async (work: () => Promise<AppState>): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      onApp(await work());
    } catch (cause) {
      setFailure(asUiError(cause));
    }
    setBusy(false);
  };
  return (
    <main className={classes.screen} data-testid={`broken-${problem}`}>
      <div className={classes.small}>
        <IconAlertTriangle size={32} stroke={1.5} className={classes.bad} aria-hidden="true" />
        <h1 className={classes.stepTitle}>{texts[problem]}</h1>
        <ErrorText error={{ ...error, attempted: '' }} />
        <p className={classes.dim}>{texts.nothingLost}</p>
        {failure && <ErrorNotice error={failure} />}
        <div className={classes.stack}>
          <Button loading={busy} onClick={() => void run(() => host.unlock(''))}>
            {t.tryAgain}
          </Button>
          {SET_ASIDE.includes(problem) && (
            <>
              <Button variant="default" disabled={busy} onClick={() => void run(host.setAsideDatabase)}>
                {texts.setAside}
              </Button>
              <p className={classes.dim}>{texts.setAsideText}</p>
            </>
          )}
        </div>
      </div>
    </main>
  );
}
