import { useDraggable } from '@dnd-kit/core';
import { IconDots, IconPhoneOff } from '@tabler/icons-react';
import { type MouseEvent, memo, useLayoutEffect, useRef } from 'react';
import type { AgentRow, Card, Stage } from '@/api/bindings';
import { useLookup } from '@/api/reference';
import { announce } from '@/components/announce';
import { OwnerMark } from '@/components/OwnerMark';
import { SyncMark } from '@/components/SyncMark';
import { cardName, cardSentence, headline, staleOf } from '@/components/tickets/cardText';
import { formats } from '@/lib/formats';
import { t } from '@/strings';
import classes from './Card.module.css';
import { useBoard } from './context';
import { CardFlag, cardFlags, useBoardState } from './state';

interface FaceProps {
  card: Card;
  stage: Stage;
  owner: AgentRow | undefined;
  /** To the hour, so that cards are not redrawn each minute. */
  now: number;
}

/** What is printed on a card. Plain elements only: a hundred of these are on the screen. */
export const CardFace = memo(function CardFace({ card, stage, owner, now }: FaceProps) {
  const number = headline(card, formats);
  const stale = staleOf(card, stage, now);
  const overdue = card.next_action_at !== null && Date.parse(card.next_action_at) < now;
  const [first, second] = card.company === '' ? [card.person, ''] : [card.company, card.person];
  return (
    <>
      <span className={classes.line}>
        <span className={classes.company}>{first || t.noName}</span>
        {card.do_not_contact && (
          <span className={classes.dnc} title={t.board.card.dnc}>
            <IconPhoneOff size={13} stroke={2.2} aria-hidden="true" />
          </span>
        )}
        <SyncMark state={card.sync} />
      </span>
      <span className={classes.line}>
        <span className={classes.person}>{second}</span>
        {stale !== null && (
          <span className={classes.stale} title={t.board.card.staleHint(stage.label, stale.days, stale.limit)}>
            {t.board.card.staleShort(stale.days)}
          </span>
        )}
      </span>
      <span className={`${classes.line} ${classes.foot}`}>
        {number !== null && (
          <span className={classes.number} title={number.hint === '' ? undefined : number.hint}>
            {number.text}
          </span>
        )}
        <span className={classes.next} data-overdue={overdue}>
          {card.next_action !== null && (
            <>
              {card.next_action_at !== null && (
                <time dateTime={card.next_action_at}>{formats.day(card.next_action_at, now)} </time>
              )}
              {card.next_action}
            </>
          )}
        </span>
        <OwnerMark agent={owner} />
      </span>
    </>
  );
});

interface CardViewProps {
  card: Card;
  stage: Stage;
  /** From 0. */
  index: number;
  count: number;
  now: number;
}

type Draggable = ReturnType<typeof useDraggable>;

interface GrippedProps extends CardViewProps {
  listeners: Draggable['listeners'];
  grip: Draggable['setNodeRef'];
}

/** A drag tells every card whenever it crosses a column. What that redraws is this: nothing that can be seen. */
export const CardView = memo(function CardView(props: CardViewProps) {
  const { card } = props;
  const { listeners, setNodeRef } = useDraggable({ id: card.id, data: { card } });
  return <Gripped {...props} listeners={listeners} grip={setNodeRef} />;
});

const Gripped = memo(function Gripped({ card, stage, index, count, now, listeners, grip }: GrippedProps) {
  const board = useBoard();
  const { state } = board;
  const lookup = useLookup();
  const owner = lookup.agent(card.owner);
  const flags = useBoardState(state, (s) => cardFlags(s, card.id, stage.key, index));
  const focused = (flags & CardFlag.focused) !== 0;
  const selected = (flags & CardFlag.selected) !== 0;
  const call = useBoardState(state, (s) => (s.focus?.id === card.id ? s.focusCall : 0));
  const element = useRef<HTMLElement>(null);

  const answered = useRef(state.focusCall);
  useLayoutEffect(() => {
    if (call > answered.current) element.current?.focus({ preventScroll: true });
    answered.current = state.focusCall;
  }, [call, state]);

  const toggle = (): void => {
    state.toggle(card);
    announce(t.board.bulk.announced(state.selection.size));
  };

  const onClick = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey) toggle();
    else if (event.shiftKey) board.selectRange(card);
    else board.open(card);
  };

  const name = cardName(card);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter, X and the rest are actions of the registry, on the whole board.
    <article
      ref={(node) => {
        element.current = node;
        grip(node);
      }}
      className={classes.card}
      data-testid={`card-${card.id}`}
      data-selected={selected}
      data-carried={(flags & CardFlag.carried) !== 0}
      data-opened={(flags & CardFlag.opened) !== 0}
      data-landed={(flags & CardFlag.landed) !== 0}
      data-selecting={(flags & CardFlag.selecting) !== 0}
      data-stage={card.stage}
      tabIndex={flags & (CardFlag.focused | CardFlag.entry) ? 0 : -1}
      aria-roledescription={t.board.card.role}
      aria-label={cardSentence(card, stage, owner, selected, now, formats)}
      aria-posinset={index + 1}
      aria-setsize={count}
      onFocus={(event) => {
        if (event.target === event.currentTarget && !focused) state.setFocus({ stage: stage.key, index, id: card.id });
      }}
      onClick={onClick}
      onContextMenu={(event) => {
        event.preventDefault();
        board.openMenu(card, new DOMRect(event.clientX, event.clientY, 0, 0));
      }}
      {...listeners}
    >
      <CardFace card={card} stage={stage} owner={owner} now={now} />
      <span className={classes.tools}>
        <button
          type="button"
          role="checkbox"
          aria-checked={selected}
          aria-label={t.board.card.select(name)}
          className={classes.check}
          tabIndex={-1}
          onClick={(event) => {
            event.stopPropagation();
            if (event.shiftKey) board.selectRange(card);
            else toggle();
          }}
        />
        <button
          type="button"
          aria-label={t.board.card.menu(name)}
          aria-haspopup="menu"
          className={classes.more}
          tabIndex={-1}
          onClick={(event) => {
            event.stopPropagation();
            board.openMenu(card, event.currentTarget.getBoundingClientRect());
          }}
        >
          <IconDots size={15} aria-hidden="true" />
        </button>
      </span>
    </article>
  );
});
