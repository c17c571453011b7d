/** What a card says, in words: for its name to screen readers and for its hints. */
import type { AgentRow, Card, Stage } from '@/api/bindings';
import { daysSince, type Formats } from '@/lib/formats';
import { ticketName } from '@/lib/values';
import { t } from '@/strings';

/** The number that stands for the card: its value, else its score. */
export function headline(card: Card, formats: Formats): { text: string; hint: string } | null {
  if (card.value !== null) return { text: formats.money(card.value), hint: '' };
  if (card.lifecycle === 'lead') {
    return card.lead_score === null
      ? null
      : { text: t.board.card.score(card.lead_score), hint: t.board.card.leadScoreHint };
  }
  return card.fit_score === null
    ? null
    : { text: t.board.card.fitScore(card.fit_score), hint: t.board.card.fitScoreHint };
}

/** Days a card has been in its stage beyond what the stage allows; `null` when it is not stale. */
export function staleness(days: number, limit: number | null): { days: number; limit: number } | null {
  return limit !== null && days > limit ? { days, limit } : null;
}

export function staleOf(card: Card, stage: Stage, now: number): { days: number; limit: number } | null {
  return staleness(daysSince(card.entered_at, now), stage.rotting_days);
}

export function cardName(card: Card): string {
  return ticketName(card) || t.noName;
}

/** Everything the card shows, as one sentence. */
export function cardSentence(
  card: Card,
  stage: Stage,
  owner: AgentRow | undefined,
  selected: boolean,
  now: number,
  formats: Formats,
): string {
  const stale = staleOf(card, stage, now);
  return [
    cardName(card),
    selected ? t.board.card.selected : '',
    headline(card, formats)?.text ?? '',
    owner === undefined ? t.board.card.noOwner : t.board.card.owner(owner.name),
    card.next_action === null
      ? ''
      : `${card.next_action}${card.next_action_at === null ? '' : `, ${formats.day(card.next_action_at, now)}`}`,
    card.do_not_contact ? t.board.card.dnc : '',
    stale === null ? '' : t.board.card.stale(stale.days, stale.limit),
    card.sync === 'synced' ? '' : t.board.card.sync[card.sync],
  ]
    .filter((part) => part !== '')
    .join(', ');
}
