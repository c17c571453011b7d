/** The frame around every screen: rail, top bar, status item. What stands inside is handed in. */
import { Button, Tooltip } from '@mantine/core';
import {
  IconAlertTriangleFilled,
  IconChartBar,
  IconCheck,
  IconClock,
  IconCloudOff,
  IconFileImport,
  IconInbox,
  IconLayoutKanban,
  IconList,
  IconListCheck,
  IconPlus,
  IconSearch,
  IconSettings,
  IconUserQuestion,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { reviewCountsQuery, syncQuery } from '@/api/queries';
import { useLookup } from '@/api/reference';
import { Keys } from '@/components/Keys';
import { Logo } from '@/components/Logo';
import { OwnerMark } from '@/components/OwnerMark';
import { formats } from '@/lib/formats';
import { useNow } from '@/lib/useNow';
import { t } from '@/strings';
import { Banners } from './Banners';
import classes from './Frame.module.css';
import { statusText } from './status';

export interface FrameProps {
  demo: boolean;
  /** The filter of the screen, where it has one. */
  tools: ReactNode;
  children: ReactNode;
  onSearch: () => void;
  onNew: () => void;
  onPreferences: () => void;
  onShortcuts: () => void;
  onStatus: () => void;
  onSignIn: () => void;
  onSettings: () => void;
  onHealth: () => void;
}

export function Frame({
  demo,
  tools,
  children,
  onSearch,
  onNew,
  onPreferences,
  onShortcuts,
  onStatus,
  onSignIn,
  onSettings,
  onHealth,
}: FrameProps) {
  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#main">
        {t.frame.skip}
      </a>
      <Rail onPreferences={onPreferences} />
      <section className={classes.top} aria-label={t.frame.toolbar}>
        <button type="button" className={classes.search} onClick={onSearch} aria-keyshortcuts="Control+K">
          <IconSearch size={15} aria-hidden="true" />
          <span className={classes.searchText}>{t.frame.search}</span>
          <Keys keys="mod+k" />
        </button>
        <div className={classes.tools}>{tools}</div>
        {demo && (
          <button type="button" className={classes.demo} onClick={onPreferences}>
            {t.sampleData}
          </button>
        )}
        <Tooltip label={<Keys keys="n" />}>
          <Button size="xs" leftSection={<IconPlus size={15} />} onClick={onNew}>
            {t.frame.newTicket}
          </Button>
        </Tooltip>
      </section>
      <Banners onSignIn={onSignIn} onSettings={onSettings} onHealth={onHealth} />
      <main className={classes.main} id="main" tabIndex={-1}>
        {children}
      </main>
      <footer className={classes.status}>
        <StatusItem onClick={onStatus} />
        {/* Whose words change width; what stands behind it would move away from under the pointer. */}
        <span className={classes.spring} />
        <Link to="/health" search={(before) => before} className={classes.health}>
          {t.frame.health}
        </Link>
        <button type="button" className={classes.shortcuts} onClick={onShortcuts}>
          {t.frame.shortcuts}
          <Keys keys="?" />
        </button>
      </footer>
    </div>
  );
}

function Rail({ onPreferences }: { onPreferences: () => void }) {
  const { me } = useLookup();
  const { data: sync } = useQuery(syncQuery());
  const { data: review } = useQuery(reviewCountsQuery());
  const { parked = 0 } = sync?.counts ?? {};
  const you = me === undefined ? t.frame.whoAreYou : `${t.frame.you}: ${me.name}`;
  return (
    <nav className={classes.rail} aria-label={t.frame.navigation}>
      <Logo />
      <Entry to="/board" label={t.frame.board} icon={<IconLayoutKanban size={20} stroke={1.7} />} />
      <Entry to="/list" label={t.frame.list} icon={<IconList size={20} stroke={1.7} />} />
      <Entry to="/import" label={t.frame.imports} icon={<IconFileImport size={20} stroke={1.7} />} />
      <Entry to="/insights" label={t.frame.insights} icon={<IconChartBar size={20} stroke={1.7} />} />
      <Entry to="/outbox" label={t.frame.outbox} icon={<IconInbox size={20} stroke={1.7} />} count={parked} />
      <Entry
        to="/review"
        label={t.frame.review}
        icon={<IconListCheck size={20} stroke={1.7} />}
        count={review?.total ?? 0}
      />
      <span className={classes.spring} />
      <Entry
        to="/settings"
        label={t.frame.settings}
        icon={<IconSettings size={20} stroke={1.7} />}
        count={sync?.mapping_alerts ?? 0}
      />
      <Tooltip label={you} position="right">
        <button type="button" className={classes.you} aria-label={you} onClick={onPreferences}>
          {me === undefined ? (
            <IconUserQuestion size={20} stroke={1.7} aria-hidden="true" />
          ) : (
            <OwnerMark agent={me} size="md" />
          )}
        </button>
      </Tooltip>
    </nav>
  );
}

function Entry({
  to,
  label,
  icon,
  count = 0,
}: {
  to: '/board' | '/list' | '/import' | '/insights' | '/outbox' | '/review' | '/settings';
  label: string;
  icon: ReactNode;
  count?: number;
}) {
  return (
    <Link
      to={to}
      // The filter stays with its screen, and the ticket stays open.
      search={(before) => before}
      className={classes.entry}
    >
      {icon}
      <span className={classes.entryLabel}>{label}</span>
      {count > 0 && (
        <>
          <span className="visually-hidden">, {t.status.needsYou(count)}</span>
          <span className={classes.entryCount} aria-hidden="true" data-count={formats.number(count)} />
        </>
      )}
    </Link>
  );
}

const ICONS = {
  good: <IconCheck size={14} stroke={2.4} aria-hidden="true" />,
  waiting: <IconClock size={14} aria-hidden="true" />,
  needs: <IconAlertTriangleFilled size={13} aria-hidden="true" />,
  offline: <IconCloudOff size={14} aria-hidden="true" />,
};

function StatusItem({ onClick }: { onClick: () => void }) {
  const { data: sync } = useQuery(syncQuery());
  const now = useNow(60_000);
  if (sync === undefined) return <span />;
  const { text, tone } = statusText(sync, formats, now);
  const { progress } = sync;
  return (
    <button
      type="button"
      className={classes.item}
      data-testid="status-item"
      data-tone={tone}
      onClick={onClick}
      aria-label={t.status.label(text)}
    >
      {ICONS[tone]}
      <span>{text}</span>
      {progress !== null && progress.total > 0 && (
        <span className={classes.progress} aria-hidden="true">
          <span style={{ inlineSize: `${Math.min(100, (100 * progress.done) / progress.total)}%` }} />
        </span>
      )}
    </button>
  );
}
