/** Signed out: the way back in, with the browser or with a new secret. The data and what waits stay. */
import { Button, Modal, PasswordInput } from '@mantine/core';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { ConnectReport, UiError } from '@/api/bindings';
import { asUiError, host } from '@/api/host';
import { announce } from '@/components/announce';
import { ErrorNotice } from '@/components/ErrorNotice';
import { t } from '@/strings';
import { InBrowser } from './InBrowser';
import classes from './SignIn.module.css';
import { useSignIn } from './useSignIn';

interface Account {
  address: string;
  clientId: string;
}

export default function SignInAgain({ onClose }: { onClose: () => void }) {
  const [account, setAccount] = useState<Account | null>(null);
  const [report, setReport] = useState<ConnectReport | null>(null);
  const [failure, setFailure] = useState<UiError | null>(null);
  const begun = useRef(false);

  const onDone = (done: ConnectReport): void => {
    announce(t.signin.done(done.signed_in_as));
    // Nobody has to confirm what is as it was.
    if (done.changed_agent === null) onClose();
    else setReport(done);
  };
  const { started, wait, cancel } = useSignIn({ onDone, onFailure: setFailure, onCancelled: onClose });

  const begin = (): void => {
    setFailure(null);
    host.signInAgain().then(
      (again) => {
        if (again.with === 'browser') void wait(again.started);
        else setAccount({ address: again.address, clientId: again.client_id });
      },
      (error) => setFailure(asUiError(error)),
    );
  };
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    begin();
  });

  return (
    <Modal
      opened
      onClose={onClose}
      title={t.signin.again}
      size={460}
      closeButtonProps={{ 'aria-label': t.close }}
      data-testid="sign-in-again"
    >
      {report !== null && report.changed_agent !== null ? (
        <div className={classes.form}>
          <p>{t.signin.done(report.signed_in_as)}.</p>
          <p>{t.signin.changed(report.changed_agent, report.signed_in_as)}</p>
          <div className={classes.buttons}>
            <Button onClick={onClose}>{t.close}</Button>
          </div>
        </div>
      ) : account !== null ? (
        <NewSecret account={account} onDone={onDone} />
      ) : started !== null ? (
        <InBrowser started={started} onCancel={cancel} />
      ) : failure !== null ? (
        <ErrorNotice error={failure} onRetry={begin} />
      ) : (
        <p role="status">{t.signin.asking}</p>
      )}
      {report === null && <p className={classes.dim}>{t.signin.kept}</p>}
    </Modal>
  );
}

function NewSecret({ account, onDone }: { account: Account; onDone: (report: ConnectReport) => void }) {
  const [secret, setSecret] = useState('');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<UiError | null>(null);
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (secret.trim() === '' || busy) return;
    setBusy(true);
    setFailure(null);
    host
      .connect({ address: account.address, client_id: account.clientId, client_secret: secret.trim() })
      .then(onDone, (error) => {
        setFailure(asUiError(error));
        setBusy(false);
      });
  };
  return (
    <form className={classes.form} onSubmit={onSubmit} noValidate>
      <p>{t.signin.secretText(account.clientId)}</p>
      <PasswordInput
        label={t.signin.secret}
        value={secret}
        onChange={(event) => setSecret(event.currentTarget.value)}
        error={tried && secret.trim() === '' ? t.signin.missingSecret : undefined}
        autoComplete="off"
        data-autofocus
      />
      {failure && <ErrorNotice error={failure} />}
      <div className={classes.buttons}>
        <Button type="submit" loading={busy}>
          {t.signin.connect}
        </Button>
      </div>
    </form>
  );
}
