//! Reports: they read what the period holds, from indexes, and the writer keeps what they read in order.

use chrono::TimeDelta;
use domain::{AgentId, Lifecycle, StageKey, TicketId, fields::keys, lists::Tags};

use super::{
    Home, minute,
    plans::{plan, reads_everything, run_by},
    set, stage, text,
};
use crate::{
    Closes, Closing, Error, ExpectedTickets, FunnelTickets, ImportOutcome, ImportedTickets, Reader, Scope, Segment,
    SegmentBy, StageStay, TicketFilter,
};

fn scopes() -> Vec<Scope> {
    let scope = Scope {
        from: minute(0),
        until: minute(1_000),
        now: minute(2_000),
        cohort: false,
        filter: TicketFilter::default(),
    };
    let filtered = |filter: TicketFilter| Scope {
        filter,
        ..scope.clone()
    };
    let segment = |by, value: &str| {
        filtered(TicketFilter {
            segment: Some(Segment {
                by,
                value: value.to_owned(),
            }),
            ..TicketFilter::default()
        })
    };
    vec![
        scope.clone(),
        Scope {
            cohort: true,
            ..scope.clone()
        },
        filtered(TicketFilter {
            owner: Some(AgentId(1)),
            ..TicketFilter::default()
        }),
        filtered(TicketFilter {
            source: Some("Apollo.io".to_owned()),
            ..TicketFilter::default()
        }),
        filtered(TicketFilter {
            lifecycle: Some(Lifecycle::Lead),
            ..TicketFilter::default()
        }),
        segment(SegmentBy::Industry, "Healthcare"),
        segment(SegmentBy::EmployeeRange, "10-50"),
        segment(SegmentBy::List, "Hot Leads"),
    ]
}

fn closing() -> Closing {
    Closing {
        won: stage("won"),
        lost: vec![stage("lost")],
    }
}

fn ask_everything(reader: &Reader<'_>, scope: &Scope) -> Result<(), Error> {
    let stages = [stage("contacted"), stage("engaged")];
    reader.funnel(scope, &stages)?;
    for which in [
        FunnelTickets::Entered,
        FunnelTickets::ReEntered,
        FunnelTickets::StillHere,
        FunnelTickets::LeftFor(vec![stage("engaged")]),
    ] {
        reader.funnel_tickets(scope, &stages[0], &which)?;
    }
    reader.stays(scope, &stages)?;
    reader.stay_tickets(scope, &stages[0], true)?;
    reader.closed_deals(scope, &closing())?;
    reader.closed_deals_with_words(scope, &closing())?;
    reader.open_deals(scope, &stages)?;
    reader.open_deal_tickets(scope, &stages)?;
    reader.forecast(scope, &stages)?;
    let today = minute(0).date_naive();
    for closes in [Closes::Ever, Closes::Undated, Closes::Within(today, today)] {
        let which = ExpectedTickets {
            closes,
            currency: "GBP".to_owned(),
            probability: (0, 49),
        };
        reader.forecast_tickets(scope, &stages, &which)?;
    }
    reader.created(scope)?;
    reader.created_tickets(scope, "Apollo.io", &[Lifecycle::Lead])?;
    reader.open_by_owner(scope, &stages)?;
    reader.open_value_by_owner(scope, &stages)?;
    reader.open_tickets_of(scope, &stages, Some(AgentId(1)))?;
    reader.open_tickets_of(scope, &stages, None)?;
    reader.moves_by_agent(scope)?;
    reader.calls_by_agent(scope)?;
    reader.moved_tickets_of(scope, AgentId(1))?;
    reader.called_tickets_of(scope, AgentId(1))?;
    reader.imported(scope)?;
    for which in [
        ImportedTickets::Rows(vec![ImportOutcome::Created, ImportOutcome::Updated]),
        ImportedTickets::Decided("merged".to_owned()),
    ] {
        reader.imported_tickets(scope, "Apollo.io", &which)?;
    }
    reader.segments()?;
    reader.first_created()?;
    reader.has_rebuilt_before(scope.until)?;
    Ok(())
}

/// Whatever counts all tickets, or picks some by what is no key, may pass once over an index that has all it needs. Lists
/// and imports are few.
fn is_one_narrow_pass(step: &str) -> bool {
    step.starts_with("SCAN tickets USING COVERING INDEX ")
        || ["SCAN lists", "SCAN imports"]
            .iter()
            .any(|few| step.split(" USING").next() == Some(few))
}

