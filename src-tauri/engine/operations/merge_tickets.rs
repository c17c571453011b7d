//! Tickets that are one become one.
//!
//! Model. One ticket stays, the others become parts of it: they leave the board, the lists and the search, their timeline
//! is shown with that of the ticket that stays, and their numbers in HaloPSA go on leading to it. Values are chosen field by
//! field. Tasks, meetings and whatever HaloPSA does not have yet go over to the ticket that stays; notes and calls that
//! HaloPSA has keep their place there, because their numbers hold on their own ticket alone.
//!
//! In HaloPSA a part is closed, with a note that says where to go on. HaloPSA's own merge is not used: it has no way back.
//! A ticket that HaloPSA does not have yet is not created there any more.
//!
//! Guarantees. It is one operation and one transaction, and undo takes back all of it, also after HaloPSA has it: then the
//! parts are opened again there, what they held is given back, and a note says so. A person's opt-out survives whichever
//! ticket it is on.
//!
//! Turned down: deleting what is merged (nothing to go back to, and an import would bring it in again), and moving stages of
//! the parts to an exit (a funnel would count a loss that never was).

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    AgentId, FieldKey, ReviewId, StoredValue, TicketId, Value,
    activity::ActivityKind,
    fields::keys,
    import::ProviderOrder,
    lists::{Tags, automatic::automatic},
    merge::tickets::{best, is_chosen},
    suppression::is_on,
};
use store::{Card, Decision, NewActivity, Pair, TicketRow, Writer};

use super::{card, done, refused};
use crate::{Engine, labels, outbox::Balance, settings, views::Done};

/// What becomes one.
pub(crate) struct Union<'a> {
    /// The ticket that stays.
    pub keep: TicketId,
    /// Those that become a part of it.
    pub parts: &'a [TicketId],
    /// Whose value a field takes; what is not named is as proposed.
    pub picks: &'a BTreeMap<FieldKey, TicketId>,
    /// Values that a person gave; they win. `None` empties the field.
    pub edits: &'a BTreeMap<FieldKey, Option<StoredValue>>,
    /// The question that this answers.
    pub answers: Option<ReviewId>,
}

impl Engine {
    /// Makes several tickets one. What `picks` does not name takes the value that is proposed.
    ///
    /// # Errors
    /// [`Problem::Refused`](crate::Problem::Refused) when fewer than two tickets are named, one of them has an open
    /// difference with HaloPSA, or one is just being created there.
    pub fn merge_tickets(
        &self,
        keep: TicketId,
        parts: &[TicketId],
        picks: &BTreeMap<FieldKey, TicketId>,
    ) -> anyhow::Result<Done> {
        let me = self.preferences()?.me;
        let mut label = String::new();
        let operated = self.operate("merge_tickets", me, |w| {
            let order = settings::import_rules(w)?.order;
            label = unite(
                w,
                me,
                &order,
                &Union {
                    keep,
                    parts,
                    picks,
                    edits: &BTreeMap::new(),
                    answers: None,
                },
            )?;
            w.relabel(label.clone());
            Ok(())
        })?;
        Ok(done(&operated, label))
    }
}

/// Which of these tickets should stay: the one that came furthest, else one that HaloPSA has, else the oldest.
pub(crate) fn to_keep(rows: &[TicketRow]) -> Option<TicketId> {
    let standing = |row: &&TicketRow| {
        (
            row.card.lifecycle,
            !row.closed,
            row.card.halo_id.is_some(),
            std::cmp::Reverse(row.created_at),
            std::cmp::Reverse(row.card.id),
        )
    };
    rows.iter().max_by_key(standing).map(|row| row.card.id)
}

