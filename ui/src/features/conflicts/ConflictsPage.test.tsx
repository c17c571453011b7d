import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ConflictRow } from '@/api/bindings';
import { host } from '@/api/host';
import { keys } from '@/api/queries';
import { ANN, answer, expectAccessible, renderScreen } from '@/testing/screen';
import ConflictsPage from './ConflictsPage';

afterEach(cleanup);

const conflict = (id: number, ticket: number, change: Partial<ConflictRow> = {}): ConflictRow => ({
  id,
  ticket,
  field: 'stage',
  label: `Field ${id}`,
  mine: `Mine ${id}`,
  theirs: `Theirs ${id}`,
  at: '2026-11-21T10:45:00Z',
  ticket_label: `Company ${ticket}`,
  lifecycle: 'lead',
  mine_at: '2026-11-21T10:42:00Z',
  mine_by: ANN.id,
  theirs_at: '2026-11-21T10:44:00Z',
  ...change,
});
const ROWS = [conflict(1, 10), conflict(2, 20), conflict(3, 10)];

function open(rows = ROWS) {
  answer({ conflicts: rows, resolveConflicts: { operation: 7, label: 'Settled' } });
  const onOpen = vi.fn();
  return { ...renderScreen(<ConflictsPage onPainted={() => undefined} onOpen={onOpen} />), onOpen };
}
const difference = (id: number): HTMLElement => {
  const found = document.querySelector<HTMLElement>(`[data-conflict="${id}"]`);
  if (found === null) throw new Error(`no difference ${id}`);
  return found;
};
const here = (): string | undefined => document.querySelector<HTMLElement>('[data-active="true"]')?.dataset.conflict;
const key = (name: string): void => {
  fireEvent.keyDown(document.activeElement ?? document.body, { key: name });
};
const ready = () => screen.findByText('Mine 1');

it('shows both values, who wrote mine and when, and when theirs was changed', async () => {
  const { container } = open([conflict(1, 10)]);
  await ready();
  const one = within(difference(1));
  expect(one.getByText('Mine 1')).toBeTruthy();
  expect(one.getByText('Theirs 1')).toBeTruthy();
  expect(one.getByText(/^Ann Lee, .*10:42|^Ann Lee, /)).toBeTruthy();
  expect(one.getByText(/^ticket changed /)).toBeTruthy();
  expect(difference(1).getAttribute('aria-label')).toBe('Field 1: here Mine 1, in HaloPSA Theirs 1');
  await expectAccessible(container);
});

it('shows what a choice would make of it before it is made', async () => {
  open([conflict(1, 10)]);
  await ready();
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

describe('by keyboard', () => {
  it('goes through the tickets one after the other, and stays at the ends', async () => {
    open();
    await ready();
    expect(here()).toBe('1');
    for (const [name, expected] of [
      ['j', '3'],
      ['j', '2'],
      ['ArrowDown', '2'],
      ['k', '3'],
      ['k', '1'],
      ['ArrowUp', '1'],
    ] as const) {
      key(name);
      await waitFor(() => expect(here()).toBe(expected));
    }
    expect((document.activeElement as HTMLElement).dataset.conflict).toBe('1');
  });

  it('picks mine with 1 and theirs with 2', async () => {
    open();
    await ready();
    key('1');
    await waitFor(() => expect(host.resolveConflicts).toHaveBeenLastCalledWith([1], 'mine'));
    await waitFor(() =>
      expect(screen.getByRole('button', { name: 'Keep mine: Field 3' })).toHaveProperty('disabled', false),
    );
    key('j');
    await waitFor(() => expect(here()).toBe('3'));
    key('2');
    await waitFor(() => expect(host.resolveConflicts).toHaveBeenLastCalledWith([3], 'theirs'));
  });

  it('opens the ticket with Enter', async () => {
    const { onOpen } = open();
    await ready();
    key('j');
    await waitFor(() => expect(here()).toBe('3'));
    key('Enter');
    expect(onOpen).toHaveBeenCalledExactlyOnceWith(10);
  });

  it('goes on to the next when one is settled', async () => {
    const { client } = open();
    await ready();
    key('j');
    await waitFor(() => expect(here()).toBe('3'));
    client.setQueryData(
      keys.conflicts,
      ROWS.filter((row) => row.id !== 3),
    );
    await waitFor(() => expect(here()).toBe('2'));
    expect((document.activeElement as HTMLElement).dataset.conflict).toBe('2');
  });
});

it('settles all of a ticket for one side at once, and everything too', async () => {
  open();
  await ready();
  fireEvent.click(screen.getByRole('button', { name: 'Take both of HaloPSA’s: Company 10' }));
  await waitFor(() => expect(host.resolveConflicts).toHaveBeenLastCalledWith([1, 3], 'theirs'));
  const everything = screen.getByRole('button', { name: 'Keep all 3 of mine: all tickets' });
  await waitFor(() => expect(everything).toHaveProperty('disabled', false));
  fireEvent.click(everything);
  await waitFor(() => expect(host.resolveConflicts).toHaveBeenLastCalledWith([1, 3, 2], 'mine'));
});

it('says when nothing differs', async () => {
  open([]);
  expect(await screen.findByText('Nothing differs')).toBeTruthy();
});
