/** How good the rows are, in tens; what goes to review is marked. */
import { formats } from '@/lib/formats';
import { t } from '@/strings';
import classes from './Imports.module.css';
import outcomes from './Outcomes.module.css';

const texts = t.imports.quality;

interface Bin {
  from: number;
  to: number;
  rows: number;
  /** Of the tallest, 0 to 100. */
  height: number;
}

/** Ten bins, the last of which takes in 100. */
export function binsOf(quality: readonly number[]): Bin[] {
  const most = Math.max(1, ...quality);
  return quality.map((rows, index) => ({
    from: index * 10,
    to: index === quality.length - 1 ? 100 : index * 10 + 9,
    rows,
    // A few rows among thousands are still to be seen.
    height: rows === 0 ? 0 : Math.max(2, (100 * rows) / most),
  }));
}

export function Histogram({ quality, threshold }: { quality: readonly number[]; threshold: number }) {
  const bins = binsOf(quality);
  return (
    <section className={classes.section} aria-labelledby="imports-quality">
      <h3 id="imports-quality" className={classes.title}>
        {texts.title}
      </h3>
      <p className={classes.dim}>{texts.text}</p>
      <ol className={outcomes.bins} data-testid="imports-quality">
        {bins.map((bin) => (
          <li key={bin.from} className={outcomes.bin} data-low={bin.from < threshold}>
            <span className="visually-hidden">{texts.spoken(bin.from, bin.to, bin.rows)}</span>
            <span className={outcomes.binCount} aria-hidden="true">
              {bin.rows === 0 ? '' : formats.number(bin.rows)}
            </span>
            <span className={outcomes.binRoom} aria-hidden="true">
              <span style={{ blockSize: `${bin.height}%` }} />
            </span>
            <span className={outcomes.binLabel} aria-hidden="true">
              {texts.bin(bin.from, bin.to)}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
