/** What HaloPSA has not accepted, and what it accepted lately: in the drawer and as a page. */
import { Button, Tooltip } from '@mantine/core';
import {
  IconAlertTriangleFilled,
  IconArrowBackUp,
  IconCheck,
  IconClock,
  IconPencil,
  IconRefresh,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { OutboxRow } from '@/api/bindings';
import { asUiError, host } from '@/api/host';
import { outboxQuery, syncQuery } from '@/api/queries';
import { announce } from '@/components/announce';
import { EmptyNotice } from '@/components/EmptyNotice';
import { ErrorNotice } from '@/components/ErrorNotice';
import { operations } from '@/components/operations';
import { toast } from '@/components/toast';
import { formats } from '@/lib/formats';
import { useNow } from '@/lib/useNow';
import { t } from '@/strings';
import classes from './Outbox.module.css';
import { groupOutbox } from './outbox';

export interface OutboxProps {
  onOpen: (ticket: number, edit?: string | undefined) => void;
  onConflicts: () => void;
}

export function OutboxList({ onOpen, onConflicts }: OutboxProps) {
  const outbox = useQuery(outboxQuery());
  const { data: sync } = useQuery(syncQuery());
  const now = useNow(15_000);
  if (outbox.isError && outbox.data === undefined) {
    return <ErrorNotice error={asUiError(outbox.error)} onRetry={() => void outbox.refetch()} />;
  }
  if (outbox.data === undefined) return null;
  const { parked, waiting, sent } = groupOutbox(outbox.data);
  const conflicts = sync?.counts.conflicts ?? 0;
  const row = (entry: OutboxRow) => <Entry key={entry.id} entry={entry} now={now} onOpen={onOpen} />;
  return (
    <div className={classes.list}>
      {sync?.problem && <p className={classes.problem}>{sync.problem}</p>}
      {conflicts > 0 && (
        <div className={classes.conflicts}>
          <div>
            <p className={classes.what}>{t.outbox.conflicts(conflicts)}</p>
            <p className={classes.dim}>{t.outbox.conflictsText}</p>
          </div>
          <Button size="xs" variant="default" onClick={onConflicts}>
            {t.outbox.showThem}
          </Button>
        </div>
      )}
      {parked.length > 0 && <Section title={t.outbox.needsYou}>{parked.map(row)}</Section>}
      {waiting.length > 0 && <Section title={t.outbox.waiting}>{waiting.map(row)}</Section>}
      {parked.length + waiting.length + conflicts === 0 && (
        <EmptyNotice icon={<IconCheck size={28} stroke={1.6} />} title={t.outbox.empty} text={t.outbox.emptyText} />
      )}
      {sent.length > 0 && <Section title={t.outbox.sent}>{sent.map(row)}</Section>}
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h3 className={classes.sectionTitle}>{title}</h3>
      <ul>{children}</ul>
    </section>
  );
}

function stateIcon(entry: OutboxRow): ReactNode {
  if (entry.state === 'parked') return <IconAlertTriangleFilled size={15} aria-hidden="true" />;
  if (entry.state === 'sent') return <IconCheck size={15} aria-hidden="true" />;
  return <IconClock size={15} aria-hidden="true" />;
}

function Entry({ entry, now, onOpen }: { entry: OutboxRow; now: number; onOpen: OutboxProps['onOpen'] }) {
  const [busy, setBusy] = useState(false);
  const [field] = entry.fields;
  const retry = async (): Promise<void> => {
    setBusy(true);
    try {
      await host.retryEntry(entry.id);
      announce(t.outbox.retried(entry.what));
    } catch (error) {
      toast.failure(error);
    }
    setBusy(false);
  };
  const discard = async (): Promise<void> => {
    setBusy(true);
    await operations.discard(entry.id);
    setBusy(false);
  };
  const facts = [
    entry.state === 'waiting' || entry.state === 'parked' ? '' : t.outbox.state[entry.state],
    formats.relative(entry.since, now),
    entry.tries > 1 && entry.state !== 'sent' ? t.outbox.tries(entry.tries) : '',
    entry.state === 'waiting' && entry.due_at !== null && Date.parse(entry.due_at) > now + 5000
      ? t.outbox.nextTry(formats.relative(entry.due_at, now))
      : '',
  ].filter((fact) => fact !== '');
  return (
    <li className={classes.entry} data-state={entry.state} data-testid={`outbox-${entry.id}`}>
      <span className={classes.icon} title={t.outbox.state[entry.state]}>
        {stateIcon(entry)}
      </span>
      <div className={classes.main}>
        <p className={classes.what}>
          <span className="visually-hidden">{t.outbox.state[entry.state]}: </span>
          {entry.what}
        </p>
        <p>
          <button
            type="button"
            className={classes.ticket}
            aria-label={t.outbox.open(entry.ticket_label)}
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
        {entry.state === 'parked' && (
          <div className={classes.actions}>
            <Button
              size="compact-xs"
              leftSection={<IconRefresh size={13} />}
              loading={busy}
              onClick={() => void retry()}
            >
              {t.outbox.retry}
            </Button>
            <Button
              size="compact-xs"
              variant="default"
              leftSection={<IconPencil size={13} />}
              onClick={() => onOpen(entry.ticket, field)}
            >
              {t.outbox.edit}
            </Button>
            <Tooltip label={t.outbox.discardHint}>
              <Button
                size="compact-xs"
                variant="default"
                leftSection={<IconArrowBackUp size={13} />}
                disabled={busy}
                onClick={() => void discard()}
              >
                {t.outbox.discard}
              </Button>
            </Tooltip>
          </div>
        )}
      </div>
    </li>
  );
}

/** "Sync now" and "Retry all". */
export function OutboxActions() {
  const { data: sync } = useQuery(syncQuery());
  const stuck = (sync?.counts.parked ?? 0) + (sync?.counts.waiting ?? 0) > 0;
  const run = (work: () => Promise<null>, text: string) => async (): Promise<void> => {
    try {
      await work();
      announce(text);
    } catch (error) {
      toast.failure(error);
    }
  };
  return (
    <div className={classes.actions}>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconRefresh size={14} />}
        onClick={() => void run(host.syncNow, t.outbox.syncNow)()}
      >
        {t.outbox.syncNow}
      </Button>
      {stuck && (
        <Button size="xs" variant="default" onClick={() => void run(host.retryAll, t.outbox.retriedAll)()}>
          {t.outbox.retryAll}
        </Button>
      )}
    </div>
  );
}
