//! The sample data: deterministic, complete, believable, and nobody's.

use std::collections::{BTreeMap, BTreeSet};

use sandbox::ManualClock;
use serde_json::Value;

use crate::client::{World, start};

fn tickets(world: &World) -> Vec<Value> {
    world
        .sandbox
        .get("/api/Tickets?order=id&include_custom_fields=226,230,246")
        .1["tickets"]
        .as_array()
        .unwrap()
        .clone()
}

#[test]
fn the_same_seed_number_and_day_make_the_same_tenant() {
    let one = World::new();
    let same_day = World::with(|options| {
        options.clock = std::sync::Arc::new(ManualClock::new("2026-11-20T23:00:00Z".parse().unwrap()));
    });
    let everything = |world: &World| -> Vec<Value> {
        [
            "/api/Tickets",
            "/api/Users",
            "/api/Client",
            "/api/Site",
            "/api/Actions?ticket_id=1007",
        ]
        .map(|path| world.sandbox.get(path).1)
        .into()
    };
    assert_eq!(everything(&one), everything(&same_day));
    let other = World::with(|options| options.seed = 8);
    assert_ne!(everything(&one), everything(&other));
}

#[test]
fn every_stage_is_there_with_a_year_of_history() {
    let world = World::with(|options| options.tickets = 1000);
    let rows = tickets(&world);
    assert_eq!(rows.len(), 1100);
    let sales: Vec<&Value> = rows
        .iter()
        .filter(|row| row["tickettype_id"].as_i64().unwrap() > 40)
        .collect();
    let mut stages: BTreeMap<i64, usize> = BTreeMap::new();
    for row in &sales {
        *stages.entry(row["status_id"].as_i64().unwrap()).or_default() += 1;
    }
    assert_eq!((sales.len(), stages.len()), (1000, 16));
    assert_eq!((stages[&51], stages[&74], stages[&57]), (140, 50, 50));

    let moments: Vec<&str> = rows.iter().map(|row| row["dateoccurred"].as_str().unwrap()).collect();
    assert!(moments.is_sorted(), "numbered as they came in");
    assert!(moments[0] < "2026-01-15" && moments[0] > "2025-11-18", "{}", moments[0]);
    assert!(*moments.last().unwrap() > "2026-11-16", "up to yesterday");
    let updates: BTreeSet<&str> = rows.iter().map(|row| row["last_update"].as_str().unwrap()).collect();
    assert!(
        *updates.last().unwrap() < "2026-11-20T09:30:00",
        "nothing from the future"
    );
    let clients = sales.iter().filter(|row| row["client_id"] != 1).count();
    assert!(
        (350..=450).contains(&clients),
        "about two in five have a client: {clients}"
    );
    assert!(
        sales
            .iter()
            .all(|row| row["oppcompanyname"].as_str().is_some_and(|name| !name.is_empty()))
    );
}

#[test]
fn a_ticket_agrees_with_its_timeline() {
    let world = World::with(|options| options.tickets = 400);
    for row in tickets(&world) {
        let id = row["id"].as_i64().unwrap();
        let actions = world.sandbox.actions(id);
        let moments: Vec<&str> = actions
            .iter()
            .map(|action| action["datetime"].as_str().unwrap())
            .collect();
        assert!(moments.is_sorted(), "ticket {id}: {moments:?}");
        assert_eq!(moments[0], row["dateoccurred"], "ticket {id}");
        assert_eq!(*moments.last().unwrap(), row["last_update"], "ticket {id}");
        let moved: Vec<(i64, i64)> = actions
            .iter()
            .filter(|action| action["outcome"] == "Status Changed")
            .map(|action| {
                (
                    action["old_status"].as_i64().unwrap(),
                    action["new_status"].as_i64().unwrap(),
                )
            })
            .collect();
        assert!(
            moved.windows(2).all(|pair| pair[0].1 == pair[1].0),
            "ticket {id}: {moved:?}"
        );
        let last = moved.last().map_or(row["status_id"].as_i64().unwrap(), |last| last.1);
        assert_eq!(row["status_id"], last, "ticket {id}");
    }
}

#[test]
fn values_follow_the_stage() {
    let world = World::with(|options| options.tickets = 600);
    for row in tickets(&world) {
        let status = row["status_id"].as_i64().unwrap();
        let fields: BTreeMap<i64, &Value> = row["customfields"]
            .as_array()
            .unwrap()
            .iter()
            .map(|field| (field["id"].as_i64().unwrap(), &field["value"]))
            .collect();
        match status {
            74 => assert_eq!(
                (&row["oppconversionprobability"], row["oppreason"].is_string()),
                (&100.0.into(), true)
            ),
            75 => assert_eq!(row["oppconversionprobability"], 0.0),
            71..=73 => {
                assert!(row["oppvalue"].as_f64().unwrap() >= 900.0 && row["targetdate"].as_str().unwrap() > "2026-06")
            }
            63 => assert!(fields[&246].as_str().unwrap().parse::<i64>().unwrap() >= 70),
            56 => assert_eq!(fields[&230], &true),
            51 => assert_eq!(row["oppvalue"], 0.0),
            _ => {}
        }
        if status > 50 {
            assert!(fields[&226].is_i64(), "every lead has a source");
        }
    }
}

#[test]
fn nothing_in_it_belongs_to_anybody() {
    let world = World::with(|options| options.tickets = 1500);
    let mut mails = BTreeSet::new();
    for row in tickets(&world) {
        let mail = row["oppemailaddress"].as_str().unwrap_or_default().to_owned();
        assert!(mail.is_empty() || mail.ends_with(".example"), "{mail}");
        assert!(mail.is_ascii());
        assert!(mail.is_empty() || mails.insert(mail.clone()), "{mail} twice");
        let digits: String = row["opptel"]
            .as_str()
            .unwrap_or_default()
            .chars()
            .filter(char::is_ascii_digit)
            .collect();
        match row["oppcountry"].as_str() {
            Some("United Kingdom") => assert!(
                [
                    "20794", "1614960", "1214960", "1134960", "1174960", "1414960", "1144960", "1314960", "1154960",
                    "1164960", "1514960", "2920180", "1184960", "1914980"
                ]
                .iter()
                .any(|kept| digits.contains(kept)),
                "{digits}"
            ),
            Some("United States") => assert!(digits.contains("55501"), "{digits}"),
            _ => {}
        }
    }
    assert!(start().timestamp() > 0);
}
