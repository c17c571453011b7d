/** The rows behind a number, a bar or a problem, read page by page as they come into sight. */
import { CloseButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { ImportRowView, RowsWanted } from '@/api/bindings';
import { asUiError } from '@/api/host';
import { ROWS_PAGE, rowsQuery } from '@/api/imports';
import { useLookup } from '@/api/reference';
import { ErrorNotice } from '@/components/ErrorNotice';
import { LongList } from '@/components/LongList';
import { formats } from '@/lib/formats';
import { t } from '@/strings';
import type { Shown } from './counting';
import classes from './Imports.module.css';
import outcomes from './Outcomes.module.css';

const texts = t.imports.rows;
const ROW_PX = 46;

interface RowsProps {
  id: number;
  shown: Shown;
  onOpen: (ticket: number) => void;
  onClose: () => void;
}

export function Rows({ id, shown: { wanted, label, rows, listed }, onOpen, onClose }: RowsProps) {
  const places = useMemo(() => Array.from({ length: listed }, (_, index) => index), [listed]);
  const title = texts.title(label, formats.number(rows));
  return (
    <section className={classes.section} aria-labelledby="imports-rows" data-testid="imports-rows">
      <div className={classes.sectionHead}>
        <h3 id="imports-rows" className={classes.title}>
          {title}
        </h3>
        <CloseButton size="sm" aria-label={texts.close} onClick={onClose} />
      </div>
      {listed < rows && <p className={classes.dim}>{texts.first(formats.number(listed))}</p>}
      {listed === 0 ? (
        <p className={classes.dim}>{texts.none}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        <div className={outcomes.rows} tabIndex={0} role="group" aria-labelledby="imports-rows">
          <LongList items={places} keyOf={(place) => place} estimate={() => ROW_PX}>
            {(place) => <Place id={id} wanted={wanted} place={place} onOpen={onOpen} />}
          </LongList>
        </div>
      )}
    </section>
  );
}

interface PlaceProps {
  id: number;
  wanted: RowsWanted;
  /** Which one of them, from 0. */
  place: number;
  onOpen: (ticket: number) => void;
}

function Place({ id, wanted, place, onOpen }: PlaceProps) {
  const { data, error, isError, refetch } = useQuery(rowsQuery(id, wanted, Math.floor(place / ROWS_PAGE)));
  const row = data?.[place % ROWS_PAGE];
  if (isError && data === undefined) {
    // Once for the page, at its first place.
    return place % ROWS_PAGE === 0 ? (
      <ErrorNotice error={asUiError(error)} onRetry={() => void refetch()} />
    ) : (
      <div className={outcomes.row} />
    );
  }
  if (row === undefined)
    return (
      <div className={outcomes.row}>{data === undefined && <span className={classes.dim}>{texts.loading}</span>}</div>
    );
  return <Row row={row} onOpen={onOpen} />;
}

function Row({ row, onOpen }: { row: ImportRowView; onOpen: (ticket: number) => void }) {
  const lookup = useLookup();
  const label = row.label || texts.nobody;
  const labels = (keys: readonly string[]): string => formats.list(keys.map((key) => lookup.fieldLabel(key)));
  const { ticket } = row;
  const facts = [
    row.updated.length > 0 ? texts.updated(labels(row.updated)) : '',
    row.preserved.length > 0 ? texts.preserved(labels(row.preserved)) : '',
    ...row.evidence,
  ].filter((fact) => fact !== '');
  return (
    <div className={outcomes.row} data-testid={`import-row-${row.line}`}>
      <span className={outcomes.rowLine}>{texts.line(formats.number(row.line))}</span>
      <div className={outcomes.rowMain}>
        <p>
          {ticket === null ? (
            <span className={classes.strong}>{label}</span>
          ) : (
            <button
              type="button"
              className={outcomes.rowTicket}
              aria-label={texts.open(label)}
              onClick={() => onOpen(ticket)}
            >
              {label}
            </button>
          )}
          <span className={classes.dim}> · {texts.quality(row.quality)}</span>
        </p>
        {row.problem !== null && <p className={classes.problem}>{row.problem}</p>}
        {facts.length > 0 && <p className={outcomes.rowFacts}>{facts.join(' · ')}</p>}
      </div>
    </div>
  );
}
