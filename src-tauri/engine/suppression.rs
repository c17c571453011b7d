//! Do Not Contact: what follows when somebody asks for peace, and what nobody may do from then on.
//!
//! Model. The mark is a field of a ticket; the ledger (`store`) holds the addresses of everybody who is marked, hashed.
//! [`follow`] keeps the two together after every write, whoever made it: a marked ticket puts the addresses of its
//! person into the ledger, and a ticket whose person is in the ledger is marked. So it does not matter whether the
//! opt-out was set here, typed into a field, brought by a move into the opt-out stage, or came from HaloPSA; nor whether
//! the person's other ticket is here already, is created later, or gets the address by an edit.
//!
//! Guarantees. Only [`Engine::lift_do_not_contact`](crate::Engine::lift_do_not_contact) and the undo of a mark that
//! HaloPSA never got turn it off, and both close the entries of the ledger with who and why. A merge, an import or a
//! discarded entry never does.
//!
//! Undo. Whoever marked a ticket by mistake takes it back with undo as long as HaloPSA has not got it. After that other
//! computers may act on it, so it needs the manager's reason that lifting asks for.
//!
//! Who is the same person is for [`domain::suppression`] to say.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    AgentId, FieldKey, Provenance, Source, StoredValue, TicketId, Value,
    activity::ActivityKind,
    fields::{DNC_REASONS, keys},
    phone::PhoneNumber,
    suppression::{Identity, identities, is_on, is_opt_out, matters},
};
use store::{Actor, Applied, Card, Change, NewActivity, Reader, Suppression, Writer};

use crate::{
    Engine, Problem, labels,
    outbox::{self, Balance, Held, Part},
};

/// Who marks the other tickets of a person.
const RULE: &str = "Do Not Contact";

/// What of a marked ticket HaloPSA has to be told.
pub(crate) const TOLD: [Part; 2] = [Part::Field(keys::DO_NOT_CONTACT), Part::Field(keys::DNC_REASON)];

/// The fields that hold a way to reach somebody.
const REACHABLE: [FieldKey; 4] = [keys::EMAIL, keys::PHONE, keys::MOBILE_PHONE, keys::COMPANY_PHONE];

/// The person on a ticket, as far as Do Not Contact goes.
pub(crate) struct Person {
    pub on: bool,
    pub reason: String,
    pub identities: Vec<Identity>,
}

impl Person {
    /// From what a ticket holds.
    pub fn of(values: &BTreeMap<FieldKey, Value>) -> Self {
        Self {
            on: is_on(values),
            reason: values.get(&keys::DNC_REASON).map(Value::display).unwrap_or_default(),
            identities: identities(values),
        }
    }

    /// From the ticket, even one whose creation was undone.
    pub fn read(reader: &Reader<'_>, ticket: TicketId) -> Result<Self, store::Error> {
        Ok(Self::of(&reader.plain_values(ticket)?))
    }

    /// Whether both are the same person.
    fn is(&self, other: &Self) -> bool {
        let shares = |identity: &Identity| other.identities.contains(identity);
        self.identities
            .iter()
            .any(|identity| identity.tells_who() && shares(identity))
    }
}

/// Brings marks and ledger together after this write. Returns the tickets that were marked by it, because their person
/// is one who must not be contacted.
///
/// # Errors
/// The store's own failures.
pub(crate) fn follow(w: &mut Writer<'_>) -> anyhow::Result<BTreeSet<TicketId>> {
    let mut touched = BTreeSet::new();
    for Applied { ticket, change } in w.applied() {
        let concerns = match change {
            Change::Created => true,
            Change::Field { field, .. } => matters(*field),
            Change::Stage { after, .. } => is_opt_out(&after.stage),
            _ => false,
        };
        if concerns {
            touched.insert(*ticket);
        }
    }
    if touched.is_empty() {
        return Ok(BTreeSet::new());
    }
    let marked = settle(w, touched)?;
    // What is taken back or done again brings its own notes and next actions with it.
    if !matches!(w.kind(), Some("undo" | "redo")) {
        close_what_is_open(w, &marked)?;
    }
    Ok(marked)
}

/// As [`follow`], for a ticket that HaloPSA showed for the first time.
///
/// # Errors
/// The store's own failures.
pub(crate) fn follow_new(w: &mut Writer<'_>, ticket: TicketId) -> anyhow::Result<BTreeSet<TicketId>> {
    let marked = settle(w, BTreeSet::from([ticket]))?;
    for other in &marked {
        call_off(w, *other)?;
        tell_by_rule(w, *other)?;
    }
    Ok(marked)
}

