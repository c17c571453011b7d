/** What becomes of the rows, in numbers; every number opens its rows below. */
import type { ImportOutcome } from '@/api/bindings';
import { formats } from '@/lib/formats';
import { t } from '@/strings';
import type { Tile } from './counting';
import classes from './Outcomes.module.css';

interface OutcomesProps {
  tiles: readonly Tile[];
  shown: ImportOutcome | undefined;
  onShow: (outcome: ImportOutcome | undefined) => void;
}

export function Outcomes({ tiles, shown, onShow }: OutcomesProps) {
  return (
    <ul className={classes.tiles} aria-label={t.imports.outcomes}>
      {tiles.map(({ outcome, tone, rows, planned }) => {
        return (
          <li key={outcome}>
            <button
              type="button"
              className={classes.tile}
              data-tone={tone}
              data-testid={`outcome-${outcome}`}
              aria-expanded={shown === outcome}
              onClick={() => onShow(shown === outcome ? undefined : outcome)}
            >
              <span className={classes.tileNumber}>{formats.number(rows)}</span>
              <span className={classes.tileLabel}>{t.imports.outcome[outcome]}</span>
              {planned !== null && (
                <span className={classes.tilePlanned}>{t.imports.planned(formats.number(planned))}</span>
              )}
              <span className={classes.tileText}>{t.imports.outcomeText[outcome]}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
