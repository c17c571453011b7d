//! The board as a person sees it, and the gestures on it.

use std::cell::Cell;

use thirtyfour::{By, Key};

use super::{Tenant, Window, until};

impl Window {
    /// From the first screen to the board, with the tenant's service account.
    pub async fn connect(&self, address: &str) {
        self.press("Connect to HaloPSA").await;
        self.fill("Address", address).await;
        self.press("Continue").await;
        self.pick("With a service account").await;
        self.fill("Client ID", sandbox::CLIENT_ID).await;
        self.fill("Client secret", sandbox::CLIENT_SECRET).await;
        self.press("Connect").await;
        self.press("Open the board").await;
    }

    /// Waits until the first sync is over: everything that HaloPSA has is here, and on the board.
    pub async fn all_in(&self) {
        until("everything is in", || async {
            let item = self.part("status-item").await;
            let text = item.text().await.ok()?;
            text.starts_with("All changes in HaloPSA").then_some(())
        })
        .await;
        until("everything is on the board", || async {
            let counted = self
                .driver
                .execute_async(
                    "const done = arguments[0];
                    window.__TAURI_INTERNALS__.invoke('board', { filter: {} }).then(({ columns }) =>
                        done(columns.map(({ head }) => [head.stage, head.count])));",
                    vec![],
                )
                .await
                .ok()?;
            let counted: Vec<(String, u32)> = counted.convert().ok()?;
            for (stage, tickets) in counted {
                // The exits are folded and say it in another way.
                if self.count(&stage).await.is_some_and(|shown| shown != tickets) {
                    return None;
                }
            }
            Some(())
        })
        .await;
    }

    /// A connected window that has everything the tenant has.
    pub async fn over(tenant: &Tenant) -> Self {
        let window = Self::open().await;
        window.connect(&tenant.address()).await;
        window.all_in().await;
        window
    }

    /// The ids of the cards that are drawn in a column, top to bottom.
    pub async fn cards(&self, stage: &str) -> Vec<i64> {
        let ids = self
            .run(
                "return [...document.querySelectorAll(`[data-testid='column-${arguments[0]}'] article[data-testid]`)]
                    .map((card) => Number(card.dataset.testid.slice('card-'.length)));",
                vec![stage.into()],
            )
            .await;
        ids.as_array().unwrap().iter().filter_map(|id| id.as_i64()).collect()
    }

    /// How many cards the head of a column says that there are; none while it is not there.
    pub async fn count(&self, stage: &str) -> Option<u32> {
        let said = self
            .run(
                "return document.querySelector(`[data-testid='column-${arguments[0]}'] header [class*='count'] [aria-hidden]`)?.innerText;",
                vec![stage.into()],
            )
            .await;
        said.as_str()?.trim().parse().ok()
    }

    /// Waits for a first card in a column, and brings the column to the middle of the board.
    pub async fn first_card(&self, stage: &str) -> i64 {
        let card = until("a card in the column", || async {
            self.cards(stage).await.first().copied()
        })
        .await;
        self.run(
            "document.querySelector(`[data-testid='column-${arguments[0]}']`).scrollIntoView({ block: 'nearest', inline: 'center' });",
            vec![stage.into()],
        )
        .await;
        card
    }

    /// The card that has the keyboard focus, and its stage.
    pub async fn focused_card(&self) -> Option<(i64, String)> {
        let element = self.driver.active_element().await.ok()?;
        let id = element.attr("data-testid").await.ok()??;
        let stage = element.attr("data-stage").await.ok()??;
        Some((id.strip_prefix("card-")?.parse().ok()?, stage))
    }

    /// The ticket's number in HaloPSA.
    pub async fn halo_id(&self, card: i64) -> i64 {
        let found = self
            .driver
            .execute_async(
                "const done = arguments[1];
                window.__TAURI_INTERNALS__.invoke('cards', { ids: [arguments[0]] }).then(done);",
                vec![card.into()],
            )
            .await
            .unwrap();
        found
            .json()
            .pointer("/0/halo_id")
            .and_then(|id| id.as_i64())
            .expect("it is in HaloPSA")
    }

    /// Waits until a card lies in a column. Only the cards in sight are drawn, so it looks further down, and from the top
    /// again.
    pub async fn lies_in(&self, card: i64, stage: &str) {
        until(&format!("card {card} lies in {stage}"), || async {
            if self.cards(stage).await.contains(&card) {
                return Some(());
            }
            self.run(
                "const list = document.querySelector(`[data-testid='column-${arguments[0]}'] [data-scroller]`);
                if (!list) return;
                const end = list.scrollTop + list.clientHeight >= list.scrollHeight - 1;
                list.scrollTop = end ? 0 : list.scrollTop + list.clientHeight / 2;",
                vec![stage.into()],
            )
            .await;
            None
        })
        .await;
    }

    /// Waits until a card is gone from the cards in sight of a column.
    pub async fn has_left(&self, card: i64, stage: &str) {
        until(&format!("card {card} has left {stage}"), || async {
            (!self.cards(stage).await.contains(&card)).then_some(())
        })
        .await;
    }

