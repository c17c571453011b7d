import { Button } from '@mantine/core';
import { IconArrowMerge, IconArrowRight, IconTag, IconUser, IconX } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { useHoldActions } from '@/actions/useActions';
import type { Card } from '@/api/bindings';
import { useMoving } from '@/components/moving/Moving';
import { t } from '@/strings';
import classes from './BulkBar.module.css';

const MergeTickets = lazy(() => import('@/components/merging/MergeTickets'));
const ListPicker = lazy(() => import('./ListPicker'));

/** More tickets than these are hardly one and the same. */
const MOST_MERGED = 20;

/** What can be done with the selected tickets. */
export function BulkBar({ selection, onClear }: { selection: ReadonlyMap<number, Card>; onClear: () => void }) {
  const moving = useMoving();
  const [listing, setListing] = useState(false);
  // Those that were selected when it was asked for: what is merged leaves the selection.
  const [merging, setMerging] = useState<readonly Card[] | null>(null);
  useHoldActions(listing || merging !== null);
  if (selection.size === 0) return null;
  const cards = [...selection.values()];
  return (
    <div className={classes.bar} role="toolbar" aria-label={t.board.bulk.label} data-testid="bulk-bar">
      <span className={classes.count}>{t.board.bulk.selected(selection.size)}</span>
      <Button size="xs" leftSection={<IconArrowRight size={14} />} onClick={() => moving.pickStage(cards)}>
        {t.board.bulk.move}
      </Button>
      <Button size="xs" variant="default" leftSection={<IconUser size={14} />} onClick={() => moving.pickOwner(cards)}>
        {t.board.bulk.assign}
      </Button>
      <Button size="xs" variant="default" leftSection={<IconTag size={14} />} onClick={() => setListing(true)}>
        {t.lists.bulk}
      </Button>
      {cards.length > 1 && cards.length <= MOST_MERGED && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconArrowMerge size={14} />}
          onClick={() => setMerging(cards)}
        >
          {t.merging.open}
        </Button>
      )}
      <Button size="xs" variant="subtle" color="gray" leftSection={<IconX size={14} />} onClick={onClear}>
        {t.board.bulk.clear}
      </Button>
      <Suspense fallback={null}>
        {merging !== null && (
          <MergeTickets
            cards={merging}
            onClose={() => setMerging(null)}
            onMerged={() => {
              setMerging(null);
              onClear();
            }}
          />
        )}
        {listing && <ListPicker tickets={cards.map((card) => card.id)} onClose={() => setListing(false)} />}
      </Suspense>
    </div>
  );
}
