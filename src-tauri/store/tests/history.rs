//! The history in memory counts what the statements of the reports say, whatever was written, and by whom.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::{AgentId, HaloActionId, Lifecycle, StageKey, TicketId, Value, activity::ActivityKind, fields::keys};
use proptest::prelude::*;

use super::{Home, minute, stage};
use crate::{Closing, Ending, Error, Scope, StageStay, Store, TicketFilter, WayOut};

const STAGES: [&str; 4] = ["contacted", "engaged", "no_interest", "researching"];

fn closing() -> Closing {
    Closing {
        won: stage("engaged"),
        lost: vec![stage("no_interest")],
    }
}

fn in_order(mut deals: Vec<Ending>) -> Vec<Ending> {
    deals.sort_by_key(|deal| deal.ticket);
    deals
}

fn scopes(owner: AgentId) -> Vec<Scope> {
    let scope = |from: i64, until: i64, cohort: bool, owner: Option<AgentId>| Scope {
        from: minute(from),
        until: minute(until),
        now: minute(60),
        cohort,
        filter: TicketFilter {
            owner,
            ..TicketFilter::default()
        },
    };
    vec![
        // Everything; a moment of the past; tickets of some minutes; an agent's.
        scope(-1_000, 1_000, false, None),
        scope(5, 20, false, None),
        scope(3, 12, true, None),
        scope(0, 1_000, false, Some(owner)),
    ]
}

/// Compares every count, each asked of both.
fn agrees(store: &Store, owner: AgentId) -> Result<(), Error> {
    let stages: Vec<StageKey> = STAGES.into_iter().map(stage).collect();
    let history = store.stage_history()?;
    for scope in scopes(owner) {
        store.read(|reader| {
            let view = history.view(reader, &scope)?;
            for key in &stages {
                let one = std::slice::from_ref(key);
                let by_way = |ways: Vec<WayOut>| -> BTreeMap<Option<StageKey>, [u32; 3]> {
                    let taken = ways.into_iter().filter(|way| way.entered > 0);
                    taken
                        .map(|way| (way.next, [way.entered, way.again, way.open]))
                        .collect()
                };
                assert_eq!(
                    by_way(view.funnel(key)),
                    by_way(reader.funnel(&scope, one)?),
                    "{key} in {scope:?}"
                );
                let sorted = |mut stays: crate::Stays| {
                    stays.ended.sort_unstable();
                    stays.open.sort_unstable();
                    stays
                };
                let said = reader.stays(&scope, one)?.remove(0);
                assert_eq!(sorted(view.stays(key)), sorted(said), "{key} in {scope:?}");
            }
            assert_eq!(view.open(&stages), reader.open_deals(&scope, &stages)?, "{scope:?}");
            let mut closed = view.closed(&closing());
            for deal in &mut closed {
                // That is not asked of the statements.
                deal.opened_at = None;
            }
            let said = reader.closed_deals_with_words(&scope, &closing())?;
            assert_eq!(in_order(closed), in_order(said), "{scope:?}");
            assert_eq!(view.moves(), reader.moves_by_agent(&scope)?, "{scope:?}");
            assert_eq!(view.calls(), reader.calls_by_agent(&scope)?, "{scope:?}");
            Ok::<_, Error>(())
        })?;
    }
    Ok(())
}

