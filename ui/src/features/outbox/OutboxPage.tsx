import { useQuery } from '@tanstack/react-query';
import { useLayoutEffect } from 'react';
import { syncQuery } from '@/api/queries';
import { formats } from '@/lib/formats';
import { t } from '@/strings';
import classes from './Outbox.module.css';
import { OutboxActions, OutboxList, type OutboxProps } from './OutboxList';

export default function OutboxPage({ onPainted, ...rest }: OutboxProps & { onPainted: () => void }) {
  const { data: sync } = useQuery(syncQuery());
  useLayoutEffect(onPainted, [onPainted]);
  return (
    <div className={classes.page}>
      <div className={classes.column}>
        <header className={classes.pageHead}>
          <div>
            <h2 className={classes.pageTitle}>{t.outbox.title}</h2>
            <p className={classes.dim}>{t.outbox.intro}</p>
          </div>
          <OutboxActions />
        </header>
        <OutboxList {...rest} />
        {sync !== undefined && sync.budget_limit > 0 && (
          <p className={classes.budget}>
            {t.outbox.budget(formats.number(sync.budget_used), formats.number(sync.budget_limit))}
          </p>
        )}
      </div>
    </div>
  );
}
