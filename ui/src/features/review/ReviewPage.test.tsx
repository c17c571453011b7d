import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ReviewDetail, ReviewRow } from '@/api/bindings';
import { host } from '@/api/host';
import { formats } from '@/lib/formats';
import type { ReviewSearch } from '@/lib/urlState';
import { ANN, answer, expectAccessible, layOut, renderScreen } from '@/testing/screen';
import ReviewPage from './ReviewPage';
import { detailOf, fieldOf, rowOf } from './sample';

afterEach(cleanup);

/** A queue as the host keeps it: what is decided is gone from it, what is undone is back. */
class Desk {
  rows: ReviewRow[] = [];
  details = new Map<string, Partial<ReviewDetail>>();
  private undone: ReviewRow[][] = [];

  decide(keys: readonly string[]) {
    this.undone.push(this.rows);
    this.rows = this.rows.filter((row) => !keys.includes(row.key));
    return { operation: this.undone.length, label: `Decided ${keys.length}` };
  }

  undo() {
    this.rows = this.undone.pop() ?? this.rows;
    return { operation: 99, label: 'Undone', compensates: false, tickets: [] };
  }
}

let desk: Desk;
beforeEach(() => {
  desk = new Desk();
});

function open(rows: ReviewRow[], search: ReviewSearch = {}) {
  desk.rows = rows;
  answer({});
  const calls = {
    reviewQueue: vi.fn(async ({ reason = null, offset = 0, limit = 100 }: Parameters<typeof host.reviewQueue>[0]) => {
      const shown = desk.rows.filter((row) => reason === null || row.reason === reason);
      return shown.slice(offset, offset + limit);
    }),
    reviewCounts: vi.fn(async () => ({ total: desk.rows.length, mine: 0, reasons: [], sources: ['Apollo'] })),
    reviewDetail: vi.fn(async (key: string) => {
      const row = desk.rows.find((one) => one.key === key);
      if (row === undefined) throw new Error(`no item ${key}`);
      return detailOf(row, desk.details.get(key) ?? {});
    }),
    decideReview: vi.fn(async (key: string) => desk.decide([key])),
    reviewBulkPreview: vi.fn(async () => {
      const all = desk.rows.map((row) => row.key);
      const group = { reason: 'possible_duplicate', action: 'merge', count: all.length, examples: ['Acme Ltd: two'] };
      return { keys: all, groups: [group], left_out: 1, more: 0 };
    }),
    reviewBulkAccept: vi.fn(async (keys: string[]) => desk.decide(keys)),
    assignReview: vi.fn(async () => ({ operation: 4, label: 'Gave 2 decisions to Ann Lee' })),
    keptApart: vi.fn(async () => [
      {
        id: 5,
        left: 'Acme Ltd – Jane Doe',
        right: 'Apex Ltd – Jane Doe',
        at: '2026-11-20T10:00:00Z',
        by: ANN.id,
      },
    ]),
    takeBackApart: vi.fn(async () => ({ operation: 8, label: 'Taken back' })),
    findDuplicates: vi.fn(async () => ({ looked_at: 3, contacts: 5, new: 2 })),
    undo: vi.fn(async () => desk.undo()),
  };
  for (const [name, work] of Object.entries(calls)) {
    (host as unknown as Record<string, unknown>)[name] ??= () => undefined;
    vi.spyOn(host as unknown as Record<string, (...args: never[]) => unknown>, name).mockImplementation(work as never);
  }
  const onOpen = vi.fn();
  function Screen() {
    const [now, setNow] = useState(search);
    const change = (next: object): void =>
      setNow((before) =>
        Object.fromEntries(Object.entries({ ...before, ...next }).filter(([, to]) => to !== undefined)),
      );
    return <ReviewPage search={now} onSearch={change} onPainted={() => undefined} onOpen={onOpen} />;
  }
  return { ...renderScreen(<Screen />), ...calls, onOpen };
}

