//! Undo and redo by chance: whatever is done in whatever order, they walk the same states.

use domain::{Lifecycle, TicketId, Value, fields::keys};
use proptest::prelude::*;

use super::{
    Home, lead, operation, pounds, stage, text, typed,
    undo::{note, without_hidden},
};
use crate::{Error, Writer};

/// One thing a person may do, chosen by chance.
#[derive(Clone, Debug)]
enum Step {
    Title(usize, u8),
    Value(usize, u8),
    Move(usize, u8),
    Create,
    Note(usize),
    Undo,
    Redo,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0_usize..4, 0_u8..3).prop_map(|(ticket, value)| Step::Title(ticket, value)),
        (0_usize..4, 0_u8..3).prop_map(|(ticket, value)| Step::Value(ticket, value)),
        (0_usize..4, 0_u8..4).prop_map(|(ticket, value)| Step::Move(ticket, value)),
        Just(Step::Create),
        (0_usize..4).prop_map(Step::Note),
        Just(Step::Undo),
        Just(Step::Undo),
        Just(Step::Redo),
    ];
    proptest::collection::vec(step, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is done, undone and redone in whatever order: undo gives the state before, redo the state after.
    #[test]
    fn undo_and_redo_walk_the_same_states(steps in steps()) {
        let home = Home::new();
        let mut tickets = vec![home.lead("Acme Ltd", "Jane Doe")];
        // The states behind and ahead, as an editor would keep them.
        let mut behind = Vec::new();
        let mut ahead = Vec::new();
        let mut now = home.visible();
        for step in steps {
            let changed = match &step {
                Step::Title(..) | Step::Value(..) | Step::Move(..) | Step::Note(..) | Step::Create => {
                    let written = home.store.write::<_, Error>(operation("step"), home.now(), |w| {
                        perform(w, &step, &tickets)
                    }).unwrap();
                    if let Some(ticket) = written.value {
                        tickets.push(ticket);
                    }
                    if written.operation.is_some() {
                        behind.push(std::mem::take(&mut now));
                        ahead.clear();
                        now = home.visible();
                    }
                    continue;
                }
                Step::Undo => home.undo().map(|_| (&mut behind, &mut ahead)),
                Step::Redo => home.redo().map(|_| (&mut ahead, &mut behind)),
            };
            match changed {
                Some((from, to)) => {
                    let expected = from.pop();
                    to.push(std::mem::replace(&mut now, home.visible()));
                    prop_assert_eq!(Some(&now), expected.as_ref());
                }
                None if matches!(step, Step::Undo) => prop_assert!(behind.is_empty()),
                None => prop_assert!(ahead.is_empty()),
            }
        }
        prop_assert_eq!(home.recounted(), home.totals());
    }
}

#[test]
fn a_move_back_that_is_done_again_keeps_the_stays_before_it() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    for to in ["engaged", "contacted"] {
        home.write("move", |w| {
            w.move_ticket(ticket, Lifecycle::Lead, &stage(to), None, w.at())
        });
    }
    let moved = home.visible();
    home.undo();
    home.redo();
    assert_eq!(home.visible(), moved);
}

fn perform(w: &mut Writer<'_>, step: &Step, tickets: &[TicketId]) -> Result<Option<TicketId>, Error> {
    let ticket = |number: &usize| tickets[number % tickets.len()];
    // A person can only touch what is there.
    let there = |w: &Writer<'_>, ticket: TicketId| w.card(ticket).map(|card| card.is_some());
    match step {
        Step::Title(number, value) if there(w, ticket(number))? => {
            let value = ["Director", "Manager", ""][usize::from(*value)];
            let value = (!value.is_empty()).then(|| typed(text(value)));
            w.set_value(ticket(number), keys::JOB_TITLE, value)?;
        }
        Step::Value(number, value) if there(w, ticket(number))? => {
            let value = (*value > 0).then(|| typed(pounds(i64::from(*value) * 1_000)));
            w.set_value(ticket(number), keys::OPPORTUNITY_VALUE, value)?;
            w.set_value(ticket(number), keys::PROBABILITY, Some(typed(Value::Percent(50))))?;
        }
        Step::Move(number, value) if there(w, ticket(number))? => {
            let to = ["contacted", "engaged", "researching", "no_interest"][usize::from(*value)];
            w.move_ticket(ticket(number), Lifecycle::Lead, &stage(to), None, w.at())?;
        }
        Step::Note(number) if there(w, ticket(number))? => {
            w.insert_activity(note(ticket(number)))?;
        }
        Step::Create => return w.insert_ticket(lead("New Ltd", "New Person", w.at())).map(Some),
        _ => {}
    }
    Ok(None)
}

impl Home {
    /// What a person sees: without the hidden rows that wait for a redo.
    fn visible(&self) -> String {
        let hidden: Vec<String> = self
            .store
            .read::<_, Error>(|reader| {
                let mut statement = reader
                    .connection()
                    .prepare("SELECT id FROM tickets WHERE removed = 1")?;
                let ids = statement.query_map([], |row| row.get::<_, i64>(0))?;
                Ok(ids.map(|id| format!("Integer({})", id.unwrap())).collect())
            })
            .unwrap();
        without_hidden(&self.dump())
            .lines()
            .filter(|line| {
                let owner = match line.split_whitespace().next() {
                    Some("tickets" | "ticket_values" | "stage_entries") => line.split_whitespace().nth(1),
                    Some("activities" | "outbox") => line.split_whitespace().nth(2),
                    _ => None,
                };
                !owner.is_some_and(|owner| hidden.iter().any(|id| id == owner))
            })
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// The column totals as the triggers keep them, and as counting gives them.
    pub(super) fn totals(&self) -> Vec<String> {
        self.rows(
            "SELECT stage, currency, score, tickets, minor, weighted FROM stage_totals WHERE tickets > 0 ORDER BY 1, 2, 3",
        )
    }

    pub(super) fn recounted(&self) -> Vec<String> {
        self.rows(
            "SELECT stage, currency, coalesce(score, -1), count(*), sum(value_minor),
                sum(value_minor * coalesce(probability, 0))
             FROM tickets WHERE removed = 0 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        )
    }

    fn rows(&self, sql: &str) -> Vec<String> {
        self.store
            .read::<_, Error>(|reader| {
                let mut statement = reader.connection().prepare(sql)?;
                let rows = statement.query_map([], |row| {
                    Ok((0..6)
                        .map(|column| format!("{:?}", row.get_ref(column)))
                        .collect::<Vec<_>>()
                        .join(" "))
                })?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .unwrap()
    }
}
