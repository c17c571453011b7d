/** The pairs that somebody told apart, each to be taken back. */

import { Button, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { asUiError, host } from '@/api/host';
import { keptApartQuery } from '@/api/queries';
import { useLookup } from '@/api/reference';
import { EmptyNotice } from '@/components/EmptyNotice';
import { ErrorNotice } from '@/components/ErrorNotice';
import { LongList } from '@/components/LongList';
import { operations } from '@/components/operations';
import { formats } from '@/lib/formats';
import { t } from '@/strings';
import classes from './Review.module.css';

const ROW_PX = 52;

export function NotSame({ onClose }: { onClose: () => void }) {
  const { data, error, isError, refetch } = useQuery(keptApartQuery());
  const lookup = useLookup();
  return (
    <Modal opened onClose={onClose} title={t.review.notSame.title} size={620} data-testid="not-same">
      <p className={classes.dim}>{t.review.notSame.intro}</p>
      {isError && data === undefined && <ErrorNotice error={asUiError(error)} onRetry={() => void refetch()} />}
      {data?.length === 0 && <EmptyNotice title={t.review.notSame.none} />}
      <ul className={classes.pairs} aria-label={t.review.notSame.title}>
        <LongList items={data ?? []} keyOf={(pair) => pair.id} estimate={() => ROW_PX}>
          {(pair) => (
            <li className={classes.pair}>
              <div>
                <p>
                  <strong>{pair.left}</strong> <span className={classes.dim}>{t.review.notSame.and}</span>{' '}
                  <strong>{pair.right}</strong>
                </p>
                <p className={classes.since}>
                  {t.review.notSame.since(lookup.agent(pair.by)?.name ?? '', formats.moment(pair.at))}
                </p>
              </div>
              <Button
                size="compact-xs"
                variant="default"
                aria-label={t.review.notSame.takeBackOf(pair.left, pair.right)}
                onClick={() => void operations.attempt(() => host.takeBackApart(pair.id))}
              >
                {t.review.notSame.takeBack}
              </Button>
            </li>
          )}
        </LongList>
      </ul>
    </Modal>
  );
}
