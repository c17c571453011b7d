//! A manager says, on the record, that somebody may be contacted again.

use std::collections::BTreeSet;

use domain::{Role, SuppressionId, TicketId, Value, activity::ActivityKind, fields::keys};
use store::NewActivity;

use super::{by_person, card, done, refused, set_do_not_contact::who};
use crate::{
    Engine,
    suppression::{self, Person},
    views::Done,
};

impl Engine {
    /// Lifts Do Not Contact from the people on these tickets, on all tickets of theirs: one that stayed marked would mark
    /// the others again. The reason is kept in the ledger and as a note in HaloPSA.
    ///
    /// # Errors
    /// [`Problem::Refused`](crate::Problem::Refused) without the manager role, a ticket or a reason.
    pub fn lift_do_not_contact(&self, tickets: &[TicketId], reason: &str) -> anyhow::Result<Done> {
        let preferences = self.preferences()?;
        let me = preferences.me;
        let reason = domain::text::tidy_line(reason);
        if preferences.role != Role::Manager {
            return Err(refused("Only a manager can lift Do Not Contact, with a reason."));
        }
        if tickets.is_empty() {
            return Err(refused("No ticket was named."));
        }
        if reason.is_empty() {
            return Err(refused(
                "Do Not Contact is lifted with a reason, which stays on the record.",
            ));
        }
        let mut label = String::new();
        let operated = self.operate("lift_do_not_contact", me, |w| {
            for ticket in tickets {
                card(w, *ticket)?;
            }
            let mut people = suppression::people(w, tickets)?;
            people.retain(|_, (_, person)| person.on);
            let others = people.keys().filter(|other| !tickets.contains(other)).count();
            label = format!("Lifted Do Not Contact from {}", who(w, tickets, others)?);
            w.relabel(label.clone());
            let at = w.at();
            let mut kept: BTreeSet<SuppressionId> = BTreeSet::new();
            let mut lifted: BTreeSet<SuppressionId> = BTreeSet::new();
            for (_, person) in people.values() {
                for identity in &person.identities {
                    let Some(entry) = w.suppression(identity)? else {
                        continue;
                    };
                    // Somebody else who opted out may stand behind the same mailbox or line.
                    let mut elsewhere = false;
                    for other in w.tickets_at(identity)? {
                        if !people.contains_key(&other) {
                            let other = Person::read(w, other)?;
                            elsewhere |= other.on && other.identities.contains(identity);
                        }
                    }
                    let entries = if elsewhere { &mut kept } else { &mut lifted };
                    entries.insert(entry.id);
                }
            }
            for ticket in people.keys() {
                // Addresses that have been corrected since are lifted as well.
                let learned = w.suppressions_of(*ticket)?;
                lifted.extend(learned.iter().map(|entry| entry.id).filter(|id| !kept.contains(id)));
            }
            for entry in lifted {
                w.lift_suppression(entry, me, &reason)?;
            }
            for ticket in people.keys() {
                let off = by_person(Value::Boolean(false), None, me, at);
                w.set_value(*ticket, keys::DO_NOT_CONTACT, Some(off))?;
                w.set_value(*ticket, keys::DNC_REASON, None)?;
                w.insert_activity(NewActivity {
                    ticket: *ticket,
                    kind: ActivityKind::Note,
                    at,
                    agent: me,
                    who: String::new(),
                    subject: String::new(),
                    body: format!("Do Not Contact was lifted: {reason}"),
                    call: None,
                })?;
            }
            Ok(())
        })?;
        Ok(done(&operated, label))
    }
}
