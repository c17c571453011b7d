import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { KeyPress } from '@/lib/keys';
import { type ActionId, ALL_ACTIONS } from './catalogue';
import { ActionRegistry, type Region } from './registry';

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
});

describe('the catalogue', () => {
  it('has one action for each key of a scope', () => {
    const taken = new Map<string, string>();
    for (const action of ALL_ACTIONS) {
      for (const keys of action.keys) {
        const place = `${action.scope} ${keys}`;
        expect(taken.get(place), `${keys} means both ${taken.get(place)} and ${action.id}`).toBeUndefined();
        taken.set(place, action.id);
      }
    }
  });

  it('has no key that also begins a chord', () => {
    const firsts = new Set(
      ALL_ACTIONS.flatMap((action) => action.keys.filter((keys) => keys.includes(' ')).map((keys) => keys[0])),
    );
    const singles = ALL_ACTIONS.flatMap((action) => action.keys.filter((keys) => !keys.includes(' ')));
    expect(singles.filter((keys) => firsts.has(keys))).toEqual([]);
  });

  it('says each action in its own words', () => {
    const labels = ALL_ACTIONS.map((action) => action.label);
    expect(new Set(labels).size).toBe(labels.length);
    expect(labels).not.toContain('');
  });

  it('gives the keys that the design names', () => {
    const keysOf = (id: ActionId) => ALL_ACTIONS.find((action) => action.id === id)?.keys;
    expect(keysOf('palette.open')).toContain('mod+k');
    expect(keysOf('card.move')).toContain('m');
    expect(keysOf('ticket.new')).toContain('n');
    expect(keysOf('card.edit')).toContain('e');
    expect(keysOf('select.toggle')).toContain('x');
    expect(keysOf('edit.undo')).toEqual(expect.arrayContaining(['z', 'mod+z']));
    expect(keysOf('help.keys')).toContain('?');
  });
});

describe('the registry', () => {
  let registry: ActionRegistry;
  const at = (now: number, typing = false) => ({ now, typing });
  beforeEach(() => {
    registry = new ActionRegistry();
  });
  const lend = (id: ActionId, region?: Region, enabled = () => true) => {
    const run = vi.fn();
    const stop = registry.register(id, { region, run, enabled });
    return { run, stop };
  };

  it('resolves a key only to what somebody can do now', () => {
    expect(registry.resolve(press('m'), at(0))).toBeNull();
    const { stop } = lend('card.move');
    expect(registry.resolve(press('m'), at(0))).toBe('card.move');
    stop();
    expect(registry.resolve(press('m'), at(0))).toBeNull();
  });

  it('lets the part of the window that had the focus last do it', () => {
    const board = lend('card.move', 'board');
    const ticket = lend('card.move', 'ticket');
    registry.region = 'board';
    registry.run('card.move');
    registry.region = 'ticket';
    registry.run('card.move');
    expect([board.run.mock.calls.length, ticket.run.mock.calls.length]).toEqual([1, 1]);
  });

  it('falls back to whoever can', () => {
    const board = lend('card.move', 'board');
    lend('card.move', 'ticket', () => false);
    registry.region = 'ticket';
    expect(registry.run('card.move')).toBe(true);
    expect(board.run).toHaveBeenCalledOnce();
  });

  it('gives Escape to the selection on the board and to the panel in the panel', () => {
    lend('select.clear', 'board');
    lend('ticket.close', 'ticket');
    registry.region = 'board';
    expect(registry.resolve(press('Escape'), at(0))).toBe('select.clear');
    registry.region = 'ticket';
    expect(registry.resolve(press('Escape'), at(0))).toBe('ticket.close');
  });

  it('closes the panel from the board when nothing is selected', () => {
    lend('select.clear', 'board', () => false);
    lend('ticket.close', 'ticket');
    registry.region = 'board';
    expect(registry.resolve(press('Escape'), at(0))).toBe('ticket.close');
  });

  it('leaves letters and text commands to an input', () => {
    lend('card.move');
    lend('edit.undo');
    lend('palette.open');
    expect(registry.resolve(press('m'), at(0, true))).toBeNull();
    expect(registry.resolve(press('z', { ctrlKey: true }), at(0, true))).toBeNull();
    expect(registry.resolve(press('k', { ctrlKey: true }), at(0, true))).toBe('palette.open');
  });

  it('reads two keys one after the other, but not after a pause', () => {
    lend('go.board');
    expect(registry.resolve(press('g'), at(1000))).toBeNull();
    expect(registry.resolve(press('b'), at(1500))).toBe('go.board');
    expect(registry.resolve(press('g'), at(3000))).toBeNull();
    expect(registry.resolve(press('b'), at(9000))).toBeNull();
  });

  it('forgets the first key when another comes between', () => {
    lend('go.board');
    registry.resolve(press('g'), at(0));
    registry.resolve(press('q'), at(100));
    expect(registry.resolve(press('b'), at(200))).toBeNull();
  });

  it('keeps the letters that decide to the review screen', () => {
    const review = lend('review.accept', 'review');
    lend('card.assign', 'ticket');
    registry.region = 'ticket';
    expect(registry.resolve(press('a'), at(0))).toBe('card.assign');
    expect(registry.resolve(press('s'), at(0))).toBeNull();
    registry.region = 'review';
    expect(registry.resolve(press('a'), at(0))).toBe('review.accept');
    review.stop();
    expect(registry.resolve(press('a'), at(0))).toBe('card.assign');
  });

  it('does once what is done once, however long the key is held', () => {
    lend('review.accept', 'review');
    lend('review.next', 'review');
    registry.region = 'review';
    expect(registry.resolve(press('a', { repeat: true }), at(0))).toBeNull();
    expect(registry.resolve(press('j', { repeat: true }), at(0))).toBe('review.next');
  });

  it('tells which of several keys it was', () => {
    const { run } = lend('review.pick', 'review');
    registry.region = 'review';
    expect(registry.resolve(press('7'), at(0))).toBe('review.pick');
    registry.run('review.pick', '7');
    expect(run).toHaveBeenCalledExactlyOnceWith('7');
  });

  it('offers in the palette what can be done, and no steps of the focus', () => {
    lend('card.move');
    lend('focus.up');
    lend('edit.undo', undefined, () => false);
    expect(registry.available().map((action) => action.id)).toEqual(['card.move']);
  });
});
