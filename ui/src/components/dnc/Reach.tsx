/** The other tickets of the same people: what an opt-out, or its lifting, reaches beside those that were named. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { samePersonQuery } from '@/api/queries';
import { ticketName } from '@/lib/values';
import { t } from '@/strings';
import classes from './Dnc.module.css';

/** More than this is told as a number. */
const NAMED = 6;

interface ReachProps {
  tickets: readonly number[];
  /** Whether they are about to be marked, or freed. */
  doing: 'marks' | 'lifts';
}

export function Reach({ tickets, doing }: ReachProps) {
  const ids = useMemo(() => [...tickets], [tickets]);
  const { data } = useQuery(samePersonQuery(ids));
  const others = data?.filter((card) => card.do_not_contact === (doing === 'lifts')) ?? [];
  if (others.length === 0) return null;
  return (
    <div className={classes.reach} data-testid="dnc-reach">
      <p>{doing === 'marks' ? t.dnc.alsoMarks(others.length) : t.dnc.alsoLifts(others.length)}</p>
      <ul>
        {others.slice(0, NAMED).map((card) => (
          <li key={card.id}>{ticketName(card) || t.noName}</li>
        ))}
        {others.length > NAMED && <li>{t.dnc.more(others.length - NAMED)}</li>}
      </ul>
    </div>
  );
}
