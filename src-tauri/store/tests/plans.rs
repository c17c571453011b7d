//! Every query goes through an index: proven by asking SQLite how it would run each statement that was run.

use std::{cell::RefCell, collections::BTreeSet};

use chrono::TimeDelta;
use domain::{
    AgentId, CompanyId, ConflictId, ContactId, HaloAgentId, HaloCompanyId, HaloContactId, HaloTicketId, ListId,
    OutboxId, activity::ActivityKind, fields::keys,
};
use rusqlite::{StatementStatus, ToSql};

use super::{Home, ME, lead, minute, set, stage, text};
use crate::{Error, Filter, LocalPatch, NewActivity, NewEntry, OutboxPayload, OutboxState, StateChange};

thread_local! {
    static STATEMENTS: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
}

/// Remembers a statement that this thread ran.
pub(crate) fn note(sql: &str) {
    STATEMENTS.with_borrow_mut(|statements| {
        if !statements.contains(sql) {
            statements.insert(sql.to_owned());
        }
    });
}

/// The statements that the closure ran.
pub(super) fn run_by(work: impl FnOnce()) -> BTreeSet<String> {
    STATEMENTS.take();
    work();
    STATEMENTS.take()
}

/// How SQLite would run it, one line for each step.
pub(super) fn plan(home: &Home, sql: &str) -> Vec<String> {
    let connection = home.store.writer();
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let mut steps = Vec::new();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().unwrap() {
        steps.push(row.get::<_, String>("detail").unwrap());
    }
    steps
}

/// Whether a step reads a whole table that grows with the work.
pub(super) fn reads_everything(step: &str) -> bool {
    // Nearly all numbers are those of tickets.
    if step.contains("phone_index") && step.ends_with("(kind=?)") {
        return true;
    }
    let Some(rest) = step.strip_prefix("SCAN ") else {
        return false;
    };
    if rest.ends_with("-ROW VALUES CLAUSE") {
        return false;
    }
    // A handful of rows: settings and their like, one row for each stage or agent, the lists that a filter names, and
    // what the statement itself gathered.
    const SMALL: [&str; 13] = [
        "stage_totals",
        "agents",
        "cursors",
        "settings",
        "counters",
        "json_each",
        "chain",
        "sources",
        "settled",
        "queue",
        "ways",
        "told",
        "found",
    ];
    // Partial indexes that hold what is unfinished, or the search's own index.
    const NARROW: [&str; 7] = [
        "outbox_unsent",
        "outbox_sent",
        "conflicts_waiting",
        "tickets_unsynced",
        "tickets_removed",
        "review_waiting",
        "VIRTUAL TABLE INDEX",
    ];
    let table = rest.split_whitespace().next().unwrap_or_default();
    !(SMALL.contains(&table)
        || NARROW.iter().any(|index| rest.contains(index))
        || rest.starts_with("CONSTANT ROW")
        || table.starts_with('('))
}

fn filters() -> Vec<Filter> {
    let base = Filter::default();
    let (one, two) = (AgentId(1), AgentId(2));
    vec![
        Filter {
            owners: vec![one],
            ..base.clone()
        },
        Filter {
            owners: vec![one, two],
            ..base.clone()
        },
        Filter {
            unassigned: true,
            ..base.clone()
        },
        Filter {
            owners: vec![one],
            unassigned: true,
            ..base.clone()
        },
        Filter {
            sources: vec!["Apollo.io".to_owned()],
            ..base.clone()
        },
        Filter {
            min_score: Some(70),
            ..base.clone()
        },
        Filter {
            unsynced: true,
            ..base.clone()
        },
        Filter {
            text: "acme".to_owned(),
            ..base.clone()
        },
        Filter {
            text: "a".to_owned(),
            ..base.clone()
        },
        Filter {
            text: "020 7946 0018".to_owned(),
            ..base.clone()
        },
        Filter {
            owners: vec![one],
            sources: vec!["Website".to_owned()],
            min_score: Some(1),
            text: "acme".to_owned(),
            unsynced: true,
            ..base.clone()
        },
        Filter {
            stages: vec![stage("contacted"), stage("engaged")],
            ..base.clone()
        },
        Filter {
            lists: vec![ListId(1), ListId(2)],
            ..base.clone()
        },
        base,
    ]
}

