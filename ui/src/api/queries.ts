/** What can be asked of the host, with the keys under which the answers are kept. Nothing here ever goes stale by itself. */
import { infiniteQueryOptions, keepPreviousData, QueryClient, queryOptions } from '@tanstack/react-query';
import type { Filter, ListQuery, MappingEdit, ReviewReason } from './bindings';
import { host } from './host';

/** Cards in a page of a column after the first. */
export const PAGE_SIZE = 100;

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // Freshness comes from change events alone; see freshness.ts.
        staleTime: Number.POSITIVE_INFINITY,
        // Everything is read from this computer: a failure is real, and being offline is no reason to wait.
        retry: false,
        networkMode: 'always',
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        structuralSharing: true,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
}

export const keys = {
  app: ['app'] as const,
  reference: ['reference'] as const,
  boards: ['board'] as const,
  board: (filter: Required<Filter>) => ['board', filter] as const,
  columns: ['column'] as const,
  column: (filter: Required<Filter>, stage: string, page: number) => ['column', filter, stage, page] as const,
  tickets: ['ticket'] as const,
  ticket: (id: number) => ['ticket', id] as const,
  outbox: ['outbox'] as const,
  review: ['review'] as const,
  reviewPages: (filter: ReviewFilter) => ['review', 'pages', filter] as const,
  reviewDetail: (key: string) => ['review', 'detail', key] as const,
  reviewCounts: ['review', 'counts'] as const,
  /** A preview of accepting these; of everything the filter shows without `items`. */
  reviewBulk: (items: readonly string[] | null, filter: ReviewFilter) => ['review', 'bulk', items, filter] as const,
  keptApart: ['review', 'kept_apart'] as const,
  health: ['health'] as const,
  /** Below `health`: whatever makes the figures stale makes their rows stale. */
  differences: ['health', 'differences'] as const,
  mapping: ['mapping'] as const,
  checkedMapping: (edit: MappingEdit | null) => ['mapping', 'checked', edit] as const,
  sync: ['sync'] as const,
  profiles: ['profiles'] as const,
  search: (text: string) => ['search', text] as const,
  lists: ['lists'] as const,
  listed: ['list'] as const,
  listPage: (query: ListQuery, fields: readonly string[], page: number) =>
    ['list', 'page', query, fields, page] as const,
  listSums: (query: ListQuery) => ['list', 'sums', query] as const,
  companies: (text: string) => ['companies', text] as const,
  contacts: (company: number) => ['contacts', company] as const,
  targets: (ids: readonly number[]) => ['targets', ids] as const,
  samePerson: (ids: readonly number[]) => ['same_person', ids] as const,
};

export const appQuery = () => queryOptions({ queryKey: keys.app, queryFn: host.appState });

export const referenceQuery = () => queryOptions({ queryKey: keys.reference, queryFn: host.reference });

export const boardQuery = (filter: Required<Filter>) =>
  queryOptions({
    queryKey: keys.board(filter),
    queryFn: () => host.board(filter),
    // Another filter shows the old cards until its own arrive, a few milliseconds later.
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });

export const columnQuery = (filter: Required<Filter>, stage: string, page: number) =>
  queryOptions({
    queryKey: keys.column(filter, stage, page),
    queryFn: () => host.columnPage({ stage, filter, offset: page * PAGE_SIZE, limit: PAGE_SIZE }),
    gcTime: 30_000,
  });

/** A page of the list. Another order or filter shows the old lines until its own arrive, a few milliseconds later. */
export const listPageQuery = (query: ListQuery, fields: readonly string[], page: number) =>
  queryOptions({
    queryKey: keys.listPage(query, fields, page),
    queryFn: () => host.listPage({ list: query, fields: [...fields], offset: page * PAGE_SIZE, limit: PAGE_SIZE }),
    placeholderData: keepPreviousData,
    gcTime: 30_000,
  });

export const listSumsQuery = (query: ListQuery) =>
  queryOptions({
    queryKey: keys.listSums(query),
    queryFn: () => host.listSums(query),
    placeholderData: keepPreviousData,
    gcTime: 30_000,
  });

