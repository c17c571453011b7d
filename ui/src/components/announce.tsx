/**
 * Says things to screen readers.
 *
 * One polite region for the whole window, so that a toast, a move and a drawer never talk over each other. Two elements take
 * turns: the same sentence twice in a row is a change both times.
 */
import { useSyncExternalStore } from 'react';

interface Said {
  text: string;
  turn: number;
}

let said: Said = { text: '', turn: 0 };
const listeners = new Set<() => void>();

export function announce(text: string): void {
  if (text === '') return;
  said = { text, turn: said.turn + 1 };
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export function LiveRegion() {
  const { text, turn } = useSyncExternalStore(subscribe, () => said);
  return (
    <div data-testid="announcements">
      <div className="visually-hidden" role="status" aria-live="polite">
        {turn % 2 === 1 ? text : ''}
      </div>
      <div className="visually-hidden" role="status" aria-live="polite">
        {turn % 2 === 0 ? text : ''}
      </div>
    </div>
  );
}
