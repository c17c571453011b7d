//! A small pipeline whose every figure was worked out by hand, and stands beside the tickets that make it.
//!
//! It is read in London, where the clocks go back on 25 October 2026: October begins at 23:00 UTC on 30 September and ends
//! at midnight UTC. It is looked at on 16 November. Times below are UTC. It is long because the pipeline and all its
//! figures are one sum.
//!
//! What reports get wrong most easily is in it by name: "back and forth" is a re-entry, "lost after promotion" and "reopened"
//! are what they say, "reopened" is also created late in the pipeline, "twice in a day" moved twice in one, "midnight" was
//! created on another day in London than in UTC, and "clocks go back" moved in the hour that happened twice.

mod imports;

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    AgentId, FieldKey, HaloAgentId, Lifecycle, Provenance, Source, StageKey, StoredValue, TicketId, Value,
    activity::ActivityKind, fields::keys, money::Money, tenant::TenantAgent,
};
use store::{Actor, Key, NewActivity, NewOperation, NewTicket, Segment, SegmentBy, Store};
use tempfile::TempDir;

use crate::{
    BoxFuture, Clock, Engine, MemoryVault, Options, Parts,
    views::{
        AgentMark, EndingMark, ForecastCategory, ForecastSum, ForecastWhen, FunnelCounts, FunnelMark, InsightsFilter,
        Mark, RowsQuery, SourceMark, TimesMark, WinLoss, WinLossBy,
    },
};

/// It is always the same moment.
struct Still(DateTime<Utc>);

impl Clock for Still {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }

    fn sleep(&self, _time: std::time::Duration) -> BoxFuture<'_, ()> {
        Box::pin(std::future::pending())
    }
}

fn at(text: &str) -> DateTime<Utc> {
    let whole = match text.len() {
        5 => format!("2026-{text}T00:00:00Z"),
        _ => format!("2026-{text}:00Z"),
    };
    whole.parse().unwrap()
}

/// What a ticket went through: when, and into which stage; the first is its creation.
type Story<'s> = &'s [(&'s str, &'s str)];

struct Pipeline {
    _folder: TempDir,
    store: Store,
    engine: Engine,
    ann: AgentId,
    ben: AgentId,
    tickets: BTreeMap<&'static str, TicketId>,
}

