/** The board's filter, in the top bar; it stands in the address. */
import { ActionIcon, Button, Checkbox, Popover, TextInput } from '@mantine/core';
import { IconChevronDown, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useAction } from '@/actions/useActions';
import { listsQuery } from '@/api/queries';
import { useLookup } from '@/api/reference';
import { OwnerMark } from '@/components/OwnerMark';
import { StageDot } from '@/components/StageDot';
import { filterCount, type ListSearch } from '@/lib/urlState';
import { t } from '@/strings';
import classes from './Filters.module.css';

const TYPING_MS = 150;

interface FiltersProps {
  search: ListSearch;
  /** Whether stages can be chosen; the board shows them all. */
  stages?: boolean;
  onSearch: (change: Partial<Record<keyof ListSearch, unknown>>) => void;
  onWhoAmI: () => void;
}

export default function Filters({ search, stages = false, onSearch, onWhoAmI }: FiltersProps) {
  const { me } = useLookup();
  const clear = (): void =>
    onSearch({
      mine: undefined,
      owners: undefined,
      unassigned: undefined,
      sources: undefined,
      score: undefined,
      q: undefined,
      unsynced: undefined,
      lists: undefined,
      stages: undefined,
    });
  const isFiltered = filterCount(search) > 0 || (stages && search.stages !== undefined);
  const toggleMine = (): void => {
    if (me === undefined) onWhoAmI();
    else onSearch({ mine: search.mine ? undefined : true });
  };
  useAction('filter.mine', toggleMine);
  useAction('filter.clear', clear, { enabled: () => isFiltered });
  return (
    <div className={classes.filters} role="toolbar" aria-label={t.board.filter.label}>
      <button
        type="button"
        className={classes.chip}
        aria-pressed={search.mine === true}
        title={me === undefined ? t.board.filter.mineUnknown : me.name}
        onClick={toggleMine}
      >
        {t.board.filter.mine}
      </button>
      <OwnerFilter search={search} onSearch={onSearch} />
      {stages && <StageFilter search={search} onSearch={onSearch} />}
      <SourceFilter search={search} onSearch={onSearch} />
      <ListFilter search={search} onSearch={onSearch} />
      <ScoreFilter search={search} onSearch={onSearch} />
      <button
        type="button"
        className={classes.chip}
        aria-pressed={search.unsynced === true}
        onClick={() => onSearch({ unsynced: search.unsynced ? undefined : true })}
      >
        {t.board.filter.unsynced}
      </button>
      <TextFilter value={search.q ?? ''} onChange={(q) => onSearch({ q: q === '' ? undefined : q })} />
      {isFiltered && (
        <Button variant="subtle" color="gray" size="compact-sm" leftSection={<IconX size={13} />} onClick={clear}>
          {t.board.filter.clear}
        </Button>
      )}
    </div>
  );
}

type PartProps = Pick<FiltersProps, 'search' | 'onSearch'>;

function Chip({ label, active, children }: { label: string; active: boolean; children: ReactNode }) {
  return (
    <Popover position="bottom-start" trapFocus returnFocus width={240}>
      <Popover.Target>
        <button type="button" className={classes.chip} data-active={active}>
          {label}
          <IconChevronDown size={13} aria-hidden="true" />
        </button>
      </Popover.Target>
      <Popover.Dropdown className={classes.dropdown ?? ''} aria-label={label}>
        {children}
      </Popover.Dropdown>
    </Popover>
  );
}

const toggled = <T,>(list: readonly T[] | undefined, item: T): T[] | undefined => {
  const next = list?.includes(item) ? list.filter((one) => one !== item) : [...(list ?? []), item];
  return next.length > 0 ? next : undefined;
};

function OwnerFilter({ search, onSearch }: PartProps) {
  const { reference } = useLookup();
  const chosen = (search.owners?.length ?? 0) + Number(search.unassigned === true);
  const agents = reference.agents.filter((agent) => !agent.inactive || search.owners?.includes(agent.id));
  return (
    <Chip label={chosen > 0 ? t.board.filter.owners(chosen) : t.board.filter.owner} active={chosen > 0}>
      <div className={classes.options}>
        <Checkbox
          size="xs"
          label={t.board.filter.unassigned}
          checked={search.unassigned === true}
          onChange={() => onSearch({ unassigned: search.unassigned ? undefined : true })}
        />
        {agents.map((agent) => (
          <Checkbox
            key={agent.id}
            size="xs"
            label={
              <span className={classes.agent}>
                <OwnerMark agent={agent} />
                {agent.name}
              </span>
            }
            checked={search.owners?.includes(agent.id) ?? false}
            onChange={() => onSearch({ owners: toggled(search.owners, agent.id) })}
          />
        ))}
      </div>
    </Chip>
  );
}

