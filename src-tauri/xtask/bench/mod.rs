//! `cargo xtask bench`: figures a person would notice, of an optimised build, with the machine beside them.
//!
//! Each size has a home of its own, made once and kept until what makes it changes. What happens inside the engine is timed
//! by `measure` (see `tests/bench`); the window runs on a screen and in a session of its own, with a keyring, so that
//! opening the data costs what it costs a person. The bench starts itself again inside of that session.

mod rows;
mod table;
mod tenant;

use std::{
    collections::BTreeMap,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use self::{
    rows::ROWS,
    table::{Earlier, Figure, Figures},
    tenant::Tenant,
};
use crate::{
    shell,
    system::{self, Purpose},
    ui,
};

#[derive(clap::Args)]
pub struct Options {
    /// How many tickets the pipelines have.
    #[arg(long, value_delimiter = ',', default_values_t = [1_000, 10_000, 100_000, 1_000_000])]
    tickets: Vec<u32>,
    /// Only these rows; all unless given. `first-sync` is measured only when it is named: it takes minutes.
    #[arg(long, value_delimiter = ',')]
    rows: Vec<String>,
    /// A table of an earlier run to compare with.
    #[arg(long)]
    against: Option<PathBuf>,
    /// How often the window is opened for each size.
    #[arg(long, default_value_t = 9)]
    starts: usize,
    /// Set when the bench has started itself inside a session.
    #[arg(long, hide = true)]
    inside: Option<PathBuf>,
}

/// What the program writes to its log when the window appears, with the board drawn.
const SHOWN: &str = "the window is shown";

/// A window that has not appeared by then will not.
const PATIENCE: Duration = Duration::from_secs(60);

/// Not one of the table: the first sync, of a tenant that answers without limit.
const FIRST_SYNC: &str = "first-sync";

pub fn bench(options: &Options) -> Result<()> {
    if let Some(wrong) = options.rows.iter().find(|row| !is_known(row)) {
        let names: Vec<&str> = ROWS.iter().map(|row| row.name).chain([FIRST_SYNC]).collect();
        bail!("there is no row {wrong}; there are {}", names.join(", "));
    }
    if let Some(folder) = &options.inside {
        return inside(options, folder);
    }
    system::prepare(Purpose::Bench)?;
    ui::install()?;
    ui::build()?;
    let mut build = shell::cargo()?;
    build.args(["build", "--profile", "bench-fast", "--workspace"]);
    build.args(["--features", "custom-protocol", "--bin", "leadline", "--bin", "measure"]);
    shell::must(&mut build)?;

    let folder = shell::root()?.join("target/bench/session");
    fs::create_dir_all(folder.join("tmp"))?;
    // The bus and the keyring refuse a folder that others can read.
    #[cfg(unix)]
    fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;

    let mut session = shell::command("xvfb-run")?;
    session.args(["-a", "-s", "-screen 0 1280x800x24 -nolisten tcp"]);
    session.args(["dbus-run-session", "--", "bash", "-euo", "pipefail", "-c"]);
    session.arg("printf %s bench | gnome-keyring-daemon --unlock --components=secrets >/dev/null; exec \"$@\"");
    session.arg("bench").arg(std::env::current_exe()?).arg("bench");
    session.arg("--inside").arg(&folder);
    session.arg("--starts").arg(options.starts.to_string());
    let sizes: Vec<_> = options.tickets.iter().map(u32::to_string).collect();
    session.arg("--tickets").arg(sizes.join(","));
    if !options.rows.is_empty() {
        session.arg("--rows").arg(options.rows.join(","));
    }
    if let Some(against) = &options.against {
        session.arg("--against").arg(against);
    }
    for (name, below) in [
        ("XDG_DATA_HOME", "data"),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_CACHE_HOME", "cache"),
    ] {
        session.env(name, folder.join(below));
    }
    // Databases go to the disk that the project is on: a commit costs what that disk takes.
    session
        .env("XDG_RUNTIME_DIR", &folder)
        .env("TMPDIR", folder.join("tmp"))
        .env("GDK_BACKEND", "x11");
    session
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("LEADLINE_PASSPHRASE")
        .env_remove("LEADLINE_HOME");
    shell::must(&mut session)
}

fn is_known(row: &str) -> bool {
    row == FIRST_SYNC || ROWS.iter().any(|known| known.name == row)
}

fn inside(options: &Options, folder: &Path) -> Result<()> {
    let bin = shell::root()?.join("target/bench-fast");
    let before = options.against.as_deref().map(Earlier::read).transpose()?;
    let wanted = |row: &str| options.rows.is_empty() || options.rows.iter().any(|wanted| wanted == row);
    let mut figures = Figures::new();
    for size in &options.tickets {
        let home = home(&bin, folder, *size)?;
        eprintln!("measuring {size} tickets");
        if wanted("start") {
            let times = starts(&bin, &home, options.starts)?;
            figures.insert(("start".to_owned(), *size), times);
        }
        for (row, figure) in in_process(&bin, &home, &options.rows)? {
            if wanted(&row) {
                figures.insert((row, *size), figure);
            }
        }
    }
    let mut said = table::table(&options.tickets, &figures, before.as_ref())?;
    if options.rows.iter().any(|row| row == FIRST_SYNC) {
        for size in &options.tickets {
            said.push_str(&first_sync(&bin, folder, *size)?);
        }
    }
    print!("{said}");
    let stamp = shell::output(shell::command("date")?.args(["-u", "+%Y-%m-%dT%H-%M-%SZ"]))?;
    let kept = shell::root()?.join(format!("target/bench/{}.md", stamp.trim()));
    fs::write(&kept, said)?;
    eprintln!("kept in {}", kept.display());
    Ok(())
}

/// A home with so many tickets, connected to a HaloPSA that is not there any more: made, unless it was before.
fn home(bin: &Path, folder: &Path, tickets: u32) -> Result<PathBuf> {
    let home = folder.join(format!("home-{tickets}"));
    let made = home.join("made-by");
    let maker = recipe()?;
    if fs::read_to_string(&made).is_ok_and(|by| by == maker) {
        return Ok(home);
    }
    if home.exists() {
        fs::remove_dir_all(&home)?;
    }
    eprintln!("making a pipeline of {tickets} tickets");
    Tenant::start(bin, 0)?.connect(bin, &home)?;
    let mut make = shell::command(bin.join("measure"))?;
    shell::must(make.arg("make").arg(&home).arg(tickets.to_string()))?;
    fs::write(made, maker)?;
    Ok(home)
}

/// Changes when what is made, or the tables that it is made into, change.
fn recipe() -> Result<String> {
    let mut hash = DefaultHasher::new();
    let root = shell::root()?;
    let migrations = fs::read_dir(root.join("src-tauri/store/migrations"))?;
    let mut files: Vec<PathBuf> = migrations.map(|file| Ok(file?.path())).collect::<Result<_>>()?;
    files.extend(["people", "pipeline"].map(|name| root.join(format!("tests/bench/{name}.rs"))));
    files.sort();
    for file in files {
        fs::read(file)?.hash(&mut hash);
    }
    Ok(format!("{:016x}", hash.finish()))
}

/// What `measure` says about a home.
fn in_process(bin: &Path, home: &Path, rows: &[String]) -> Result<BTreeMap<String, Figure>> {
    let mut measure = shell::command(bin.join("measure"))?;
    let said = shell::output(measure.arg("rows").arg(home).args(rows))?;
    let mut figures = BTreeMap::new();
    for line in said.lines() {
        let line: Value = serde_json::from_str(line).with_context(|| format!("measure said {line}"))?;
        let number = |name: &str| line.get(name).and_then(Value::as_f64);
        let row = line
            .get("row")
            .and_then(Value::as_str)
            .context("a row without a name")?;
        if let Some((median, p95)) = number("p50").zip(number("p95")) {
            figures.insert(row.to_owned(), Figure { median, p95 });
        } else if let Some(peak) = number("peak_mb") {
            let figure = Figure {
                median: peak,
                p95: peak,
            };
            figures.insert("peak".to_owned(), figure);
        }
    }
    Ok(figures)
}

/// Opens the window again and again. The first time reads what no cache holds yet, and is not counted.
fn starts(bin: &Path, home: &Path, starts: usize) -> Result<Figure> {
    ensure!(starts > 0, "the window has to be opened at least once");
    let mut times = Vec::with_capacity(starts);
    for turn in 0..=starts {
        let mut leadline = shell::command(bin.join("leadline"))?;
        leadline.arg("--home").arg(home).stdout(Stdio::null());
        let time = first_paint(&mut leadline, &home.join("log/leadline.log"))?;
        if turn > 0 {
            times.push(time.as_secs_f64() * 1000.0);
        }
    }
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| {
        times
            .get(times.len().saturating_sub(1) * percent / 100)
            .copied()
            .unwrap_or_default()
    };
    Ok(Figure {
        median: at(50),
        p95: at(95),
    })
}

/// Opens the window, waits until it says that it is shown, and ends it.
fn first_paint(leadline: &mut Command, log: &Path) -> Result<Duration> {
    let said = || fs::read_to_string(log).unwrap_or_default().matches(SHOWN).count();
    let before = said();
    let start = Instant::now();
    let mut window = leadline.stderr(Stdio::null()).spawn()?;
    let shown = loop {
        if said() > before {
            break Some(start.elapsed());
        }
        if start.elapsed() > PATIENCE || window.try_wait()?.is_some() {
            break None;
        }
        // Short against what is measured; a busy loop would take a processor from the window.
        std::thread::sleep(Duration::from_millis(2));
    };
    shell::command("kill")?.arg(window.id().to_string()).status()?;
    window.wait()?;
    shown.with_context(|| format!("the window did not appear; see {}", log.display()))
}

/// Everything from a HaloPSA in a box over loopback HTTP, by the program as it is.
fn first_sync(bin: &Path, folder: &Path, tickets: u32) -> Result<String> {
    let home = folder.join(format!("sync-{tickets}"));
    if home.exists() {
        fs::remove_dir_all(&home)?;
    }
    let tenant = Tenant::start(bin, tickets)?;
    tenant.connect(bin, &home)?;
    let before = tenant.requests("")?;
    let start = Instant::now();
    let mut sync = shell::command(bin.join("leadline"))?;
    sync.arg("--home").arg(&home).args(["sync", "--once", "--json"]);
    shell::must(sync.stdout(Stdio::null()))?;
    let took = start.elapsed().as_secs_f64();
    let all = tenant.requests("")? - before;
    let pages = tenant.requests("GET /api/tickets")?;
    fs::remove_dir_all(&home)?;
    Ok(format!(
        "\nFirst sync of {tickets} tickets: {took:.1} s, {all:.0} requests, {pages:.0} of them for tickets, 100 a page.\n"
    ))
}