/// Makes tickets one and says so in a sentence.
pub(crate) fn unite(
    w: &mut Writer<'_>,
    me: Option<AgentId>,
    order: &ProviderOrder,
    union: &Union<'_>,
) -> anyhow::Result<String> {
    let keep = union.keep;
    let parts: BTreeSet<TicketId> = union.parts.iter().copied().filter(|part| *part != keep).collect();
    if parts.is_empty() {
        return Err(refused("Name at least two tickets."));
    }
    let kept_card = card(w, keep)?;
    let mut part_cards = Vec::with_capacity(parts.len());
    for part in &parts {
        part_cards.push(card(w, *part)?);
    }
    refuse_unsettled(w, &kept_card, &part_cards)?;
    let all: Vec<TicketId> = [keep].into_iter().chain(parts.iter().copied()).collect();
    let chosen = choose_values(w, order, &all, union)?;
    take_opt_out(w, &all)?;
    take_party(w, keep, &parts)?;
    take_lists(w, keep, &parts)?;
    for part in &parts {
        if w.next_action(keep)?.is_none() {
            let next = w.next_action(*part)?;
            w.set_next_action(keep, next)?;
        }
        w.set_next_action(*part, None)?;
        for activity in w.movable_activities(*part)? {
            w.move_activity(activity, keep)?;
        }
        keep_apart_what_the_part_was(w, keep, *part, &parts)?;
    }
    tell(w, me, &kept_card, &part_cards, &chosen)?;
    for part in &parts {
        w.set_merged_into(*part, Some(keep))?;
    }
    settle_questions(w, keep, &parts, union.answers)?;
    let stays = labels::ticket(&card(w, keep)?);
    Ok(match part_cards.as_slice() {
        [only] => format!("Merged {} into {stays}", labels::ticket(only)),
        many => format!("Merged {} into {stays}", labels::tickets(many.len())),
    })
}

/// A merge on top of something undecided or unknown could not be taken back as one.
fn refuse_unsettled(w: &Writer<'_>, kept: &Card, parts: &[Card]) -> anyhow::Result<()> {
    for part in parts.iter().chain([kept]) {
        if !w.conflicts(part.id)?.is_empty() {
            return Err(refused(format!(
                "{} differs from HaloPSA and somebody has to choose. Settle that first, then merge.",
                labels::ticket(part)
            )));
        }
    }
    for part in parts {
        if Balance::read(w, part.id)?.is_some_and(|balance| balance.is_being_created()) {
            return Err(refused(format!(
                "{} is just being created in HaloPSA. Wait for the answer, then merge.",
                labels::ticket(part)
            )));
        }
    }
    Ok(())
}

/// What became of the values, for the notes.
#[derive(Default)]
struct Chosen {
    taken: Vec<FieldKey>,
    kept: Vec<FieldKey>,
}

fn choose_values(
    w: &mut Writer<'_>,
    order: &ProviderOrder,
    all: &[TicketId],
    union: &Union<'_>,
) -> anyhow::Result<Chosen> {
    let values = all
        .iter()
        .map(|ticket| w.values(*ticket))
        .collect::<Result<Vec<_>, _>>()?;
    let fields: BTreeSet<FieldKey> = values.iter().flat_map(|values| values.keys().copied()).collect();
    let mut chosen = Chosen::default();
    for field in fields.into_iter().filter(|field| is_chosen(*field)) {
        let held: Vec<Option<&StoredValue>> = values.iter().map(|values| values.get(&field)).collect();
        let picked = union
            .picks
            .get(&field)
            .and_then(|ticket| all.iter().position(|known| known == ticket));
        let at = picked.unwrap_or_else(|| best(field, &held, order));
        let value = held.get(at).copied().flatten().cloned();
        let differs = held
            .iter()
            .flatten()
            .any(|other| value.as_ref().is_none_or(|value| !value.value.same_as(&other.value)));
        if union.edits.contains_key(&field) {
            continue;
        }
        if at != 0 && w.set_value(union.keep, field, value)? {
            chosen.taken.push(field);
        } else if differs {
            chosen.kept.push(field);
        }
    }
    for (field, value) in union.edits {
        w.set_value(union.keep, *field, value.clone())?;
    }
    Ok(chosen)
}

/// Whoever asked for peace on one of them gets it on the one that stays.
fn take_opt_out(w: &mut Writer<'_>, all: &[TicketId]) -> anyhow::Result<()> {
    let Some((keep, parts)) = all.split_first() else {
        return Ok(());
    };
    for part in parts {
        if is_on(&w.plain_values(*keep)?) {
            return Ok(());
        }
        let values = w.values(*part)?;
        if values
            .get(&keys::DO_NOT_CONTACT)
            .is_some_and(|stored| stored.value == Value::Boolean(true))
        {
            for field in [keys::DO_NOT_CONTACT, keys::DNC_REASON] {
                w.set_value(*keep, field, values.get(&field).cloned())?;
            }
        }
    }
    Ok(())
}

