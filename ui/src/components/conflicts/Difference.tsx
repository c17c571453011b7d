import { Button } from '@mantine/core';
import { useId, useState } from 'react';
import type { ConflictRow, Side } from '@/api/bindings';
import { useLookup } from '@/api/reference';
import { formats } from '@/lib/formats';
import { t } from '@/strings';
import classes from './Conflicts.module.css';

interface DifferenceProps {
  conflict: ConflictRow;
  active: boolean;
  busy: boolean;
  onActive: () => void;
  onChoose: (side: Side) => void;
}

const SIDES: readonly Side[] = ['mine', 'theirs'];

/** One property that was changed on both sides: both values with who and when, and what a choice would make of it. */
export function Difference({ conflict, active, busy, onActive, onChoose }: DifferenceProps) {
  const lookup = useLookup();
  const [looked, setLooked] = useState<Side | null>(null);
  const resultId = useId();
  const value = (side: Side): string => conflict[side] || t.conflicts.empty;
  const since: Record<Side, string> = {
    mine: t.conflicts.mineSince(
      lookup.agent(conflict.mine_by)?.name,
      conflict.mine_at === null ? null : formats.moment(conflict.mine_at),
    ),
    theirs: conflict.theirs_at === null ? '' : t.conflicts.theirsSince(formats.moment(conflict.theirs_at)),
  };
  return (
    <div
      tabIndex={active ? 0 : -1}
      role="group"
      aria-label={t.conflicts.spoken(conflict.label, value('mine'), value('theirs'))}
      className={classes.difference}
      data-conflict={conflict.id}
      data-active={active}
      onFocus={onActive}
    >
      <p className={classes.label}>
        {conflict.label}
        <time dateTime={conflict.at}>{t.conflicts.noticed(formats.moment(conflict.at))}</time>
      </p>
      {SIDES.map((side) => (
        <div key={side} className={classes.side} data-looked={looked === side}>
          <p className={classes.where}>{t.conflicts[side]}</p>
          <p className={classes.value}>{value(side)}</p>
          <p className={classes.since}>{since[side]}</p>
          <Button
            size="compact-xs"
            variant="default"
            disabled={busy}
            aria-label={`${t.conflicts.keep[side]}: ${conflict.label}`}
            aria-describedby={resultId}
            rightSection={active ? <span className={classes.key} data-key={side === 'mine' ? 1 : 2} /> : undefined}
            onClick={() => onChoose(side)}
            onMouseEnter={() => setLooked(side)}
            onMouseLeave={() => setLooked(null)}
            onFocus={() => setLooked(side)}
            onBlur={() => setLooked(null)}
          >
            {t.conflicts.keep[side]}
          </Button>
        </div>
      ))}
      <div className={classes.result} id={resultId} data-looked={looked !== null}>
        {looked === null ? (
          <p className={classes.since}>{t.conflicts.undecided(value('mine'))}</p>
        ) : (
          <>
            <p className={classes.where}>{t.conflicts.result}</p>
            <p className={classes.value}>{value(looked)}</p>
            <p className={classes.since}>{t.conflicts.becomes[looked]}</p>
          </>
        )}
      </div>
    </div>
  );
}
