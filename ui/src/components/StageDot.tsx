import type { Lifecycle } from '@/api/bindings';
import classes from './StageDot.module.css';

/** The lifecycle's colour; hollow where a ticket ends. */
export function StageDot({ lifecycle, exit = false }: { lifecycle: Lifecycle; exit?: boolean }) {
  return <span aria-hidden="true" className={classes.dot} data-lifecycle={lifecycle} data-exit={exit} />;
}
