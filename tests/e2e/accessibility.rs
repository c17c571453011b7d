//! Every screen in both looks, judged by axe-core: nothing serious, nothing critical.

use std::{fs, path::Path};

use serde_json::Value;
use thirtyfour::prelude::*;

use crate::harness::{Tenant, Window};

#[tokio::test]
async fn no_screen_keeps_anybody_out() {
    let tenant = Tenant::start();
    let window = Window::open().await;
    let mut found = Vec::new();

    window.part("welcome").await;
    found.extend(judge(&window, "welcome").await);

    window.connect(&tenant.address()).await;
    window.all_in().await;
    let card = window.first_card("negotiation").await;
    found.extend(judge(&window, "board").await);

    window.drag(card, "lost").await;
    window.part("drop-form").await;
    found.extend(judge(&window, "drop form").await);
    window.keys(Key::Escape).await;
    window.part_gone("drop-form").await;

    window.control("k").await;
    window.part("palette").await;
    found.extend(judge(&window, "palette").await);
    window.keys(Key::Escape).await;
    window.part_gone("palette").await;

    window.press_part("status-item").await;
    window.part("outbox-drawer").await;
    found.extend(judge(&window, "outbox").await);
    window.keys(Key::Escape).await;
    window.part_gone("outbox-drawer").await;

    window.press_part(&format!("card-{card}")).await;
    window.part("ticket-panel").await;
    found.extend(judge(&window, "ticket panel").await);

    assert!(found.is_empty(), "axe-core found:\n{}", found.join("\n"));
}

/// What is wrong with a screen, in light and in dark, one line each.
pub async fn judge(window: &Window, screen: &str) -> Vec<String> {
    let axe =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/node_modules/axe-core/axe.min.js"))
            .expect("the packages of the ui are installed");
    window.run(&format!("{axe}; window.axe = axe;"), vec![]).await;
    // Colours in motion have the contrast of neither end.
    window
        .run(
            "const still = new CSSStyleSheet();
            still.replaceSync('*, *::before, *::after { transition: none !important; animation: none !important; }');
            document.adoptedStyleSheets = [still];",
            vec![],
        )
        .await;
    let mut found = Vec::new();
    for look in ["light", "dark"] {
        window
            .run(
                "document.documentElement.setAttribute('data-mantine-color-scheme', arguments[0]);",
                vec![look.into()],
            )
            .await;
        let judged = window
            .driver
            .execute_async(
                "const done = arguments[0];
                axe.run(document, { resultTypes: ['violations'] }).then(
                    ({ violations, passes }) => done({ violations, rules: passes.length }),
                    (error) => done({ error: String(error) }),
                );",
                vec![],
            )
            .await
            .unwrap();
        let judged = judged.json();
        assert!(judged["rules"].as_u64() > Some(5), "axe-core judged {screen}: {judged}");
        for violation in judged["violations"].as_array().into_iter().flatten() {
            if matches!(violation["impact"].as_str(), Some("serious" | "critical")) {
                found.push(format!("{screen}, {look}: {}", line(violation)));
            }
        }
    }
    found
}

/// A rule and the first elements that break it.
fn line(violation: &Value) -> String {
    let nodes = violation["nodes"].as_array().cloned().unwrap_or_default();
    let places: Vec<String> = nodes
        .iter()
        .take(4)
        .map(|node| format!("  {} {}", node["html"], node["any"][0]["message"]))
        .collect();
    format!("{} ({} times)\n{}", violation["help"], nodes.len(), places.join("\n"))
}
