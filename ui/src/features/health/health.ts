/** The figures of sync in the words of a person. */
import type { HealthView } from '@/api/bindings';
import type { Formats } from '@/lib/formats';
import { t } from '@/strings';

/** Clocks that differ by less agree as far as anybody can see, in seconds. */
const SKEW_S = 5;

export function skewText(seconds: number | null): string {
  if (seconds === null) return t.health.skewUnknown;
  const size = Math.abs(seconds);
  if (size < SKEW_S) return t.health.skewNone;
  const by = size < 120 ? t.health.seconds(size) : t.health.minutes(Math.round(size / 60));
  return seconds > 0 ? t.health.skewAhead(by) : t.health.skewBehind(by);
}

/** "2 of 40 (5 %)"; without any request there is no rate. */
export function errorsText(errors: number, requests: number, formats: Formats): string {
  const counts = t.health.errorsOf(formats.number(errors), formats.number(requests));
  return requests === 0 ? counts : `${counts} (${formats.percent((100 * errors) / requests)})`;
}

export interface Figure {
  key: string;
  label: string;
  value: string;
  note: string;
  tone: 'good' | 'bad' | 'plain';
}

export function figuresOf(health: HealthView, formats: Formats, now: number): Figure[] {
  const { link, circuit } = health;
  const open = circuit.state === 'open';
  const wait = (iso: string): string => formats.relative(iso, now);
  const linkNote = (): string => {
    if (open) return t.health.circuitOpen;
    return 'since' in link ? t.health.since(formats.moment(link.since, now)) : '';
  };
  const rate = health.requests_1h === 0 ? 0 : health.errors_1h / health.requests_1h;
  return [
    {
      key: 'link',
      label: t.health.circuit,
      value: t.health.link[link.state],
      note: linkNote(),
      tone: open || link.state === 'signed_out' ? 'bad' : link.state === 'online' ? 'good' : 'plain',
    },
    {
      key: 'last-sync',
      label: t.health.lastSync,
      value: health.last_sync === null ? t.health.never : formats.moment(health.last_sync, now),
      note: health.last_sync === null ? '' : wait(health.last_sync),
      tone: 'plain',
    },
    {
      key: 'pending',
      label: t.health.pending,
      value: formats.number(health.pending),
      note: health.oldest_pending_since === null ? '' : t.health.oldest(wait(health.oldest_pending_since)),
      tone: 'plain',
    },
    {
      key: 'parked',
      label: t.health.parked,
      value: formats.number(health.parked),
      note: '',
      tone: health.parked > 0 ? 'bad' : 'plain',
    },
    {
      key: 'errors-hour',
      label: `${t.health.errors}, ${t.health.hour}`,
      value: errorsText(health.errors_1h, health.requests_1h, formats),
      note: '',
      tone: rate > 0.05 ? 'bad' : 'plain',
    },
    {
      key: 'errors-day',
      label: `${t.health.errors}, ${t.health.day}`,
      value: errorsText(health.errors_24h, health.requests_24h, formats),
      note: '',
      tone: 'plain',
    },
    {
      key: 'latency',
      label: t.health.latency,
      value:
        health.latency_ms_p50 === null
          ? t.health.noLatency
          : t.health.latencyValue(formats.number(health.latency_ms_p50)),
      note: health.latency_ms_p95 === null ? '' : t.health.latencyMost(formats.number(health.latency_ms_p95)),
      tone: 'plain',
    },
    { key: 'skew', label: t.health.skew, value: skewText(health.clock_skew_s), note: '', tone: 'plain' },
  ];
}
