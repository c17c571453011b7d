//! Contacts that may be one person, two by two, as the queue asks about them.
//!
//! HaloPSA keeps contacts and merges none through its interface, so nothing here does as if it could. Those two that are
//! one get one answer that holds here and there: every ticket of the second is pointed to the first, as an ordinary change
//! that goes to HaloPSA and can be undone. Both records stay in HaloPSA, and the question says so.
//!
//! Only contacts that HaloPSA has are compared, and only pairs of which at least one has a ticket here: thousands of
//! people who only ever ask the service desk are nobody's business on this board.

use std::collections::BTreeSet;

use domain::{ContactId, FieldKey, Provenance, Source, StoredValue, TicketId, Value, fields::keys};
use linkage::{Decision, Evidence, Linker, Record, RecordNumber};
use store::{KnownContact, NewReview, Pair, Reader, ReviewItem, ReviewPayload, ReviewReason, Writer};

use super::{
    detail::{Sight, Subject, entry_of},
    duplicates::{SOURCE, sentence},
    no_entry, row_of,
};
use crate::{
    Engine, Problem, labels,
    views::{Pick, Recommendation, ReviewAction, ReviewDetail, ReviewField, ReviewSide, SideValue, SourceConfidence},
    weights,
};

/// The most tickets that are listed beside a question.
const LISTED: usize = 50;
/// The largest group that is named as one.
const LARGEST_GROUP: usize = 20;

/// What a look at contacts found.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Looked {
    pub contacts: u32,
    pub new: u32,
}

/// Two contacts that may be one.
struct Suspects {
    pair: [ContactId; 2],
    score: f32,
    evidence: String,
    certain: bool,
    label: ReviewPayload,
    /// Whether both have tickets here.
    both: bool,
}

impl Engine {
    /// As [`Engine::find_duplicates`], of contacts.
    pub(super) fn look_for_duplicate_contacts(&self, most: u32) -> anyhow::Result<Looked> {
        let (due, changed, suspects) = self.store().read(|reader| -> anyhow::Result<_> {
            let due = reader.contacts_to_compare()?;
            if due.is_empty() {
                return Ok((due, BTreeSet::new(), Vec::new()));
            }
            let known = reader.known_contacts()?;
            let here = known.iter().map(|known| known.contact.id);
            let changed: BTreeSet<ContactId> = here.filter(|contact| due.contains_key(contact)).collect();
            let suspects = if changed.is_empty() {
                Vec::new()
            } else {
                suspects(reader, &known, &changed)?
            };
            Ok((due, changed, suspects))
        })?;
        if due.is_empty() {
            return Ok(Looked::default());
        }
        let written = self.store().write_quiet(self.now(), |w| -> anyhow::Result<u32> {
            let mut found = BTreeSet::new();
            let mut left = BTreeSet::new();
            let mut new = 0;
            for suspects in suspects {
                let [one, other] = suspects.pair;
                if w.is_not_same(&Pair::of_contacts(one, other))? {
                    continue;
                }
                let asked = w.contact_question(suspects.pair)?;
                let is_open = asked.as_ref().is_some_and(|item| item.decided.is_none());
                let was_answered = asked.is_some_and(|item| item.decided == Some(store::Decision::Merged));
                // They are one, and it shows: only one of them has tickets still.
                if was_answered && !suspects.both {
                    continue;
                }
                found.insert(suspects.pair);
                if !is_open && new >= most {
                    left.insert(one);
                    continue;
                }
                let opened = w.open_review(&NewReview {
                    reason: ReviewReason::PossibleDuplicate,
                    ticket: None,
                    other: None,
                    contacts: Some(suspects.pair),
                    import: None,
                    payload: suspects.label,
                    evidence: vec![suspects.evidence],
                    source: SOURCE.to_owned(),
                    certain: suspects.certain,
                })?;
                new += u32::from(opened.is_some() && !is_open);
            }
            for contact in due.keys() {
                for item in w.reviews_of_contact(*contact)? {
                    if item.contacts.is_some_and(|pair| !found.contains(&pair)) {
                        w.decide_review(item.id, store::Decision::Moot)?;
                    }
                }
            }
            for (contact, seq) in due.iter().filter(|(contact, _)| !left.contains(contact)) {
                w.contact_compared(*contact, *seq)?;
            }
            Ok(new)
        })?;
        self.publish(written.changes);
        Ok(Looked {
            contacts: u32::try_from(changed.len()).unwrap_or(u32::MAX),
            new: written.value,
        })
    }
}

