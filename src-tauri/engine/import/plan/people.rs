//! Whom a row may be: everybody who is here, and everybody in the rows before it.
//!
//! Two passes. The first is exact: HaloPSA's number, the provider's number, the key (a personal address, else company and
//! person, else a telephone number). The second is linkage, which finds who is written in another way, and says when it
//! is in doubt. A key is believed unless the names behind it speak of two people: somebody else may have taken over a
//! mailbox, or share it.

use std::{collections::HashMap, sync::Arc};

use domain::{
    FieldKey, TicketId, Value,
    fields::{FieldKind, keys},
    import::{CleanValue, CleanValues, DedupKey},
};
use linkage::{
    Decision, Evidence, Linker, Prepared, Record, RecordNumber, Traits, agreement::Agreement, compare::Comparison,
    weights::Weights,
};
use serde::{Deserialize, Serialize};
use store::Reader;

use crate::{import::CleanRow, weights};

/// The fields by which people are told from each other.
const TELLING: [FieldKey; 9] = [
    keys::PERSON_NAME,
    keys::JOB_TITLE,
    keys::EMAIL,
    keys::PHONE,
    keys::MOBILE_PHONE,
    keys::COMPANY_PHONE,
    keys::LINKEDIN_URL,
    keys::COMPANY_NAME,
    keys::WEBSITE,
];

/// Whom a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "is", content = "id", rename_all = "snake_case")]
pub(crate) enum Whom {
    Ticket(TicketId),
    /// The ticket that an earlier row of the same file becomes.
    Row(u32),
}

/// What was found of a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Found {
    Nobody,
    Same {
        whom: Whom,
        evidence: Vec<String>,
    },
    /// A person has to say.
    Maybe {
        whom: Whom,
        evidence: Vec<String>,
        /// It looks like the same person at another company.
        moved: bool,
        /// So strong that only a rule stands against it.
        certain: bool,
    },
}

/// Everybody who is known while a file is planned.
pub(super) struct People {
    /// It does not change meanwhile, so that others can look into it at the same time.
    here: Arc<Here>,
    rows: Index<Whom>,
    /// What the provider calls the records of earlier rows.
    provider_ids: HashMap<Box<str>, Whom>,
}

/// Everybody who has a ticket.
pub(super) struct Here(Index<TicketId>);

impl Here {
    /// The part of the search that rows do not share, so that it can be done for many at once.
    pub fn look_up(&self, row: &CleanRow) -> LookedUp {
        let prepared = Prepared::of(&record_of(&row.values));
        let traits = Traits::of(&prepared);
        let hit = self.0.find(&prepared, &traits, row.key.as_ref());
        LookedUp { prepared, traits, hit }
    }
}

/// People by key and by likeness, each with what they are called elsewhere.
struct Index<T> {
    linker: Linker,
    names: Vec<T>,
    keys: HashMap<Box<str>, RecordNumber>,
}

impl<T: Copy> Index<T> {
    fn new(weights: Weights) -> Self {
        Self {
            linker: Linker::new(weights),
            names: Vec::new(),
            keys: HashMap::new(),
        }
    }

    fn add(&mut self, prepared: Prepared, traits: &Traits, key: Option<&DedupKey>, name: T) {
        let number = self.linker.add_with(prepared, traits);
        self.names.push(name);
        if let Some(key) = key {
            // Of two who are here under one key, the first keeps it.
            self.keys.entry(key.0.as_str().into()).or_insert(number);
        }
    }

    fn by_key(&self, key: Option<&DedupKey>) -> Option<RecordNumber> {
        self.keys.get(key?.0.as_str()).copied()
    }

    fn name(&self, number: RecordNumber) -> Option<T> {
        self.names.get(number as usize).copied()
    }

    /// The best that the index knows of a record, whose key is tried first.
    fn find(&self, record: &Prepared, traits: &Traits, key: Option<&DedupKey>) -> Option<Hit> {
        let mut doubt = None;
        if let Some(number) = self.by_key(key)
            && let Some(known) = self.linker.get(number)
        {
            let (comparison, _) = self.linker.judge(record, known);
            let evidence = sentences(&comparison, known, record);
            if !speaks_of_two(&comparison) {
                return Some(Hit {
                    number,
                    is_same: true,
                    score: f32::INFINITY,
                    evidence,
                    moved: false,
                    certain: true,
                });
            }
            doubt = Some(Hit {
                number,
                is_same: false,
                score: linkage::decide::REVIEW_FROM,
                evidence,
                moved: false,
                certain: false,
            });
        }
        let best = self.linker.place_with(record, traits).into_iter().next();
        let found = best.and_then(|best| {
            let known = self.linker.get(best.record)?;
            Some(Hit {
                number: best.record,
                is_same: best.verdict.decision == Decision::Same,
                score: best.verdict.score,
                evidence: sentences(&best.comparison, known, record),
                moved: is_elsewhere(&best.comparison),
                certain: best.verdict.score >= linkage::decide::SAME_FROM,
            })
        });
        match (found, doubt) {
            (Some(found), Some(doubt)) if !found.is_same && found.score < doubt.score => Some(doubt),
            (Some(found), _) => Some(found),
            (None, doubt) => doubt,
        }
    }
}

/// The best match in one index.
#[derive(Clone, Debug)]
pub(super) struct Hit {
    number: RecordNumber,
    is_same: bool,
    score: f32,
    evidence: Vec<String>,
    moved: bool,
    certain: bool,
}

/// A row ready to be looked up: what can be found out of it without knowing the rows before it.
pub(crate) struct LookedUp {
    prepared: Prepared,
    traits: Traits,
    hit: Option<Hit>,
}

