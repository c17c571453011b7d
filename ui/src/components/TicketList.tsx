import type { Card } from '@/api/bindings';
import { useLookup } from '@/api/reference';
import { formats } from '@/lib/formats';
import { ticketName } from '@/lib/values';
import { t } from '@/strings';
import { OwnerMark } from './OwnerMark';
import { StageDot } from './StageDot';
import classes from './TicketList.module.css';

/** A ticket in a line, to be opened. */
export function TicketLine({ card, onOpen }: { card: Card; onOpen: (ticket: number) => void }) {
  const lookup = useLookup();
  return (
    <button type="button" className={classes.row} onClick={() => onOpen(card.id)}>
      <StageDot lifecycle={card.lifecycle} exit={lookup.stage(card.stage)?.exit ?? false} />
      <span className={classes.name}>{ticketName(card) || t.noName}</span>
      <span className={classes.stage}>{lookup.stageLabel(card.stage)}</span>
      {card.value !== null && <span>{formats.money(card.value)}</span>}
      <OwnerMark agent={lookup.agent(card.owner)} />
    </button>
  );
}

/** Tickets, one to a line. */
export function TicketList({ cards, onOpen }: { cards: readonly Card[]; onOpen: (ticket: number) => void }) {
  return (
    <ul className={classes.list}>
      {cards.map((card) => (
        <li key={card.id}>
          <TicketLine card={card} onOpen={onOpen} />
        </li>
      ))}
    </ul>
  );
}
