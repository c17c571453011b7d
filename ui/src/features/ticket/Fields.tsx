/** The fields by group, each edited where it stands. */
import { Tooltip } from '@mantine/core';
import { IconChevronDown, IconChevronRight, IconPlus } from '@tabler/icons-react';
import { memo, useEffect, useMemo, useRef, useState } from 'react';
import type { Apart, FieldRow, FieldView, TicketView } from '@/api/bindings';
import { useLookup } from '@/api/reference';
import { ApartMark } from '@/components/ApartMark';
import { formats } from '@/lib/formats';
import { groupFields, showValue } from '@/lib/values';
import { t } from '@/strings';
import { FieldEditor } from './FieldEditor';
import classes from './Fields.module.css';
import { provenanceText } from './provenance';

interface FieldsProps {
  view: TicketView;
  editing: string | null;
  onEditing: (field: string | null) => void;
}

export function Fields({ view, editing, onEditing }: FieldsProps) {
  const { reference } = useLookup();
  const groups = useMemo(() => groupFields(reference.fields, view.fields), [reference.fields, view.fields]);
  const apart = useMemo(() => new Map(view.apart.map((one) => [one.part, one])), [view.apart]);
  return (
    <div className={classes.groups}>
      {groups.map((group) => (
        <Group
          key={group.name}
          group={group}
          ticket={view.row.card.id}
          apart={apart}
          editing={editing}
          onEditing={onEditing}
        />
      ))}
    </div>
  );
}

interface GroupProps {
  group: ReturnType<typeof groupFields>[number];
  ticket: number;
  apart: ReadonlyMap<string, Apart>;
  editing: string | null;
  onEditing: (field: string | null) => void;
}

function Group({ group, ticket, apart, editing, onEditing }: GroupProps) {
  const [all, setAll] = useState(false);
  const wanted = editing !== null && group.empty.some((field) => field.key === editing);
  const showEmpty = all || wanted;
  if (group.filled.length === 0 && group.empty.length === 0) return null;
  const row = (field: FieldView, stored: FieldRow | undefined) => (
    <Row
      key={field.key}
      field={field}
      row={stored}
      ticket={ticket}
      apart={apart.get(field.key)}
      editing={editing === field.key}
      onEditing={onEditing}
    />
  );
  return (
    <section className={classes.group} aria-label={group.name}>
      <h3 className={classes.groupTitle}>{group.name}</h3>
      <div>
        {group.filled.map(({ field, row: stored }) => row(field, stored))}
        {showEmpty && group.empty.map((field) => row(field, undefined))}
      </div>
      {group.empty.length > 0 && (
        <button type="button" className={classes.more} aria-expanded={showEmpty} onClick={() => setAll(!showEmpty)}>
          {showEmpty ? (
            <IconChevronDown size={13} aria-hidden="true" />
          ) : (
            <IconChevronRight size={13} aria-hidden="true" />
          )}
          {showEmpty ? t.ticket.fields.hideEmpty : t.ticket.fields.showEmpty(group.empty.length)}
        </button>
      )}
    </section>
  );
}

interface RowProps {
  field: FieldView;
  row: FieldRow | undefined;
  ticket: number;
  apart: Apart | undefined;
  editing: boolean;
  onEditing: (field: string | null) => void;
}

const Row = memo(function Row({ field, row, ticket, apart, editing, onEditing }: RowProps) {
  const lookup = useLookup();
  const button = useRef<HTMLButtonElement>(null);
  const wasEditing = useRef(false);
  // Back from the editor by key, the focus returns to where it came from.
  useEffect(() => {
    if (wasEditing.current && !editing && document.activeElement === document.body) button.current?.focus();
    wasEditing.current = editing;
  }, [editing]);

  const value = row === undefined ? null : showValue(row.stored.value, formats, t.yes, t.no);
  return (
    <div className={classes.row} data-field={field.key}>
      <span className={classes.label} title={field.help === '' ? undefined : field.help}>
        {field.label}
        <ApartMark apart={apart} />
      </span>
      {editing && !field.read_only ? (
        <FieldEditor ticket={ticket} field={field} row={row} onDone={() => onEditing(null)} />
      ) : row !== undefined && value !== null ? (
        <Tooltip
          multiline
          maw={340}
          position="top-start"
          label={
            <>
              <div>{provenanceText(row, lookup.agent, formats, Date.now())}</div>
              {row.stored.raw !== null && row.stored.raw !== value && (
                <div>{t.ticket.fields.asArrived(row.stored.raw)}</div>
              )}
              {field.read_only && <div>{t.ticket.fields.readOnly}</div>}
            </>
          }
        >
          <button
            ref={button}
            type="button"
            className={classes.value}
            data-long={field.kind === 'long_text'}
            aria-label={t.ticket.fields.edit(field.label, value)}
            aria-disabled={field.read_only}
            onClick={() => {
              if (!field.read_only) onEditing(field.key);
            }}
          >
            {value}
          </button>
        </Tooltip>
      ) : (
        <button
          ref={button}
          type="button"
          className={classes.add}
          aria-label={t.ticket.fields.add(field.label)}
          onClick={() => onEditing(field.key)}
        >
          <IconPlus size={12} aria-hidden="true" />
        </button>
      )}
    </div>
  );
});
