import { IconAlertTriangleFilled, IconArrowsLeftRight, IconDeviceLaptop } from '@tabler/icons-react';
import type { Apart } from '@/api/bindings';
import { t } from '@/strings';
import classes from './SyncMark.module.css';

/** How one property of a ticket is apart from HaloPSA, in a sentence. */
export function apartText({ how, reason }: Apart): string {
  const text = t.ticket.apart[how];
  return reason === null ? text : `${text} ${reason}`;
}

/** Stands beside a property that HaloPSA does not have as it is here. Shapes differ as well as colours. */
export function ApartMark({ apart }: { apart: Apart | undefined }) {
  if (apart === undefined) return null;
  const text = apartText(apart);
  return (
    <span className={classes.mark} data-state={apart.how} role="img" aria-label={text} title={text}>
      {apart.how === 'waiting' && <span className={classes.dot} />}
      {apart.how === 'refused' && <IconAlertTriangleFilled size={12} />}
      {apart.how === 'conflict' && <IconArrowsLeftRight size={12} stroke={2.4} />}
      {apart.how === 'unmapped' && <IconDeviceLaptop size={12} stroke={2} />}
    </span>
  );
}
