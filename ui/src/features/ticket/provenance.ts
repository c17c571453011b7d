/** Where a value came from, in words: "Apollo.io, 12 Nov; before: Sales Manager". */
import type { AgentRow, FieldRow } from '@/api/bindings';
import type { Formats } from '@/lib/formats';
import { showValue } from '@/lib/values';
import { t } from '@/strings';

export function provenanceText(
  row: FieldRow,
  agent: (id: number | null) => AgentRow | undefined,
  formats: Formats,
  now: number,
): string {
  const { source, at, by } = row.stored.provenance;
  const names = t.ticket.fields.from;
  const from =
    source.kind === 'person' || source.kind === 'halopsa'
      ? names[source.kind]
      : source.kind === 'rule'
        ? names.rule(source.name)
        : source.name;
  const who = agent(by)?.name;
  const parts = [`${who === undefined ? from : `${from} ${t.ticket.fields.by(who)}`}, ${formats.day(at, now)}`];
  if (row.before !== null) parts.push(t.ticket.fields.before(showValue(row.before, formats, t.yes, t.no)));
  return parts.join('; ');
}
