import type { Card } from '@/api/bindings';
import { EmptyNotice } from '@/components/EmptyNotice';
import { TicketList } from '@/components/TicketList';
import { t } from '@/strings';

/** Other tickets of the same company or person. */
export function Related({ cards, onOpen }: { cards: readonly Card[]; onOpen: (ticket: number) => void }) {
  if (cards.length === 0) return <EmptyNotice title={t.ticket.related.empty} text={t.ticket.related.emptyText} />;
  return <TicketList cards={cards} onOpen={onOpen} />;
}
