//! A list shows exactly the tickets that pass, each once, in the order that was asked for.

use chrono::{DateTime, Utc};
use domain::{AgentId, ListId, TicketId, Value, fields::keys, lists::Tags};

use super::{Home, email, minute, plans, pounds, set, stage, text};
use crate::{Filter, Line, Order, OrderBy};

const ALL: [OrderBy; 15] = [
    OrderBy::HaloId,
    OrderBy::Company,
    OrderBy::Person,
    OrderBy::Email,
    OrderBy::Source,
    OrderBy::Stage,
    OrderBy::Owner,
    OrderBy::Value,
    OrderBy::Probability,
    OrderBy::LeadScore,
    OrderBy::FitScore,
    OrderBy::EnteredAt,
    OrderBy::CreatedAt,
    OrderBy::UpdatedAt,
    OrderBy::NextActionAt,
];

fn pipeline() -> Vec<domain::StageKey> {
    ["new_lead", "contacted", "engaged"].map(stage).to_vec()
}

fn order(by: OrderBy, descending: bool) -> Order {
    Order { by, descending }
}

/// Four leads: two owners, two stages, one without a name, one without anything.
fn four() -> (Home, [TicketId; 4]) {
    let home = Home::new();
    // The order of names is not the order of ids.
    let zoe = home.agent(7, "Zoe");
    let ann = home.agent(8, "Ann");
    let acme = home.lead_with("acme Ltd", "Jane Doe", |new| new.owner = Some(zoe));
    let beta = home.lead_with("Beta Ltd", "Adam Roe", |new| {
        new.owner = Some(ann);
        new.stage = stage("new_lead");
    });
    let nobody = home.lead_with("", "Bob Poe", |new| new.stage = stage("engaged"));
    let empty = home.lead("", "");
    set(&home, acme, keys::EMAIL, Some(email("jane@acme.example")));
    set(&home, acme, keys::OPPORTUNITY_VALUE, Some(pounds(200)));
    set(&home, beta, keys::OPPORTUNITY_VALUE, Some(pounds(1_000)));
    set(&home, beta, keys::LEAD_SOURCE, Some(text("Apollo.io")));
    (home, [acme, beta, nobody, empty])
}

fn ids(home: &Home, filter: &Filter, order: Order) -> Vec<TicketId> {
    home.store.listed(filter, None, order, &pipeline()).unwrap()
}

#[test]
fn lines_come_in_the_order_that_was_asked_for_and_what_is_missing_comes_last() {
    let (home, [acme, beta, nobody, empty]) = four();
    for (by, ascending, descending) in [
        (
            OrderBy::Company,
            [acme, beta, nobody, empty],
            [beta, acme, empty, nobody],
        ),
        (
            OrderBy::Person,
            [beta, nobody, acme, empty],
            [acme, nobody, beta, empty],
        ),
        (OrderBy::Owner, [beta, acme, nobody, empty], [acme, beta, empty, nobody]),
        (OrderBy::Value, [acme, beta, nobody, empty], [beta, acme, empty, nobody]),
        (OrderBy::Stage, [beta, acme, empty, nobody], [nobody, empty, acme, beta]),
        (
            OrderBy::CreatedAt,
            [acme, beta, nobody, empty],
            [empty, nobody, beta, acme],
        ),
        (
            OrderBy::Source,
            [beta, acme, nobody, empty],
            [beta, empty, nobody, acme],
        ),
    ] {
        let base = Filter::default();
        assert_eq!(ids(&home, &base, order(by, false)), ascending, "{by:?}");
        assert_eq!(ids(&home, &base, order(by, true)), descending, "{by:?} descending");
    }
}

#[test]
fn every_order_lists_every_ticket_once() {
    let (home, all) = four();
    for by in ALL {
        for descending in [false, true] {
            let mut found = ids(&home, &Filter::default(), order(by, descending));
            found.sort_unstable();
            assert_eq!(found, all, "{by:?}");
        }
    }
}

#[test]
fn a_list_can_be_kept_to_stages_lists_and_named_tickets() {
    let (home, [acme, beta, nobody, empty]) = four();
    home.write("lists", |w| {
        w.set_lists(acme, &Tags::of(["Spring"]))?;
        w.set_lists(nobody, &Tags::of(["Spring", "Autumn"]))
    });
    let lists = home.store.lists().unwrap();
    let spring: Vec<ListId> = lists
        .iter()
        .filter(|list| list.name == "Spring")
        .map(|list| list.id)
        .collect();
    let by_company = Order {
        by: OrderBy::Company,
        descending: false,
    };
    let on_spring = Filter {
        lists: spring,
        ..Filter::default()
    };
    assert_eq!(ids(&home, &on_spring, by_company), [acme, nobody]);
    let contacted = Filter {
        stages: vec![stage("contacted")],
        ..Filter::default()
    };
    assert_eq!(ids(&home, &contacted, by_company), [acme, empty]);
    let among = home
        .store
        .listed(&contacted, Some(&[beta, empty, TicketId(999)]), by_company, &pipeline())
        .unwrap();
    assert_eq!(among, [empty]);
    let nothing = home
        .store
        .listed(&Filter::default(), Some(&[]), by_company, &pipeline())
        .unwrap();
    assert_eq!(nothing, []);
    let heads = home.store.column_heads(&on_spring).unwrap();
    assert_eq!(
        heads.iter().map(|head| head.count).sum::<u32>(),
        2,
        "the board has the same filter"
    );
}

#[test]
fn a_line_shows_what_was_asked_for_in_the_order_of_the_ids() {
    let (home, [acme, beta, _, empty]) = four();
    home.write("lists", |w| w.set_lists(acme, &Tags::of(["Spring", "autumn"])));
    set(&home, acme, keys::JOB_TITLE, Some(text("Director")));
    let lines = home
        .store
        .lines(&[empty, acme, TicketId(999), beta], &[keys::JOB_TITLE, keys::EMAIL])
        .unwrap();
    assert_eq!(
        lines.iter().map(|line| line.card.id).collect::<Vec<_>>(),
        [empty, acme, beta]
    );
    let line: &Line = &lines[1];
    assert_eq!(line.email, "jane@acme.example");
    assert_eq!(line.lists, ["autumn", "Spring"]);
    assert_eq!(line.values.len(), 2, "only what was asked for: {:?}", line.values);
    assert_eq!(line.values[&keys::JOB_TITLE], text("Director"));
    assert_eq!(lines[2].source, "Apollo.io");
    assert_eq!(lines[2].card.owner, Some(AgentId(2)));
    assert!(lines[0].created_at > minute(0) && lines[0].created_at < DateTime::<Utc>::MAX_UTC);
}

#[test]
fn what_tickets_are_worth_is_summed_by_currency() {
    let (home, [acme, beta, nobody, _]) = four();
    set(&home, acme, keys::PROBABILITY, Some(Value::Percent(50)));
    let worth = home.store.worth(&[acme, beta, nobody, TicketId(999)]).unwrap();
    let sums: Vec<_> = worth
        .iter()
        .map(|(value, weighted)| (value.minor, weighted.minor))
        .collect();
    assert_eq!(sums, [(120_000, 10_000)]);
    assert_eq!(home.store.worth(&[nobody]).unwrap(), []);
}

#[test]
fn lines_are_found_by_their_ids() {
    let (home, [acme, ..]) = four();
    plans::check_run(&home, || {
        home.store.lines(&[acme], &[keys::EMAIL]).unwrap();
        home.store.worth(&[acme]).unwrap();
        let order = Order::default();
        home.store
            .listed(&Filter::default(), Some(&[acme]), order, &pipeline())
            .unwrap();
    });
}
