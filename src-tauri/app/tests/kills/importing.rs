//! The real program is killed at random moments while it imports lists, and started again until each is in.
//!
//! Beside it an unkilled twin imports the same lists. In the end every row has one outcome, that of its plan; every ticket
//! is there once and holds what the twin's holds; and as much waits to be sent and to be decided.
//! `LEADLINE_KILLS` says how many deaths (`cargo xtask soak --import-kills 200`), `LEADLINE_SEED` where chance begins.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use domain::{TicketId, fields::keys};
use engine::ImportSummary;
use rand::{Rng, SeedableRng, rngs::SmallRng, seq::IndexedRandom};
use sandbox::{Options, Sandbox};
use store::{Filter, ImportOutcome, ImportState, Store};

use crate::home::{self, Home, said};

/// Deaths in an ordinary test.
const KILLS: u32 = 5;

/// Deaths in one home: after each list everything in it is compared, and that grows.
const CHAPTER: u32 = 10;

/// Rows of a list.
const ROWS: u32 = 400;

/// An import that takes longer than this has hung.
const PATIENCE: Duration = Duration::from_secs(300);

const HEADERS: &str = "First Name,Last Name,Title,Company,Email,Phone,Website,Industry,Do Not Contact";

const FIRST: [&str; 24] = [
    "Ann", "Boris", "Cora", "Dmitri", "Esther", "Fabio", "Greta", "Hakan", "Ingrid", "Joaquin", "Keiko", "Lorenzo",
    "Mireille", "Niall", "Olga", "Pavel", "Quentin", "Rosalind", "Sigrid", "Tomasz", "Ursula", "Viktor", "Wanda",
    "Yusuf",
];
const BEGIN: [&str; 12] = [
    "Bra", "Cel", "Dom", "Fer", "Gol", "Hart", "Kel", "Mor", "Nas", "Pren", "Stav", "Wil",
];
const MIDDLE: [&str; 10] = ["a", "bo", "de", "ki", "lu", "ma", "no", "ri", "so", "ve"];
const END: [&str; 10] = [
    "berg", "cott", "dale", "forth", "ley", "mann", "nari", "quist", "ster", "witz",
];
const WORK: [&str; 8] = [
    "Bakery", "Clinic", "Foods", "Freight", "Law", "Optics", "Timber", "Water",
];
const TITLES: [&str; 6] = ["CEO", "CFO", "Head of IT", "Office Manager", "Buyer", "Engineer"];
const INDUSTRIES: [&str; 5] = ["Healthcare", "Legal", "Financial", "Manufacturing", "Retail"];

/// Somebody who stands in lists.
#[derive(Clone)]
struct Person {
    first: String,
    last: String,
    company: String,
    site: String,
}

/// Makes lists that overlap, with everything in them that lists have.
struct Lists {
    folder: tempfile::TempDir,
    dice: SmallRng,
    people: Vec<Person>,
    made: u32,
}