function StageFilter({ search, onSearch }: PartProps) {
  const { stages } = useLookup();
  const chosen = search.stages?.length ?? 0;
  return (
    <Chip label={chosen > 0 ? t.list.stagesChosen(chosen) : t.list.stages} active={chosen > 0}>
      <div className={classes.options}>
        {stages.map((stage) => (
          <Checkbox
            key={stage.key}
            size="xs"
            label={
              <span className={classes.agent}>
                <StageDot lifecycle={stage.lifecycle} exit={stage.exit} />
                {stage.label}
              </span>
            }
            checked={search.stages?.includes(stage.key) ?? false}
            onChange={() => onSearch({ stages: toggled(search.stages, stage.key) })}
          />
        ))}
      </div>
    </Chip>
  );
}

function ListFilter({ search, onSearch }: PartProps) {
  const { data: lists = [] } = useQuery(listsQuery());
  const chosen = search.lists?.length ?? 0;
  return (
    <Chip label={chosen > 0 ? t.lists.filtered(chosen) : t.lists.filter} active={chosen > 0}>
      <div className={classes.options}>
        {lists.length === 0 && <p className={classes.none}>{t.lists.noLists}</p>}
        {lists.map((list) => (
          <Checkbox
            key={list.id}
            size="xs"
            label={list.name}
            description={list.automatic ? t.lists.byRule(list.rule ?? '') : undefined}
            checked={search.lists?.includes(list.id) ?? false}
            onChange={() => onSearch({ lists: toggled(search.lists, list.id) })}
          />
        ))}
      </div>
    </Chip>
  );
}

function SourceFilter({ search, onSearch }: PartProps) {
  const { reference } = useLookup();
  const chosen = search.sources?.length ?? 0;
  const sources = [...new Set([...reference.sources, ...(search.sources ?? [])])];
  return (
    <Chip label={chosen > 0 ? t.board.filter.sources(chosen) : t.board.filter.source} active={chosen > 0}>
      <div className={classes.options}>
        {sources.length === 0 && <p className={classes.none}>{t.board.filter.noSources}</p>}
        {sources.map((source) => (
          <Checkbox
            key={source}
            size="xs"
            label={source}
            checked={search.sources?.includes(source) ?? false}
            onChange={() => onSearch({ sources: toggled(search.sources, source) })}
          />
        ))}
      </div>
    </Chip>
  );
}

const SCORES = [
  { score: 0, label: t.board.filter.anyScore },
  { score: 81, label: t.board.filter.hot },
  { score: 60, label: t.board.filter.warm },
];

function ScoreFilter({ search, onSearch }: PartProps) {
  const current = search.score ?? 0;
  const set = (score: number): void => onSearch({ score: score > 0 ? Math.min(100, score) : undefined });
  const known = SCORES.find((one) => one.score === current);
  const label = current === 0 ? t.board.filter.score : (known?.label ?? t.board.filter.scoreOver(current));
  return (
    <Chip label={label} active={current > 0}>
      <div className={classes.options} role="group" aria-label={t.board.filter.score}>
        {SCORES.map((one) => (
          <button
            key={one.score}
            type="button"
            className={classes.option}
            aria-pressed={one.score === current}
            onClick={() => set(one.score)}
          >
            {one.label}
          </button>
        ))}
        <TextInput
          size="xs"
          label={t.board.filter.custom}
          inputMode="numeric"
          value={current === 0 ? '' : String(current)}
          onChange={(event) => {
            const typed = event.currentTarget.value.trim();
            if (/^\d{0,3}$/.test(typed)) set(Number(typed));
          }}
        />
      </div>
    </Chip>
  );
}

function TextFilter({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const [typed, setTyped] = useState(value);
  const sent = useRef(value);
  const input = useRef<HTMLInputElement>(null);
  const latest = useRef(onChange);
  useEffect(() => {
    latest.current = onChange;
  });
  // The address may change from elsewhere: "Clear", or a step back.
  useEffect(() => {
    if (value !== sent.current) {
      sent.current = value;
      setTyped(value);
    }
  }, [value]);
  useEffect(() => {
    if (typed === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = typed;
      latest.current(typed);
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  useAction('filter.text', () => input.current?.focus());
  return (
    <TextInput
      ref={input}
      size="xs"
      className={classes.text ?? ''}
      aria-label={t.board.filter.text}
      placeholder={t.board.filter.search}
      value={typed}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          if (typed === '') event.currentTarget.blur();
          setTyped('');
        }
      }}
      rightSection={
        typed !== '' && (
          <ActionIcon size="xs" aria-label={t.clear} onClick={() => setTyped('')}>
            <IconX size={12} />
          </ActionIcon>
        )
      }
    />
  );
}