const THREE = [rowOf('item:1'), rowOf('item:2'), rowOf('item:3')];
const here = (): string | undefined => document.querySelector<HTMLElement>('[data-active="true"]')?.dataset.item;
const keys = (): (string | undefined)[] =>
  [...document.querySelectorAll<HTMLElement>('[data-item]')].map((element) => element.dataset.item);
const press = (key: string, held: object = {}): void => {
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...held });
};
const at = (key: string) => waitFor(() => expect(here()).toBe(key));
const read = () => screen.findByText('Both are called Jane Doe.');
const row = (field: string): HTMLElement => {
  const found = document.querySelector<HTMLElement>(`[data-field="${field}"]`);
  if (found === null) throw new Error(`no field ${field}`);
  return found;
};
const result = (field: string): string | null => row(field).querySelector('td:last-child')?.textContent ?? null;

it('says why an item is here, and both sides of what differs with where it comes from', async () => {
  const { container } = open(THREE);
  await read();
  expect(screen.getByText('Merge them into Acme Ltd – Jane Doe.')).toBeTruthy();
  const title = within(row('job_title'));
  expect(title.getByText(`Lusha · ${formats.day('2026-11-12T09:00:00Z')} · likely`)).toBeTruthy();
  expect(title.getByText(`Apollo · ${formats.day('2026-11-12T09:00:00Z')} · likely`)).toBeTruthy();
  const there = /^Label job_title: take Managing Director.*, from Apollo, line 12, recommended$/;
  expect(title.getByRole('button', { name: there }).getAttribute('aria-pressed')).toBe('true');
  expect(document.querySelector('[data-field="city"]')).toBeNull();
  expect(screen.getByText('1 field alike on both sides')).toBeTruthy();
  await expectAccessible(container);
});

describe('by keyboard', () => {
  it('goes through the queue and stays at its ends', async () => {
    open(THREE);
    await read();
    for (const [name, expected] of [
      ['k', 'item:1'],
      ['j', 'item:2'],
      ['ArrowDown', 'item:3'],
      ['j', 'item:3'],
      ['ArrowUp', 'item:2'],
    ] as const) {
      press(name);
      await at(expected);
      expect((document.activeElement as HTMLElement).dataset.item).toBe(expected);
    }
  });

  it('picks the other side of a field by its number, and shows what comes of it', async () => {
    const { decideReview } = open(THREE);
    await read();
    expect(result('job_title')).toBe('Managing Director');
    press('1');
    await waitFor(() => expect(result('job_title')).toBe('Director'));
    press('2');
    await waitFor(() => expect(result('company')).toBe('Acme Limited'));
    press('7');
    press('a');
    await waitFor(() =>
      expect(decideReview).toHaveBeenCalledExactlyOnceWith('item:1', {
        action: 'merge',
        picks: { job_title: 'left', company: 'right' },
        edits: {},
      }),
    );
  });

  it('accepts, tells apart and discards, each time going on to the next', async () => {
    const { decideReview } = open(THREE);
    await read();
    for (const [name, next] of [
      ['a', 'item:2'],
      ['s', 'item:3'],
    ] as const) {
      press(name);
      await at(next);
      await read();
    }
    press('d');
    expect(await screen.findByText('Nothing to review')).toBeTruthy();
    expect(
      decideReview.mock.calls.map(([key, decision]: unknown[]) => [key, (decision as { action: string }).action]),
    ).toEqual([
      ['item:1', 'merge'],
      ['item:2', 'not_same'],
      ['item:3', 'discard'],
    ]);
  });

  it('decides once, however long the key is held', async () => {
    const { decideReview } = open(THREE);
    await read();
    press('a');
    press('a', { repeat: true });
    await at('item:2');
    await read();
    press('a', { repeat: true });
    expect(decideReview).toHaveBeenCalledTimes(1);
  });

  it('keeps many decisions in the order of the keys', async () => {
    const many = Array.from({ length: 30 }, (_, index) => rowOf(`item:${index}`));
    const { decideReview } = open(many);
    for (const { key } of many) {
      await at(key);
      await read();
      press('a');
    }
    expect(await screen.findByText('Nothing to review')).toBeTruthy();
    expect(decideReview.mock.calls.map(([key]: unknown[]) => key)).toEqual(many.map(({ key }) => key));
  }, 30_000);

  it('undoes, and looks at the item that is back', async () => {
    const { undo } = open(THREE);
    await read();
    press('j');
    await at('item:2');
    await read();
    press('d');
    await at('item:3');
    press('z');
    await at('item:2');
    expect(undo).toHaveBeenCalledTimes(1);
    expect(keys()).toEqual(['item:1', 'item:2', 'item:3']);
  });

  it('does not decide what cannot be decided so', async () => {
    const { decideReview } = open([rowOf('item:1')]);
    desk.details.set('item:1', { can: ['merge', 'discard'] });
    await read();
    press('s');
    expect(await screen.findByText('“Not the same” does not apply to this item.')).toBeTruthy();
    expect(decideReview).not.toHaveBeenCalled();
  });

  it('joins contacts, which are shown and not mixed', async () => {
    const { decideReview } = open([rowOf('item:1', { ticket: null })]);
    const email = {
      ...fieldOf('email', 'jane@acme.example', 'j.doe@acme.example', 'left'),
      field: null,
      editable: false,
    };
    desk.details.set('item:1', {
      fields: [email],
      can: ['join', 'not_same'],
      recommendation: { action: 'join', text: 'Point 2 tickets of the second one to Jane Doe.' },
    });
    await read();
    expect(screen.getByTestId('review-accept').textContent).toContain('They are one');
    expect(screen.queryByText('Edit')).toBeNull();
    expect(screen.queryAllByRole('button', { pressed: true }), 'no side can be picked').toEqual([]);
    press('m');
    await waitFor(() =>
      expect(decideReview).toHaveBeenCalledExactlyOnceWith('item:1', { action: 'join', picks: {}, edits: {} }),
    );
  });

  it('opens the ticket with Enter', async () => {
    const { onOpen } = open(THREE);
    await read();
    press('Enter');
    expect(onOpen).toHaveBeenCalledExactlyOnceWith(10);
  });
});

