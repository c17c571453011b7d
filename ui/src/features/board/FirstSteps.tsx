/** A checklist over the board until the first sync is done: what has happened, what is happening, what is left to do. */
import { IconCheck, IconCircle, IconLoader } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useActionRegistry } from '@/actions/useActions';
import { syncQuery } from '@/api/queries';
import { useLookup } from '@/api/reference';
import { formats } from '@/lib/formats';
import { t } from '@/strings';
import classes from './FirstSteps.module.css';

export function FirstSteps() {
  const { me } = useLookup();
  const registry = useActionRegistry();
  const { data: sync } = useQuery(syncQuery());
  if (!sync?.progress) return null;
  const { done, total } = sync.progress;
  return (
    <section className={classes.bar} aria-label={t.board.first.title}>
      <strong>{t.board.first.title}</strong>
      <ol className={classes.steps}>
        <Step state="done">{t.board.first.connected}</Step>
        <Step state="now">
          {total === 0 ? t.board.first.fetching : t.board.first.fetched(formats.number(done), formats.number(total))}
        </Step>
        <Step state={me === undefined ? 'open' : 'done'}>
          {me === undefined ? (
            <button type="button" className={classes.link} onClick={() => registry.run('preferences.open')}>
              {t.board.first.whoAreYou}
            </button>
          ) : (
            t.board.first.youAre(me.name)
          )}
        </Step>
      </ol>
      <span className={classes.hint}>{t.board.firstSyncText}</span>
    </section>
  );
}

const ICONS = {
  done: <IconCheck size={14} stroke={2.4} aria-hidden="true" />,
  now: <IconLoader size={14} aria-hidden="true" />,
  open: <IconCircle size={14} aria-hidden="true" />,
};

function Step({ state, children }: { state: keyof typeof ICONS; children: ReactNode }) {
  return (
    <li className={classes.step} data-state={state} aria-current={state === 'now' ? 'step' : undefined}>
      {ICONS[state]}
      {children}
    </li>
  );
}
