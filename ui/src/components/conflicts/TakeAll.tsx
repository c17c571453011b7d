import { Button } from '@mantine/core';
import type { ConflictRow } from '@/api/bindings';
import { t } from '@/strings';
import classes from './Conflicts.module.css';
import type { ConflictReviewing } from './useConflictReview';

/** All of these for one side, as one step that one undo takes back. */
export function TakeAll({
  conflicts,
  of,
  review,
}: {
  conflicts: readonly ConflictRow[];
  /** What they belong to: a ticket's name, or all tickets. */
  of: string;
  review: ConflictReviewing;
}) {
  if (conflicts.length < 2) return null;
  const ids = conflicts.map((conflict) => conflict.id);
  return (
    <div className={classes.all}>
      {(['mine', 'theirs'] as const).map((side) => (
        <Button
          key={side}
          size="compact-xs"
          variant="subtle"
          disabled={review.busy}
          aria-label={t.conflicts.allOf(t.conflicts.keepAll[side](ids.length), of)}
          onClick={() => void review.settle(ids, side)}
        >
          {t.conflicts.keepAll[side](ids.length)}
        </Button>
      ))}
    </div>
  );
}
