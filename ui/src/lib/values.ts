/** Field values: as they are read, and as they would be typed. */
import type { FieldRow, FieldView, Value } from '@/api/bindings';
import { type Formats, minorDigits } from './formats';

/** How a value reads on a screen. */
export function showValue(value: Value, formats: Formats, yes: string, no: string): string {
  switch (value.type) {
    case 'text':
    case 'choice':
    case 'email':
    case 'url':
      return value.value;
    case 'integer':
      return formats.number(value.value);
    case 'year':
      return String(value.value);
    case 'money':
      return formats.money(value.value);
    case 'percent':
      return formats.percent(value.value);
    case 'date':
      return formats.fullDay(value.value);
    case 'boolean':
      return value.value ? yes : no;
    case 'choices':
      return value.value.join(', ');
    case 'phone': {
      const number = value.value.e164 === null ? value.value.typed : spacedPhone(value.value.e164, value.value.typed);
      return value.value.extension === null ? number : `${number} ext. ${value.value.extension}`;
    }
  }
}

/**
 * What a person would type to get this value; the host reads it back unchanged.
 * Single and multi selects, dates and check boxes use the same texts in their own inputs.
 */
export function valueInput(value: Value): string {
  switch (value.type) {
    case 'text':
    case 'choice':
    case 'email':
    case 'url':
    case 'date':
      return value.value;
    case 'integer':
    case 'year':
    case 'percent':
      return String(value.value);
    case 'money': {
      const digits = minorDigits(value.value.currency);
      return `${(value.value.minor / 10 ** digits).toFixed(digits)} ${value.value.currency}`;
    }
    case 'boolean':
      return value.value ? 'yes' : 'no';
    case 'choices':
      return joinChoices(value.value);
    case 'phone':
      return value.value.typed;
  }
}

/** Several options in one input, as the host reads them. */
export function joinChoices(choices: readonly string[]): string {
  return choices.join('; ');
}

export function splitChoices(input: string): string[] {
  return input
    .split(/[;\n]/)
    .map((choice) => choice.trim())
    .filter((choice) => choice !== '');
}

/** A number as it was typed keeps its own spacing where it has one. */
function spacedPhone(e164: string, typed: string): string {
  const digits = typed.replace(/\D/g, '');
  return typed.trim().startsWith('+') && e164.endsWith(digits.slice(-6)) && /\s/.test(typed.trim())
    ? typed.trim()
    : e164;
}

export interface FieldGroupView {
  name: string;
  filled: { field: FieldView; row: FieldRow }[];
  empty: FieldView[];
}

/** The catalogue's groups in its order, each with what the ticket holds and what it lacks. */
export function groupFields(catalogue: readonly FieldView[], rows: readonly FieldRow[]): FieldGroupView[] {
  const held = new Map(rows.map((row) => [row.field, row]));
  const groups = new Map<string, FieldGroupView>();
  for (const field of catalogue) {
    let group = groups.get(field.group);
    if (group === undefined) {
      group = { name: field.group, filled: [], empty: [] };
      groups.set(field.group, group);
    }
    const row = held.get(field.key);
    if (row !== undefined) group.filled.push({ field, row });
    else if (!field.read_only) group.empty.push(field);
  }
  return [...groups.values()];
}

/** "Acme Ltd – Jane Doe", or whichever of the two there is. */
export function ticketName(of: { company: string; person: string }): string {
  return [of.company, of.person].filter((part) => part !== '').join(' – ');
}
