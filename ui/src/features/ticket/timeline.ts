/** The timeline: what people did and what changed, in one order, newest first. */
import type { ActivityRow, HistoryRow } from '@/api/bindings';

export type TimelineEntry =
  | { kind: 'activity'; at: string; key: string; activity: ActivityRow }
  | { kind: 'change'; at: string; key: string; change: HistoryRow };

export type TimelineFilter = 'all' | 'calls' | 'notes' | 'messages' | 'changes';

export const FILTERS: readonly TimelineFilter[] = ['all', 'calls', 'notes', 'messages', 'changes'];

export function mergeTimeline(activities: readonly ActivityRow[], history: readonly HistoryRow[]): TimelineEntry[] {
  const entries: TimelineEntry[] = [
    ...activities.map(
      (activity): TimelineEntry => ({ kind: 'activity', at: activity.at, key: `a${activity.id}`, activity }),
    ),
    ...history.map((change): TimelineEntry => ({ kind: 'change', at: change.at, key: `o${change.operation}`, change })),
  ];
  return entries.sort((a, b) => Date.parse(b.at) - Date.parse(a.at) || b.key.localeCompare(a.key));
}

export function keeps(filter: TimelineFilter, entry: TimelineEntry): boolean {
  if (filter === 'all') return true;
  if (entry.kind === 'change') return filter === 'changes';
  const { kind } = entry.activity;
  switch (filter) {
    case 'calls':
      return kind === 'call';
    case 'notes':
      return kind === 'note';
    case 'messages':
      return kind === 'email' || kind === 'meeting' || kind === 'task';
    case 'changes':
      return kind === 'system';
  }
}
