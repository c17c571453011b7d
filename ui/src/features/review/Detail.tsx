/** One item: why it is here, both sides of every field, what will come of it, and the ways to decide. */
import { Button, Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Card, ReviewAction, ReviewDetail, ReviewField, ReviewRow } from '@/api/bindings';
import { asUiError } from '@/api/host';
import { reviewDetailQuery } from '@/api/queries';
import { useLookup } from '@/api/reference';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Keys } from '@/components/Keys';
import { TicketList } from '@/components/TicketList';
import { formats } from '@/lib/formats';
import { t } from '@/strings';
import { Fields } from './Fields';
import { ReasonMark } from './Queue';
import classes from './Review.module.css';
import { acceptedAction, type Choice, canAccept, canEdit, OTHER_WAYS, otherWays, type Pick } from './review';

interface DetailProps {
  row: ReviewRow;
  /** From 0. */
  at: number;
  total: string;
  choice: Choice;
  editing: boolean;
  onPick: (field: ReviewField, pick: Pick) => void;
  onType: (field: ReviewField, text: string) => void;
  onEdit: () => void;
  onEdited: (keep: boolean) => void;
  onDecide: (action: ReviewAction) => void;
  onOpen: (ticket: number) => void;
  onAssign: () => void;
  onMerge: (cards: readonly Card[]) => void;
}

export function Detail(props: DetailProps) {
  const { row, at, total, onOpen, onAssign } = props;
  const { data, error, isError, refetch } = useQuery(reviewDetailQuery(row.key));
  const lookup = useLookup();
  const agent = lookup.agent(row.assigned_to);
  const { ticket } = row;
  const label = row.label || t.noName;
  const facts = [row.source, t.review.opened(formats.moment(row.opened_at))].filter((fact) => fact !== '');
  return (
    <section className={classes.detail} aria-label={label} data-testid="review-detail">
      {/* Above what it is about: at the foot of the window stands what was done last. */}
      <div className={classes.ways}>{data !== undefined && <Ways detail={data} {...props} />}</div>
      <div className={classes.detailBody}>
        <header className={classes.detailHead}>
          <div>
            <ReasonMark reason={row.reason} />
            <h3 className={classes.label}>
              {ticket === null ? (
                label
              ) : (
                <button
                  type="button"
                  className={classes.ticket}
                  aria-label={t.outbox.open(label)}
                  onClick={() => onOpen(ticket)}
                >
                  {label}
                </button>
              )}
            </h3>
            <p className={classes.dim}>{facts.join(' · ')}</p>
          </div>
          <div className={classes.detailTools}>
            <span className={classes.dim}>
              {t.review.position(formats.number(at + 1), total)}
              {agent !== undefined && ` · ${t.review.waits(agent.name)}`}
            </span>
            <Button size="compact-xs" variant="default" onClick={onAssign}>
              {t.review.assign.open}
            </Button>
          </div>
        </header>
        {isError && data === undefined && <ErrorNotice error={asUiError(error)} onRetry={() => void refetch()} />}
        {data !== undefined && <Body detail={data} {...props} />}
      </div>
    </section>
  );
}

type PartProps = DetailProps & { detail: ReviewDetail };

function Body({ detail, choice, editing, onPick, onType, onEdited, onOpen, onMerge }: PartProps) {
  return (
    <>
      {detail.evidence.length > 0 && (
        <ul className={classes.evidence} aria-label={t.review.why}>
          {detail.evidence.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      <Fields
        detail={detail}
        choice={choice}
        editing={editing}
        onPick={onPick}
        onType={onType}
        onEdited={onEdited}
        onOpen={onOpen}
      />
      {detail.cells.length > 0 && (
        <section aria-label={t.review.cells} className={classes.part}>
          <h4 className={classes.subtitle}>{t.review.cells}</h4>
          <ol className={classes.cells}>
            {detail.cells.map((cell, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the cells of a row stand where they stand.
              <li key={index}>{cell}</li>
            ))}
          </ol>
        </section>
      )}
      {detail.moves.length > 0 && (
        <section aria-label={t.review.moves} className={classes.part}>
          <h4 className={classes.subtitle}>{t.review.moves}</h4>
          <TicketList cards={detail.moves} onOpen={onOpen} />
        </section>
      )}
      {detail.cluster.length > 0 && (
        <section aria-label={t.review.cluster} className={classes.part}>
          <h4 className={classes.subtitle}>{t.review.cluster}</h4>
          <TicketList cards={detail.cluster} onOpen={onOpen} />
          <Button size="compact-xs" variant="default" mt="xs" onClick={() => onMerge(detail.cluster)}>
            {t.merging.openAll(detail.cluster.length)}
          </Button>
        </section>
      )}
    </>
  );
}

/** What can be decided, each with its key; the recommendation in a sentence above. */
function Ways({ row, detail, choice, editing, onEdit, onEdited, onDecide }: PartProps) {
  const able = (action: ReviewAction): boolean => detail.can.includes(action);
  if (editing) {
    return (
      <div className={classes.wayButtons}>
        <Button size="xs" rightSection={<Keys keys="Enter" />} onClick={() => onEdited(true)}>
          {t.review.editDone}
        </Button>
        <Button size="xs" variant="default" rightSection={<Keys keys="Escape" />} onClick={() => onEdited(false)}>
          {t.review.editStop}
        </Button>
      </div>
    );
  }
  const { text } = detail.recommendation;
  return (
    <>
      {text !== '' && <p className={classes.recommendation}>{text}</p>}
      <div className={classes.wayButtons} role="toolbar" aria-label={t.review.title}>
        {canAccept(detail) && (
          <Button
            size="xs"
            data-testid="review-accept"
            rightSection={<Keys keys="a" />}
            onClick={() => onDecide('accept')}
          >
            {t.review.actions[acceptedAction(detail, choice)]}
          </Button>
        )}
        {able('not_same') && (
          <Tooltip label={t.review.hints.not_same} multiline maw={260}>
            <Button size="xs" variant="default" rightSection={<Keys keys="s" />} onClick={() => onDecide('not_same')}>
              {t.review.actions.not_same}
            </Button>
          </Tooltip>
        )}
        {otherWays(detail, choice).map((way) => (
          <Button
            key={way}
            size="xs"
            variant="default"
            rightSection={<Keys keys={OTHER_WAYS[way]} />}
            onClick={() => onDecide(way)}
          >
            {t.review.actions[way]}
          </Button>
        ))}
        {(canEdit(detail) || row.reason === 'refused_change') && (
          <Button size="xs" variant="default" rightSection={<Keys keys="e" />} onClick={onEdit}>
            {t.review.edit}
          </Button>
        )}
        {able('discard') && (
          <Tooltip label={t.review.hints.discard} multiline maw={260}>
            <Button size="xs" variant="default" rightSection={<Keys keys="d" />} onClick={() => onDecide('discard')}>
              {t.review.actions.discard}
            </Button>
          </Tooltip>
        )}
      </div>
    </>
  );
}
