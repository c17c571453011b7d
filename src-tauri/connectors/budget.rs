//! The rate-limit budget: how many requests a tenant allows in a rolling window, and who may use them first.
//!
//! One budget per tenant, shared by everything that talks to it. [`Class::Interactive`] requests (what a person waits
//! for) may use all of it, pulls and bulk work at most 90 %, what nobody waits for at most half, and a lower class never overtakes a waiting higher one.
//! The server's number is learned from its 429 text, because it differs between tenants and years.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

/// The default of HaloPSA's own 429 text: 300 requests per rolling 5 minutes.
pub const DEFAULT_LIMIT: u32 = 300;
/// See [`DEFAULT_LIMIT`].
pub const DEFAULT_WINDOW: Duration = Duration::from_secs(300);

/// How much longer than the window a request is counted: the server starts counting when it receives it, not when we
/// send it.
const MARGIN: Duration = Duration::from_secs(1);

/// The first and the longest pause after a 429 that names no time.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// A time named by the server is believed up to here.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(15 * 60);

/// Who asks, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// A person waits for it, or a person's change is sent.
    Interactive,
    /// Keeping up with HaloPSA.
    Pull,
    /// Large work that can take its time: first pulls, imports.
    Bulk,
    /// What nobody waits for: the past of tickets that are there.
    Spare,
}

/// What the budget looks like now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetView {
    /// Requests counted in the present window.
    pub used: u32,
    /// Requests allowed in a window.
    pub limit: u32,
    /// The length of the rolling window.
    pub window: Duration,
    /// How long the server has asked us to wait, where it has.
    pub pause: Option<Duration>,
}

/// A budget. Clones spend from the same one.
#[derive(Clone, Debug)]
pub struct Budget {
    ledger: Arc<Ledger>,
}

#[derive(Debug)]
struct Ledger {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug)]
struct State {
    limit: u32,
    window: Duration,
    /// When the requests of the window were sent, oldest first.
    sent: VecDeque<Instant>,
    paused_until: Option<Instant>,
    /// 429s in a row.
    refusals: u32,
    /// How many of each class wait.
    waiting: [usize; 4],
}

enum Verdict {
    Go,
    WaitUntil(Instant),
    /// A more urgent request waits: only a change of the state helps.
    GiveWay,
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(DEFAULT_LIMIT, DEFAULT_WINDOW)
    }
}

impl Budget {
    /// A budget of so many requests per rolling window. A limit of 0 counts as 1.
    #[must_use]
    pub fn new(limit: u32, window: Duration) -> Self {
        Self {
            ledger: Arc::new(Ledger {
                state: Mutex::new(State {
                    limit: limit.max(1),
                    window,
                    sent: VecDeque::new(),
                    paused_until: None,
                    refusals: 0,
                    waiting: [0; 4],
                }),
                changed: Notify::new(),
            }),
        }
    }

    /// What it looks like now.
    #[must_use]
    pub fn view(&self) -> BudgetView {
        let now = Instant::now();
        let mut state = self.state();
        state.forget_old(now);
        BudgetView {
            used: u32::try_from(state.sent.len()).unwrap_or(u32::MAX),
            limit: state.limit,
            window: state.window,
            pause: state
                .paused_until
                .filter(|until| *until > now)
                .map(|until| until.duration_since(now)),
        }
    }

    /// Comes back when a request of this class may be sent, and counts it. Cancel safe: a dropped wait counts nothing.
    pub async fn acquire(&self, class: Class) {
        let _waiting = Waiting::register(self, class);
        loop {
            // Made before looking, so that no change between looking and waiting is missed.
            let changed = self.ledger.changed.notified();
            let verdict = self.state().decide(class, Instant::now());
            match verdict {
                Verdict::Go => return,
                Verdict::GiveWay => changed.await,
                Verdict::WaitUntil(until) => {
                    tokio::select! {
                        () = tokio::time::sleep_until(until) => {}
                        () = changed => {}
                    }
                }
            }
        }
    }

