/** One queue for everything that a person must decide, gone through by keyboard. */

import { Button } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useAction, useHoldActions } from '@/actions/useActions';
import type { Card, ReviewAction, ReviewField } from '@/api/bindings';
import { asUiError, host } from '@/api/host';
import { reviewDetailQuery } from '@/api/queries';
import { useLookup } from '@/api/reference';
import { announce } from '@/components/announce';
import { EmptyNotice } from '@/components/EmptyNotice';
import { ErrorNotice } from '@/components/ErrorNotice';
import { toast } from '@/components/toast';
import { formats } from '@/lib/formats';
import type { ReviewSearch } from '@/lib/urlState';
import { t } from '@/strings';
import { AssignItems } from './AssignItems';
import { BulkAccept } from './BulkAccept';
import { Detail } from './Detail';
import { ReviewFilters } from './Filters';
import { NotSame } from './NotSame';
import { QueueList } from './Queue';
import classes from './Review.module.css';
import {
  arrange,
  type Choice,
  canAccept,
  canEdit,
  canPick,
  decisionOf,
  isFiltered,
  NO_CHOICE,
  otherSide,
  type Pick,
  resultOf,
  sideOf,
  toReviewFilter,
  withEdit,
  withPick,
  withRange,
} from './review';
import { useQueue } from './useQueue';

const MergeTickets = lazy(() => import('@/components/merging/MergeTickets'));

interface ReviewPageProps {
  search: ReviewSearch;
  onSearch: (change: ReviewSearchChange) => void;
  onPainted: () => void;
  onOpen: (ticket: number, edit?: string) => void;
}

export type ReviewSearchChange = { [K in keyof ReviewSearch]?: ReviewSearch[K] | undefined };

/** `items`: those that are selected; without, all that the filter shows. */
type Dialog =
  | { is: 'bulk'; items: readonly string[] | null }
  | { is: 'assign'; items: readonly string[] }
  | { is: 'not-same' }
  | { is: 'merge'; cards: readonly Card[] };

const CLEARED: ReviewSearchChange = { reason: undefined, via: undefined, older: undefined, who: undefined };

