import { type Account, EMPTY } from './Account';

export type Step = 'start' | 'address' | 'account' | 'passphrase' | 'check';

interface Draft {
  step: Step;
  address: string;
  /** Never with its secret. */
  account: Account;
}

const nothing = (): Draft => ({ step: 'start', address: '', account: EMPTY });

/** What was typed stays while the window is open, so that a step can be left and resumed. It never touches a disk. */
export const draft: Draft = nothing();

/** What was typed has led somewhere, and the next connection begins anew. */
export function forgetDraft(): void {
  Object.assign(draft, nothing());
}