export const ticketQuery = (id: number) => queryOptions({ queryKey: keys.ticket(id), queryFn: () => host.ticket(id) });

export const outboxQuery = () => queryOptions({ queryKey: keys.outbox, queryFn: host.outbox });

/** Which part of the review queue. */
export interface ReviewFilter {
  reason: ReviewReason | null;
  source: string | null;
  older_than_days: number | null;
  assigned_to: number | null;
}

export const reviewPagesQuery = (filter: ReviewFilter) =>
  infiniteQueryOptions({
    queryKey: keys.reviewPages(filter),
    queryFn: ({ pageParam }) => host.reviewQueue({ ...filter, offset: pageParam, limit: PAGE_SIZE }),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => (last.length < PAGE_SIZE ? undefined : pages.length * PAGE_SIZE),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });

export const reviewDetailQuery = (key: string) =>
  queryOptions({ queryKey: keys.reviewDetail(key), queryFn: () => host.reviewDetail(key), gcTime: 60_000 });

export const reviewCountsQuery = () => queryOptions({ queryKey: keys.reviewCounts, queryFn: host.reviewCounts });

export const keptApartQuery = () => queryOptions({ queryKey: keys.keptApart, queryFn: host.keptApart });

/** The figures of the last hour and day move on by themselves: who shows them asks again now and then. */
export const healthQuery = () => queryOptions({ queryKey: keys.health, queryFn: host.syncHealth });

/** Asked anew whenever it is looked at: profiles come and go with connections, not with changes of data. */
export const profilesQuery = () =>
  queryOptions({ queryKey: keys.profiles, queryFn: host.profiles, staleTime: 0, gcTime: 0 });

export const differencesQuery = () => queryOptions({ queryKey: keys.differences, queryFn: host.syncDifferences });

export const syncQuery = () => queryOptions({ queryKey: keys.sync, queryFn: host.syncStatus });

export const mappingQuery = () => queryOptions({ queryKey: keys.mapping, queryFn: host.mapping });

/** The mapping as it would be with that edit; asked for while there is one. */
export const checkedMappingQuery = (edit: MappingEdit | null) =>
  queryOptions({
    queryKey: keys.checkedMapping(edit),
    queryFn: () => (edit === null ? host.mapping() : host.checkMapping(edit)),
    enabled: edit !== null,
    staleTime: 0,
    gcTime: 0,
  });

export const searchQuery = (text: string) =>
  queryOptions({
    queryKey: keys.search(text),
    queryFn: () => host.search(text),
    placeholderData: keepPreviousData,
    // A search is asked afresh each time: what it finds may have changed.
    staleTime: 0,
    gcTime: 10_000,
  });

/** What a drop of these tickets would mean, for every stage. Asked afresh each time: rules look at values. */
export const targetsQuery = (ids: readonly number[]) =>
  queryOptions({ queryKey: keys.targets(ids), queryFn: () => host.checkMove([...ids]), staleTime: 0, gcTime: 0 });

/** The other tickets of the same people. Asked afresh each time: any edit of an address may change it. */
export const samePersonQuery = (ids: readonly number[]) =>
  queryOptions({ queryKey: keys.samePerson(ids), queryFn: () => host.samePerson([...ids]), staleTime: 0, gcTime: 0 });

/** Companies whose names begin so; asked afresh each time, like a search. */
export const companiesQuery = (text: string) =>
  queryOptions({
    queryKey: keys.companies(text),
    queryFn: () => host.findCompanies(text),
    placeholderData: keepPreviousData,
    staleTime: 0,
    gcTime: 10_000,
  });

export const contactsQuery = (company: number) =>
  queryOptions({ queryKey: keys.contacts(company), queryFn: () => host.contactsOf(company), staleTime: 0, gcTime: 0 });

/** The names of all lists, for whoever puts a ticket on one. */
export const listsQuery = () => queryOptions({ queryKey: keys.lists, queryFn: host.lists, staleTime: 0 });
