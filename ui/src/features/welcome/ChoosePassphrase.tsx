import { Button, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import type { AppState, UiError } from '@/api/bindings';
import { asUiError, host } from '@/api/host';
import { ErrorNotice } from '@/components/ErrorNotice';
import { t } from '@/strings';
import classes from './Welcome.module.css';

const SHORTEST = 10;

/** Where there is no keychain: the passphrase that encrypts the data. */
export function ChoosePassphrase({ onBack, onChosen }: { onBack: () => void; onChosen: (state: AppState) => void }) {
  const [first, setFirst] = useState('');
  const [second, setSecond] = useState('');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<UiError | null>(null);
  const short = first.length < SHORTEST;
  const differ = first !== second;
  const choose = async (): Promise<void> => {
    setTried(true);
    if (short || differ || busy) return;
    setBusy(true);
    setFailure(null);
    try {
      onChosen(await host.unlock(first));
    } catch (error) {
      setFailure(asUiError(error));
      setBusy(false);
    }
  };
  return (
    <form
      className={classes.step}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void choose();
      }}
    >
      <h1 className={classes.stepTitle}>{t.welcome.passphrase.title}</h1>
      <p>{t.welcome.passphrase.text}</p>
      <p className={classes.dim}>{t.welcome.passphrase.warning}</p>
      <PasswordInput
        size="md"
        label={t.welcome.passphrase.label}
        value={first}
        onChange={(event) => setFirst(event.currentTarget.value)}
        error={tried && short ? t.welcome.passphrase.short : undefined}
        autoFocus
        autoComplete="new-password"
      />
      <PasswordInput
        size="md"
        label={t.welcome.passphrase.again}
        value={second}
        onChange={(event) => setSecond(event.currentTarget.value)}
        error={tried && !short && differ ? t.welcome.passphrase.differ : undefined}
        autoComplete="new-password"
      />
      {failure && <ErrorNotice error={failure} />}
      <div className={classes.buttons}>
        <Button variant="subtle" color="gray" onClick={onBack} disabled={busy}>
          {t.welcome.back}
        </Button>
        <Button type="submit" loading={busy}>
          {t.welcome.passphrase.set}
        </Button>
      </div>
    </form>
  );
}
