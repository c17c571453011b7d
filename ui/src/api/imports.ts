/** What can be asked of the host about imports, with the keys under which the answers are kept. */
import { type QueryClient, queryOptions } from '@tanstack/react-query';
import type { ImportProgress, ImportSummary, ImportUndo, RowsWanted } from './bindings';
import { host } from './host';

/** Rows in a page of the rows behind a number. */
export const ROWS_PAGE = 100;

export const importKeys = {
  all: ['imports'] as const,
  list: ['imports', 'list'] as const,
  /** Not below `all`: to read a draft is to open the file, and only whoever has it in hand asks for that. */
  draft: (id: number) => ['import_draft', id] as const,
  plan: (id: number) => ['imports', 'plan', id] as const,
  page: (id: number, wanted: RowsWanted, page: number) => ['imports', 'rows', id, wanted, page] as const,
  /** Not below `all`: nothing but an event knows it. */
  progress: (id: number) => ['import_progress', id] as const,
  /** What undo did, as long as the window remembers it. */
  undone: (id: number) => ['import_undone', id] as const,
  rules: ['import_rules'] as const,
  mappings: ['import_mappings'] as const,
};

/** Every import of this HaloPSA, the newest first. */
export const importsQuery = () => queryOptions({ queryKey: importKeys.list, queryFn: host.imports });

/** The file as it is read, and what is in which column. */
export const draftQuery = (id: number) =>
  queryOptions({ queryKey: importKeys.draft(id), queryFn: () => host.importDraft(id, null), gcTime: 0 });

export const planQuery = (id: number) =>
  queryOptions({ queryKey: importKeys.plan(id), queryFn: () => host.importPlanView(id), gcTime: 60_000 });

export const rowsQuery = (id: number, wanted: RowsWanted, page: number) =>
  queryOptions({
    queryKey: importKeys.page(id, wanted, page),
    queryFn: () => host.importRows(id, wanted, page * ROWS_PAGE, ROWS_PAGE),
    gcTime: 30_000,
  });

/** How far it is, as last heard; nothing before the first event. */
export const progressQuery = (id: number) =>
  queryOptions<ImportProgress | null>({
    queryKey: importKeys.progress(id),
    queryFn: () => null,
    initialData: null,
  });

/** What taking back this import did, told by the one who asked for it; nothing after a restart. */
export const undoneQuery = (id: number) =>
  queryOptions<ImportUndo | null>({
    queryKey: importKeys.undone(id),
    queryFn: () => null,
    initialData: null,
    gcTime: Number.POSITIVE_INFINITY,
  });

/** Below which quality a row waits for a person, and whose word counts. */
export const importRulesQuery = () => queryOptions({ queryKey: importKeys.rules, queryFn: host.importRules });

/** The rules of one of them. */
export const savedRulesQuery = (signature: string) =>
  queryOptions({
    queryKey: [...importKeys.mappings, signature] as const,
    queryFn: () => host.savedMappingRules(signature),
    staleTime: 0,
  });

/** The mappings that are kept; asked afresh, because every import may add one. */
export const importMappingsQuery = () =>
  queryOptions({ queryKey: importKeys.mappings, queryFn: host.importMappings, staleTime: 0 });

/** Takes in how an import stands now, from an answer that says so. */
export function takeSummary(client: QueryClient, summary: ImportSummary): void {
  client.setQueryData<ImportSummary[]>(importKeys.list, (list) =>
    list?.map((one) => (one.id === summary.id ? summary : one)),
  );
}

/** Takes in how far an import is. A change of state makes everything that is shown of it stale. */
export function takeProgress(client: QueryClient, progress: ImportProgress): void {
  const before = client.getQueryData<ImportProgress | null>(importKeys.progress(progress.id));
  client.setQueryData(importKeys.progress(progress.id), progress);
  const known = client
    .getQueryData<ImportSummary[]>(importKeys.list)
    ?.find((summary) => summary.id === progress.id)?.state;
  if ((before?.state ?? known) !== progress.state) void client.invalidateQueries({ queryKey: importKeys.all });
}