impl Lists {
    fn word(&mut self) -> String {
        let mut part = |parts: &[&'static str]| *parts.choose(&mut self.dice).expect("a part");
        format!("{}{}{}{}", part(&BEGIN), part(&MIDDLE), part(&MIDDLE), part(&END))
    }

    fn stranger(&mut self) -> Person {
        let (last, company) = (self.word(), self.word());
        let work = *WORK.choose(&mut self.dice).expect("a trade");
        let number = self.people.len();
        let person = Person {
            first: (*FIRST.choose(&mut self.dice).expect("a name")).to_owned(),
            last,
            site: format!("{}-{number}.example", company.to_lowercase()),
            company: format!("{company} {work} {number} Ltd"),
        };
        self.people.push(person.clone());
        person
    }

    fn known(&mut self) -> Person {
        match self.people.choose(&mut self.dice).cloned() {
            Some(person) => person,
            None => self.stranger(),
        }
    }

    fn row(&mut self) -> String {
        let kind = self.dice.random_range(0..100);
        let Person {
            first,
            last,
            company,
            site,
        } = if kind < 18 { self.known() } else { self.stranger() };
        let title = *TITLES.choose(&mut self.dice).expect("a title");
        let industry = *INDUSTRIES.choose(&mut self.dice).expect("an industry");
        let phone = format!("07400 {:06}", self.dice.random_range(0..1_000_000));
        let email = format!("{}.{}@{site}", first.to_lowercase(), last.to_lowercase());
        match kind {
            // Who it is says too little, or nothing; too many cells; whoever wants peace.
            90..93 => format!("{first},{last},{title},{company},,,,,"),
            93..95 => format!(",,,,,,,{industry},"),
            95..97 => format!("{first},{last},{title},{company},{email},{phone},{site},{industry},,more,and more"),
            97..100 => format!("{first},{last},{title},{company},{email},{phone},{site},{industry},yes"),
            _ => format!("{first},{last},{title},{company},{email},{phone},{site},{industry},"),
        }
    }

    fn next(&mut self) -> PathBuf {
        self.made += 1;
        let mut text = format!("{HEADERS}\n");
        for _ in 0..ROWS {
            let row = self.row();
            writeln!(text, "{row}").expect("a text grows");
        }
        let path = self.folder.path().join(format!("list-{}.csv", self.made));
        fs::write(&path, text).expect("the list is written");
        path
    }
}

/// A home whose program knows a tenant, and nobody in it.
fn connected(sandbox: &Sandbox) -> Home {
    let home = Home::new();
    home.connect(&sandbox.address());
    home
}

/// Imports without being disturbed. Returns how long that took.
fn whole(home: &Home, list: &Path) -> Duration {
    let began = Instant::now();
    let status = home.leadline(&["import", &list.to_string_lossy()]).status();
    assert!(status.expect("leadline starts").success());
    began.elapsed()
}

/// Imports, and is killed after that time unless it ended before. Returns whether it was.
fn killed(home: &Home, list: &Path, after: Duration) -> bool {
    let mut import = home
        .leadline(&["import", &list.to_string_lossy()])
        .spawn()
        .expect("leadline starts");
    let began = Instant::now();
    while began.elapsed() < after {
        if let Some(status) = import.try_wait().expect("a child") {
            assert!(status.success(), "it ended by itself, and badly");
            return false;
        }
        std::thread::yield_now();
    }
    import.kill().expect("it dies");
    import.wait().expect("it is gone");
    true
}

/// Where an import was when it died.
fn moment(store: &Store, name: &str) -> &'static str {
    let imports = store.imports().expect("imports");
    match imports
        .iter()
        .find(|import| import.file_name == name)
        .map(|it| it.state)
    {
        None => "before it began",
        Some(ImportState::Draft | ImportState::Planning) => "while planning",
        Some(ImportState::Planned) => "between plan and run",
        Some(ImportState::Running | ImportState::Paused) => "while applying",
        Some(_) => "when it was done",
    }
}

/// Every ticket as far as lists say it, by what it holds.
fn tickets(store: &Store) -> Vec<Vec<String>> {
    let cards = store.list_cards(&Filter::default(), 0, 1_000_000).expect("cards");
    let told = |ticket: TicketId| -> Vec<String> {
        let values = store.values(ticket).expect("values").into_iter();
        values
            .map(|(field, stored)| {
                let source = stored.provenance.source;
                format!("{field}={} ({:?}, {source:?})", stored.value.display(), stored.raw)
            })
            .collect()
    };
    let mut tickets: Vec<_> = cards.iter().map(|card| told(card.id)).collect();
    tickets.sort();
    tickets
}

/// The list is in: once, whole, as planned. Returns what became of its rows.
fn judge(store: &Store, name: &str) -> ImportSummary {
    assert_eq!(
        store.check().expect("a check"),
        Vec::<String>::new(),
        "the data is sound"
    );
    let engine = home::engine(store);
    let mut done: Vec<ImportSummary> = Vec::new();
    for import in store.imports().expect("imports").into_iter().rev() {
        if import.file_name != name {
            continue;
        }
        if import.state != ImportState::Done {
            let nothing_done = import.applied == 0 && import.operation.is_none();
            assert!(nothing_done, "given up before anything was done: {import:?}");
            continue;
        }
        let rows = store.import_rows(import.id, None, 0, ROWS * 2).expect("rows");
        let numbers: Vec<u32> = rows.iter().map(|kept| kept.row.number).collect();
        assert_eq!(numbers, (1..=ROWS).collect::<Vec<_>>(), "every row, and each once");
        for kept in &rows {
            assert_eq!(kept.row.outcome, kept.row.planned, "row {}", kept.row.number);
        }
        let plan = engine.import_plan_view(import.id).expect("a plan");
        assert_eq!(
            plan.summary.done, plan.outcomes,
            "the numbers of the run are the plan's"
        );
        assert_eq!(plan.differences, []);
        done.push(plan.summary);
    }
    // Who died after the last row is told the list once more, and nothing comes of it.
    for again in done.iter().skip(1) {
        for outcome in [ImportOutcome::Created, ImportOutcome::Updated] {
            assert!(again.done.iter().all(|count| count.outcome != outcome), "{again:#?}");
        }
    }
    done.into_iter().next().expect("the list is in")
}

