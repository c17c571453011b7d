/** How good the rows are, in tens; what goes to review is marked, and every bar opens its rows. */
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

interface HistogramProps {
  quality: readonly number[];
  threshold: number;
  /** Where the bar begins whose rows are shown. */
  shown: number | undefined;
  onShow: (from: number | undefined) => void;
}

export function Histogram({ quality, threshold, shown, onShow }: HistogramProps) {
  const bins = binsOf(quality);
  return (
    <section className={classes.section} aria-labelledby="imports-quality">
      <h3 id="imports-quality" className={classes.title}>
        {texts.title}
      </h3>
      <p className={classes.dim}>{texts.text}</p>
      <ol className={outcomes.bins} data-testid="imports-quality">
        {bins.map((bin) => (
          <li key={bin.from}>
            <button
              type="button"
              className={outcomes.bin}
              data-low={bin.from < threshold}
              data-testid={`quality-${bin.from}`}
              disabled={bin.rows === 0}
              aria-expanded={shown === bin.from}
              onClick={() => onShow(shown === bin.from ? undefined : bin.from)}
            >
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
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
