import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import type { FieldRow, Role, Source, TicketView, Value } from '@/api/bindings';
import { host } from '@/api/host';
import { LookupProvider, makeLookup } from '@/api/reference';
import { DncProvider } from '@/components/dnc/Dnc';
import { formats } from '@/lib/formats';
import { ANN, answer, expectAccessible, REFERENCE, renderScreen } from '@/testing/screen';
import { Composer } from './Composer';
import { ContactWays } from './ContactWays';
import { DncBanner } from './DncBanner';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

function row(field: string, value: Value, source: Source = { kind: 'person' }, by: number | null = ANN.id): FieldRow {
  return {
    field,
    label: field,
    stored: { value, raw: null, provenance: { source, at: '2025-11-12T09:00:00Z', by } },
    before: null,
  } as FieldRow;
}

const REACHABLE = [
  row('email', { type: 'email', value: 'jane@acme.example' }),
  row('phone', { type: 'phone', value: { e164: '+442079460018', extension: null, typed: '020 7946 0018' } }),
  row('mobile_phone', { type: 'phone', value: { e164: null, extension: null, typed: 'ask reception' } }),
];

function view(marked: boolean, fields: FieldRow[], closed: string[] = []): TicketView {
  const card = { id: 1, company: 'Acme', person: 'Jane Doe', do_not_contact: marked };
  return { row: { card }, fields, closed_ways: closed } as unknown as TicketView;
}

const as = (role: Role, inside: ReactNode) => (
  <LookupProvider value={makeLookup({ ...REFERENCE, preferences: { ...REFERENCE.preferences, role } })}>
    <DncProvider>{inside}</DncProvider>
  </LookupProvider>
);

it('calls and mails through the host, by what can be called and mailed', async () => {
  answer({ contactPerson: null });
  const { container } = renderScreen(<ContactWays view={view(false, REACHABLE)} />);
  expect(screen.getAllByRole('button').map((button) => button.getAttribute('aria-label'))).toEqual([
    'Write to jane@acme.example',
    'Call +442079460018',
  ]);
  await expectAccessible(container);
  fireEvent.click(screen.getByRole('button', { name: 'Write to jane@acme.example' }));
  await waitFor(() => expect(host.contactPerson).toHaveBeenCalledExactlyOnceWith(1, 'email'));
});

it('closes the ways that reach who opted out, and says why', () => {
  answer({ contactPerson: null });
  renderScreen(<ContactWays view={view(false, REACHABLE, ['email'])} />);
  const mail = screen.getByRole('button', { name: /^Write to jane@acme.example\. Nobody may call or write there/ });
  expect(mail.getAttribute('aria-disabled')).toBe('true');
  fireEvent.click(mail);
  expect(host.contactPerson).not.toHaveBeenCalled();
  fireEvent.click(screen.getByRole('button', { name: /^Call/ }));
  expect(host.contactPerson).toHaveBeenCalledExactlyOnceWith(1, 'phone');
});

const MARKED = [
  row('do_not_contact', { type: 'boolean', value: true }),
  row('dnc_reason', { type: 'choice', value: 'Legal' }),
];

it('says since when, why and by whom, and offers the way back to a manager only', async () => {
  answer({ samePerson: [] });
  renderScreen(as('rep', <DncBanner view={view(true, MARKED)} />));
  const text = screen.getByTestId('dnc-banner').textContent;
  expect(text).toContain(`Do not contact (Legal, ${formats.day('2025-11-12T09:00:00Z', Date.now())}, by Ann Lee).`);
  expect(text).toContain('Only a manager can lift it.');
  expect(screen.queryByRole('button')).toBeNull();
  cleanup();
  renderScreen(as('manager', <DncBanner view={view(true, MARKED)} />));
  fireEvent.click(screen.getByRole('button', { name: 'Lift…' }));
  expect(await screen.findByRole('dialog')).toBeTruthy();
});

it('says when the mark came from another ticket or from HaloPSA, and nothing without a mark', () => {
  answer({});
  const on: Value = { type: 'boolean', value: true };
  const by = (source: Source) => view(true, [row('do_not_contact', on, source, null)]);
  renderScreen(as('rep', <DncBanner view={by({ kind: 'rule', name: 'Do Not Contact' })} />));
  expect(screen.getByTestId('dnc-banner').textContent).toContain('the same person is marked on another ticket');
  cleanup();
  renderScreen(as('rep', <DncBanner view={by({ kind: 'halopsa' })} />));
  expect(screen.getByTestId('dnc-banner').textContent).toContain('in HaloPSA');
  cleanup();
  renderScreen(as('rep', <DncBanner view={view(false, [])} />));
  expect(screen.queryByTestId('dnc-banner')).toBeNull();
});

it('logs what somebody who opted out said when they called, and no call to them', () => {
  answer({});
  renderScreen(<Composer view={view(true, REACHABLE)} part="call" onPart={() => undefined} />);
  const direction = screen.getByRole<HTMLSelectElement>('combobox', { name: 'Direction' });
  expect(direction.value).toBe('inbound');
  const outbound = [...direction.options].find((option) => option.value === 'outbound');
  expect(outbound?.disabled).toBe(true);
  expect(screen.getByText(/Outgoing calls to this person are not possible/)).toBeTruthy();
});