/// What came of all that was killed.
#[derive(Default)]
struct Told {
    deaths: u32,
    lists: u32,
    rows: u32,
    tickets: usize,
    moments: BTreeMap<&'static str, u32>,
}

/// Lists come into a home that is new and into its twin, until so many deaths were died.
fn chapter(sandbox: &Sandbox, kills: u32, seed: u64, told: &mut Told) {
    let (home, twin) = (connected(sandbox), connected(sandbox));
    let mut lists = Lists {
        folder: tempfile::tempdir().expect("a scratch folder"),
        dice: SmallRng::seed_from_u64(seed),
        people: Vec::new(),
        made: 0,
    };
    let mut deaths = 0;
    while deaths < kills {
        let list = lists.next();
        let name = list.file_name().expect("a name").to_string_lossy().into_owned();
        let takes = whole(&twin, &list);
        let began = Instant::now();
        loop {
            if deaths == kills {
                whole(&home, &list);
                break;
            }
            let after = takes.mul_f64(lists.dice.random_range(0.05..1.1));
            if !killed(&home, &list, after) {
                break;
            }
            deaths += 1;
            *told.moments.entry(moment(&home.store(), &name)).or_default() += 1;
            assert!(began.elapsed() < PATIENCE, "{name} does not come in");
        }
        let (here, there) = (home.store(), twin.store());
        let (mine, whole) = (judge(&here, &name), judge(&there, &name));
        assert_eq!(mine.done, whole.done, "the plan does not depend on deaths");
        told.rows += mine.rows;
        assert_eq!(tickets(&here), tickets(&there), "the same tickets as without deaths");
        let waiting = |store: &Store| {
            let engine = home::engine(store);
            let asked = engine.review_counts().expect("the queue").total;
            (asked, engine.sync_status().expect("a status").counts.waiting)
        };
        assert_eq!(
            waiting(&here),
            waiting(&there),
            "each is asked once, and each is sent once"
        );
    }
    let store = home.store();
    let cards = store.list_cards(&Filter::default(), 0, 1_000_000).expect("cards");
    let mut addresses: Vec<String> = Vec::new();
    for card in &cards {
        let email = store.value(card.id, keys::EMAIL).expect("the store");
        addresses.extend(email.map(|stored| stored.value.display()));
    }
    let all = addresses.len();
    addresses.sort();
    addresses.dedup();
    assert_eq!(addresses.len(), all, "nobody is there twice");
    told.deaths += deaths;
    told.lists += lists.made;
    told.tickets += cards.len();
}

#[test]
fn killed_while_it_imports_every_row_is_done_once() {
    let kills = said("LEADLINE_KILLS").map_or(KILLS, |kills| u32::try_from(kills).unwrap_or(KILLS));
    let seed = said("LEADLINE_SEED").unwrap_or(1);
    let sandbox = Sandbox::start(Options {
        tickets: 0,
        rate_limit: None,
        ..Options::default()
    })
    .expect("a sandbox");
    let mut told = Told::default();
    for number in 0.. {
        let left = kills - told.deaths;
        if left == 0 {
            break;
        }
        chapter(&sandbox, left.min(CHAPTER), seed + number, &mut told);
    }
    let moments: Vec<String> = told
        .moments
        .iter()
        .map(|(when, times)| format!("{times} {when}"))
        .collect();
    println!(
        "{} kills ({}) in {} lists: {} rows with one outcome each, {} tickets as without deaths",
        told.deaths,
        moments.join(", "),
        told.lists,
        told.rows,
        told.tickets
    );
}
