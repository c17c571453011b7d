/** The one sentence of the status item: what is saved here, and what HaloPSA has. */
import type { SyncStatus } from '@/api/bindings';
import type { Formats } from '@/lib/formats';
import { t } from '@/strings';

export type StatusTone = 'good' | 'waiting' | 'needs' | 'offline';

export function statusText(status: SyncStatus, formats: Formats, now: number): { text: string; tone: StatusTone } {
  const { counts, link } = status;
  const needs = counts.parked + counts.conflicts;
  const pending = [
    ...(counts.waiting > 0 ? [t.status.waiting(counts.waiting)] : []),
    ...(needs > 0 ? [t.status.needsYou(needs)] : []),
  ];
  const withPending = (text: string): string => [...pending, text].join(' · ');
  switch (link.state) {
    case 'not_connected':
      return { text: withPending(t.status.notConnected), tone: 'offline' };
    case 'signed_out':
      return { text: withPending(t.status.signedOut), tone: 'needs' };
    case 'offline':
      return {
        text: withPending(t.status.offline(formats.moment(link.since, now))),
        tone: needs > 0 ? 'needs' : 'offline',
      };
    case 'online': {
      // The drawer says why.
      if (status.problem !== null) return { text: withPending(t.status.heldUp), tone: 'needs' };
      if (status.paused) return { text: withPending(t.outbox.paused), tone: needs > 0 ? 'needs' : 'waiting' };
      if (status.progress !== null) {
        const { done, total } = status.progress;
        const text =
          total === 0 ? t.status.pullingStart : t.status.pulling(formats.number(done), formats.number(total));
        return { text: withPending(text), tone: needs > 0 ? 'needs' : 'waiting' };
      }
      const synced =
        status.last_pull === null ? t.status.neverSynced : t.status.synced(formats.moment(status.last_pull, now));
      if (pending.length === 0) {
        return { text: status.last_pull === null ? synced : `${t.status.allIn} · ${synced}`, tone: 'good' };
      }
      return { text: withPending(synced), tone: needs > 0 ? 'needs' : 'waiting' };
    }
  }
}
