//! A manager without a network: the figures, the tickets behind one of them, and what is taken along.

use std::{collections::BTreeMap, fs};

use serde_json::Value;
use thirtyfour::prelude::*;

use crate::{
    accessibility::judge,
    harness::{Tenant, Window, until},
};

/// Where a ticket is still open, by HaloPSA's names.
const OPEN: [&str; 10] = [
    "New Lead",
    "Researching",
    "Contacted",
    "Engaged",
    "New Prospect",
    "Prospecting",
    "Qualified",
    "New Opportunity",
    "Progressing",
    "Negotiation",
];

#[tokio::test]
async fn a_manager_without_a_network_sees_the_tickets_that_make_a_figure() {
    let tenant = Tenant::start();
    let window = Window::over(&tenant).await;
    tenant.set_online(false);

    window.keys("gi").await;
    window.part("insights-about").await;
    let counted = until("the agents are counted", || async {
        let shown = open_by_agent(&window).await;
        (!shown.is_empty()).then_some(shown)
    })
    .await;
    assert_eq!(
        counted,
        open_in(&tenant),
        "as HaloPSA has it, counted from its own side"
    );
    window.picture("insights").await;
    let found = judge(&window, "insights").await;
    assert!(found.is_empty(), "axe-core found:\n{}", found.join("\n"));

    // The table as a file holds the same figures.
    window.press("Agents: more").await;
    window.choose("Save as CSV").await;
    let said = By::XPath("//*[text()[starts-with(.,'Saved as ')]]");
    let saved = window.find(said).await.text().await.unwrap();
    let file = fs::read_to_string(saved.trim_start_matches("Saved as ")).unwrap();
    for (agent, tickets) in &counted {
        assert!(file.contains(&format!("\n{agent},{tickets},")), "{agent} in {file}");
    }

    // On paper the figures stand beside the pictures.
    window
        .run("window.dispatchEvent(new Event('beforeprint'));", vec![])
        .await;
    window.find(By::Css("[data-testid='report-agents'] table")).await;
    window
        .run("window.dispatchEvent(new Event('afterprint'));", vec![])
        .await;

    let (agent, tickets) = counted.iter().max_by_key(|(_, tickets)| **tickets).unwrap();
    // By keyboard, as everything can be done.
    let mark = format!("[data-testid='mark'][aria-label^='{agent}:'][aria-label*=' open ']");
    window
        .run("document.querySelector(arguments[0]).focus();", vec![mark.into()])
        .await;
    window.keys(Key::Enter).await;
    let sums = window.part("list-sums").await;
    until("exactly the tickets of the figure are listed", || async {
        sums.text()
            .await
            .ok()?
            .starts_with(&format!("{tickets} "))
            .then_some(())
    })
    .await;
}

/// "Ann Lee: 33 open tickets", as the marks say it.
async fn open_by_agent(window: &Window) -> BTreeMap<String, u64> {
    let said = window
        .run(
            "return [...document.querySelectorAll(\"[data-testid='report-agents'] [data-testid='mark']\")]
                .map((mark) => mark.getAttribute('aria-label'));",
            vec![],
        )
        .await;
    said.as_array()
        .into_iter()
        .flatten()
        .filter_map(|sentence| {
            let (agent, rest) = sentence.as_str()?.split_once(": ")?;
            let tickets = rest
                .strip_suffix(" open tickets")
                .or(rest.strip_suffix(" open ticket"))?;
            Some((agent.to_owned(), tickets.replace(',', "").parse().ok()?))
        })
        .collect()
}

/// Open tickets of each agent, counted in HaloPSA.
fn open_in(tenant: &Tenant) -> BTreeMap<String, u64> {
    let open: Vec<i64> = OPEN.iter().map(|name| tenant.status_id(name)).collect();
    let (_, agents) = tenant.get("/api/Agent");
    let names: BTreeMap<i64, String> = rows(&agents)
        .iter()
        .filter_map(|agent| Some((whole(&agent["id"])?, agent["name"].as_str()?.to_owned())))
        .collect();
    let (_, tickets) = tenant.get("/api/Tickets?count=1000");
    let mut counts = BTreeMap::new();
    for ticket in rows(&tickets["tickets"]) {
        if whole(&ticket["status_id"]).is_some_and(|status| open.contains(&status)) {
            let owner = whole(&ticket["agent_id"]).and_then(|id| names.get(&id).cloned());
            // Number 1 is HaloPSA's own "Unassigned".
            let owner = owner
                .filter(|name| name != "Unassigned")
                .unwrap_or_else(|| "Nobody".to_owned());
            *counts.entry(owner).or_insert(0) += 1;
        }
    }
    counts
}

fn rows(list: &Value) -> Vec<Value> {
    list.as_array().cloned().unwrap_or_default()
}

/// HaloPSA's ids come as 7 and as 7.0.
fn whole(id: &Value) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "ids are small")]
    id.as_i64().or_else(|| id.as_f64().map(|id| id as i64))
}