/// Everybody whom HaloPSA has, compared with those who were changed. The strongest come first.
fn suspects(
    reader: &Reader<'_>,
    known: &[KnownContact],
    changed: &BTreeSet<ContactId>,
) -> Result<Vec<Suspects>, store::Error> {
    let mut linker = Linker::new(weights::in_use(reader)?);
    for one in known {
        linker.add(&record_of(one));
    }
    let mut found = Vec::new();
    for (number, one) in (0_u32..).zip(known) {
        let Some(record) = linker.get(number).filter(|_| changed.contains(&one.contact.id)) else {
            continue;
        };
        for hit in linker.find(record) {
            let Some((other, theirs)) = at(known, hit.record).zip(linker.get(hit.record)) else {
                continue;
            };
            let (mine, its) = (one.contact.id, other.contact.id);
            let is_met_twice = changed.contains(&its) && its < mine;
            if its == mine || is_met_twice || (one.tickets == 0 && other.tickets == 0) {
                continue;
            }
            let line = Evidence::of(&hit.comparison, record, theirs).line();
            found.push(Suspects {
                pair: [mine.min(its), mine.max(its)],
                score: hit.verdict.score,
                evidence: sentence(&format!("two contacts: {line}")),
                certain: hit.verdict.decision == Decision::Same,
                label: label_of(if to_keep(one, other) { one } else { other }),
                both: one.tickets > 0 && other.tickets > 0,
            });
        }
    }
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.pair.cmp(&b.pair)));
    Ok(found)
}

fn at(known: &[KnownContact], number: RecordNumber) -> Option<&KnownContact> {
    known.get(number as usize)
}

fn record_of(known: &KnownContact) -> Record {
    let contact = &known.contact;
    Record {
        person_name: contact.name.clone(),
        emails: Some(contact.email.clone())
            .filter(|email| !email.is_empty())
            .into_iter()
            .collect(),
        phones: contact.phones.clone(),
        company: known.company.clone(),
        website: known.website.clone(),
        ..Record::default()
    }
}

/// Whether the first of two stays: the one with more tickets here, else the older one.
fn to_keep(one: &KnownContact, other: &KnownContact) -> bool {
    (one.tickets, other.contact.id) >= (other.tickets, one.contact.id)
}

/// Who stays, as the queue names the question.
fn label_of(known: &KnownContact) -> ReviewPayload {
    let named = |field: FieldKey, text: &str| {
        let value = (!text.is_empty()).then(|| StoredValue {
            value: Value::Text(text.to_owned()),
            raw: None,
            provenance: Provenance {
                source: Source::Halopsa,
                at: chrono::DateTime::UNIX_EPOCH,
                by: None,
            },
        });
        value.map(|value| (field, value))
    };
    ReviewPayload {
        values: [
            named(keys::COMPANY_NAME, &known.company),
            named(keys::PERSON_NAME, &known.contact.name),
        ]
        .into_iter()
        .flatten()
        .collect(),
        ..ReviewPayload::default()
    }
}

/// Both contacts beside each other.
///
/// # Errors
/// [`Problem::NotFound`] when one of them is no longer here.
pub(super) fn sight(reader: &Reader<'_>, item: ReviewItem, [one, other]: [ContactId; 2]) -> anyhow::Result<Sight> {
    let known = |contact: ContactId| -> anyhow::Result<KnownContact> {
        reader.known_contact(contact)?.ok_or_else(|| no_entry().into())
    };
    let (one, other) = (known(one)?, known(other)?);
    let (left, right) = if to_keep(&one, &other) {
        (one, other)
    } else {
        (other, one)
    };
    let tickets = reader.tickets_of_contact(right.contact.id)?;
    let listed: Vec<TicketId> = tickets.iter().copied().take(LISTED).collect();
    let both = "HaloPSA merges no contacts from outside: both stay there, so make the other one inactive in HaloPSA.";
    let text = match tickets.len() {
        0 => format!("Remember that they are one: no ticket here names the second one. {both}"),
        count => format!(
            "Point {} of the second one to {}, here and in HaloPSA. {both}",
            labels::tickets(count),
            name_of(&left)
        ),
    };
    let mut evidence = item.evidence.clone();
    evidence.extend(group(reader, &left)?);
    let detail = ReviewDetail {
        row: row_of(entry_of(reader, &item, &name_of(&left))?),
        evidence,
        left: side("Stays", &left),
        right: side("Its tickets go to the first", &right),
        fields: fields(&left, &right),
        recommendation: Recommendation {
            action: ReviewAction::Join,
            text,
        },
        can: vec![ReviewAction::Join, ReviewAction::NotSame],
        cluster: Vec::new(),
        moves: reader.cards(&listed)?,
        cells: Vec::new(),
    };
    Ok(Sight {
        detail,
        sure: item.certain,
        subject: Subject::Contacts {
            keep: left.contact.id,
            part: right.contact.id,
            item,
        },
    })
}

