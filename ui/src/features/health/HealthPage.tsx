/** How the conversation with HaloPSA goes: figures, what to know, both sides compared, and the log for support. */
import { Button } from '@mantine/core';
import { IconAlertTriangleFilled, IconCheck, IconCopy, IconDownload, IconInbox } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useLayoutEffect } from 'react';
import type { HealthView } from '@/api/bindings';
import { asUiError, host } from '@/api/host';
import { healthQuery } from '@/api/queries';
import { alertText } from '@/components/alerts';
import { ErrorNotice } from '@/components/ErrorNotice';
import { LongList } from '@/components/LongList';
import { toast } from '@/components/toast';
import { copyText } from '@/lib/clipboard';
import { formats } from '@/lib/formats';
import { useNow } from '@/lib/useNow';
import { t } from '@/strings';
import { Differences } from './Differences';
import classes from './HealthPage.module.css';
import { figuresOf } from './health';

/** The figures of the last hour move on without any event, in milliseconds. */
const REFRESH_MS = 15_000;
const LINE_PX = 26;

interface HealthPageProps {
  onPainted: () => void;
  onOutbox: () => void;
  onMapping: () => void;
  onOpen: (ticket: number) => void;
}

export default function HealthPage({ onPainted, onOutbox, onMapping, onOpen }: HealthPageProps) {
  const { data, error, isError, refetch } = useQuery({ ...healthQuery(), refetchInterval: REFRESH_MS });
  useLayoutEffect(onPainted, [onPainted]);
  return (
    <div className={classes.page} data-testid="health-page">
      <div className={classes.column}>
        <header className={classes.head}>
          <div>
            <h2 className={classes.pageTitle}>{t.health.title}</h2>
            <p className={classes.dim}>{t.health.intro}</p>
          </div>
          <Button size="xs" variant="default" leftSection={<IconInbox size={14} />} onClick={onOutbox}>
            {t.health.toOutbox}
          </Button>
        </header>
        {isError && data === undefined && <ErrorNotice error={asUiError(error)} onRetry={() => void refetch()} />}
        {data !== undefined && <Health health={data} onMapping={onMapping} onOpen={onOpen} />}
      </div>
    </div>
  );
}

interface HealthProps {
  health: HealthView;
  onMapping: () => void;
  onOpen: (ticket: number) => void;
}

function Health({ health, onMapping, onOpen }: HealthProps) {
  const now = useNow(REFRESH_MS);
  return (
    <>
      <Alerts health={health} now={now} onMapping={onMapping} />
      <section className={classes.section} aria-label={t.health.figures}>
        <dl className={classes.figures}>
          {figuresOf(health, formats, now).map((figure) => (
            <div
              key={figure.key}
              className={classes.figure}
              data-tone={figure.tone}
              data-testid={`health-${figure.key}`}
            >
              <dt>{figure.label}</dt>
              <dd>{figure.value}</dd>
              {figure.note !== '' && <dd className={classes.note}>{figure.note}</dd>}
            </div>
          ))}
        </dl>
        <Budget health={health} />
      </section>
      <Checks health={health} now={now} />
      <Differences asks={health.alerts.some((alert) => alert.kind === 'many_missing')} onOpen={onOpen} />
      <Log health={health} now={now} />
    </>
  );
}

