import type { MantineSize } from '@mantine/core';
import { DateInput } from '@mantine/dates';
import { IconCalendar } from '@tabler/icons-react';
import type { ReactNode, Ref } from 'react';
import '@mantine/dates/styles.css';
import { formats } from '@/lib/formats';
import { monthFirst, parseTypedDate } from '@/lib/typedDates';

interface DateFieldProps {
  /** `YYYY-MM-DD`, or empty. */
  value: string;
  onChange: (iso: string) => void;
  label?: ReactNode;
  'aria-label'?: string;
  description?: ReactNode;
  error?: ReactNode;
  placeholder?: string;
  required?: boolean;
  autoFocus?: boolean;
  size?: MantineSize;
  ref?: Ref<HTMLInputElement>;
}

const VALUE_FORMAT = monthFirst(formats.locale) ? 'MMM D, YYYY' : 'D MMM YYYY';

/** A day: typed in the order of the locale, or picked from the calendar. */
export function DateField({ value, onChange, ...rest }: DateFieldProps) {
  return (
    <DateInput
      value={value === '' ? null : value}
      onChange={(iso) => onChange(iso ?? '')}
      valueFormat={VALUE_FORMAT}
      dateParser={(typed) => parseTypedDate(typed, formats.locale, new Date())}
      firstDayOfWeek={monthFirst(formats.locale) ? 0 : 1}
      clearable
      leftSection={<IconCalendar size={15} aria-hidden="true" />}
      {...rest}
    />
  );
}
