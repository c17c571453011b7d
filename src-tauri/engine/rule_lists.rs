//! The lists that a rule keeps, as tickets come, change and go; the rules are in [`domain::lists::automatic`].
//!
//! Model. On this computer a ticket is on the lists that its values put it on: from the moment when it is made here,
//! imported, or first shown by HaloPSA, and after that whenever a value that decides leads to another list than before.
//! Only the tickets that a write touched are looked at.
//!
//! In HaloPSA the tags follow the same moments. A ticket that is made here is created with its tags. Where somebody
//! changes a value that decides, here or there, the tag goes along: with that change, in the same request, or, where
//! HaloPSA showed the change, in an update of its own. A ticket that was in HaloPSA before this computer knew it is not
//! written there only to be tagged. Connecting reads; a tenant of 50,000 tickets would else be changed from the first to
//! the last, by every computer that connects, with all that its own workflows do on a change. What is owed is for
//! [`crate::outbox`] to say; what it needs from here is what the lists were before.
//!
//! A person is not fought. Whoever takes such a tag off a ticket in HaloPSA, or puts one on, finds it so until a value
//! leads elsewhere. Here nobody is put on such a list by hand, and whom the rule puts there is not taken off by hand.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    FieldKey, TicketId, Value,
    lists::{Tags, automatic},
    remote::RemoteTicket,
};
use store::{Applied, Change, Writer};

use crate::outbox::Part;

/// Puts tickets on the lists that follow from what this write journalled so far, and takes them off others.
pub(crate) fn follow(w: &mut Writer<'_>) -> Result<(), store::Error> {
    let mut changed: BTreeMap<TicketId, BTreeMap<FieldKey, Option<Value>>> = BTreeMap::new();
    let mut created = BTreeSet::new();
    for Applied { ticket, change } in w.applied() {
        match change {
            Change::Removed => {
                created.remove(ticket);
                changed.remove(ticket);
            }
            Change::Created => {
                created.insert(*ticket);
            }
            Change::Field { field, before, .. } if automatic::DECIDING.contains(field) => {
                let before = || before.as_ref().map(|stored| stored.value.clone());
                changed.entry(*ticket).or_default().entry(*field).or_insert_with(before);
            }
            _ => {}
        }
    }
    for (ticket, changed) in changed {
        // A part of another ticket is on no list of its own.
        if w.ticket(ticket)?.is_none() {
            continue;
        }
        let after = w.plain_values(ticket)?;
        let mut before = after.clone();
        for (field, value) in changed {
            match value {
                Some(value) => before.insert(field, value),
                None => before.remove(&field),
            };
        }
        let had = w.lists_of(ticket)?;
        let lists = automatic::follow(&had, &before, &after);
        if !lists.same_as(&had) {
            let by_rule = automatic::automatic(&after);
            w.keep_by_rule(&Tags::of(by_rule.iter().filter(|name| lists.has(name))))?;
            w.set_lists(ticket, &lists)?;
        }
    }
    for ticket in created {
        let values = w.plain_values(ticket)?;
        let by_rule = automatic::automatic(&values);
        w.begin_lists(ticket, &by_rule, &by_rule)?;
    }
    Ok(())
}

/// The first lists of a ticket that HaloPSA has and this computer had not: its tags, and what its values say.
pub(crate) fn begin(w: &mut Writer<'_>, ticket: TicketId, row: &RemoteTicket) -> Result<(), store::Error> {
    let tags = row.tags.clone().unwrap_or_default();
    let lists = automatic::follow(&tags, &BTreeMap::new(), &row.fields);
    w.begin_lists(ticket, &lists, &automatic::automatic(&row.fields))
}

/// The first lists of a ticket that was made here just now with these values.
pub(crate) fn begin_here(
    w: &mut Writer<'_>,
    ticket: TicketId,
    values: &BTreeMap<FieldKey, Value>,
) -> Result<(), store::Error> {
    let lists = automatic::automatic(values);
    w.begin_lists(ticket, &lists, &lists)
}

/// What the lists of a ticket were before this write; `None` where it did not change them.
pub(crate) fn before(w: &Writer<'_>, ticket: TicketId) -> Option<Tags> {
    w.applied().iter().find_map(|applied| match &applied.change {
        Change::Lists { before, .. } if applied.ticket == ticket => Some(before.clone()),
        _ => None,
    })
}

/// Whether HaloPSA changed, in what it showed before, a value that decides. What it shows for the first time, because the
/// field was mapped only now, decides here alone.
pub(crate) fn is_decided_anew<'p>(known: Option<&RemoteTicket>, taken: impl IntoIterator<Item = &'p Part>) -> bool {
    let knew = |field: &FieldKey| {
        known.is_some_and(|known| known.fields_known.contains(field) || known.fields.contains_key(field))
    };
    taken
        .into_iter()
        .any(|part| matches!(part, Part::Field(field) if automatic::DECIDING.contains(field) && knew(field)))
}