    /// Counts requests that were sent before this budget was made, by another process or by this one before a restart, as if
    /// they were sent now.
    pub fn count(&self, requests: u32) {
        let now = Instant::now();
        let mut state = self.state();
        state.forget_old(now);
        let room = (state.limit as usize).saturating_sub(state.sent.len());
        for _ in 0..room.min(requests as usize) {
            state.sent.push_back(now);
        }
    }

    /// Takes a limit over that was learned before, where it is lower than the present one.
    pub fn lower(&self, limit: u32, window: Duration) {
        self.state().lower(limit, window);
    }

    /// The server answered something other than 429.
    pub(crate) fn accepted(&self) {
        self.state().refusals = 0;
    }

    /// The server answered 429: learns its limit from the text where it is lower than ours, and pauses for the time it
    /// named, else for a growing one. Says how long.
    pub(crate) fn refused(&self, text: &str, retry_after: Option<Duration>) -> Duration {
        let now = Instant::now();
        let mut state = self.state();
        if let Some((limit, window)) = parse_limit(text) {
            state.lower(limit, window);
        }
        let doubled = FIRST_PAUSE
            .saturating_mul(1 << state.refusals.min(4))
            .min(LONGEST_PAUSE);
        state.refusals = state.refusals.saturating_add(1);
        let pause = retry_after.map_or(doubled, |named| {
            named.min(LONGEST_RETRY_AFTER).max(Duration::from_secs(1))
        });
        let until = now + pause;
        state.paused_until = Some(state.paused_until.map_or(until, |earlier| earlier.max(until)));
        drop(state);
        self.ledger.changed.notify_waiters();
        pause
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        // Nothing that can panic happens under the lock, so a poisoned one holds whole values.
        self.ledger.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn lower(&mut self, limit: u32, window: Duration) {
        let learned = f64::from(limit) / window.as_secs_f64().max(1.0);
        let ours = f64::from(self.limit) / self.window.as_secs_f64().max(1.0);
        if limit > 0 && learned < ours {
            tracing::warn!(
                budget.limit = limit,
                budget.window_s = window.as_secs(),
                "learned a lower rate limit"
            );
            self.limit = limit;
            self.window = window;
        }
    }

    fn forget_old(&mut self, now: Instant) {
        let kept_for = self.window + MARGIN;
        while self.sent.front().is_some_and(|sent| *sent + kept_for <= now) {
            self.sent.pop_front();
        }
    }

    /// How many requests of the window this class may see used and still go.
    fn allowance(&self, class: Class) -> usize {
        let limit = self.limit as usize;
        match class {
            Class::Interactive => limit,
            Class::Pull | Class::Bulk => (limit * 9 / 10).max(1),
            Class::Spare => (limit / 2).max(1),
        }
    }

    fn decide(&mut self, class: Class, now: Instant) -> Verdict {
        self.forget_old(now);
        if let Some(until) = self.paused_until {
            if until > now {
                return Verdict::WaitUntil(until);
            }
            self.paused_until = None;
        }
        if self.waiting.iter().take(class as usize).any(|count| *count > 0) {
            return Verdict::GiveWay;
        }
        let allowance = self.allowance(class);
        if self.sent.len() < allowance {
            self.sent.push_back(now);
            return Verdict::Go;
        }
        // When that one has left the window, exactly `allowance - 1` are left in it.
        let leaves = self.sent.get(self.sent.len() - allowance).copied().unwrap_or(now);
        Verdict::WaitUntil(leaves + self.window + MARGIN)
    }
}

/// Counts one waiting request for as long as it lives, so that a cancelled wait does not hold up others.
struct Waiting<'a> {
    budget: &'a Budget,
    class: Class,
}

impl<'a> Waiting<'a> {
    fn register(budget: &'a Budget, class: Class) -> Self {
        if let Some(count) = budget.state().waiting.get_mut(class as usize) {
            *count += 1;
        }
        Self { budget, class }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(count) = self.budget.state().waiting.get_mut(self.class as usize) {
            *count = count.saturating_sub(1);
        }
        self.budget.ledger.changed.notify_waiters();
    }
}