#[test]
fn no_screen_reads_a_whole_table() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let statements = run_by(|| {
        let store = &home.store;
        for filter in filters() {
            // Heads and cards of a filtered board are one pass over a covering index; its own test is below.
            store.column_page(&stage("contacted"), &filter, 0, 50).unwrap();
        }
        store.board(&Filter::default(), 50).unwrap();
        store.column_heads(&Filter::default()).unwrap();
        store.card(ticket).unwrap();
        store.ticket(ticket).unwrap();
        store.ticket_by_halo(HaloTicketId(1)).unwrap();
        store.ticket_count().unwrap();
        store.values(ticket).unwrap();
        store.value(ticket, keys::EMAIL).unwrap();
        store.field_rows(ticket).unwrap();
        store.activities(ticket).unwrap();
        store.stage_entries(ticket).unwrap();
        store.next_action(ticket).unwrap();
        store.related(ticket).unwrap();
        store.sources().unwrap();
        store.history(ticket).unwrap();
        store.last_undoable(ME).unwrap();
        store.last_undone(ME).unwrap();
        for text in ["a", "ac", "acme jane", "acmee", "020 7946 0018", "#12"] {
            store.search(text, 20).unwrap();
        }
        store.due(minute(1), 10).unwrap();
        store.next_due().unwrap();
        store.outbox_entry(OutboxId(1)).unwrap();
        store.unsent(ticket).unwrap();
        store.last_unsent(ticket).unwrap();
        store.outbox(20).unwrap();
        store.outbox_counts().unwrap();
        store.conflicts(ticket).unwrap();
        store.all_conflicts().unwrap();
        store.conflict(ConflictId(1)).unwrap();
        store.agents().unwrap();
        store.agent(AgentId(1)).unwrap();
        store.agent_by_halo(HaloAgentId(1)).unwrap();
        store.halo_agent(AgentId(1)).unwrap();
        store.contact(ContactId(1)).unwrap();
        store.contact_by_halo(HaloContactId(1)).unwrap();
        store.company_by_halo(HaloCompanyId(1)).unwrap();
        store.company_name(CompanyId(1)).unwrap();
        store.mirror_get(HaloTicketId(1)).unwrap();
        store.cursor_get("tickets").unwrap();
        store.setting_get::<u8>("role").unwrap();
        store.seq().unwrap();
    });
    assert!(statements.len() > 50, "only {} statements", statements.len());
    check(&home, &statements);
}

#[test]
fn no_write_reads_a_whole_table() {
    let home = Home::new();
    let statements = run_by(|| {
        let ticket = home.lead("Acme Ltd", "Jane Doe");
        let owner = home.agent(7, "Ann");
        home.write("everything", |w| {
            w.move_ticket(ticket, domain::Lifecycle::Lead, &stage("engaged"), None, w.at())?;
            w.set_owner(ticket, Some(owner))?;
            w.set_gone(ticket, true)?;
            let activity = w.insert_activity(NewActivity {
                ticket,
                kind: ActivityKind::Note,
                at: w.at(),
                agent: None,
                who: String::new(),
                subject: String::new(),
                body: "Hello".to_owned(),
                call: None,
            })?;
            let entry = w.enqueue(NewEntry {
                ticket,
                payload: OutboxPayload::Update {
                    patch: LocalPatch::default(),
                },
                what: "Nothing".to_owned(),
            })?;
            w.refill(entry, &OutboxPayload::Activity { activity }, "Note")?;
            w.set_outbox_state(entry, &StateChange::to(OutboxState::Sending))?;
            w.requeue_stale_sending()?;
            w.set_outbox_state(entry, &StateChange::to(OutboxState::Parked))?;
            w.retry_all()?;
            w.remove_entry(entry)?;
            w.forget_sent(w.at() - TimeDelta::days(30))
        });
        set(&home, ticket, keys::JOB_TITLE, Some(text("Director")));
        home.undo();
        home.undo();
        home.redo();
    });
    assert!(statements.len() > 40, "only {} statements", statements.len());
    check(&home, &statements);
    for sql in &statements {
        // The index of the reports finds every stay in a stage, which is nearly a whole table.
        let walks = plan(&home, sql).iter().any(|step| step.contains("stage_entries_ways"));
        assert!(!walks, "{sql}");
    }
}

