//! Both sides changed one field, and a person chooses.

use domain::{AgentId, ConflictId, Provenance, Source, StoredValue};
use store::{Choice, Writer};

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
    pub fn resolve_conflict(&self, conflict: ConflictId, side: Side) -> anyhow::Result<Done> {
        self.resolve_conflicts(&[conflict], side)
    }

    /// Settles several conflicts for the same side, as one operation.
    ///
    /// # Errors
    /// [`Problem::NotFound`] when one of them has been settled already; then none is touched.
    pub fn resolve_conflicts(&self, conflicts: &[ConflictId], side: Side) -> anyhow::Result<Done> {
        let me = self.preferences()?.me;
        let mut label = String::new();
        let operated = self.operate("resolve_conflict", me, |w| {
            let settled = conflicts
                .iter()
                .map(|conflict| settle(w, *conflict, side, me))
                .collect::<anyhow::Result<Vec<_>>>()?;
            label = sentence(&settled, side);
            w.relabel(label.clone());
            Ok(())
        })?;
        Ok(done(&operated, label))
    }
}

/// What was settled, in words.
pub(crate) struct Settled {
    ticket: String,
    field: String,
    kept: String,
}

pub(crate) fn settle(
    w: &mut Writer<'_>,
    conflict: ConflictId,
    side: Side,
    me: Option<AgentId>,
) -> anyhow::Result<Settled> {
    let missing = || Problem::NotFound {
        what: "open conflict with that number; it may have been settled meanwhile".to_owned(),
    };
    let detail = w.conflict(conflict)?.ok_or_else(missing)?;
    let ticket = detail.row.ticket;
    let name = labels::ticket(&card(w, ticket)?);
    let (choice, kept) = match side {
        Side::Mine => (Choice::Mine, detail.row.mine),
        Side::Theirs => (Choice::Theirs, detail.row.theirs),
    };
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
            Some(Held::Party(party)) => {
                w.link_company(ticket, party.company)?;
                w.link_contact(ticket, party.contact)?;
            }
            Some(Held::Lists(lists)) => {
                w.set_lists(ticket, &lists)?;
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
    Ok(Settled {
        ticket: name,
        field: detail.row.label,
        kept,
    })
}

/// "Stage of Acme Ltd – Jane Doe settled: Engaged"; where there are several, how many and for whom.
pub(crate) fn sentence(settled: &[Settled], side: Side) -> String {
    let [first, rest @ ..] = settled else {
        return "Nothing to settle".to_owned();
    };
    if rest.is_empty() {
        return format!("{} of {} settled: {}", first.field, first.ticket, first.kept);
    }
    let whose = match side {
        Side::Mine => "what was here stays",
        Side::Theirs => "HaloPSA’s values taken",
    };
    if rest.iter().all(|other| other.ticket == first.ticket) {
        return format!("{} fields of {} settled: {whose}", settled.len(), first.ticket);
    }
    format!("{} differences settled: {whose}", settled.len())
}
