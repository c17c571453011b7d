//! The window as a program among others: how soon it shows the board, and what it costs while nobody touches it.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

use super::{processes, table::Figure};
use crate::shell;

/// What the program writes to its log when the window appears, with the board drawn.
const SHOWN: &str = "the window is shown";

/// A window that has not appeared by then will not.
const PATIENCE: Duration = Duration::from_secs(60);

/// After this an opened window has nothing more to do.
const CALM: Duration = Duration::from_secs(20);

/// How long it is watched doing nothing.
const MINUTE: Duration = Duration::from_secs(60);

/// A process with a window. It ends when dropped.
pub struct Window {
    child: Child,
}

/// What a window costs that nobody touches.
#[derive(Clone, Copy, Debug)]
pub struct Idle {
    /// Of one processor.
    pub processor_percent: f64,
    pub memory_mb: f64,
}

impl Window {
    /// Starts the program and waits until it says that the window is shown; says how long that took.
    pub fn open(program: &mut Command, home: &Path) -> Result<(Self, Duration)> {
        let log = home.join("log/leadline.log");
        let said = || fs::read_to_string(&log).unwrap_or_default().matches(SHOWN).count();
        let before = said();
        let start = Instant::now();
        let mut window = Self::start(program)?;
        while said() <= before {
            let is_there = start.elapsed() < PATIENCE && window.child.try_wait()?.is_none();
            ensure!(is_there, "the window did not appear; see {}", log.display());
            // Short against what is measured; a busy loop would take a processor from the window.
            thread::sleep(Duration::from_millis(2));
        }
        Ok((window, start.elapsed()))
    }

    /// Starts a program that says nothing.
    pub fn start(program: &mut Command) -> Result<Self> {
        let child = program.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        Ok(Self { child })
    }

    /// Lets it come to rest.
    pub fn rest(&self) {
        thread::sleep(CALM);
    }

    /// Watches it for a minute.
    pub fn idle(&self) -> Result<Idle> {
        let before = processes::processor_s(&self.family()?);
        let since = Instant::now();
        thread::sleep(MINUTE);
        let family = self.family()?;
        let used = processes::processor_s(&family) - before;
        Ok(Idle {
            processor_percent: used / since.elapsed().as_secs_f64() * 100.0,
            memory_mb: processes::memory_mb(&family)?,
        })
    }

    /// It and everything that it started.
    pub fn family(&self) -> Result<Vec<u32>> {
        processes::family(self.child.id())
    }

    /// Ends it the way a session that closes does.
    fn end(&mut self) -> Result<()> {
        if self.child.try_wait()?.is_none() {
            shell::command("kill")?.arg(self.child.id().to_string()).status()?;
        }
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            eprintln!("the window could not be closed: {error:#}");
        }
    }
}

/// The program over a home.
pub fn leadline(bin: &Path, home: &Path) -> Result<Command> {
    let mut leadline = shell::command(bin.join("leadline"))?;
    leadline.arg("--home").arg(home);
    Ok(leadline)
}

/// A window made with what ours is made with: with an empty page, or with `--board` one of plain boxes.
pub fn bare(bin: &Path, arguments: &[&str]) -> Result<Idle> {
    let window = Window::start(shell::command(bin.join("bare"))?.args(arguments))?;
    window.rest();
    window.idle()
}

/// The program's window over a home, at rest.
pub fn idle(bin: &Path, home: &Path) -> Result<Idle> {
    let (window, _) = Window::open(&mut leadline(bin, home)?, home)?;
    window.rest();
    window.idle()
}

/// Opens the window again and again. The first time reads what no cache holds yet, and is not counted.
pub fn starts(bin: &Path, home: &Path, starts: usize) -> Result<Figure> {
    ensure!(starts > 0, "the window has to be opened at least once");
    let mut times = Vec::with_capacity(starts);
    for turn in 0..=starts {
        let (_, time) = Window::open(&mut leadline(bin, home)?, home)?;
        if turn > 0 {
            times.push(time.as_secs_f64() * 1000.0);
        }
    }
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| times.get(times.len().saturating_sub(1) * percent / 100).copied();
    Ok(Figure {
        median: at(50).context("a time")?,
        p95: at(95).context("a time")?,
    })
}
