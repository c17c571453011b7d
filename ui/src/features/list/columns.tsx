/** The columns of the list: what every line has, and every field of the catalogue. */
import type { ReactNode } from 'react';
import type { FieldView, Line, OrderBy } from '@/api/bindings';
import type { Lookup } from '@/api/reference';
import { OwnerMark } from '@/components/OwnerMark';
import { StageDot } from '@/components/StageDot';
import { SyncMark } from '@/components/SyncMark';
import { staleOf } from '@/components/tickets/cardText';
import { formats } from '@/lib/formats';
import { showValue } from '@/lib/values';
import { t } from '@/strings';
import classes from './List.module.css';

export interface ListColumn {
  /** The key by which an export knows it, too. */
  id: string;
  label: string;
  /** Its width. */
  rem: number;
  /** By what the host sorts for it; a column without cannot be sorted by. */
  order?: OrderBy;
  /** The field that has to be read for it. */
  field?: string;
  /** Numbers stand at the right edge. */
  end?: true;
  /** Where the heading stands in the chooser. */
  group: string;
  cell: (line: Line, env: CellEnv) => ReactNode;
}

export interface CellEnv {
  lookup: Lookup;
  /** To the minute. */
  now: number;
}

const day = (iso: string | null, now: number): ReactNode =>
  iso === null ? null : (
    <time dateTime={iso} title={formats.fullMoment(iso)}>
      {formats.day(iso, now)}
    </time>
  );

/** Score and probability are both of a hundred. */
const score = (value: number | null): ReactNode => (value === null ? null : formats.number(value));

type Core = Omit<ListColumn, 'label' | 'group' | 'id'> & { id: keyof typeof t.list.columns };

const CORE: readonly Core[] = [
  { id: 'company_name', rem: 15, order: 'company', cell: ({ card }) => card.company },
  { id: 'person_name', rem: 12, order: 'person', cell: ({ card }) => card.person },
  {
    id: 'stage',
    rem: 11,
    order: 'stage',
    cell: ({ card }, { lookup, now }) => {
      const stage = lookup.stage(card.stage);
      const stale = stage === undefined ? null : staleOf(card, stage, now);
      return (
        <span className={classes.pair}>
          <StageDot lifecycle={card.lifecycle} exit={stage?.exit ?? false} />
          <span className={classes.cut}>{lookup.stageLabel(card.stage)}</span>
          {stale !== null && stage !== undefined && (
            <span className={classes.stale} title={t.board.card.staleHint(stage.label, stale.days, stale.limit)}>
              {t.list.days(stale.days)}
            </span>
          )}
        </span>
      );
    },
  },
  {
    id: 'owner',
    rem: 10,
    order: 'owner',
    cell: ({ card }, { lookup }) => {
      const agent = lookup.agent(card.owner);
      return agent === undefined ? null : (
        <span className={classes.pair}>
          <OwnerMark agent={agent} />
          <span className={classes.cut}>{agent.name}</span>
        </span>
      );
    },
  },
  {
    id: 'value',
    rem: 8,
    order: 'value',
    end: true,
    cell: ({ card }) => (card.value === null ? null : formats.money(card.value)),
  },
  {
    id: 'probability',
    rem: 6.5,
    order: 'probability',
    end: true,
    cell: ({ card }) => (card.probability === null ? null : formats.percent(card.probability)),
  },
  { id: 'lead_score', rem: 6.5, order: 'lead_score', end: true, cell: ({ card }) => score(card.lead_score) },
  { id: 'fit_score', rem: 6, order: 'fit_score', end: true, cell: ({ card }) => score(card.fit_score) },
  {
    id: 'next_action',
    rem: 15,
    order: 'next_action_at',
    cell: ({ card }, { now }) =>
      card.next_action === null ? null : (
        <span
          className={classes.cut}
          data-overdue={card.next_action_at !== null && Date.parse(card.next_action_at) < now}
        >
          {card.next_action_at !== null && <>{day(card.next_action_at, now)} </>}
          {card.next_action}
        </span>
      ),
  },
  { id: 'entered_at', rem: 9.5, order: 'entered_at', cell: ({ card }, { now }) => day(card.entered_at, now) },
  { id: 'lead_source', rem: 9, order: 'source', cell: ({ source }) => source },
  { id: 'email', rem: 15, order: 'email', cell: ({ email }) => email },
  { id: 'lists', rem: 13, cell: ({ lists }) => lists.join(', ') },
  { id: 'lifecycle', rem: 8, cell: ({ card }) => t.lifecycle[card.lifecycle] },
  { id: 'halo_id', rem: 6, order: 'halo_id', end: true, cell: ({ card }) => card.halo_id },
  {
    id: 'sync',
    rem: 7,
    cell: ({ card }) => (
      <span title={t.board.card.sync[card.sync]}>
        <SyncMark state={card.sync} />
        <span className="visually-hidden">{t.board.card.sync[card.sync]}</span>
      </span>
    ),
  },
  { id: 'created_at', rem: 7, order: 'created_at', cell: ({ created_at }, { now }) => day(created_at, now) },
  { id: 'updated_at', rem: 7, order: 'updated_at', cell: ({ updated_at }, { now }) => day(updated_at, now) },
];

/** Fields that a column of every line shows already. */
const SHOWN_BY_CORE = new Set<string>([...CORE.map((column) => column.id), 'opportunity_value']);

/** What the list shows until somebody chooses. */
export const USUAL: readonly string[] = [
  'company_name',
  'person_name',
  'stage',
  'owner',
  'value',
  'lead_score',
  'fit_score',
  'next_action',
  'entered_at',
  'lead_source',
];

const NUMBERS = new Set(['integer', 'percent', 'currency', 'year']);
const LONG = new Set(['long_text', 'multi_select', 'url', 'email']);

function fieldColumn(field: FieldView): ListColumn {
  const end = NUMBERS.has(field.kind);
  return {
    id: field.key,
    label: field.label,
    rem: end ? 8 : LONG.has(field.kind) ? 15 : 11,
    field: field.key,
    ...(end ? { end } : {}),
    group: field.group,
    cell: ({ values }) => {
      const value = values[field.key];
      return value === undefined ? null : <span className={classes.cut}>{showValue(value, formats, t.yes, t.no)}</span>;
    },
  };
}

/** Every column there is, by its key. */
export function allColumns(fields: readonly FieldView[]): ReadonlyMap<string, ListColumn> {
  const core = CORE.map((column): ListColumn => ({ ...column, label: t.list.columns[column.id], group: t.list.title }));
  const more = fields.filter((field) => !SHOWN_BY_CORE.has(field.key)).map(fieldColumn);
  return new Map([...core, ...more].map((column) => [column.id, column]));
}

/** The columns with these keys, in this order; the usual ones where none of them is known. */
export function chosenColumns(all: ReadonlyMap<string, ListColumn>, keys: readonly string[]): ListColumn[] {
  const chosen = [...new Set(keys)].map((key) => all.get(key)).filter((column) => column !== undefined);
  if (chosen.length > 0) return chosen;
  return USUAL.map((key) => all.get(key)).filter((column) => column !== undefined);
}
