/** The first screens: connect to HaloPSA in three steps, or try the sample data. */
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { IconArrowRight, IconCheck, IconFlask, IconPlugConnected } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import type { AppState, ConnectReport, UiError } from '@/api/bindings';
import { asUiError, host } from '@/api/host';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Logo } from '@/components/Logo';
import { t } from '@/strings';
import { looksLikeAddress } from './address';
import { Check } from './Check';
import { ChoosePassphrase } from './ChoosePassphrase';
import classes from './Welcome.module.css';

interface WelcomeProps {
  app: AppState;
  onApp: (state: AppState) => void;
  /** While this is held, the window stays here although the board is ready: the report is still being read. */
  onHold: (held: boolean) => void;
}

type Step = 'start' | 'address' | 'account' | 'passphrase' | 'check';

/** What was typed stays while the window is open, so that a step can be left and resumed. The secret never touches a disk. */
const draft = { step: 'start' as Step, address: '', clientId: '' };

export default function Welcome({ app, onApp, onHold }: WelcomeProps) {
  const [step, setStep] = useState<Step>('start');
  const [address, setAddress] = useState(draft.address);
  const [clientId, setClientId] = useState(draft.clientId);
  const [secret, setSecret] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<UiError | null>(null);
  const [report, setReport] = useState<ConnectReport | null>(null);
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

  const connect = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    onHold(true);
    try {
      setReport(
        await host.connect({ address: address.trim(), client_id: clientId.trim(), client_secret: secret.trim() }),
      );
      setSecret('');
      go('check');
    } catch (error) {
      onHold(false);
      const ui = asUiError(error);
      if (ui.code?.kind === 'needs_passphrase') go('passphrase');
      else {
        setFailure(ui);
        // What was typed there is what is wrong.
        if (ui.code?.kind === 'wrong_address' || ui.code?.kind === 'not_halo') setStep('address');
      }
    }
    setBusy(false);
  };

  const onAddress = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (looksLikeAddress(address)) go('account');
  };
  const onAccount = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (clientId.trim() === '' || secret.trim() === '') return;
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
        {step === 'account' && (
          <form className={classes.step} onSubmit={onAccount} noValidate>
            <h1 className={classes.stepTitle}>{t.welcome.account.title}</h1>
            <div className={classes.how}>
              <p>{t.welcome.account.intro}</p>
              <ol>
                {t.welcome.account.how.map((line) => (
                  <li key={line}>{line}</li>
                ))}
              </ol>
            </div>
            <TextInput
              size="md"
              label={t.welcome.account.id}
              value={clientId}
              onChange={(event) => {
                setClientId(event.currentTarget.value);
                draft.clientId = event.currentTarget.value;
              }}
              error={tried && clientId.trim() === '' ? t.welcome.account.missingId : undefined}
              autoFocus
              autoComplete="off"
              spellCheck={false}
            />
            <PasswordInput
              size="md"
              label={t.welcome.account.secret}
              description={app.keychain ? t.welcome.account.secretHelp : t.welcome.account.secretHelpNoKeychain}
              value={secret}
              onChange={(event) => setSecret(event.currentTarget.value)}
              error={tried && secret.trim() === '' ? t.welcome.account.missingSecret : undefined}
              autoComplete="off"
            />
            {failure && <ErrorNotice error={failure} />}
            {busy && (
              <p role="status" className={classes.busy}>
                {t.welcome.account.connecting}
              </p>
            )}
            <Buttons onBack={() => go('address')} label={t.welcome.account.connect} busy={busy} />
          </form>
        )}
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
              draft.step = 'start';
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

function Buttons({ onBack, label, busy = false }: { onBack: () => void; label: string; busy?: boolean }) {
  return (
    <div className={classes.buttons}>
      <Button variant="subtle" color="gray" onClick={onBack} disabled={busy}>
        {t.welcome.back}
      </Button>
      <Button type="submit" loading={busy} rightSection={<IconArrowRight size={15} />}>
        {label}
      </Button>
    </div>
  );
}
