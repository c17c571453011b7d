/** The import wizard: from a file to tickets in five steps. Which step is shown follows from how far the import is. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useLayoutEffect, useRef } from 'react';
import type { ImportSummary } from '@/api/bindings';
import { asUiError } from '@/api/host';
import { importsQuery } from '@/api/imports';
import { announce } from '@/components/announce';
import { EmptyNotice } from '@/components/EmptyNotice';
import { ErrorNotice } from '@/components/ErrorNotice';
import { useHandedFile } from '@/components/FileDrop';
import type { ImportsSearch } from '@/lib/urlState';
import { t } from '@/strings';
import { CheckStep } from './CheckStep';
import { ColumnsStep } from './ColumnsStep';
import { inShort } from './counting';
import classes from './Imports.module.css';
import { ResultStep } from './ResultStep';
import { RunStep } from './RunStep';
import { StartStep } from './StartStep';
import { StepBar } from './StepBar';
import { stepOf } from './steps';

interface ImportsPageProps {
  place: ImportsSearch;
  onPlace: (place: ImportsSearch) => void;
  onPainted: () => void;
  onOpen: (ticket: number) => void;
  onReview: () => void;
}

export default function ImportsPage({ place, onPlace, onPainted, ...ways }: ImportsPageProps) {
  useLayoutEffect(onPainted, [onPainted]);
  // A file that was dropped on the window comes before whatever is open.
  const { file: handed } = useHandedFile();
  const { data, error, isError, refetch } = useQuery(importsQuery());
  const summary = data?.find((one) => one.id === place.import);
  const toStart = (): void => onPlace({});
  const step = summary === undefined ? 'file' : stepOf(summary.state, place.back === true);
  useEndOfGoingBack(summary, place, onPlace);
  useTelling(summary);
  return (
    <div className={classes.page} data-testid="imports-page" data-step={step}>
      <div className={classes.column}>
        <header className={classes.head}>
          <div>
            <h2 className={classes.pageTitle}>{summary?.file_name ?? t.imports.title}</h2>
            {place.import === undefined && <p className={classes.dim}>{t.imports.intro}</p>}
          </div>
          {place.import !== undefined && (
            <button type="button" className={classes.link} onClick={toStart}>
              {t.imports.steps.back}
            </button>
          )}
        </header>
        {isError && data === undefined && <ErrorNotice error={asUiError(error)} onRetry={() => void refetch()} />}
        {place.import === undefined || handed !== null ? (
          <StartStep imports={data} onImport={(id) => onPlace({ import: id })} />
        ) : (
          data !== undefined &&
          summary === undefined && <EmptyNotice title={t.imports.give.gone} text={t.imports.give.goneText} />
        )}
        {summary !== undefined && handed === null && (
          <>
            <StepBar step={step} />
            {step === 'columns' && <ColumnsStep key={summary.id} summary={summary} onGone={toStart} />}
            {step === 'check' && (
              <CheckStep
                summary={summary}
                place={place}
                onRows={(shown) => onPlace({ import: summary.id, ...shown })}
                onColumns={() => onPlace({ import: summary.id, back: true })}
                onGone={toStart}
                onOpen={ways.onOpen}
              />
            )}
            {step === 'run' && <RunStep summary={summary} />}
            {step === 'result' && (
              <ResultStep
                key={summary.id}
                summary={summary}
                rows={place.outcome}
                onRows={(outcome) => onPlace({ import: summary.id, outcome })}
                onAnother={toStart}
                {...ways}
              />
            )}
          </>
        )}
      </div>
    </div>
  );
}

/** Whoever went back to the columns comes forward again with the new plan. */
function useEndOfGoingBack(
  summary: ImportSummary | undefined,
  place: ImportsSearch,
  onPlace: ImportsPageProps['onPlace'],
): void {
  const over = place.back === true && summary !== undefined && summary.state !== 'planned' && summary.state !== 'draft';
  const latest = useRef(onPlace);
  latest.current = onPlace;
  const id = summary?.id;
  useEffect(() => {
    if (over) latest.current({ import: id });
  }, [over, id]);
}

/** Says how the open import goes on, to whoever cannot see it. */
function useTelling(summary: ImportSummary | undefined): void {
  const before = useRef(summary);
  useEffect(() => {
    const last = before.current;
    before.current = summary;
    if (summary === undefined || last?.id !== summary.id || last.state === summary.state) return;
    const counts = summary.state === 'planned' ? summary.planned : summary.done;
    announce([t.imports.states[summary.state], inShort(counts)].filter((part) => part !== '').join(': '));
  }, [summary]);
}
