import type { Card } from '@/api/bindings';
import { ticketName } from '@/lib/values';
import { t } from '@/strings';

/** What is moved or assigned: enough to name it. */
export type Subject = Pick<Card, 'id' | 'company' | 'person' | 'stage' | 'owner'>;

/** "Acme Ltd – Jane Doe", or "3 tickets". */
export function nameOf(subjects: readonly Pick<Subject, 'company' | 'person'>[]): string {
  const [only] = subjects;
  if (subjects.length === 1 && only !== undefined) return ticketName(only) || t.noName;
  return t.tickets(subjects.length);
}
