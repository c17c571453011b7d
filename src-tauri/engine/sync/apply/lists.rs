//! The lists of a ticket, when HaloPSA shows it: both sides together, so there is never anything to ask.

use std::borrow::Cow;

use domain::{lists::Tags, remote::RemoteTicket};

use super::Answers;
use crate::outbox::{Balance, Held, Part};

/// The lists that a ticket is on after the row; `None` when the row does not speak of them.
pub(super) fn meet_lists(
    balance: &Balance,
    answers: Answers<'_>,
    known: Option<&RemoteTicket>,
    row: &RemoteTicket,
) -> Option<Tags> {
    let theirs = row.tags.as_ref()?;
    let Held::Lists(mine) = balance.here(Part::Lists) else {
        return None;
    };
    // In the answer to a request the request is the base.
    let base = match answers {
        Answers::Update(sent) | Answers::Creation(sent) if sent.lists.is_some() => sent.lists.as_ref(),
        Answers::Creation(_) => None,
        Answers::Update(_) | Answers::Nothing => known.and_then(|known| known.tags.as_ref()),
    };
    let mut base = base.map(Cow::Borrowed);
    // What comes back as we sent it is our own change, not a colleague's.
    for sent in balance.updates_on_their_way().filter_map(|patch| patch.lists.as_ref()) {
        base = base.map(|base| Cow::Owned(base.with_agreed(sent, theirs)));
    }
    Some(Tags::merge(base.as_deref(), &mine, theirs))
}
