import { Checkbox } from '@mantine/core';
import {
  IconCalendarEvent,
  IconChecklist,
  IconHistory,
  IconMail,
  IconNote,
  IconPhone,
  IconPhoneIncoming,
  IconSettings,
} from '@tabler/icons-react';
import { type ReactNode, useMemo, useState } from 'react';
import type { ActivityRow, Appointment, HistoryRow, TicketView } from '@/api/bindings';
import { useLookup } from '@/api/reference';
import { EmptyNotice } from '@/components/EmptyNotice';
import { operations } from '@/components/operations';
import { SyncMark } from '@/components/SyncMark';
import { formats } from '@/lib/formats';
import { useNow } from '@/lib/useNow';
import { t } from '@/strings';
import { standing } from './plan';
import classes from './Timeline.module.css';
import { FILTERS, keeps, mergeTimeline, type TimelineFilter } from './timeline';

/** Entries drawn at first; a ticket of ten years still opens at once. */
const FIRST = 60;

export function Timeline({ view }: { view: TicketView }) {
  const [filter, setFilter] = useState<TimelineFilter>('all');
  const [limit, setLimit] = useState(FIRST);
  const now = useNow(60_000);
  const all = useMemo(() => mergeTimeline(view.activities, view.history), [view.activities, view.history]);
  const kept = useMemo(() => all.filter((entry) => keeps(filter, entry)), [all, filter]);
  return (
    <div className={classes.timeline}>
      <div className={classes.filters} role="group" aria-label={t.ticket.timeline.filter}>
        {FILTERS.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={filter === one}
            onClick={() => {
              setFilter(one);
              setLimit(FIRST);
            }}
          >
            {t.ticket.timeline[one]}
          </button>
        ))}
      </div>
      {kept.length === 0 ? (
        <EmptyNotice
          title={all.length === 0 ? t.ticket.timeline.empty : t.ticket.timeline.emptyFilter}
          {...(all.length === 0 ? { text: t.ticket.timeline.emptyText } : {})}
        />
      ) : (
        <ol className={classes.list}>
          {kept.slice(0, limit).map((entry) => (
            <li key={entry.key} className={classes.entry}>
              {entry.kind === 'activity' ? (
                <Activity activity={entry.activity} now={now} />
              ) : (
                <Change change={entry.change} now={now} />
              )}
            </li>
          ))}
        </ol>
      )}
      {kept.length > limit && (
        <button type="button" className={classes.more} onClick={() => setLimit(limit + 200)}>
          {t.ticket.timeline.more(kept.length - limit)}
        </button>
      )}
    </div>
  );
}

function icon(activity: ActivityRow): ReactNode {
  const props = { size: 14, 'aria-hidden': true } as const;
  switch (activity.kind) {
    case 'call':
      return activity.call?.direction === 'inbound' ? <IconPhoneIncoming {...props} /> : <IconPhone {...props} />;
    case 'note':
      return <IconNote {...props} />;
    case 'email':
      return <IconMail {...props} />;
    case 'meeting':
      return <IconCalendarEvent {...props} />;
    case 'task':
      return <IconChecklist {...props} />;
    case 'system':
      return <IconSettings {...props} />;
  }
}

function When({ at, now }: { at: string; now: number }) {
  return (
    <time className={classes.when} dateTime={at} title={formats.fullMoment(at)}>
      {formats.moment(at, now)}
    </time>
  );
}

function Activity({ activity, now }: { activity: ActivityRow; now: number }) {
  const lookup = useLookup();
  const { call } = activity;
  const who = lookup.agent(activity.agent)?.name ?? activity.who;
  const title =
    call === null
      ? activity.subject || t.ticket.timeline.kinds[activity.kind]
      : `${t.ticket.timeline[call.direction]}: ${t.ticket.call.outcomes[call.outcome]}`;
  return (
    <>
      <span className={classes.icon} data-kind={activity.kind}>
        {icon(activity)}
      </span>
      <div className={classes.main}>
        <p className={classes.top}>
          <strong>{title}</strong>
          {call !== null && call.duration_s > 0 && (
            <span className={classes.dim}>{formats.duration(call.duration_s)}</span>
          )}
          {call !== null && call.dialled !== null && <span className={classes.dim}>{call.dialled}</span>}
          <SyncMark state={activity.sync} />
          {activity.sync !== 'synced' && <span className="visually-hidden">{t.board.card.sync[activity.sync]}</span>}
          <When at={activity.at} now={now} />
        </p>
        {activity.appointment !== null && <Planned activity={activity} when={activity.appointment} now={now} />}
        {activity.body !== '' && <p className={classes.body}>{activity.body}</p>}
        {call !== null && call.next_action !== null && (
          <p className={classes.dim}>
            {t.ticket.timeline.next(call.next_action.what, formats.day(call.next_action.due, now))}
          </p>
        )}
        {who !== '' && <p className={classes.dim}>{who}</p>}
      </div>
    </>
  );
}

/** When it is, and whether it is done. */
function Planned({ activity, when, now }: { activity: ActivityRow; when: Appointment; now: number }) {
  const stands = standing(when, now);
  const moment = formats.moment(when.start, now);
  return (
    <p className={classes.dim}>
      <Checkbox
        size="xs"
        checked={when.done_at !== null}
        aria-label={t.plan.mark(activity.subject)}
        onChange={(event) => void operations.complete(activity.id, event.currentTarget.checked)}
        label={
          stands === 'done' && when.done_at !== null
            ? t.plan.done(formats.moment(when.done_at, now))
            : stands === 'overdue'
              ? t.plan.overdue(moment)
              : t.plan.due(moment)
        }
      />
    </p>
  );
}

function Change({ change, now }: { change: HistoryRow; now: number }) {
  const lookup = useLookup();
  const who = change.by_machine ?? lookup.agent(change.by)?.name ?? t.ticket.timeline.me;
  return (
    <>
      <span className={classes.icon} data-kind="change">
        <IconHistory size={14} aria-hidden="true" />
      </span>
      <div className={classes.main}>
        <p className={classes.top}>
          <span className={change.undone ? classes.undone : undefined}>{change.label}</span>
          {change.undone && <span className={classes.dim}>{t.ticket.timeline.undone}</span>}
          <When at={change.at} now={now} />
        </p>
        <p className={classes.dim}>
          {who}
          {!change.undone && change.by_machine === null && (
            <button
              type="button"
              className={classes.undo}
              aria-label={`${t.ticket.timeline.undo}: ${change.label}`}
              onClick={() => void operations.undoOperation(change.operation)}
            >
              {t.ticket.timeline.undo}
            </button>
          )}
        </p>
      </div>
    </>
  );
}
