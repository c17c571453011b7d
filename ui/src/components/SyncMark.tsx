import { IconAlertTriangleFilled, IconArrowsLeftRight, IconCloudOff } from '@tabler/icons-react';
import { memo } from 'react';
import type { SyncState } from '@/api/bindings';
import { t } from '@/strings';
import classes from './SyncMark.module.css';

/**
 * Whether HaloPSA has it. Nothing at all when it does, so that the eye finds the few that do not; shapes differ as well as
 * colours.
 */
export const SyncMark = memo(function SyncMark({ state }: { state: SyncState }) {
  if (state === 'synced') return null;
  return (
    <span className={classes.mark} data-state={state} title={t.board.card.sync[state]} aria-hidden="true">
      {state === 'waiting' && <span className={classes.dot} />}
      {state === 'refused' && <IconAlertTriangleFilled size={13} />}
      {state === 'conflict' && <IconArrowsLeftRight size={13} stroke={2.4} />}
      {state === 'gone' && <IconCloudOff size={13} stroke={2} />}
    </span>
  );
});
