/** Views of Insights under a name: shown, saved, saved over, deleted. A deleted one can be had back. */
import { ActionIcon, Button, Popover, TextInput } from '@mantine/core';
import { IconBookmark, IconCheck, IconChevronDown, IconTrash } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Dashboard, UiError } from '@/api/bindings';
import { asUiError, host } from '@/api/host';
import { dashboardsQuery, insightKeys } from '@/api/insights';
import { announce } from '@/components/announce';
import { ErrorNotice } from '@/components/ErrorNotice';
import { toast } from '@/components/toast';
import { t } from '@/strings';
import classes from './Dashboards.module.css';
import { type InsightsView, readView, sameView } from './view';

const words = t.insights.dashboards;

/** What a dashboard holds; what it does not understand any more shows what is usual. */
export function viewOf(dashboard: Dashboard): InsightsView {
  try {
    return readView(JSON.parse(dashboard.view));
  } catch {
    return {};
  }
}

interface DashboardsProps {
  view: InsightsView;
  onView: (view: InsightsView) => void;
}

export function Dashboards({ view, onView }: DashboardsProps) {
  const client = useQueryClient();
  const { data: saved = [] } = useQuery(dashboardsQuery());
  const [opened, setOpened] = useState(false);
  const current = saved.find((one) => sameView(viewOf(one), view));
  const keep = (all: Dashboard[]): void => {
    client.setQueryData(insightKeys.dashboards, all);
  };
  const show = (next: InsightsView): void => {
    onView(next);
    setOpened(false);
  };
  const save = async (name: string): Promise<void> => {
    keep(await host.saveDashboard({ name, view: JSON.stringify(view) }));
    toast.note(words.savedSaid(name.trim()));
    setOpened(false);
  };
  const remove = async (dashboard: Dashboard): Promise<void> => {
    try {
      keep(await host.deleteDashboard(dashboard.name));
      const said = words.removedSaid(dashboard.name);
      toast.saved(said, () => void host.saveDashboard(dashboard).then(keep, toast.failure));
      announce(`${said}. ${t.toast.undo}`);
    } catch (error) {
      toast.failure(error);
    }
  };
  return (
    <Popover position="bottom-end" trapFocus returnFocus width={280} opened={opened} onChange={setOpened}>
      <Popover.Target>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconBookmark size={14} />}
          rightSection={<IconChevronDown size={13} />}
          onClick={() => setOpened(!opened)}
        >
          {current?.name ?? words.label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={classes.dropdown ?? ''} aria-label={words.label}>
        <ul className={classes.list}>
          <Entry name={words.usual} current={sameView(view, {})} onShow={() => show({})} />
          {saved.map((dashboard) => (
            <Entry
              key={dashboard.name}
              name={dashboard.name}
              current={dashboard === current}
              onShow={() => show(viewOf(dashboard))}
              onRemove={() => void remove(dashboard)}
            />
          ))}
        </ul>
        <SaveForm saved={saved} onSave={save} />
      </Popover.Dropdown>
    </Popover>
  );
}

interface EntryProps {
  name: string;
  current: boolean;
  onShow: () => void;
  onRemove?: () => void;
}

function Entry({ name, current, onShow, onRemove }: EntryProps) {
  return (
    <li className={classes.entry}>
      <button type="button" className={classes.show} aria-current={current} onClick={onShow}>
        <span className={classes.tick}>{current && <IconCheck size={14} aria-hidden="true" />}</span>
        <span className={classes.name}>{name}</span>
      </button>
      {onRemove && (
        <ActionIcon size="sm" aria-label={words.remove(name)} onClick={onRemove}>
          <IconTrash size={14} aria-hidden="true" />
        </ActionIcon>
      )}
    </li>
  );
}

function SaveForm({ saved, onSave }: { saved: readonly Dashboard[]; onSave: (name: string) => Promise<void> }) {
  const [name, setName] = useState('');
  const [error, setError] = useState<UiError | null>(null);
  const [busy, setBusy] = useState(false);
  const same = saved.find((one) => one.name.toLowerCase() === name.trim().toLowerCase());
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() === '' || busy) return;
    setBusy(true);
    setError(null);
    onSave(name)
      .catch((failed) => setError(asUiError(failed)))
      .finally(() => setBusy(false));
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <TextInput
        size="xs"
        label={words.save}
        aria-label={words.name}
        placeholder={words.placeholder}
        value={name}
        maxLength={80}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" size="xs" disabled={name.trim() === ''} loading={busy}>
        {same === undefined ? t.save : words.replace(same.name)}
      </Button>
      {error !== null && <ErrorNotice error={error} />}
    </form>
  );
}
