//! Somebody asks not to be contacted, and everybody who works here can see to it.

use domain::{FieldKey, TicketId, Value, fields::keys};

use super::{by_person, card, done, refused, typed};
use crate::{Engine, labels, suppression, views::Done};

impl Engine {
    /// Marks the people on these tickets, and with them all other tickets of the same people, as Do Not Contact. The
    /// reason is one of the field's choices. What becomes of a lead's stage or a deal is a move, not this.
    ///
    /// # Errors
    /// [`Problem::Refused`](crate::Problem::Refused) without a ticket or a reason,
    /// [`Problem::FieldInvalid`](crate::Problem::FieldInvalid) when the reason is none of the choices.
    pub fn set_do_not_contact(&self, tickets: &[TicketId], reason: &str) -> anyhow::Result<Done> {
        let preferences = self.preferences()?;
        let me = preferences.me;
        if tickets.is_empty() {
            return Err(refused("No ticket was named."));
        }
        let Some((choice, _)) = typed(keys::DNC_REASON, reason.trim(), &self.input_context(&preferences))? else {
            return Err(refused("Say why: opt-out, legal, or other."));
        };
        let mut label = String::new();
        let operated = self.operate("set_do_not_contact", me, |w| {
            let at = w.at();
            for ticket in tickets {
                card(w, *ticket)?;
                let mut set =
                    |field: FieldKey, value: Value| w.set_value(*ticket, field, Some(by_person(value, None, me, at)));
                set(keys::DO_NOT_CONTACT, Value::Boolean(true))?;
                set(keys::DNC_REASON, choice.clone())?;
            }
            // Their other tickets are marked by the rule that follows every write.
            let others = suppression::people(w, tickets)?
                .into_iter()
                .filter(|(other, (card, _))| !tickets.contains(other) && !card.do_not_contact)
                .count();
            label = format!("Marked {} as Do Not Contact", who(w, tickets, others)?);
            w.relabel(label.clone());
            Ok(())
        })?;
        Ok(done(&operated, label))
    }
}

/// "Acme Ltd – Jane Doe and 2 more tickets of the same person", "3 tickets".
pub(super) fn who(reader: &store::Reader<'_>, tickets: &[TicketId], others: usize) -> anyhow::Result<String> {
    Ok(match (tickets, others) {
        ([only], 0) => labels::ticket(&card(reader, *only)?),
        ([only], others) => {
            let more = if others == 1 { "ticket" } else { "tickets" };
            format!(
                "{} and {others} more {more} of the same person",
                labels::ticket(&card(reader, *only)?)
            )
        }
        (several, others) => labels::tickets(several.len() + others),
    })
}
