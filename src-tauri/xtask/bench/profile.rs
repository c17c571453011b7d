//! Where the time of a row goes: the row under Linux's `perf`, and what that found.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, ensure};

use super::{
    driver::Driver,
    frames,
    rows::{DRAG, IDLE, IMPORTS, SCROLL, START, START_GROWTH},
    window::{self, Window},
};
use crate::shell;

/// Samples in a second: not a round number, so that nothing that happens every hundredth of a second hides between them.
const RATE: &str = "997";
/// How much of the report is printed.
const PROGRAMS: usize = 10;
const FUNCTIONS: usize = 30;

/// # Errors
/// When perf is missing: the text says what can be done.
pub fn require_perf() -> Result<()> {
    ensure!(
        shell::on_path("perf"),
        "`perf` is missing, which says where the time goes. It is in these packages:\n\
         - Debian: apt-get install linux-perf\n\
         - Ubuntu: apt-get install linux-tools-generic linux-tools-$(uname -r)\n\
         - Fedora, Arch, openSUSE: the package perf"
    );
    Ok(())
}

/// Measures one row once more, under perf, and says what the processor was busy with.
pub fn profile(bin: &Path, home: &Path, row: &str, tickets: u32) -> Result<String> {
    let kept = shell::root()?.join(format!("target/bench/{row}-{tickets}.perf"));
    match row {
        START | START_GROWTH => {
            let mut leadline = under_perf(&window::leadline(bin, home)?, &kept)?;
            let opened = Window::open(&mut leadline, home)?;
            drop(opened);
        }
        DRAG | SCROLL => {
            let window = Driver::over(bin, home)?;
            let recording = Recording::of(&window.family()?, &kept)?;
            let figure = frames::measure(row, &window)?;
            eprintln!(
                "frames under perf: median {:.1} ms, longest {:.1} ms",
                figure.median, figure.p95
            );
            recording.stop()?;
        }
        idle if IDLE.contains(&idle) => {
            let (window, _) = Window::open(&mut window::leadline(bin, home)?, home)?;
            window.rest();
            let recording = Recording::of(&window.family()?, &kept)?;
            let idle = window.idle()?;
            eprintln!("{:.2} % of a processor over a minute", idle.processor_percent);
            recording.stop()?;
        }
        _ => {
            let mut measure = shell::command(bin.join("measure"))?;
            let verb = if IMPORTS.contains(&row) { "imports" } else { "rows" };
            measure.arg(verb).arg(home).arg(row);
            shell::must(&mut under_perf(&measure, &kept)?)?;
        }
    }
    report(row, tickets, &kept)
}

fn recorder(kept: &Path) -> Result<Command> {
    let mut perf = shell::command("perf")?;
    perf.args(["record", "--quiet", "--freq", RATE, "--output"]).arg(kept);
    Ok(perf)
}

/// The command, recorded with everything that it starts.
fn under_perf(program: &Command, kept: &Path) -> Result<Command> {
    let mut perf = recorder(kept)?;
    perf.arg("--").arg(program.get_program()).args(program.get_args());
    Ok(perf)
}

/// perf beside processes that run already.
struct Recording(Child);

impl Recording {
    fn of(family: &[u32], kept: &Path) -> Result<Self> {
        let processes: Vec<String> = family.iter().map(u32::to_string).collect();
        let mut perf = recorder(kept)?;
        perf.arg("--pid").arg(processes.join(",")).stdout(Stdio::null());
        let started = perf.spawn().context("perf cannot be started")?;
        // Until it listens. What is missed is not what a row measures: those warm up first.
        thread::sleep(Duration::from_millis(500));
        Ok(Self(started))
    }

    /// Lets it write what it has seen.
    fn stop(mut self) -> Result<()> {
        shell::command("kill")?
            .args(["-INT", &self.0.id().to_string()])
            .status()?;
        self.0.wait()?;
        Ok(())
    }
}

fn report(row: &str, tickets: u32, kept: &Path) -> Result<String> {
    let by = |sort: &str, most: usize| -> Result<String> {
        let mut perf = shell::command("perf")?;
        perf.args([
            "report",
            "--stdio",
            "--quiet",
            "--no-children",
            "--percent-limit",
            "0.3",
        ]);
        perf.args(["--call-graph", "none", "--sort", sort, "--input"]).arg(kept);
        let said = shell::output(&mut perf)
            .context("perf could not read what it wrote; may it record here (kernel.perf_event_paranoid)?")?;
        Ok(first_lines(&said, most))
    };
    let (programs, functions) = (by("comm,dso", PROGRAMS)?, by("dso,symbol", FUNCTIONS)?);
    let kept: PathBuf = kept
        .strip_prefix(shell::root()?)
        .map_or_else(|_| kept.to_owned(), Path::to_path_buf);
    Ok(format!(
        "Where the processor was in {row}, with {tickets} tickets.\n\nBy program and library:\n{programs}\n\
         By library and function:\n{functions}\nMore: perf report -i {}\n",
        kept.display()
    ))
}

/// The lines that say something.
fn first_lines(said: &str, most: usize) -> String {
    // Behind the name stand columns that are empty on most machines.
    let lines = said.lines().map(|line| line.trim_end_matches([' ', '-']));
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.take(most).fold(String::new(), |text, line| text + line + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_figures_are_printed() {
        let said = "# Samples: 3\n#\n    60.00%  leadline  libc.so.6    -      -  \n\n    40.00%  leadline  [kernel]\n     0.40%  a  b\n";
        assert_eq!(
            first_lines(said, 2),
            "    60.00%  leadline  libc.so.6\n    40.00%  leadline  [kernel]\n"
        );
    }
}
