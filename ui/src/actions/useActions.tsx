import { createContext, type ReactNode, useContext, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { ActionId } from './catalogue';
import { ActionRegistry, type Region } from './registry';

const RegistryContext = createContext<ActionRegistry | null>(null);

/** Whether keys typed at `target` are text. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit'].includes(target.type);
}

/** Dialogs and menus keep their keys to themselves. */
const OWN_KEYS = '[role="dialog"], [role="menu"], [role="listbox"]';

/** Buttons and links are pressed with Enter and Space themselves; with Control held, the keys are a shortcut as anywhere. */
function pressesItself(event: KeyboardEvent): boolean {
  if ((event.key !== 'Enter' && event.key !== ' ') || event.ctrlKey || event.metaKey) return false;
  return event.target instanceof HTMLElement && event.target.closest('button, a, summary, [role="tab"]') !== null;
}

export function ActionProvider({ children }: { children: ReactNode }) {
  const [registry] = useState(() => new ActionRegistry());
  useEffect(() => {
    // Looked at before anybody else hears of the key: a dialog that closes on Escape is gone by the time it comes round to
    // us, and the same Escape must not also close the panel behind it.
    let belongsToDialog = false;
    const beforeKey = (): void => {
      belongsToDialog = registry.held > 0 || document.querySelector('[aria-modal="true"]') !== null;
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing || belongsToDialog) return;
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest(OWN_KEYS) || pressesItself(event)) return;
      const id = registry.resolve(event, { typing: isTyping(event.target), now: event.timeStamp });
      if (id !== null && registry.run(id, event.key)) event.preventDefault();
    };
    const onFocus = (event: FocusEvent): void => {
      const region = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-region]') : null;
      const name = region?.dataset.region;
      if (name === 'board' || name === 'ticket' || name === 'review') registry.region = name;
    };
    window.addEventListener('keydown', beforeKey, true);
    window.addEventListener('keydown', onKey);
    window.addEventListener('focusin', onFocus);
    return () => {
      window.removeEventListener('keydown', beforeKey, true);
      window.removeEventListener('keydown', onKey);
      window.removeEventListener('focusin', onFocus);
    };
  }, [registry]);
  return <RegistryContext.Provider value={registry}>{children}</RegistryContext.Provider>;
}

export function useActionRegistry(): ActionRegistry {
  const registry = useContext(RegistryContext);
  if (registry === null) throw new Error('useActionRegistry is used outside ActionProvider');
  return registry;
}

interface ActionOptions {
  enabled?: () => boolean;
  region?: Region;
}

/** Lends an action its hands while this component is mounted. */
export function useAction(id: ActionId, run: (key?: string) => void, options: ActionOptions = {}): void {
  const registry = useActionRegistry();
  const latest = useRef({ run, options });
  useLayoutEffect(() => {
    latest.current = { run, options };
  });
  const { region } = options;
  useEffect(
    () =>
      registry.register(id, {
        region,
        run: (key) => latest.current.run(key),
        enabled: () => latest.current.options.enabled?.() ?? true,
      }),
    [registry, id, region],
  );
}

/** While `active`, keys belong to a dialog, also in the moment before its code has come from the disk. */
export function useHoldActions(active: boolean): void {
  const registry = useActionRegistry();
  useLayoutEffect(() => {
    if (!active) return undefined;
    registry.held += 1;
    return () => {
      registry.held -= 1;
    };
  }, [registry, active]);
}
