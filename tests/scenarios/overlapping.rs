//! Lists of any kind, twice and in either order. How many there are is for `PROPTEST_CASES` to say.

use std::fs;

use domain::fields::keys;
use engine::import::Unreadable;
use proptest::{collection::vec, prelude::*};
use store::ImportOutcome;

use crate::alone::{Alone, count};

const HEADERS: &str = "First Name,Last Name,Company,Email,Title,Phone,Website,Industry,LinkedIn URL";

/// People as they are, in the order of the columns.
const PEOPLE: [[&str; 9]; 6] = [
    [
        "Jane",
        "Doe",
        "Acme Legal Ltd",
        "jane.doe@acme.example",
        "IT Manager",
        "020 7946 0018",
        "acme.example",
        "Legal",
        "https://www.linkedin.com/in/jane-doe",
    ],
    [
        "Omar",
        "Haddad",
        "Brightwell Dental",
        "omar@brightwell.example",
        "Owner",
        "0161 496 0322",
        "brightwell.example",
        "Healthcare",
        "https://www.linkedin.com/in/omar-h",
    ],
    [
        "Ann",
        "Lee",
        "Lee & Sons",
        "ann@lee.example",
        "CFO",
        "020 7946 0100",
        "lee.example",
        "Retail",
        "https://www.linkedin.com/in/ann-lee",
    ],
    [
        "Liv",
        "Sørensen",
        "Nordhavn Haulage ApS",
        "liv@nordhavn.example",
        "Director",
        "020 7946 0200",
        "nordhavn.example",
        "Manufacturing",
        "https://www.linkedin.com/in/liv",
    ],
    [
        "Max",
        "Roe",
        "Acme Legal Ltd",
        "max.roe@acme.example",
        "Buyer",
        "020 7946 0019",
        "acme.example",
        "Legal",
        "https://www.linkedin.com/in/max-roe",
    ],
    [
        "Cora",
        "Ibsen",
        "Ibsen Optics",
        "cora@ibsen.example",
        "CEO",
        "020 7946 0300",
        "ibsen.example",
        "Retail",
        "https://www.linkedin.com/in/cora",
    ],
];

/// Cells that are anything: nothing, no value of their field, somebody else's.
const ODD: [&str; 8] = ["", "n/a", "x", "=1+1", "info@acme.example", "020", "Jane", "yes"];

/// A row: whose it is, which cells beyond name and address it has, and how it is written.
type Row = (usize, u8, u8);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    vec((0..PEOPLE.len(), any::<u8>(), any::<u8>()), 1..8)
}

fn spelt(cell: &str, column: usize, way: u8) -> String {
    match (column, way % 3) {
        (3, 1) => cell.to_uppercase(),
        (5, 1) => format!("+44 {}", cell.trim_start_matches('0')),
        (_, 2) => format!(" {cell}  "),
        _ => cell.to_owned(),
    }
}

/// The list that these rows make. `lies` makes some cells say something that is not so.
fn list(rows: &[Row], lies: impl Fn(usize, u8, &str) -> Option<String>) -> String {
    let mut text = format!("{HEADERS}\n");
    for &(person, mask, way) in rows {
        let cells = PEOPLE[person].iter().enumerate().map(|(column, cell)| {
            let left_out = match column {
                0 | 1 | 3 => false,
                2 => mask & 1 != 0,
                _ => mask & (1 << (column - 3)) != 0,
            };
            if left_out {
                return String::new();
            }
            lies(column, way, cell).unwrap_or_else(|| spelt(cell, column, way))
        });
        text.push_str(&cells.collect::<Vec<_>>().join(","));
        text.push('\n');
    }
    text
}

fn truth(_: usize, _: u8, _: &str) -> Option<String> {
    None
}

fn often(cases: u32) -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        cases: std::env::var("PROPTEST_CASES").map_or(cases, |said| said.parse().unwrap_or(cases)),
        ..ProptestConfig::default()
    }
}

fn either_order(files: [(&str, &str, Option<&str>); 2]) -> anyhow::Result<()> {
    let mut told = Vec::new();
    for order in [[0, 1], [1, 0]] {
        let home = Alone::new(None)?;
        for at in order {
            let (name, text, provider) = files[at];
            home.bring_in(&home.file(name, text)?, provider)?;
        }
        // Where a lead came from first stays as it is.
        told.push(home.tickets(&[keys::LEAD_SOURCE])?);
    }
    assert_eq!(told[0], told[1], "{files:#?}");
    Ok(())
}

fn twice(name: &str, text: &[u8], provider: Option<&str>) -> anyhow::Result<()> {
    let home = Alone::new(None)?;
    let path = home.file(name, "")?;
    fs::write(&path, text)?;
    if let Err(error) = home.bring_in(&path, provider) {
        // Rows of odd cells may look like headers, and then there are no others.
        error.downcast::<Unreadable>()?;
        return Ok(());
    }
    let (tickets, waiting) = (home.tickets(&[])?, home.waiting()?);
    let (again, _) = home.bring_in(&path, provider)?;
    let shown = String::from_utf8_lossy(text);
    for outcome in [ImportOutcome::Created, ImportOutcome::Updated, ImportOutcome::Restored] {
        let rows = home.engine.import_rows(again.id, outcome, 0, 10)?;
        assert_eq!(count(&again.done, outcome), 0, "{name}: {rows:#?} of\n{shown}");
    }
    assert_eq!(home.tickets(&[])?, tickets, "{shown}");
    assert_eq!(home.waiting()?, waiting, "nobody is asked or told twice:\n{shown}");
    Ok(())
}