impl Pipeline {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("leadline.db"), &Key::from_bytes([7; 32])).unwrap();
        let engine = Engine::new(Parts {
            store: store.clone(),
            clock: Arc::new(Still(at("11-16T09:00"))),
            vault: Arc::new(MemoryVault::default()),
            options: Options::default(),
        })
        .unwrap();
        let agent = |halo: i64, name: &str| {
            let agent = TenantAgent {
                id: HaloAgentId(halo),
                name: name.to_owned(),
                email: String::new(),
                initials: String::new(),
                colour: String::new(),
                team: String::new(),
                disabled: false,
                is_api_agent: false,
            };
            let written = store.write_quiet(at("01-01"), |w| w.upsert_agent(&agent));
            written.unwrap().value
        };
        let (ann, ben) = (agent(1001, "Ann"), agent(1002, "Ben"));
        let mut pipeline = Self {
            _folder: folder,
            store,
            engine,
            ann,
            ben,
            tickets: BTreeMap::new(),
        };
        pipeline.fill();
        pipeline
    }

    fn fill(&mut self) {
        let (ann, ben) = (Some(self.ann), Some(self.ben));
        let deal = |minor, currency: &str| {
            let currency = currency.to_owned();
            (keys::OPPORTUNITY_VALUE, Value::Money(Money { minor, currency }))
        };
        let finally = |minor| {
            let currency = "GBP".to_owned();
            (keys::FINAL_VALUE, Value::Money(Money { minor, currency }))
        };
        let source = |name: &str| (keys::LEAD_SOURCE, Value::Choice(name.to_owned()));
        let text = |field, words: &str| (field, Value::Text(words.to_owned()));
        let likely = |percent| (keys::PROBABILITY, Value::Percent(percent));
        let closes = |day: &str| (keys::EXPECTED_CLOSE, Value::Date(day.parse().unwrap()));

        // All the way, without a detour.
        self.ticket(
            "straight",
            ann,
            vec![
                source("Apollo.io"),
                text(keys::INDUSTRY, "Legal"),
                deal(1_000_000, "GBP"),
                finally(900_000),
                text(keys::WIN_LOSS_REASON, "Price"),
                text(keys::COMPETITORS, "Globex, Initech"),
            ],
            &[
                ("10-01T08:00", "new_lead"),
                ("10-02T08:00", "researching"),
                ("10-05T08:00", "contacted"),
                ("10-07T08:00", "engaged"),
                ("10-08T08:00", "new_prospect"),
                ("10-09T08:00", "prospecting"),
                ("10-14T08:00", "qualified"),
                ("10-15T08:00", "new_opportunity"),
                ("10-16T08:00", "progressing"),
                ("10-20T08:00", "negotiation"),
                ("10-28T08:00", "won"),
            ],
        );
        self.ticket(
            "back and forth",
            ben,
            vec![source("Apollo.io")],
            &[
                ("10-02", "new_lead"),
                ("10-03", "researching"),
                ("10-06", "contacted"),
                ("10-08", "researching"),
                ("10-10", "contacted"),
            ],
        );
        self.ticket(
            "lost after promotion",
            ann,
            vec![
                source("Website"),
                deal(500_000, "EUR"),
                text(keys::WIN_LOSS_REASON, " price\nThey said so twice."),
                text(keys::COMPETITORS, "globex; Globex"),
            ],
            &[
                ("09-10", "new_lead"),
                ("09-11", "researching"),
                ("09-12", "contacted"),
                ("09-15", "engaged"),
                ("09-20", "new_prospect"),
                ("09-25", "prospecting"),
                // In London it is one in the morning of 1 October.
                ("10-01", "qualified"),
                ("10-03", "new_opportunity"),
                ("10-20", "lost"),
            ],
        );
        // Created late in the pipeline, lost, reopened, and won when October was over.
        self.ticket(
            "reopened",
            ann,
            vec![
                source("Apollo.io"),
                deal(2_000_000, "GBP"),
                finally(1_800_000),
                text(keys::WIN_LOSS_REASON, "Service"),
            ],
            &[
                ("10-05", "new_opportunity"),
                ("10-07", "progressing"),
                ("10-12", "lost"),
                ("10-15", "progressing"),
                ("10-22", "negotiation"),
                ("11-05", "won"),
            ],
        );
        self.ticket(
            "twice in a day",
            ben,
            vec![source("Website")],
            &[
                ("10-12T09:00", "new_lead"),
                ("10-12T10:00", "researching"),
                ("10-12T15:00", "contacted"),
                ("10-13T09:00", "no_interest"),
            ],
        );
        // Created at half past midnight on 1 October in London, which in UTC is in September.
        self.ticket(
            "midnight",
            ben,
            vec![source("Website")],
            &[
                ("09-30T23:30", "new_lead"),
                ("10-31T23:30", "researching"),
                ("11-01T00:10", "contacted"),
            ],
        );
        // Created a minute before October; moved at half past one, and an hour later at half past one again.
        self.ticket(
            "clocks go back",
            ben,
            vec![source("Website")],
            &[
                ("09-30T22:59", "new_lead"),
                ("10-25T00:30", "researching"),
                ("10-25T01:30", "contacted"),
            ],
        );
        self.ticket(
            "best case",
            ben,
            vec![
                source("Referral"),
                deal(800_000, "GBP"),
                likely(60),
                closes("2026-11-30"),
            ],
            &[("10-20", "new_opportunity"), ("11-02", "progressing")],
        );
        self.ticket("unknown", None, vec![], &[("10-21", "new_opportunity")]);
        self.ticket(
            "disqualified",
            None,
            vec![source("Apollo.io")],
            &[("10-01T12:00", "new_prospect"), ("10-04T12:00", "disqualified")],
        );
        self.ticket(
            "sent back",
            None,
            vec![source("Website")],
            &[("10-19", "contacted"), ("10-21", "researching")],
        );
        self.ticket(
            "overdue",
            ann,
            vec![
                source("Referral"),
                deal(300_000, "EUR"),
                likely(80),
                closes("2026-10-15"),
            ],
            &[("08-01", "new_opportunity")],
        );
        self.ticket(
            "later",
            None,
            vec![deal(100_000, "GBP"), likely(30), closes("2027-02-01")],
            &[("08-02", "new_opportunity")],
        );
        self.undone();
        self.call("back and forth", "10-06T10:00");
        self.call("back and forth", "10-31T23:59");
        self.call("lost after promotion", "09-12T10:00");
    }

    fn ticket(&mut self, name: &'static str, owner: Option<AgentId>, values: Vec<(FieldKey, Value)>, story: Story<'_>) {
        let lifecycle = |stage: &str| self.engine.workflow().stage(&StageKey::from(stage)).unwrap().lifecycle;
        let (created, first) = story[0];
        let mut new = NewTicket::new(lifecycle(first), StageKey::from(first), at(created));
        new.owner = owner;
        new.values = values
            .into_iter()
            .map(|(field, value)| {
                let provenance = Provenance {
                    source: Source::Person,
                    at: at(created),
                    by: None,
                };
                let raw = None;
                (field, StoredValue { value, raw, provenance })
            })
            .collect();
        let ticket = self
            .store
            .write_quiet(at(created), |w| w.insert_ticket(new))
            .unwrap()
            .value;
        for (moment, stage) in &story[1..] {
            let written = self.store.write_quiet(at(moment), |w| {
                w.move_ticket(ticket, lifecycle(stage), &StageKey::from(*stage), owner, at(moment))
            });
            assert!(written.unwrap().value, "{name} moves to {stage}");
        }
        self.tickets.insert(name, ticket);
    }

    /// A ticket whose creation was taken back counts nowhere.
    fn undone(&self) {
        let operation = |kind| NewOperation {
            kind,
            label: String::new(),
            actor: Actor::Person(None),
            undoable: true,
        };
        let new = NewTicket::new(Lifecycle::Lead, StageKey::from("contacted"), at("10-22"));
        let written = self
            .store
            .write(operation("create"), at("10-22"), |w| w.insert_ticket(new))
            .unwrap();
        let created = written.operation.unwrap();
        self.store
            .write(operation("undo"), at("10-22"), |w| w.revert(created))
            .unwrap();
    }

    fn call(&self, name: &str, moment: &str) {
        let call = NewActivity {
            ticket: self.tickets[name],
            kind: ActivityKind::Call,
            at: at(moment),
            agent: Some(self.ben),
            who: String::new(),
            subject: String::new(),
            body: String::new(),
            call: None,
        };
        self.store.write_quiet(at(moment), |w| w.insert_activity(call)).unwrap();
    }

    /// The names of the tickets behind a figure, in alphabetical order.
    fn behind(&self, filter: &InsightsFilter, mark: Mark) -> Vec<&'static str> {
        self.behind_query(&RowsQuery {
            mark,
            filter: filter.clone(),
            before: false,
        })
    }

    fn behind_query(&self, query: &RowsQuery) -> Vec<&'static str> {
        let rows = self.engine.report_rows(query, 0, 100).unwrap();
        assert_eq!(rows.total as usize, rows.cards.len());
        let name = |ticket| self.tickets.iter().find(|(_, id)| **id == ticket).unwrap().0;
        let mut names: Vec<&str> = rows.cards.iter().map(|card| *name(card.id)).collect();
        names.sort_unstable();
        names
    }

    fn funnel(&self, filter: &InsightsFilter) -> BTreeMap<String, (FunnelCounts, FunnelCounts)> {
        let report = self.engine.funnel(filter).unwrap();
        let stages = report.stages.into_iter();
        stages
            .map(|stage| (stage.stage.0, (stage.counts.now, stage.counts.before)))
            .collect()
    }
}

