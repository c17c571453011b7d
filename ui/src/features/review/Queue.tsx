/** The queue itself, one line for each item. */

import {
  IconAlertTriangle,
  IconArrowsLeftRight,
  IconBriefcase,
  IconCloudX,
  IconFileAlert,
  IconGauge,
  IconSparkles,
  IconUsers,
} from '@tabler/icons-react';
import { memo, type ReactNode, type UIEvent, useEffect, useRef } from 'react';
import type { AgentRow, ReviewReason, ReviewRow } from '@/api/bindings';
import { useLookup } from '@/api/reference';
import { LongList } from '@/components/LongList';
import { OwnerMark } from '@/components/OwnerMark';
import { formats } from '@/lib/formats';
import { t } from '@/strings';
import classes from './Review.module.css';
import type { Queue } from './useQueue';

const ROW_PX = 58;

const ICONS: Record<ReviewReason, ReactNode> = {
  low_quality: <IconGauge size={15} aria-hidden="true" />,
  possible_duplicate: <IconUsers size={15} aria-hidden="true" />,
  merge_conflict: <IconArrowsLeftRight size={15} aria-hidden="true" />,
  new_data: <IconSparkles size={15} aria-hidden="true" />,
  job_change: <IconBriefcase size={15} aria-hidden="true" />,
  sync_conflict: <IconAlertTriangle size={15} aria-hidden="true" />,
  refused_change: <IconCloudX size={15} aria-hidden="true" />,
  import_error: <IconFileAlert size={15} aria-hidden="true" />,
};

export function ReasonMark({ reason }: { reason: ReviewReason }) {
  return (
    <span className={classes.reason} data-reason={reason}>
      {ICONS[reason]}
      {t.review.reasons[reason]}
    </span>
  );
}

interface QueueListProps {
  queue: Queue;
  selected: ReadonlySet<string>;
  onSelect: (key: string, range: boolean) => void;
  /** Whether the focus may follow the item in view. */
  following: boolean;
}

export function QueueList({ queue, selected, onSelect, following }: QueueListProps) {
  const { rows, active, many, show, more } = queue;
  const lookup = useLookup();
  const onScroll = (event: UIEvent<HTMLDivElement>): void => {
    const { scrollTop, clientHeight, scrollHeight } = event.currentTarget;
    if (scrollTop + 2 * clientHeight > scrollHeight) more();
  };
  return (
    <div className={classes.queue} onScroll={onScroll} role="feed" aria-label={t.review.queue}>
      <LongList items={rows} keyOf={(row) => row.key} estimate={() => ROW_PX} reveal={active}>
        {(row) => (
          <Line
            row={row}
            active={row.key === active}
            following={following}
            selected={selected.has(row.key)}
            position={rows.indexOf(row) + 1}
            of={many}
            agent={lookup.agent(row.assigned_to)}
            onShow={show}
            onSelect={onSelect}
          />
        )}
      </LongList>
    </div>
  );
}

interface LineProps {
  row: ReviewRow;
  active: boolean;
  following: boolean;
  selected: boolean;
  position: number;
  of: number;
  agent: AgentRow | undefined;
  onShow: (key: string) => void;
  onSelect: (key: string, range: boolean) => void;
}

const Line = memo(function Line(props: LineProps) {
  const { row, active, following, selected, position, of, agent, onShow, onSelect } = props;
  const label = row.label || t.noName;
  const element = useRef<HTMLElement>(null);

  // The focus goes along, unless the person is elsewhere; what was decided took the focus with it.
  useEffect(() => {
    const held = document.activeElement;
    const near = held === document.body || held?.closest('[data-region="review"]') != null;
    if (active && following && near && !element.current?.contains(held)) element.current?.focus();
  }, [active, following]);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: J and K go through the queue.
    <article
      ref={element}
      tabIndex={active ? 0 : -1}
      className={classes.line}
      data-item={row.key}
      data-active={active}
      data-selected={selected}
      aria-current={active ? 'true' : undefined}
      aria-posinset={position}
      aria-setsize={of}
      aria-label={t.review.spoken(t.review.reasons[row.reason], label, row.summary)}
      onFocus={(event) => {
        if (event.target === event.currentTarget) onShow(row.key);
      }}
      onClick={(event) => {
        if (event.shiftKey || event.ctrlKey || event.metaKey) onSelect(row.key, event.shiftKey);
        else onShow(row.key);
      }}
    >
      <input
        type="checkbox"
        className={classes.tick}
        tabIndex={active ? 0 : -1}
        checked={selected}
        aria-label={t.review.select(label)}
        onClick={(event) => event.stopPropagation()}
        onChange={() => onSelect(row.key, false)}
      />
      <div className={classes.lineText}>
        <p className={classes.lineHead}>
          <ReasonMark reason={row.reason} />
          <time className={classes.dim} dateTime={row.opened_at} title={formats.fullMoment(row.opened_at)}>
            {formats.day(row.opened_at)}
          </time>
        </p>
        <p className={classes.lineLabel}>{label}</p>
        <p className={classes.lineSummary}>{row.summary}</p>
      </div>
      {agent !== undefined && <OwnerMark agent={agent} />}
    </article>
  );
});
