import type { Alert } from '@/api/bindings';
import { t } from '@/strings';

/** What a person should know of the sync, in a sentence. */
export function alertText(alert: Alert): string {
  if (alert.kind === 'many_missing' || alert.kind === 'unplaced') return t.health.alert[alert.kind](alert.tickets);
  return t.health.alert[alert.kind];
}
