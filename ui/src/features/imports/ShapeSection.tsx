/** The file as it is read, and the ways to have it read otherwise. */
import { NativeSelect, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { DraftOptions, FileShape } from '@/api/bindings';
import { formats } from '@/lib/formats';
import { t } from '@/strings';
import classes from './Imports.module.css';
import { byteText } from './upload';

const texts = t.imports.shape;

/** As the host writes them: one character, or a word where it cannot be seen. */
const DELIMITERS = [',', ';', 'tab', '|'] as const;
const ENCODINGS = ['UTF-8', 'windows-1252', 'UTF-16LE', 'UTF-16BE', 'ISO-8859-15', 'macintosh'] as const;
/** A header further down is no header any more. */
const HEADER_LINES = 20;

interface ShapeSectionProps {
  shape: FileShape;
  columns: number;
  options: DraftOptions;
  /** Of phone numbers without one, as it stands now. */
  country: string;
  busy: boolean;
  onOptions: (options: DraftOptions) => void;
  /** What else is asked of the file as a whole. */
  children: ReactNode;
}

export function ShapeSection({ shape, columns, options, country, busy, onOptions, children }: ShapeSectionProps) {
  const change = (part: Partial<DraftOptions>): void => onOptions({ ...options, ...part });
  const isText = shape.delimiter !== null;
  const facts = [
    shape.format.toUpperCase(),
    byteText(shape.bytes, formats.locale),
    texts.facts.columns(columns),
    shape.encoding ?? '',
    shape.delimiter === null ? '' : delimiterText(shape.delimiter),
    shape.sheet ?? '',
  ].filter((fact) => fact !== '');
  return (
    <section className={classes.section} aria-labelledby="imports-shape">
      <h3 id="imports-shape" className={classes.title}>
        {texts.title}
      </h3>
      <p>{facts.join(' · ')}</p>
      {shape.warnings.length > 0 && (
        <ul className={classes.remarks} aria-label={t.imports.remarks}>
          {shape.warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
      <details>
        <summary>{texts.options}</summary>
        <div className={classes.options}>
          {shape.sheets.length > 1 && (
            <NativeSelect
              size="xs"
              label={texts.sheet}
              value={shape.sheet ?? ''}
              disabled={busy}
              data={shape.sheets}
              onChange={(event) => change({ sheet: event.currentTarget.value })}
            />
          )}
          {isText && (
            <NativeSelect
              size="xs"
              label={texts.delimiter}
              value={shape.delimiter ?? ''}
              disabled={busy}
              data={withPresent(DELIMITERS, shape.delimiter).map((value) => ({ value, label: delimiterText(value) }))}
              onChange={(event) => change({ delimiter: event.currentTarget.value })}
            />
          )}
          {shape.encoding !== null && (
            <NativeSelect
              size="xs"
              label={texts.encoding}
              value={shape.encoding}
              disabled={busy}
              data={withPresent(ENCODINGS, shape.encoding)}
              onChange={(event) => change({ encoding: event.currentTarget.value })}
            />
          )}
          {!shape.format.includes('json') && (
            <NativeSelect
              size="xs"
              label={texts.header}
              value={String(shape.header_line)}
              disabled={busy}
              data={[
                ...withPresent(
                  Array.from({ length: HEADER_LINES }, (_, index) => String(index + 1)),
                  shape.header_line === 0 ? null : String(shape.header_line),
                ),
                { value: '0', label: texts.noHeader },
              ]}
              onChange={(event) => change({ header_line: Number(event.currentTarget.value) })}
            />
          )}
          <Country country={country} busy={busy} onCountry={(next) => change({ default_country: next })} />
        </div>
      </details>
      {children}
    </section>
  );
}

function Country({
  country,
  busy,
  onCountry,
}: {
  country: string;
  busy: boolean;
  onCountry: (country: string) => void;
}) {
  const [typed, setTyped] = useState(country);
  const clean = typed.trim().toUpperCase();
  const bad = !/^[A-Z]{2}$/.test(clean);
  return (
    <TextInput
      size="xs"
      label={texts.country}
      description={texts.countryHint}
      error={bad ? texts.countryBad : null}
      value={typed}
      maxLength={2}
      disabled={busy}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={() => {
        if (!bad && clean !== country) onCountry(clean);
      }}
    />
  );
}

const NAMED: Partial<Record<string, string>> = {
  ',': texts.delimiters[','],
  ';': texts.delimiters[';'],
  tab: texts.delimiters.tab,
  '|': texts.delimiters['|'],
};

const delimiterText = (sign: string): string => NAMED[sign] ?? texts.delimiters.other(sign);

/** The usual ones, and the present one where it is unusual. */
function withPresent(usual: readonly string[], present: string | null): string[] {
  return present === null || usual.some((one) => one.toLowerCase() === present.toLowerCase())
    ? usual.map((one) => (one.toLowerCase() === present?.toLowerCase() ? present : one))
    : [present, ...usual];
}
