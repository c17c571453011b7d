/** A report's figures in full; each opens the tickets behind it, and those of the period before open theirs. */
import type { MouseEvent } from 'react';
import { formats } from '@/lib/formats';
import { t } from '@/strings';
import type { Opens } from './model';
import classes from './ReportTable.module.css';
import { type Cell, difference, showCell, showFigure, type Table, type Unit } from './table';

export interface Opening {
  hrefOf: (rows: Opens) => string;
  onOpen: (rows: Opens) => void;
}

export function ReportTable({ table, label, ...opening }: { table: Table<Opens>; label: string } & Opening) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reached by keyboard.
    <div role="group" className={classes.scroll} aria-label={label} tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            {table.columns.map((column) => (
              <th key={column.label} scope="col" data-unit={column.unit}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, line) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two lines may read the same; their order is the report's.
            <tr key={line}>
              {table.columns.map((column, index) => {
                const cell = row[index];
                if (cell === undefined) return <td key={column.label} />;
                return index === 0 ? (
                  <th key={column.label} scope="row">
                    {showCell(cell, column.unit, formats)}
                  </th>
                ) : (
                  <td key={column.label} data-unit={column.unit}>
                    <Figure cell={cell} unit={column.unit} what={`${nameOf(row)}, ${column.label}`} {...opening} />
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The texts at the beginning of a line, by which a figure in it is called. */
function nameOf(row: readonly Cell<Opens>[]): string {
  return row.flatMap(({ value }) => (typeof value === 'string' && value !== '' ? [value] : [])).join(', ');
}

function Figure({ cell, unit, what, hrefOf, onOpen }: { cell: Cell<Opens>; unit: Unit; what: string } & Opening) {
  const shown = showCell(cell, unit, formats);
  const change =
    typeof cell.value === 'number' ? difference(cell.value, cell.before, unit, cell.currency, formats) : null;
  return (
    <>
      <RowsLink rows={cell.rows ?? null} label={`${what}: ${shown}`} hrefOf={hrefOf} onOpen={onOpen}>
        {shown}
      </RowsLink>
      {change !== null && change !== '' && typeof cell.before === 'number' && (
        <span className={classes.change}>
          <RowsLink
            rows={cell.rowsBefore ?? null}
            label={`${what}, ${t.insights.beforeWas(showFigure(cell.before, unit, cell.currency, formats))}`}
            hint={t.insights.beforeWas(showFigure(cell.before, unit, cell.currency, formats))}
            hrefOf={hrefOf}
            onOpen={onOpen}
          >
            {change}
          </RowsLink>
        </span>
      )}
    </>
  );
}

interface RowsLinkProps extends Opening {
  rows: Opens | null;
  /** The whole of it, for whoever does not see where it stands. */
  label: string;
  hint?: string;
  className?: string | undefined;
  children: string;
}

/** A figure that opens its tickets, where there are any. */
export function RowsLink({ rows, label, hint, className, hrefOf, onOpen, children }: RowsLinkProps) {
  if (rows === null) {
    return (
      <span className={className} title={hint}>
        {children}
      </span>
    );
  }
  const open = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    onOpen(rows);
  };
  return (
    <a
      href={hrefOf(rows)}
      className={`${classes.figure} ${className ?? ''}`}
      aria-label={'mark' in rows ? t.insights.opens(label) : t.insights.opensElsewhere(label)}
      title={hint}
      onClick={open}
    >
      {children}
    </a>
  );
}
