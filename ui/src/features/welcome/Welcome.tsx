/** The first screens: connect to HaloPSA in three steps, or try the sample data. */
import { TextInput } from '@mantine/core';
import { IconCheck, IconFlask, IconPlugConnected } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import type { AppState, ConnectReport, UiError } from '@/api/bindings';
import { asUiError, host } from '@/api/host';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Logo } from '@/components/Logo';
import { InBrowser } from '@/components/signin/InBrowser';
import { useSignIn } from '@/components/signin/useSignIn';
import { startAt } from '@/lib/startAt';
import { t } from '@/strings';
import { type Account, AccountStep, portOf } from './Account';
import { looksLikeAddress } from './address';
import { Buttons } from './Buttons';
import { Check } from './Check';
import { ChoosePassphrase } from './ChoosePassphrase';
import { draft, forgetDraft, type Step } from './draft';
import { Others } from './Others';
import classes from './Welcome.module.css';

interface WelcomeProps {
  app: AppState;
  onApp: (state: AppState) => void;
  /** While this is held, the window stays here although the board is ready: the report is still being read. */
  onHold: (held: boolean) => void;
}

export default function Welcome({ app, onApp, onHold }: WelcomeProps) {
  const [step, setStep] = useState<Step>('start');
  const [address, setAddress] = useState(draft.address);
  const [account, setAccount] = useState<Account>(draft.account);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<UiError | null>(null);
  const [report, setReport] = useState<ConnectReport | null>(null);
  const { started, wait, cancel } = useSignIn({
    onDone: (done) => onConnected(done),
    onFailure: (error) => onRefused(error),
    onCancelled: () => {
      onHold(false);
      setBusy(false);
    },
  });
  const [tried, setTried] = useState(false);

  const go = (next: Step): void => {
    setTried(false);
    setFailure(null);
    if (next !== 'start') draft.step = next === 'check' || next === 'passphrase' ? 'account' : next;
    setStep(next);
  };

  const startDemo = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      onApp(await host.startDemo());
    } catch (error) {
      setFailure(asUiError(error));
      setBusy(false);
    }
  };

  const onConnected = (found: ConnectReport): void => {
    setReport(found);
    change({ ...account, secret: '' });
    setBusy(false);
    go('check');
  };
  const onRefused = (error: UiError): void => {
    onHold(false);
    setBusy(false);
    if (error.code?.kind === 'needs_passphrase') {
      go('passphrase');
      return;
    }
    setFailure(error);
    // What was typed there is what is wrong.
    if (error.code?.kind === 'wrong_address' || error.code?.kind === 'not_halo') setStep('address');
  };

  const connect = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    onHold(true);
    const there = { address: address.trim(), client_id: account.clientId.trim() };
    try {
      if (account.way === 'service')
        onConnected(await host.connect({ ...there, client_secret: account.secret.trim() }));
      else void wait(await host.beginSignIn({ ...there, port: portOf(account) }));
    } catch (error) {
      onRefused(asUiError(error));
    }
  };

  /** The secret never leaves this screen, not even into the draft. */
  const change = (next: Account): void => {
    setAccount(next);
    draft.account = { ...next, secret: '' };
  };

  const onAddress = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (looksLikeAddress(address)) go('account');
  };
  const onAccount = (): void => {
    if (!app.keychain && !app.passphrase) go('passphrase');
    else void connect();
  };

  if (step === 'start') {
    return (
      <main className={classes.screen} data-testid="welcome">
        <div className={classes.hero}>
          <Logo size={56} />
          <h1 className={classes.title}>{t.welcome.title}</h1>
          <p className={classes.lead}>{t.welcome.text}</p>
          <div className={classes.ways}>
            <button
              type="button"
              className={classes.way}
              data-primary="true"
              disabled={busy}
              onClick={() => go(draft.step === 'start' ? 'address' : draft.step)}
            >
              <IconPlugConnected size={22} stroke={1.6} aria-hidden="true" />
              <strong>{t.welcome.connect}</strong>
              <span>{draft.step === 'start' ? t.welcome.connectText : t.welcome.resume}</span>
            </button>
            <button type="button" className={classes.way} disabled={busy} onClick={() => void startDemo()}>
              <IconFlask size={22} stroke={1.6} aria-hidden="true" />
              <strong>{t.welcome.demo}</strong>
              <span role={busy ? 'status' : undefined}>{busy ? t.welcome.demoStarting : t.welcome.demoText}</span>
            </button>
          </div>
          <Others onApp={onApp} onFailure={setFailure} />
          {failure && <ErrorNotice error={failure} />}
        </div>
      </main>
    );
  }

  return (
    <main className={classes.screen} data-testid="welcome">
      <div className={classes.wizard}>
        <Steps current={step} />
        {step === 'address' && (
          <form className={classes.step} onSubmit={onAddress} noValidate>
            <h1 className={classes.stepTitle}>{t.welcome.address.title}</h1>
            <TextInput
              size="md"
              label={t.welcome.address.label}
              description={t.welcome.address.help}
              placeholder={t.welcome.address.placeholder}
              value={address}
              onChange={(event) => {
                setAddress(event.currentTarget.value);
                draft.address = event.currentTarget.value;
              }}
              error={
                tried && !looksLikeAddress(address)
                  ? address.trim() === ''
                    ? t.welcome.address.missing
                    : t.welcome.address.bad
                  : undefined
              }
              autoFocus
              autoComplete="url"
              spellCheck={false}
            />
            {failure && <ErrorNotice error={failure} />}
            <Buttons onBack={() => go('start')} label={t.welcome.next} />
          </form>
        )}
        {step === 'account' &&
          (started === null ? (
            <AccountStep
              account={account}
              keychain={app.keychain}
              busy={busy}
              failure={failure}
              onChange={change}
              onBack={() => go('address')}
              onConnect={onAccount}
            />
          ) : (
            <div className={classes.step}>
              <h1 className={classes.stepTitle}>{t.welcome.account.browserTitle}</h1>
              <InBrowser started={started} onCancel={cancel} />
            </div>
          ))}
        {step === 'passphrase' && (
          <ChoosePassphrase
            onBack={() => go('account')}
            onChosen={(state) => {
              onApp(state);
              go('account');
              void connect();
            }}
          />
        )}
        {step === 'check' && report && (
          <Check
            report={report}
            onDone={() => {
              forgetDraft();
              onHold(false);
            }}
            onMap={() => {
              startAt(app.profile, '/settings');
              forgetDraft();
              onHold(false);
            }}
          />
        )}
      </div>
    </main>
  );
}

const STEPS = ['address', 'account', 'check'] as const;

function Steps({ current }: { current: Step }) {
  const at = current === 'passphrase' ? 1 : STEPS.indexOf(current as (typeof STEPS)[number]);
  return (
    <ol className={classes.steps} aria-label={t.welcome.stepOf(at + 1, STEPS.length)}>
      {STEPS.map((step, index) => (
        <li
          key={step}
          data-state={index < at ? 'done' : index === at ? 'current' : 'ahead'}
          aria-current={index === at ? 'step' : undefined}
        >
          <span className={classes.stepNumber}>
            {index < at ? <IconCheck size={13} stroke={2.6} aria-hidden="true" /> : index + 1}
          </span>
          {t.welcome.steps[step]}
        </li>
      ))}
    </ol>
  );
}
