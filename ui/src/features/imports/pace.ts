/** How far an import is, in words. */
import type { ImportProgress } from '@/api/bindings';
import type { Formats } from '@/lib/formats';
import { t } from '@/strings';

/** Time left as a person estimates: seconds by tens, then minutes. */
export function timeLeft(seconds: number): string {
  if (seconds < 5) return t.imports.run.leftSoon;
  const text =
    seconds < 90
      ? t.imports.run.seconds(Math.max(5, seconds < 20 ? Math.round(seconds / 5) * 5 : Math.round(seconds / 10) * 10))
      : t.imports.run.minutes(Math.round(seconds / 60));
  return t.imports.run.left(text);
}

/** "1,200 of 9,000 rows", "850 rows a second", "about 10 seconds left"; what is not known yet is left out. */
export function progressFacts(progress: ImportProgress, formats: Formats): string[] {
  const { done, of, rows_per_second: rate, seconds_left: left } = progress;
  const facts = [
    of === 0
      ? t.imports.check.read(formats.number(done))
      : t.imports.run.done(formats.number(Math.min(done, of)), formats.number(of)),
  ];
  if (rate !== null && rate >= 1) facts.push(t.imports.run.rate(formats.number(roundRate(rate))));
  if (left !== null && done < of) facts.push(timeLeft(left));
  return facts;
}

/** Two figures that mean something: a rate that flickers in its last digit says nothing. */
function roundRate(rate: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(rate)) - 1);
  return Math.round(rate / unit) * unit;
}

/** 0 to 100. */
export function percentOf(done: number, of: number): number {
  return of === 0 ? 0 : Math.min(100, (100 * done) / of);
}