fn period(from: &str, to: &str) -> InsightsFilter {
    InsightsFilter {
        from: from.parse().unwrap(),
        to: to.parse().unwrap(),
        zone: Some("Europe/London".to_owned()),
        ..InsightsFilter::default()
    }
}

fn october() -> InsightsFilter {
    period("2026-10-01", "2026-10-31")
}

fn cohort() -> InsightsFilter {
    InsightsFilter {
        cohort: true,
        ..october()
    }
}

/// entered, re-entered, moved on, lost, went back, still here; and those that moved on of those that have left.
fn counts(numbers: [u32; 6], conversion: Option<(u32, u32)>) -> FunnelCounts {
    let [entered, re_entered, moved_on, lost, went_back, still_here] = numbers;
    FunnelCounts {
        entered,
        re_entered,
        moved_on,
        lost,
        went_back,
        still_here,
        conversion_pct: conversion.map(|(part, whole)| f64::from(part) / f64::from(whole) * 100.0),
    }
}

fn pounds(pounds: i64) -> Vec<Money> {
    money(pounds, "GBP")
}

fn money(major: i64, currency: &str) -> Vec<Money> {
    vec![Money {
        minor: major * 100,
        currency: currency.to_owned(),
    }]
}

#[test]
fn the_funnel_of_october_and_of_september() {
    let pipeline = Pipeline::new();
    let funnel = pipeline.funnel(&october());
    for (stage, now, before) in [
        // straight, back and forth, twice in a day, midnight. In September: lost after promotion; clocks go back, there
        // since a minute.
        (
            "new_lead",
            counts([4, 0, 4, 0, 0, 0], Some((4, 4))),
            counts([2, 0, 1, 0, 0, 1], Some((1, 1))),
        ),
        // straight, back and forth (again), twice in a day, clocks go back; midnight and sent back are still there.
        (
            "researching",
            counts([6, 1, 4, 0, 0, 2], Some((4, 4))),
            counts([1, 0, 1, 0, 0, 0], Some((1, 1))),
        ),
        // straight went on, twice in a day was lost, sent back went back; back and forth (again) and clocks go back stay.
        // midnight came in November.
        (
            "contacted",
            counts([5, 1, 1, 1, 1, 2], Some((1, 3))),
            counts([1, 0, 1, 0, 0, 0], Some((1, 1))),
        ),
        (
            "engaged",
            counts([1, 0, 1, 0, 0, 0], Some((1, 1))),
            counts([1, 0, 1, 0, 0, 0], Some((1, 1))),
        ),
        ("no_interest", counts([1, 0, 0, 0, 0, 1], None), counts([0; 6], None)),
        ("do_not_contact", counts([0; 6], None), counts([0; 6], None)),
        ("invalid_data", counts([0; 6], None), counts([0; 6], None)),
        // straight went on, disqualified was lost.
        (
            "new_prospect",
            counts([2, 0, 1, 1, 0, 0], Some((1, 2))),
            counts([1, 0, 1, 0, 0, 0], Some((1, 1))),
        ),
        // lost after promotion left it when it was October already.
        (
            "prospecting",
            counts([1, 0, 1, 0, 0, 0], Some((1, 1))),
            counts([1, 0, 0, 0, 0, 1], None),
        ),
        (
            "qualified",
            counts([2, 0, 2, 0, 0, 0], Some((2, 2))),
            counts([0; 6], None),
        ),
        ("disqualified", counts([1, 0, 0, 0, 0, 1], None), counts([0; 6], None)),
        // straight and reopened went on, lost after promotion was lost; best case and unknown stay.
        (
            "new_opportunity",
            counts([5, 0, 2, 1, 0, 2], Some((2, 3))),
            counts([0; 6], None),
        ),
        // straight, and reopened with its second stay.
        (
            "progressing",
            counts([2, 1, 2, 0, 0, 0], Some((2, 2))),
            counts([0; 6], None),
        ),
        // straight was won; reopened was still negotiating.
        (
            "negotiation",
            counts([2, 0, 1, 0, 0, 1], Some((1, 1))),
            counts([0; 6], None),
        ),
        ("won", counts([1, 0, 0, 0, 0, 1], None), counts([0; 6], None)),
        // lost after promotion; reopened left it again.
        ("lost", counts([2, 0, 1, 0, 0, 1], None), counts([0; 6], None)),
    ] {
        assert_eq!(funnel[stage], (now, before), "{stage}");
    }
    assert_eq!(funnel.len(), 16);
}

