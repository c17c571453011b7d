/**
 * Moving and assigning tickets, from wherever it is asked: a drag, a menu, a key, the stage path of the panel.
 *
 * One way for all: the host decides; a stage that asks for something opens the form; the toast and the announcement follow.
 */
import { createContext, lazy, type ReactNode, Suspense, useContext, useMemo, useRef, useState } from 'react';
import { useHoldActions } from '@/actions/useActions';
import type { MoveOutcome, RefusedMove } from '@/api/bindings';
import { host } from '@/api/host';
import { useLookup } from '@/api/reference';
import { formats } from '@/lib/formats';
import { t } from '@/strings';
import { operations } from '../operations';
import { toast } from '../toast';
import AssignPicker from './AssignPicker';
import type { Needs } from './dropForm';
import MovePicker from './MovePicker';
import { nameOf, type Subject } from './subject';

const DropForm = lazy(() => import('./DropForm'));

/** Where moved cards came to lie; the board finds out, shows them, and says. Counted from 1. */
export interface Landing {
  index: number;
  count: number;
}
type FindLanding = (tickets: readonly number[], stage: string) => Promise<Landing | null>;

export interface Moving {
  /** Whether anything moved. `rollback` takes an optimistic change back when nothing was written. */
  move(subjects: readonly Subject[], target: string, rollback?: () => void): Promise<boolean>;
  /** Opens the list of stages. */
  pickStage(subjects: readonly Subject[]): void;
  /** Opens the list of agents. */
  pickOwner(subjects: readonly Subject[]): void;
  /** The board lends its eyes while it is open. */
  lendEyes(find: FindLanding): () => void;
}

const MovingContext = createContext<Moving | null>(null);

export function useMoving(): Moving {
  const moving = useContext(MovingContext);
  if (moving === null) throw new Error('useMoving is used outside MovingProvider');
  return moving;
}

interface Asking {
  subjects: readonly Subject[];
  target: string;
  needs: Needs;
  finish: (moved: boolean) => void;
}

/** An outcome that leaves nothing to ask. */
type Settled = Exclude<MoveOutcome, { outcome: 'needs' }>;

type Picking = { kind: 'stage' | 'owner'; subjects: readonly Subject[] };

function tellRefused(refused: readonly RefusedMove[]): void {
  const reasons = [...new Set(refused.map((one) => one.reason))];
  toast.problem({
    code: { kind: 'refused' },
    attempted: t.moving.refusedTitle(refused.length),
    happened: refused.length === 1 ? `${refused[0]?.label}: ${refused[0]?.reason}` : reasons.slice(0, 3).join(' '),
    todo: '',
    detail: refused.length > 1 ? refused.map((one) => `${one.label}: ${one.reason}`).join('\n') : null,
  });
}

export function MovingProvider({ children }: { children: ReactNode }) {
  const lookup = useLookup();
  const [asking, setAsking] = useState<Asking | null>(null);
  const [picking, setPicking] = useState<Picking | null>(null);
  const eyes = useRef<FindLanding | null>(null);
  const { stage: stageOf } = lookup;
  useHoldActions(asking !== null || picking !== null);

  const { moving, tell } = useMemo(() => {
    const tell = (outcome: Settled, target: string): boolean => {
      if (outcome.outcome === 'refused') {
        tellRefused(outcome.refused);
        return false;
      }
      const { done, moved } = outcome;
      const look = eyes.current;
      const words =
        look === null
          ? undefined
          : look(moved, target).then((landing) =>
              landing === null
                ? `${done.label}.`
                : t.moving.position(done.label, formats.number(landing.index), formats.number(landing.count)),
            );
      operations.tell(done, words);
      if (outcome.refused.length > 0) tellRefused(outcome.refused);
      return true;
    };

    const moving: Moving = {
      move: async (subjects, target, rollback) => {
        if (stageOf(target) === undefined || subjects.length === 0) return false;
        const tickets = subjects.map((subject) => subject.id);
        try {
          const outcome = await host.moveTickets({ tickets, target, answers: {}, answers_by_ticket: [], parties: [] });
          if (outcome.outcome !== 'moved') rollback?.();
          if (outcome.outcome !== 'needs') return tell(outcome, target);
          return await new Promise<boolean>((finish) => setAsking({ subjects, target, needs: outcome, finish }));
        } catch (error) {
          rollback?.();
          toast.failure(error);
          return false;
        }
      },
      pickStage: (subjects) => {
        if (subjects.length > 0) setPicking({ kind: 'stage', subjects });
      },
      pickOwner: (subjects) => {
        if (subjects.length > 0) setPicking({ kind: 'owner', subjects });
      },
      lendEyes: (find) => {
        eyes.current = find;
        return () => {
          if (eyes.current === find) eyes.current = null;
        };
      },
    };
    return { moving, tell };
  }, [stageOf]);

  const close = (): void => setPicking(null);
  return (
    <MovingContext.Provider value={moving}>
      {children}
      <Suspense fallback={null}>
        {picking?.kind === 'stage' && (
          <MovePicker
            subjects={picking.subjects}
            onClose={close}
            onPick={(target) => {
              close();
              void moving.move(picking.subjects, target);
            }}
          />
        )}
        {picking?.kind === 'owner' && (
          <AssignPicker
            subjects={picking.subjects}
            onClose={close}
            onPick={(owner) => {
              close();
              void operations.assign(
                picking.subjects.map((subject) => subject.id),
                owner,
              );
            }}
          />
        )}
        {asking && (
          <DropForm
            tickets={asking.subjects.map((subject) => subject.id)}
            what={nameOf(asking.subjects)}
            target={asking.target}
            needs={asking.needs}
            onCancel={() => {
              setAsking(null);
              toast.note(t.board.drag.putBack(nameOf(asking.subjects)));
              asking.finish(false);
            }}
            onOutcome={(outcome) => {
              setAsking(null);
              asking.finish(tell(outcome, asking.target));
            }}
          />
        )}
      </Suspense>
    </MovingContext.Provider>
  );
}