/// Whether a ticket with these values has anything to do with the ledger: its person is, or has to be, in it.
///
/// # Errors
/// The store's own failures.
pub(crate) fn concerns(reader: &Reader<'_>, values: &BTreeMap<FieldKey, Value>) -> Result<bool, store::Error> {
    let person = Person::of(values);
    Ok(person.on || reader.suppressed_person(&person.identities)?.is_some())
}

/// Puts a person into the ledger whose ticket goes.
///
/// # Errors
/// The store's own failures.
pub(crate) fn remember(w: &mut Writer<'_>, ticket: TicketId, person: &Person) -> Result<(), store::Error> {
    let by = match w.actor() {
        Some(Actor::Person(me)) => me,
        Some(Actor::Machine(_)) | None => None,
    };
    for identity in &person.identities {
        w.suppress(ticket, identity, by, &person.reason)?;
    }
    Ok(())
}

/// Whether undo may take these marks back: HaloPSA has not got them, and the person stands on no ticket that was marked
/// otherwise. `changes` is what the operation did.
///
/// # Errors
/// [`Problem::NotUndoable`].
pub(crate) fn refuse_undo(reader: &Reader<'_>, changes: &[Applied]) -> anyhow::Result<()> {
    let own: BTreeSet<TicketId> = changes.iter().map(|applied| applied.ticket).collect();
    for ticket in came_on(reader, changes)? {
        let Some(balance) = Balance::read(reader, ticket)? else {
            continue;
        };
        let told = Held::Field(Some(Value::Boolean(true)));
        let is_out = match balance.there(Part::Field(keys::DO_NOT_CONTACT)) {
            Some(there) => there.same_as(&told),
            None => balance.is_being_created(),
        };
        if is_out {
            return Err(not_undoable("HaloPSA has this opt-out, or is getting it."));
        }
        let people = people(reader, &[ticket])?;
        if people
            .iter()
            .any(|(other, (card, _))| card.do_not_contact && !own.contains(other))
        {
            return Err(not_undoable("Another ticket of the same person is marked as well."));
        }
    }
    Ok(())
}

fn not_undoable(why: &str) -> anyhow::Error {
    Problem::NotUndoable {
        reason: format!("{why} A manager can lift Do Not Contact, with a reason."),
    }
    .into()
}

fn settle(w: &mut Writer<'_>, touched: BTreeSet<TicketId>) -> anyhow::Result<BTreeSet<TicketId>> {
    let by = match w.actor() {
        Some(Actor::Person(me)) => me,
        Some(Actor::Machine(_)) | None => None,
    };
    let taking_back = matches!(w.kind(), Some("undo" | "redo"));
    let mut marked = BTreeSet::new();
    let mut queue: Vec<(TicketId, bool)> = touched.into_iter().map(|ticket| (ticket, true)).collect();
    while let Some((ticket, is_touched)) = queue.pop() {
        let Some(row) = w.ticket_or_part(ticket)? else {
            continue;
        };
        let card = row.card;
        let mut person = Person::read(w, ticket)?;
        if !person.on {
            // A ticket that a colleague moved to the opt-out stage is marked; one that was lifted may stay there.
            let moved_there = is_touched && !taking_back && is_opt_out(&card.stage) && came_there(w, ticket);
            let known = w.suppressed_person(&person.identities)?;
            if !moved_there && known.is_none() {
                continue;
            }
            if person.reason.is_empty() {
                person.reason = known.map(|known| known.reason).unwrap_or_default();
            }
            mark(w, ticket, &person.reason)?;
            marked.insert(ticket);
        }
        for identity in &person.identities {
            if w.suppress(ticket, identity, by, &person.reason)? {
                let others = w.tickets_at(identity)?;
                queue.extend(
                    others
                        .into_iter()
                        .filter(|other| *other != ticket)
                        .map(|other| (other, false)),
                );
            }
        }
    }
    Ok(marked)
}

/// Whether this write brought the ticket into the stage it is in.
fn came_there(w: &Writer<'_>, ticket: TicketId) -> bool {
    // Nothing is journalled of a ticket that HaloPSA shows for the first time.
    w.kind().is_none()
        || w.applied()
            .iter()
            .any(|applied| applied.ticket == ticket && matches!(applied.change, Change::Created | Change::Stage { .. }))
}