/// Checks every statement that the closure runs.
pub(super) fn check_run(home: &Home, work: impl FnOnce()) {
    let statements = run_by(work);
    assert!(!statements.is_empty(), "no statement was run");
    check(home, &statements);
}

fn check(home: &Home, statements: &BTreeSet<String>) {
    for sql in statements.iter().filter(|sql| !sql.starts_with("PRAGMA")) {
        let steps = plan(home, sql);
        assert!(!steps.iter().any(|step| reads_everything(step)), "{sql}\n{steps:#?}");
    }
}

#[test]
fn a_filtered_board_is_one_pass_over_a_covering_index_in_board_order() {
    let home = Home::new();
    for filter in filters() {
        if filter == Filter::default() {
            continue;
        }
        let statements = run_by(|| drop(home.store.column_heads(&filter).unwrap()));
        let counted = statements.iter().find(|sql| sql.contains("FROM tickets"));
        let kept = Filter {
            min_score: None,
            stages: Vec::new(),
            ..filter.clone()
        };
        if kept == Filter::default() {
            assert_eq!(counted, None, "{filter:?}: the kept totals are enough");
            continue;
        }
        let sql = counted.unwrap();
        let steps = plan(&home, sql);
        let over_tickets: Vec<&String> = steps.iter().filter(|step| step.contains(" tickets ")).collect();
        assert_eq!(over_tickets.len(), 1, "{sql}\n{steps:#?}");
        // A text names its tickets, and what is unsynced is few: those are fetched and sorted.
        if filter.text.is_empty() && !filter.unsynced {
            assert!(over_tickets[0].contains("COVERING INDEX"), "{sql}\n{steps:#?}");
            assert!(
                !steps.iter().any(|step| step.contains("TEMP B-TREE")),
                "{sql}\n{steps:#?}"
            );
        } else {
            assert!(over_tickets[0].starts_with("SEARCH"), "{sql}\n{steps:#?}");
        }
    }
}

/// How many steps SQLite's machine makes for the first screen of the board: a cost that no busy computer blurs.
fn steps_of_the_board(tickets: i64) -> i64 {
    let home = Home::new();
    home.quiet(|w| {
        for number in 0..tickets {
            w.insert_ticket(lead(&format!("Company {number}"), "Jane Doe", minute(number)))?;
        }
        Ok(())
    });
    let statements = run_by(|| assert_eq!(home.store.board(&Filter::default(), 50).unwrap()[0].1.len(), 50));
    let connection = home.store.writer();
    let mut steps = 0;
    for sql in statements {
        let mut statement = connection.prepare(&sql).unwrap();
        let params: &[&dyn ToSql] = if statement.parameter_count() == 3 {
            &[&"contacted", &50, &0]
        } else {
            &[]
        };
        let mut rows = statement.query(params).unwrap();
        while rows.next().unwrap().is_some() {}
        drop(rows);
        steps += i64::from(statement.get_status(StatementStatus::VmStep));
    }
    steps
}

#[test]
fn the_board_costs_the_same_with_ten_times_the_tickets() {
    let few = steps_of_the_board(100);
    let many = steps_of_the_board(1_000);
    assert!(few > 1_000, "{few} steps");
    assert_eq!(few, many);
}

#[test]
fn the_check_of_plans_sees_a_missing_index() {
    let home = Home::new();
    let steps = plan(&home, "SELECT * FROM tickets WHERE summary = 'x'");
    assert!(steps.iter().any(|step| reads_everything(step)), "{steps:?}");
    home.store.read::<_, Error>(|_| Ok(())).unwrap();
}
