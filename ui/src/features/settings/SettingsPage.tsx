/** Settings. What stands for what in HaloPSA is a draft until it is saved; leaving the screen leaves the draft. */
import { Button, Tabs } from '@mantine/core';
import { IconAlertTriangleFilled, IconPlugConnectedX } from '@tabler/icons-react';
import { useLayoutEffect } from 'react';
import type { MappingEdit, MappingView } from '@/api/bindings';
import { EmptyNotice } from '@/components/EmptyNotice';
import { ErrorNotice } from '@/components/ErrorNotice';
import { t } from '@/strings';
import { Changes } from './Changes';
import { Connection } from './Connection';
import { changeCount, problemCount, rereads } from './edit';
import { FieldsTable } from './FieldsTable';
import { ImportRules } from './ImportRules';
import { MappingDocument } from './MappingDocument';
import { Missing } from './Missing';
import { Places } from './Places';
import classes from './Settings.module.css';
import { type MappingDraft, useMapping } from './useMapping';
import { Working } from './Working';

const TABS = ['halopsa', 'fields', 'imports'] as const;
export type SettingsTab = (typeof TABS)[number];

interface SettingsPageProps {
  tab: SettingsTab;
  onTab: (tab: SettingsTab) => void;
  onPreferences: () => void;
  onPainted: () => void;
}

export default function SettingsPage({ tab, onTab, onPreferences, onPainted }: SettingsPageProps) {
  const draft = useMapping();
  useLayoutEffect(onPainted, [onPainted]);
  const { view, edit, kept } = draft;
  return (
    <div className={classes.page} data-testid="settings-page">
      <div className={classes.column}>
        <h2 className={classes.pageTitle}>{t.settings.title}</h2>
        {(view !== undefined || draft.error !== null || tab === 'imports') && (
          <Tabs
            value={tab}
            onChange={(next) => onTab(TABS.find((one) => one === next) ?? 'halopsa')}
            keepMounted={false}
          >
            <Tabs.List>
              {TABS.map((one) => (
                <Tabs.Tab key={one} value={one}>
                  {t.settings.tabs[one]}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            <Tabs.Panel value="halopsa" className={classes.panel}>
              {draft.error !== null && <Unread draft={draft} />}
              {view !== undefined && edit !== undefined && kept !== undefined && (
                <Mapping view={view} edit={edit} kept={kept} draft={draft} onPreferences={onPreferences} />
              )}
            </Tabs.Panel>
            <Tabs.Panel value="fields" className={classes.panel}>
              {draft.error !== null && <Unread draft={draft} />}
              {view !== undefined && edit !== undefined && (
                <FieldsTable view={view} edit={edit} onEdit={draft.change} />
              )}
            </Tabs.Panel>
            <Tabs.Panel value="imports" className={classes.panel}>
              <ImportRules />
            </Tabs.Panel>
          </Tabs>
        )}
        {draft.failure !== null && <ErrorNotice error={draft.failure} />}
      </div>
      {draft.isDraft && <SaveBar draft={draft} />}
    </div>
  );
}

interface MappingProps {
  view: MappingView;
  edit: MappingEdit;
  kept: MappingView;
  draft: MappingDraft;
  onPreferences: () => void;
}

function Mapping({ view, edit, kept, draft, onPreferences }: MappingProps) {
  return (
    <>
      <Connection view={kept} draft={draft} onPreferences={onPreferences} />
      {view.blocked && (
        <div className={classes.blocked} role="status">
          <IconAlertTriangleFilled size={16} aria-hidden="true" />
          <p>
            <strong>{t.settings.blocked}</strong>
            <br />
            {t.settings.blockedText}
          </p>
        </div>
      )}
      <Changes view={kept} draft={draft} />
      <Missing view={view} draft={draft} />
      <Places
        title={t.settings.types}
        text={t.settings.typesText}
        rows={view.ticket_types}
        items={view.offers.ticket_types}
        nothing={null}
        edit={edit}
        onEdit={draft.change}
      />
      <Places
        title={t.settings.stages}
        text={t.settings.stagesText}
        rows={view.stages}
        items={view.offers.statuses}
        nothing={t.settings.noStatus}
        edit={edit}
        onEdit={draft.change}
      />
      <Places
        title={t.settings.outcomes}
        text={t.settings.outcomesText}
        rows={view.outcomes}
        items={view.offers.outcomes}
        nothing={null}
        edit={edit}
        onEdit={draft.change}
      />
      <Working view={view} edit={edit} onEdit={draft.change} />
      <MappingDocument draft={draft} />
    </>
  );
}

function Unread({ draft }: { draft: MappingDraft }) {
  if (draft.error?.code?.kind === 'not_connected') {
    return (
      <EmptyNotice
        icon={<IconPlugConnectedX size={28} stroke={1.5} />}
        title={t.settings.notConnected}
        text={t.settings.notConnectedText}
      />
    );
  }
  return draft.error && <ErrorNotice error={draft.error} onRetry={draft.retry} />;
}

function SaveBar({ draft }: { draft: MappingDraft }) {
  const { kept, view, edit } = draft;
  if (kept === undefined || view === undefined || edit === undefined) return null;
  const problems = problemCount(view);
  const changes = changeCount(kept.edit, edit);
  return (
    <section className={classes.saveBar} aria-label={t.settings.unsaved(changes)} data-testid="settings-unsaved">
      <p>
        <strong>{t.settings.unsaved(changes)}</strong>{' '}
        {problems > 0 ? (
          <span className={classes.problem}>{t.settings.problems(problems)}</span>
        ) : (
          rereads(kept, view) && <span className={classes.dim}>{t.settings.reread}</span>
        )}
      </p>
      <Button variant="default" size="xs" onClick={draft.discard}>
        {t.settings.discard}
      </Button>
      <Button size="xs" loading={draft.busy} disabled={problems > 0} onClick={() => void draft.save()}>
        {t.settings.save}
      </Button>
    </section>
  );
}
