import { cleanup, fireEvent, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, expect, it } from 'vitest';
import type { PartyChoice, PartyNeed } from '@/api/bindings';
import { expectAccessible, renderScreen } from '@/testing/screen';
import { PartyQuestion } from './PartyQuestion';

afterEach(cleanup);

const need: PartyNeed = {
  companies: [
    { id: 1, name: 'Acme Ltd', website: 'acme.example', in_halo: true },
    { id: 2, name: 'Brightwell', website: '', in_halo: false },
  ],
  contacts: [
    { id: 21, name: 'Joe Miller', email: 'office@b.example', company: 2, company_name: 'Brightwell', in_halo: true },
  ],
  new_company: 'Acme Limited',
  new_contact: 'Jane Doe',
  proposal: { company: { is: 'existing', id: 1 }, contact: { is: 'new' } },
};

function Asked() {
  const [choice, setChoice] = useState<PartyChoice>(need.proposal);
  return (
    <>
      <PartyQuestion need={need} choice={choice} onChoose={setChoice} />
      <p data-testid="chosen">{JSON.stringify(choice)}</p>
    </>
  );
}

const chosen = (): unknown => JSON.parse(screen.getByTestId('chosen').textContent ?? '');

it('shows who is here already, what would be made, and takes the choice', async () => {
  renderScreen(<Asked />);
  expect(screen.getByText('acme.example')).toBeTruthy();
  expect(screen.getByText('not in HaloPSA yet')).toBeTruthy();
  expect(screen.getByRole<HTMLInputElement>('radio', { name: 'New contact: Jane Doe' }).checked).toBe(true);
  await expectAccessible(document.body);

  fireEvent.click(screen.getByRole('radio', { name: 'Joe Miller' }));
  expect(chosen()).toEqual({ company: { is: 'existing', id: 2 }, contact: { is: 'existing', id: 21 } });
  fireEvent.click(screen.getByRole('radio', { name: 'New company: Acme Limited' }));
  expect(chosen()).toEqual({ company: { is: 'new' }, contact: { is: 'new' } });
});
