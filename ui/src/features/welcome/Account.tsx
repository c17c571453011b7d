/** The second step: who signs in, a person with the browser or a service account, and what HaloPSA needs for it. */
import { Button, PasswordInput, SegmentedControl, TextInput } from '@mantine/core';
import { IconCopy } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import type { UiError } from '@/api/bindings';
import { announce } from '@/components/announce';
import { ErrorNotice } from '@/components/ErrorNotice';
import { toast } from '@/components/toast';
import { copyText } from '@/lib/clipboard';
import { t } from '@/strings';
import { Buttons } from './Buttons';
import classes from './Welcome.module.css';

type Way = 'person' | 'service';

export interface Account {
  way: Way;
  clientId: string;
  secret: string;
  /** As typed; empty for the usual port. */
  port: string;
}

export const EMPTY: Account = { way: 'person', clientId: '', secret: '', port: '' };

const USUAL_PORT = 8765;

/** The port that was typed; `null` for the usual one, also while it is no port. */
export function portOf({ port }: Account): number | null {
  return isPort(port) && port.trim() !== '' ? Number(port) : null;
}

/** Whether it is a port, or nothing. Programs of a person may not listen below 1024. */
export function isPort(typed: string): boolean {
  const text = typed.trim();
  return text === '' || (/^\d{1,5}$/.test(text) && Number(text) >= 1024 && Number(text) <= 65_535);
}

interface AccountStepProps {
  account: Account;
  keychain: boolean;
  busy: boolean;
  failure: UiError | null;
  onChange: (account: Account) => void;
  onBack: () => void;
  onConnect: () => void;
}

export function AccountStep({ account, keychain, busy, failure, onChange, onBack, onConnect }: AccountStepProps) {
  const texts = t.welcome.account;
  const { way, clientId, secret, port } = account;
  const [tried, setTried] = useState(false);
  const [elsewhere, setElsewhere] = useState(port !== '');
  const person = way === 'person';
  const redirect = `http://127.0.0.1:${portOf(account) ?? USUAL_PORT}/callback`;
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    const complete = clientId.trim() !== '' && (person ? isPort(port) : secret.trim() !== '');
    if (complete && !busy) onConnect();
  };
  const copy = (): void => {
    copyText(redirect).then(() => announce(texts.redirectCopied), toast.failure);
  };
  return (
    <form className={classes.step} onSubmit={onSubmit} noValidate>
      <h1 className={classes.stepTitle}>{texts.title}</h1>
      <SegmentedControl
        aria-label={texts.title}
        data={[
          { value: 'person', label: texts.person },
          { value: 'service', label: texts.service },
        ]}
        value={way}
        onChange={(next) => onChange({ ...account, way: next as Way })}
        disabled={busy}
      />
      <p className={classes.dim}>{person ? texts.personText : texts.serviceText}</p>
      <div className={classes.how}>
        <p>{texts.intro}</p>
        <ol>
          {(person ? texts.howPerson : texts.howService).map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ol>
        {person && (
          <p className={classes.redirect}>
            {texts.redirect} <code>{redirect}</code>
            <Button size="compact-xs" variant="default" leftSection={<IconCopy size={13} />} onClick={copy}>
              {texts.copyRedirect}
            </Button>
          </p>
        )}
      </div>
      <TextInput
        size="md"
        label={texts.id}
        value={clientId}
        onChange={(event) => onChange({ ...account, clientId: event.currentTarget.value })}
        error={tried && clientId.trim() === '' ? texts.missingId : undefined}
        autoFocus
        autoComplete="off"
        spellCheck={false}
      />
      {!person && (
        <PasswordInput
          size="md"
          label={texts.secret}
          description={keychain ? texts.secretHelp : texts.secretHelpNoKeychain}
          value={secret}
          onChange={(event) => onChange({ ...account, secret: event.currentTarget.value })}
          error={tried && secret.trim() === '' ? texts.missingSecret : undefined}
          autoComplete="off"
        />
      )}
      {person && (
        <details
          open={elsewhere || failure?.code?.kind === 'port_in_use'}
          onToggle={(event) => setElsewhere(event.currentTarget.open)}
          className={classes.lost}
        >
          <summary>{texts.otherPort}</summary>
          <TextInput
            label={texts.port}
            description={texts.portHelp}
            placeholder={String(USUAL_PORT)}
            value={port}
            onChange={(event) => onChange({ ...account, port: event.currentTarget.value })}
            error={isPort(port) ? undefined : texts.badPort}
            inputMode="numeric"
            autoComplete="off"
          />
        </details>
      )}
      {failure && <ErrorNotice error={failure} />}
      {busy && (
        <p role="status" className={classes.busy}>
          {texts.connecting}
        </p>
      )}
      <Buttons onBack={onBack} label={person ? texts.signIn : texts.connect} busy={busy} />
    </form>
  );
}
