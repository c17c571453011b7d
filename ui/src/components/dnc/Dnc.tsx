/** Do Not Contact, from wherever it is asked: a card's menu, the ticket panel. Marking is a move and belongs to `moving`. */
import { createContext, lazy, type ReactNode, Suspense, useContext, useMemo, useState } from 'react';
import { useHoldActions } from '@/actions/useActions';
import { useLookup } from '@/api/reference';
import { nameOf, type Subject } from '../moving/subject';

const LiftDialog = lazy(() => import('./LiftDialog'));

/** The stage into which an opt-out leads. */
export const OPT_OUT = 'do_not_contact';

export interface Dnc {
  /** Whether whoever sits here may lift it. */
  mayLift: boolean;
  /** Asks for the reason, then lifts it. */
  lift(subjects: readonly Subject[]): void;
}

const DncContext = createContext<Dnc | null>(null);

export function useDnc(): Dnc {
  const dnc = useContext(DncContext);
  if (dnc === null) throw new Error('useDnc is used outside DncProvider');
  return dnc;
}

export function DncProvider({ children }: { children: ReactNode }) {
  const { preferences } = useLookup();
  const [lifting, setLifting] = useState<readonly Subject[] | null>(null);
  useHoldActions(lifting !== null);
  const mayLift = preferences.role === 'manager';
  const dnc = useMemo<Dnc>(() => ({ mayLift, lift: setLifting }), [mayLift]);
  const tickets = useMemo(() => lifting?.map((subject) => subject.id) ?? [], [lifting]);
  return (
    <DncContext.Provider value={dnc}>
      {children}
      <Suspense fallback={null}>
        {lifting !== null && <LiftDialog tickets={tickets} what={nameOf(lifting)} onClose={() => setLifting(null)} />}
      </Suspense>
    </DncContext.Provider>
  );
}
