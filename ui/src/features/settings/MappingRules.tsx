/** The rules of one remembered mapping. A change counts from the next file on, and can be taken back. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Mapping, SavedMapping } from '@/api/bindings';
import { asUiError, host } from '@/api/host';
import { importKeys, savedRulesQuery } from '@/api/imports';
import { useLookup } from '@/api/reference';
import { announce } from '@/components/announce';
import { ErrorNotice } from '@/components/ErrorNotice';
import { RuleList } from '@/components/rules/RuleList';
import { withoutChange } from '@/components/rules/rules';
import { toast } from '@/components/toast';
import { t } from '@/strings';

const texts = t.imports.settings.mappings;

export function MappingRules({ saved }: { saved: SavedMapping }) {
  const client = useQueryClient();
  const lookup = useLookup();
  const { data, error, isError, refetch } = useQuery(savedRulesQuery(saved.signature));
  const put = async (mapping: Mapping): Promise<boolean> => {
    try {
      await host.setSavedMapping(saved.signature, mapping);
      return true;
    } catch (problem) {
      toast.failure(problem);
      return false;
    } finally {
      await client.invalidateQueries({ queryKey: importKeys.mappings });
    }
  };
  const change = async (before: Mapping, next: Mapping): Promise<void> => {
    if (!(await put(next))) return;
    announce(texts.changed(saved.name));
    toast.saved(texts.changed(saved.name), () => void takeBack(before, next));
  };
  const takeBack = async (before: Mapping, next: Mapping): Promise<void> => {
    try {
      const { mapping } = await client.fetchQuery(savedRulesQuery(saved.signature));
      const without = withoutChange(mapping, before, next);
      if (without === null) toast.note(texts.changedSince(saved.name));
      else if (await put(without)) toast.note(texts.changedBack(saved.name));
    } catch (problem) {
      toast.failure(problem);
    }
  };
  if (isError && data === undefined) {
    return <ErrorNotice error={asUiError(error)} onRetry={() => void refetch()} />;
  }
  if (data === undefined) return null;
  return (
    <RuleList
      of={data}
      currency={lookup.preferences.currency}
      onMapping={(work) => void change(data.mapping, work(data.mapping))}
    />
  );
}
