import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Card, Role } from '@/api/bindings';
import { HostError, host } from '@/api/host';
import { LookupProvider, makeLookup } from '@/api/reference';
import { answer, expectAccessible, REFERENCE, renderScreen } from '@/testing/screen';
import { DncProvider, useDnc } from './Dnc';
import { Reach } from './Reach';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

function card(id: number, company: string, marked: boolean): Card {
  return {
    id,
    halo_id: null,
    lifecycle: 'lead',
    stage: 'contacted',
    company,
    person: 'Jane Doe',
    owner: null,
    value: null,
    probability: null,
    fit_score: null,
    lead_score: null,
    entered_at: '2026-11-01T09:00:00Z',
    next_action: null,
    next_action_at: null,
    do_not_contact: marked,
    sync: 'synced',
  };
}

const as = (role: Role, inside: ReactNode) => (
  <LookupProvider value={makeLookup({ ...REFERENCE, preferences: { ...REFERENCE.preferences, role } })}>
    {inside}
  </LookupProvider>
);

describe('what an opt-out reaches', () => {
  const others = [card(2, 'Acme', false), card(3, 'Brightwell', true)];

  it('names the tickets that will be marked, and those that will be freed', async () => {
    answer({ samePerson: others });
    const { container, rerender } = renderScreen(<Reach tickets={[1]} doing="marks" />);
    expect(await screen.findByText('Acme – Jane Doe')).toBeTruthy();
    expect(screen.getByText('1 other ticket of the same person will be marked as well:')).toBeTruthy();
    expect(screen.queryByText('Brightwell – Jane Doe')).toBeNull();
    await expectAccessible(document.body);
    expect(container.querySelectorAll('li')).toHaveLength(1);
    rerender(<span />);
    renderScreen(<Reach tickets={[1]} doing="lifts" />);
    expect(await screen.findByText('Brightwell – Jane Doe')).toBeTruthy();
  });

  it('says nothing where there is nothing, and counts what is too much to name', async () => {
    answer({ samePerson: [] });
    renderScreen(<Reach tickets={[1]} doing="marks" />);
    await waitFor(() => expect(host.samePerson).toHaveBeenCalledWith([1]));
    expect(screen.queryByTestId('dnc-reach')).toBeNull();
    cleanup();
    answer({ samePerson: Array.from({ length: 9 }, (_, at) => card(at + 2, `Company ${at}`, false)) });
    renderScreen(<Reach tickets={[1]} doing="marks" />);
    expect(await screen.findByText('and 3 more')).toBeTruthy();
  });
});

describe('lifting', () => {
  function Opener() {
    const dnc = useDnc();
    return (
      <button type="button" disabled={!dnc.mayLift} onClick={() => dnc.lift([card(1, 'Acme', true)])}>
        open
      </button>
    );
  }

  function open(role: Role) {
    renderScreen(
      as(
        role,
        <DncProvider>
          <Opener />
        </DncProvider>,
      ),
    );
    fireEvent.click(screen.getByRole('button', { name: 'open' }));
  }

  it('is for managers', () => {
    answer({});
    open('ops');
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'open' }).disabled).toBe(true);
  });

  it('asks for the reason, says what else it frees, and sends both', async () => {
    answer({
      samePerson: [card(2, 'Brightwell', true)],
      liftDoNotContact: { operation: 7, label: 'Lifted Do Not Contact from Acme – Jane Doe' },
    });
    open('manager');
    const dialog = within(await screen.findByRole('dialog', { name: 'Lift Do Not Contact: Acme – Jane Doe' }));
    expect(await dialog.findByText('Brightwell – Jane Doe')).toBeTruthy();
    const submit = dialog.getByRole('button', { name: 'Lift Do Not Contact' });
    fireEvent.click(submit);
    expect(dialog.getByText('Say why: the reason stays on the record.')).toBeTruthy();
    expect(host.liftDoNotContact).not.toHaveBeenCalled();
    await expectAccessible(screen.getByRole('dialog'));
    fireEvent.change(dialog.getByRole('textbox'), { target: { value: ' Asked for an offer ' } });
    fireEvent.click(submit);
    await waitFor(() => expect(host.liftDoNotContact).toHaveBeenCalledExactlyOnceWith([1], 'Asked for an offer'));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('keeps the words when it is refused', async () => {
    answer({ samePerson: [], liftDoNotContact: { operation: 7, label: '' } });
    const problem = { code: null, attempted: 'Lift it', happened: 'Only a manager can.', todo: '', detail: null };
    vi.mocked(host.liftDoNotContact).mockRejectedValueOnce(new HostError(problem));
    open('manager');
    const box = await screen.findByRole('textbox');
    fireEvent.change(box, { target: { value: 'Asked for an offer' } });
    fireEvent.keyDown(box, { key: 'Enter', ctrlKey: true });
    expect(await screen.findByText('Only a manager can.')).toBeTruthy();
    expect((box as HTMLTextAreaElement).value).toBe('Asked for an offer');
  });
});
