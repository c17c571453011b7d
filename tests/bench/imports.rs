//! What a list costs that is brought in: as many rows as there are tickets, every other one about somebody who is here.
//!
//! It works in a copy of the home, because afterwards there are more tickets than before.

use std::{
    fs::{self, File},
    io::{BufWriter, Write as _},
    num::NonZero,
    path::{Path, PathBuf},
    thread,
    time::Instant,
};

use anyhow::{Context, Result, ensure};
use chrono::Utc;
use domain::fields::InputContext;
use engine::{
    Engine,
    import::{Cleaned, Cleaner, IncomingFile, Read, ReadOptions, clean, mapping, read},
};
use linkage::{Decision, Linker, Prepared, Record};
use serde_json::{Value, json};
use store::ImportState;

use crate::{
    actions, figures,
    figures::Figure,
    people::{Person, person, pick},
};

/// The headers of an export as they come.
const HEADERS: &str = "First Name,Last Name,Title,Company Name,Company Name for Emails,Email,Seniority,Departments,\
Work Direct Phone,Corporate Phone,Do Not Call,# Employees,Industry,Keywords,Person Linkedin Url,Website,Company Country,\
Technologies,Annual Revenue,Apollo Contact Id,Apollo Account Id";
const TITLES: [&str; 6] = [
    "IT Director",
    "Chief Executive Officer",
    "Operations Manager",
    "VP Sales",
    "Accountant",
    "Head of IT",
];

/// How often a stage is timed that changes nothing.
const TIMES: usize = 3;

/// With more rows than this, nobody waits in the bench until an import is taken back.
const TAKEN_BACK: u32 = 100_000;

/// A copy of a home beside it; gone when dropped.
pub struct Copied(PathBuf);

impl Copied {
    pub fn of(home: &Path) -> Result<Self> {
        let mut name = home.file_name().context("a home with a name")?.to_owned();
        name.push("-imports");
        let copy = Self(home.with_file_name(name));
        if copy.0.exists() {
            fs::remove_dir_all(&copy.0)?;
        }
        copy_folder(home, &copy.0)?;
        Ok(copy)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Copied {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("the copy in {} could not be removed: {error}", self.0.display());
        }
    }
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    fs::set_permissions(to, fs::metadata(from)?.permissions())?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// The stages of an import that are wanted, and the most memory that the whole of it took.
pub fn rows(engine: &Engine, folder: &Path, wanted: &[String]) -> Result<Vec<Value>> {
    let wants = |row: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == row);
    let path = folder.join("list.csv");
    let size = actions::size(engine)?;
    list(&path, size)?;
    let mut said = Vec::new();
    if wants("import-read") {
        let figure = Figure::of(TIMES, |_| clean_all(&path, size))?;
        said.push(figure.line("import-read"));
    }
    if ["import-dry-run", "import-apply", "import-undo", "import-peak"]
        .into_iter()
        .any(wants)
    {
        let import = engine.import_open(&IncomingFile {
            path: &path,
            name: "list.csv",
            fingerprint: "",
        })?;
        let start = Instant::now();
        let plan = engine.import_plan(import)?;
        said.push(Figure::from(vec![start.elapsed()]).line("import-dry-run"));
        let start = Instant::now();
        let done = engine.import_run(import)?;
        said.push(Figure::from(vec![start.elapsed()]).line("import-apply"));
        ensure!(done.state == ImportState::Done, "the import is {:?}", done.state);
        ensure!(
            plan.outcomes == done.done,
            "planned {:?}, done {:?}",
            plan.outcomes,
            done.done
        );
        let peak = figures::process()?.get("peak_mb").cloned().context("a peak")?;
        said.push(json!({ "row": "import-peak", "p50": peak, "p95": peak }));
        if wants("import-undo") && size <= TAKEN_BACK {
            let start = Instant::now();
            let undone = engine.import_undo(import)?;
            said.push(Figure::from(vec![start.elapsed()]).line("import-undo"));
            ensure!(undone.kept_count == 0, "{} tickets stay as they are", undone.kept_count);
            ensure!(actions::size(engine)? == size, "there are others than before");
        }
    }
    // Last, because what it holds at once an import does not.
    if wants("import-link") {
        said.push(link_all(size)?.line("import-link"));
    }
    Ok(said)
}