function Alerts({ health, now, onMapping }: { health: HealthView; now: number; onMapping: () => void }) {
  if (health.alerts.length === 0) {
    return (
      <p className={classes.fine}>
        <IconCheck size={15} stroke={2.4} aria-hidden="true" />
        {t.health.noAlerts}
      </p>
    );
  }
  return (
    <section aria-label={t.health.alerts}>
      <ul className={classes.alerts}>
        {health.alerts.map((alert) => (
          <li key={alert.kind} className={classes.alert}>
            <IconAlertTriangleFilled size={15} aria-hidden="true" />
            <p>{alertText(alert)}</p>
            {alert.kind === 'unplaced' && (
              <Button size="compact-xs" variant="default" onClick={onMapping}>
                {t.health.toMapping}
              </Button>
            )}
            <time dateTime={alert.since}>{t.health.since(formats.moment(alert.since, now))}</time>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Budget({ health }: { health: HealthView }) {
  const { budget_used: used, budget_limit: limit, budget_window_s: window } = health;
  if (limit === 0) return null;
  const text = t.health.budgetValue(formats.number(used), formats.number(limit), Math.max(1, Math.round(window / 60)));
  return (
    <div className={classes.budget}>
      <span id="budget-label">{t.health.budget}</span>
      <div
        className={classes.bar}
        role="meter"
        aria-labelledby="budget-label"
        aria-valuemin={0}
        aria-valuemax={limit}
        aria-valuenow={used}
        aria-valuetext={text}
        data-full={used >= 0.9 * limit}
      >
        <span style={{ inlineSize: `${Math.min(100, (100 * used) / limit)}%` }} />
      </div>
      <span className={classes.dim}>{text}</span>
    </div>
  );
}

function Checks({ health, now }: { health: HealthView; now: number }) {
  return (
    <section className={classes.section} aria-labelledby="checks-title">
      <h3 id="checks-title" className={classes.title}>
        {t.health.checks}
      </h3>
      {health.checks.length === 0 ? (
        <p className={classes.dim}>{t.health.noChecks}</p>
      ) : (
        <table className={classes.table}>
          {health.checked_at !== null && (
            <caption>{t.health.checkedAt(formats.moment(health.checked_at, now))}</caption>
          )}
          <thead>
            <tr>
              <th scope="col">{t.health.lifecycle}</th>
              <th scope="col">{t.health.here}</th>
              <th scope="col">{t.health.there}</th>
              <th scope="col">{t.health.differing}</th>
            </tr>
          </thead>
          <tbody>
            {health.checks.map((check) => (
              <tr key={check.lifecycle} data-lifecycle={check.lifecycle}>
                <th scope="row">{t.lifecycles[check.lifecycle]}</th>
                <td>{formats.number(check.here)}</td>
                <td>{formats.number(check.there)}</td>
                <td
                  data-tone={check.differing === 0 ? 'good' : 'bad'}
                  title={`${check.checksum_here} · ${check.checksum_there}`}
                >
                  {check.differing === 0 ? t.health.same : t.health.differ(formats.number(check.differing))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Log({ health, now }: { health: HealthView; now: number }) {
  const copy = async (): Promise<void> => {
    try {
      await copyText(await host.exportSyncLog());
      toast.note(t.health.copied);
    } catch (error) {
      toast.failure(error);
    }
  };
  const save = async (): Promise<void> => {
    try {
      toast.note(t.health.saved(await host.saveSyncLog()));
    } catch (error) {
      toast.failure(error);
    }
  };
  return (
    <section className={classes.section} aria-labelledby="log-title">
      <div className={classes.logHead}>
        <h3 id="log-title" className={classes.title}>
          {t.health.log}
        </h3>
        <Button size="compact-xs" variant="default" leftSection={<IconCopy size={13} />} onClick={() => void copy()}>
          {t.health.copy}
        </Button>
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconDownload size={13} />}
          onClick={() => void save()}
        >
          {t.health.save}
        </Button>
      </div>
      <p className={classes.dim}>{t.health.logText}</p>
      {health.log.length === 0 ? (
        <p className={classes.dim}>{t.health.logEmpty}</p>
      ) : (
        <div className={classes.log}>
          <LongList
            items={health.log}
            keyOf={(line) => `${line.at} ${line.kind} ${line.text}`}
            estimate={() => LINE_PX}
          >
            {(line) => (
              <p className={classes.line} data-kind={line.kind}>
                <time dateTime={line.at} title={formats.fullMoment(line.at)}>
                  {formats.moment(line.at, now)}
                </time>
                <span className={classes.kind}>{t.health.kinds[line.kind]}</span>
                <span>
                  {line.text}
                  {line.times > 1 && (
                    <span className={classes.dim}> · {t.health.times(formats.number(line.times))}</span>
                  )}
                </span>
              </p>
            )}
          </LongList>
        </div>
      )}
    </section>
  );
}