#[test]
fn a_cohort_is_followed_until_now() {
    let pipeline = Pipeline::new();
    let funnel = pipeline.funnel(&cohort());
    for (stage, now) in [
        ("new_lead", counts([4, 0, 4, 0, 0, 0], Some((4, 4)))),
        // Without clocks go back, which was created in September; midnight has left.
        ("researching", counts([5, 1, 4, 0, 0, 1], Some((4, 4)))),
        ("contacted", counts([5, 1, 1, 1, 1, 2], Some((1, 3)))),
        // Without lost after promotion. best case has left.
        ("new_opportunity", counts([4, 0, 3, 0, 0, 1], Some((3, 3)))),
        ("progressing", counts([3, 1, 2, 0, 0, 1], Some((2, 2)))),
        ("negotiation", counts([2, 0, 2, 0, 0, 0], Some((2, 2)))),
        ("won", counts([2, 0, 0, 0, 0, 2], None)),
        ("lost", counts([1, 0, 1, 0, 0, 0], None)),
    ] {
        assert_eq!(funnel[stage].0, now, "{stage}");
    }
}

#[test]
fn times_in_october() {
    const HOUR: u32 = 3_600;
    const DAY: u32 = 24 * HOUR;
    let pipeline = Pipeline::new();
    let report = pipeline.engine.stage_times(&october()).unwrap();
    let times = |stage: &str| {
        let row = report.stages.iter().find(|row| row.stage.as_str() == stage).unwrap();
        row.times.now.clone()
    };
    // Left, open, median, 90 %; the same with those that go on; all of the time.
    let figures = |stage: &str| {
        let found = times(stage);
        let ended = (found.median_s, found.p90_s);
        let all = (found.km_median_s, found.km_p90_s);
        (found.left, found.open, ended, all, found.elapsed_s)
    };
    let (one, two) = (Some(DAY), Some(2 * DAY));
    for (stage, left, open, ended, all, elapsed) in [
        // An hour, 1, 1 and 31 days.
        (
            "new_lead",
            4,
            0,
            (one, Some(31 * DAY)),
            (one, Some(31 * DAY)),
            33 * DAY + HOUR,
        ),
        // An hour (the clocks went back), 5 hours, 2 days, 3 days, 3 days; open: half an hour, 11 days. 5/6 are left after
        // an hour, of these 4/5 after five, 3/4 after two days: half. Of these a third after three days.
        (
            "researching",
            5,
            2,
            (two, Some(3 * DAY)),
            (two, None),
            HOUR + 5 * HOUR + 2 * DAY + 3 * DAY + 3 * DAY + HOUR / 2 + 11 * DAY,
        ),
        // 18 hours, 2 days, 2 days, 2 days; open: 6 days 22½ hours, 22 days. After two days 2/6 are left: 5/6 after 18
        // hours, of these 2/5.
        (
            "contacted",
            4,
            2,
            (two, two),
            (two, None),
            18 * HOUR + 6 * DAY + 6 * DAY + 22 * HOUR + HOUR / 2 + 22 * DAY,
        ),
        ("engaged", 1, 0, (one, one), (one, one), DAY),
        // 1 and 3 days.
        (
            "new_prospect",
            2,
            0,
            (one, Some(3 * DAY)),
            (one, Some(3 * DAY)),
            4 * DAY,
        ),
        (
            "prospecting",
            1,
            0,
            (Some(5 * DAY), Some(5 * DAY)),
            (Some(5 * DAY), Some(5 * DAY)),
            5 * DAY,
        ),
        // 1 and 2 days.
        ("qualified", 2, 0, (one, two), (one, two), 3 * DAY),
        // 1, 2 and 17 days; open: 11 and 12 days. After two days 3/5 are left, and of the last one nobody after 17.
        (
            "new_opportunity",
            3,
            2,
            (two, Some(17 * DAY)),
            (Some(17 * DAY), Some(17 * DAY)),
            43 * DAY,
        ),
        // 4, 5 and 7 days: reopened was there twice.
        (
            "progressing",
            3,
            0,
            (Some(5 * DAY), Some(7 * DAY)),
            (Some(5 * DAY), Some(7 * DAY)),
            16 * DAY,
        ),
        // 8 days; open: 10 days. After eight days half are left.
        (
            "negotiation",
            1,
            1,
            (Some(8 * DAY), Some(8 * DAY)),
            (Some(8 * DAY), None),
            18 * DAY,
        ),
    ] {
        assert_eq!(figures(stage), (left, open, ended, all, f64::from(elapsed)), "{stage}");
    }
    // All in all 178 days, of which new_opportunity took 43.
    let all: f64 = report.stages.iter().map(|row| row.times.now.elapsed_s).sum();
    assert_eq!(all, f64::from(178 * DAY));
    assert_eq!(times("new_opportunity").share_pct, Some(43.0 / 178.0 * 100.0));
    assert_eq!(report.bottleneck, Some(StageKey::from("new_opportunity")));
    assert_eq!(report.stages.len(), 10, "nobody waits in an exit");
    // September: lost after promotion came as far as prospecting, where it was when the month ended at 23:00 UTC; clocks go
    // back had been new for a minute.
    let before: Vec<_> = report
        .stages
        .iter()
        .map(|row| {
            let times = &row.times.before;
            (
                row.stage.as_str(),
                times.left,
                times.open,
                times.median_s,
                times.elapsed_s,
            )
        })
        .filter(|(_, left, open, ..)| left + open > 0)
        .collect();
    assert_eq!(
        before,
        [
            ("new_lead", 1, 1, one, f64::from(DAY + 60)),
            ("researching", 1, 0, one, f64::from(DAY)),
            ("contacted", 1, 0, Some(3 * DAY), f64::from(3 * DAY)),
            ("engaged", 1, 0, Some(5 * DAY), f64::from(5 * DAY)),
            ("new_prospect", 1, 0, Some(5 * DAY), f64::from(5 * DAY)),
            ("prospecting", 0, 1, None, f64::from(5 * DAY + 23 * HOUR)),
        ]
    );

    let velocity = &report.velocity.now;
    // reopened, best case, unknown, overdue, later.
    assert_eq!((velocity.open, velocity.won, velocity.lost), (5, 1, 1));
    assert_eq!(velocity.win_rate_pct, Some(50.0));
    // From 15 to 28 October.
    assert_eq!(velocity.cycle_days, Some(13.0));
    assert_eq!(velocity.average, pounds(9_000));
    // 5 × ½ × £9,000 ÷ 13 = £1,730.77.
    assert_eq!(velocity.per_day[0].minor, 173_077);
    assert_eq!(report.velocity.before.open, 2, "overdue and later");
}

