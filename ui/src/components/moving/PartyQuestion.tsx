/** Which company and which contact it is, where somebody like them is here already. */
import { Radio } from '@mantine/core';
import type { PartyChoice, PartyNeed } from '@/api/bindings';
import { t } from '@/strings';
import classes from './PartyQuestion.module.css';
import { chooseCompany, chooseContact, companyValue, contactValue, NEW } from './party';

interface PartyQuestionProps {
  need: PartyNeed;
  choice: PartyChoice;
  onChoose: (choice: PartyChoice) => void;
}

const about = (...parts: string[]): string => parts.filter((part) => part !== '').join(' · ');
const waits = (inHalo: boolean): string => (inHalo ? '' : t.party.waits);

export function PartyQuestion({ need, choice, onChoose }: PartyQuestionProps) {
  return (
    <div className={classes.party} data-testid="party-question">
      <p className={classes.intro}>{t.party.intro}</p>
      <Radio.Group
        label={t.party.company}
        value={companyValue(choice)}
        onChange={(value) => onChoose(chooseCompany(need, choice, value))}
      >
        <div className={classes.options}>
          {need.companies.map((company) => (
            <Radio
              key={company.id}
              value={String(company.id)}
              label={company.name}
              description={about(company.website, waits(company.in_halo))}
            />
          ))}
          <Radio value={NEW} label={t.party.newCompany(need.new_company)} />
        </div>
      </Radio.Group>
      <Radio.Group
        label={t.party.contact}
        value={contactValue(choice)}
        onChange={(value) => onChoose(chooseContact(need, choice, value))}
      >
        <div className={classes.options}>
          {need.contacts.map((contact) => (
            <Radio
              key={contact.id}
              value={String(contact.id)}
              label={contact.name}
              description={about(contact.email, contact.company_name, waits(contact.in_halo))}
            />
          ))}
          <Radio value={NEW} label={t.party.newContact(need.new_contact)} />
        </div>
      </Radio.Group>
    </div>
  );
}
