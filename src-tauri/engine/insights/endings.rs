//! The forecast, and why deals are won and lost.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use domain::text::tidy_line;
use store::{Closes, Ending, Expected, ExpectedTickets};

use super::{
    Sums, compare, percent,
    period::{Zone, month_name},
};
use crate::views::{Compared, Days, ForecastCategory, ForecastRow, ForecastWhen, WinLoss, WinLossBy, WinLossRow};

/// The lowest probabilities of a commit and of a best case, in per cent.
pub(super) const COMMIT_FROM: u8 = 75;
pub(super) const BEST_CASE_FROM: u8 = 50;

/// How far days go: what is beyond a period ends here.
const FIRST_DAY: NaiveDate = NaiveDate::MIN;
const LAST_DAY: NaiveDate = NaiveDate::MAX;

fn category(probability: u8) -> ForecastCategory {
    match probability {
        COMMIT_FROM.. => ForecastCategory::Commit,
        BEST_CASE_FROM.. => ForecastCategory::BestCase,
        _ => ForecastCategory::Pipeline,
    }
}

/// The lowest and the highest probability of a category; `None` for what is closed.
fn probabilities(category: ForecastCategory) -> Option<(u8, u8)> {
    match category {
        ForecastCategory::Closed => None,
        ForecastCategory::Commit => Some((COMMIT_FROM, 100)),
        ForecastCategory::BestCase => Some((BEST_CASE_FROM, COMMIT_FROM - 1)),
        ForecastCategory::Pipeline => Some((0, BEST_CASE_FROM - 1)),
    }
}

fn when(day: Option<NaiveDate>, period: Days) -> ForecastWhen {
    match day {
        None => ForecastWhen::Undated,
        Some(day) if day < period.from => ForecastWhen::Overdue,
        Some(day) if day > period.to => ForecastWhen::Later,
        Some(day) => ForecastWhen::Month(month_name(day)),
    }
}

/// What is open and what was won, by time, category and currency.
pub(super) fn forecast(expected: &[Expected], won: &[Ending], period: Days, zone: Zone) -> Vec<ForecastRow> {
    #[derive(Default)]
    struct Sum {
        deals: u32,
        minor: i64,
        // Minor units times per cent, so that it is rounded once.
        weighted: i64,
    }
    let mut sums: BTreeMap<(ForecastWhen, ForecastCategory, &str), Sum> = BTreeMap::new();
    let mut add = |when, category, currency, deals, minor: i64, weighted: i64| {
        let sum = sums.entry((when, category, currency)).or_default();
        sum.deals += deals;
        sum.minor = sum.minor.saturating_add(minor);
        sum.weighted = sum.weighted.saturating_add(weighted);
    };
    for deals in expected {
        let place = (when(deals.closes_on, period), category(deals.probability));
        add(
            place.0,
            place.1,
            deals.currency.as_str(),
            deals.deals,
            deals.minor,
            deals.weighted,
        );
    }
    for deal in won.iter().filter(|deal| deal.won) {
        let month = ForecastWhen::Month(month_name(zone.day(deal.closed_at)));
        let whole = deal.minor.saturating_mul(100);
        add(month, ForecastCategory::Closed, &deal.currency, 1, deal.minor, whole);
    }
    sums.into_iter()
        .map(|((when, category, currency), sum)| ForecastRow {
            when,
            category,
            currency: currency.to_owned(),
            deals: sum.deals,
            minor: sum.minor,
            weighted_minor: sum.weighted.div_euclid(100),
        })
        .collect()
}

/// Which open opportunities are behind a figure of the forecast; `None` where there can be none.
pub(super) fn expected_tickets(
    when: &ForecastWhen,
    category: ForecastCategory,
    currency: &str,
    period: Days,
) -> Option<ExpectedTickets> {
    let closes = match when {
        ForecastWhen::Undated => Closes::Undated,
        ForecastWhen::Overdue => Closes::Within(FIRST_DAY, period.from.pred_opt()?),
        ForecastWhen::Later => Closes::Within(period.to.succ_opt()?, LAST_DAY),
        ForecastWhen::Month(month) => {
            let first: NaiveDate = format!("{month}-01").parse().ok()?;
            let last = first.checked_add_months(chrono::Months::new(1))?.pred_opt()?;
            Closes::Within(first.max(period.from), last.min(period.to))
        }
    };
    Some(ExpectedTickets {
        closes,
        currency: currency.to_owned(),
        probability: probabilities(category)?,
    })
}

