/** A manager says, with a reason that stays on the record, that people may be contacted again. */
import { Button, Modal, Textarea } from '@mantine/core';
import { type KeyboardEvent, useRef, useState } from 'react';
import type { UiError } from '@/api/bindings';
import { asUiError, host } from '@/api/host';
import { t } from '@/strings';
import { ErrorNotice } from '../ErrorNotice';
import { operations } from '../operations';
import classes from './Dnc.module.css';
import { Reach } from './Reach';

interface LiftDialogProps {
  tickets: readonly number[];
  /** "Acme Ltd – Jane Doe", or "3 tickets". */
  what: string;
  onClose: () => void;
}

export default function LiftDialog({ tickets, what, onClose }: LiftDialogProps) {
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<UiError | null>(null);
  const input = useRef<HTMLTextAreaElement>(null);
  const missing = reason.trim() === '';

  const submit = async (): Promise<void> => {
    setTried(true);
    if (missing) {
      input.current?.focus();
      return;
    }
    if (busy) return;
    setBusy(true);
    setFailure(null);
    try {
      operations.tell(await host.liftDoNotContact([...tickets], reason.trim()));
      onClose();
    } catch (error) {
      setFailure(asUiError(error));
    } finally {
      setBusy(false);
    }
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void submit();
  };

  return (
    <Modal
      opened
      onClose={onClose}
      title={t.dnc.dialog.title(what)}
      data-testid="lift-dialog"
      closeButtonProps={{ 'aria-label': t.cancel }}
    >
      <form
        noValidate
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
        onKeyDown={onKeyDown}
      >
        <p className={classes.quiet}>{t.dnc.dialog.text}</p>
        <Reach tickets={tickets} doing="lifts" />
        <Textarea
          ref={input}
          label={t.dnc.dialog.reason}
          placeholder={t.dnc.dialog.placeholder}
          required
          rows={3}
          data-autofocus
          value={reason}
          error={tried && missing ? t.dnc.dialog.missing : undefined}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {failure && <ErrorNotice error={failure} />}
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose} disabled={busy}>
            {t.cancel}
          </Button>
          <Button type="submit" loading={busy}>
            {t.dnc.dialog.submit}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