export default function ReviewPage({ search, onSearch, onPainted, onOpen }: ReviewPageProps) {
  const { me } = useLookup();
  const client = useQueryClient();
  const filter = useMemo(() => toReviewFilter(search, me?.id ?? null), [search, me?.id]);
  const queue = useQueue(filter);
  const { row, rows, total, pages } = queue;
  const [choices, setChoices] = useState<Readonly<Record<string, Choice>>>({});
  const [edit, setEdit] = useState<{ key: string; before: Choice } | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const [looking, setLooking] = useState(false);
  useHoldActions(dialog !== null);
  useLayoutEffect(onPainted, [onPainted]);
  // The keys of the queue count while the focus is on its screen: whoever comes here can decide at once.
  const page = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => page.current?.focus(), []);

  const key = row?.key ?? '';
  const choice = choices[key] ?? NO_CHOICE;
  const choose = (next: Choice): void => setChoices((before) => ({ ...before, [key]: next }));
  const editing = edit !== null && edit.key === key;
  const detail = () => (row === undefined ? undefined : client.getQueryData(reviewDetailQuery(row.key).queryKey));

  const pick = (field: ReviewField, side: Pick): void => {
    const shown = detail();
    if (shown === undefined) return;
    const next = withPick(shown, choice, field, side);
    choose(next);
    announce(t.review.picked(field.label, resultOf(shown, next, field) || t.review.empty));
  };
  const pickNumber = (number: number): void => {
    const shown = detail();
    const field = arrange(shown?.fields ?? []).differing[number - 1];
    if (shown === undefined || field === undefined || !canPick(shown)) return;
    pick(field, otherSide(sideOf(shown, choice, field)));
  };

  const decide = (action: ReviewAction): void => {
    if (row === undefined) return;
    const shown = detail();
    // Nobody decides what they cannot have seen.
    if (shown === undefined) {
      announce(t.review.wait);
      return;
    }
    if (action === 'accept' ? !canAccept(shown) : !shown.can.includes(action)) {
      announce(t.review.cannot(t.review.actions[action]));
      return;
    }
    const decision = decisionOf(action, shown, choice);
    setEdit(null);
    setSelected((before) => new Set([...before].filter((one) => one !== key)));
    void queue.decide([key], () => host.decideReview(key, decision));
  };

  const startEdit = (): void => {
    const shown = detail();
    if (row === undefined || shown === undefined) return;
    if (canEdit(shown)) setEdit({ key, before: choice });
    // A refused move, say, is changed in the ticket.
    else if (row.reason === 'refused_change' && row.ticket !== null) onOpen(row.ticket);
    else announce(t.review.cannot(t.review.edit));
  };
  const type = (field: ReviewField, text: string): void => {
    const shown = detail();
    if (shown !== undefined) choose(withEdit(shown, choice, field, text));
  };
  const endEdit = (keep: boolean): void => {
    if (!keep && edit !== null) choose(edit.before);
    setEdit(null);
    document.querySelector<HTMLElement>(`[data-item="${key}"]`)?.focus();
  };

  const look = async (): Promise<void> => {
    if (looking) return;
    setLooking(true);
    try {
      const found = await host.findDuplicates();
      toast.note(t.review.look.found(found.new));
    } catch (error) {
      toast.failure(error);
    }
    setLooking(false);
  };

  const select = (of: string, range: boolean): void =>
    setSelected((before) =>
      withRange(
        before,
        rows.map((one) => one.key),
        queue.active,
        of,
        range,
      ),
    );
  const chosen = rows.filter((one) => selected.has(one.key)).map((one) => one.key);
  const forAssigning = chosen.length > 0 ? chosen : row === undefined ? [] : [key];

  const here = { region: 'review' as const, enabled: () => row !== undefined && edit === null };
  useAction('review.next', () => queue.go(1), here);
  useAction('review.previous', () => queue.go(-1), here);
  useAction('review.pick', (number) => pickNumber(Number(number)), here);
  useAction('review.accept', () => decide('accept'), here);
  useAction('review.notSame', () => decide('not_same'), here);
  useAction('review.merge', () => decide(detail()?.can.includes('join') ? 'join' : 'merge'), here);
  useAction('review.update', () => decide('update'), here);
  useAction('review.create', () => decide('create'), here);
  useAction('review.retry', () => decide(detail()?.can.includes('recreate') ? 'recreate' : 'retry'), here);
  useAction('review.edit', startEdit, here);
  useAction('review.discard', () => decide('discard'), here);
  useAction('review.assign', () => setDialog({ is: 'assign', items: forAssigning }), here);
  useAction('review.select', () => select(key, false), here);
  useAction('review.look', () => void look(), { region: 'review', enabled: () => edit === null });
  useAction('review.clear', () => setSelected(new Set()), {
    region: 'review',
    enabled: () => selected.size > 0 && edit === null,
  });
  useAction('review.open', () => row?.ticket != null && onOpen(row.ticket), {
    region: 'review',
    enabled: () => row?.ticket != null && edit === null,
  });
  useAction('edit.undo', () => void queue.undo(), { region: 'review', enabled: () => edit === null });
  useAction('filter.clear', () => onSearch(CLEARED), { region: 'review', enabled: () => isFiltered(search) });

  return (
    <div ref={page} tabIndex={-1} className={classes.page} data-region="review" data-testid="review-page">
      <header className={classes.head}>
        <h2 className={classes.title}>{t.review.title}</h2>
        <ReviewFilters search={search} counts={queue.counts} onSearch={onSearch} onClear={() => onSearch(CLEARED)} />
        <span className={classes.spring} />
        {chosen.length > 0 ? (
          <div className={classes.bulk} role="toolbar" aria-label={t.review.bulk.bar}>
            <span className={classes.dim}>{t.review.selected(chosen.length)}</span>
            <Button size="xs" onClick={() => setDialog({ is: 'bulk', items: chosen })}>
              {t.review.bulk.some(formats.number(chosen.length))}
            </Button>
            <Button size="xs" variant="default" onClick={() => setDialog({ is: 'assign', items: chosen })}>
              {t.review.assign.open}
            </Button>
            <Button size="xs" variant="subtle" color="gray" onClick={() => setSelected(new Set())}>
              {t.review.bulk.clear}
            </Button>
          </div>
        ) : (
          <div className={classes.bulk}>
            {queue.many > 1 && (
              <Button size="xs" variant="default" onClick={() => setDialog({ is: 'bulk', items: null })}>
                {t.review.bulk.all(total)}
              </Button>
            )}
            <Button size="xs" variant="subtle" color="gray" loading={looking} onClick={() => void look()}>
              {t.review.look.label}
            </Button>
            <Button size="xs" variant="subtle" color="gray" onClick={() => setDialog({ is: 'not-same' })}>
              {t.review.notSame.open}
            </Button>
          </div>
        )}
      </header>
      {pages.isError && pages.data === undefined && (
        <ErrorNotice error={asUiError(pages.error)} onRetry={() => void pages.refetch()} />
      )}
      {pages.data !== undefined && rows.length === 0 && (
        <div className={classes.none}>
          {isFiltered(search) ? (
            <EmptyNotice title={t.review.noMatch} text={t.review.noMatchText}>
              <Button size="xs" variant="default" onClick={() => onSearch(CLEARED)}>
                {t.review.showAll}
              </Button>
            </EmptyNotice>
          ) : (
            <EmptyNotice icon={<IconCheck size={28} stroke={1.6} />} title={t.review.none} text={t.review.noneText} />
          )}
        </div>
      )}
      {row !== undefined && (
        <div className={classes.split}>
          <QueueList queue={queue} selected={selected} onSelect={select} following={edit === null && dialog === null} />
          <Detail
            key={key}
            row={row}
            at={queue.at}
            total={total}
            choice={choice}
            editing={editing}
            onPick={pick}
            onType={type}
            onEdit={startEdit}
            onEdited={endEdit}
            onDecide={decide}
            onOpen={onOpen}
            onAssign={() => setDialog({ is: 'assign', items: [key] })}
            onMerge={(cards) => setDialog({ is: 'merge', cards })}
          />
        </div>
      )}
      {dialog?.is === 'bulk' && (
        <BulkAccept
          items={dialog.items}
          filter={filter}
          onClose={() => setDialog(null)}
          onAccept={(of, work) => {
            setDialog(null);
            setSelected(new Set());
            void queue.decide(of, work);
          }}
        />
      )}
      {dialog?.is === 'assign' && (
        <AssignItems
          items={dialog.items}
          onClose={() => setDialog(null)}
          onDone={() => {
            setDialog(null);
            setSelected(new Set());
          }}
        />
      )}
      <Suspense fallback={null}>
        {dialog?.is === 'merge' && (
          <MergeTickets cards={dialog.cards} onClose={() => setDialog(null)} onMerged={() => setDialog(null)} />
        )}
      </Suspense>
      {dialog?.is === 'not-same' && <NotSame onClose={() => setDialog(null)} />}
    </div>
  );
}
