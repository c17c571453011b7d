import { Button } from '@mantine/core';
import { IconArrowRight, IconTag, IconUser, IconX } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { useHoldActions } from '@/actions/useActions';
import type { Card } from '@/api/bindings';
import { useMoving } from '@/components/moving/Moving';
import { t } from '@/strings';
import classes from './BulkBar.module.css';

const ListPicker = lazy(() => import('./ListPicker'));

/** What can be done with the selected tickets. */
export function BulkBar({ selection, onClear }: { selection: ReadonlyMap<number, Card>; onClear: () => void }) {
  const moving = useMoving();
  const [listing, setListing] = useState(false);
  useHoldActions(listing);
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
      <Button size="xs" variant="subtle" color="gray" leftSection={<IconX size={14} />} onClick={onClear}>
        {t.board.bulk.clear}
      </Button>
      <Suspense fallback={null}>
        {listing && <ListPicker tickets={cards.map((card) => card.id)} onClose={() => setListing(false)} />}
      </Suspense>
    </div>
  );
}
