//! Both sides changed one field, and a person chooses.

use domain::{Provenance, ReviewId, Source, StoredValue};
use store::Choice;

use super::{card, done};
use crate::{
    Engine, Problem, labels,
    outbox::{Held, Part, get},
    views::{Done, Side},
};

impl Engine {
    /// Settles a conflict. My side is sent to HaloPSA; HaloPSA's side is taken over here.
    ///
    /// # Errors
    /// [`Problem::NotFound`] when it has been settled already.
    pub fn resolve_conflict(&self, conflict: ReviewId, side: Side) -> anyhow::Result<Done> {
        let me = self.preferences()?.me;
        let mut label = String::new();
        let operated = self.operate("resolve_conflict", me, |w| {
            let missing = || Problem::NotFound {
                what: "open conflict with that number; it may have been settled meanwhile".to_owned(),
            };
            let detail = w.conflict(conflict)?.ok_or_else(missing)?;
            let ticket = detail.row.ticket;
            let name = labels::ticket(&card(w, ticket)?);
            let (choice, kept) = match side {
                Side::Mine => (Choice::Mine, &detail.row.mine),
                Side::Theirs => (Choice::Theirs, &detail.row.theirs),
            };
            label = format!("{} of {name} settled: {kept}", detail.row.label);
            w.relabel(label.clone());
            let part = Part::of_key(&detail.row.field).ok_or_else(missing)?;
            if side == Side::Theirs {
                let at = w.at();
                match get(&detail.theirs, part) {
                    Some(Held::Stage((lifecycle, stage))) => {
                        w.move_ticket(ticket, lifecycle, &stage, me, at)?;
                    }
                    Some(Held::Owner(owner)) => {
                        w.set_owner(ticket, owner)?;
                    }
                    Some(Held::Field(value)) => {
                        if let Part::Field(field) = part {
                            let stored = value.map(|value| StoredValue {
                                value,
                                raw: None,
                                provenance: Provenance {
                                    source: Source::Halopsa,
                                    at,
                                    by: me,
                                },
                            });
                            w.set_value(ticket, field, stored)?;
                        }
                    }
                    None => {}
                }
            }
            w.resolve_conflict(conflict, choice)?;
            Ok(())
        })?;
        Ok(done(&operated, label))
    }
}
