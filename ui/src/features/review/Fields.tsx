/** Both sides of every field beside each other, and what will come of it, live. */

import { NativeSelect, TextInput } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { type KeyboardEvent, useLayoutEffect, useRef } from 'react';
import type { ReviewDetail, ReviewField, ReviewSide, SideValue } from '@/api/bindings';
import { useLookup } from '@/api/reference';
import { FieldInput } from '@/components/FieldInput';
import { StageDot } from '@/components/StageDot';
import { formats } from '@/lib/formats';
import { ticketName } from '@/lib/values';
import { t } from '@/strings';
import classes from './Review.module.css';
import { arrange, type Choice, canPick, inputOf, NUMBERED, type Pick, resultOf, sideOf } from './review';

interface FieldsProps {
  detail: ReviewDetail;
  choice: Choice;
  editing: boolean;
  onPick: (field: ReviewField, pick: Pick) => void;
  onType: (field: ReviewField, text: string) => void;
  onEdited: (keep: boolean) => void;
  onOpen: (ticket: number) => void;
}

export function Fields({ detail, choice, editing, onPick, onType, onEdited, onOpen }: FieldsProps) {
  const { differing, same } = arrange(detail.fields);
  const body = useRef<HTMLTableSectionElement>(null);
  useLayoutEffect(() => {
    if (editing) body.current?.querySelector<HTMLElement>('input, textarea')?.focus();
  }, [editing]);
  if (detail.fields.length === 0) return <p className={classes.dim}>{t.review.noFields}</p>;

  const onKeyDown = (event: KeyboardEvent): void => {
    if (!editing || event.defaultPrevented || event.nativeEvent.isComposing) return;
    // An open list of choices takes Enter and Escape for itself; a long text takes Enter.
    const open = event.target instanceof Element && event.target.getAttribute('aria-expanded') === 'true';
    if (open) return;
    const long = event.target instanceof HTMLTextAreaElement && !event.ctrlKey && !event.metaKey;
    if (event.key === 'Escape' || (event.key === 'Enter' && !long)) {
      event.preventDefault();
      event.stopPropagation();
      onEdited(event.key === 'Enter');
    }
  };
  const row = (field: ReviewField, index: number | null) => (
    <Row
      key={field.key}
      detail={detail}
      field={field}
      index={index}
      choice={choice}
      editing={editing && field.editable}
      onPick={onPick}
      onType={onType}
    />
  );
  return (
    <div role="group" aria-label={t.review.fields} onKeyDown={onKeyDown}>
      <table className={classes.fields}>
        <thead>
          <tr>
            <th scope="col">{t.review.field}</th>
            {(['left', 'right'] as const).map((side) => (
              <th key={side} scope="col">
                <SideHead side={detail[side]} onOpen={onOpen} />
              </th>
            ))}
            <th scope="col">{t.review.result}</th>
          </tr>
        </thead>
        <tbody ref={body}>{differing.map((field, index) => row(field, index))}</tbody>
      </table>
      {same.length > 0 && (
        <details className={classes.same}>
          <summary>{t.review.same(same.length)}</summary>
          <dl>
            {same.map((field) => (
              <div key={field.key}>
                <dt>{field.label}</dt>
                <dd>{field.left?.shown ?? field.right?.shown ?? ''}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </div>
  );
}

/** What a side is, and the ticket where it is one. */
function SideHead({ side, onOpen }: { side: ReviewSide; onOpen: FieldsProps['onOpen'] }) {
  const lookup = useLookup();
  const { card } = side;
  if (card === null) return side.title;
  const name = ticketName(card) || t.noName;
  return (
    <>
      <span className={classes.sideTitle}>
        {side.title}
        <span className={classes.since}>{lookup.stageLabel(card.stage)}</span>
      </span>
      <button
        type="button"
        className={classes.ticket}
        title={name}
        aria-label={t.outbox.open(name)}
        onClick={() => onOpen(card.id)}
      >
        <StageDot lifecycle={card.lifecycle} exit={lookup.stage(card.stage)?.exit ?? false} />
        <span>{name}</span>
      </button>
    </>
  );
}

interface RowProps extends Omit<FieldsProps, 'onEdited' | 'onOpen'> {
  field: ReviewField;
  /** Its place among those that differ, from 0. */
  index: number | null;
}

function Row({ detail, field, index, choice, editing, onPick, onType }: RowProps) {
  const pick = sideOf(detail, choice, field);
  const pickable = canPick(detail);
  const typed = choice.edits[field.key] !== undefined;
  const result = resultOf(detail, choice, field);
  const number = index !== null && index < NUMBERED ? index + 1 : null;
  return (
    <tr data-field={field.key}>
      <th scope="row">
        {number !== null && <span className={classes.number} data-key={number} />}
        {field.label}
      </th>
      {(['left', 'right'] as const).map((side) => (
        <td key={side}>
          <SideButton
            field={field}
            side={side}
            title={detail[side].title}
            value={field[side]}
            picked={!typed && pick === side}
            onPick={pickable ? () => onPick(field, side) : null}
          />
        </td>
      ))}
      <td className={classes.result} data-empty={result === ''}>
        {editing ? (
          <ResultInput field={field} value={inputOf(detail, choice, field)} onChange={(text) => onType(field, text)} />
        ) : (
          <>
            <p className={classes.value}>{result || t.review.empty}</p>
            {typed && <p className={classes.since}>{t.review.edited}</p>}
          </>
        )}
      </td>
    </tr>
  );
}

interface ResultInputProps {
  field: ReviewField;
  value: string;
  onChange: (text: string) => void;
}

/** The input of the field; where it is none of the catalogue, one of its choices or plain text. */
function ResultInput({ field, value, onChange }: ResultInputProps) {
  const lookup = useLookup();
  const known = field.field === null ? undefined : lookup.field(field.field);
  const label = t.review.resultOf(field.label);
  if (known !== undefined) {
    return <FieldInput field={{ ...known, label }} bare value={value} onChange={onChange} />;
  }
  if (field.choices.length > 0) {
    return (
      <NativeSelect
        aria-label={label}
        data={field.choices}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  return <TextInput aria-label={label} value={value} onChange={(event) => onChange(event.currentTarget.value)} />;
}

interface SideButtonProps {
  field: ReviewField;
  side: 'left' | 'right';
  title: string;
  value: SideValue | null;
  picked: boolean;
  /** Nothing where no side can be taken. */
  onPick: (() => void) | null;
}

function SideButton({ field, side, title, value, picked, onPick }: SideButtonProps) {
  const facts = [
    value?.source ?? '',
    value?.at == null ? '' : formats.day(value.at),
    value === null ? '' : t.review.confidence[value.confidence],
  ]
    .filter((fact) => fact !== '')
    .join(' · ');
  const shown = value?.shown ?? '';
  const inside = (
    <>
      <span className={classes.value} data-empty={shown === ''}>
        {shown || t.review.empty}
      </span>
      {facts !== '' && <span className={classes.since}>{facts}</span>}
      {picked && <IconCheck size={13} stroke={2.4} className={classes.check} aria-hidden="true" />}
    </>
  );
  if (onPick === null) {
    return (
      <div className={classes.side} data-picked={picked}>
        {inside}
      </div>
    );
  }
  return (
    <button type="button" className={classes.side} aria-pressed={picked} onClick={onPick}>
      <span className="visually-hidden">{t.review.take(field.label)} </span>
      {inside}
      <span className="visually-hidden">{t.review.from(title, field.recommended === side)}</span>
    </button>
  );
}
