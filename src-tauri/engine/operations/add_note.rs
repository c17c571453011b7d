//! A note on a ticket's timeline.

use domain::{TicketId, activity::ActivityKind};
use store::NewActivity;

use super::{card, done, refused};
use crate::{Engine, labels, views::Done};

/// The longest note, in characters.
const LONGEST: usize = 50_000;

impl Engine {
    /// Writes a note.
    ///
    /// # Errors
    /// [`Problem::Refused`](crate::Problem::Refused) when there is nothing in it, or too much.
    pub fn add_note(&self, ticket: TicketId, text: &str) -> anyhow::Result<Done> {
        let me = self.preferences()?.me;
        let body = domain::text::tidy_lines(text);
        if body.is_empty() {
            return Err(refused("The note is empty."));
        }
        let length = body.chars().count();
        if length > LONGEST {
            return Err(refused(format!(
                "A note can hold {LONGEST} characters; this has {length}."
            )));
        }
        let mut label = String::new();
        let operated = self.operate("add_note", me, |w| {
            label = format!("Note on {}", labels::ticket(&card(w, ticket)?));
            w.relabel(label.clone());
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
        })?;
        Ok(done(&operated, label))
    }
}
