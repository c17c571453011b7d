//! A field is typed anew, or emptied.

use domain::{FieldKey, Role, TicketId, Value, fields::keys};

use super::{by_person, card, done, refused, typed};
use crate::{Engine, labels, views::Done};

impl Engine {
    /// Writes what was typed into a field; empty input empties it.
    ///
    /// # Errors
    /// [`Problem::FieldInvalid`](crate::Problem::FieldInvalid) when it is no value of the field,
    /// [`Problem::Refused`](crate::Problem::Refused) when the field is not for typing, or would clear Do Not Contact.
    pub fn edit_field(&self, ticket: TicketId, field: FieldKey, input: &str) -> anyhow::Result<Done> {
        let preferences = self.preferences()?;
        let entry = field.field();
        if entry.read_only || field == keys::DEAL_AFTER_OPT_OUT {
            return Err(refused(format!(
                "{} is written by Leadline and cannot be typed.",
                entry.label
            )));
        }
        let value = typed(field, input, &self.input_context(&preferences))?;
        let turns_on = value.as_ref().is_some_and(|(value, _)| *value == Value::Boolean(true));
        let mut label = String::new();
        let operated = self.operate("edit_field", preferences.me, |w| {
            let card = card(w, ticket)?;
            if field == keys::DO_NOT_CONTACT && card.do_not_contact && !turns_on {
                return Err(refused(if preferences.role == Role::Manager {
                    "Do Not Contact is lifted with a reason, which stays on the record. Choose Lift on the ticket."
                } else {
                    "Only a manager can lift Do Not Contact, with a reason."
                }));
            }
            label = format!(
                "{} of {}",
                labels::field(field, value.as_ref().map(|(value, _)| value)),
                labels::ticket(&card)
            );
            w.relabel(label.clone());
            let at = w.at();
            w.set_value(
                ticket,
                field,
                value.map(|(value, raw)| by_person(value, raw, preferences.me, at)),
            )?;
            Ok(())
        })?;
        Ok(done(&operated, label))
    }
}