/// Marks a ticket because of a rule.
fn mark(w: &mut Writer<'_>, ticket: TicketId, reason: &str) -> Result<(), store::Error> {
    let at = w.at();
    let by_rule = |value: Value| StoredValue {
        value,
        raw: None,
        provenance: Provenance {
            source: Source::Rule { name: RULE.to_owned() },
            at,
            by: None,
        },
    };
    w.set_value(ticket, keys::DO_NOT_CONTACT, Some(by_rule(Value::Boolean(true))))?;
    if DNC_REASONS.contains(&reason) {
        w.set_value(
            ticket,
            keys::DNC_REASON,
            Some(by_rule(Value::Choice(reason.to_owned()))),
        )?;
    }
    Ok(())
}

/// Everything that came to be marked in this write is no longer to be called, and says so: in HaloPSA where a person
/// marked it, on the timeline where a rule did because of what HaloPSA showed.
fn close_what_is_open(w: &mut Writer<'_>, marked: &BTreeSet<TicketId>) -> anyhow::Result<()> {
    let person = match w.actor() {
        Some(Actor::Person(me)) => Some(me),
        Some(Actor::Machine(_)) | None => None,
    };
    for ticket in came_on(w, w.applied())? {
        call_off(w, ticket)?;
        match person {
            Some(me) => note(w, ticket, me, marked.contains(&ticket))?,
            None if marked.contains(&ticket) => tell_by_rule(w, ticket)?,
            None => {}
        }
    }
    Ok(())
}

/// Nobody is to call any more. What a machine closes is not derived from the journal, so it is queued here.
fn call_off(w: &mut Writer<'_>, ticket: TicketId) -> anyhow::Result<()> {
    let at = w.at();
    w.set_next_action(ticket, None)?;
    for task in w.open_tasks(ticket)? {
        w.set_done(task, Some(at))?;
        if !matches!(w.actor(), Some(Actor::Person(_))) {
            outbox::queue_activity(w, ticket, task)?;
        }
    }
    Ok(())
}

/// The tickets that these changes marked.
fn came_on(reader: &Reader<'_>, changes: &[Applied]) -> Result<BTreeSet<TicketId>, store::Error> {
    let mut tickets = BTreeSet::new();
    for Applied { ticket, change } in changes {
        let came_on = match change {
            Change::Field { field, before, after } if *field == keys::DO_NOT_CONTACT => {
                let on = |stored: &Option<StoredValue>| {
                    stored
                        .as_ref()
                        .is_some_and(|stored| stored.value == Value::Boolean(true))
                };
                !on(before) && on(after)
            }
            Change::Created => reader.card(*ticket)?.is_some_and(|card| card.do_not_contact),
            _ => false,
        };
        if came_on {
            tickets.insert(*ticket);
        }
    }
    Ok(tickets)
}

fn note(w: &mut Writer<'_>, ticket: TicketId, me: Option<AgentId>, by_rule: bool) -> anyhow::Result<()> {
    let reason = w.value(ticket, keys::DNC_REASON)?.map(|stored| stored.value.display());
    let mut body = match reason {
        Some(reason) => format!("Do Not Contact was turned on: {reason}."),
        None => "Do Not Contact was turned on.".to_owned(),
    };
    if by_rule {
        body.push_str(" The person is known by the same e-mail address or phone number.");
    }
    let at = w.at();
    w.insert_activity(NewActivity {
        ticket,
        kind: ActivityKind::Note,
        at,
        agent: me,
        who: String::new(),
        subject: String::new(),
        body,
        call: None,
    })?;
    Ok(())
}

fn tell_by_rule(w: &mut Writer<'_>, ticket: TicketId) -> anyhow::Result<()> {
    let at = w.at();
    w.insert_activity(NewActivity {
        ticket,
        kind: ActivityKind::System,
        at,
        agent: None,
        who: RULE.to_owned(),
        subject: String::new(),
        body: "Do Not Contact was turned on: the person is on the do-not-contact list.".to_owned(),
        call: None,
    })?;
    Ok(())
}

/// These tickets and all others of the same people. Tickets that are not here are left out.
///
/// # Errors
/// The store's own failures.
pub(crate) fn people(
    reader: &Reader<'_>,
    tickets: &[TicketId],
) -> Result<BTreeMap<TicketId, (Card, Person)>, store::Error> {
    let mut found: BTreeMap<TicketId, (Card, Person)> = BTreeMap::new();
    let mut queue = tickets.to_vec();
    while let Some(ticket) = queue.pop() {
        if found.contains_key(&ticket) {
            continue;
        }
        let Some(card) = reader.card(ticket)? else { continue };
        let person = Person::read(reader, ticket)?;
        for identity in &person.identities {
            for other in reader.tickets_at(identity)? {
                if !found.contains_key(&other) && person.is(&Person::read(reader, other)?) {
                    queue.push(other);
                }
            }
        }
        found.insert(ticket, (card, person));
    }
    Ok(found)
}

