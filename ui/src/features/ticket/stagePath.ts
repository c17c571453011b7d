/** The stage path: how long a ticket has been where. */
import type { Stage, StageEntryRow } from '@/api/bindings';

const DAY_MS = 86_400_000;

export interface PathStep {
  stage: Stage;
  state: 'past' | 'current' | 'ahead';
  /** Whole days spent there over all stays; `null` where it has never been. */
  days: number | null;
  /** Some of it is reconstructed from HaloPSA's dates. */
  rebuilt: boolean;
}

/** The open stages of the ticket's lifecycle, and the exit it is in, where it is in one. */
export function stagePath(
  stages: readonly Stage[],
  entries: readonly StageEntryRow[],
  current: string,
  now: number,
): PathStep[] {
  const here = stages.find((stage) => stage.key === current);
  if (here === undefined) return [];
  const shown = stages.filter((stage) => stage.lifecycle === here.lifecycle && (!stage.exit || stage.key === current));
  const at = shown.findIndex((stage) => stage.key === current);
  return shown.map((stage, index) => {
    const stays = entries.filter((entry) => entry.stage === stage.key);
    const spent = stays.reduce((sum, stay) => {
      const left = stay.left_at === null ? now : Date.parse(stay.left_at);
      return sum + Math.max(0, left - Date.parse(stay.entered_at));
    }, 0);
    return {
      stage,
      state: index === at ? 'current' : index < at ? 'past' : 'ahead',
      days: stays.length === 0 ? null : Math.floor(spent / DAY_MS),
      rebuilt: stays.some((stay) => stay.rebuilt),
    };
  });
}
