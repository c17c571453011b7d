import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { OutboxRow, SyncStatus } from '@/api/bindings';
import { host } from '@/api/host';
import { answer, expectAccessible, layOut, renderScreen, STATUS } from '@/testing/screen';
import OutboxPage from './OutboxPage';

afterEach(cleanup);

const entry = (id: number, state: OutboxRow['state'], change: Partial<OutboxRow> = {}): OutboxRow => ({
  id,
  ticket: 100 + id,
  ticket_label: `Company ${id}`,
  what: `Job title: Director ${id}`,
  state,
  since: new Date().toISOString(),
  tries: 1,
  due_at: null,
  reason: null,
  detail: null,
  operation: 7,
  fields: ['job_title'],
  gone: false,
  ...change,
});
const status = (change: Partial<SyncStatus> = {}): SyncStatus => ({
  ...STATUS,
  counts: { waiting: 1, parked: 1, conflicts: 0 },
  ...change,
});

function open(rows: OutboxRow[], sync = status(), show?: 'parked' | 'waiting' | 'sent') {
  answer({
    outbox: rows,
    syncStatus: sync,
    retryEntry: null,
    setOutboxPaused: null,
    recreateEntry: { operation: 9, label: 'Created again' },
    discardEntry: { operation: 8, label: 'Discarded' },
  });
  const calls = { onOpen: vi.fn(), onConflicts: vi.fn(), onShow: vi.fn(), onHealth: vi.fn() };
  return { ...renderScreen(<OutboxPage onPainted={() => undefined} show={show} {...calls} />), ...calls };
}
const found = (id: number) => screen.findByTestId(`outbox-${id}`);

describe('an entry that HaloPSA refused', () => {
  const refused = entry(3, 'parked', { reason: 'The job title is too long.', detail: '"too long"', tries: 2 });

  it('says what, of whom, how often and why', async () => {
    const { container } = open([refused]);
    const article = await found(3);
    for (const text of ['Job title: Director 3', 'Company 3', 'The job title is too long.', '"too long"'])
      expect(within(article).getByText(text)).toBeTruthy();
    expect(article.textContent).toContain('2 tries');
    await expectAccessible(container);
  });

  it('can be sent again, opened at the field in question, and given up', async () => {
    const { onOpen } = open([refused]);
    const article = within(await found(3));
    fireEvent.click(article.getByRole('button', { name: 'Retry: Job title: Director 3, Company 3' }));
    await waitFor(() => expect(host.retryEntry).toHaveBeenCalledExactlyOnceWith(3));
    fireEvent.click(article.getByRole('button', { name: /^Edit/ }));
    expect(onOpen).toHaveBeenCalledExactlyOnceWith(103, 'job_title');
    fireEvent.click(article.getByRole('button', { name: /^Discard/ }));
    await waitFor(() => expect(host.discardEntry).toHaveBeenCalledExactlyOnceWith(3));
  });

  it('is created again, not sent again, when the ticket is gone', async () => {
    open([{ ...refused, gone: true }]);
    const article = within(await found(3));
    expect(article.queryByRole('button', { name: /^Retry/ })).toBeNull();
    fireEvent.click(article.getByRole('button', { name: /^Create it again/ }));
    await waitFor(() => expect(host.recreateEntry).toHaveBeenCalledExactlyOnceWith(3));
  });
});

it('lets an entry that waits be given up, and offers to send it now only when it is held back', async () => {
  open([entry(1, 'waiting'), entry(2, 'waiting', { due_at: '2099-01-01T00:00:00Z' }), entry(4, 'sent')]);
  expect(within(await found(1)).queryByRole('button', { name: /^Send now/ })).toBeNull();
  expect(within(await found(2)).getByRole('button', { name: /^Send now/ })).toBeTruthy();
  fireEvent.click(within(await found(1)).getByRole('button', { name: /^Discard/ }));
  await waitFor(() => expect(host.discardEntry).toHaveBeenCalledExactlyOnceWith(1));
  expect(within(await found(4)).queryByRole('button', { name: /Discard|Retry|Edit/ })).toBeNull();
});

it('shows one part of it, and which part is asked of the address', async () => {
  const { onShow } = open([entry(1, 'waiting'), entry(3, 'parked'), entry(4, 'sent')], status(), 'parked');
  await found(3);
  expect(screen.queryByTestId('outbox-1')).toBeNull();
  expect(screen.queryByTestId('outbox-4')).toBeNull();
  fireEvent.click(screen.getByRole('radio', { name: 'Waiting 1' }));
  expect(onShow).toHaveBeenCalledWith('waiting');
  fireEvent.click(screen.getByRole('radio', { name: 'All' }));
  expect(onShow).toHaveBeenLastCalledWith(undefined);
});

it('holds everything back, and lets it go on', async () => {
  open([]);
  fireEvent.click(await screen.findByRole('button', { name: 'Pause sending' }));
  await waitFor(() => expect(host.setOutboxPaused).toHaveBeenCalledExactlyOnceWith(true));
  cleanup();
  open([], status({ paused: true }));
  fireEvent.click(await screen.findByRole('button', { name: 'Resume sending' }));
  await waitFor(() => expect(host.setOutboxPaused).toHaveBeenLastCalledWith(false));
});

it('leads to what differs', async () => {
  const { onConflicts } = open([], status({ counts: { waiting: 0, parked: 0, conflicts: 2 } }));
  expect(await screen.findByText('2 fields were changed on both sides')).toBeTruthy();
  fireEvent.click(screen.getByRole('button', { name: 'Choose' }));
  expect(onConflicts).toHaveBeenCalledOnce();
});

it('says that nothing waits', async () => {
  open([]);
  expect(await screen.findByText('Nothing is waiting')).toBeTruthy();
});

it('draws a part of two thousand entries', async () => {
  layOut(600, 58);
  open(Array.from({ length: 2000 }, (_, at) => entry(at + 1, 'waiting')));
  await found(1);
  const drawn = screen.getAllByTestId(/^outbox-\d/).length;
  expect(drawn).toBeGreaterThan(3);
  expect(drawn).toBeLessThan(60);
});