/// One thing that happens to one of the tickets.
fn happen(
    home: &Home,
    store: &Store,
    tickets: &mut Vec<TicketId>,
    agent: AgentId,
    (which, what, to): (usize, u8, usize),
) {
    let ticket = tickets[which % tickets.len()];
    let now = home.now();
    match what {
        0..=4 => {
            let target = stage(STAGES[to % STAGES.len()]);
            let by = (to % 2 == 0).then_some(agent);
            let lifecycle = if to < 2 {
                Lifecycle::Opportunity
            } else {
                Lifecycle::Lead
            };
            let moved = store.write(super::operation("move"), now, |w| {
                w.move_ticket(ticket, lifecycle, &target, by, w.at())
            });
            moved.unwrap();
        }
        5 => drop(home.undo()),
        6 => drop(home.redo()),
        7 => {
            let past = |key: &str, from: i64| StageStay {
                lifecycle: Lifecycle::Lead,
                stage: stage(key),
                entered_at: minute(from),
                left_at: minute(from) + TimeDelta::minutes(2),
                by: Some(agent),
            };
            let from = -(to as i64) - 10;
            let stays = [past(STAGES[to % STAGES.len()], from), past("engaged", from + 2)];
            store.write_quiet(now, |w| w.rebuild_stays(ticket, &stays)).unwrap();
        }
        8 => {
            let new = super::lead("Acme Ltd", "Jane Doe", now);
            let made = store.write(super::operation("create"), now, |w| w.insert_ticket(new));
            tickets.push(made.unwrap().value);
        }
        9 => {
            let mut call = super::undo::note(ticket);
            call.kind = ActivityKind::Call;
            call.agent = (to % 3 != 0).then_some(agent);
            call.at = now;
            let logged = store.write(super::operation("log_call"), now, |w| w.insert_activity(call));
            logged.unwrap();
        }
        10 => {
            let mut theirs = super::undo::note(ticket);
            theirs.kind = if to % 2 == 0 {
                ActivityKind::Call
            } else {
                ActivityKind::Note
            };
            theirs.agent = Some(agent);
            theirs.at = minute(to as i64);
            let action = HaloActionId(to as i64 / 2 + 1);
            let shown = store.write_quiet(now, |w| w.put_remote_activity(theirs, action));
            shown.unwrap();
        }
        11 => {
            let field = if to % 2 == 0 {
                keys::WIN_LOSS_REASON
            } else {
                keys::COMPETITORS
            };
            let said = ["Price", "Acme IT, Bolt", "Price", "No budget"].get(to / 2);
            super::set(
                home,
                ticket,
                field,
                said.filter(|_| to < 7).map(|said| Value::Text((*said).to_owned())),
            );
        }
        _ => {
            let given = store.write(super::operation("give"), now, |w| w.set_owner(ticket, Some(agent)));
            given.unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_history_counts_what_the_statements_say(
        things in proptest::collection::vec((0_usize..6, 0_u8..13, 0_usize..8), 1..30),
        looks in 1_usize..5,
    ) {
        let home = Home::new();
        let agent = home.agent(7, "Ann");
        let mut tickets: Vec<TicketId> = (0..4).map(|number| home.lead(&format!("Company {number}"), "Jane Doe")).collect();
        for (turn, thing) in things.into_iter().enumerate() {
            happen(&home, &home.store, &mut tickets, agent, thing);
            if turn % looks == 0 {
                agrees(&home.store, agent).unwrap();
            }
        }
        agrees(&home.store, agent).unwrap();
        prop_assert_eq!(all_closed(&home.store, agent).unwrap(), all_closed(&home.reopen(), agent).unwrap());
    }
}

/// What is known of closed tickets, as it was kept up to date or read anew.
fn all_closed(store: &Store, owner: AgentId) -> Result<Vec<Vec<Ending>>, Error> {
    let history = store.stage_history()?;
    let closed = |scope: Scope| store.read(|reader| Ok(in_order(history.view(reader, &scope)?.closed(&closing()))));
    scopes(owner).into_iter().map(closed).collect()
}

#[test]
fn the_history_sees_what_another_process_wrote() {
    let home = Home::new();
    let agent = home.agent(7, "Ann");
    let mut tickets = vec![home.lead("Acme Ltd", "Jane Doe"), home.lead("Best plc", "Max Roe")];
    agrees(&home.store, agent).unwrap();
    let other = home.reopen();
    happen(&home, &other, &mut tickets, agent, (0, 0, 1));
    agrees(&home.store, agent).unwrap();
    happen(&home, &home.store, &mut tickets, agent, (1, 0, 1));
    agrees(&home.store, agent).unwrap();
    // One after the other, between two looks.
    happen(&home, &other, &mut tickets, agent, (0, 0, 3));
    happen(&home, &home.store, &mut tickets, agent, (1, 0, 3));
    agrees(&home.store, agent).unwrap();
    agrees(&other, agent).unwrap();
}

#[test]
fn more_tickets_than_are_read_one_by_one_are_read_anew() {
    let home = Home::new();
    let agent = home.agent(7, "Ann");
    home.lead("Acme Ltd", "Jane Doe");
    agrees(&home.store, agent).unwrap();
    home.quiet(|w| {
        for number in 0..5_100 {
            w.insert_ticket(super::lead(
                &format!("Company {number}"),
                "Jane Doe",
                minute(number % 30),
            ))?;
        }
        Ok(())
    });
    agrees(&home.store, agent).unwrap();
}
