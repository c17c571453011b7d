//! How fast a file becomes clean rows: `cargo run --profile bench-fast -p engine --example import_speed -- [ROWS]`, or
//! with `--file PATH` of a file that is there. Prints the rows a second of each stage, and writes nothing.

use std::{error::Error, fmt::Write as _, path::PathBuf, time::Instant};

use chrono::Utc;
use domain::fields::InputContext;
use engine::import::{Cleaned, Cleaner, Read, ReadOptions, clean, mapping, read};

const HEADERS: &str = "First Name,Last Name,Title,Company Name,Company Name for Emails,Email,Email Status,Seniority,Departments,\
Contact Owner,Work Direct Phone,Mobile Phone,Corporate Phone,Do Not Call,# Employees,Industry,Keywords,Person Linkedin Url,Website,\
Company Address,Company City,Company Country,Technologies,Annual Revenue,Latest Funding,Apollo Contact Id,Apollo Account Id";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = std::env::temp_dir().join(format!("leadline-speed-{}", std::process::id()));
    let path = match arguments.as_slice() {
        [flag, path] if flag == "--file" => PathBuf::from(path),
        _ => {
            let rows = arguments.first().map_or(Ok(100_000), |rows| rows.parse())?;
            std::fs::create_dir_all(&folder)?;
            let path = folder.join("apollo.csv");
            std::fs::write(&path, made_up(rows)?)?;
            path
        }
    };
    let options = ReadOptions::default();
    let begun = Instant::now();
    let rows = read::open(&path, &options)?.rows.count();
    say("read", rows, begun);

    let mut opened = read::open(&path, &options)?;
    let mut sample = Vec::new();
    for row in opened.rows.by_ref().take(200) {
        if let Read::Row(row) = row? {
            sample.push(row);
        }
    }
    let found = mapping::propose(&opened.headers, &sample, &[], None, "GB");
    println!("mapping: {}, {} rules", found.mapping.name, found.mapping.rules.len());
    let context = InputContext {
        country: "GB".to_owned(),
        currency: "GBP".to_owned(),
        today: Utc::now().date_naive(),
    };
    let cleaner = Cleaner::new(&found.mapping, &opened.headers, &context);

    let mut one = cleaner.clone();
    let begun = Instant::now();
    let mut rows = 0;
    for row in read::open(&path, &options)?.rows {
        if let Read::Row(row) = row? {
            one.clean(row);
            rows += 1;
        }
    }
    say("read, map, clean, score on one core", rows, begun);

    let begun = Instant::now();
    let (mut rows, mut problems, mut points) = (0, 0, 0_usize);
    for row in clean::rows(read::open(&path, &options)?.rows, &cleaner)? {
        if let Cleaned::Row(row) = row? {
            rows += 1;
            problems += row.problems.len();
            points += usize::from(row.quality.score);
        }
    }
    say("read, map, clean, score on every core", rows, begun);
    println!(
        "{problems} cells could not be read; quality {} on average",
        points / rows.max(1)
    );
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    Ok(())
}

fn say(stage: &str, rows: usize, begun: Instant) {
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "{stage}: {rows} rows in {seconds:.2} s, {:.0} rows a second",
        rows as f64 / seconds
    );
}

/// An export with people who do not exist.
fn made_up(rows: usize) -> Result<String, std::fmt::Error> {
    const TITLES: [&str; 6] = [
        "IT Director",
        "Chief Executive Officer",
        "Operations Manager",
        "VP Sales",
        "Accountant",
        "Head of IT",
    ];
    let mut text = String::from(HEADERS);
    text.push('\n');
    for number in 0..rows {
        let company = number / 3;
        let title = TITLES.get(number % TITLES.len()).copied().unwrap_or_default();
        writeln!(
            text,
            "Jane{number},Doe{number},{title},\"Acme {company}, Ltd\",Acme {company},jane.doe{number}@acme{company}.co.uk,Verified,Director,\
\"Information Technology, Operations\",me@x.com,'+44 20 {:04} {:04},'+44 7911 {:06},'+44 20 7946 {:04},False,{},legal services,\
\"law, property, litigation\",http://www.linkedin.com/in/jane-doe-{number},http://www.acme{company}.co.uk,\
\"{} High Street, Leeds, United Kingdom\",Leeds,United Kingdom,\"Outlook, Okta, Azure\",{},Series A,{number:024x},{company:024x}",
            7000 + number % 2000,
            number % 10_000,
            number % 1_000_000,
            company % 10_000,
            number % 3_000,
            number % 200,
            u64::try_from(number % 1000).unwrap_or_default() * 100_000,
        )?;
    }
    Ok(text)
}
