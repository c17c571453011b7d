/** Choosing a company and a contact that belong together. */
import type { ContactOption, PartyChoice, PartyNeed } from '@/api/bindings';

/** As the value of a radio button. */
export const NEW = 'new';

export const companyValue = (choice: PartyChoice): string =>
  choice.company.is === 'new' ? NEW : String(choice.company.id);
export const contactValue = (choice: PartyChoice): string =>
  choice.contact.is === 'new' ? NEW : String(choice.contact.id);

const contactOf = (need: PartyNeed, choice: PartyChoice): ContactOption | undefined => {
  const { contact } = choice;
  return contact.is === 'existing' ? need.contacts.find((option) => option.id === contact.id) : undefined;
};

/** A contact of another company does not go along. */
export function chooseCompany(need: PartyNeed, choice: PartyChoice, value: string): PartyChoice {
  const company: PartyChoice['company'] = value === NEW ? { is: 'new' } : { is: 'existing', id: Number(value) };
  const stays = company.is === 'existing' && contactOf(need, choice)?.company === company.id;
  return { company, contact: stays ? choice.contact : { is: 'new' } };
}

/** A contact brings their company along. */
export function chooseContact(need: PartyNeed, choice: PartyChoice, value: string): PartyChoice {
  if (value === NEW) return { ...choice, contact: { is: 'new' } };
  const contact: PartyChoice['contact'] = { is: 'existing', id: Number(value) };
  const company = contactOf(need, { ...choice, contact })?.company ?? null;
  return { company: company === null ? choice.company : { is: 'existing', id: company }, contact };
}
