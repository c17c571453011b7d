import { describe, expect, it } from 'vitest';
import type { PartyChoice, PartyNeed } from '@/api/bindings';
import { chooseCompany, chooseContact, companyValue, contactValue, NEW } from './party';

const company = (id: number, name: string) => ({ id, name, website: '', in_halo: true });
const need: PartyNeed = {
  companies: [company(1, 'Acme Ltd'), company(2, 'Brightwell')],
  contacts: [
    { id: 11, name: 'Jane Doe', email: 'jane@acme.example', company: 1, company_name: 'Acme Ltd', in_halo: true },
    { id: 21, name: 'Jane Doe', email: 'jane@b.example', company: 2, company_name: 'Brightwell', in_halo: true },
  ],
  new_company: 'Acme Limited',
  new_contact: 'Jane Doe',
  proposal: { company: { is: 'existing', id: 1 }, contact: { is: 'existing', id: 11 } },
};
const values = (choice: PartyChoice) => [companyValue(choice), contactValue(choice)];

describe('whom a ticket is about', () => {
  it('lets a contact bring their company along', () => {
    expect(values(chooseContact(need, need.proposal, '21'))).toEqual(['2', '21']);
  });

  it('leaves a contact behind who is of another company', () => {
    expect(values(chooseCompany(need, need.proposal, '2'))).toEqual(['2', NEW]);
    expect(values(chooseCompany(need, need.proposal, NEW))).toEqual([NEW, NEW]);
  });

  it('keeps the contact of the company that is chosen again', () => {
    expect(values(chooseCompany(need, need.proposal, '1'))).toEqual(['1', '11']);
  });

  it('takes somebody new in the company that is chosen', () => {
    expect(values(chooseContact(need, need.proposal, NEW))).toEqual(['1', NEW]);
  });
});
