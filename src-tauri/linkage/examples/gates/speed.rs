//! How fast: a hundred thousand records against a hundred thousand, half of them known, and numbers read.

use std::{num::NonZero, thread, time::Instant};

use domain::phone::PhoneNumber;
use linkage::{Linker, Prepared, Record};

use crate::Row;

const RECORDS: u64 = 100_000;
const NUMBERS: u64 = 200_000;

pub fn measure() -> Vec<Row> {
    let (old, new) = (invent(0), invent(RECORDS / 2));
    let start = Instant::now();
    let mut linker = Linker::default();
    for prepared in on_every_core(&old, Prepared::of) {
        linker.add_prepared(prepared);
    }
    let indexed = start.elapsed();
    let start = Instant::now();
    let found = on_every_core(&new, |record| linker.place(&Prepared::of(record)).len());
    let placed = start.elapsed();
    let known = found.iter().filter(|count| **count > 0).count();
    let whole = per_second(RECORDS, (indexed + placed).as_secs_f64());

    let numbers: Vec<String> = (0..NUMBERS)
        .map(|n| format!("020 7{:03} {:04}", 100 + n % 900, n * 7 % 10_000))
        .collect();
    // The first number waits for the rules to be loaded; that is the start of the program and no part of the rate.
    let ready = PhoneNumber::parse("020 7946 0018", "GB").is_readable();
    let start = Instant::now();
    let read = numbers
        .iter()
        .filter(|typed| PhoneNumber::parse(typed, "GB").is_readable())
        .count();
    let phones = per_second(NUMBERS, start.elapsed().as_secs_f64());
    vec![
        Row {
            what: format!(
                "linkage, rows a second ({RECORDS} against {RECORDS}; index {:.2} s, place {:.2} s, {known} found)",
                indexed.as_secs_f64(),
                placed.as_secs_f64()
            ),
            figure: format!("{whole:.0}"),
            gate: "≥ 20000".to_owned(),
            kept: whole >= 20_000.0 && known >= 49_000,
        },
        Row {
            what: format!("phone numbers read a second, one core ({read} readable)"),
            figure: format!("{phones:.0}"),
            gate: "≥ 100000".to_owned(),
            kept: ready && phones >= 100_000.0,
        },
    ]
}

fn per_second(count: u64, seconds: f64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / seconds
}

fn on_every_core<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let work = &work;
    thread::scope(|scope| {
        let shares: Vec<_> = items
            .chunks(items.len().div_ceil(cores).max(1))
            .map(|share| scope.spawn(move || share.iter().map(work).collect::<Vec<R>>()))
            .collect();
        shares
            .into_iter()
            .flat_map(|share| share.join().unwrap_or_default())
            .collect()
    })
}

/// Invented persons, numbered from there on; the second half of one batch is the first half of the next, written
/// another way.
fn invent(from: u64) -> Vec<Record> {
    (from..from + RECORDS).map(|number| person(number, from > 0)).collect()
}

const FIRST: [&str; 40] = [
    "Anna", "Bernd", "Carla", "David", "Emma", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Karin", "Lukas", "Maria",
    "Nils", "Olga", "Paul", "Rosa", "Simon", "Tessa", "Udo", "Vera", "Walter", "Xenia", "Yann", "Zoe", "Alice",
    "Brian", "Chloe", "Dennis", "Elena", "Frank", "Gina", "Henry", "Irene", "James", "Kate", "Leon", "Mona", "Noah",
    "Oscar",
];
const SYLLABLES: [&str; 20] = [
    "bar", "ten", "mor", "wick", "ham", "ley", "sto", "ker", "dal", "vin", "ros", "lund", "berg", "hart", "mann",
    "feld", "shaw", "ford", "win", "gar",
];
const TRADES: [&str; 10] = [
    "Automation",
    "Capital",
    "Dental",
    "Energy",
    "Foods",
    "Logistics",
    "Media",
    "Robotics",
    "Software",
    "Textiles",
];

fn pick<'a>(list: &[&'a str], at: u64) -> &'a str {
    let length = list.len().max(1);
    usize::try_from(at)
        .ok()
        .and_then(|at| list.get(at % length))
        .copied()
        .unwrap_or_default()
}

fn word(mut seed: u64, syllables: u32) -> String {
    let mut word = String::new();
    for _ in 0..syllables {
        word.push_str(pick(&SYLLABLES, seed));
        seed /= 20;
    }
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + letters.as_str()
    })
}

/// The same number is the same person; `again` writes it as another file would.
fn person(number: u64, again: bool) -> Record {
    let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
    let (first, last) = (pick(&FIRST, mixed), word(mixed / 40, 3));
    let company_word = word(number / 8, 4);
    let trade = pick(&TRADES, number / 8);
    let domain = format!("{}.com", company_word.to_lowercase());
    let mobile = 7_000_000_000 + mixed % 999_999_999;
    let email = format!("{}.{}@{domain}", first.to_lowercase(), last.to_lowercase());
    if again {
        Record {
            first_name: first.to_uppercase(),
            last_name: last,
            company: format!("{company_word} {trade} Limited"),
            website: format!("https://www.{domain}/"),
            emails: if number.is_multiple_of(3) {
                Vec::new()
            } else {
                vec![email.to_uppercase()]
            },
            mobiles: vec![format!("0{mobile}")],
            country: "GB".to_owned(),
            ..Record::default()
        }
    } else {
        Record {
            first_name: first.to_owned(),
            last_name: last,
            job_title: "Director".to_owned(),
            company: format!("{company_word} {trade} Ltd"),
            emails: vec![email],
            mobiles: vec![format!("+44 {mobile}")],
            phones: vec![format!("+44 20 {:08}", number / 8 * 37 % 99_999_999)],
            country: "United Kingdom".to_owned(),
            ..Record::default()
        }
    }
}
