import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ConflictRow } from '@/api/bindings';
import { host } from '@/api/host';
import { ANN, answer, expectAccessible, renderScreen } from '@/testing/screen';
import { Conflicts } from './Conflicts';

afterEach(cleanup);
beforeEach(() => answer({ resolveConflicts: { operation: 7, label: 'Settled' } }));

const conflict = (id: number): ConflictRow => ({
  id,
  ticket: 10,
  field: 'stage',
  label: `Field ${id}`,
  mine: `Mine ${id}`,
  theirs: `Theirs ${id}`,
  at: '2026-11-21T10:45:00Z',
  ticket_label: 'Company 10',
  lifecycle: 'lead',
  mine_at: '2026-11-21T10:42:00Z',
  mine_by: ANN.id,
  theirs_at: '2026-11-21T10:44:00Z',
});
const open = (conflicts: ConflictRow[]) => renderScreen(<Conflicts conflicts={conflicts} />);
const difference = (id: number): HTMLElement => {
  const found = document.querySelector<HTMLElement>(`[data-conflict="${id}"]`);
  if (found === null) throw new Error(`no difference ${id}`);
  return found;
};
const press = (key: string): void => {
  fireEvent.keyDown(document.activeElement ?? document.body, { key });
};

it('shows both values, who wrote mine and when, and when theirs was changed', async () => {
  const { container } = open([conflict(1)]);
  const one = within(difference(1));
  expect(one.getByText('Mine 1')).toBeTruthy();
  expect(one.getByText('Theirs 1')).toBeTruthy();
  expect(one.getByText(/^Ann Lee, /)).toBeTruthy();
  expect(one.getByText(/^ticket changed /)).toBeTruthy();
  expect(difference(1).getAttribute('aria-label')).toBe('Field 1: here Mine 1, in HaloPSA Theirs 1');
  await expectAccessible(container);
});

it('shows what a choice would make of it before it is made', () => {
  open([conflict(1)]);
  const one = within(difference(1));
  expect(one.getByText('Until you choose, Mine 1 stays here and is not sent.')).toBeTruthy();
  const take = one.getByRole('button', { name: 'Take HaloPSA’s: Field 1' });
  fireEvent.mouseEnter(take);
  expect(one.getByText('It is taken over here.')).toBeTruthy();
  expect(one.getAllByText('Theirs 1')).toHaveLength(2);
  fireEvent.mouseLeave(take);
  expect(one.queryByText('It is taken over here.')).toBeNull();
  expect(host.resolveConflicts).not.toHaveBeenCalled();
});

it('is gone through and settled by keyboard while the focus is inside', async () => {
  open([conflict(1), conflict(2)]);
  press('2');
  expect(host.resolveConflicts).not.toHaveBeenCalled();
  difference(1).focus();
  press('j');
  await waitFor(() => expect(document.activeElement).toBe(difference(2)));
  press('2');
  await waitFor(() => expect(host.resolveConflicts).toHaveBeenCalledExactlyOnceWith([2], 'theirs'));
});

it('settles everything for one side at once', async () => {
  open([conflict(1), conflict(2)]);
  fireEvent.click(screen.getByRole('button', { name: 'Keep both of mine: Company 10' }));
  await waitFor(() => expect(host.resolveConflicts).toHaveBeenCalledExactlyOnceWith([1, 2], 'mine'));
});
