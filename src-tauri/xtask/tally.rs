//! Counting: what each runner reports, summed up in one line.

use std::{
    fmt::Write,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

/// Passed and failed tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: u32,
    pub failed: u32,
    /// Tests that were there but did not run. None may be: they count as failed.
    pub skipped: u32,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// Sums the `test result:` lines that Rust's test runner prints, one for each test binary.
    pub fn of_cargo_test(lines: &[String]) -> Self {
        let mut sum = Self::default();
        for line in lines {
            let Some((_, numbers)) = line.split_once("test result: ") else {
                continue;
            };
            let number = |word: &str| {
                let before = numbers.split(word).next()?;
                before
                    .rsplit([' ', ';', '.'])
                    .find(|part| !part.is_empty())?
                    .parse::<u32>()
                    .ok()
            };
            sum.add(Self {
                passed: number(" passed").unwrap_or(0),
                failed: number(" failed").unwrap_or(0),
                skipped: number(" ignored").unwrap_or(0),
            });
        }
        sum
    }

    /// Reads the report that vitest writes with `--reporter=json`.
    pub fn of_vitest(report: &str) -> Result<Self> {
        let report: serde_json::Value = serde_json::from_str(report)?;
        let number = |key: &str| {
            report
                .get(key)
                .and_then(serde_json::Value::as_u64)
                .and_then(|n| u32::try_from(n).ok())
        };
        let (Some(passed), Some(failed), Some(pending), Some(todo)) = (
            number("numPassedTests"),
            number("numFailedTests"),
            number("numPendingTests"),
            number("numTodoTests"),
        ) else {
            bail!("vitest's report has no counts");
        };
        Ok(Self {
            passed,
            failed,
            skipped: pending + todo,
        })
    }
}

/// One step of a run.
struct Step {
    name: String,
    /// `None` for a step that is no test runner: a lint, a build.
    counts: Option<Counts>,
    ok: bool,
    took: Duration,
}

/// All steps of a run, in order.
#[derive(Default)]
pub struct Tally {
    steps: Vec<Step>,
}

impl Tally {
    /// A step that either holds or does not: a lint, a build.
    pub fn gate(&mut self, name: &str, step: impl FnOnce() -> Result<()>) {
        self.record(name, || step().map(|()| (true, None)));
    }

    /// A test runner: whether it ended well, and what it counted.
    pub fn tests(&mut self, name: &str, step: impl FnOnce() -> Result<(bool, Counts)>) {
        self.record(name, || step().map(|(ok, counts)| (ok, Some(counts))));
    }

    fn record(&mut self, name: &str, step: impl FnOnce() -> Result<(bool, Option<Counts>)>) {
        println!("\n== {name}");
        let start = Instant::now();
        let (ok, counts) = step().unwrap_or_else(|error| {
            println!("{error:#}");
            (false, None)
        });
        // A runner that found no tests did not test anything.
        let ok = ok && counts.is_none_or(|counts| counts.passed > 0 && counts.failed == 0 && counts.skipped == 0);
        self.steps.push(Step {
            name: name.to_owned(),
            counts,
            ok,
            took: start.elapsed(),
        });
    }

    /// Passed and failed over all steps. A step that failed without a failed test (a lint, a build, a runner that
    /// crashed) counts as one failure; a skipped test counts as one too.
    fn sum(&self) -> (u32, u32) {
        self.steps.iter().fold((0, 0), |(passed, failed), step| {
            let counts = step.counts.unwrap_or_default();
            let failures = counts.failed + counts.skipped;
            let failures = if step.ok { 0 } else { failures.max(1) };
            (passed + counts.passed, failed + failures)
        })
    }

    fn table(&self) -> String {
        let width = self
            .steps
            .iter()
            .map(|step| step.name.chars().count())
            .max()
            .unwrap_or(0);
        let mut table = String::new();
        for step in &self.steps {
            let counts = match step.counts {
                Some(Counts {
                    passed,
                    failed,
                    skipped: 0,
                }) => format!("{passed} passed, {failed} failed"),
                Some(Counts {
                    passed,
                    failed,
                    skipped,
                }) => format!("{passed} passed, {failed} failed, {skipped} not run"),
                None => String::new(),
            };
            let verdict = if step.ok { "ok    " } else { "FAILED" };
            let line = format!(
                "{verdict}  {:width$}  {:>4} s  {counts}",
                step.name,
                step.took.as_secs()
            );
            // Writing to a String cannot fail.
            if writeln!(table, "{}", line.trim_end()).is_err() {
                break;
            }
        }
        table
    }

    /// Prints the table and, alone on the last line, the sum.
    ///
    /// # Errors
    /// When anything failed.
    pub fn finish(self) -> Result<()> {
        let (passed, failed) = self.sum();
        println!("\n{}\n{passed} passed, {failed} failed", self.table());
        if failed > 0 {
            // The line above is the last one: a person or a machine reads the result there.
            std::process::exit(1);
        }
        Ok(())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
mod tests {
    use super::*;

    fn counts(passed: u32, failed: u32, skipped: u32) -> Counts {
        Counts {
            passed,
            failed,
            skipped,
        }
    }

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn result_lines_of_every_binary_are_summed() {
        let printed = lines(
            "running 12 tests\n\
             test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
             test result: FAILED. 3 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 1.20s\n\
             a test that prints 7 passed; is not a result\n",
        );
        assert_eq!(Counts::of_cargo_test(&printed), counts(15, 2, 1));
    }

    #[test]
    fn the_report_of_vitest_is_read() {
        let report = r#"{"numPassedTests": 40, "numFailedTests": 1, "numPendingTests": 2, "numTodoTests": 1}"#;
        assert_eq!(Counts::of_vitest(report).unwrap(), counts(40, 1, 3));
        assert!(Counts::of_vitest("{}").is_err());
    }

    fn tally(steps: &[(bool, Option<Counts>)]) -> Tally {
        let mut tally = Tally::default();
        for (ok, counts) in steps {
            tally.record("step", || Ok((*ok, *counts)));
        }
        tally
    }

    #[test]
    fn failures_are_never_lost_in_the_sum() {
        let cases = [
            (
                tally(&[(true, None), (true, Some(counts(5, 0, 0)))]),
                (5, 0),
                "gates that hold are not tests",
            ),
            (
                tally(&[(false, None), (true, Some(counts(5, 0, 0)))]),
                (5, 1),
                "a failed gate",
            ),
            (tally(&[(false, Some(counts(5, 2, 0)))]), (5, 2), "failed tests"),
            (
                tally(&[(false, Some(counts(5, 0, 0)))]),
                (5, 1),
                "a runner that crashed after its tests",
            ),
            (
                tally(&[(true, Some(counts(0, 0, 0)))]),
                (0, 1),
                "a runner without tests",
            ),
            (
                tally(&[(true, Some(counts(5, 0, 1)))]),
                (5, 1),
                "a test that did not run",
            ),
        ];
        for (tally, want, why) in cases {
            assert_eq!(tally.sum(), want, "{why}");
        }
        let mut broken = Tally::default();
        broken.gate("lint", || bail!("no such program"));
        assert_eq!(broken.sum(), (0, 1), "a step that cannot start");
    }
}
