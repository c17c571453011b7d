import { Button } from '@mantine/core';
import { IconArrowsLeftRight } from '@tabler/icons-react';
import { useState } from 'react';
import type { ConflictRow, Side } from '@/api/bindings';
import { operations } from '@/components/operations';
import { formats } from '@/lib/formats';
import { t } from '@/strings';
import classes from './Conflicts.module.css';

const choice = (side: Side): string => (side === 'mine' ? t.ticket.conflicts.keepMine : t.ticket.conflicts.takeTheirs);

/** Fields that were changed here and in HaloPSA: both values, and the choice. */
export function Conflicts({ conflicts }: { conflicts: readonly ConflictRow[] }) {
  const [busy, setBusy] = useState<number | null>(null);
  if (conflicts.length === 0) return null;
  const resolve = async (conflict: ConflictRow, side: Side): Promise<void> => {
    setBusy(conflict.id);
    await operations.resolve(conflict.id, side);
    setBusy(null);
  };
  return (
    <section className={classes.box} aria-label={t.ticket.conflicts.title} data-testid="conflicts">
      <h3 className={classes.title}>
        <IconArrowsLeftRight size={15} aria-hidden="true" />
        {t.ticket.conflicts.title}
      </h3>
      <p className={classes.text}>{t.ticket.conflicts.text}</p>
      {conflicts.map((conflict) => (
        <div key={conflict.id} role="group" aria-label={conflict.label} className={classes.conflict}>
          <p className={classes.label}>
            {conflict.label}
            <time dateTime={conflict.at}>{formats.moment(conflict.at)}</time>
          </p>
          {(['mine', 'theirs'] as const).map((side) => (
            <div key={side} className={classes.side}>
              <p className={classes.where}>{t.ticket.conflicts[side]}</p>
              <p className={classes.value}>{conflict[side] || '–'}</p>
              <Button
                size="compact-xs"
                variant="default"
                loading={busy === conflict.id}
                aria-label={`${choice(side)}: ${conflict.label}`}
                onClick={() => void resolve(conflict, side)}
              >
                {choice(side)}
              </Button>
            </div>
          ))}
        </div>
      ))}
    </section>
  );
}
