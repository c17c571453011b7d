//! Which records are compared at all: those that share a key.
//!
//! All pairs of a hundred thousand and a hundred thousand records would take days. Each record gets a handful of keys,
//! chosen so that two records of one person share at least one of them even when one part is missing, mistyped or changed:
//! the mailbox, the line, the profile, the domain with the surname, the company with the surname's beginning, the name as
//! it sounds, the date of birth, the house. A key that too many records share tells nothing and is passed over.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

use crate::{
    phonetics::sound,
    record::{Kind, Prepared},
    text::key,
};

/// A key that more records than this share is passed over: it names a switchboard or a big company, not a person.
const CROWD: usize = 200;

/// The same for a key that by itself says of nobody who it is: words (a name, what stands before the @, an end of a name with
/// a word of the company's), or a line, which may be a switchboard. Two who share only that are at most shown to a person,
/// and one of so many is nobody in particular; but such keys repeat the more often the more records there are, so without a
/// limit of their own the time for each record would grow with their number.
const NAMESAKES: usize = 32;

/// Set in such keys. One of the bits by which the map neither finds nor tells its places.
const WEAK: u64 = 1 << 52;

/// The kinds of such keys.
const MAILBOX: u8 = 2;
const LINE: u8 = 3;
const COMPANY_AND_END: u8 = 7;
const NAME: u8 = 8;

/// Records by key.
#[derive(Debug, Default)]
pub struct Blocks {
    blocks: HashMap<u64, Block, BuildHasherDefault<Spread>>,
    /// The members of blocks that have several. They stand apart because most have one, and there are millions.
    several: Vec<Vec<u32>>,
}

#[derive(Debug)]
enum Block {
    One(u32),
    /// Its place among those.
    Several(u32),
    Crowd,
}

/// Keys are hashes already.
#[derive(Default)]
pub struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

impl Blocks {
    /// Adds a record under its keys.
    pub fn add(&mut self, number: u32, keys: &[u64]) {
        let several = &mut self.several;
        for &key in keys {
            let most = if key & WEAK == 0 { CROWD } else { NAMESAKES };
            self.blocks
                .entry(key)
                .and_modify(|block| match block {
                    Block::One(first) => {
                        let place = several.len();
                        several.push(vec![*first, number]);
                        *block = u32::try_from(place).map_or(Block::Crowd, Block::Several);
                    }
                    Block::Several(place) => match several.get_mut(*place as usize) {
                        Some(members) if members.len() < most => members.push(number),
                        Some(members) => {
                            *members = Vec::new();
                            *block = Block::Crowd;
                        }
                        None => *block = Block::Crowd,
                    },
                    Block::Crowd => {}
                })
                .or_insert(Block::One(number));
        }
    }

    /// Every record that shares a key, each once, in order.
    pub fn candidates(&self, keys: &[u64], found: &mut Vec<u32>) {
        found.clear();
        for key in keys {
            match self.blocks.get(key) {
                Some(Block::One(member)) => found.push(*member),
                Some(Block::Several(place)) => {
                    found.extend(self.several.get(*place as usize).into_iter().flatten());
                }
                Some(Block::Crowd) | None => {}
            }
        }
        found.sort_unstable();
        found.dedup();
    }
}

/// The keys of a record.
#[must_use]
pub fn keys(record: &Prepared) -> Vec<u64> {
    let mut keys = Vec::with_capacity(16);
    let mut add = |tag: u8, parts: &[&str]| {
        if parts.iter().all(|part| !part.is_empty()) {
            let weak = if matches!(tag, MAILBOX | LINE | COMPANY_AND_END | NAME) {
                WEAK
            } else {
                0
            };
            keys.push(key(tag, parts) & !WEAK | weak);
        }
    };
    let name = &record.name;
    for mail in record.mails.iter().filter(|mail| !mail.is_shared) {
        add(1, &[&mail.local, &mail.domain]);
        add(MAILBOX, &[&mail.local]);
    }
    for line in &record.lines {
        add(LINE, &[&line.ending().to_string()]);
    }
    add(4, &[&record.profile]);
    let particulars = record.particulars();
    add(5, &[&particulars.identifier]);
    let (first_sound, last_sound) = (sound(&name.first), sound(&name.last));
    let company = record.company.distinctive().unwrap_or_default();
    // Names may stand in each other's place, so keys of a name are made of both ends alike.
    for part in [last_sound.as_str(), first_sound.as_str()] {
        for domain in &record.domains {
            add(6, &[domain, part]);
        }
        add(COMPANY_AND_END, &[company, part]);
    }
    let (low, high) = if first_sound <= last_sound {
        (&first_sound, &last_sound)
    } else {
        (&last_sound, &first_sound)
    };
    add(NAME, &[low, high]);
    let beginning = |word: &str| word.chars().next().map(String::from).unwrap_or_default();
    add(9, &[&name.last, &beginning(&name.first), &particulars.place.city]);
    if let Some(birth) = particulars.birth {
        add(10, &[&birth.key()]);
        for half in birth.halves() {
            add(11, &[&half, &last_sound]);
            add(12, &[&half, &first_sound]);
        }
    }
    let street = &particulars.street;
    let house = sound(street.name());
    match record.kind {
        Kind::Person => {
            add(13, &[&street.number, street.name(), &beginning(&name.first)]);
            add(14, &[&street.number, street.name(), &beginning(&name.last)]);
            add(15, &[&particulars.place.postcode, &street.number, &house]);
        }
        Kind::Organisation => {
            add(16, &[&street.number, street.name()]);
            add(17, &[&street.number, &particulars.place.postcode]);
            add(18, &[&record.company.joined]);
            for pair in record.company.words.windows(2) {
                if let [one, other] = pair {
                    add(19, &[one, other]);
                }
            }
            for domain in &record.domains {
                add(20, &[domain, &street.number]);
            }
            add(21, &[company, &particulars.place.city]);
            add(22, &[company, &street.number]);
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Record;

    #[test]
    fn many_namesakes_are_passed_over_and_whoever_shares_more_is_found() {
        let of = |number: u32| {
            Prepared::of(&Record {
                first_name: "Jane".to_owned(),
                last_name: "Doe".to_owned(),
                emails: vec![format!("jane{number}@place{number}.example")],
                ..Record::default()
            })
        };
        let mut blocks = Blocks::default();
        let mut found = Vec::new();
        for number in 0..40 {
            blocks.add(number, &keys(&of(number)));
            blocks.candidates(&keys(&of(1_000)), &mut found);
            let is_crowd = number as usize >= NAMESAKES;
            assert_eq!(found.is_empty(), is_crowd, "with {number}");
        }
        blocks.candidates(&keys(&of(7)), &mut found);
        assert_eq!(found, [7]);
    }

    #[test]
    fn a_crowd_is_passed_over() {
        let mut blocks = Blocks::default();
        for number in 0..250 {
            blocks.add(number, &[7, u64::from(number / 2) + 100]);
        }
        let mut found = vec![99];
        blocks.candidates(&[7], &mut found);
        assert!(found.is_empty());
        blocks.candidates(&[100, 101, 100, 5], &mut found);
        assert_eq!(found, [0, 1, 2, 3]);
    }
}