#[test]
fn no_report_reads_a_whole_table() {
    let home = Home::new();
    home.lead("Acme Ltd", "Jane Doe");
    for scope in scopes() {
        let statements = run_by(|| home.store.read(|reader| ask_everything(reader, &scope)).unwrap());
        assert!(statements.len() > 20, "only {} statements", statements.len());
        for sql in &statements {
            let steps = plan(&home, sql);
            let wide = steps
                .iter()
                .find(|step| reads_everything(step) && !is_one_narrow_pass(step));
            assert_eq!(wide, None, "{sql}\n{steps:#?}");
        }
    }
}

#[test]
fn what_open_opportunities_are_worth_is_read_from_a_covering_index() {
    let home = Home::new();
    home.lead("Acme Ltd", "Jane Doe");
    for scope in scopes() {
        let statements = run_by(|| {
            home.store
                .read::<_, Error>(|reader| {
                    reader.forecast(&scope, &[stage("contacted")])?;
                    reader.open_value_by_owner(&scope, &[stage("contacted")])
                })
                .unwrap();
        });
        let sums: Vec<&String> = statements
            .iter()
            .filter(|sql| sql.contains("sum(value_minor)"))
            .collect();
        assert_eq!(sums.len(), 2);
        for sql in sums {
            let steps = plan(&home, sql);
            let covered = steps
                .iter()
                .any(|step| step == "SCAN tickets USING COVERING INDEX tickets_deals");
            assert!(covered, "{sql}\n{steps:#?}");
            let sorted = steps.iter().any(|step| step.contains("FOR GROUP BY"));
            assert_eq!(sorted, sql.contains("GROUP BY owner"), "{sql}\n{steps:#?}");
        }
    }
}

#[test]
fn a_report_seeks_the_stays_of_its_period_in_a_covering_index() {
    let home = Home::new();
    for scope in scopes() {
        let statements = run_by(|| {
            home.store
                .read::<_, Error>(|reader| {
                    reader.funnel(&scope, &[stage("contacted")])?;
                    reader.stays(&scope, &[stage("contacted")])?;
                    reader.closed_deals(&scope, &closing())?;
                    reader.funnel_tickets(&scope, &stage("contacted"), &FunnelTickets::Entered)
                })
                .unwrap();
        });
        let reports: Vec<&String> = statements
            .iter()
            .filter(|sql| sql.contains("ways.next IS NOT ''"))
            .collect();
        assert_eq!(reports.len(), 4);
        for sql in reports {
            let steps = plan(&home, sql);
            let seeks = "SEARCH stage_entries USING COVERING INDEX stage_entries_ways \
                         (stage=? AND next_stage=? AND entered_at>? AND entered_at<?)";
            assert!(steps.iter().any(|step| step == seeks), "{sql}\n{steps:#?}");
        }
    }
}

#[test]
fn the_history_is_read_from_covering_indexes() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    home.store.stage_history().unwrap();
    // One pass in the order of an index: nothing is sorted, no row looked up.
    for (sql, step) in [
        (
            include_str!("../reports/history_stage.sql"),
            "SEARCH stage_entries USING COVERING INDEX stage_entries_ways (stage=?)",
        ),
        (
            include_str!("../reports/history_moves.sql"),
            "SEARCH stage_entries USING COVERING INDEX stage_entries_agent (by_agent>?)",
        ),
        (
            include_str!("../reports/history_calls.sql"),
            "SEARCH activities USING COVERING INDEX activities_calls (agent>?)",
        ),
        (
            include_str!("../reports/history_words.sql"),
            "SCAN ticket_values USING COVERING INDEX ticket_values_endings",
        ),
    ] {
        assert_eq!(plan(&home, sql), [step]);
    }
    home.write("move", |w| {
        w.move_ticket(ticket, Lifecycle::Lead, &stage("engaged"), None, w.at())
    });
    let statements = run_by(|| drop(home.store.stage_history().unwrap()));
    for (table, index) in [
        ("FROM stage_entries", "stage_entries_ticket (ticket=?)"),
        ("FROM activities", "activities_ticket (ticket=?)"),
    ] {
        let mut about_one = statements.iter().filter(|sql| sql.contains("WHERE ticket = ?1"));
        let steps = plan(&home, about_one.find(|sql| sql.contains(table)).unwrap());
        assert!(steps[0].contains(index), "{steps:#?}");
    }
}

