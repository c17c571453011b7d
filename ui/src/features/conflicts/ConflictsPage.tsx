/** Everything that was changed here and in HaloPSA, ticket by ticket, until a person has chosen. */
import { IconArrowsLeftRight, IconCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useLayoutEffect, useMemo, useRef } from 'react';
import { asUiError } from '@/api/host';
import { conflictsQuery } from '@/api/queries';
import shared from '@/components/conflicts/Conflicts.module.css';
import { groupConflicts } from '@/components/conflicts/conflicts';
import { Difference } from '@/components/conflicts/Difference';
import { TakeAll } from '@/components/conflicts/TakeAll';
import { useConflictReview } from '@/components/conflicts/useConflictReview';
import { EmptyNotice } from '@/components/EmptyNotice';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Keys } from '@/components/Keys';
import { LongList } from '@/components/LongList';
import { t } from '@/strings';
import classes from './ConflictsPage.module.css';

interface ConflictsPageProps {
  onPainted: () => void;
  onOpen: (ticket: number) => void;
}

export default function ConflictsPage({ onPainted, onOpen }: ConflictsPageProps) {
  const { data, error, isError, refetch } = useQuery(conflictsQuery());
  useLayoutEffect(onPainted, [onPainted]);
  const groups = useMemo(() => groupConflicts(data ?? []), [data]);
  const rows = useMemo(() => groups.flatMap((group) => group.conflicts), [groups]);
  const box = useRef<HTMLDivElement>(null);
  const review = useConflictReview({ rows, box, region: 'board', anywhere: true, onOpen });
  const { active } = review;
  return (
    // The screen behind the panel: keys that the panel and the screen share belong to the one with the focus.
    <div ref={box} className={classes.page} data-region="board" data-testid="conflicts-page">
      <div className={classes.column}>
        <header className={classes.head}>
          <div>
            <h2 className={classes.title}>{t.conflicts.title}</h2>
            <p className={classes.dim}>{t.conflicts.intro}</p>
          </div>
          {groups.length > 1 && <TakeAll conflicts={rows} of={t.conflicts.allTickets} review={review} />}
        </header>
        {isError && data === undefined && <ErrorNotice error={asUiError(error)} onRetry={() => void refetch()} />}
        {data !== undefined && rows.length === 0 && (
          <EmptyNotice
            icon={<IconCheck size={28} stroke={1.6} />}
            title={t.conflicts.none}
            text={t.conflicts.noneText}
          />
        )}
        {rows.length > 0 && (
          <p className={classes.hint} aria-hidden="true">
            <Keys keys="j" /> <Keys keys="k" /> {t.conflicts.keys.move} · <Keys keys="1" /> {t.conflicts.keep.mine} ·{' '}
            <Keys keys="2" /> {t.conflicts.keep.theirs} · <Keys keys="z" /> {t.actions.undo}
          </p>
        )}
        <LongList
          items={groups}
          keyOf={(group) => group.ticket}
          estimate={(group) => 60 + 150 * group.conflicts.length}
          reveal={groups.find((group) => group.conflicts.some((conflict) => conflict.id === active))?.ticket}
        >
          {(group) => (
            <section className={classes.group} data-lifecycle={group.lifecycle} aria-label={group.label || t.noName}>
              <div className={shared.head}>
                <h3>
                  <button
                    type="button"
                    className={classes.ticket}
                    aria-label={t.outbox.open(group.label || t.noName)}
                    onClick={() => onOpen(group.ticket)}
                  >
                    <IconArrowsLeftRight size={15} aria-hidden="true" />
                    {group.label || t.noName}
                  </button>
                </h3>
                <TakeAll conflicts={group.conflicts} of={group.label} review={review} />
              </div>
              {group.conflicts.map((conflict) => (
                <Difference
                  key={conflict.id}
                  conflict={conflict}
                  active={conflict.id === active}
                  busy={review.busy}
                  wide
                  onActive={() => review.setActive(conflict.id)}
                  onChoose={(side) => void review.settle([conflict.id], side)}
                />
              ))}
            </section>
          )}
        </LongList>
      </div>
    </div>
  );
}