/// Read, map, clean and score.
fn clean_all(path: &Path, rows: u32) -> Result<()> {
    let options = ReadOptions::default();
    let opened = read::open(path, &options)?;
    let mut sample = Vec::new();
    for row in opened.rows.take(200) {
        if let Read::Row(row) = row? {
            sample.push(row);
        }
    }
    let found = mapping::propose(&opened.headers, &sample, &[], None, "GB");
    let context = InputContext {
        country: "GB".to_owned(),
        currency: "GBP".to_owned(),
        today: Utc::now().date_naive(),
    };
    let cleaner = Cleaner::new(&found.mapping, &opened.headers, &context);
    let mut good = 0;
    for row in clean::rows(read::open(path, &options)?.rows, &cleaner)? {
        good += u32::from(matches!(row?, Cleaned::Row(_)));
    }
    ensure!(good == rows, "{good} of {rows} rows were read");
    Ok(())
}

/// Prepare every record of the list and find who it is among those who are here, on every core, as the plan does.
fn link_all(size: u32) -> Result<Figure> {
    let mut here = Linker::default();
    for number in 0..size {
        here.add(&record(&person(number), "Head of IT"));
    }
    let records: Vec<Record> = (0..size)
        .map(|row| record(&person(who(row, size)), pick(&TITLES, row as usize)))
        .collect();
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let share = records.len().div_ceil(cores).max(1);
    Figure::of(TIMES, |_| {
        let known = thread::scope(|scope| -> Result<usize> {
            let shares: Vec<_> = records
                .chunks(share)
                .map(|share| scope.spawn(|| share.iter().filter(|record| is_here(&here, record)).count()))
                .collect();
            let counted = shares.into_iter().map(|share| share.join().ok());
            counted.sum::<Option<usize>>().context("a share that counted")
        })?;
        ensure!(known >= size as usize / 2, "only {known} of {size} were found");
        Ok(())
    })
}

fn is_here(here: &Linker, record: &Record) -> bool {
    let found = here.place(&Prepared::of(record));
    found
        .first()
        .is_some_and(|best| best.verdict.decision == Decision::Same)
}

fn record(who: &Person, title: &str) -> Record {
    Record {
        person_name: format!("{} {}", who.first, who.last),
        job_title: title.to_owned(),
        company: who.company.clone(),
        website: who.website.clone(),
        emails: vec![who.email.clone()],
        phones: vec![format!("+44{}", who.phone.replace(' ', "").trim_start_matches('0'))],
        ..Record::default()
    }
}

/// Whom a row is about: every other one is here, and the rest comes behind everybody.
fn who(row: u32, size: u32) -> u32 {
    if row.is_multiple_of(2) { row } else { size + row }
}

/// An export about as many people as there are tickets.
fn list(path: &Path, rows: u32) -> Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "{HEADERS}")?;
    for row in 0..rows {
        let number = who(row, rows);
        let who = person(number);
        writeln!(
            file,
            "{},{},{},{},{},{},Director,\"Information Technology, Operations\",{},020 7946 {:04},False,{},legal services,\
\"law, property, litigation\",http://www.linkedin.com/in/{}-{number},{},United Kingdom,\"Outlook, Okta, Azure\",{},\
{number:024x},{:024x}",
            who.first,
            who.last,
            pick(&TITLES, row as usize),
            who.company,
            who.company,
            who.email,
            who.phone,
            row % 10_000,
            row % 3_000,
            who.first.to_lowercase(),
            who.website,
            u64::from(row % 1_000) * 100_000,
            number / 3,
        )?;
    }
    Ok(file.flush()?)
}
