import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { host } from '@/api/host';
import { LookupProvider, makeLookup } from '@/api/reference';
import { answer, expectAccessible, REFERENCE, renderScreen } from '@/testing/screen';
import { PlanForm } from './PlanForm';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const show = (kind: 'task' | 'meeting', onDone: () => void) =>
  renderScreen(
    <LookupProvider value={makeLookup(REFERENCE)}>
      <PlanForm kind={kind} ticket={7} onDone={onDone} />
    </LookupProvider>,
  );

const type = (label: string, value: string): void => {
  fireEvent.change(screen.getByLabelText(label), { target: { value } });
};

it('asks for what is missing and plans a meeting of the length that was chosen', async () => {
  answer({ scheduleMeeting: { operation: 1, label: 'Meeting with Acme: Demo' } });
  const done = vi.fn();
  show('meeting', done);
  fireEvent.click(screen.getByRole('button', { name: 'Add meeting' }));
  expect(screen.getByRole('alert').textContent).toBe('Say what it is, and when.');
  expect(host.scheduleMeeting).not.toHaveBeenCalled();
  await expectAccessible(document.body);

  type('What it is about', '  Demo ');
  type('Day', '2026-11-24');
  fireEvent.blur(screen.getByLabelText('Day'));
  type('Time', '10:30');
  type('How long', '90');
  fireEvent.click(screen.getByRole('button', { name: 'Add meeting' }));
  await waitFor(() => expect(done).toHaveBeenCalledOnce());
  const from = new Date(2026, 10, 24, 10, 30);
  const to = new Date(2026, 10, 24, 12, 0);
  expect(host.scheduleMeeting).toHaveBeenCalledWith(7, 'Demo', from.toISOString(), to.toISOString());
});

it('stays open with the words when it is refused', async () => {
  answer({});
  vi.spyOn(host, 'addTask').mockRejectedValue(new Error('no'));
  const done = vi.fn();
  show('task', done);
  type('What is to be done', 'Send the offer');
  type('Day', '2026-11-24');
  fireEvent.blur(screen.getByLabelText('Day'));
  fireEvent.click(screen.getByRole('button', { name: 'Add task' }));
  await waitFor(() => expect(host.addTask).toHaveBeenCalledOnce());
  expect(done).not.toHaveBeenCalled();
  expect(screen.getByLabelText<HTMLInputElement>('What is to be done').value).toBe('Send the offer');
});