/// Reads "Rate Limit Reached - 300 Requests per rolling 5 minute window." and its kin.
fn parse_limit(text: &str) -> Option<(u32, Duration)> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let mut limit = None;
    let mut window = None;
    for pair in words.windows(2) {
        let [number, unit] = pair else { continue };
        let Ok(number) = number.parse::<u32>() else { continue };
        if unit.starts_with("request") {
            limit = Some(number);
        } else if unit.starts_with("minute") {
            window = Some(Duration::from_secs(u64::from(number) * 60));
        } else if unit.starts_with("second") {
            window = Some(Duration::from_secs(u64::from(number)));
        }
    }
    match (limit, window) {
        (Some(limit), Some(window)) if limit > 0 && !window.is_zero() => Some((limit, window)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    /// How long `times` requests of a class take, on tokio's paused clock.
    async fn taken(budget: &Budget, class: Class, times: u32) -> Duration {
        let start = Instant::now();
        for _ in 0..times {
            budget.acquire(class).await;
        }
        start.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn interactive_requests_use_all_of_it_then_wait_for_the_window() {
        let budget = Budget::new(10, MINUTE);
        assert_eq!(taken(&budget, Class::Interactive, 10).await, Duration::ZERO);
        assert_eq!(budget.view().used, 10);
        assert_eq!(taken(&budget, Class::Interactive, 1).await, MINUTE + MARGIN);
        assert_eq!(budget.view().used, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn pulls_leave_a_tenth_to_people() {
        for class in [Class::Pull, Class::Bulk] {
            let budget = Budget::new(10, MINUTE);
            assert_eq!(taken(&budget, class, 9).await, Duration::ZERO);
            assert_eq!(taken(&budget, Class::Interactive, 1).await, Duration::ZERO);
            assert_eq!(taken(&budget, class, 1).await, MINUTE + MARGIN, "{class:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_nobody_waits_for_leaves_half() {
        let budget = Budget::new(10, MINUTE);
        assert_eq!(taken(&budget, Class::Spare, 5).await, Duration::ZERO);
        assert_eq!(taken(&budget, Class::Pull, 4).await, Duration::ZERO);
        assert_eq!(taken(&budget, Class::Interactive, 1).await, Duration::ZERO);
        assert_eq!(taken(&budget, Class::Spare, 1).await, MINUTE + MARGIN);
    }

    #[tokio::test(start_paused = true)]
    async fn never_more_than_the_limit_in_any_window() {
        let budget = Budget::new(7, MINUTE);
        let mut sent = Vec::new();
        for number in 0..60_u64 {
            budget
                .acquire(if number % 3 == 0 {
                    Class::Interactive
                } else {
                    Class::Bulk
                })
                .await;
            sent.push(Instant::now());
            tokio::time::advance(Duration::from_millis(number * 173 % 4_000)).await;
        }
        for start in &sent {
            let within = sent.iter().filter(|at| *at >= start && **at < *start + MINUTE).count();
            assert!(within <= 7, "{within} requests within one window");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_more_urgent_goes_first() {
        let budget = Budget::new(1, MINUTE);
        budget.acquire(Class::Interactive).await;
        let (order, mut seen) = tokio::sync::mpsc::unbounded_channel();
        let mut tasks = Vec::new();
        for class in [Class::Spare, Class::Bulk, Class::Pull, Class::Interactive] {
            let (budget, order) = (budget.clone(), order.clone());
            tasks.push(tokio::spawn(async move {
                budget.acquire(class).await;
                order.send(class).unwrap();
            }));
            tokio::task::yield_now().await;
        }
        for task in tasks {
            task.await.unwrap();
        }
        drop(order);
        let mut got = Vec::new();
        while let Some(class) = seen.recv().await {
            got.push(class);
        }
        assert_eq!(got, [Class::Interactive, Class::Pull, Class::Bulk, Class::Spare]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_cancelled_wait_holds_nobody_up() {
        let budget = Budget::new(1, MINUTE);
        budget.acquire(Class::Interactive).await;
        let waiting = tokio::spawn({
            let budget = budget.clone();
            async move { budget.acquire(Class::Interactive).await }
        });
        tokio::task::yield_now().await;
        let pull = tokio::spawn({
            let budget = budget.clone();
            async move { taken(&budget, Class::Pull, 1).await }
        });
        tokio::task::yield_now().await;
        waiting.abort();
        assert_eq!(pull.await.unwrap(), MINUTE + MARGIN);
        assert_eq!(budget.view().used, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_429_teaches_and_pauses() {
        let budget = Budget::new(500, MINUTE * 5);
        let text = "Rate Limit Reached - 300 Requests per rolling 5 minute window.";
        assert_eq!(budget.refused(text, None), FIRST_PAUSE);
        let view = budget.view();
        assert_eq!((view.limit, view.window), (300, MINUTE * 5));
        assert_eq!(view.pause, Some(FIRST_PAUSE));
        assert_eq!(taken(&budget, Class::Interactive, 1).await, FIRST_PAUSE);
        assert_eq!(budget.view().pause, None);

        // A higher number is no invitation: other programs share the tenant's limit.
        budget.refused("Rate Limit Reached - 700 Requests per rolling 5 minute window.", None);
        assert_eq!(budget.view().limit, 300);
    }

    #[tokio::test(start_paused = true)]
    async fn the_named_time_is_obeyed_and_unnamed_ones_grow() {
        let budget = Budget::new(10, MINUTE);
        assert_eq!(
            budget.refused("", Some(Duration::from_secs(42))),
            Duration::from_secs(42)
        );
        assert_eq!(taken(&budget, Class::Interactive, 1).await, Duration::from_secs(42));
        assert_eq!(budget.refused("", None), Duration::from_secs(10));
        assert_eq!(budget.refused("", None), Duration::from_secs(20));
        assert_eq!(budget.refused("", None), Duration::from_secs(40));
        assert_eq!(budget.refused("", None), LONGEST_PAUSE);
        budget.accepted();
        assert_eq!(budget.refused("", None), FIRST_PAUSE);
        assert_eq!(
            budget.refused("", Some(Duration::from_secs(86_400))),
            LONGEST_RETRY_AFTER
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_restart_does_not_empty_the_window() {
        let budget = Budget::new(10, MINUTE);
        budget.count(8);
        assert_eq!(taken(&budget, Class::Interactive, 2).await, Duration::ZERO);
        assert_eq!(taken(&budget, Class::Interactive, 1).await, MINUTE + MARGIN);
        // More than the window holds would only lengthen the wait.
        let budget = Budget::new(10, MINUTE);
        budget.count(5_000);
        assert_eq!(budget.view().used, 10);

        budget.lower(20, MINUTE);
        assert_eq!(budget.view().limit, 10, "a higher one is no invitation");
        budget.lower(5, MINUTE);
        assert_eq!(budget.view().limit, 5);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_reaches_those_who_already_wait() {
        let budget = Budget::new(1, MINUTE);
        budget.acquire(Class::Interactive).await;
        let waiting = tokio::spawn({
            let budget = budget.clone();
            async move { taken(&budget, Class::Interactive, 1).await }
        });
        tokio::task::yield_now().await;
        budget.refused("", Some(Duration::from_secs(200)));
        assert_eq!(waiting.await.unwrap(), Duration::from_secs(200));
    }

    #[test]
    fn limits_in_words() {
        let check = |text: &str, expect: Option<(u32, u64)>| {
            let expect = expect.map(|(limit, seconds)| (limit, Duration::from_secs(seconds)));
            assert_eq!(parse_limit(text), expect, "{text:?}");
        };
        check(
            "Rate Limit Reached - 300 Requests per rolling 5 minute window.",
            Some((300, 300)),
        );
        check("500 requests per 3 minutes", Some((500, 180)));
        check("100 Requests per 30 seconds", Some((100, 30)));
        check("Too many requests", None);
        check("0 Requests per rolling 5 minute window", None);
        check("", None);
    }
}