/// Why somebody must not be contacted: "Acme Ltd – Jane Doe must not be contacted (Opt-out, since 12 Nov 2026)."
pub(crate) fn sentence(who: &str, known: Option<&Suppression>) -> String {
    match known {
        Some(known) => {
            let since = known.since.with_timezone(&chrono::Local).format("%-d %b %Y");
            let reason = if known.reason.is_empty() {
                String::new()
            } else {
                format!("{}, ", known.reason)
            };
            format!("{who} must not be contacted ({reason}since {since}).")
        }
        None => format!("{who} must not be contacted."),
    }
}

/// Refuses to reach out to the person on a ticket, or by an address that is in the ledger.
///
/// # Errors
/// [`Problem::Refused`] with the sentence for the person who tried.
pub(crate) fn refuse_contact(
    reader: &Reader<'_>,
    card: &Card,
    by: Option<&Identity>,
    instead: &str,
) -> anyhow::Result<()> {
    let refuse = |sentence: String| {
        Err(Problem::Refused {
            reason: format!("{sentence} {instead}"),
        }
        .into())
    };
    if card.do_not_contact {
        let person = Person::read(reader, card.id)?;
        let known = reader.suppressed_person(&person.identities)?;
        return refuse(sentence(&labels::ticket(card), known.as_ref()));
    }
    match by {
        Some(identity) => match reader.suppressed_address(std::slice::from_ref(identity))? {
            Some(known) => refuse(sentence("Whoever is reached there", Some(&known))),
            None => Ok(()),
        },
        None => Ok(()),
    }
}

/// The fields of a ticket by which nobody may be reached.
///
/// # Errors
/// The store's own failures.
pub(crate) fn closed_ways(
    reader: &Reader<'_>,
    card: &Card,
    values: &BTreeMap<FieldKey, Value>,
) -> Result<Vec<FieldKey>, store::Error> {
    let mut closed = Vec::new();
    for field in REACHABLE {
        let Some(value) = values.get(&field) else { continue };
        let is_closed = card.do_not_contact
            || match Identity::of_value(value) {
                Some(identity) => reader.suppressed_address(&[identity])?.is_some(),
                None => false,
            };
        if is_closed {
            closed.push(field);
        }
    }
    Ok(closed)
}

impl Engine {
    /// Whether a person with these values must not be contacted, and since when. For everything that brings people in.
    ///
    /// # Errors
    /// The store's failures.
    pub fn suppressed(&self, values: &BTreeMap<FieldKey, Value>) -> anyhow::Result<Option<Suppression>> {
        let identities = identities(values);
        Ok(self.store().suppressed_person(&identities)?)
    }

    /// The other tickets of the people on these: what marking or lifting reaches beside them.
    ///
    /// # Errors
    /// The store's failures.
    pub fn same_person(&self, tickets: &[TicketId]) -> anyhow::Result<Vec<Card>> {
        let people = self.store().read(|reader| people(reader, tickets))?;
        let others = people.into_iter().filter(|(ticket, _)| !tickets.contains(ticket));
        Ok(others.map(|(_, (card, _))| card).collect())
    }

    /// The link that calls or writes to the person on a ticket: `tel:+442079460018`, `mailto:jane@acme.example`.
    ///
    /// # Errors
    /// [`Problem::Refused`] when the person must not be contacted, or the field holds nothing to call or write to.
    pub fn contact_link(&self, ticket: TicketId, field: FieldKey) -> anyhow::Result<String> {
        self.store().read(|reader| {
            let card = crate::operations::card(reader, ticket)?;
            let value = reader.value(ticket, field)?.map(|stored| stored.value);
            let identity = value.as_ref().and_then(Identity::of_value);
            refuse_contact(
                reader,
                &card,
                identity.as_ref(),
                "A manager can lift it, with a reason.",
            )?;
            match value {
                Some(Value::Email(email)) => Ok(format!("mailto:{}", email.as_str())),
                Some(Value::Phone(PhoneNumber {
                    e164: Some(number),
                    extension,
                    ..
                })) => Ok(match extension {
                    Some(extension) => format!("tel:{number};ext={extension}"),
                    None => format!("tel:{number}"),
                }),
                _ => Err(Problem::Refused {
                    reason: format!("{} holds nothing that can be called or written to.", field.label()),
                }
                .into()),
            }
        })
    }
}
