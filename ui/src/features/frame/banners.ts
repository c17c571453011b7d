/** The strips above every screen: what of the sync a person should know without looking for it. */
import type { HealthView, SyncStatus } from '@/api/bindings';
import type { Formats } from '@/lib/formats';
import { t } from '@/strings';

export type BannerAction = 'sign-in' | 'gone' | 'keep' | 'resume' | 'try-now' | 'settings' | 'show';

export interface Banner {
  id: 'signed-out' | 'mapping' | 'missing' | 'paused' | 'offline';
  tone: 'danger' | 'warning' | 'quiet';
  title: string;
  text: string;
  actions: BannerAction[];
}

type Known = Pick<HealthView, 'alerts' | 'circuit'>;

/** In the order of their weight. `health` may not have been read yet. */
export function bannersOf(status: SyncStatus, health: Known | undefined, formats: Formats, now: number): Banner[] {
  const { link, paused } = status;
  const banners: Banner[] = [];
  if (link.state === 'signed_out') {
    banners.push({
      id: 'signed-out',
      tone: 'danger',
      title: t.banners.signedOut(formats.moment(link.since, now)),
      text: t.banners.signedOutText,
      actions: ['sign-in'],
    });
  }
  if (status.mapping_alerts > 0 && link.state !== 'not_connected') {
    banners.push({
      id: 'mapping',
      tone: 'warning',
      title: t.banners.mapping,
      text: t.banners.mappingText(status.mapping_alerts),
      actions: ['settings'],
    });
  }
  const missing = health?.alerts.find((alert) => alert.kind === 'many_missing');
  if (missing !== undefined) {
    banners.push({
      id: 'missing',
      tone: 'warning',
      title: t.banners.missing(missing.tickets),
      text: t.banners.missingText,
      actions: ['show', 'keep', 'gone'],
    });
  }
  if (paused && link.state !== 'not_connected') {
    banners.push({
      id: 'paused',
      tone: 'warning',
      title: t.banners.paused,
      text: t.banners.pausedText,
      actions: ['resume'],
    });
  }
  if (link.state === 'offline') {
    banners.push({
      id: 'offline',
      tone: 'quiet',
      title: t.banners.offline(formats.moment(link.since, now)),
      text: health?.circuit.state === 'open' ? t.banners.probing : t.banners.offlineText,
      actions: ['try-now'],
    });
  }
  return banners;
}
