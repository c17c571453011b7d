import { describe, expect, it } from 'vitest';
import type { FieldRow, FieldView, Value } from '@/api/bindings';
import { makeFormats } from './formats';
import { groupFields, joinChoices, showValue, splitChoices, ticketName, valueInput } from './values';

const formats = makeFormats('en-GB', 'UTC');
const phone = (typed: string, e164: string | null, extension: string | null = null): Value => ({
  type: 'phone',
  value: { typed, e164, extension },
});

describe('values', () => {
  it.each<[Value, string, string]>([
    [{ type: 'text', value: 'Head of IT' }, 'Head of IT', 'Head of IT'],
    [{ type: 'integer', value: 1240 }, '1,240', '1240'],
    [{ type: 'year', value: 1998 }, '1998', '1998'],
    [{ type: 'money', value: { minor: 1_250_050, currency: 'GBP' } }, '£12,500.50', '12500.50 GBP'],
    [{ type: 'money', value: { minor: 1200, currency: 'JPY' } }, 'JP¥1,200', '1200 JPY'],
    [{ type: 'percent', value: 60 }, '60%', '60'],
    [{ type: 'date', value: '2027-01-29' }, '29 Jan 2027', '2027-01-29'],
    [{ type: 'boolean', value: true }, 'Yes', 'yes'],
    [{ type: 'choices', value: ['Cloud', 'Backup'] }, 'Cloud, Backup', 'Cloud; Backup'],
    [phone('+44 20 7946 0018', '+442079460018'), '+44 20 7946 0018', '+44 20 7946 0018'],
    [phone('020 7946 0018', '+442079460018', '12'), '+442079460018 ext. 12', '020 7946 0018'],
    [phone('call reception', null), 'call reception', 'call reception'],
  ])('%o reads %s and is typed %s', (value, shown, typed) => {
    expect(showValue(value, formats, 'Yes', 'No')).toBe(shown);
    expect(valueInput(value)).toBe(typed);
  });

  it('takes several options apart as it put them together', () => {
    expect(splitChoices(joinChoices(['Cloud', 'Managed support']))).toEqual(['Cloud', 'Managed support']);
    expect(splitChoices(' ;Cloud;; ')).toEqual(['Cloud']);
  });
});

describe('groups of fields', () => {
  const field = (key: string, group: string, read_only = false): FieldView => ({
    key,
    label: key,
    kind: 'text',
    group,
    lifecycle: 'lead',
    options: [],
    help: '',
    read_only,
  });
  const row = (key: string): FieldRow => ({
    field: key,
    stored: {
      value: { type: 'text', value: 'x' },
      raw: null,
      provenance: { source: { kind: 'person' }, at: '', by: null },
    },
    before: null,
  });

  it('keeps the order of the catalogue and offers no empty field that nobody may type', () => {
    const catalogue = [
      field('a', 'Contact'),
      field('b', 'Company'),
      field('c', 'Contact'),
      field('d', 'Contact', true),
    ];
    const groups = groupFields(catalogue, [row('c')]);
    expect(groups.map((group) => group.name)).toEqual(['Contact', 'Company']);
    expect(groups[0]?.filled.map((entry) => entry.field.key)).toEqual(['c']);
    expect(groups[0]?.empty.map((entry) => entry.key)).toEqual(['a']);
  });
});

it('names a ticket by what there is', () => {
  expect(ticketName({ company: 'Acme Ltd', person: 'Jane Doe' })).toBe('Acme Ltd – Jane Doe');
  expect(ticketName({ company: '', person: 'Jane Doe' })).toBe('Jane Doe');
  expect(ticketName({ company: '', person: '' })).toBe('');
});
