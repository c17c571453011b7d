import type { Alert } from '@/api/bindings';
import { t } from '@/strings';

/** What a person should know of the sync, in a sentence. */
export function alertText(alert: Alert): string {
  if (alert.kind === 'many_missing') return t.health.alert.many_missing(alert.tickets);
  return t.health.alert[alert.kind];
}
