//! A list comes in from a file: what is in which column, what will happen, what happened, and back again.

use serde_json::json;
use thirtyfour::By;

use crate::{
    accessibility::judge,
    harness::{Tenant, Window, until},
};

/// Two new people, one of them twice, and a row that says nothing of anybody.
const LIST: &str = "First Name;Last Name;Company;Email;Phone;Title;Website\n\
    Ada;Brook;Northwind Harbour Ltd;ada.brook@northwind-harbour.co.uk;020 7946 0018;IT Director;northwind-harbour.co.uk\n\
    Ben;Castle;Copper Field plc;ben.castle@copper-field.co.uk;020 7946 0431;Head of IT;copper-field.co.uk\n\
    Ada;Brook;Northwind Harbour Ltd;Ada.Brook@northwind-harbour.co.uk;+44 20 7946 0018;IT Director;northwind-harbour.co.uk\n\
    ;;;;;Head of nothing;\n";

#[tokio::test]
async fn a_list_comes_in_as_planned_and_is_taken_back() {
    let tenant = Tenant::start();
    let window = Window::over(&tenant).await;
    let before = window
        .count("new_lead")
        .await
        .expect("the column says how many there are");

    window.control("i").await;
    window.part("imports-drop").await;
    is_accessible(&window, "import: file").await;
    choose(&window, "leads.csv", LIST).await;

    window.part("imports-preview").await;
    until("the first rows are shown", || async {
        let text = "return document.querySelector('[data-testid=\"imports-preview\"]').textContent;";
        let text = window.run(text, vec![]).await;
        text.as_str()?
            .contains("ada.brook@northwind-harbour.co.uk")
            .then_some(())
    })
    .await;
    window.picture("import-columns").await;
    is_accessible(&window, "import: columns").await;
    window.control(ENTER).await;

    window.part("imports-quality").await;
    assert_eq!(rows(&window, "created").await, 2, "two people are new");
    assert_eq!(rows(&window, "rejected").await, 1, "one row says of nobody");
    window.picture("import-check").await;
    is_accessible(&window, "import: check").await;
    window.press_part("outcome-created").await;
    window.says("Northwind Harbour Ltd").await;
    window.control(ENTER).await;

    window.says("Every row went as planned.").await;
    assert_eq!(rows(&window, "created").await, 2, "as planned");
    window.picture("import-result").await;
    is_accessible(&window, "import: result").await;
    window.keys("gb").await;
    until("the new tickets are on the board", || async {
        (window.count("new_lead").await == Some(before + 2)).then_some(())
    })
    .await;

    // What is just on its way to HaloPSA would stay.
    until("HaloPSA has them", || async {
        let there = ["ada.brook@northwind-harbour.co.uk", "ben.castle@copper-field.co.uk"].map(|address| {
            let (_, found) = tenant.get(&format!("/api/Tickets?search_oppemailaddress={address}&count=9"));
            found["tickets"].as_array().map_or(0, Vec::len)
        });
        (there == [1, 1]).then_some(())
    })
    .await;
    window.all_in().await;

    window.control("i").await;
    let earlier = By::Css("[data-testid^='import-']");
    window.click(earlier).await;
    window.press("Undo import").await;
    window.part("imports-undone").await;
    window.keys("gb").await;
    until("the board is as it was", || async {
        (window.count("new_lead").await == Some(before)).then_some(())
    })
    .await;
}

/// The key, as the driver writes it.
const ENTER: &str = "\u{e007}";

/// Chooses a file with this text, as the dialog of the system would.
async fn choose(window: &Window, name: &str, text: &str) {
    let script = "const [name, text] = arguments;
        const input = document.querySelector('[data-testid=\"imports-file\"]');
        const chosen = new DataTransfer();
        chosen.items.add(new File([text], name, { type: 'text/csv' }));
        input.files = chosen.files;
        input.dispatchEvent(new Event('change', { bubbles: true }));";
    window.run(script, vec![json!(name), json!(text)]).await;
}

/// How many rows have that outcome.
async fn rows(window: &Window, outcome: &str) -> u32 {
    let tile = window.part(&format!("outcome-{outcome}")).await;
    let text = tile.text().await.unwrap();
    let number: String = text.chars().take_while(char::is_ascii_digit).collect();
    number.parse().unwrap_or_else(|_| panic!("no number in {text:?}"))
}

async fn is_accessible(window: &Window, screen: &str) {
    let found = judge(window, screen).await;
    assert!(found.is_empty(), "axe-core found:\n{}", found.join("\n"));
}
