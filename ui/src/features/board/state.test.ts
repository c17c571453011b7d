import { describe, expect, it, vi } from 'vitest';
import type { Card, TargetVerdict } from '@/api/bindings';
import { BoardState, CardFlag, cardFlags } from './state';

const card = (id: number, company = 'Acme'): Card => ({ id, company, stage: 'contacted' }) as Card;
const verdict = (stage: string): TargetVerdict => ({ stage, allowed: 1, needs: 0, refused: null, label: null });

describe('the board’s state', () => {
  it('selects, deselects and tells', () => {
    const state = new BoardState();
    const heard = vi.fn();
    state.subscribe(heard);
    state.toggle(card(1));
    state.toggle(card(2));
    state.toggle(card(1));
    expect([...state.selection.keys()]).toEqual([2]);
    expect(heard).toHaveBeenCalledTimes(3);
    state.clearSelection();
    state.clearSelection();
    expect(heard).toHaveBeenCalledTimes(4);
  });

  it('keeps the selected cards as they are now', () => {
    const state = new BoardState();
    state.toggle(card(1, 'Old'));
    state.refresh([card(1, 'New'), card(2)]);
    expect(state.selection.get(1)?.company).toBe('New');
    expect(state.selection.has(2)).toBe(false);
  });

  it('ignores verdicts on a drag that is over', () => {
    const state = new BoardState();
    const first = [card(1)];
    const second = [card(2)];
    state.startDrag(first);
    state.endDrag();
    state.startDrag(second);
    state.setVerdicts(first, [verdict('engaged')]);
    expect(state.drag?.verdicts.size).toBe(0);
    state.setVerdicts(second, [verdict('engaged')]);
    expect(state.drag?.verdicts.has('engaged')).toBe(true);
  });

  it('takes the focus only when asked to', () => {
    const state = new BoardState();
    state.setFocus({ stage: 'a', index: 0, id: 1 });
    expect(state.focusCall).toBe(0);
    state.setFocus({ stage: 'a', index: 0, id: 1 }, true);
    expect(state.focusCall).toBe(1);
  });

  it('tells a card all about itself in one number', () => {
    const state = new BoardState();
    state.setEntry('a');
    expect(cardFlags(state, 1, 'a', 0)).toBe(CardFlag.entry);
    expect(cardFlags(state, 2, 'a', 1)).toBe(0);
    state.setFocus({ stage: 'a', index: 0, id: 1 });
    state.toggle(card(1));
    state.setOpened(1);
    state.land([1]);
    state.startDrag([card(1)]);
    expect(cardFlags(state, 1, 'a', 0)).toBe(
      CardFlag.focused | CardFlag.selected | CardFlag.selecting | CardFlag.carried | CardFlag.opened | CardFlag.landed,
    );
    expect(cardFlags(state, 2, 'a', 1)).toBe(CardFlag.selecting);
  });
});