/// Whom the ticket is about stays; where nobody is known, a part may know.
fn take_party(w: &mut Writer<'_>, keep: TicketId, parts: &BTreeSet<TicketId>) -> anyhow::Result<()> {
    for part in parts {
        let (Some(kept), Some(row)) = (w.ticket(keep)?, w.ticket(*part)?) else {
            continue;
        };
        if kept.company.is_none() {
            w.link_company(keep, row.company)?;
        }
        let company = kept.company.or(row.company);
        if kept.contact.is_none() && company == row.company {
            w.link_contact(keep, row.contact)?;
        }
    }
    Ok(())
}

/// The lists that people keep go along. Those that a rule keeps follow from the values of each ticket, and stay with them.
fn take_lists(w: &mut Writer<'_>, keep: TicketId, parts: &BTreeSet<TicketId>) -> anyhow::Result<()> {
    let mut lists = w.lists_of(keep)?;
    for part in parts {
        let by_rule = automatic(&w.plain_values(*part)?);
        let on = w.lists_of(*part)?;
        let (stay, go): (Vec<_>, Vec<_>) = on.iter().map(str::to_owned).partition(|name| by_rule.has(name));
        for name in go {
            lists.add(name);
        }
        w.set_lists(*part, &Tags::of(stay))?;
    }
    w.set_lists(keep, &lists)?;
    Ok(())
}

/// Who is not the part is not the ticket that stays either.
fn keep_apart_what_the_part_was(
    w: &mut Writer<'_>,
    keep: TicketId,
    part: TicketId,
    parts: &BTreeSet<TicketId>,
) -> anyhow::Result<()> {
    for row in w.apart_from(part)? {
        let pair = match row.pair {
            Pair::Contacts(..) => continue,
            Pair::Key(_, key) => Pair::Key(keep, key),
            Pair::Tickets(one, other) => {
                let other = if other == part { one } else { other };
                if other == keep || parts.contains(&other) {
                    continue;
                }
                Pair::of(keep, other)
            }
        };
        w.keep_apart(&pair)?;
    }
    Ok(())
}

/// Says in both timelines, and in HaloPSA, what became one and what was taken from where.
fn tell(w: &mut Writer<'_>, me: Option<AgentId>, kept: &Card, parts: &[Card], chosen: &Chosen) -> anyhow::Result<()> {
    let name = |card: &Card| match card.halo_id {
        Some(id) => format!("{} (#{id})", labels::ticket(card)),
        None => labels::ticket(card),
    };
    let list = |fields: &[FieldKey]| fields.iter().map(|field| field.label()).collect::<Vec<_>>().join(", ");
    let at = w.at();
    let mut note = |ticket: TicketId, body: String| {
        w.tell(NewActivity {
            ticket,
            kind: ActivityKind::Note,
            at,
            agent: me,
            who: String::new(),
            subject: String::new(),
            body,
            call: None,
        })
    };
    let names: Vec<String> = parts.iter().map(name).collect();
    let mut body = format!("Merged with {}.", names.join(", "));
    if !chosen.taken.is_empty() {
        body.push_str(&format!(" Taken over: {}.", list(&chosen.taken)));
    }
    if !chosen.kept.is_empty() {
        body.push_str(&format!(" Kept as it was here: {}.", list(&chosen.kept)));
    }
    note(kept.id, body)?;
    for part in parts.iter().filter(|part| part.halo_id.is_some()) {
        note(part.id, format!("Merged into {}. Go on there.", name(kept)))?;
    }
    Ok(())
}

/// Questions that the merge answers are closed: between its tickets, and those that are asked twice now.
fn settle_questions(
    w: &mut Writer<'_>,
    keep: TicketId,
    parts: &BTreeSet<TicketId>,
    answers: Option<ReviewId>,
) -> anyhow::Result<()> {
    let mut items = BTreeMap::new();
    for ticket in parts.iter().copied().chain([keep]) {
        items.extend(w.reviews_of(ticket)?.into_iter().map(|item| (item.id, item)));
    }
    let mut asked = BTreeSet::new();
    for (id, item) in items {
        let Some(ticket) = item.ticket else { continue };
        let ticket = w.survivor(ticket)?;
        let other = match item.other {
            Some(other) => Some(w.survivor(other)?),
            None => None,
        };
        let answered = other == Some(ticket);
        let pair = other.map(|other| Pair::of(ticket, other));
        let twice = pair.is_some_and(|pair| !asked.insert(pair));
        if Some(id) == answers {
            w.decide_review(id, Decision::Merged)?;
        } else if answered || twice {
            w.decide_review(id, Decision::Moot)?;
        }
    }
    Ok(())
}
