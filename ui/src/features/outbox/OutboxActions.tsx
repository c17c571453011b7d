import { Button, Tooltip } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { host } from '@/api/host';
import { syncQuery } from '@/api/queries';
import { announce } from '@/components/announce';
import { operations } from '@/components/operations';
import { toast } from '@/components/toast';
import { t } from '@/strings';
import classes from './Outbox.module.css';

/** "Sync now", "Retry all", and holding everything back. */
export function OutboxActions() {
  const { data: sync } = useQuery(syncQuery());
  const stuck = (sync?.counts.parked ?? 0) + (sync?.counts.waiting ?? 0) > 0;
  const run = (work: () => Promise<null>, text: string) => (): void => {
    work().then(() => announce(text), toast.failure);
  };
  const paused = sync?.paused ?? false;
  return (
    <div className={classes.actions}>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconRefresh size={14} />}
        onClick={run(host.syncNow, t.outbox.syncNow)}
      >
        {t.outbox.syncNow}
      </Button>
      {stuck && (
        <Button size="xs" variant="default" onClick={run(host.retryAll, t.outbox.retriedAll)}>
          {t.outbox.retryAll}
        </Button>
      )}
      <Tooltip label={t.outbox.pauseHint} disabled={paused} multiline maw={280}>
        <Button
          size="xs"
          variant={paused ? 'filled' : 'default'}
          leftSection={paused ? <IconPlayerPlay size={14} /> : <IconPlayerPause size={14} />}
          onClick={() => void operations.pause(!paused)}
        >
          {paused ? t.outbox.resume : t.outbox.pause}
        </Button>
      </Tooltip>
    </div>
  );
}