    /// Drags a card by hand: press, a little way until it lifts, over to the column, and there let go.
    pub async fn drag(&self, card: i64, stage: &str) {
        until(&format!("card {card} is in hand"), || async {
            let carried = self.lift(card).await;
            if carried == serde_json::json!([format!("card-{card}")]) {
                return Some(());
            }
            // The column had filled in between, and another card lay there.
            self.keys(Key::Escape).await;
            self.driver.action_chain().release().perform().await.unwrap();
            None
        })
        .await;
        // Only now the exits stand open, and the columns say what they take.
        let column = format!("column-{stage}");
        until("the column says that it takes the card", || async {
            (self.drop_tone(&column).await.as_deref() == Some("open")).then_some(())
        })
        .await;
        let place = Cell::new(None);
        until("the card is over the column, and the board stands still", || async {
            let way = self.way_to(&column).await?;
            let [x, y, _] = way;
            let step = self.driver.action_chain().move_to(x - 4, y).move_to(x, y);
            // The board may have scrolled in between, and the place be gone: then the next look says where it is.
            step.perform().await.ok()?;
            let still = place.replace(Some(way)) == Some(way);
            (still && self.drop_tone(&column).await.as_deref() == Some("over")).then_some(())
        })
        .await;
        self.driver.action_chain().release().perform().await.unwrap();
    }

    /// Presses where a card lies, and moves until something is in hand: what that is.
    async fn lift(&self, card: i64) -> serde_json::Value {
        let (x, y) = self.middle(&format!("card-{card}")).await;
        let press = self.driver.action_chain().move_to(x, y).click_and_hold();
        let lift = press.move_to(x + 3, y + 2).move_to(x + 8, y + 4);
        lift.perform().await.unwrap();
        until("a card is in hand", || async {
            let carried = self
                .run(
                    "return [...document.querySelectorAll(`article[data-carried='true']`)].map((card) => card.dataset.testid);",
                    vec![],
                )
                .await;
            (carried != serde_json::json!([])).then_some(carried)
        })
        .await
    }

    /// Where a held card goes next on its way to a column: into it, clear of the edges where the board begins to scroll;
    /// or to the edge beyond which the column lies, as long as the board can scroll there. Third is where the column begins:
    /// at the edge it slides by under a pointer that rests.
    async fn way_to(&self, column: &str) -> Option<[i64; 3]> {
        let spot = self
            .run(
                "const board = document.querySelector(`[data-region='board']`);
                const box = document.querySelector(`[data-testid='${arguments[0]}']`)?.getBoundingClientRect();
                if (!board || !box) return null;
                const seen = board.getBoundingClientRect();
                const y = Math.round((Math.max(seen.top, box.top) + Math.min(seen.bottom, box.bottom)) / 2);
                const edge = seen.width * 0.14;
                const most = board.scrollWidth - board.clientWidth;
                const left = seen.left + (board.scrollLeft > 1 ? edge : 0);
                const right = seen.right - (board.scrollLeft < most - 1 ? edge : 0);
                const [from, to] = [Math.max(box.left, left), Math.min(box.right, right)];
                const beyond = box.left < seen.left + edge ? seen.left + 8 : seen.right - 8;
                return [Math.round(to - from > 16 ? (from + to) / 2 : beyond), y, Math.round(box.left)];",
                vec![column.into()],
            )
            .await;
        Some([spot.get(0)?.as_i64()?, spot.get(1)?.as_i64()?, spot.get(2)?.as_i64()?])
    }

    async fn drop_tone(&self, column: &str) -> Option<String> {
        self.part(column).await.attr("data-drop").await.ok()?
    }

    /// The middle of what can be seen of an element that stands still.
    async fn middle(&self, id: &str) -> (i64, i64) {
        self.still(By::Css(format!("[data-testid='{id}']"))).await;
        let spot = self
            .run(
                "const box = document.querySelector(`[data-testid='${arguments[0]}']`).getBoundingClientRect();
                const middle = (from, to, end) => Math.round((Math.max(0, from) + Math.min(end, to)) / 2);
                return [middle(box.left, box.right, innerWidth), middle(box.top, box.bottom, innerHeight)];",
                vec![id.into()],
            )
            .await;
        let at = |place: usize| spot[place].as_i64().expect("a whole number of pixels");
        (at(0), at(1))
    }

    /// Opens the menu of a card by its three dots, which show under the pointer.
    pub async fn open_menu(&self, card: i64) {
        let (x, y) = self.middle(&format!("card-{card}")).await;
        self.driver.action_chain().move_to(x, y).perform().await.unwrap();
        let dots = format!("[data-testid='card-{card}'] button[aria-haspopup='menu']");
        self.click(By::Css(dots)).await;
        self.part("card-menu").await;
    }

    /// Opens the outbox, asks for a sync, and closes it again.
    pub async fn sync_now(&self) {
        self.press_part("status-item").await;
        self.part("outbox-drawer").await;
        self.press("Sync now").await;
        self.keys(Key::Escape).await;
        self.part_gone("outbox-drawer").await;
    }
}
