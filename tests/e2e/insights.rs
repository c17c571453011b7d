//! A manager without a network: the figures, the tickets behind one of them, and what is taken along.
//!
//! What the figures should be is asked of the tenant's own tickets with SQL written here: nothing of the program counts
//! for itself.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use rusqlite::Connection;
use serde_json::Value;
use thirtyfour::prelude::*;

use crate::{
    accessibility::judge,
    harness::{Tenant, Window, until, whole},
};

/// The filter that is set, by what HaloPSA calls it.
const SOURCE: &str = "Website";

/// Open tickets of that source by agent.
const OPEN_BY_AGENT: &str = "
    SELECT coalesce(agents.name, 'Nobody'), count(*)
    FROM tickets LEFT JOIN agents ON agents.id = tickets.agent
    JOIN statuses ON statuses.id = tickets.status
    WHERE tickets.source = ?1 AND statuses.name IN ('New Lead', 'Researching', 'Contacted', 'Engaged', 'New Prospect',
        'Prospecting', 'Qualified', 'New Opportunity', 'Progressing', 'Negotiation')
    GROUP BY coalesce(agents.name, 'Nobody')";

/// The tickets that make one figure of the above.
const OPEN_OF_AGENT: &str = "
    SELECT tickets.id FROM tickets LEFT JOIN agents ON agents.id = tickets.agent
    JOIN statuses ON statuses.id = tickets.status
    WHERE tickets.source = ?1 AND coalesce(agents.name, 'Nobody') = ?2
        AND statuses.name NOT IN ('Won', 'Lost', 'Disqualified', 'No Interest', 'Do Not Contact', 'Invalid Data')";

/// Tickets of that source which were new in the last ninety days of this computer's calendar.
const NEW: &str = "
    SELECT count(*) FROM tickets WHERE source = ?1
        AND date(created, 'localtime') BETWEEN date('now', 'localtime', '-89 days') AND date('now', 'localtime')";

