/** The first rows as they would come in: cleaned values, quality, and what is wrong with them. */
import type { FieldKey, PreviewRow } from '@/api/bindings';
import { t } from '@/strings';
import classes from './Imports.module.css';

const texts = t.imports.preview;

/** As many rows as show what comes of the columns; they stay in sight while the columns are settled. */
const SHOWN = 5;

/** The fields that any of the rows holds, in the order in which they first appear. */
export function previewFields(rows: readonly PreviewRow[]): FieldKey[] {
  return [...new Set(rows.flatMap((row) => row.values.map(([field]) => field)))];
}

interface PreviewProps {
  rows: readonly PreviewRow[];
  labelOf: (field: FieldKey) => string;
  threshold: number | null;
}

export function Preview({ rows: all, labelOf, threshold }: PreviewProps) {
  const rows = all.slice(0, SHOWN);
  const fields = previewFields(rows);
  const remarks = rows.some((row) => row.problems.length > 0);
  return (
    <div className={classes.section} data-testid="imports-preview">
      <h3 id="imports-preview" className={classes.title}>
        {texts.title}
      </h3>
      {rows.length === 0 ? (
        <p className={classes.dim}>{texts.empty}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        <div className={classes.preview} tabIndex={0} role="region" aria-labelledby="imports-preview">
          <table>
            <thead>
              <tr>
                <th scope="col">{texts.line}</th>
                <th scope="col">{texts.quality}</th>
                {fields.map((field) => (
                  <th key={field} scope="col">
                    {labelOf(field)}
                  </th>
                ))}
                {remarks && <th scope="col">{texts.remarks}</th>}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Line key={row.line} row={row} fields={fields} threshold={threshold} remarks={remarks} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}

interface LineProps {
  row: PreviewRow;
  fields: readonly FieldKey[];
  threshold: number | null;
  remarks: boolean;
}

function Line({ row, fields, threshold, remarks }: LineProps) {
  const shown = new Map(row.values);
  return (
    <tr>
      <th scope="row">{row.line}</th>
      <td className={classes.quality} data-low={threshold !== null && row.quality < threshold}>
        {row.quality}
      </td>
      {fields.map((field) => {
        const text = shown.get(field);
        return (
          <td key={field} title={text}>
            {text ?? <span className="visually-hidden">{texts.blank}</span>}
          </td>
        );
      })}
      {remarks && <td className={classes.cellProblems}>{row.problems.join(' ')}</td>}
    </tr>
  );
}
