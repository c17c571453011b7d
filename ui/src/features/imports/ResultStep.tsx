/** What an import did, in the numbers of its plan; what did not come in can be saved, and all of it undone. */
import { Button, Tooltip } from '@mantine/core';
import { IconCheck, IconDownload, IconUserQuestion } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ImportOutcome, ImportSummary, ImportUndo } from '@/api/bindings';
import { host } from '@/api/host';
import { planQuery, undoneQuery } from '@/api/imports';
import { ErrorNotice } from '@/components/ErrorNotice';
import { TicketList } from '@/components/TicketList';
import { toast } from '@/components/toast';
import { formats } from '@/lib/formats';
import { t } from '@/strings';
import { LEFT_OUT, rowsOf, type Tile, tiles, total } from './counting';
import classes from './Imports.module.css';
import { Outcomes } from './Outcomes';
import outcomes from './Outcomes.module.css';
import { Rows } from './Rows';
import { UndoImport } from './UndoImport';
import { useAttempt } from './useAttempt';

const texts = t.imports.result;

interface ResultStepProps {
  summary: ImportSummary;
  rows: ImportOutcome | undefined;
  onRows: (outcome: ImportOutcome | undefined) => void;
  onOpen: (ticket: number) => void;
  onReview: () => void;
  onAnother: () => void;
}

export function ResultStep({ summary, rows, onRows, onOpen, onReview, onAnother }: ResultStepProps) {
  const attempt = useAttempt();
  const { data: undone } = useQuery(undoneQuery(summary.id));
  // A stopped import is short of its plan on purpose.
  const stopped = summary.state === 'cancelled';
  const shown = tiles(summary.done, stopped ? null : summary.planned);
  const notRun = stopped ? total(summary.planned) - total(summary.done) : 0;
  const leftOut = LEFT_OUT.reduce((sum, outcome) => sum + rowsOf(summary.done, outcome), 0);

  const saveErrors = (): void => {
    host.importErrorFile(summary.id).then((path) => toast.note(texts.errorsSaved(path)), toast.failure);
  };
  return (
    <>
      {summary.state === 'undone' && <Undone undo={undone} onOpen={onOpen} />}
      <section aria-labelledby="imports-result" className={classes.plan}>
        <h3 id="imports-result" className={classes.title}>
          {stopped ? t.imports.run.stoppedTitle : texts.title}
        </h3>
        {stopped ? (
          <p className={classes.dim}>
            {t.imports.run.stoppedText} {notRun > 0 && texts.notRun(formats.number(notRun))}
          </p>
        ) : (
          <Faithful id={summary.id} tiles={shown} />
        )}
        {summary.problem !== null && <p className={classes.problem}>{summary.problem}</p>}
        <Outcomes tiles={shown} shown={rows} onShow={onRows} />
      </section>
      {rows !== undefined && (
        <Rows
          key={rows}
          id={summary.id}
          shown={{
            wanted: { by: 'outcome', is: rows },
            label: t.imports.outcome[rows],
            rows: rowsOf(summary.done, rows),
            listed: rowsOf(summary.done, rows),
          }}
          onOpen={onOpen}
          onClose={() => onRows(undefined)}
        />
      )}
      {attempt.failure !== null && <ErrorNotice error={attempt.failure} />}
      <div className={classes.buttons}>
        <Button size="xs" onClick={onAnother}>
          {texts.another}
        </Button>
        {rowsOf(summary.done, 'review') + rowsOf(summary.done, 'preserved') > 0 && (
          <Button size="xs" variant="default" leftSection={<IconUserQuestion size={14} />} onClick={onReview}>
            {texts.review}
          </Button>
        )}
        {leftOut > 0 && (
          <Tooltip label={texts.errorsHint} multiline maw={280}>
            <Button size="xs" variant="default" leftSection={<IconDownload size={14} />} onClick={saveErrors}>
              {texts.errors}
            </Button>
          </Tooltip>
        )}
        {summary.undoable && <UndoImport id={summary.id} attempt={attempt} />}
      </div>
    </>
  );
}

/** Whether the run did what the plan said, and where it did not. */
function Faithful({ id, tiles: shown }: { id: number; tiles: readonly Tile[] }) {
  const { data: plan } = useQuery(planQuery(id));
  const differing = shown.filter((tile) => tile.planned !== null);
  if (differing.length === 0) {
    return (
      <p className={classes.fine}>
        <IconCheck size={15} stroke={2.4} aria-hidden="true" />
        {texts.same}
      </p>
    );
  }
  return (
    <div role="status">
      <p>{texts.differsTitle}</p>
      <ul className={classes.plain}>
        {differing.map(({ outcome, rows, planned }) => (
          <li key={outcome}>
            {texts.differs(t.imports.outcome[outcome], formats.number(rows), formats.number(planned ?? 0))}
          </li>
        ))}
        {plan?.differences.map((difference) => (
          <li key={difference.reason} className={classes.dim}>
            {difference.reason}: {t.imports.check.problemRows(difference.rows)}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Undone({ undo, onOpen }: { undo: ImportUndo | null; onOpen: (ticket: number) => void }) {
  return (
    <section className={classes.section} aria-labelledby="imports-undone" data-testid="imports-undone">
      <h3 id="imports-undone" className={classes.title}>
        {texts.undoneTitle}
      </h3>
      {undo !== null && (
        <>
          <p>{texts.undone(undo.restored)}</p>
          {undo.compensated > 0 && <p className={classes.dim}>{texts.compensated(undo.compensated)}</p>}
          {undo.kept_count > 0 && (
            <>
              <p className={classes.strong}>{texts.keptTitle(undo.kept_count)}</p>
              <ul className={classes.plain}>
                {undo.kept_because.map(({ reason, tickets }) => (
                  <li key={reason} className={classes.dim}>
                    {texts.keptBecause(tickets, reason)}
                  </li>
                ))}
              </ul>
              <div className={outcomes.kept}>
                <TicketList cards={undo.kept} onOpen={onOpen} />
              </div>
            </>
          )}
        </>
      )}
    </section>
  );
}
