import type { KeyboardEvent } from 'react';

/** Escape leaves; Control and Enter sends from anywhere in the form. */
export function formKeys(event: KeyboardEvent, send: () => void, leave: () => void): void {
  if (event.nativeEvent.isComposing) return;
  if (event.key === 'Escape') {
    event.preventDefault();
    event.stopPropagation();
    leave();
  } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    send();
  }
}
