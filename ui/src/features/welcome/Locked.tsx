import { Button, PasswordInput } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useState } from 'react';
import type { AppState, LockReason, UiError } from '@/api/bindings';
import { asUiError, host } from '@/api/host';
import { ErrorNotice } from '@/components/ErrorNotice';
import { t } from '@/strings';
import classes from './Welcome.module.css';

/** The data is here, and needs its passphrase or its keychain. */
export default function Locked({ reason, onApp }: { reason: LockReason; onApp: (state: AppState) => void }) {
  const texts = t.welcome.locked;
  const [passphrase, setPassphrase] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<UiError | null>(null);
  const byPassphrase = reason === 'passphrase';
  const wrong = failure?.code?.kind === 'wrong_passphrase';
  const run = async (work: () => Promise<AppState>): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setFailure(null);
    try {
      onApp(await work());
    } catch (error) {
      setFailure(asUiError(error));
    }
    setBusy(false);
  };
  return (
    <main className={classes.screen} data-testid="locked">
      <form
        className={classes.small}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!byPassphrase) void run(() => host.unlock(''));
          else if (passphrase !== '') void run(() => host.unlock(passphrase));
        }}
      >
        <IconLock size={32} stroke={1.5} aria-hidden="true" />
        <h1 className={classes.stepTitle}>{byPassphrase ? texts.title : texts.keychainTitle}</h1>
        <p>{byPassphrase ? texts.text : texts.keychainText}</p>
        {byPassphrase && (
          <PasswordInput
            size="md"
            label={texts.label}
            value={passphrase}
            onChange={(event) => setPassphrase(event.currentTarget.value)}
            error={wrong ? failure?.happened : undefined}
            autoFocus
            autoComplete="current-password"
          />
        )}
        {failure && !wrong && <ErrorNotice error={failure} />}
        <Button type="submit" loading={busy}>
          {byPassphrase ? texts.open : t.tryAgain}
        </Button>
        {byPassphrase && (
          <details className={classes.lost}>
            <summary>{texts.forgotten}</summary>
            <p className={classes.dim}>{texts.forgottenText}</p>
            <Button variant="default" disabled={busy} onClick={() => void run(host.setAsideDatabase)}>
              {t.welcome.broken.setAside}
            </Button>
          </details>
        )}
      </form>
    </main>
  );
}
