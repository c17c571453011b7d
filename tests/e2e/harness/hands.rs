//! What a person does in any screen: find something by what it says, click it, type into it.

use std::time::Duration;

use thirtyfour::{By, WebElement, prelude::*};

use super::{PATIENCE, Window};

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

    /// Waits until no element has this `data-testid`.
    pub async fn part_gone(&self, id: &str) {
        self.driver
            .query(By::Css(format!("[data-testid='{id}']")))
            .wait(PATIENCE, Duration::from_millis(40))
            .not_exists()
            .await
            .unwrap()
            .then_some(())
            .unwrap_or_else(|| panic!("{id} is still there"));
    }

    /// Clicks the button that says this, or whose name begins so.
    pub async fn press(&self, text: &str) {
        self.find(By::XPath(format!(
            "//*[self::button or @role='menuitem'][normalize-space()='{text}' or starts-with(@aria-label,'{text}') or .//strong[.='{text}']]"
        )))
        .await
        .click()
        .await
        .unwrap_or_else(|error| panic!("“{text}” cannot be clicked: {error}"));
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

    /// Waits until the window says this somewhere.
    pub async fn says(&self, text: &str) {
        self.find(By::XPath(format!("//*[text()[contains(.,\"{text}\")]]"))).await;
    }

    /// Presses keys, wherever the focus is.
    pub async fn keys(&self, keys: impl AsRef<str>) {
        self.driver
            .action_chain()
            .send_keys(keys.as_ref())
            .perform()
            .await
            .unwrap();
    }
}