#[test]
fn the_forecast_of_november_and_december() {
    let pipeline = Pipeline::new();
    let filter = period("2026-11-01", "2026-12-31");
    let report = pipeline.engine.forecast(&filter).unwrap();
    let rows: Vec<_> = report
        .rows
        .iter()
        .map(|row| {
            let figures = (row.deals, row.minor, row.weighted_minor);
            (row.when.clone(), row.category, row.currency.as_str(), figures)
        })
        .collect();
    let november = ForecastWhen::Month("2026-11".to_owned());
    assert_eq!(
        rows,
        [
            (
                ForecastWhen::Overdue,
                ForecastCategory::Commit,
                "EUR",
                (1, 300_000, 240_000)
            ),
            (
                november.clone(),
                ForecastCategory::Closed,
                "GBP",
                (1, 1_800_000, 1_800_000)
            ),
            (november, ForecastCategory::BestCase, "GBP", (1, 800_000, 480_000)),
            (
                ForecastWhen::Later,
                ForecastCategory::Pipeline,
                "GBP",
                (1, 100_000, 30_000)
            ),
            (ForecastWhen::Undated, ForecastCategory::Pipeline, "", (1, 0, 0)),
        ]
    );
    let names: Vec<_> = report
        .rows
        .iter()
        .map(|row| {
            let mark = Mark::Forecast {
                when: row.when.clone(),
                category: row.category,
                currency: row.currency.clone(),
            };
            pipeline.behind(&filter, mark)
        })
        .collect();
    assert_eq!(
        names,
        [["overdue"], ["reopened"], ["best case"], ["later"], ["unknown"]]
    );
    let sum = |what, currency: &str| {
        let currency = currency.to_owned();
        pipeline.behind(&filter, Mark::ForecastSum { what, currency })
    };
    assert_eq!(sum(ForecastSum::Closed, "GBP"), ["reopened"]);
    assert_eq!(sum(ForecastSum::Open, "GBP"), ["best case", "later"]);
    assert_eq!(sum(ForecastSum::All, "GBP"), ["best case", "later", "reopened"]);
    assert!(sum(ForecastSum::Closed, "EUR").is_empty());
    assert_eq!(sum(ForecastSum::Open, "EUR"), ["overdue"]);
    assert_eq!(sum(ForecastSum::All, ""), ["unknown"]);
}

