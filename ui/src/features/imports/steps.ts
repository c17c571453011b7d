/** Where an import stands, as a step of the wizard. */
import type { ImportState } from '@/api/bindings';

export const STEPS = ['file', 'columns', 'check', 'run', 'result'] as const;
export type Step = (typeof STEPS)[number];

const AT: Record<ImportState, Step> = {
  draft: 'columns',
  planning: 'check',
  planned: 'check',
  running: 'run',
  paused: 'run',
  cancelled: 'result',
  done: 'result',
  undoing: 'run',
  undone: 'result',
};

/** The step to show. Only a plan that has not run can be gone back on, to its columns. */
export function stepOf(state: ImportState, back: boolean): Step {
  return back && state === 'planned' ? 'columns' : AT[state];
}

/** Whether something is going on in the background. */
export const isBusy = (state: ImportState): boolean =>
  state === 'planning' || state === 'running' || state === 'undoing';

/** Whether it can still be given up without having written anything. */
export const isUnwritten = (state: ImportState): boolean =>
  state === 'draft' || state === 'planning' || state === 'planned';

/** Whether somebody has to come back to it. */
export const isUnfinished = (state: ImportState): boolean => isUnwritten(state) || isBusy(state) || state === 'paused';
