//! What a person does in any screen: find something by what it says, click it, type into it.

use std::{cell::Cell, time::Duration};

use thirtyfour::{TypingData, prelude::*};

use super::{PATIENCE, Window, until};

impl Window {
    /// The visible element that this selector finds first.
    pub async fn find(&self, by: By) -> WebElement {
        self.driver
            .query(by.clone())
            .and_displayed()
            .wait(PATIENCE, Duration::from_millis(40))
            .first()
            .await
            .unwrap_or_else(|error| panic!("{by:?} is not there: {error}"))
    }

    /// The element with this `data-testid`.
    pub async fn part(&self, id: &str) -> WebElement {
        self.find(By::Css(format!("[data-testid='{id}']"))).await
    }

    /// Clicks the element with this `data-testid`.
    pub async fn press_part(&self, id: &str) {
        self.click(By::Css(format!("[data-testid='{id}']"))).await;
    }

    /// Waits until no element has this `data-testid`.
    pub async fn part_gone(&self, id: &str) {
        let gone = self
            .driver
            .query(By::Css(format!("[data-testid='{id}']")))
            .wait(PATIENCE, Duration::from_millis(40))
            .not_exists()
            .await
            .unwrap();
        assert!(gone, "{id} is still there");
    }

    /// Clicks what this selector finds first, once it stands still.
    pub async fn click(&self, by: By) {
        until(&format!("{by:?} can be clicked"), || async {
            self.still(by.clone()).await.click().await.ok()
        })
        .await;
    }

    /// What this selector finds first, once it stands still: a menu that is still opening, a button beside words that
    /// change, or a card of a column that is being filled moves away from under the pointer, which would be over something
    /// else.
    pub async fn still(&self, by: By) -> WebElement {
        let place = Cell::new(None);
        until(&format!("{by:?} stands still"), || async {
            let element = self.find(by.clone()).await;
            // What was drawn anew meanwhile is looked for again.
            let now = element.rect().await.ok()?;
            let now = [now.x, now.y, now.width, now.height];
            (place.replace(Some(now)) == Some(now)).then_some(element)
        })
        .await
    }

    /// Clicks the button that says this, or whose name begins so.
    pub async fn press(&self, text: &str) {
        self.click(By::XPath(format!(
            "//*[self::button or @role='menuitem'][normalize-space()='{text}' or starts-with(@aria-label,'{text}') or .//strong[.='{text}']]"
        )))
        .await;
    }

    /// The input under this label.
    pub async fn input(&self, label: &str) -> WebElement {
        self.find(By::XPath(format!(
            "//*[self::input or self::textarea][@id=//label[starts-with(normalize-space(),'{label}')]/@for]"
        )))
        .await
    }

    /// Replaces what stands in the input under this label.
    pub async fn fill(&self, label: &str, text: &str) {
        let input = self.input(label).await;
        input.send_keys(Key::Control + "a").await.unwrap();
        input.send_keys(text).await.unwrap();
    }

    /// Picks one of several by its label.
    pub async fn pick(&self, label: &str) {
        self.click(By::XPath(format!("//label[normalize-space()='{label}']")))
            .await;
    }

    /// Clicks the entry of an open menu.
    pub async fn choose(&self, text: &str) {
        let entry = format!("//*[starts-with(@role,'menuitem')][contains(normalize-space(),'{text}')]");
        self.click(By::XPath(entry)).await;
    }

    /// Waits until the window says this somewhere.
    pub async fn says(&self, text: &str) {
        self.find(By::XPath(format!("//*[text()[contains(.,\"{text}\")]]")))
            .await;
    }

    /// Types, wherever the focus is.
    pub async fn keys(&self, keys: impl Into<TypingData>) {
        let typing = self.driver.action_chain().send_keys(keys);
        typing.perform().await.unwrap();
    }

    /// Presses a key while Control is held.
    pub async fn control(&self, key: &str) {
        let chord = self.driver.action_chain().key_down(Key::Control).send_keys(key);
        chord.key_up(Key::Control).perform().await.unwrap();
    }

    /// Runs a script in the page, for what can be seen but not asked for.
    pub async fn run(&self, script: &str, arguments: Vec<serde_json::Value>) -> serde_json::Value {
        let ran = self.driver.execute(script, arguments).await;
        ran.unwrap_or_else(|error| panic!("{script}: {error}")).json().clone()
    }

    /// Makes the window exactly that large.
    pub async fn resize(&self, width: i64, height: i64) {
        self.driver
            .set_window_rect(0, 0, u32::try_from(width).unwrap(), u32::try_from(height).unwrap())
            .await
            .unwrap();
        until("the page has that size", || async {
            let size = self.run("return [innerWidth, innerHeight];", vec![]).await;
            (size == serde_json::json!([width, height])).then_some(())
        })
        .await;
    }

    /// A picture of the window, kept among the test's artefacts. What it shows has been painted by then: without a graphics
    /// processor that comes a good while after it is on the page.
    pub async fn picture(&self, name: &str) -> Vec<u8> {
        let painted =
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(true)));";
        self.driver.execute_async(painted, vec![]).await.unwrap();
        let png = self.driver.screenshot_as_png().await.unwrap();
        std::fs::write(super::screen::pictures().join(format!("{name}.png")), &png).unwrap();
        png
    }
}
