import { Button } from '@mantine/core';
import { IconPhoneOff } from '@tabler/icons-react';
import type { TicketView } from '@/api/bindings';
import { useLookup } from '@/api/reference';
import { useDnc } from '@/components/dnc/Dnc';
import { formats } from '@/lib/formats';
import { showValue } from '@/lib/values';
import { t } from '@/strings';
import classes from './TicketPanel.module.css';

/** Since when nobody may contact this person, why, who said so, and the way back for a manager. */
export function DncBanner({ view }: { view: TicketView }) {
  const lookup = useLookup();
  const dnc = useDnc();
  const { card } = view.row;
  if (!card.do_not_contact) return null;
  const mark = view.fields.find((row) => row.field === 'do_not_contact')?.stored;
  const reason = view.fields.find((row) => row.field === 'dnc_reason')?.stored.value;
  const source = mark?.provenance.source.kind;
  const agent = lookup.agent(mark?.provenance.by ?? null)?.name;
  const facts = [
    reason === undefined ? null : showValue(reason, formats, t.yes, t.no),
    mark === undefined ? null : formats.day(mark.provenance.at, Date.now()),
    agent === undefined ? null : t.dnc.by(agent),
    source === 'halopsa' ? t.dnc.halopsa : source === 'rule' ? t.dnc.rule : null,
  ].filter((fact) => fact !== null);
  return (
    <div className={classes.banner} data-tone="danger" data-testid="dnc-banner">
      <IconPhoneOff size={16} aria-hidden="true" />
      <p>
        <strong>{t.dnc.title}</strong>
        {facts.length > 0 && ` (${facts.join(', ')})`}. {t.dnc.text} {!dnc.mayLift && t.dnc.onlyManager}
      </p>
      {dnc.mayLift && (
        <Button size="compact-xs" variant="default" onClick={() => dnc.lift([card])}>
          {t.dnc.lift}
        </Button>
      )}
    </div>
  );
}
