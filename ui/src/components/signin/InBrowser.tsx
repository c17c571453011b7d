import { Button } from '@mantine/core';
import { IconCopy, IconWorld } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import type { SignInStarted } from '@/api/bindings';
import { announce } from '@/components/announce';
import { toast } from '@/components/toast';
import { copyText } from '@/lib/clipboard';
import { t } from '@/strings';
import classes from './SignIn.module.css';

/** While the browser is open: what to do there, and what to do if it is not. */
export function InBrowser({ started, onCancel }: { started: SignInStarted; onCancel: () => void }) {
  const text = useRef<HTMLParagraphElement>(null);
  useEffect(() => text.current?.focus(), []);
  const copy = (): void => {
    copyText(started.url).then(() => announce(t.signin.copied), toast.failure);
  };
  return (
    <div className={classes.browser} data-testid="in-browser">
      <IconWorld size={28} stroke={1.5} aria-hidden="true" />
      <p ref={text} tabIndex={-1} role="status">
        {started.opened ? t.signin.opened : t.signin.notOpened}
      </p>
      <p className={classes.dim}>{t.signin.minutes(started.minutes)}</p>
      <div className={classes.buttons}>
        <Button variant="default" leftSection={<IconCopy size={15} />} onClick={copy}>
          {t.signin.copy}
        </Button>
        <Button variant="subtle" color="gray" onClick={onCancel}>
          {t.cancel}
        </Button>
      </div>
    </div>
  );
}
