/** What the figures are of: when, which tickets, whose. It stands in the address. */
import { Button, Checkbox, Menu, Popover } from '@mantine/core';
import { IconChevronDown, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Fragment, useState } from 'react';
import type { InsightsChoices, Segment } from '@/api/bindings';
import { insightsChoicesQuery } from '@/api/insights';
import { useLookup } from '@/api/reference';
import { DateField } from '@/components/DateField';
import { formats } from '@/lib/formats';
import { LIFECYCLES } from '@/lib/urlState';
import { t } from '@/strings';
import classes from './InsightFilters.module.css';
import { PERIODS, type Period, periodOf } from './period';
import { changed, type InsightsView, isNarrowed, periodOfView, SEGMENTS, USUAL_PERIOD } from './view';

const words = t.insights.filter;

interface FiltersProps {
  view: InsightsView;
  today: string;
  /** The days with which they are compared, once they are known. */
  before: Period | null;
  onView: (view: InsightsView) => void;
}

export function InsightFilters({ view, today, before, onView }: FiltersProps) {
  const { reference, agent } = useLookup();
  const { data: choices } = useQuery(insightsChoicesQuery());
  const change = (part: Parameters<typeof changed>[1]): void => onView(changed(view, part));
  const clear = (): void => change({ owner: undefined, source: undefined, segment: undefined, lifecycle: undefined });
  const sources = [...new Set([...reference.sources, ...(view.source === undefined ? [] : [view.source])])];
  const agents = reference.agents.filter((one) => !one.inactive || one.id === view.owner);
  return (
    <div className={classes.filters} role="toolbar" aria-label={words.label}>
      <PeriodChip view={view} today={today} onChange={change} />
      <ChoiceChip
        name={words.of}
        label={view.cohort ? words.cohortShort : words.happenedShort}
        active={view.cohort === true}
        groups={[
          {
            options: [
              { key: 'happened', label: words.happened, hint: words.happenedHint, chosen: view.cohort !== true },
              { key: 'cohort', label: words.cohort, hint: words.cohortHint, chosen: view.cohort === true },
            ],
          },
        ]}
        onPick={(key) => change({ cohort: key === 'cohort' ? true : undefined })}
      />
      <ChoiceChip
        name={words.lifecycle}
        label={view.lifecycle === undefined ? words.lifecycle : t.lifecycles[view.lifecycle]}
        active={view.lifecycle !== undefined}
        groups={[
          {
            options: [
              { key: '', label: words.everyLifecycle, chosen: view.lifecycle === undefined },
              ...LIFECYCLES.map((one) => ({ key: one, label: t.lifecycles[one], chosen: view.lifecycle === one })),
            ],
          },
        ]}
        onPick={(key) => change({ lifecycle: LIFECYCLES.find((one) => one === key) })}
      />
      <ChoiceChip
        name={words.owner}
        label={view.owner === undefined ? words.owner : (agent(view.owner)?.name ?? words.owner)}
        active={view.owner !== undefined}
        groups={[
          {
            options: [
              { key: '', label: words.anybody, chosen: view.owner === undefined },
              ...agents.map((one) => ({ key: String(one.id), label: one.name, chosen: view.owner === one.id })),
            ],
          },
        ]}
        onPick={(key) => change({ owner: key === '' ? undefined : Number(key) })}
      />
      <ChoiceChip
        name={words.source}
        label={view.source ?? words.source}
        active={view.source !== undefined}
        empty={sources.length === 0 ? words.noSources : null}
        groups={[
          {
            options: [
              { key: '', label: words.anySource, chosen: view.source === undefined },
              ...sources.map((one) => ({ key: one, label: one, chosen: view.source === one })),
            ],
          },
        ]}
        onPick={(key) => change({ source: key === '' ? undefined : key })}
      />
      <SegmentChip view={view} choices={choices} onChange={change} />
      <Checkbox
        size="xs"
        className={classes.compare ?? ''}
        label={words.compare}
        title={before === null ? '' : words.compareHint(formats.fullDay(before.from), formats.fullDay(before.to))}
        checked={view.alone !== true}
        onChange={(event) => change({ alone: event.currentTarget.checked ? undefined : true })}
      />
      {isNarrowed(view) && (
        <Button variant="subtle" color="gray" size="compact-sm" leftSection={<IconX size={13} />} onClick={clear}>
          {words.clear}
        </Button>
      )}
    </div>
  );
}

interface Option {
  key: string;
  label: string;
  hint?: string;
  chosen: boolean;
}

interface ChoiceChipProps {
  /** What is chosen here. */
  name: string;
  /** What is chosen now. */
  label: string;
  active: boolean;
  /** Why there is nothing to choose from. */
  empty?: string | null;
  groups: { label?: string; options: Option[] }[];
  onPick: (key: string) => void;
}