#[test]
fn won_and_lost_in_october() {
    let pipeline = Pipeline::new();
    let report = pipeline.engine.win_loss(&october()).unwrap();
    let both = WinLoss {
        won: 1,
        lost: 1,
        win_rate_pct: Some(50.0),
        won_value: pounds(9_000),
        lost_value: money(5_000, "EUR"),
    };
    assert_eq!(report.total.now, both);
    assert_eq!(report.total.before, WinLoss::default());
    let rows = |rows: &[crate::views::WinLossRow]| -> Vec<(String, u32, u32)> {
        let row = |row: &crate::views::WinLossRow| (row.name.clone(), row.deals.now.won, row.deals.now.lost);
        rows.iter().map(row).collect()
    };
    assert_eq!(rows(&report.reasons), [("Price".to_owned(), 1, 1)]);
    assert_eq!(
        rows(&report.competitors),
        [("Globex".to_owned(), 1, 1), ("Initech".to_owned(), 1, 0)]
    );
    let behind = |by: WinLossBy, what| pipeline.behind(&october(), Mark::WinLoss { by, what });
    assert_eq!(behind(WinLossBy::All, EndingMark::Won), ["straight"]);
    assert_eq!(
        behind(WinLossBy::Reason("price".to_owned()), EndingMark::Lost),
        ["lost after promotion"]
    );
    assert_eq!(
        behind(WinLossBy::Competitor("Initech".to_owned()), EndingMark::Won),
        ["straight"]
    );
    // Of those that were created in October two are won by now.
    let of_cohort = pipeline.engine.win_loss(&cohort()).unwrap().total.now;
    assert_eq!(
        (of_cohort.won, of_cohort.lost, of_cohort.won_value),
        (2, 0, pounds(27_000))
    );
}

