import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useLayoutEffect } from 'react';
import { outboxQuery } from '@/api/queries';
import { formats } from '@/lib/formats';
import { OUTBOX_SHOWS, type OutboxShow } from '@/lib/urlState';
import { t } from '@/strings';
import classes from './Outbox.module.css';
import { OutboxActions } from './OutboxActions';
import { OutboxList, type OutboxProps } from './OutboxList';
import { countOutbox } from './outbox';

interface OutboxPageProps extends OutboxProps {
  onPainted: () => void;
  onShow: (show: OutboxShow | undefined) => void;
  onHealth: () => void;
}

export default function OutboxPage({ onPainted, onShow, onHealth, ...list }: OutboxPageProps) {
  const { data } = useQuery(outboxQuery());
  useLayoutEffect(onPainted, [onPainted]);
  const counts = countOutbox(data ?? []);
  const label = (show: OutboxShow): string =>
    counts[show] === 0 ? t.outbox.shown[show] : `${t.outbox.shown[show]} ${formats.number(counts[show])}`;
  return (
    <div className={classes.page} data-testid="outbox-page">
      <div className={classes.column}>
        <header className={classes.pageHead}>
          <div>
            <h2 className={classes.pageTitle}>{t.outbox.title}</h2>
            <p className={classes.dim}>{t.outbox.intro}</p>
          </div>
          <OutboxActions />
        </header>
        <div className={classes.bar}>
          <SegmentedControl
            aria-label={t.outbox.show}
            value={list.show ?? 'all'}
            onChange={(value) => onShow(OUTBOX_SHOWS.find((show) => show === value))}
            data={[
              { value: 'all', label: t.outbox.shown.all },
              ...OUTBOX_SHOWS.map((show) => ({ value: show, label: label(show) })),
            ]}
          />
          <button type="button" className={classes.link} onClick={onHealth}>
            {t.outbox.health}
          </button>
        </div>
        <OutboxList {...list} />
      </div>
    </div>
  );
}