/// Names everybody who may be one with this contact by open questions; nothing where there are only two.
fn group(reader: &Reader<'_>, first: &KnownContact) -> Result<Option<String>, store::Error> {
    let mut found = vec![first.contact.id];
    let mut at = 0;
    while let Some(&contact) = found.get(at) {
        at += 1;
        for item in reader.reviews_of_contact(contact)? {
            for other in item.contacts.into_iter().flatten() {
                if found.len() < LARGEST_GROUP && !found.contains(&other) {
                    found.push(other);
                }
            }
        }
    }
    if found.len() < 3 {
        return Ok(None);
    }
    let mut names = Vec::with_capacity(found.len());
    for contact in &found {
        if let Some(known) = reader.known_contact(*contact)? {
            let email = Some(known.contact.email.as_str()).filter(|email| !email.is_empty());
            names.push(match email {
                Some(email) => format!("{} ({email})", name_of(&known)),
                None => name_of(&known),
            });
        }
    }
    Ok(Some(format!("All of these may be one: {}.", names.join("; "))))
}

/// "Acme Ltd – Jane Doe".
pub(super) fn name_of(known: &KnownContact) -> String {
    match known.company.as_str() {
        "" => known.contact.name.clone(),
        company => format!("{company} – {}", known.contact.name),
    }
}

/// The names stand in the rows; HaloPSA's number tells which of the two it is.
fn side(title: &str, known: &KnownContact) -> ReviewSide {
    let number = known.contact.halo_id.map(|id| format!(" · contact {id}"));
    ReviewSide {
        title: format!("{title}{}", number.unwrap_or_default()),
        card: None,
    }
}

fn fields(left: &KnownContact, right: &KnownContact) -> Vec<ReviewField> {
    type Show = fn(&KnownContact) -> String;
    let rows: [(&str, &str, Option<FieldKey>, Show); 5] = [
        ("name", "Name", None, |known| known.contact.name.clone()),
        ("company", "Company", None, |known| known.company.clone()),
        ("email", "E-mail", None, |known| known.contact.email.clone()),
        ("phones", "Phone", None, |known| known.contact.phones.join(", ")),
        ("tickets", "Tickets here", None, |known| known.tickets.to_string()),
    ];
    let value = |shown: String| {
        (!shown.is_empty()).then(|| SideValue {
            input: shown.clone(),
            shown,
            source: "HaloPSA".to_owned(),
            at: None,
            confidence: SourceConfidence::Halopsa,
        })
    };
    let mut fields: Vec<ReviewField> = rows
        .into_iter()
        .map(|(key, label, field, show)| {
            let (mine, theirs) = (show(left), show(right));
            ReviewField {
                key: key.to_owned(),
                field,
                label: label.to_owned(),
                differs: mine != theirs,
                left: value(mine),
                right: value(theirs),
                recommended: Pick::Left,
                editable: false,
                choices: Vec::new(),
            }
        })
        .filter(|field| field.left.is_some() || field.right.is_some())
        .collect();
    fields.sort_by_key(|field| !field.differs);
    fields
}

/// Does what was decided about two contacts, and says it in a sentence.
///
/// # Errors
/// [`Problem::Refused`] for a way that there is not, [`Problem::NotFound`] when one of them is no longer here.
pub(super) fn decide(
    w: &mut Writer<'_>,
    item: &ReviewItem,
    [keep, part]: [ContactId; 2],
    action: ReviewAction,
) -> anyhow::Result<String> {
    let known = |w: &Writer<'_>, contact| -> anyhow::Result<KnownContact> {
        w.known_contact(contact)?.ok_or_else(|| no_entry().into())
    };
    let (kept, other) = (known(w, keep)?, known(w, part)?);
    match action {
        ReviewAction::NotSame => {
            w.keep_apart(&Pair::of_contacts(keep, part))?;
            w.decide_review(item.id, store::Decision::NotSame)?;
            Ok(format!("{} is not {}", name_of(&kept), name_of(&other)))
        }
        ReviewAction::Join => {
            let tickets = w.tickets_of_contact(part)?;
            for ticket in &tickets {
                // Whoever is chosen brings their company along.
                if kept.contact.company.is_some() {
                    w.link_company(*ticket, kept.contact.company)?;
                }
                w.link_contact(*ticket, Some(keep))?;
            }
            w.decide_review(item.id, store::Decision::Merged)?;
            Ok(match tickets.len() {
                0 => format!("{} and {} are one contact", name_of(&kept), name_of(&other)),
                count => format!("Pointed {} to {}", labels::tickets(count), name_of(&kept)),
            })
        }
        _ => Err(Problem::Refused {
            reason: "That cannot be done with contacts.".to_owned(),
        }
        .into()),
    }
}