#[test]
fn sources_in_october() {
    let pipeline = Pipeline::new();
    let report = pipeline.engine.sources_report(&october()).unwrap();
    let rows: Vec<_> = report
        .sources
        .iter()
        .map(|row| {
            let now = &row.yields.now;
            let numbers = [now.created, now.prospects, now.opportunities, now.won];
            (row.source.as_str(), numbers, row.yields.before.created)
        })
        .collect();
    assert_eq!(
        rows,
        [
            // straight, back and forth, reopened, disqualified.
            ("Apollo.io", [4, 3, 2, 1], 0),
            // twice in a day, midnight, sent back. In September lost after promotion and clocks go back.
            ("Website", [3, 0, 0, 0], 2),
            ("", [1, 1, 1, 0], 0),
            ("Referral", [1, 1, 1, 0], 0),
        ]
    );
    assert_eq!(report.sources[0].yields.now.won_value, pounds(9_000));
    assert_eq!(report.sources[1].yields.before.opportunities, 1);
    let of_cohort = &pipeline.engine.sources_report(&cohort()).unwrap().sources[0].yields.now;
    assert_eq!((of_cohort.created, of_cohort.won), (4, 2));
    assert_eq!(of_cohort.won_value, pounds(27_000));
    let behind = |what| {
        let source = "Apollo.io".to_owned();
        pipeline.behind(&october(), Mark::Sources { source, what })
    };
    assert_eq!(
        behind(SourceMark::Created),
        ["back and forth", "disqualified", "reopened", "straight"]
    );
    assert_eq!(behind(SourceMark::Prospects), ["disqualified", "reopened", "straight"]);
    assert_eq!(behind(SourceMark::Opportunities), ["reopened", "straight"]);
    assert_eq!(behind(SourceMark::Won), ["straight"]);
}

#[test]
fn agents_in_october() {
    let pipeline = Pipeline::new();
    let report = pipeline.engine.agents_report(&october()).unwrap();
    let rows: Vec<_> = report
        .agents
        .iter()
        .map(|row| {
            let (now, before) = (&row.work.now, &row.work.before);
            let numbers = [
                row.open,
                now.moves,
                before.moves,
                now.calls,
                before.calls,
                now.deals.won,
                now.deals.lost,
            ];
            (row.name.as_str(), numbers, row.open_value.clone())
        })
        .collect();
    assert_eq!(
        rows,
        [
            // straight 10 moves, lost after promotion 3 (5 in September), reopened 4.
            ("Ann", [1, 17, 5, 0, 0, 1, 1], money(3_000, "EUR")),
            // back and forth 4, twice in a day 3, midnight 1, clocks go back 2.
            ("Ben", [4, 10, 0, 2, 1, 0, 0], pounds(8_000)),
            ("", [3, 0, 0, 0, 0, 0, 0], pounds(1_000)),
        ]
    );
    let behind = |agent, what| pipeline.behind(&october(), Mark::Agents { agent, what });
    let (ann, ben) = (Some(pipeline.ann), Some(pipeline.ben));
    assert_eq!(behind(ann, AgentMark::Open), ["overdue"]);
    assert_eq!(behind(None, AgentMark::Open), ["later", "sent back", "unknown"]);
    assert_eq!(
        behind(ann, AgentMark::Moves),
        ["lost after promotion", "reopened", "straight"]
    );
    assert_eq!(behind(ben, AgentMark::Calls), ["back and forth"]);
    assert_eq!(behind(ann, AgentMark::Won), ["straight"]);
    assert_eq!(behind(ann, AgentMark::Lost), ["lost after promotion"]);
}

#[test]
fn filters_pick_tickets() {
    let pipeline = Pipeline::new();
    let contacted = |filter: InsightsFilter| pipeline.funnel(&filter)["contacted"].0.entered;
    let bens = InsightsFilter {
        owner: Some(pipeline.ben),
        ..october()
    };
    assert_eq!(contacted(bens), 3, "back and forth, twice in a day, clocks go back");
    let from_the_website = InsightsFilter {
        source: Some("Website".to_owned()),
        ..october()
    };
    assert_eq!(
        contacted(from_the_website),
        3,
        "twice in a day, clocks go back, sent back"
    );
    let legal = InsightsFilter {
        segment: Some(Segment {
            by: SegmentBy::Industry,
            value: "Legal".to_owned(),
        }),
        ..october()
    };
    assert_eq!(contacted(legal), 1, "straight");
    let leads = InsightsFilter {
        lifecycle: Some(Lifecycle::Lead),
        ..october()
    };
    assert_eq!(pipeline.funnel(&leads).len(), 7);
    // In UTC midnight was created in September, and clocks go back was there for a minute of it more.
    let in_utc = InsightsFilter {
        zone: Some("UTC".to_owned()),
        ..october()
    };
    assert_eq!(pipeline.funnel(&in_utc)["new_lead"].0.entered, 3);
}

