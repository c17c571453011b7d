import { keyCaps } from '@/lib/keys';
import { t } from '@/strings';
import classes from './Keys.module.css';

/** A shortcut as key caps. */
export function Keys({ keys }: { keys: string }) {
  return (
    <span className={classes.keys}>
      {keyCaps(keys).map((caps, stroke) => (
        <span key={caps.join('+')} className={classes.stroke}>
          {stroke > 0 && <span className={classes.then}>{t.keysSheet.thenKey}</span>}
          {caps.map((cap) => (
            <kbd key={cap}>{cap}</kbd>
          ))}
        </span>
      ))}
    </span>
  );
}
