import { describe, expect, it } from 'vitest';
import type { OutboxRow } from '@/api/bindings';
import { makeFormats } from '@/lib/formats';
import { arrange, countOutbox, factsOf, groupOutbox } from './outbox';

const row = (id: number, state: OutboxRow['state'], change: Partial<OutboxRow> = {}): OutboxRow => ({
  id,
  ticket: 10,
  ticket_label: 'Acme Ltd – Jane Doe',
  what: 'Move to Engaged',
  state,
  since: '2026-11-21T10:00:00Z',
  tries: 0,
  due_at: null,
  reason: null,
  detail: null,
  operation: null,
  fields: [],
  gone: false,
  ...change,
});
const ROWS = [
  row(1, 'sent'),
  row(2, 'waiting'),
  row(3, 'parked'),
  row(4, 'sending'),
  row(5, 'sent'),
  row(6, 'parked'),
  row(7, 'uncertain'),
];

it('puts what needs a person first, what waits in the order of sending, what was sent newest first', () => {
  const groups = groupOutbox(ROWS);
  expect(groups.parked.map((one) => one.id)).toEqual([6, 3]);
  expect(groups.waiting.map((one) => one.id)).toEqual([2, 4, 7]);
  expect(groups.sent.map((one) => one.id)).toEqual([5, 1]);
});

it('counts every entry once', () => {
  expect(countOutbox(ROWS)).toEqual({ parked: 2, waiting: 3, sent: 2 });
});

describe('the list', () => {
  const shown = (items: ReturnType<typeof arrange>): unknown[] =>
    items.map((item) => (item.kind === 'head' ? `${item.title} ${item.count}` : item.entry.id));

  it('has a heading with a count over each part', () => {
    expect(shown(arrange(ROWS))).toEqual(['Needs you 2', 6, 3, 'Waiting 3', 2, 4, 7, 'Sent lately 2', 5, 1]);
  });
  it('shows one part when asked', () => {
    expect(shown(arrange(ROWS, 'waiting'))).toEqual(['Waiting 3', 2, 4, 7]);
  });
  it('leaves out parts that are empty', () => {
    expect(shown(arrange([row(1, 'sent')]))).toEqual(['Sent lately 1', 1]);
    expect(arrange([row(1, 'sent')], 'parked')).toEqual([]);
  });
});

describe('the facts of an entry', () => {
  const formats = makeFormats('en-GB', 'UTC');
  const NOW = Date.parse('2026-11-21T10:05:00Z');
  it.each([
    ['fresh', row(1, 'waiting'), ['5 minutes ago']],
    ['once tried', row(1, 'waiting', { tries: 1 }), ['5 minutes ago']],
    [
      'tried and due later',
      row(1, 'waiting', { tries: 3, due_at: '2026-11-21T10:06:00Z' }),
      ['5 minutes ago', '3 tries', 'next try in 1 minute'],
    ],
    ['due at once', row(1, 'waiting', { tries: 1, due_at: '2026-11-21T10:05:02Z' }), ['5 minutes ago']],
    ['on its way', row(1, 'sending'), ['Sending', '5 minutes ago']],
    ['lost', row(1, 'uncertain', { tries: 2 }), ['Checking whether it arrived', '5 minutes ago', '2 tries']],
    ['refused', row(1, 'parked', { tries: 2 }), ['5 minutes ago', '2 tries']],
    ['sent', row(1, 'sent', { tries: 4 }), ['Sent', '5 minutes ago']],
  ])('%s', (_, entry, facts) => {
    expect(factsOf(entry, NOW, formats)).toEqual(facts);
  });
});
