/** One entry: what, of which ticket, since when, how often tried, why not, and what can be done about it. */
import { ActionIcon, Button, Tooltip } from '@mantine/core';
import {
  IconAlertTriangleFilled,
  IconArrowBackUp,
  IconCheck,
  IconClock,
  IconFilePlus,
  IconPencil,
  IconRefresh,
} from '@tabler/icons-react';
import { memo, type ReactNode, useState } from 'react';
import type { OutboxRow } from '@/api/bindings';
import { host } from '@/api/host';
import { announce } from '@/components/announce';
import { operations } from '@/components/operations';
import { toast } from '@/components/toast';
import { formats } from '@/lib/formats';
import { t } from '@/strings';
import classes from './Outbox.module.css';
import type { OutboxProps } from './OutboxList';
import { factsOf } from './outbox';

const ICONS: Record<OutboxRow['state'], ReactNode> = {
  parked: <IconAlertTriangleFilled size={15} aria-hidden="true" />,
  sent: <IconCheck size={15} aria-hidden="true" />,
  waiting: <IconClock size={15} aria-hidden="true" />,
  sending: <IconClock size={15} aria-hidden="true" />,
  uncertain: <IconClock size={15} aria-hidden="true" />,
};

interface OutboxEntryProps {
  entry: OutboxRow;
  now: number;
  onOpen: OutboxProps['onOpen'];
}

export const OutboxEntry = memo(function OutboxEntry({ entry, now, onOpen }: OutboxEntryProps) {
  const facts = factsOf(entry, now, formats);
  return (
    <article
      className={classes.entry}
      data-state={entry.state}
      data-testid={`outbox-${entry.id}`}
      aria-label={`${t.outbox.state[entry.state]}: ${entry.what}, ${entry.ticket_label || t.noName}`}
    >
      <span className={classes.icon} title={t.outbox.state[entry.state]}>
        {ICONS[entry.state]}
      </span>
      <div className={classes.main}>
        <p className={classes.what}>{entry.what}</p>
        <p>
          <button
            type="button"
            className={classes.ticket}
            aria-label={t.outbox.open(entry.ticket_label || t.noName)}
            onClick={() => onOpen(entry.ticket)}
          >
            {entry.ticket_label || t.noName}
          </button>
          <span className={classes.dim}> · {facts.join(' · ')}</span>
        </p>
        {entry.reason !== null && entry.state !== 'sent' && <p className={classes.reason}>{entry.reason}</p>}
        {entry.detail !== null && entry.state === 'parked' && (
          <details className={classes.detail}>
            <summary>{t.outbox.serverSaid}</summary>
            <pre>{entry.detail}</pre>
          </details>
        )}
        {entry.state === 'parked' && <Ways entry={entry} onOpen={onOpen} />}
      </div>
      {entry.state === 'waiting' && <QuietWays entry={entry} onOpen={onOpen} />}
    </article>
  );
});

type WaysProps = Pick<OutboxEntryProps, 'entry' | 'onOpen'>;

function useWays({ entry, onOpen }: WaysProps) {
  const [busy, setBusy] = useState(false);
  const attempt = (work: () => Promise<unknown>) => (): void => {
    setBusy(true);
    work()
      .catch(toast.failure)
      .finally(() => setBusy(false));
  };
  const [field] = entry.fields;
  return {
    busy,
    edit: () => onOpen(entry.ticket, field),
    retry: attempt(async () => {
      await host.retryEntry(entry.id);
      announce(t.outbox.retried(entry.what));
    }),
    discard: attempt(() => operations.discard(entry.id)),
    recreate: attempt(() => operations.recreate(entry.id)),
    name: (action: string) => t.outbox.of(action, entry.what, entry.ticket_label || t.noName),
  };
}

/** What a person can do about an entry that HaloPSA refused. */
function Ways(props: WaysProps) {
  const { busy, edit, retry, discard, recreate, name } = useWays(props);
  const gone = props.entry.gone;
  return (
    <div className={classes.actions}>
      {gone ? (
        <Tooltip label={t.outbox.recreateHint} multiline maw={280}>
          <Button
            size="compact-xs"
            leftSection={<IconFilePlus size={13} />}
            loading={busy}
            aria-label={name(t.outbox.recreate)}
            onClick={recreate}
          >
            {t.outbox.recreate}
          </Button>
        </Tooltip>
      ) : (
        <Button
          size="compact-xs"
          leftSection={<IconRefresh size={13} />}
          loading={busy}
          aria-label={name(t.outbox.retry)}
          onClick={retry}
        >
          {t.outbox.retry}
        </Button>
      )}
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<IconPencil size={13} />}
        aria-label={name(t.outbox.edit)}
        onClick={edit}
      >
        {t.outbox.edit}
      </Button>
      <Tooltip label={t.outbox.discardHint}>
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconArrowBackUp size={13} />}
          disabled={busy}
          aria-label={name(t.outbox.discard)}
          onClick={discard}
        >
          {t.outbox.discard}
        </Button>
      </Tooltip>
    </div>
  );
}

/** What can be done about an entry that only waits; it will go by itself, so this stays in the background. */
function QuietWays(props: WaysProps) {
  const { busy, edit, retry, discard, name } = useWays(props);
  return (
    <div className={classes.quiet}>
      {props.entry.due_at !== null && (
        <Tooltip label={t.outbox.sendNow}>
          <ActionIcon size="sm" disabled={busy} aria-label={name(t.outbox.sendNow)} onClick={retry}>
            <IconRefresh size={14} />
          </ActionIcon>
        </Tooltip>
      )}
      <Tooltip label={t.outbox.edit}>
        <ActionIcon size="sm" aria-label={name(t.outbox.edit)} onClick={edit}>
          <IconPencil size={14} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={t.outbox.discardHint}>
        <ActionIcon size="sm" disabled={busy} aria-label={name(t.outbox.discard)} onClick={discard}>
          <IconArrowBackUp size={14} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
