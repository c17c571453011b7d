//! Do Not Contact: anybody turns it on; only a manager turns it off, with a reason, on the record.

use domain::{FieldKey, Role, TicketId, Value, activity::ActivityKind, fields::keys};
use store::NewActivity;

use super::{by_person, card, done, refused, typed};
use crate::{Engine, labels, views::Done};

impl Engine {
    /// Turns Do Not Contact on or off. The reason is one of the field's choices when turning it on, and free words, kept
    /// as a note, when turning it off.
    ///
    /// # Errors
    /// [`Problem::Refused`](crate::Problem::Refused) when turning it off without the manager role or without a reason,
    /// [`Problem::FieldInvalid`](crate::Problem::FieldInvalid) when the reason is none of the choices.
    pub fn set_do_not_contact(&self, ticket: TicketId, on: bool, reason: &str) -> anyhow::Result<Done> {
        let preferences = self.preferences()?;
        let me = preferences.me;
        let reason = reason.trim();
        if !on && preferences.role != Role::Manager {
            return Err(refused("Only a manager can clear Do Not Contact, with a reason."));
        }
        if !on && reason.is_empty() {
            return Err(refused(
                "Do Not Contact is cleared with a reason, which stays on the record.",
            ));
        }
        let choice = if on {
            typed(keys::DNC_REASON, reason, &self.input_context(&preferences))?
        } else {
            None
        };
        let mut label = String::new();
        let operated = self.operate("set_do_not_contact", me, |w| {
            let name = labels::ticket(&card(w, ticket)?);
            label = if on {
                format!("Marked {name} as Do Not Contact")
            } else {
                format!("Cleared Do Not Contact of {name}")
            };
            w.relabel(label.clone());
            let at = w.at();
            let mut set = |field: FieldKey, value: Option<Value>| {
                w.set_value(ticket, field, value.map(|value| by_person(value, None, me, at)))
            };
            let changed = set(keys::DO_NOT_CONTACT, Some(Value::Boolean(on)))?;
            if on {
                if let Some((choice, _)) = choice {
                    set(keys::DNC_REASON, Some(choice))?;
                }
            } else if changed {
                set(keys::DNC_REASON, None)?;
                w.insert_activity(NewActivity {
                    ticket,
                    kind: ActivityKind::Note,
                    at,
                    agent: me,
                    who: String::new(),
                    subject: String::new(),
                    body: format!("Do Not Contact was cleared: {reason}"),
                    call: None,
                })?;
            }
            Ok(())
        })?;
        Ok(done(&operated, label))
    }
}