describe('editing the result', () => {
  const input = (): HTMLInputElement => screen.getByRole('textbox', { name: 'Result for Label job_title' });

  it('is taken along with the decision', async () => {
    const { decideReview } = open(THREE);
    await read();
    press('e');
    await waitFor(() => expect(document.activeElement).toBe(input()));
    fireEvent.change(input(), { target: { value: 'Chief Executive' } });
    fireEvent.keyDown(input(), { key: 'Enter' });
    await waitFor(() => expect(result('job_title')).toContain('Chief Executive'));
    press('a');
    await waitFor(() =>
      expect(decideReview).toHaveBeenCalledExactlyOnceWith('item:1', {
        action: 'merge',
        picks: { job_title: 'right', company: 'left' },
        edits: { job_title: 'Chief Executive' },
      }),
    );
  });

  it('is taken back with Escape, and letters are text meanwhile', async () => {
    const { decideReview } = open(THREE);
    await read();
    press('e');
    await waitFor(() => expect(document.activeElement).toBe(input()));
    fireEvent.change(input(), { target: { value: 'd' } });
    fireEvent.keyDown(input(), { key: 'd' });
    fireEvent.keyDown(input(), { key: 'Escape' });
    await waitFor(() => expect(result('job_title')).toBe('Managing Director'));
    expect(decideReview).not.toHaveBeenCalled();
    expect(here()).toBe('item:1');
  });

  it('of a refused move is done in the ticket', async () => {
    const { onOpen } = open([rowOf('outbox:9', { reason: 'refused_change', ticket: 7 })]);
    desk.details.set('outbox:9', { fields: [], can: ['retry', 'discard'] });
    await read();
    press('e');
    expect(onOpen).toHaveBeenCalledExactlyOnceWith(7);
  });
});

