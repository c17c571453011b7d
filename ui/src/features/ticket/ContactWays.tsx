import { ActionIcon, Tooltip } from '@mantine/core';
import { IconMail, IconPhone } from '@tabler/icons-react';
import type { TicketView, Value } from '@/api/bindings';
import { operations } from '@/components/operations';
import { formats } from '@/lib/formats';
import { showValue } from '@/lib/values';
import { t } from '@/strings';
import classes from './ContactWays.module.css';

const FIELDS = ['email', 'phone', 'mobile_phone', 'company_phone'];

/** Whether the system has a program that could do something with it. */
function isWay(value: Value): boolean {
  return value.type === 'email' || (value.type === 'phone' && value.value.e164 !== null);
}

/** Calls and mails with the system's own programs. A way that is closed stays where it is and says why. */
export function ContactWays({ view }: { view: TicketView }) {
  const ways = FIELDS.flatMap((field) => view.fields.filter((row) => row.field === field && isWay(row.stored.value)));
  if (ways.length === 0) return null;
  return (
    <div className={classes.ways} role="group" aria-label={t.dnc.ways.label}>
      {ways.map(({ field, stored: { value } }) => {
        const closed = view.closed_ways.includes(field);
        const shown = showValue(value, formats, t.yes, t.no);
        const label = value.type === 'email' ? t.dnc.ways.mail(shown) : t.dnc.ways.call(shown);
        return (
          <Tooltip key={field} label={closed ? `${label}: ${t.dnc.closed}` : label}>
            <ActionIcon
              aria-label={closed ? `${label}. ${t.dnc.closed}` : label}
              aria-disabled={closed}
              data-disabled={closed}
              onClick={() => {
                if (!closed) void operations.contact(view.row.card.id, field);
              }}
            >
              {value.type === 'email' ? <IconMail size={16} /> : <IconPhone size={16} />}
            </ActionIcon>
          </Tooltip>
        );
      })}
    </div>
  );
}
