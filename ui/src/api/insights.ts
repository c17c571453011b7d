/** What Insights asks of the host. The figures go stale with the tickets they count: see freshness.ts. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { InsightsFilter } from './bindings';
import { host } from './host';

/** Figures of filters that nobody looks at any more are soon dropped. */
const KEPT_MS = 60_000;

export const insightKeys = {
  all: ['insights'] as const,
  report: (report: string, filter: Required<InsightsFilter>) => ['insights', report, filter] as const,
  choices: ['insights', 'choices'] as const,
  dashboards: ['dashboards'] as const,
};

/** A report, by whichever command answers it. */
export const reportQuery = <T>(
  report: string,
  filter: Required<InsightsFilter>,
  ask: (filter: Required<InsightsFilter>) => Promise<T>,
) =>
  queryOptions({
    queryKey: insightKeys.report(report, filter),
    queryFn: () => ask(filter),
    // Another filter shows the figures of the last one until its own are there, a few milliseconds later.
    placeholderData: keepPreviousData,
    gcTime: KEPT_MS,
  });

/** The industries, sizes and lists that there are. */
export const insightsChoicesQuery = () =>
  queryOptions({ queryKey: insightKeys.choices, queryFn: host.insightsChoices });

export const dashboardsQuery = () => queryOptions({ queryKey: insightKeys.dashboards, queryFn: host.dashboards });
