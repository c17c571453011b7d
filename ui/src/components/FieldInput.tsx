/** The input for any field of the catalogue. Takes and gives what a person would type; the host reads and judges it. */
import { Autocomplete, MultiSelect, Select, Textarea, TextInput } from '@mantine/core';
import type { ReactNode, Ref } from 'react';
import type { FieldView } from '@/api/bindings';
import { joinChoices, splitChoices } from '@/lib/values';
import { t } from '@/strings';
import { DateField } from './DateField';

interface FieldInputProps {
  field: FieldView;
  value: string;
  onChange: (value: string) => void;
  label?: ReactNode;
  description?: ReactNode;
  error?: ReactNode;
  required?: boolean;
  autoFocus?: boolean;
  /** Without a visible label, the field's label names the input. */
  bare?: boolean;
  placeholder?: string;
  ref?: Ref<HTMLInputElement & HTMLTextAreaElement>;
}

export function FieldInput({ field, value, onChange, bare, ref, autoFocus, ...rest }: FieldInputProps) {
  const common = {
    ...rest,
    ...(ref === undefined ? {} : { ref }),
    ...(bare ? { 'aria-label': field.label } : {}),
    // Dialogs look for this mark when they open.
    ...(autoFocus ? { 'data-autofocus': true } : {}),
  };
  switch (field.kind) {
    case 'long_text':
      return (
        <Textarea
          {...common}
          autosize
          minRows={2}
          maxRows={10}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'single_select':
      return (
        <Select
          {...common}
          data={field.options}
          value={value === '' ? null : value}
          onChange={(choice) => onChange(choice ?? '')}
          placeholder={rest.placeholder ?? t.ticket.fields.choose}
          clearable
          searchable={field.options.length > 8}
        />
      );
    case 'boolean':
      return (
        <Select
          {...common}
          data={[
            { value: 'yes', label: t.yes },
            { value: 'no', label: t.no },
          ]}
          value={value === '' ? null : value}
          onChange={(choice) => onChange(choice ?? '')}
          placeholder={rest.placeholder ?? t.ticket.fields.choose}
          clearable
        />
      );
    case 'multi_select':
      return (
        <MultiSelect
          {...common}
          data={field.options}
          value={splitChoices(value)}
          onChange={(choices) => onChange(joinChoices(choices))}
          {...(value === '' ? { placeholder: rest.placeholder ?? t.ticket.fields.choose } : { placeholder: '' })}
          clearable
          searchable={field.options.length > 8}
        />
      );
    case 'date':
      return <DateField {...common} value={value} onChange={onChange} />;
    default:
      if (field.options.length > 0)
        return <Autocomplete {...common} data={field.options} value={value} onChange={onChange} />;
      return (
        <TextInput
          {...common}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
          {...(INPUT_MODE[field.kind] === undefined ? {} : { inputMode: INPUT_MODE[field.kind] })}
          autoComplete="off"
          spellCheck={field.kind === 'text'}
        />
      );
  }
}

/** What on-screen keyboards show; the host reads "£12,500" and "020 7946 0018" alike. */
const INPUT_MODE: Record<string, 'numeric' | 'decimal' | 'email' | 'tel' | 'url'> = {
  integer: 'numeric',
  year: 'numeric',
  percent: 'numeric',
  currency: 'decimal',
  email: 'email',
  phone: 'tel',
  url: 'url',
};
