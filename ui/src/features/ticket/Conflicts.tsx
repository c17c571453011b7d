import { IconArrowsLeftRight } from '@tabler/icons-react';
import { useRef } from 'react';
import type { ConflictRow } from '@/api/bindings';
import classes from '@/components/conflicts/Conflicts.module.css';
import { Difference } from '@/components/conflicts/Difference';
import { TakeAll } from '@/components/conflicts/TakeAll';
import { useConflictReview } from '@/components/conflicts/useConflictReview';
import { t } from '@/strings';

/** Fields of this ticket that were changed here and in HaloPSA: both values, and the choice. */
export function Conflicts({ conflicts }: { conflicts: readonly ConflictRow[] }) {
  const box = useRef<HTMLElement>(null);
  const review = useConflictReview({ rows: conflicts, box });
  const [first] = conflicts;
  if (first === undefined) return null;
  return (
    <section ref={box} className={classes.box} aria-label={t.conflicts.title} data-testid="conflicts">
      <div className={classes.head}>
        <h3 className={classes.title}>
          <IconArrowsLeftRight size={15} aria-hidden="true" />
          {t.conflicts.title}
        </h3>
        <TakeAll conflicts={conflicts} of={first.ticket_label} review={review} />
      </div>
      <p className={classes.text}>{t.conflicts.text}</p>
      {conflicts.map((conflict) => (
        <Difference
          key={conflict.id}
          conflict={conflict}
          active={conflict.id === review.active}
          busy={review.busy}
          onActive={() => review.setActive(conflict.id)}
          onChoose={(side) => void review.settle([conflict.id], side)}
        />
      ))}
    </section>
  );
}
