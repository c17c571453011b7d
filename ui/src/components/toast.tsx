/** The short messages at the foot of the window: what was done, with its undo; what went wrong, with what to do. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { Done, UiError, UndoDone } from '@/api/bindings';
import { asUiError, HostError } from '@/api/host';
import { t } from '@/strings';
import { announce } from './announce';
import { ErrorText } from './ErrorNotice';
import classes from './toast.module.css';

const DONE_MS = 8000;
const NOTE_MS = 4000;
const ERROR_MS = 20_000;

/** Our own live region speaks, so the toast itself stays silent. */
const SILENT = {
  role: 'presentation',
  withBorder: false,
  closeButtonProps: { 'aria-label': t.toast.dismiss },
} as const;

function line(
  id: string,
  text: string,
  autoClose: number,
  action?: { label: string; testid: string; run: () => void },
): void {
  notifications.hide(id);
  notifications.show({
    ...SILENT,
    id,
    autoClose,
    className: classes.toast ?? '',
    message: (
      <div className={classes.row}>
        <span className={classes.text}>{text}</span>
        {action && (
          <Button
            variant="subtle"
            size="compact-sm"
            className={classes.action ?? ''}
            data-testid={action.testid}
            onClick={() => {
              notifications.hide(id);
              action.run();
            }}
          >
            {action.label}
          </Button>
        )}
      </div>
    ),
  });
}

export const toast = {
  /** Something was written and can be undone. Silent: whoever calls knows the best words. */
  done(done: Done, undo: () => void): void {
    line('done', done.label, DONE_MS, { label: t.toast.undo, testid: 'toast-undo', run: undo });
  },

  /** Settings were saved, which is taken back by saving the former ones. Silent: whoever calls says it. */
  saved(text: string, undo: () => void): void {
    line('done', text, DONE_MS, { label: t.toast.undo, testid: 'toast-undo', run: undo });
  },

  undone(done: UndoDone, redo: () => void): void {
    const text = done.compensates ? `${done.label}. ${t.toast.compensates}` : done.label;
    line('done', text, DONE_MS, { label: t.toast.redo, testid: 'toast-redo', run: redo });
    announce(text);
  },

  note(text: string): void {
    line('note', text, NOTE_MS);
    announce(text);
  },

  /** A problem that a person should read: stays longer, and interrupts. */
  problem(ui: UiError): void {
    notifications.show({
      id: `${ui.attempted} ${ui.happened}`,
      autoClose: ERROR_MS,
      withBorder: false,
      className: `${classes.toast} ${classes.problem}`,
      closeButtonProps: { 'aria-label': t.toast.dismiss },
      message: <ErrorText error={ui} />,
    });
  },

  /** Shows any thrown error. */
  failure(error: unknown): void {
    toast.problem(asUiError(error));
    if (!(error instanceof HostError)) console.error(error);
  },

  clear(): void {
    notifications.clean();
  },
};
