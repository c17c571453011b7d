//! Counting: what each runner reports, summed up in one line.

use std::{
    fmt::Write,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use serde_json::Value;

/// Passed and failed tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: u32,
    pub failed: u32,
    /// Tests that were there but did not run. None may be: they count as failed.
    pub skipped: u32,
}

/// What a test runner told of its run.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Whether it ended well.
    pub ok: bool,
    pub counts: Counts,
    /// Each failed test: its name and what it said, told again at the end of the whole run.
    pub failures: Vec<String>,
}

/// Lines of a failed test that are told again: a diff of two records fits, a page of HTML does not.
const LINES_OF_A_FAILURE: usize = 30;

/// The beginning of what a failed test said.
fn beginning(text: &str) -> String {
    text.lines().take(LINES_OF_A_FAILURE).collect::<Vec<_>>().join("\n")
}

impl Outcome {
    /// Reads what `cargo test` printed, over all its binaries.
    pub fn of_cargo_test(ok: bool, lines: &[String]) -> Self {
        let told_by = |line: &str| Some(line.strip_prefix("---- ")?.strip_suffix(" stdout ----")?.to_owned());
        let ends = |line: &str| told_by(line).is_some() || line == "failures:";
        let mut failures = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            let Some(name) = told_by(line) else { continue };
            let rest = lines.get(at + 1..).unwrap_or_default();
            let said: Vec<&str> = rest.iter().map(String::as_str).take_while(|line| !ends(line)).collect();
            failures.push(beginning(&format!("{name}\n{}", said.join("\n").trim())));
        }
        Self {
            ok,
            counts: Counts::of_cargo_test(lines),
            failures,
        }
    }

    /// Reads the report that vitest writes with `--reporter=json`.
    ///
    /// # Errors
    /// When it is no such report.
    pub fn of_vitest(ok: bool, report: &str) -> Result<Self> {
        let report: Value = serde_json::from_str(report)?;
        let list = |value: &Value, key: &str| value.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut failures = Vec::new();
        for file in list(&report, "testResults") {
            let (name, tests) = (text(&file, "name"), list(&file, "assertionResults"));
            for test in tests.iter().filter(|test| text(test, "status") == "failed") {
                let said = list(test, "failureMessages");
                let said: Vec<&str> = said.iter().filter_map(Value::as_str).collect();
                let title = text(test, "fullName");
                failures.push(beginning(&format!("{name}: {title}\n{}", said.join("\n"))));
            }
            // A file that could not even be read has no tests to blame.
            if tests.is_empty() && text(&file, "status") == "failed" {
                failures.push(beginning(&format!("{name}\n{}", text(&file, "message"))));
            }
        }
        Ok(Self {
            ok,
            counts: Counts::of_vitest(&report)?,
            failures,
        })
    }
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// Sums the `test result:` lines that Rust's test runner prints, one for each test binary.
    fn of_cargo_test(lines: &[String]) -> Self {
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

    fn of_vitest(report: &Value) -> Result<Self> {
        let number = |key: &str| {
            report
                .get(key)
                .and_then(Value::as_u64)
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
    /// What failed in it, told again after the table's numbers are known.
    failures: Vec<String>,
}

/// All steps of a run, in order.
#[derive(Default)]
pub struct Tally {
    steps: Vec<Step>,
}

impl Tally {
    /// A step that either holds or does not: a lint, a build.
    pub fn gate(&mut self, name: &str, step: impl FnOnce() -> Result<()>) {
        self.record(name, || {
            step()?;
            Ok((
                None,
                Outcome {
                    ok: true,
                    ..Outcome::default()
                },
            ))
        });
    }

    /// A test runner.
    pub fn tests(&mut self, name: &str, step: impl FnOnce() -> Result<Outcome>) {
        self.record(name, || step().map(|outcome| (Some(outcome.counts), outcome)));
    }

    fn record(&mut self, name: &str, step: impl FnOnce() -> Result<(Option<Counts>, Outcome)>) {
        println!("\n== {name}");
        let start = Instant::now();
        let (counts, outcome) = step().unwrap_or_else(|error| {
            println!("{error:#}");
            let failures = vec![format!("{error:#}")];
            (
                None,
                Outcome {
                    failures,
                    ..Outcome::default()
                },
            )
        });
        // A runner that found no tests did not test anything.
        let ok =
            outcome.ok && counts.is_none_or(|counts| counts.passed > 0 && counts.failed == 0 && counts.skipped == 0);
        self.steps.push(Step {
            name: name.to_owned(),
            counts,
            ok,
            took: start.elapsed(),
            failures: outcome.failures,
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

    /// Every failure once more, under the step it happened in: whoever sees only the end of a long run sees why.
    fn failures(&self) -> String {
        let failed = self.steps.iter().filter(|step| !step.failures.is_empty());
        failed
            .map(|step| format!("\n-- {}\n{}\n", step.name, step.failures.join("\n\n")))
            .collect()
    }

    /// Prints what failed, the table and, alone on the last line, the sum.
    ///
    /// # Errors
    /// When anything failed.
    pub fn finish(self) -> Result<()> {
        let (passed, failed) = self.sum();
        println!(
            "{}\n{}\n{passed} passed, {failed} failed",
            self.failures(),
            self.table()
        );
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
        assert_eq!(Outcome::of_vitest(true, report).unwrap().counts, counts(40, 1, 3));
        assert!(Outcome::of_vitest(true, "{}").is_err());
    }

    #[test]
    fn what_failed_is_told_again_by_name() {
        let printed = lines(
            "test a::holds ... ok\n\nfailures:\n\n\
             ---- a::breaks stdout ----\n\nthread panicked\nleft: 1\n\n\
             ---- a::cracks stdout ----\nright: 2\n\n\
             failures:\n    a::breaks\n    a::cracks\n\n\
             test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n",
        );
        let outcome = Outcome::of_cargo_test(false, &printed);
        assert_eq!(
            outcome.failures,
            ["a::breaks\nthread panicked\nleft: 1", "a::cracks\nright: 2"]
        );

        let report = r#"{"numPassedTests": 1, "numFailedTests": 1, "numPendingTests": 0, "numTodoTests": 0,
            "testResults": [{"name": "a.test.ts", "status": "failed", "message": "", "assertionResults": [
                {"fullName": "holds", "status": "passed", "failureMessages": []},
                {"fullName": "breaks", "status": "failed", "failureMessages": ["1 is not 2"]}]},
                {"name": "b.test.ts", "status": "failed", "message": "no such module", "assertionResults": []}]}"#;
        let outcome = Outcome::of_vitest(false, report).unwrap();
        assert_eq!(
            outcome.failures,
            ["a.test.ts: breaks\n1 is not 2", "b.test.ts\nno such module"]
        );

        let mut tally = Tally::default();
        tally.tests("rust tests", || Ok(outcome));
        tally.gate("lint", || bail!("no such program"));
        let told = tally.failures();
        assert!(told.contains("-- rust tests\na.test.ts: breaks\n1 is not 2"), "{told}");
        assert!(told.contains("-- lint\nno such program"), "{told}");
    }

    fn tally(steps: &[(bool, Option<Counts>)]) -> Tally {
        let mut tally = Tally::default();
        for (ok, counts) in steps {
            let outcome = Outcome {
                ok: *ok,
                ..Outcome::default()
            };
            tally.record("step", || Ok((*counts, outcome)));
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
