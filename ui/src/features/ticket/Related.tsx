import type { Card } from '@/api/bindings';
import { useLookup } from '@/api/reference';
import { EmptyNotice } from '@/components/EmptyNotice';
import { OwnerMark } from '@/components/OwnerMark';
import { StageDot } from '@/components/StageDot';
import { formats } from '@/lib/formats';
import { ticketName } from '@/lib/values';
import { t } from '@/strings';
import classes from './Related.module.css';

/** Other tickets of the same company or person. */
export function Related({ cards, onOpen }: { cards: readonly Card[]; onOpen: (ticket: number) => void }) {
  const lookup = useLookup();
  if (cards.length === 0) return <EmptyNotice title={t.ticket.related.empty} text={t.ticket.related.emptyText} />;
  return (
    <ul className={classes.list}>
      {cards.map((card) => (
        <li key={card.id}>
          <button type="button" className={classes.row} onClick={() => onOpen(card.id)}>
            <StageDot lifecycle={card.lifecycle} exit={lookup.stage(card.stage)?.exit ?? false} />
            <span className={classes.name}>{ticketName(card) || t.noName}</span>
            <span className={classes.stage}>{lookup.stageLabel(card.stage)}</span>
            {card.value !== null && <span>{formats.money(card.value)}</span>}
            <OwnerMark agent={lookup.agent(card.owner)} />
          </button>
        </li>
      ))}
    </ul>
  );
}
