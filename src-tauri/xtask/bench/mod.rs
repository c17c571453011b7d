//! `cargo xtask bench`: figures a person would notice, of an optimised build, with the machine beside them.
//!
//! Each size has a home of its own, made once and kept until what makes it changes. What happens inside the engine is timed
//! by `measure` (see `tests/bench`); the window runs on a screen and in a session of its own, with a keyring, so that
//! opening the data costs what it costs a person. The bench starts itself again inside of that session.
//!
//! Start reading at [`rows`]; then `window` and `frames` say how the window is measured, `profile` where the time goes.

mod chart;
mod driver;
mod frames;
mod processes;
mod profile;
mod rows;
mod table;
mod tenant;
mod window;

use std::{
    collections::BTreeMap,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    process::Stdio,
    time::Instant,
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use self::{
    driver::Driver,
    rows::{
        BARE, CPU, DRAG, DRAG_PLAIN, IDLE, IDLE_CPU, IDLE_MEMORY, IMPORTS, IN_THE_WINDOW, MEMORY, PEAK, PLAIN, ROWS,
        SCROLL, SCROLL_PLAIN, SMALL_SIZE, START, START_GROWTH,
    },
    table::{Earlier, Figure, Figures},
    tenant::Tenant,
    window::Idle,
};
use crate::{
    shell,
    system::{self, Purpose},
    ui,
};

#[derive(clap::Args)]
pub struct Options {
    /// How many tickets the pipelines have; 1,000, 10,000, 100,000 and 1,000,000 unless given (with --profile, 100,000).
    #[arg(long, value_delimiter = ',')]
    tickets: Vec<u32>,
    /// Only these rows; all unless given. `first-sync` is measured only when it is named: it takes minutes.
    #[arg(long, value_delimiter = ',')]
    rows: Vec<String>,
    /// A table of an earlier run to compare with: behind each figure stands how many times that of then it is.
    #[arg(long)]
    against: Option<PathBuf>,
    /// Instead of a table: this one row under `perf`, and where its time goes.
    #[arg(long, value_name = "ROW", conflicts_with_all = ["rows", "against"])]
    profile: Option<String>,
    /// Measures nothing: draws the table of an earlier run into the README's picture of how times grow.
    #[arg(long, value_name = "TABLE", conflicts_with_all = ["rows", "against", "profile", "tickets"])]
    chart: Option<PathBuf>,
    /// How often the window is opened for each size.
    #[arg(long, default_value_t = 9)]
    starts: usize,
    /// Set when the bench has started itself inside a session.
    #[arg(long, hide = true)]
    inside: Option<PathBuf>,
}

/// Not one of the table: the first sync, of a tenant that answers without limit.
const FIRST_SYNC: &str = "first-sync";

impl Options {
    fn sizes(&self) -> &[u32] {
        match (self.tickets.as_slice(), &self.profile) {
            ([], None) => &[1_000, 10_000, 100_000, 1_000_000],
            ([], Some(_)) => &[rows::BUDGET_SIZE],
            (given, _) => given,
        }
    }

    fn wants(&self, row: &str) -> bool {
        self.rows.is_empty() || self.rows.iter().any(|wanted| wanted == row)
    }

    fn wants_any(&self, rows: &[&str]) -> bool {
        rows.iter().any(|row| self.wants(row))
    }
}

pub fn bench(options: &Options) -> Result<()> {
    if let Some(table) = &options.chart {
        return chart::put(table);
    }
    let wanted = options.rows.iter().chain(&options.profile);
    if let Some(wrong) = wanted.into_iter().find(|row| !is_known(row)) {
        let names: Vec<&str> = ROWS.iter().map(|row| row.name).chain([FIRST_SYNC]).collect();
        bail!("there is no row {wrong}; there are {}", names.join(", "));
    }
    if let Some(folder) = &options.inside {
        return inside(options, folder);
    }
    // Before anything is built for minutes.
    if options.profile.is_some() {
        profile::require_perf()?;
    }
    let against = options.against.as_deref().map(found).transpose()?;
    system::prepare(Purpose::Bench)?;
    ui::install()?;
    ui::build()?;
    let mut build = shell::cargo()?;
    build.args(["build", "--profile", "bench-fast", "--workspace"]);
    build.args([
        "--features",
        "custom-protocol",
        "--bin",
        "leadline",
        "--bin",
        "measure",
        "--bin",
        "bare",
    ]);
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
    let sizes: Vec<_> = options.sizes().iter().map(u32::to_string).collect();
    session.arg("--tickets").arg(sizes.join(","));
    if !options.rows.is_empty() {
        session.arg("--rows").arg(options.rows.join(","));
    }
    if let Some(against) = &against {
        session.arg("--against").arg(against);
    }
    if let Some(row) = &options.profile {
        session.arg("--profile").arg(row);
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

/// The table to compare with, wherever it is named from.
fn found(table: &Path) -> Result<PathBuf> {
    ensure!(
        Earlier::read(table)?.knows_a_row(),
        "{} has no row that is measured today",
        table.display()
    );
    Ok(fs::canonicalize(table)?)
}

fn inside(options: &Options, folder: &Path) -> Result<()> {
    let bin = shell::root()?.join("target/bench-fast");
    if let Some(row) = &options.profile {
        for size in options.sizes() {
            let said = profile::profile(&bin, &home(&bin, folder, *size)?, row, *size)?;
            print!("{said}");
        }
        return Ok(());
    }
    let before = options.against.as_deref().map(Earlier::read).transpose()?;
    let stamp = shell::output(shell::command("date")?.args(["-u", "+%Y-%m-%dT%H-%M-%SZ"]))?;
    let kept = shell::root()?.join(format!("target/bench/{}.md", stamp.trim()));
    let mut figures = Figures::new();
    let beside_ours = plain(&bin, options)?;
    let mut bare = None;
    for size in options.sizes() {
        let home = home(&bin, folder, *size)?;
        eprintln!("measuring {size} tickets");
        if options.wants_any(&[START, START_GROWTH]) {
            let times = window::starts(&bin, &home, options.starts)?;
            figures.insert((START.to_owned(), *size), times);
        }
        for row in [DRAG, SCROLL].into_iter().filter(|row| options.wants(row)) {
            let figure = frames::measure(row, &Driver::over(&bin, &home)?)?;
            figures.insert((row.to_owned(), *size), figure);
        }
        if options.wants_any(&IDLE) {
            let bare = match bare {
                Some(bare) => bare,
                None => *bare.insert(window::bare(&bin, &[])?),
            };
            for (row, value) in beside(window::idle(&bin, &home)?, bare) {
                figures.insert((row.to_owned(), *size), Figure::one(value));
            }
        }
        let plain = beside_ours.iter().map(|(row, figure)| ((*row).to_owned(), *figure));
        figures.extend(plain.map(|(row, figure)| ((row, *size), figure)));
        let elsewhere = |row: &String| IN_THE_WINDOW.contains(&row.as_str()) || IMPORTS.contains(&row.as_str());
        let in_rows = options.rows.is_empty() || !options.rows.iter().all(elsewhere);
        for (verb, is_wanted) in [("rows", in_rows), ("imports", options.wants_any(&IMPORTS))] {
            if is_wanted {
                let measured = in_process(&bin, verb, &home, &options.rows)?;
                let wanted = measured.into_iter().filter(|(row, _)| options.wants(row));
                figures.extend(wanted.map(|(row, figure)| ((row, *size), figure)));
            }
            // A run that is stopped keeps what it is through with.
            compare_starts(&mut figures);
            fs::write(&kept, table::table(options.sizes(), &figures, before.as_ref())?)?;
        }
    }
    let mut said = table::table(options.sizes(), &figures, before.as_ref())?;
    if options.rows.iter().any(|row| row == FIRST_SYNC) {
        for size in options.sizes() {
            said.push_str(&first_sync(&bin, folder, *size)?);
        }
    }
    print!("{said}");
    if let Some(picture) = chart::draw(&said)? {
        fs::write(kept.with_extension("svg"), picture)?;
    }
    fs::write(&kept, said)?;
    eprintln!("kept in {}", kept.display());
    Ok(())
}

/// What a board of plain boxes costs, whatever the number of tickets.
fn plain(bin: &Path, options: &Options) -> Result<Vec<(&'static str, Figure)>> {
    let mut said = Vec::new();
    for row in [DRAG_PLAIN, SCROLL_PLAIN].into_iter().filter(|row| options.wants(row)) {
        said.push((row, frames::measure(row, &Driver::plain(bin)?)?));
    }
    if options.wants(PLAIN) {
        said.push((PLAIN, Figure::one(window::bare(bin, &["--board"])?.memory_mb)));
    }
    Ok(said)
}

/// What a window that nobody touches costs, beside a bare one.
fn beside(ours: Idle, bare: Idle) -> [(&'static str, f64); 4] {
    [
        (IDLE_CPU, ours.processor_percent),
        (IDLE_MEMORY, ours.memory_mb / bare.memory_mb),
        (MEMORY, ours.memory_mb),
        (BARE, bare.memory_mb),
    ]
}

/// Each start beside that with the fewest tickets.
fn compare_starts(figures: &mut Figures) {
    let Some(small) = figures.get(&(START.to_owned(), SMALL_SIZE)).copied() else {
        return;
    };
    let starts: Vec<(u32, Figure)> = figures
        .iter()
        .filter(|((row, size), _)| row == START && *size != SMALL_SIZE)
        .map(|((_, size), figure)| (*size, *figure))
        .collect();
    for (size, figure) in starts {
        let times = Figure {
            median: figure.median / small.median,
            p95: figure.p95 / small.p95,
        };
        figures.insert((START_GROWTH.to_owned(), size), times);
    }
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
fn in_process(bin: &Path, verb: &str, home: &Path, rows: &[String]) -> Result<BTreeMap<String, Figure>> {
    let mut measure = shell::command(bin.join("measure"))?;
    let said = shell::output(measure.arg(verb).arg(home).args(rows))?;
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
        } else if let Some((peak, processor)) = number("peak_mb").zip(number("cpu_s")) {
            figures.insert(PEAK.to_owned(), Figure::one(peak));
            figures.insert(CPU.to_owned(), Figure::one(processor));
        }
    }
    Ok(figures)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_are_compared_with_the_fewest_tickets() {
        let start = |size: u32, p95: f64| ((START.to_owned(), size), Figure { median: p95 / 2.0, p95 });
        let mut figures = Figures::from([start(1_000, 800.0), start(100_000, 1_000.0)]);
        compare_starts(&mut figures);
        assert_eq!(
            figures.get(&(START_GROWTH.to_owned(), 100_000)),
            Some(&Figure {
                median: 1.25,
                p95: 1.25
            })
        );
        assert!(
            !figures.contains_key(&(START_GROWTH.to_owned(), 1_000)),
            "not with itself"
        );
    }
}