/// What the writer derives, and what it should have derived.
fn derived(home: &Home, ticket: TicketId) -> (Vec<String>, Vec<String>) {
    let line = |next: Option<&str>, visit: i64, again: Option<i64>| format!("{next:?} {visit} {again:?}");
    let mut stays: Vec<(String, i64)> = Vec::new();
    let mut found = Vec::new();
    home.store
        .read::<_, Error>(|reader| {
            let mut statement = reader.connection().prepare(
                "SELECT stage, entered_at, next_stage, visit, again_at FROM stage_entries WHERE ticket = ?1
                 ORDER BY entered_at, left_at IS NULL, left_at, id",
            )?;
            let mut rows = statement.query([ticket.0])?;
            while let Some(row) = rows.next()? {
                stays.push((row.get(0)?, row.get(1)?));
                let next: Option<String> = row.get(2)?;
                found.push(line(next.as_deref(), row.get(3)?, row.get(4)?));
            }
            Ok(())
        })
        .unwrap();
    let expected = stays
        .iter()
        .enumerate()
        .map(|(at, (stage, _))| {
            let next = stays.get(at + 1).map(|(stage, _)| stage.as_str());
            let visit = stays[..=at].iter().filter(|(other, _)| other == stage).count() as i64;
            let again = stays[at + 1..]
                .iter()
                .find(|(other, _)| other == stage)
                .map(|(_, at)| *at);
            line(next, visit, again)
        })
        .collect();
    (found, expected)
}

fn check_derived(home: &Home, ticket: TicketId) {
    let (found, expected) = derived(home, ticket);
    assert_eq!(found, expected);
}

#[test]
fn a_stay_knows_what_became_of_it_however_it_came_about() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let go = |to: &str| {
        home.write("move", |w| {
            w.move_ticket(ticket, Lifecycle::Lead, &StageKey::from(to), None, w.at())
        });
        check_derived(&home, ticket);
    };
    for to in ["engaged", "contacted", "no_interest", "contacted", "engaged"] {
        go(to);
    }
    for _ in 0..3 {
        home.undo();
        check_derived(&home, ticket);
    }
    for _ in 0..2 {
        home.redo();
        check_derived(&home, ticket);
    }
    go("no_interest");
    let past = |key: &str, from: i64| StageStay {
        lifecycle: Lifecycle::Lead,
        stage: stage(key),
        entered_at: minute(from),
        left_at: minute(from) + TimeDelta::minutes(10),
        by: None,
    };
    home.quiet(|w| w.rebuild_stays(ticket, &[past("new_lead", -100), past("contacted", -90)]));
    check_derived(&home, ticket);
    home.quiet(|w| w.rebuild_stays(ticket, &[past("researching", -90)]));
    check_derived(&home, ticket);
    home.undo();
    check_derived(&home, ticket);
}

#[test]
fn segments_are_what_is_in_use() {
    let home = Home::new();
    for (company, industry) in [("Acme", "Legal"), ("Best", "Healthcare"), ("Cargo", "Legal")] {
        let ticket = home.lead(company, "Jane Doe");
        set(&home, ticket, keys::INDUSTRY, Some(text(industry)));
        home.quiet(|w| w.set_lists(ticket, &Tags::of(["Hot Leads"])));
    }
    let segments = home.store.read(|reader| reader.segments()).unwrap();
    assert_eq!(segments.industries, ["Healthcare", "Legal"]);
    assert_eq!(segments.lists, ["Hot Leads"]);
    assert!(segments.employee_ranges.is_empty());
    let scope = &scopes()[5];
    let created = home.store.read(|reader| reader.created(scope)).unwrap();
    assert_eq!(
        created.iter().map(|created| created.tickets).sum::<u32>(),
        1,
        "{created:?}"
    );
    let scope = &scopes()[7];
    let created = home.store.read(|reader| reader.created(scope)).unwrap();
    assert_eq!(
        created.iter().map(|created| created.tickets).sum::<u32>(),
        3,
        "{created:?}"
    );
}