impl People {
    /// Everybody who is here.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn read(reader: &Reader<'_>) -> Result<Self, store::Error> {
        let weights = weights::in_use(reader)?;
        let mut here = Index::new(weights.clone());
        let mut values = CleanValues::new();
        reader.each_person(&TELLING, |ticket, held| -> Result<(), store::Error> {
            values.clear();
            values.extend(held.drain(..).map(|(field, value)| (field, CleanValue::from(value))));
            let key = domain::import::key(&values);
            let prepared = Prepared::of(&record_of(&values));
            let traits = Traits::of(&prepared);
            here.add(prepared, &traits, key.as_ref(), ticket);
            Ok(())
        })?;
        Ok(Self {
            here: Arc::new(Here(here)),
            rows: Index::new(weights),
            provider_ids: HashMap::new(),
        })
    }

    /// Everybody who has a ticket.
    pub fn here(&self) -> Arc<Here> {
        Arc::clone(&self.here)
    }

    /// Whom a row is about. `numbers` are those by which HaloPSA or the provider know it.
    pub fn find(&self, row: &CleanRow, looked_up: &LookedUp, numbered: Option<Whom>) -> Found {
        let by_provider = || {
            let id = row.provider_id.as_deref()?;
            self.provider_ids.get(id).copied()
        };
        if let Some(whom) = numbered.or_else(by_provider) {
            return Found::Same {
                whom,
                evidence: vec!["It has the same number.".to_owned()],
            };
        }
        let here = looked_up.hit.as_ref();
        let whom_of = |hit: &Hit| self.here.0.name(hit.number).map(Whom::Ticket);
        if let Some(hit) = here.filter(|hit| hit.is_same)
            && let Some(whom) = whom_of(hit)
        {
            return Found::Same {
                whom,
                evidence: hit.evidence.clone(),
            };
        }
        let before = self.rows.find(&looked_up.prepared, &looked_up.traits, row.key.as_ref());
        if let Some(hit) = before.as_ref().filter(|hit| hit.is_same)
            && let Some(whom) = self.rows.name(hit.number)
        {
            return Found::Same {
                whom,
                evidence: hit.evidence.clone(),
            };
        }
        let before = before.and_then(|hit| Some((self.rows.name(hit.number)?, hit)));
        let here = here.and_then(|hit| Some((whom_of(hit)?, hit.clone())));
        let best = match (here, before) {
            (Some(here), Some(before)) if before.1.score > here.1.score => Some(before),
            (Some(here), _) => Some(here),
            (None, before) => before,
        };
        match best {
            Some((whom, hit)) => Found::Maybe {
                whom,
                evidence: hit.evidence,
                moved: hit.moved,
                certain: hit.certain,
            },
            None => Found::Nobody,
        }
    }

    /// Remembers a row for those after it.
    pub fn remember(&mut self, row: &CleanRow, looked_up: LookedUp, whom: Whom) {
        if let Some(id) = &row.provider_id {
            self.provider_ids.entry(id.as_str().into()).or_insert(whom);
        }
        self.rows
            .add(looked_up.prepared, &looked_up.traits, row.key.as_ref(), whom);
    }
}

/// Whether what is known of two records with one key speaks of two people.
fn speaks_of_two(comparison: &Comparison) -> bool {
    let name = comparison.name;
    name.generation_differs
        || (!name.swapped && (name.first == Agreement::Different || name.last == Agreement::Different))
        || comparison.noticed.mobile_differs && comparison.mail != Agreement::Same
}

/// Whether it is one person by their own number or profile, at a company that is not the same.
fn is_elsewhere(comparison: &Comparison) -> bool {
    let own = comparison.profile == Agreement::Same
        || comparison.noticed.personal_phone && comparison.phone == Agreement::Same
        || comparison.noticed.private_mail;
    let name = comparison.name;
    own && comparison.company == Agreement::Different
        && name.first != Agreement::Different
        && name.last != Agreement::Different
}

/// What speaks for and against, as a person reads it.
fn sentences(comparison: &Comparison, known: &Prepared, record: &Prepared) -> Vec<String> {
    let line = Evidence::of(comparison, known, record).line();
    let mut letters = line.chars();
    match letters.next() {
        Some(first) => vec![format!("{}{}.", first.to_uppercase(), letters.as_str())],
        None => Vec::new(),
    }
}

/// What linkage may know of a record.
pub(crate) fn record_of(values: &CleanValues) -> Record {
    let mut record = Record::default();
    for (field, clean) in values {
        let text = match (&clean.value, field.field().kind) {
            (Value::Text(text), _) => text.as_str(),
            (Value::Email(email), FieldKind::Email) => email.as_str(),
            (Value::Url(url), _) => url.as_str(),
            (Value::Phone(phone), _) => phone.e164.as_deref().unwrap_or(&phone.typed),
            _ => continue,
        };
        let slot = match *field {
            keys::PERSON_NAME => &mut record.person_name,
            keys::JOB_TITLE => &mut record.job_title,
            keys::COMPANY_NAME => &mut record.company,
            keys::WEBSITE => &mut record.website,
            keys::LINKEDIN_URL => &mut record.linkedin,
            keys::EMAIL => {
                record.emails.push(text.to_owned());
                continue;
            }
            keys::MOBILE_PHONE => {
                record.mobiles.push(text.to_owned());
                continue;
            }
            keys::PHONE | keys::COMPANY_PHONE => {
                record.phones.push(text.to_owned());
                continue;
            }
            _ => continue,
        };
        text.clone_into(slot);
    }
    record
}
