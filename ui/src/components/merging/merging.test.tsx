import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Card, FieldRow, FieldView, TicketView } from '@/api/bindings';
import { host } from '@/api/host';
import { answer, expectAccessible, REFERENCE, renderScreen } from '@/testing/screen';
import MergeTickets from './MergeTickets';
import { differing, toKeep } from './merging';

afterEach(cleanup);

const card = (id: number, change: Partial<Card> = {}): Card =>
  ({
    id,
    halo_id: 100 + id,
    lifecycle: 'lead',
    stage: 'contacted',
    company: `Company ${id}`,
    person: 'Jane Doe',
    owner: null,
    entered_at: `2026-11-${String(10 + id)}T10:00:00Z`,
    ...change,
  }) as Card;
const field = (key: string, change: Partial<FieldView> = {}): FieldView =>
  ({ key, label: `Label ${key}`, read_only: false, ...change }) as FieldView;
const held = (key: string, value: string): FieldRow =>
  ({
    field: key,
    stored: {
      value: { type: 'text', value },
      raw: null,
      provenance: { source: { kind: 'person' }, at: '2026-11-12T10:00:00Z', by: null },
    },
    before: null,
  }) as unknown as FieldRow;
const view = (...fields: FieldRow[]): TicketView => ({ fields }) as TicketView;

describe('the ticket that stays', () => {
  it.each([
    ['came furthest', [card(1), card(2, { lifecycle: 'opportunity' }), card(3, { lifecycle: 'prospect' })], 2],
    ['is in HaloPSA', [card(1, { halo_id: null }), card(2)], 2],
    ['is the oldest', [card(3), card(1), card(2)], 1],
  ])('%s', (_, cards, expected) => {
    expect(toKeep(cards)).toBe(expected);
  });
});

describe('what differs', () => {
  const catalogue = [field('city'), field('job_title'), field('fit_score', { read_only: true }), field('dnc_reason')];

  it('is what at least two of them say, and not alike', () => {
    const tickets = [
      view(held('city', 'Leeds'), held('job_title', 'Director'), held('fit_score', '1'), held('dnc_reason', 'a')),
      view(held('city', 'Leeds'), held('job_title', 'CEO'), held('fit_score', '2'), held('dnc_reason', 'b')),
      view(),
    ];
    const found = differing(catalogue, tickets);
    expect(found.map((one) => one.field.key)).toEqual(['job_title']);
    expect(found[0]?.values.map((row) => row !== undefined)).toEqual([true, true, false]);
  });

  it('is nothing where only one of them says something', () => {
    expect(differing(catalogue, [view(held('city', 'Leeds')), view()])).toEqual([]);
  });
});

describe('the dialog', () => {
  async function open() {
    answer({ reference: REFERENCE });
    REFERENCE.fields.splice(0, REFERENCE.fields.length, field('job_title'));
    vi.spyOn(host, 'ticket').mockImplementation(async (id) => view(held('job_title', `Title ${id}`)));
    const merged = { operation: 7, label: 'Merged' };
    const mergeTickets = vi.fn(async () => merged);
    (host as unknown as Record<string, unknown>).mergeTickets = mergeTickets;
    const calls = { onClose: vi.fn(), onMerged: vi.fn() };
    const screenOf = renderScreen(<MergeTickets cards={[card(1), card(2)]} {...calls} />);
    await screen.findByText('Title 2');
    return { ...screenOf, ...calls, mergeTickets };
  }

  it('merges into the ticket that is chosen, with the values that are picked', async () => {
    const { mergeTickets, onMerged } = await open();
    const dialog = within(screen.getByRole('dialog'));
    fireEvent.click(dialog.getByRole('radio', { name: /Company 2/ }));
    fireEvent.click(
      dialog.getByRole('button', { name: /^Label job_title: take Title 1.*, from Company 1 – Jane Doe$/ }),
    );
    await expectAccessible(screen.getByRole('dialog'));
    fireEvent.click(dialog.getByRole('button', { name: 'Merge 2 tickets' }));
    await waitFor(() => expect(mergeTickets).toHaveBeenCalledExactlyOnceWith(2, [1], { job_title: 1 }));
    await waitFor(() => expect(onMerged).toHaveBeenCalledTimes(1));
  });

  it('leaves a field to the rules when a pick is taken back', async () => {
    const { mergeTickets } = await open();
    const value = screen.getByRole('button', { name: /^Label job_title: take Title 2.*, from Company 2 – Jane Doe$/ });
    fireEvent.click(value);
    fireEvent.click(value);
    fireEvent.click(screen.getByRole('button', { name: 'Merge 2 tickets' }));
    await waitFor(() => expect(mergeTickets).toHaveBeenCalledExactlyOnceWith(1, [2], {}));
  });
});