proptest! {
    #![proptest_config(often(16))]

    #[test]
    fn lists_that_do_not_contradict_each_other_come_in_either_order(one in rows(), other in rows()) {
        let (one, other) = (list(&one, truth), list(&other, truth));
        either_order([("one.csv", &one, None), ("other.csv", &other, None)]).expect("it holds");
    }

    #[test]
    fn of_two_providers_the_one_that_is_believed_more_is_right_in_either_order(one in rows(), other in rows()) {
        // Each says the same of somebody throughout, and never what the other one says.
        let lies = |mark: &'static str| move |column: usize, _: u8, cell: &str| match column {
            4 | 7 => Some(format!("{cell} {mark}")),
            5 => Some(format!("020 7946 09{:02}", mark.len() * 7)),
            8 => Some(format!("{cell}-{}", mark.len())),
            _ => None,
        };
        let (one, other) = (list(&one, lies("Deputy")), list(&other, lies("of Everything")));
        either_order([("zoom.csv", &one, Some("ZoomInfo")), ("apollo.csv", &other, Some("Apollo.io"))]).expect("it holds");
    }

    #[test]
    fn the_same_list_a_second_time_does_nothing(rows in rows(), provider in any::<bool>()) {
        let lies = |column: usize, way: u8, cell: &str| match way % 8 {
            0 if column != 3 => Some(ODD[usize::from(way / 8) % ODD.len()].to_owned()),
            1 => Some(ODD[usize::from(way / 8) % ODD.len()].to_owned()),
            2 if column >= 4 => Some(format!("{cell} {way}")),
            3 if column == 5 => Some(format!("020 7946 0{way:03}")),
            4 if column == 8 => Some(format!("{cell}{way}")),
            _ => None,
        };
        let provider = provider.then_some("Apollo.io");
        twice("leads.csv", list(&rows, lies).as_bytes(), provider).expect("it holds");
    }
}

/// A plan is kept in portions of two thousand rows: who stands in an earlier one is looked up on the disk.
#[test]
fn who_stands_in_a_list_again_thousands_of_rows_later_is_one_person() -> anyhow::Result<()> {
    // Names that nobody takes for another.
    let person = |number: u64| {
        let mut dice = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut word = || -> String {
            let letters = std::iter::repeat_with(|| {
                dice = dice.wrapping_mul(0xd129_0d3a_9b5f_2c35).rotate_left(29) ^ number;
                char::from(b"abcdefghijklmnopqrstuvwxyz"[(dice >> 40) as usize % 26])
            });
            letters.take(9).collect()
        };
        let (first, last, firm) = (word(), word(), word());
        format!("{first},{last},{firm} Ltd,{first}@{firm}.example")
    };
    let mut list = "First Name,Last Name,Company,Email,Title,Phone\n".to_owned();
    for number in 0..2_050 {
        list.push_str(&format!("{},,\n", person(number)));
    }
    for number in 0..100 {
        list.push_str(&format!("{},Buyer,\n", person(number)));
    }
    // And once more, with what the second time brought.
    for number in 0..50 {
        list.push_str(&format!("{},Buyer,\n", person(number)));
    }
    let home = Alone::new(None)?;
    let (done, _) = home.bring_in(&home.file("long.csv", &list)?, None)?;
    let counted =
        [ImportOutcome::Created, ImportOutcome::Updated, ImportOutcome::Skipped].map(|it| count(&done.done, it));
    assert_eq!(counted, [2_050, 100, 50], "{:?}", done.done);
    assert_eq!(home.cards()?.len(), 2_050);
    let mut buyers = 0;
    for card in home.cards()? {
        buyers += u32::from(home.store.value(card.id, keys::JOB_TITLE)?.is_some());
    }
    assert_eq!(buyers, 100);
    Ok(())
}

#[test]
fn every_list_of_the_fixtures_runs_as_planned_and_does_nothing_the_second_time() -> anyhow::Result<()> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/lists");
    let mut seen = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        twice(&name, &fs::read(entry.path())?, None)?;
        seen += 1;
    }
    assert!(seen >= 10, "only {seen} lists");
    Ok(())
}

#[test]
fn every_list_of_the_fixtures_meets_every_other_as_planned() -> anyhow::Result<()> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/lists");
    let mut lists: Vec<_> = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<anyhow::Result<_>>()?;
    lists.sort();
    let home = Alone::new(None)?;
    for round in 0..2 {
        for list in &lists {
            let (done, _) = home.bring_in(list, None)?;
            let made = count(&done.done, ImportOutcome::Created);
            assert!(round == 0 || made == 0, "{}: {done:#?}", list.display());
        }
    }
    Ok(())
}