function ChoiceChip({ name, label, active, empty = null, groups, onPick }: ChoiceChipProps) {
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <button
          type="button"
          className={classes.chip}
          data-active={active}
          aria-label={label === name ? name : `${name}: ${label}`}
        >
          <span className={classes.chosen}>{label}</span>
          <IconChevronDown size={13} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown className={classes.menu ?? ''} aria-label={name}>
        {empty !== null && <Menu.Label>{empty}</Menu.Label>}
        {groups.map((group) => (
          <Fragment key={group.label ?? ''}>
            {group.label !== undefined && <Menu.Label>{group.label}</Menu.Label>}
            {group.options.map((option) => (
              <Menu.RadioItem
                key={option.key}
                value={option.key}
                checked={option.chosen}
                closeMenuOnClick
                onChange={onPick}
              >
                {option.label}
                {option.hint !== undefined && <span className={classes.hint}>{option.hint}</span>}
              </Menu.RadioItem>
            ))}
          </Fragment>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

type Change = (part: Parameters<typeof changed>[1]) => void;

/** The name of the period, or its days. */
export function periodLabel(view: InsightsView): string {
  return view.from === undefined || view.to === undefined
    ? words.periods[view.period ?? USUAL_PERIOD]
    : words.span(formats.fullDay(view.from), formats.fullDay(view.to));
}

function PeriodChip({ view, today, onChange }: { view: InsightsView; today: string; onChange: Change }) {
  const [opened, setOpened] = useState(false);
  const own = view.from !== undefined;
  const { from, to } = periodOfView(view, today);
  const label = periodLabel(view);
  return (
    <Popover position="bottom-start" trapFocus returnFocus width={250} opened={opened} onChange={setOpened}>
      <Popover.Target>
        <button
          type="button"
          className={classes.chip}
          data-active="true"
          aria-label={`${words.period}: ${label}`}
          onClick={() => setOpened(!opened)}
        >
          <span className={classes.chosen}>{label}</span>
          <IconChevronDown size={13} aria-hidden="true" />
        </button>
      </Popover.Target>
      <Popover.Dropdown className={classes.dropdown ?? ''} aria-label={words.period}>
        <div className={classes.options} role="group" aria-label={words.period}>
          {PERIODS.map((period) => {
            const days = periodOf(period, today);
            return (
              <button
                key={period}
                type="button"
                className={classes.option}
                aria-pressed={!own && (view.period ?? USUAL_PERIOD) === period}
                title={words.span(formats.fullDay(days.from), formats.fullDay(days.to))}
                onClick={() => {
                  onChange({ period, from: undefined, to: undefined });
                  setOpened(false);
                }}
              >
                {words.periods[period]}
              </button>
            );
          })}
        </div>
        <fieldset className={classes.own}>
          <legend>{words.own}</legend>
          <DateField
            size="xs"
            label={words.from}
            value={from}
            onChange={(day) => day !== '' && onChange({ from: day, to })}
          />
          <DateField
            size="xs"
            label={words.to}
            value={to}
            onChange={(day) => day !== '' && onChange({ from, to: day })}
          />
        </fieldset>
      </Popover.Dropdown>
    </Popover>
  );
}

/** "Industry: Legal", "Size: 51-200 employees". */
export function segmentLabel(segment: Segment): string {
  const value = segment.by === 'employee_range' ? words.ofSize(segment.value) : segment.value;
  return `${words.segments[segment.by]}: ${value}`;
}

function SegmentChip({
  view,
  choices,
  onChange,
}: {
  view: InsightsView;
  choices: InsightsChoices | undefined;
  onChange: Change;
}) {
  const { segment } = view;
  const known: Record<Segment['by'], readonly string[]> = {
    industry: choices?.industries ?? [],
    employee_range: choices?.employee_ranges ?? [],
    list: choices?.lists ?? [],
  };
  const all = SEGMENTS.flatMap((by) => {
    const values = [...new Set([...known[by], ...(segment?.by === by ? [segment.value] : [])])];
    return values.map((value): Segment => ({ by, value }));
  });
  const keyOf = ({ by, value }: Segment): string => `${by}:${value}`;
  const chosen = segment === undefined ? '' : keyOf(segment);
  return (
    <ChoiceChip
      name={words.segment}
      label={segment === undefined ? words.segment : segmentLabel(segment)}
      active={segment !== undefined}
      empty={all.length === 0 ? words.noSegments : null}
      groups={[
        { options: [{ key: '', label: words.anySegment, chosen: segment === undefined }] },
        ...SEGMENTS.map((by) => ({
          label: words.segments[by],
          options: all
            .filter((one) => one.by === by)
            .map((one) => ({ key: keyOf(one), label: one.value, chosen: chosen === keyOf(one) })),
        })).filter((group) => group.options.length > 0),
      ]}
      onPick={(key) => onChange({ segment: all.find((one) => keyOf(one) === key) })}
    />
  );
}