/// Every open opportunity of a currency, whenever it closes and however likely.
pub(super) fn all_expected(currency: &str) -> ExpectedTickets {
    ExpectedTickets {
        closes: Closes::Ever,
        currency: currency.to_owned(),
        probability: (0, 100),
    }
}

/// Whether a won deal is behind a figure of what is closed.
pub(super) fn is_closed_in(deal: &Ending, when: &ForecastWhen, currency: &str, zone: Zone) -> bool {
    let month = ForecastWhen::Month(month_name(zone.day(deal.closed_at)));
    deal.won && *deal.currency == *currency && month == *when
}

/// What won and lost deals come to.
pub(super) fn win_loss<'d>(deals: impl Iterator<Item = &'d Ending>) -> WinLoss {
    let mut found = WinLoss::default();
    let (mut won, mut lost) = (Sums::default(), Sums::default());
    for deal in deals {
        if deal.won {
            found.won += 1;
            won.add(&deal.currency, deal.minor);
        } else {
            found.lost += 1;
            lost.add(&deal.currency, deal.minor);
        }
    }
    found.win_rate_pct = percent(found.won, found.won + found.lost);
    found.won_value = won.list();
    found.lost_value = lost.list();
    found
}

/// The first line of what was typed, without what does not count.
fn reason(said: &str) -> Vec<String> {
    vec![tidy_line(said.trim().lines().next().unwrap_or_default())]
}

/// The competitors that were named; one empty name where there is none.
fn competitors(said: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in said.split([',', ';', '\n']).map(tidy_line) {
        if !name.is_empty() && !names.iter().any(|known| same(known, &name)) {
            names.push(name);
        }
    }
    if names.is_empty() {
        names.push(String::new());
    }
    names
}

fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

pub(super) fn by_reason(now: &[Ending], before: &[Ending]) -> Vec<WinLossRow> {
    by_words(now, before, |deal| &deal.words.reason, reason)
}

pub(super) fn by_competitor(now: &[Ending], before: &[Ending]) -> Vec<WinLossRow> {
    by_words(now, before, |deal| &deal.words.competitors, competitors)
}

/// Deals that say one name.
struct Named<'d> {
    /// As the first of them spells it.
    name: String,
    deals: Vec<&'d Ending>,
}

/// Deals by the name as it is compared. What many say in the same words is taken apart once.
fn named(deals: &[Ending], said: fn(&Ending) -> &str, names: fn(&str) -> Vec<String>) -> BTreeMap<String, Named<'_>> {
    let mut by_what_is_said: HashMap<&str, Vec<&Ending>> = HashMap::new();
    let mut in_order = Vec::new();
    for deal in deals {
        let text = said(deal);
        by_what_is_said
            .entry(text)
            .or_insert_with(|| {
                in_order.push(text);
                Vec::new()
            })
            .push(deal);
    }
    let mut found: BTreeMap<String, Named<'_>> = BTreeMap::new();
    for text in in_order {
        for name in names(text) {
            let named = found.entry(name.to_lowercase()).or_insert_with(|| Named {
                name,
                deals: Vec::new(),
            });
            named.deals.extend(by_what_is_said.get(text).into_iter().flatten());
        }
    }
    found
}

/// A row for each name of this period; most deals first, then by name.
fn by_words(
    now: &[Ending],
    before: &[Ending],
    said: fn(&Ending) -> &str,
    names: fn(&str) -> Vec<String>,
) -> Vec<WinLossRow> {
    let earlier = named(before, said, names);
    let mut rows: Vec<WinLossRow> = named(now, said, names)
        .into_iter()
        .map(|(key, Named { name, deals })| WinLossRow {
            name,
            deals: Compared {
                now: win_loss(deals.into_iter()),
                before: earlier
                    .get(&key)
                    .map(|named| win_loss(named.deals.iter().copied()))
                    .unwrap_or_default(),
            },
        })
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.deals.now.won + row.deals.now.lost));
    rows
}

/// Whether a deal is behind a row of win and loss.
pub(super) fn is_behind(deal: &Ending, by: &WinLossBy) -> bool {
    let has = |names: Vec<String>, wanted: &str| names.iter().any(|name| same(name, wanted));
    match by {
        WinLossBy::All => true,
        WinLossBy::Reason(name) => has(reason(&deal.words.reason), name),
        WinLossBy::Competitor(name) => has(competitors(&deal.words.competitors), name),
    }
}

/// Two lists of deals as one comparison.
pub(super) fn compared(now: &[Ending], before: &[Ending]) -> Compared<WinLoss> {
    let (now, before) = (win_loss(now.iter()), win_loss(before.iter()));
    compare(vec![now], vec![before]).into_iter().next().unwrap_or_default()
}