describe('a decision that fails', () => {
  it('brings the item back', async () => {
    const { decideReview } = open(THREE);
    decideReview.mockRejectedValueOnce(new Error('The disk is full'));
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    await read();
    press('a');
    await waitFor(() => expect(decideReview).toHaveBeenCalledTimes(1));
    await waitFor(() => expect(keys()).toEqual(['item:1', 'item:2', 'item:3']));
  });
});

describe('many at once', () => {
  it('are accepted after a look at what that means', async () => {
    const { reviewBulkAccept } = open(THREE);
    await read();
    fireEvent.click(screen.getByRole('button', { name: 'Accept all 3…' }));
    const dialog = within(await screen.findByRole('dialog'));
    expect((await dialog.findByText('Merge: Possible duplicate')).textContent).toBe('3Merge: Possible duplicate');
    expect(dialog.getByText('Acme Ltd: two')).toBeTruthy();
    expect(dialog.getByText(/^1 item stays/)).toBeTruthy();
    expect(reviewBulkAccept).not.toHaveBeenCalled();
    fireEvent.click(dialog.getByRole('button', { name: 'Accept 3 items' }));
    await waitFor(() => expect(reviewBulkAccept).toHaveBeenCalledExactlyOnceWith(['item:1', 'item:2', 'item:3']));
    expect(await screen.findByText('Nothing to review')).toBeTruthy();
  });

  it('are selected with X, and given to a colleague', async () => {
    const { assignReview } = open(THREE);
    await read();
    press('x');
    press('j');
    await at('item:2');
    press('x');
    expect(await screen.findByText('2 selected')).toBeTruthy();
    press('A', { shiftKey: true });
    const dialog = within(await screen.findByRole('dialog'));
    fireEvent.click(dialog.getByRole('option', { name: /Ann Lee/ }));
    await waitFor(() => expect(assignReview).toHaveBeenCalledExactlyOnceWith(['item:1', 'item:2'], ANN.id));
    await waitFor(() => expect(screen.queryByText('2 selected')).toBeNull());
  });
});

it('narrows the queue by reason, and finds the way back out', async () => {
  const { reviewQueue } = open([rowOf('item:1'), rowOf('conflict:2', { reason: 'sync_conflict' })]);
  await read();
  const reason = screen.getByRole('combobox', { name: 'Reason' });
  fireEvent.change(reason, { target: { value: 'sync_conflict' } });
  await at('conflict:2');
  expect(reviewQueue).toHaveBeenLastCalledWith(expect.objectContaining({ reason: 'sync_conflict' }));
  fireEvent.change(reason, { target: { value: 'import_error' } });
  fireEvent.click(await screen.findByRole('button', { name: 'Show all' }));
  await at('item:1');
});

it('looks for duplicates when asked', async () => {
  const { findDuplicates } = open(THREE);
  await read();
  press('l');
  expect(await screen.findByText('2 new suspects found')).toBeTruthy();
  expect(findDuplicates).toHaveBeenCalledTimes(1);
});

it('lists the pairs that were told apart, to be taken back', async () => {
  const { takeBackApart } = open(THREE);
  await read();
  fireEvent.click(screen.getByRole('button', { name: 'Not the same…' }));
  const back = 'Take back: Acme Ltd – Jane Doe and Apex Ltd – Jane Doe may be the same';
  fireEvent.click(await screen.findByRole('button', { name: back }));
  await waitFor(() => expect(takeBackApart).toHaveBeenCalledExactlyOnceWith(5));
});

it('reads a long queue page by page', async () => {
  layOut(600, 58);
  const { reviewQueue } = open(Array.from({ length: 250 }, (_, index) => rowOf(`item:${index}`)));
  await read();
  expect(screen.getByText('1 of 250')).toBeTruthy();
  expect(reviewQueue).toHaveBeenCalledTimes(1);
});

it('says when there is nothing to review', async () => {
  open([]);
  expect(await screen.findByText('Nothing to review')).toBeTruthy();
});
