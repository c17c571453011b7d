/** Accepting many at once: what will be done with how many, before anything is done. */

import { Button, Modal } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Done } from '@/api/bindings';
import { asUiError, host } from '@/api/host';
import { keys, type ReviewFilter, reviewDetailQuery } from '@/api/queries';
import { ErrorNotice } from '@/components/ErrorNotice';
import { formats } from '@/lib/formats';
import { t } from '@/strings';
import classes from './Review.module.css';
import { previewOf } from './review';

interface BulkAcceptProps {
  /** Those that are selected; without, all that the filter shows. */
  items: readonly string[] | null;
  filter: ReviewFilter;
  onClose: () => void;
  onAccept: (keys: readonly string[], work: () => Promise<Done>) => void;
}

export function BulkAccept({ items, filter, onClose, onAccept }: BulkAcceptProps) {
  const client = useQueryClient();
  const { data, error, isError, refetch } = useQuery({
    queryKey: keys.reviewBulk(items, filter),
    queryFn: async () =>
      items === null
        ? host.reviewBulkPreview({ ...filter, offset: 0, limit: 0 })
        : previewOf(await Promise.all(items.map((key) => client.fetchQuery(reviewDetailQuery(key))))),
    staleTime: 0,
    gcTime: 0,
  });
  return (
    <Modal opened onClose={onClose} title={t.review.bulk.title} size={560} data-testid="review-bulk">
      {isError && <ErrorNotice error={asUiError(error)} onRetry={() => void refetch()} />}
      {data === undefined && !isError && <p className={classes.dim}>{t.review.bulk.reading}</p>}
      {data !== undefined && (
        <div className={classes.preview}>
          <p>{data.keys.length > 0 ? t.review.bulk.intro : t.review.bulk.nothing}</p>
          <ul className={classes.outcomes}>
            {data.groups.map((group) => (
              <li key={`${group.action} ${group.reason}`}>
                <p>
                  <span className={classes.outcomeCount}>{formats.number(group.count)}</span>
                  {t.review.bulk.group(t.review.actions[group.action], t.review.reasons[group.reason])}
                </p>
                <ul className={classes.examples}>
                  {group.examples.map((example) => (
                    <li key={example}>{example}</li>
                  ))}
                </ul>
              </li>
            ))}
          </ul>
          {data.left_out > 0 && <p className={classes.dim}>{t.review.bulk.leftOut(data.left_out)}</p>}
          {data.more > 0 && <p className={classes.dim}>{t.review.bulk.more(data.more)}</p>}
          <div className={classes.dialogButtons}>
            <Button variant="default" onClick={onClose}>
              {t.cancel}
            </Button>
            <Button
              data-autofocus
              disabled={data.keys.length === 0}
              // What was shown is what is done: exactly these items, even when more have come in since.
              onClick={() => onAccept(data.keys, () => host.reviewBulkAccept(data.keys))}
            >
              {t.review.bulk.submit(data.keys.length)}
            </Button>
          </div>
        </div>
      )}
    </Modal>
  );
}
