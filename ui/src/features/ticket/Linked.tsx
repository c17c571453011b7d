/** Whom the ticket is linked to in HaloPSA, and the way to link it to somebody else. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import type { CompanyOption, PartyChoice, TicketView } from '@/api/bindings';
import { companiesQuery, contactsQuery } from '@/api/queries';
import { operations } from '@/components/operations';
import { Picker } from '@/components/Picker';
import { t } from '@/strings';
import classes from './Linked.module.css';

const NEW = 'new';

export function Linked({ view }: { view: TicketView }) {
  const [picking, setPicking] = useState(false);
  const { linked_company: company, linked_contact: contact } = view;
  const names = [company?.name, contact?.name].filter((name) => name !== undefined).join(' – ');
  const waits = (company !== null && !company.in_halo) || (contact !== null && !contact.in_halo);
  return (
    <div className={classes.linked} data-testid="linked">
      <span className={classes.label}>{t.party.linked}</span>
      <span className={classes.who}>
        {names === '' ? t.party.nobody : names} {waits && <span className={classes.waits}>{t.party.waits}</span>}
      </span>
      <Button size="compact-xs" variant="subtle" onClick={() => setPicking(true)}>
        {company === null ? t.party.link : t.party.change}
      </Button>
      {picking && <LinkPicker view={view} onClose={() => setPicking(false)} />}
    </div>
  );
}

/** First the company, then who of it. */
function LinkPicker({ view, onClose }: { view: TicketView; onClose: () => void }) {
  const { card } = view.row;
  const [company, setCompany] = useState<CompanyOption | null>(null);
  const [text, setText] = useState(card.company);
  const asked = useDeferredValue(text.trim() === '' ? card.company : text);
  const { data: companies = [] } = useQuery(companiesQuery(asked));
  const { data: contacts = [] } = useQuery({ ...contactsQuery(company?.id ?? 0), enabled: company !== null });

  const link = (choice: PartyChoice): void => {
    onClose();
    void operations.link(card.id, choice);
  };

  if (company !== null) {
    return (
      <Picker
        key="contact"
        opened
        onClose={onClose}
        title={t.party.pickContact(company.name)}
        placeholder={t.party.pickContactPlaceholder}
        groups={[
          {
            label: t.party.contacts,
            items: contacts.map((contact) => ({
              id: String(contact.id),
              label: contact.name,
              detail: contact.email,
              words: contact.email,
            })),
          },
          { label: t.party.create, items: card.person === '' ? [] : [newItem(t.party.newContact(card.person))] },
        ]}
        onPick={(id) =>
          link({
            company: { is: 'existing', id: company.id },
            contact: id === NEW ? { is: 'new' } : { is: 'existing', id: Number(id) },
          })
        }
        testid="contact-picker"
      />
    );
  }
  const nameless = card.company === '' || card.person === '';
  return (
    <Picker
      key="company"
      opened
      onClose={onClose}
      title={t.party.pickCompany(card.company === '' ? t.noName : card.company)}
      placeholder={t.party.pickCompanyPlaceholder}
      onQuery={setText}
      groups={[
        {
          label: t.party.found,
          items: companies.map((option) => ({
            id: String(option.id),
            label: option.name,
            detail: option.in_halo ? option.website : t.party.waits,
          })),
        },
        {
          label: t.party.create,
          items: [
            {
              ...newItem(t.party.newCompany(card.company)),
              ...(nameless ? { disabled: true, detail: t.party.unnamed } : { detail: card.person }),
            },
          ],
        },
      ]}
      onPick={(id) => {
        const picked = companies.find((option) => String(option.id) === id);
        if (picked === undefined) link({ company: { is: 'new' }, contact: { is: 'new' } });
        else setCompany(picked);
      }}
      empty={<p>{t.party.noCompany}</p>}
      testid="company-picker"
    />
  );
}

const newItem = (label: string) => ({ id: NEW, label });
