/** The import at work: how far, how fast, and the ways to hold or stop it. */
import { Button, Tooltip } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import type { ImportSummary } from '@/api/bindings';
import { host } from '@/api/host';
import { ErrorNotice } from '@/components/ErrorNotice';
import { t } from '@/strings';
import { inShort } from './counting';
import classes from './Imports.module.css';
import { Progress } from './Progress';
import { UndoImport } from './UndoImport';
import { useAttempt } from './useAttempt';

const texts = t.imports.run;

export function RunStep({ summary }: { summary: ImportSummary }) {
  const attempt = useAttempt();
  const { busy, failure, run } = attempt;
  const paused = summary.state === 'paused';
  const undoing = summary.state === 'undoing';
  const ask = (work: (id: number) => Promise<unknown>) => (): void => void run(() => work(summary.id));
  return (
    <section className={classes.section} aria-labelledby="imports-run" data-testid="imports-run">
      <div className={classes.sectionHead}>
        <h3 id="imports-run" className={classes.title}>
          {undoing ? texts.undoingTitle : paused ? texts.pausedTitle : texts.title}
        </h3>
        {!undoing && (
          <div className={classes.buttons}>
            {paused ? (
              <Button
                size="xs"
                loading={busy}
                leftSection={<IconPlayerPlay size={14} />}
                onClick={ask(host.importResume)}
              >
                {texts.resume}
              </Button>
            ) : (
              <Button
                size="xs"
                variant="default"
                loading={busy}
                leftSection={<IconPlayerPause size={14} />}
                onClick={ask(host.importPause)}
              >
                {texts.pause}
              </Button>
            )}
            <Tooltip label={texts.stopHint} multiline maw={280}>
              <Button
                size="xs"
                variant="default"
                disabled={busy}
                leftSection={<IconPlayerStop size={14} />}
                onClick={ask(host.importCancel)}
              >
                {texts.stop}
              </Button>
            </Tooltip>
            {paused && summary.undoable && <UndoImport id={summary.id} attempt={attempt} />}
          </div>
        )}
      </div>
      <Progress summary={summary} />
      {!undoing && <p className={classes.facts}>{inShort(summary.done)}</p>}
      {summary.problem !== null && <p className={classes.problem}>{summary.problem}</p>}
      <p className={classes.dim}>{paused ? texts.pausedText : texts.leave}</p>
      {failure !== null && <ErrorNotice error={failure} />}
    </section>
  );
}
