/** While dragging: what a column says to the cards in hand. */
import type { TargetVerdict } from '@/api/bindings';
import { t } from '@/strings';
import { useBoard } from './context';
import classes from './DropSign.module.css';
import { useBoardState } from './state';

export type DropTone = 'idle' | 'here' | 'open' | 'over' | 'refused' | 'refused-over' | 'unknown';

/** How a column looks while cards are dragged. */
export function useDropTone(stage: string): DropTone {
  const { state } = useBoard();
  return useBoardState(state, (s): DropTone => {
    if (s.drag === null) return 'idle';
    if (s.drag.cards.every((card) => card.stage === stage)) return 'here';
    const verdict = s.drag.verdicts.get(stage);
    if (verdict === undefined) return 'unknown';
    const over = s.over === stage;
    if (verdict.allowed === 0) return over ? 'refused-over' : 'refused';
    return over ? 'over' : 'open';
  });
}

/** What it says: the arrow's name and what it will ask for, or why it may not be. */
export function dropWords(verdict: TargetVerdict, many: number): { title: string; text: string } {
  if (verdict.allowed === 0) return { title: '', text: verdict.refused ?? '' };
  const title = verdict.label ?? t.board.dropHere;
  const parts: string[] = [];
  if (verdict.allowed < many) parts.push(t.board.drag.partly(verdict.allowed, many));
  if (verdict.needs > 0) parts.push(t.board.drag.asks);
  return { title, text: parts.join(' · ') };
}

export function DropSign({ stage }: { stage: string }) {
  const { state } = useBoard();
  const tone = useDropTone(stage);
  const verdict = useBoardState(state, (s) => s.drag?.verdicts.get(stage));
  const many = useBoardState(state, (s) => s.drag?.cards.length ?? 0);
  if (tone === 'idle' || tone === 'here' || verdict === undefined) return null;
  const words = dropWords(verdict, many);
  return (
    <div className={classes.sign} data-tone={tone} aria-hidden="true">
      <div className={classes.words}>
        {words.title !== '' && <strong>{words.title}</strong>}
        {words.text !== '' && <span>{words.text}</span>}
      </div>
    </div>
  );
}
