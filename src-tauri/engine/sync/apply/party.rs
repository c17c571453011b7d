//! Whom a ticket is about, when HaloPSA shows it: the same three-way merge as for everything else, over two links.
//!
//! HaloPSA's change is taken over in silence, as the row of the contact may come later than the ticket that names it. Where
//! both sides changed, a person chooses.

use domain::{TicketId, remote::RemoteTicket};
use store::{Party, Writer};

use super::{Answers, Outcome};
use crate::outbox::{Balance, Held, Part, party_of};

/// What becomes of the links.
pub(super) enum Link {
    Same,
    Take(Party),
    Keep,
    Ask { mine: Party, theirs: Party },
}

impl Link {
    /// What a person has to choose, and what is still owed, counts with the rest of the ticket.
    pub(super) fn count(&self, outcome: &mut Outcome) {
        match self {
            Self::Same | Self::Take(_) => {}
            Self::Keep => outcome.kept.push(Part::Party),
            Self::Ask { mine, theirs } => {
                outcome
                    .asked
                    .push((Part::Party, Held::Party(*mine), Held::Party(*theirs)));
            }
        }
    }

    pub(super) fn apply(&self, w: &mut Writer<'_>, ticket: TicketId) -> Result<(), store::Error> {
        if let Self::Take(party) = self {
            w.link_contact(ticket, party.contact)?;
            w.link_company(ticket, party.company)?;
        }
        Ok(())
    }
}

/// Decides what becomes of the links. Makes rows for a company and a contact that only the ticket names so far.
pub(super) fn meet_party(
    w: &mut Writer<'_>,
    balance: &Balance,
    answers: Answers<'_>,
    known: Option<&RemoteTicket>,
    row: &RemoteTicket,
) -> Result<Link, store::Error> {
    let Held::Party(mine) = balance.here(Part::Party) else {
        return Ok(Link::Same);
    };
    let theirs = Party {
        company: row.company.map(|company| w.company_for(company)).transpose()?,
        contact: row.contact.map(|contact| w.contact_for(contact)).transpose()?,
    };
    if theirs == mine {
        return Ok(Link::Same);
    }
    let base = match answers {
        // In the answer to a request the request is the base.
        Answers::Update(sent) | Answers::Creation(sent) if sent.party.is_some() => sent.party,
        Answers::Creation(_) => Some(Party::default()),
        Answers::Update(_) | Answers::Nothing => match known {
            Some(known) => Some(party_of(w, known)?),
            None => None,
        },
    };
    // What comes back as we sent it is our own change, not a colleague's.
    if balance.updates_on_their_way().any(|patch| patch.party == Some(theirs)) {
        return Ok(Link::Keep);
    }
    let is_waiting = balance.unsent_updates().any(|patch| patch.party.is_some());
    let is_mine_new = base.map_or(is_waiting, |base| base != mine);
    Ok(match (base.is_none_or(|base| base != theirs), is_mine_new) {
        (false, _) => Link::Keep,
        (true, false) => Link::Take(theirs),
        (true, true) => Link::Ask { mine, theirs },
    })
}
