/** The dry run: exactly what will happen, in numbers, bars and problems that open their rows, before anything does. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useAction } from '@/actions/useActions';
import type { ImportSummary, PlanView } from '@/api/bindings';
import { asUiError, host } from '@/api/host';
import { planQuery } from '@/api/imports';
import { announce } from '@/components/announce';
import { EmptyNotice } from '@/components/EmptyNotice';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Keys } from '@/components/Keys';
import { formats } from '@/lib/formats';
import type { ImportsSearch } from '@/lib/urlState';
import { t } from '@/strings';
import { doesSomething, shownAt, tiles, total, writes } from './counting';
import { Histogram } from './Histogram';
import classes from './Imports.module.css';
import { Outcomes } from './Outcomes';
import outcomes from './Outcomes.module.css';
import { Progress } from './Progress';
import { Rows } from './Rows';
import { type Attempt, useAttempt } from './useAttempt';

const texts = t.imports.check;

interface CheckStepProps {
  summary: ImportSummary;
  place: ImportsSearch;
  /** Shows rows with something in common, or none. */
  onRows: (shown: Pick<ImportsSearch, 'outcome' | 'quality' | 'problem'>) => void;
  onColumns: () => void;
  onGone: () => void;
  onOpen: (ticket: number) => void;
}

export function CheckStep(props: CheckStepProps) {
  const attempt = useAttempt();
  const { id, state } = props.summary;
  const giveUp = (): void => {
    void attempt
      .run(() => host.importCancel(id))
      .then((done) => {
        if (!done) return;
        announce(t.imports.give.done);
        props.onGone();
      });
  };
  if (state === 'planning') {
    return (
      <section className={classes.section} aria-label={texts.working} data-testid="imports-planning">
        <div className={classes.sectionHead}>
          <h3 className={classes.title}>{texts.working}</h3>
          <Button size="xs" variant="default" loading={attempt.busy} onClick={giveUp}>
            {t.imports.give.up}
          </Button>
        </div>
        <Progress summary={props.summary} />
        {attempt.failure !== null && <ErrorNotice error={attempt.failure} />}
      </section>
    );
  }
  return <Planned {...props} attempt={attempt} onGiveUp={giveUp} />;
}

function Planned({
  summary,
  place,
  onRows,
  onColumns,
  onOpen,
  attempt,
  onGiveUp,
}: CheckStepProps & { attempt: Attempt; onGiveUp: () => void }) {
  const { data: plan, error, isError, refetch } = useQuery(planQuery(summary.id));
  const ready = plan !== undefined && doesSomething(plan.outcomes);
  const start = (): void => {
    void attempt.run(() => host.importRun(summary.id));
  };
  useAction('import.next', start, { enabled: () => ready && !attempt.busy });
  if (isError && plan === undefined) return <ErrorNotice error={asUiError(error)} onRetry={() => void refetch()} />;
  if (plan === undefined) return null;
  const shown = shownAt(place, plan.outcomes, plan);
  const rows = shown !== undefined && (
    <Rows key={JSON.stringify(shown.wanted)} id={summary.id} shown={shown} onOpen={onOpen} onClose={() => onRows({})} />
  );
  return (
    <>
      <section aria-labelledby="imports-plan" className={classes.plan}>
        <h3 id="imports-plan" className={classes.title}>
          {texts.title}
        </h3>
        {!ready && <EmptyNotice title={texts.nothing} text={texts.nothingText} />}
        <Outcomes tiles={tiles(plan.outcomes)} shown={place.outcome} onShow={(outcome) => onRows({ outcome })} />
        <p className={classes.dim}>{sentences(plan).join(' ')}</p>
      </section>
      {shown?.wanted.by === 'outcome' && rows}
      <Histogram
        quality={plan.quality}
        threshold={plan.review_below}
        shown={place.quality}
        onShow={(quality) => onRows({ quality })}
      />
      {shown?.wanted.by === 'quality' && rows}
      <Problems plan={plan} shown={place.problem} onShow={(problem) => onRows({ problem })} />
      {shown?.wanted.by === 'problem' && rows}
      {attempt.failure !== null && <ErrorNotice error={attempt.failure} />}
      <div className={classes.saveBar}>
        <Button variant="subtle" size="xs" disabled={attempt.busy} onClick={onGiveUp}>
          {t.imports.give.up}
        </Button>
        <span className={classes.spring} />
        <Button variant="default" size="xs" disabled={attempt.busy} onClick={onColumns}>
          {texts.columns}
        </Button>
        <Button
          size="xs"
          loading={attempt.busy}
          disabled={!ready}
          rightSection={<Keys keys="mod+Enter" />}
          onClick={start}
        >
          {texts.run(total(plan.outcomes))}
        </Button>
      </div>
    </>
  );
}

/** What the tiles do not say. */
function sentences(plan: PlanView): string[] {
  const written = writes(plan.outcomes);
  return [
    written > 0 ? texts.writes(written) : texts.writesNone,
    plan.duplicates > 0 ? texts.duplicates(plan.duplicates) : '',
    plan.inside > 0 ? texts.inside(plan.inside) : '',
  ].filter((sentence) => sentence !== '');
}

interface ProblemsProps {
  plan: PlanView;
  /** What is wrong with the rows that are shown. */
  shown: string | undefined;
  onShow: (reason: string | undefined) => void;
}

function Problems({ plan, shown, onShow }: ProblemsProps) {
  return (
    <section className={classes.section} aria-labelledby="imports-problems">
      <h3 id="imports-problems" className={classes.title}>
        {texts.problems}
      </h3>
      {plan.problems.length === 0 ? (
        <p className={classes.dim}>{texts.noProblems}</p>
      ) : (
        <ul className={outcomes.problems}>
          {plan.problems.map((problem) => (
            <li key={problem.reason}>
              <button
                type="button"
                className={outcomes.problem}
                aria-expanded={shown === problem.reason}
                onClick={() => onShow(shown === problem.reason ? undefined : problem.reason)}
              >
                <span className={outcomes.problemRows}>{formats.number(problem.rows)}</span>
                <span>
                  {problem.reason}
                  {problem.example !== '' && <span className={classes.dim}> · {texts.example(problem.example)}</span>}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
