import { expect, it } from 'vitest';
import type { OutboxRow } from '@/api/bindings';
import { groupOutbox } from './outbox';

const row = (id: number, state: OutboxRow['state']): OutboxRow => ({ id, state }) as OutboxRow;

it('puts what needs a person first, what waits in the order of sending, what was sent newest first', () => {
  const groups = groupOutbox([
    row(1, 'sent'),
    row(2, 'waiting'),
    row(3, 'parked'),
    row(4, 'sending'),
    row(5, 'sent'),
    row(6, 'parked'),
    row(7, 'uncertain'),
  ]);
  expect(groups.parked.map((one) => one.id)).toEqual([6, 3]);
  expect(groups.waiting.map((one) => one.id)).toEqual([2, 4, 7]);
  expect(groups.sent.map((one) => one.id)).toEqual([5, 1]);
});