#[test]
fn every_number_of_the_funnel_opens_as_many_tickets() {
    let pipeline = Pipeline::new();
    let mut opened = 0;
    for filter in [
        october(),
        cohort(),
        period("2026-11-01", "2026-11-30"),
        period("2026-01-01", "2026-12-31"),
    ] {
        for stage in pipeline.engine.funnel(&filter).unwrap().stages {
            for (before, counts) in [(false, stage.counts.now), (true, stage.counts.before)] {
                for (what, number) in [
                    (FunnelMark::Entered, counts.entered),
                    (FunnelMark::ReEntered, counts.re_entered),
                    (FunnelMark::MovedOn, counts.moved_on),
                    (FunnelMark::Lost, counts.lost),
                    (FunnelMark::WentBack, counts.went_back),
                    (FunnelMark::StillHere, counts.still_here),
                ] {
                    let names = pipeline.behind_query(&RowsQuery {
                        mark: Mark::Funnel {
                            stage: stage.stage.clone(),
                            what,
                        },
                        filter: filter.clone(),
                        before,
                    });
                    assert_eq!(names.len(), number as usize, "{} {what:?}: {names:?}", stage.label);
                    opened += names.len();
                }
                let parts = counts.moved_on + counts.lost + counts.went_back + counts.still_here;
                assert_eq!(parts, counts.entered, "{}", stage.label);
            }
        }
    }
    assert!(opened > 100, "{opened} tickets were opened");
    let contacted = |what| {
        let stage = StageKey::from("contacted");
        pipeline.behind(&october(), Mark::Funnel { stage, what })
    };
    assert_eq!(contacted(FunnelMark::ReEntered), ["back and forth"]);
    assert_eq!(contacted(FunnelMark::MovedOn), ["straight"]);
    assert_eq!(contacted(FunnelMark::Lost), ["twice in a day"]);
    assert_eq!(contacted(FunnelMark::WentBack), ["sent back"]);
    assert_eq!(contacted(FunnelMark::StillHere), ["back and forth", "clocks go back"]);
    let researching = |what| {
        let stage = StageKey::from("researching");
        pipeline.behind(&october(), Mark::Times { stage, what })
    };
    assert_eq!(
        researching(TimesMark::Left),
        ["back and forth", "clocks go back", "straight", "twice in a day"]
    );
    assert_eq!(researching(TimesMark::Open), ["midnight", "sent back"]);
    let open = Mark::Velocity { what: EndingMark::Open };
    assert_eq!(
        pipeline.behind(&october(), open),
        ["best case", "later", "overdue", "reopened", "unknown"]
    );
}

#[test]
fn a_report_says_what_it_knows() {
    let pipeline = Pipeline::new();
    let about = pipeline.engine.funnel(&october()).unwrap().about;
    assert_eq!(about.as_of, at("11-16T09:00"));
    assert_eq!(about.history_since, Some(at("08-01")));
    assert!(!about.rebuilt && about.last_pull.is_none());
    let before = about.before.unwrap();
    assert_eq!(
        (before.from.to_string(), before.to.to_string()),
        ("2026-09-01".into(), "2026-09-30".into())
    );
    assert!(
        about
            .definitions
            .iter()
            .all(|definition| definition.meaning.ends_with('.'))
    );
    let backwards = period("2026-10-31", "2026-10-01");
    assert!(
        pipeline
            .engine
            .funnel(&backwards)
            .unwrap_err()
            .to_string()
            .contains("before it begins")
    );
    let nowhere = InsightsFilter {
        zone: Some("Nowhere".to_owned()),
        ..october()
    };
    assert!(pipeline.engine.funnel(&nowhere).is_err());
    // The longest period there is.
    let ever = period("0001-01-01", "9999-12-31");
    assert_eq!(pipeline.funnel(&ever)["new_lead"].0.entered, 6);
    assert_eq!(pipeline.engine.now() - at("11-16"), TimeDelta::hours(9));
}
