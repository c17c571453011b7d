import { Button } from '@mantine/core';
import { useEffect } from 'react';
import { asUiError, HostError, host } from '@/api/host';
import { t } from '@/strings';
import { ErrorNotice } from './ErrorNotice';

/** A part of the window that stopped: says so, and offers to load again. The window is shown even if it stopped at the start. */
export function Crashed({ error }: { error: unknown }) {
  useEffect(() => {
    host.showWindow().catch(() => undefined);
  }, []);
  const ui =
    error instanceof HostError
      ? error.ui
      : { ...asUiError(error), attempted: t.errors.crashed, happened: t.errors.crashedText, todo: '' };
  return (
    <div style={{ padding: '2rem', maxWidth: '40rem' }}>
      <ErrorNotice error={ui}>
        <Button size="xs" variant="default" onClick={() => window.location.reload()}>
          {t.errors.reload}
        </Button>
      </ErrorNotice>
    </div>
  );
}
