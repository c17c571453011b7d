import { Button } from '@mantine/core';
import { IconArrowRight, IconUser, IconX } from '@tabler/icons-react';
import { useMoving } from '@/components/moving/Moving';
import { t } from '@/strings';
import classes from './BulkBar.module.css';
import { type BoardState, useBoardState } from './state';

/** What can be done with the selected cards. */
export function BulkBar({ state }: { state: BoardState }) {
  const selection = useBoardState(state, (s) => s.selection);
  const dragging = useBoardState(state, (s) => s.drag !== null);
  const moving = useMoving();
  if (selection.size === 0 || dragging) return null;
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
      <Button
        size="xs"
        variant="subtle"
        color="gray"
        leftSection={<IconX size={14} />}
        onClick={() => state.clearSelection()}
      >
        {t.board.bulk.clear}
      </Button>
    </div>
  );
}
