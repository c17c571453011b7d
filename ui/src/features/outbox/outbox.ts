import type { OutboxRow } from '@/api/bindings';

/** What needs a person first, then what waits in the order it will be sent, then what was sent, newest first. */
export function groupOutbox(rows: readonly OutboxRow[]): {
  parked: OutboxRow[];
  waiting: OutboxRow[];
  sent: OutboxRow[];
} {
  const of = (...states: OutboxRow['state'][]): OutboxRow[] => rows.filter((row) => states.includes(row.state));
  return {
    parked: of('parked').sort((a, b) => b.id - a.id),
    waiting: of('sending', 'uncertain', 'waiting').sort((a, b) => a.id - b.id),
    sent: of('sent').sort((a, b) => b.id - a.id),
  };
}
