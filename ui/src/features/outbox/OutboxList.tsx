/** What HaloPSA has not accepted, and what it accepted lately: in the drawer and as a page. */
import { Button } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { asUiError } from '@/api/host';
import { outboxQuery, syncQuery } from '@/api/queries';
import { EmptyNotice } from '@/components/EmptyNotice';
import { ErrorNotice } from '@/components/ErrorNotice';
import { LongList } from '@/components/LongList';
import type { OutboxShow } from '@/lib/urlState';
import { useNow } from '@/lib/useNow';
import { t } from '@/strings';
import classes from './Outbox.module.css';
import { OutboxEntry } from './OutboxEntry';
import { arrange, type OutboxItem } from './outbox';

export interface OutboxProps {
  onOpen: (ticket: number, edit?: string | undefined) => void;
  onConflicts: () => void;
  /** Only these; everything without it. */
  show?: OutboxShow | undefined;
}

const HEAD_PX = 44;
const ENTRY_PX = 58;
const PARKED_PX = 128;

function estimate(item: OutboxItem): number {
  if (item.kind === 'head') return HEAD_PX;
  return item.entry.state === 'parked' ? PARKED_PX : ENTRY_PX;
}

export function OutboxList({ onOpen, onConflicts, show }: OutboxProps) {
  const outbox = useQuery(outboxQuery());
  const { data: sync } = useQuery(syncQuery());
  const now = useNow(15_000);
  if (outbox.isError && outbox.data === undefined) {
    return <ErrorNotice error={asUiError(outbox.error)} onRetry={() => void outbox.refetch()} />;
  }
  if (outbox.data === undefined) return null;
  const items = arrange(outbox.data, show);
  const conflicts = show === undefined || show === 'parked' ? (sync?.counts.conflicts ?? 0) : 0;
  const allIn = show === undefined && !items.some((item) => item.kind === 'entry' && item.entry.state !== 'sent');
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
      {allIn && conflicts === 0 && (
        <EmptyNotice icon={<IconCheck size={28} stroke={1.6} />} title={t.outbox.empty} text={t.outbox.emptyText} />
      )}
      {show !== undefined && items.length === 0 && conflicts === 0 && <EmptyNotice title={t.outbox.emptyOf[show]} />}
      <div>
        <LongList items={items} keyOf={(item) => item.key} estimate={estimate}>
          {(item) =>
            item.kind === 'head' ? (
              <h3 className={classes.sectionTitle}>
                {item.title}
                <span className={classes.sectionCount}>{item.count}</span>
              </h3>
            ) : (
              <OutboxEntry entry={item.entry} now={now} onOpen={onOpen} />
            )
          }
        </LongList>
      </div>
    </div>
  );
}
