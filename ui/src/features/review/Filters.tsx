/** Which part of the queue is shown; it stands in the address. */

import { ActionIcon, NativeSelect, Tooltip } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { ReviewCounts } from '@/api/bindings';
import { useLookup } from '@/api/reference';
import { formats } from '@/lib/formats';
import { REVIEW_REASONS, type ReviewSearch } from '@/lib/urlState';
import { t } from '@/strings';
import classes from './Review.module.css';
import type { ReviewSearchChange } from './ReviewPage';
import { countOf, isFiltered } from './review';

/** In days. */
const AGES = [1, 7, 30] as const;

interface ReviewFiltersProps {
  search: ReviewSearch;
  counts: ReviewCounts | undefined;
  onSearch: (change: ReviewSearchChange) => void;
  onClear: () => void;
}

export function ReviewFilters({ search, counts, onSearch, onClear }: ReviewFiltersProps) {
  const { reference, me } = useLookup();
  const counted = (label: string, n: number): string =>
    n === 0 ? label : t.review.filter.counted(label, formats.number(n));
  const sources = [...new Set([...(counts?.sources ?? []), ...(search.via === undefined ? [] : [search.via])])];
  const agents = reference.agents.filter(
    (agent) => agent.id !== me?.id && (!agent.inactive || agent.id === search.who),
  );
  return (
    <div className={classes.filters} role="group" aria-label={t.review.filter.label}>
      <NativeSelect
        size="xs"
        aria-label={t.review.filter.reason}
        value={search.reason ?? ''}
        data={[
          { value: '', label: counted(t.review.filter.any, counts?.total ?? 0) },
          ...REVIEW_REASONS.map((reason) => ({
            value: reason,
            label: counted(t.review.reasons[reason], countOf(counts, reason)),
          })),
        ]}
        onChange={(event) =>
          onSearch({ reason: REVIEW_REASONS.find((reason) => reason === event.currentTarget.value) })
        }
      />
      {sources.length > 0 && (
        <NativeSelect
          size="xs"
          aria-label={t.review.filter.source}
          value={search.via ?? ''}
          data={[
            { value: '', label: t.review.filter.anySource },
            ...sources.map((source) => ({ value: source, label: source })),
          ]}
          onChange={(event) => onSearch({ via: event.currentTarget.value || undefined })}
        />
      )}
      <NativeSelect
        size="xs"
        aria-label={t.review.filter.age}
        value={String(search.older ?? '')}
        data={[
          { value: '', label: t.review.filter.anyAge },
          ...[...new Set([...AGES, ...(search.older === undefined ? [] : [search.older])])]
            .sort((a, b) => a - b)
            .map((days) => ({ value: String(days), label: t.review.filter.older(days) })),
        ]}
        onChange={(event) => onSearch({ older: Number(event.currentTarget.value) || undefined })}
      />
      <NativeSelect
        size="xs"
        aria-label={t.review.filter.who}
        value={String(search.who ?? '')}
        data={[
          { value: '', label: t.review.filter.anybody },
          ...(me === undefined ? [] : [{ value: 'me', label: counted(t.review.filter.mine, counts?.mine ?? 0) }]),
          ...agents.map((agent) => ({ value: String(agent.id), label: agent.name })),
        ]}
        onChange={(event) => {
          const who = event.currentTarget.value;
          onSearch({ who: who === '' ? undefined : who === 'me' ? 'me' : Number(who) });
        }}
      />
      {isFiltered(search) && (
        <Tooltip label={t.review.filter.clear}>
          <ActionIcon aria-label={t.review.filter.clear} onClick={onClear}>
            <IconX size={14} />
          </ActionIcon>
        </Tooltip>
      )}
    </div>
  );
}
