import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { UiError } from '@/api/bindings';
import { t } from '@/strings';
import classes from './ErrorNotice.module.css';

/** What was attempted, what happened, what to do; the technical cause folded away. */
export function ErrorText({ error }: { error: UiError }) {
  return (
    <div className={classes.text}>
      <p className={classes.attempted}>{error.attempted}</p>
      <p>{error.happened}</p>
      {error.todo !== '' && <p className={classes.todo}>{error.todo}</p>}
      {error.detail !== null && error.detail !== '' && (
        <details className={classes.details}>
          <summary>{t.details}</summary>
          <pre>{error.detail}</pre>
        </details>
      )}
    </div>
  );
}

/** An error inside a screen or a form. */
export function ErrorNotice({
  error,
  onRetry,
  children,
}: {
  error: UiError;
  onRetry?: () => void;
  children?: ReactNode;
}) {
  return (
    <div className={classes.notice} role="alert">
      <ErrorText error={error} />
      {(onRetry || children) && (
        <div className={classes.actions}>
          {onRetry && (
            <Button variant="default" size="xs" onClick={onRetry}>
              {t.tryAgain}
            </Button>
          )}
          {children}
        </div>
      )}
    </div>
  );
}
