/** How far an import is: a bar, and the same in words. */
import { useQuery } from '@tanstack/react-query';
import type { ImportSummary } from '@/api/bindings';
import { progressQuery } from '@/api/imports';
import { formats } from '@/lib/formats';
import { t } from '@/strings';
import { total } from './counting';
import classes from './Imports.module.css';
import { percentOf, progressFacts } from './pace';

/** What is known before the first event of this session: what was done when it stopped. */
function asStored(summary: ImportSummary) {
  const planning = summary.state === 'planning';
  return {
    id: summary.id,
    state: summary.state,
    done: planning ? 0 : total(summary.done),
    of: planning ? 0 : summary.rows,
    rows_per_second: 0,
    seconds_left: null,
  };
}

export function Progress({ summary }: { summary: ImportSummary }) {
  const { data } = useQuery(progressQuery(summary.id));
  const progress = data?.state === summary.state ? data : asStored(summary);
  const known = progress.of > 0;
  const text = progressFacts(progress, formats).join(' · ');
  return (
    <>
      <div
        className={classes.bar}
        role="progressbar"
        aria-label={t.imports.run.bar}
        aria-valuetext={text}
        data-moving={summary.state !== 'paused'}
        data-known={known}
        {...(known ? { 'aria-valuemin': 0, 'aria-valuemax': progress.of, 'aria-valuenow': progress.done } : {})}
      >
        <span style={{ inlineSize: known ? `${percentOf(progress.done, progress.of)}%` : '30%' }} />
      </div>
      <p className={classes.facts} data-testid="import-progress">
        {text}
      </p>
    </>
  );
}
