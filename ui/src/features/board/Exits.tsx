/** The exits of a lifecycle: a narrow strip with their counts; while dragging, boxes to drop into. */
import { useDroppable } from '@dnd-kit/core';
import { memo } from 'react';
import { formats } from '@/lib/formats';
import { t } from '@/strings';
import { useBoard } from './context';
import { dropWords, useDropTone } from './DropSign';
import classes from './Exits.module.css';
import type { BoardColumn } from './layout';
import { useBoardState } from './state';

export const Exits = memo(function Exits({ exits }: { exits: BoardColumn[] }) {
  const { state } = useBoard();
  const dragging = useBoardState(state, (s) => s.drag !== null);
  if (exits.length === 0) return null;
  return (
    <div className={classes.strip} data-open={dragging}>
      {exits.map((exit) => (
        <Exit key={exit.stage.key} exit={exit} dragging={dragging} />
      ))}
    </div>
  );
});

function Exit({ exit, dragging }: { exit: BoardColumn; dragging: boolean }) {
  const board = useBoard();
  const { stage, count } = exit;
  const { setNodeRef } = useDroppable({ id: stage.key });
  const tone = useDropTone(stage.key);
  const verdict = useBoardState(board.state, (s) => s.drag?.verdicts.get(stage.key));
  const many = useBoardState(board.state, (s) => s.drag?.cards.length ?? 0);
  const words = verdict === undefined ? null : dropWords(verdict, many);
  return (
    <button
      type="button"
      ref={setNodeRef}
      className={classes.exit}
      data-testid={`column-${stage.key}`}
      data-drop={tone}
      title={t.board.unfold(stage.label)}
      onClick={() => board.setUnfolded(stage.key, true)}
    >
      {/* WebKitGTK lays a button's own text out horizontally, whatever its writing mode. */}
      <span className={classes.upright}>
        <span className={classes.label}>{stage.label}</span>{' '}
        <span className={classes.count}>{formats.number(count)}</span>
      </span>
      <span className="visually-hidden">{t.board.exitHint}</span>
      {dragging && words !== null && (
        <span className={classes.words}>
          {tone === 'refused' || tone === 'refused-over'
            ? words.text
            : [words.title, words.text].filter(Boolean).join(' · ')}
        </span>
      )}
    </button>
  );
}
