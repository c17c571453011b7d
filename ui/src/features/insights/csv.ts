/** A report's table as a CSV file: RFC 4180, with the mark that lets spreadsheets read it as UTF-8. */
import { t } from '@/strings';
import { plainNumber, type Table } from './table';

const BOM = '\uFEFF';

/** A spreadsheet would take a text that begins so for a formula; with an apostrophe it stays a text. */
function disarmed(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function toCsv<M>(table: Table<M>): string {
  // A column of its own for what was before, and for the currency: a spreadsheet counts with what stands alone in a cell.
  const shape = table.columns.map((column, index) => ({
    ...column,
    before: table.rows.some((row) => row[index]?.before !== undefined),
  }));
  const head = shape.flatMap(({ label, unit, before }) => {
    const name =
      unit === 'seconds' ? t.insights.inDays(label) : unit === 'percent' ? t.insights.inPercent(label) : label;
    return [
      name,
      ...(before ? [t.insights.beforeOf(name)] : []),
      ...(unit === 'money' ? [t.insights.currencyOf(label)] : []),
    ].map(disarmed);
  });
  const lines = table.rows.map((row) =>
    shape.flatMap(({ unit, before }, index) => {
      const cell = row[index];
      const value = cell?.value ?? null;
      const shown = typeof value === 'number' ? plainNumber(value, unit, cell?.currency) : disarmed(value ?? '');
      const then = typeof cell?.before === 'number' ? plainNumber(cell.before, unit, cell.currency) : '';
      return [shown, ...(before ? [then] : []), ...(unit === 'money' ? [cell?.currency ?? ''] : [])];
    }),
  );
  return `${BOM}${[head, ...lines].map((cells) => `${cells.map(quoted).join(',')}\r\n`).join('')}`;
}
