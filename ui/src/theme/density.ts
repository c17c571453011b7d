/** How tightly things are packed: an attribute on the root that tokens.css reads, remembered on this computer. */
import { recall, remember } from '@/lib/remembered';

export type Density = 'comfortable' | 'compact';

/** Must agree with --card-height and --card-gap in tokens.css, in rem: the virtual list counts with them. */
export const CARD_REM: Record<Density, { height: number; gap: number }> = {
  comfortable: { height: 5.5, gap: 0.5 },
  compact: { height: 4.25, gap: 0.3125 },
};

const listeners = new Set<() => void>();
let current: Density = recall('density') === 'compact' ? 'compact' : 'comfortable';

function apply(): void {
  document.documentElement.dataset.density = current;
}
if (typeof document !== 'undefined') apply();

export const density = {
  get: (): Density => current,
  set(next: Density): void {
    current = next;
    remember('density', next);
    apply();
    for (const listener of listeners) listener();
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
