//! `cargo xtask bench`: figures a person would notice, of an optimised build, with the machine beside them.
//!
//! The window runs on a screen and in a session of its own, with a keyring, so that opening the data costs what it costs
//! a person. The bench starts itself again inside of that session.

use std::{
    fmt::Write as _,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{
    shell,
    system::{self, Purpose},
    ui,
};

#[derive(clap::Args)]
pub struct Options {
    /// How many tickets the tenants have.
    #[arg(long, value_delimiter = ',', default_values_t = [2_000, 50_000])]
    tickets: Vec<u32>,
    /// How often the window is opened for each tenant.
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

pub fn bench(options: &Options) -> Result<()> {
    if let Some(folder) = &options.inside {
        return inside(options, folder);
    }
    system::prepare(Purpose::Bench)?;
    ui::install()?;
    ui::build()?;
    let mut build = shell::cargo()?;
    build.args([
        "build",
        "--profile",
        "bench-fast",
        "--workspace",
        "--features",
        "custom-protocol",
    ]);
    shell::must(build.args(["--bin", "leadline", "--example", "figures"]))?;

    let folder = shell::root()?.join("target/bench/session");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(folder.join("tmp"))?;
    // The bus and the keyring refuse a folder that others can read.
    #[cfg(unix)]
    fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;

    let mut session = shell::command("xvfb-run")?;
    session.args([
        "-a",
        "-s",
        "-screen 0 1280x800x24 -nolisten tcp",
        "dbus-run-session",
        "--",
        "bash",
        "-euo",
        "pipefail",
        "-c",
    ]);
    session.arg("printf %s bench | gnome-keyring-daemon --unlock --components=secrets >/dev/null; exec \"$@\"");
    session
        .arg("bench")
        .arg(std::env::current_exe()?)
        .arg("bench")
        .arg("--inside")
        .arg(&folder);
    session.arg("--starts").arg(options.starts.to_string());
    session
        .arg("--tickets")
        .arg(options.tickets.iter().map(u32::to_string).collect::<Vec<_>>().join(","));
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

/// One row of the table: what, and a cell for each tenant with the number behind it, for the growth.
struct Row {
    what: &'static str,
    unit: &'static str,
    values: Vec<f64>,
}

fn inside(options: &Options, folder: &Path) -> Result<()> {
    let mut rows: Vec<Row> = Vec::new();
    for tickets in &options.tickets {
        eprintln!("measuring {tickets} tickets");
        for (at, (what, unit, value)) in tenant(*tickets, options.starts, folder)?.into_iter().enumerate() {
            match rows.get_mut(at) {
                Some(row) => row.values.push(value),
                None => rows.push(Row {
                    what,
                    unit,
                    values: vec![value],
                }),
            }
        }
    }
    let table = table(&options.tickets, &rows)?;
    print!("{table}");
    let stamp = shell::output(shell::command("date")?.args(["-u", "+%Y-%m-%dT%H-%M-%SZ"]))?;
    let kept = shell::root()?.join(format!("target/bench/{}.md", stamp.trim()));
    fs::write(&kept, table)?;
    eprintln!("kept in {}", kept.display());
    Ok(())
}

/// Everything that is measured with a tenant of that size.
fn tenant(tickets: u32, starts: usize, folder: &Path) -> Result<Vec<(&'static str, &'static str, f64)>> {
    let bin = shell::root()?.join("target/bench-fast");
    let home = folder.join(format!("home-{tickets}"));
    let leadline = || -> Result<Command> {
        let mut command = shell::command(bin.join("leadline"))?;
        command.arg("--home").arg(&home).stdout(Stdio::null());
        Ok(command)
    };

    let sandbox = Sandbox::start(&bin, tickets)?;
    let mut connect = leadline()?;
    connect
        .args(["connect", &sandbox.address, "--client-id", "leadline-sandbox"])
        .stdin(Stdio::piped());
    let mut connecting = connect.spawn()?;
    if let Some(mut secret) = connecting.stdin.take() {
        secret.write_all(b"sandbox-secret")?;
    }
    if !connecting.wait()?.success() {
        bail!("leadline connect failed");
    }
    let before = sandbox.requests("")?;
    let start = Instant::now();
    shell::must(leadline()?.args(["sync", "--once", "--json"]))?;
    let first_sync = start.elapsed();
    let pages = sandbox.requests("GET /api/tickets")?;
    let all = sandbox.requests("")? - before;

    let mut shown = Vec::new();
    for turn in 0..=starts {
        let time = first_paint(&mut leadline()?, &home.join("log/leadline.log"))?;
        // The first start after a pull reads what no cache holds yet.
        if turn > 0 {
            shown.push(time.as_secs_f64() * 1000.0);
        }
    }
    shown.sort_by(f64::total_cmp);
    let median = shown.get(shown.len() / 2).copied().unwrap_or_default();
    let worst = shown.last().copied().unwrap_or_default();
    drop(sandbox);

    let figures = shell::output(shell::command(bin.join("examples/figures"))?.arg(tickets.to_string()))?;
    let figures: Value = serde_json::from_str(figures.trim()).context("the figures of the engine")?;
    let figure = |path: &str| {
        figures
            .pointer(path)
            .and_then(Value::as_f64)
            .with_context(|| format!("no {path}"))
    };
    Ok(vec![
        ("Process start to the board in the window, median", "ms", median),
        ("Process start to the board in the window, slowest", "ms", worst),
        ("Board query, median", "ms", figure("/board/p50")?),
        ("Board query, 95 %", "ms", figure("/board/p95")?),
        ("Move one card, durable, median", "ms", figure("/move/p50")?),
        ("Move one card, durable, 95 %", "ms", figure("/move/p95")?),
        ("Search, one keystroke, median", "ms", figure("/search/p50")?),
        ("Search, one keystroke, 95 %", "ms", figure("/search/p95")?),
        ("First sync over loopback HTTP", "s", first_sync.as_secs_f64()),
        ("Requests of the first sync", "", all),
        ("Requests for ticket pages, 100 rows each", "", pages),
    ])
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

/// A tenant in a process of its own.
struct Sandbox {
    child: Child,
    address: String,
}

impl Sandbox {
    fn start(bin: &Path, tickets: u32) -> Result<Self> {
        let mut command = shell::command(bin.join("leadline"))?;
        command.args([
            "sandbox",
            "--port",
            "0",
            "--seed",
            "7",
            "--rate-limit",
            "0",
            "--tickets",
            &tickets.to_string(),
        ]);
        let mut child = command.stderr(Stdio::piped()).spawn()?;
        let said = BufReader::new(child.stderr.take().context("the sandbox's messages")?);
        let mut sandbox = Self {
            child,
            address: String::new(),
        };
        let mut lines = said.lines();
        while let Some(line) = lines.next() {
            if let Some((_, address)) = line?.split_once("address") {
                address.trim().clone_into(&mut sandbox.address);
                // It goes on talking, and must find somebody who listens.
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(sandbox);
            }
        }
        bail!("the sandbox did not start")
    }

    /// How many requests it has answered whose method and path begin so.
    fn requests(&self, like: &str) -> Result<f64> {
        let host = self.address.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host)?;
        write!(
            stream,
            "GET /sandbox/stats HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let body = answer
            .find('{')
            .zip(answer.rfind('}'))
            .and_then(|(from, to)| answer.get(from..=to));
        let stats: Value = serde_json::from_str(body.context("the sandbox's statistics")?)?;
        let requests = stats
            .get("requests")
            .and_then(Value::as_object)
            .context("no requests")?;
        let named = requests
            .iter()
            .filter(|(name, _)| name.to_lowercase().starts_with(&like.to_lowercase()));
        Ok(named.filter_map(|(_, count)| count.as_f64()).sum())
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Err(error) = self.child.kill().and_then(|()| self.child.wait()) {
            eprintln!("the sandbox could not be ended: {error}");
        }
    }
}

fn table(tickets: &[u32], rows: &[Row]) -> Result<String> {
    let mut table = String::new();
    let sizes: Vec<String> = tickets.iter().map(|tickets| format!("{tickets} tickets")).collect();
    writeln!(table, "| | {} | growth |", sizes.join(" | "))?;
    writeln!(table, "|---|{}---:|", "---:|".repeat(tickets.len()))?;
    for Row { what, unit, values } in rows {
        let cells: Vec<String> = values.iter().map(|value| cell(*value, unit)).collect();
        let growth = match (values.first(), values.last()) {
            (Some(first), Some(last)) if *first > 0.0 && values.len() > 1 => format!("{:.2} ×", last / first),
            _ => String::new(),
        };
        writeln!(table, "| {what} | {} | {growth} |", cells.join(" | "))?;
    }
    writeln!(table, "\n{}", machine()?)?;
    Ok(table)
}

fn cell(value: f64, unit: &str) -> String {
    if unit.is_empty() {
        return format!("{value:.0}");
    }
    let digits = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    format!("{value:.digits$} {unit}")
}

/// What it was measured on: figures without that say nothing.
fn machine() -> Result<String> {
    let line_of = |file: &str, key: &str| -> String {
        let text = fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(key)).unwrap_or_default();
        line.split([':', '='])
            .nth(1)
            .unwrap_or_default()
            .trim()
            .trim_matches('"')
            .to_owned()
    };
    let cores = std::thread::available_parallelism()?;
    let memory: u64 = line_of("/proc/meminfo", "MemTotal")
        .split(' ')
        .next()
        .unwrap_or_default()
        .parse()
        .unwrap_or(0);
    // A copy without its history can be measured too.
    let commit = shell::command("git")
        .and_then(|mut git| shell::output(git.args(["rev-parse", "--short", "HEAD"])))
        .unwrap_or_else(|_| "unknown".to_owned());
    Ok(format!(
        "{} ({cores} cores), {:.0} GB memory, {}, commit {}, profile bench-fast, window under Xvfb.",
        line_of("/proc/cpuinfo", "model name"),
        memory as f64 / 1e6,
        line_of("/etc/os-release", "PRETTY_NAME"),
        commit.trim(),
    ))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn the_table_shows_every_size_and_the_growth() {
        let rows = [
            Row {
                what: "Board query",
                unit: "ms",
                values: vec![1.0, 1.5],
            },
            Row {
                what: "Requests",
                unit: "",
                values: vec![0.0, 30.0],
            },
        ];
        let table = table(&[2_000, 50_000], &rows).unwrap();
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines.first(), Some(&"| | 2000 tickets | 50000 tickets | growth |"));
        assert_eq!(lines.get(2), Some(&"| Board query | 1.00 ms | 1.50 ms | 1.50 × |"));
        assert_eq!(
            lines.get(3),
            Some(&"| Requests | 0 | 30 |  |"),
            "no growth from nothing"
        );
        assert!(
            lines
                .last()
                .is_some_and(|line| line.contains("cores") && line.contains("commit"))
        );
    }
}