#[tokio::test]
async fn a_manager_without_a_network_sees_the_tickets_that_make_a_figure() {
    let tenant = Tenant::start();
    let window = Window::over(&tenant).await;
    tenant.set_online(false);
    let halopsa = copy_of(&tenant);

    window.keys("gi").await;
    window.part("insights-about").await;
    window.press("Source").await;
    window.choose(SOURCE).await;

    let expected = pairs(&halopsa, OPEN_BY_AGENT);
    assert!(expected.values().any(|tickets| *tickets > 1), "{expected:?}");
    until("open tickets of the source are counted as HaloPSA has them", || async {
        (marks(&window, "agents", " open ticket").await == expected).then_some(())
    })
    .await;
    let new: i64 = halopsa.query_row(NEW, [SOURCE], |row| row.get(0)).unwrap();
    let of_the_source = BTreeMap::from([(SOURCE.to_owned(), new)]);
    until("so are the new ones", || async {
        (marks(&window, "sources", " new ticket").await == of_the_source).then_some(())
    })
    .await;
    window.picture("insights").await;
    let found = judge(&window, "insights").await;
    assert!(found.is_empty(), "axe-core found:\n{}", found.join("\n"));

    // The table as a file holds the same figures.
    window.press("Agents: more").await;
    window.choose("Save as CSV").await;
    let report = saved(&window, "Saved as ").await;
    let mut lines = csv::Reader::from_reader(report.trim_start_matches('\u{feff}').as_bytes());
    let in_file: BTreeMap<String, i64> = lines
        .records()
        .map(|line| {
            let line = line.unwrap();
            (line[0].to_owned(), line[1].parse().unwrap())
        })
        .filter(|(_, open)| *open > 0)
        .collect();
    assert_eq!(in_file, expected);

    // What the button puts on paper: the figures stand in tables beside the pictures, with what they are of.
    window
        .run(
            "window.print = () => {
                dispatchEvent(new Event('beforeprint'));
                window.paper = [document.querySelector(\"[data-testid='report-agents'] table\").innerText,
                    document.querySelector(\"[data-testid='insights-about']\").innerText];
                dispatchEvent(new Event('afterprint'));
            };",
            vec![],
        )
        .await;
    window.press("Print").await;
    let paper = until("it is on paper", || async {
        let paper = window.run("return window.paper ?? null;", vec![]).await;
        paper.is_array().then_some(paper)
    })
    .await;
    let (table, about) = (paper[0].as_str().unwrap(), paper[1].as_str().unwrap());
    for (agent, tickets) in &expected {
        let line = table.lines().find(|line| line.starts_with(agent.as_str()));
        let figures: Vec<&str> = line.expect(table).split('\t').collect();
        assert_eq!(
            figures.get(1),
            Some(&tickets.to_string().as_str()),
            "{agent} in {table}"
        );
    }
    assert!(about.contains(SOURCE) && about.contains("As of "), "{about}");

    // Into the longest bar, by mouse; what the list shows, and writes into a file, are exactly the tickets of the figure.
    let (agent, tickets) = expected.iter().max_by_key(|(_, tickets)| **tickets).unwrap();
    let mark = format!("[data-testid='mark'][aria-label^='{agent}:'][aria-label*=' open ']");
    let bar = window.find(By::Css(&mark)).await;
    bar.scroll_into_view().await.unwrap();
    let middle = window
        .run(
            "const box = document.querySelector(arguments[0]).getBoundingClientRect();
            return [Math.round(box.left + box.width / 2), Math.round(box.top + box.height / 2)];",
            vec![mark.clone().into()],
        )
        .await;
    let (x, y) = (middle[0].as_i64().unwrap(), middle[1].as_i64().unwrap());
    let click = window.driver.action_chain().move_to(x, y).click();
    click.perform().await.unwrap();
    lists(&window, *tickets).await;
    window.press("Export").await;
    let every = "(//*[@role='menuitem'][contains(normalize-space(),'CSV file')])[last()]";
    window.click(By::XPath(every.to_owned())).await;
    let list = saved(&window, " written to ").await;
    let expected_ids: BTreeSet<i64> = {
        let mut statement = halopsa.prepare(OPEN_OF_AGENT).unwrap();
        let ids = statement.query_map([SOURCE, agent], |row| row.get(0)).unwrap();
        ids.map(Result::unwrap).collect()
    };
    assert_eq!(expected_ids.len(), usize::try_from(*tickets).unwrap());
    assert_eq!(ids_in(&list), expected_ids);

    // And back, and into the same bar by keyboard.
    window.press("Back to the insights").await;
    window.find(By::Css(&mark)).await;
    window
        .run("document.querySelector(arguments[0]).focus();", vec![mark.into()])
        .await;
    window.keys(Key::Enter).await;
    lists(&window, *tickets).await;
}

/// Waits until the list says that it shows so many tickets.
async fn lists(window: &Window, tickets: i64) {
    let sums = window.part("list-sums").await;
    until("exactly the tickets of the figure are listed", || async {
        let said = sums.text().await.ok()?;
        said.starts_with(&format!("{tickets} ")).then_some(())
    })
    .await;
}

/// What stands in the file that the window says it has written.
async fn saved(window: &Window, before_the_path: &str) -> String {
    let said = By::XPath(format!("//*[text()[contains(.,'{before_the_path}')]]"));
    let text = window.find(said).await.text().await.unwrap();
    let (_, path) = text.split_once(before_the_path).unwrap();
    fs::read_to_string(path.trim()).unwrap()
}

/// HaloPSA's numbers in a list that was exported.
fn ids_in(list: &str) -> BTreeSet<i64> {
    let mut lines = csv::Reader::from_reader(list.trim_start_matches('\u{feff}').as_bytes());
    let heads = lines.headers().unwrap().clone();
    let column = heads.iter().position(|head| head == "HaloPSA number");
    let column = column.unwrap_or_else(|| panic!("no column of numbers in {heads:?}"));
    let ids: Vec<i64> = lines
        .records()
        .map(|line| line.unwrap()[column].parse().unwrap())
        .collect();
    let distinct: BTreeSet<i64> = ids.iter().copied().collect();
    assert_eq!(distinct.len(), ids.len(), "no ticket twice");
    distinct
}

/// What the bars of a report say: "Ann Lee: 33 open tickets".
async fn marks(window: &Window, report: &str, of_what: &str) -> BTreeMap<String, i64> {
    let said = window
        .run(
            "return [...document.querySelectorAll(`[data-testid='report-${arguments[0]}'] [data-testid='mark']`)]
                .map((mark) => mark.getAttribute('aria-label'));",
            vec![report.into()],
        )
        .await;
    said.as_array()
        .into_iter()
        .flatten()
        .filter_map(|sentence| {
            let (name, rest) = sentence.as_str()?.split_once(": ")?;
            let (tickets, _) = rest.split_once(of_what)?;
            Some((name.to_owned(), tickets.replace(',', "").parse().ok()?))
        })
        .collect()
}

fn pairs(halopsa: &Connection, sql: &str) -> BTreeMap<String, i64> {
    let mut statement = halopsa.prepare(sql).unwrap();
    let found = statement.query_map([SOURCE], |row| Ok((row.get(0)?, row.get(1)?)));
    found.unwrap().map(Result::unwrap).collect()
}

/// The tenant's tickets, statuses and agents as tables.
fn copy_of(tenant: &Tenant) -> Connection {
    let tables = Connection::open_in_memory().unwrap();
    tables
        .execute_batch(
            "CREATE TABLE agents (id INTEGER PRIMARY KEY, name TEXT);
            CREATE TABLE statuses (id INTEGER PRIMARY KEY, name TEXT);
            CREATE TABLE tickets (id INTEGER PRIMARY KEY, status INTEGER, agent INTEGER, created TEXT, source TEXT);",
        )
        .unwrap();
    let (_, agents) = tenant.get("/api/Agent");
    for agent in rows(&agents) {
        // Number 1 is HaloPSA's own "Unassigned".
        let name = match agent["name"].as_str() {
            Some("Unassigned") => "Nobody",
            name => name.unwrap_or_default(),
        };
        let written = tables.execute("INSERT INTO agents VALUES (?1, ?2)", (whole(&agent["id"]), name));
        written.unwrap();
    }
    let (_, statuses) = tenant.get("/api/Status");
    for status in rows(&statuses) {
        let row = (whole(&status["id"]), status["name"].as_str());
        tables.execute("INSERT INTO statuses VALUES (?1, ?2)", row).unwrap();
    }
    let (_, tickets) = tenant.get("/api/Tickets?count=1000");
    for row in rows(&tickets["tickets"]) {
        let id = whole(&row["id"]).unwrap();
        let ticket = tenant.ticket(id).unwrap();
        let fields = rows(&ticket["customfields"]);
        let source = fields.iter().find(|field| field["name"] == "CFleadSource");
        let source = source.and_then(|field| field["display"].as_str()).map(str::to_owned);
        let created = ticket["datecreated"].as_str().or(ticket["dateoccurred"].as_str());
        let row = (
            id,
            whole(&ticket["status_id"]),
            whole(&ticket["agent_id"]),
            created,
            source,
        );
        let written = tables.execute("INSERT INTO tickets VALUES (?1, ?2, ?3, ?4, ?5)", row);
        written.unwrap();
    }
    tables
}

fn rows(list: &Value) -> Vec<Value> {
    list.as_array().cloned().unwrap_or_default()
}
