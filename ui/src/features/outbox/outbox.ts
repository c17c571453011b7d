import type { OutboxRow } from '@/api/bindings';
import type { Formats } from '@/lib/formats';
import type { OutboxShow } from '@/lib/urlState';
import { t } from '@/strings';

/** What stands in the list: headings and entries, in one row so that a list of any length can be drawn in part. */
export type OutboxItem =
  | { kind: 'head'; key: string; title: string; count: number }
  | { kind: 'entry'; key: number; entry: OutboxRow };

/** Entries whose next try is closer than this are as good as on their way, in milliseconds. */
const SOON_MS = 5000;

const SECTION: Record<OutboxRow['state'], OutboxShow> = {
  parked: 'parked',
  waiting: 'waiting',
  sending: 'waiting',
  uncertain: 'waiting',
  sent: 'sent',
};

/** What needs a person first, then what waits in the order it will be sent, then what was sent, newest first. */
export function groupOutbox(rows: readonly OutboxRow[]): Record<OutboxShow, OutboxRow[]> {
  const of = (section: OutboxShow): OutboxRow[] => rows.filter((row) => SECTION[row.state] === section);
  return {
    parked: of('parked').sort((a, b) => b.id - a.id),
    waiting: of('waiting').sort((a, b) => a.id - b.id),
    sent: of('sent').sort((a, b) => b.id - a.id),
  };
}

/** How many entries are in each part. */
export function countOutbox(rows: readonly OutboxRow[]): Record<OutboxShow, number> {
  const counts = { parked: 0, waiting: 0, sent: 0 };
  for (const row of rows) counts[SECTION[row.state]] += 1;
  return counts;
}

/** The whole list, or one part of it. */
export function arrange(rows: readonly OutboxRow[], show?: OutboxShow): OutboxItem[] {
  const groups = groupOutbox(rows);
  const titles: Record<OutboxShow, string> = {
    parked: t.outbox.needsYou,
    waiting: t.outbox.waiting,
    sent: t.outbox.sent,
  };
  const items: OutboxItem[] = [];
  for (const part of ['parked', 'waiting', 'sent'] as const) {
    const entries = groups[part];
    if (entries.length === 0 || (show !== undefined && show !== part)) continue;
    items.push({ kind: 'head', key: part, title: titles[part], count: entries.length });
    for (const entry of entries) items.push({ kind: 'entry', key: entry.id, entry });
  }
  return items;
}

/** Since when, how often tried, and when again; in the order in which they are read. */
export function factsOf(entry: OutboxRow, now: number, formats: Formats): string[] {
  const { state, since, tries, due_at: due } = entry;
  return [
    state === 'waiting' || state === 'parked' ? '' : t.outbox.state[state],
    formats.relative(since, now),
    tries > 1 && state !== 'sent' ? t.outbox.tries(tries) : '',
    state === 'waiting' && due !== null && Date.parse(due) > now + SOON_MS
      ? t.outbox.nextTry(formats.relative(due, now))
      : '',
  ].filter((fact) => fact !== '');
}
