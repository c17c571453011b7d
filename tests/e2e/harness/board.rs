//! The board as a person sees it, and the gestures on it.

use thirtyfour::By;

use super::{Window, until};

/// How many open tickets the head of a column counts.
impl Window {
    /// From the first screen to the board, with the tenant's service account.
    pub async fn connect(&self, address: &str) {
        self.press("Connect to HaloPSA").await;
        self.fill("Address", address).await;
        self.press("Continue").await;
        self.fill("Client ID", sandbox::CLIENT_ID).await;
        self.fill("Client secret", sandbox::CLIENT_SECRET).await;
        self.press("Connect").await;
        self.press("Open the board").await;
    }

    /// Waits until the first sync is over: everything that HaloPSA has is here.
    pub async fn all_in(&self) {
        until("everything is in", || async {
            let item = self.part("status-item").await;
            let text = item.text().await.ok()?;
            text.starts_with("All changes in HaloPSA").then_some(())
        })
        .await;
    }

    /// The ids of the cards that are drawn in a column, top to bottom.
    pub async fn cards(&self, stage: &str) -> Vec<i64> {
        let found = self
            .driver
            .find_all(By::Css(format!("[data-testid='column-{stage}'] article[data-testid]")))
            .await
            .unwrap();
        let mut ids = Vec::new();
        for card in found {
            let id = card.attr("data-testid").await.ok().flatten();
            ids.extend(id.and_then(|id| id.strip_prefix("card-")?.parse::<i64>().ok()));
        }
        ids
    }
}
