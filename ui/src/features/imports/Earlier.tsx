/** The imports so far, the newest first; those that wait for somebody stand out. */
import { IconFileImport } from '@tabler/icons-react';
import type { ImportSummary } from '@/api/bindings';
import { useLookup } from '@/api/reference';
import { EmptyNotice } from '@/components/EmptyNotice';
import { LongList } from '@/components/LongList';
import { formats } from '@/lib/formats';
import { useNow } from '@/lib/useNow';
import { t } from '@/strings';
import { inShort } from './counting';
import classes from './Imports.module.css';
import { isUnfinished } from './steps';

const texts = t.imports.earlier;
const ROW_PX = 44;

export function Earlier({ imports, onOpen }: { imports: readonly ImportSummary[]; onOpen: (id: number) => void }) {
  const now = useNow(60_000);
  const lookup = useLookup();
  if (imports.length === 0) {
    return <EmptyNotice icon={<IconFileImport size={28} stroke={1.5} />} title={texts.none} text={texts.noneText} />;
  }
  return (
    <section aria-labelledby="imports-earlier">
      <h3 id="imports-earlier" className={classes.title}>
        {texts.title}
      </h3>
      <LongList items={imports} keyOf={(one) => one.id} estimate={() => ROW_PX}>
        {(one) => (
          <button
            type="button"
            className={classes.earlier}
            data-testid={`import-${one.id}`}
            data-unfinished={isUnfinished(one.state)}
            onClick={() => onOpen(one.id)}
          >
            <span className={classes.earlierName}>
              <span className={classes.strong}>{one.file_name}</span>
              <span className={classes.dim}>
                {[one.source, lookup.agent(one.by)?.name ?? ''].filter((part) => part !== '').join(' · ')}
              </span>
            </span>
            <span className={classes.earlierState} data-state={one.state}>
              {t.imports.states[one.state]}
            </span>
            <span className={classes.earlierText}>
              {one.problem ?? (one.state === 'undone' ? '' : inShort(one.done))}
            </span>
            <time className={classes.dim} dateTime={one.at} title={formats.fullMoment(one.at)}>
              {formats.moment(one.at, now)}
            </time>
          </button>
        )}
      </LongList>
    </section>
  );
}
