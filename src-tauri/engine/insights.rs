//! Insights: the truth of the pipeline, from this computer alone.
//!
//! A report is about a period and judged at its end, or about a cohort (tickets created in the period) and judged now.
//! `store::reports` counts; what a way from one stage to another means, which deals are won, and what a month is where the
//! reader sits is decided here. Figures of this period and of the one before come from the same questions, asked at the
//! same time on two connections. Every figure has a [`Mark`], and [`Engine::report_tickets`] names the tickets behind it
//! with the same conditions that counted them.
//!
//! A report is one file in `insights/` or a part of one, one method here, and its SQL in `store/reports`.

mod definitions;
mod endings;
mod funnel;
mod period;
#[cfg(test)]
#[expect(
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected should stop where it does"
)]
mod tests;
mod times;
mod yields;

use std::{cmp::Reverse, collections::BTreeMap};

use domain::{
    Lifecycle, StageKey, TicketId,
    money::Money,
    workflow::{WON, Workflow},
};
use store::{Closing, Ending, Reader, Scope, TicketFilter};

use crate::{
    Engine, Problem, settings,
    views::{
        AgentMark, AgentsReport, Compared, Days, Definition, EndingMark, ForecastCategory, ForecastReport, ForecastSum,
        FunnelReport, ImportsReport, InsightsChoices, InsightsFilter, Mark, ReportAbout, ReportRows, RowsQuery,
        SourceMark, SourcesReport, StageTimes, TimesMark, TimesReport, WinLossReport,
    },
};
use period::Zone;

/// The most cards of one page behind a figure.
const LARGEST_PAGE: usize = 500;

/// A filter as it is asked of the database: this period and the one before.
struct Question {
    zone: Zone,
    days: Days,
    now: Scope,
    before: Scope,
}

impl Engine {
    /// How far tickets come, stage by stage.
    ///
    /// # Errors
    /// [`Problem::Refused`] for a period or time zone that is none; the store's failures.
    pub fn funnel(&self, filter: &InsightsFilter) -> anyhow::Result<FunnelReport> {
        let question = self.question(filter, Of::Stages)?;
        let stages = funnel::stages(self.workflow(), filter.lifecycle);
        let history = self.store().stage_history()?;
        let counts = self.both(&question, |reader, scope| {
            let view = history.view(reader, scope)?;
            let counts = stages.iter().map(|stage| funnel::counts(&view, self.workflow(), stage));
            Ok(counts.collect())
        })?;
        Ok(FunnelReport {
            about: self.about(&question, definitions::funnel())?,
            stages: funnel::rows(&stages, counts.now, counts.before),
        })
    }

    /// How long tickets stay in each open stage, where they stay longest, and how much is won in a day.
    ///
    /// # Errors
    /// As [`funnel`](Self::funnel).
    pub fn stage_times(&self, filter: &InsightsFilter) -> anyhow::Result<TimesReport> {
        let question = self.question(filter, Of::Stages)?;
        let workflow = self.workflow();
        let stages: Vec<_> = funnel::stages(workflow, filter.lifecycle)
            .into_iter()
            .filter(|stage| !stage.exit)
            .collect();
        let keys = funnel::keys(&stages);
        let history = self.store().stage_history()?;
        let found = self.both(&question, |reader, scope| {
            let view = history.view(reader, scope)?;
            let figures = times::figures(keys.iter().map(|stage| view.stays(stage)));
            Ok((figures, times::velocity(&view, workflow)))
        })?;
        let bottleneck = times::bottleneck(&keys, &found.now.0);
        let times = compare(found.now.0, found.before.0);
        Ok(TimesReport {
            about: self.about(&question, definitions::times())?,
            stages: stages
                .iter()
                .zip(times)
                .map(|(stage, times)| StageTimes {
                    stage: stage.key.clone(),
                    label: stage.label.clone(),
                    lifecycle: stage.lifecycle,
                    times,
                })
                .collect(),
            bottleneck,
            velocity: Compared {
                now: found.now.1,
                before: found.before.1,
            },
        })
    }

    /// What the open opportunities may bring, and what was won.
    ///
    /// # Errors
    /// As [`funnel`](Self::funnel).
    pub fn forecast(&self, filter: &InsightsFilter) -> anyhow::Result<ForecastReport> {
        let question = self.forecast_question(filter)?;
        let workflow = self.workflow();
        let history = self.store().stage_history()?;
        let (expected, closed) = self.store().read(|reader| -> Result<_, store::Error> {
            let expected = reader.forecast(&question.now, &open_stages(workflow, Some(Lifecycle::Opportunity)))?;
            let view = history.view(reader, &question.now)?;
            Ok((expected, view.closed(&closing(workflow))))
        })?;
        let mut about = self.about(&question, definitions::forecast())?;
        about.before = None;
        Ok(ForecastReport {
            about,
            rows: endings::forecast(&expected, &closed, question.days, question.zone),
            best_case_from: endings::BEST_CASE_FROM,
            commit_from: endings::COMMIT_FROM,
        })
    }

    /// Why deals are won and lost.
    ///
    /// # Errors
    /// As [`funnel`](Self::funnel).
    pub fn win_loss(&self, filter: &InsightsFilter) -> anyhow::Result<WinLossReport> {
        let question = self.question(filter, Of::Tickets)?;
        let closing = closing(self.workflow());
        let history = self.store().stage_history()?;
        let found = self.both(&question, |reader, scope| {
            Ok(history.view(reader, scope)?.closed(&closing))
        })?;
        Ok(WinLossReport {
            about: self.about(&question, definitions::win_loss())?,
            total: endings::compared(&found.now, &found.before),
            reasons: endings::by_reason(&found.now, &found.before),
            competitors: endings::by_competitor(&found.now, &found.before),
        })
    }

    /// What each source brings.
    ///
    /// # Errors
    /// As [`funnel`](Self::funnel).
    pub fn sources_report(&self, filter: &InsightsFilter) -> anyhow::Result<SourcesReport> {
        let question = self.question(filter, Of::Tickets)?;
        let closing = closing(self.workflow());
        let history = self.store().stage_history()?;
        let found = self.both(&question, |reader, scope| {
            let deals = history.view(reader, scope)?.closed(&closing);
            yields::sources(reader, scope, deals)
        })?;
        Ok(SourcesReport {
            about: self.about(&question, definitions::sources())?,
            sources: yields::source_rows(found.now, found.before),
        })
    }

    /// What each agent has and does.
    ///
    /// # Errors
    /// As [`funnel`](Self::funnel).
    pub fn agents_report(&self, filter: &InsightsFilter) -> anyhow::Result<AgentsReport> {
        let question = self.question(filter, Of::Tickets)?;
        let closing = closing(self.workflow());
        let history = self.store().stage_history()?;
        let work = self.both(&question, |reader, scope| {
            Ok(yields::Work::of(&history.view(reader, scope)?, &closing))
        })?;
        let open = open_stages(self.workflow(), None);
        let agents = self
            .store()
            .read(|reader| yields::agents(reader, &question.now, &open, &work))?;
        Ok(AgentsReport {
            about: self.about(&question, definitions::agents())?,
            agents,
        })
    }

    /// What imports bring, by source. Only the period of the filter plays a part.
    ///
    /// # Errors
    /// As [`funnel`](Self::funnel).
    pub fn imports_report(&self, filter: &InsightsFilter) -> anyhow::Result<ImportsReport> {
        let question = self.question(filter, Of::Tickets)?;
        let found = self.both(&question, |reader, scope| reader.imported(scope))?;
        Ok(ImportsReport {
            about: self.about(&question, definitions::imports())?,
            sources: yields::import_rows(found.now, found.before),
        })
    }

    /// What there is to filter by, beside agents and sources.
    ///
    /// # Errors
    /// The store's failures.
    pub fn insights_choices(&self) -> anyhow::Result<InsightsChoices> {
        let segments = self.store().read(|reader| reader.segments())?;
        Ok(InsightsChoices {
            industries: segments.industries,
            employee_ranges: segments.employee_ranges,
            lists: segments.lists,
        })
    }

    /// A page of the tickets behind a figure.
    ///
    /// # Errors
    /// As [`funnel`](Self::funnel).
    pub fn report_rows(&self, query: &RowsQuery, offset: u32, limit: u32) -> anyhow::Result<ReportRows> {
        let tickets = self.report_tickets(query)?;
        let limit = LARGEST_PAGE.min(limit as usize);
        let page: Vec<TicketId> = tickets.iter().copied().skip(offset as usize).take(limit).collect();
        Ok(ReportRows {
            total: u32::try_from(tickets.len()).unwrap_or(u32::MAX),
            cards: self.store().cards(&page)?,
        })
    }

    /// All tickets behind a figure, each once.
    ///
    /// # Errors
    /// As [`funnel`](Self::funnel).
    pub fn report_tickets(&self, query: &RowsQuery) -> anyhow::Result<Vec<TicketId>> {
        let workflow = self.workflow();
        let question = match &query.mark {
            Mark::Forecast { .. } | Mark::ForecastSum { .. } => self.forecast_question(&query.filter)?,
            Mark::Funnel { .. } | Mark::Times { .. } | Mark::Velocity { .. } => {
                self.question(&query.filter, Of::Stages)?
            }
            _ => self.question(&query.filter, Of::Tickets)?,
        };
        let scope = if query.before { &question.before } else { &question.now };
        let closing = closing(workflow);
        let open_deals = open_stages(workflow, Some(Lifecycle::Opportunity));
        let tickets = self.store().read(|reader| -> Result<Vec<TicketId>, store::Error> {
            match &query.mark {
                Mark::Funnel { stage, what } => funnel::tickets(reader, scope, workflow, stage, *what),
                Mark::Times { stage, what } => reader.stay_tickets(scope, stage, *what == TimesMark::Open),
                Mark::Velocity { what: EndingMark::Open } => reader.open_deal_tickets(scope, &open_deals),
                Mark::Velocity { what } => {
                    let deals = reader.closed_deals(scope, &closing)?;
                    Ok(tickets_of(&deals, |deal| deal.won == (*what == EndingMark::Won)))
                }
                Mark::Forecast {
                    when,
                    category: ForecastCategory::Closed,
                    currency,
                } => {
                    let deals = reader.closed_deals(scope, &closing)?;
                    Ok(tickets_of(&deals, |deal| {
                        endings::is_closed_in(deal, when, currency, question.zone)
                    }))
                }
                Mark::Forecast {
                    when,
                    category,
                    currency,
                } => match endings::expected_tickets(when, *category, currency, question.days) {
                    Some(which) => reader.forecast_tickets(scope, &open_deals, &which),
                    None => Ok(Vec::new()),
                },
                Mark::ForecastSum { what, currency } => {
                    let mut tickets = Vec::new();
                    if *what != ForecastSum::Open {
                        let deals = reader.closed_deals(scope, &closing)?;
                        tickets = tickets_of(&deals, |deal| deal.won && *deal.currency == **currency);
                    }
                    if *what != ForecastSum::Closed {
                        let which = endings::all_expected(currency);
                        tickets.extend(reader.forecast_tickets(scope, &open_deals, &which)?);
                    }
                    Ok(tickets)
                }
                // Win and loss are about deals that are closed.
                Mark::WinLoss {
                    what: EndingMark::Open, ..
                } => Ok(Vec::new()),
                Mark::WinLoss { by, what } => {
                    let deals = reader.closed_deals_with_words(scope, &closing)?;
                    Ok(tickets_of(&deals, |deal| {
                        deal.won == (*what == EndingMark::Won) && endings::is_behind(deal, by)
                    }))
                }
                Mark::Sources {
                    source,
                    what: SourceMark::Won,
                } => {
                    let deals = reader.closed_deals(scope, &closing)?;
                    Ok(tickets_of(&deals, |deal| deal.won && *deal.source == **source))
                }
                Mark::Sources { source, what } => {
                    let first = match what {
                        SourceMark::Opportunities => Lifecycle::Opportunity,
                        SourceMark::Prospects => Lifecycle::Prospect,
                        SourceMark::Created | SourceMark::Won => Lifecycle::Lead,
                    };
                    reader.created_tickets(scope, source, &yields::from_lifecycle(first))
                }
                Mark::Imports { source, what } => reader.imported_tickets(scope, source, &yields::imported(what)),
                Mark::Agents { agent, what } => agents_tickets(reader, scope, workflow, *agent, *what),
            }
        })?;
        Ok(tickets)
    }

    /// The filter as it is asked of the database.
    fn question(&self, filter: &InsightsFilter, of: Of) -> Result<Question, Problem> {
        let zone = Zone::of(filter.zone.as_deref())?;
        let days = Days::of(filter.from, filter.to)?;
        let now = self.now();
        let scope = |days: Days| {
            let (from, until) = days.moments(zone);
            Scope {
                from,
                until,
                now,
                cohort: filter.cohort,
                filter: TicketFilter {
                    owner: filter.owner,
                    source: filter.source.clone(),
                    segment: filter.segment.clone(),
                    lifecycle: filter.lifecycle.filter(|_| of == Of::Tickets),
                },
            }
        };
        Ok(Question {
            zone,
            days,
            now: scope(days),
            before: scope(days.before()),
        })
    }

    /// The days of a forecast are those on which deals close, so tickets are not told apart by their creation, and what
    /// was won is still won now.
    fn forecast_question(&self, filter: &InsightsFilter) -> Result<Question, Problem> {
        let filter = InsightsFilter {
            cohort: false,
            lifecycle: None,
            ..filter.clone()
        };
        self.question(&filter, Of::Tickets)
    }

    /// Asks the same of this period and of the one before, at the same time.
    fn both<T: Send>(
        &self,
        question: &Question,
        ask: impl Fn(&Reader<'_>, &Scope) -> Result<T, store::Error> + Sync,
    ) -> anyhow::Result<Compared<T>> {
        let of = |scope: &Scope| self.store().read(|reader| ask(reader, scope));
        std::thread::scope(|threads| {
            let before = threads.spawn(|| of(&question.before));
            let now = of(&question.now)?;
            let before = before
                .join()
                .map_err(|_| anyhow::anyhow!("the period before could not be read"))??;
            Ok(Compared { now, before })
        })
    }

    fn about(&self, question: &Question, definitions: Vec<Definition>) -> anyhow::Result<ReportAbout> {
        self.store().read(|reader| -> anyhow::Result<ReportAbout> {
            let pending = crate::sync::history_pending(reader)?;
            Ok(ReportAbout {
                as_of: question.now.now,
                last_pull: reader.setting_get(settings::LAST_PULL)?,
                before: Some(question.days.before()),
                history_since: match pending {
                    Some(back_to) => Some(back_to),
                    None => reader.first_created()?,
                },
                rebuilt: reader.has_rebuilt_before(question.now.until)?,
                history_pending: pending.is_some(),
                definitions,
            })
        })
    }
}

/// What the filter's lifecycle is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    /// Stages are shown, and those of one lifecycle are picked.
    Stages,
    /// Tickets are counted, and those in one lifecycle are picked.
    Tickets,
}

fn agents_tickets(
    reader: &Reader<'_>,
    scope: &Scope,
    workflow: &Workflow,
    agent: Option<domain::AgentId>,
    what: AgentMark,
) -> Result<Vec<TicketId>, store::Error> {
    match (what, agent) {
        (AgentMark::Open, agent) => reader.open_tickets_of(scope, &open_stages(workflow, None), agent),
        (AgentMark::Won | AgentMark::Lost, agent) => {
            let deals = reader.closed_deals(scope, &closing(workflow))?;
            Ok(tickets_of(&deals, |deal| {
                deal.owner == agent && deal.won == (what == AgentMark::Won)
            }))
        }
        // Whoever moved or called is somebody.
        (AgentMark::Moves | AgentMark::Calls, None) => Ok(Vec::new()),
        (AgentMark::Moves, Some(agent)) => reader.moved_tickets_of(scope, agent),
        (AgentMark::Calls, Some(agent)) => reader.called_tickets_of(scope, agent),
    }
}

/// The tickets of some deals, the last one that was closed first.
fn tickets_of(deals: &[Ending], wanted: impl Fn(&Ending) -> bool) -> Vec<TicketId> {
    let mut found: Vec<&Ending> = deals.iter().filter(|deal| wanted(deal)).collect();
    found.sort_by_key(|deal| Reverse((deal.closed_at, deal.ticket)));
    found.into_iter().map(|deal| deal.ticket).collect()
}

/// The stages in which a ticket is still open.
fn open_stages(workflow: &Workflow, lifecycle: Option<Lifecycle>) -> Vec<StageKey> {
    let stages = funnel::stages(workflow, lifecycle);
    let open = stages.into_iter().filter(|stage| !stage.exit);
    open.map(|stage| stage.key.clone()).collect()
}

/// The stages in which a deal is closed.
fn closing(workflow: &Workflow) -> Closing {
    let exits = workflow.stages_of(Lifecycle::Opportunity).filter(|stage| stage.exit);
    let lost = exits.map(|stage| stage.key.clone()).filter(|key| key.as_str() != WON);
    Closing {
        won: StageKey::from(WON),
        lost: lost.collect(),
    }
}

/// Puts figures of two periods beside each other.
fn compare<T>(now: Vec<T>, before: Vec<T>) -> Vec<Compared<T>> {
    now.into_iter()
        .zip(before)
        .map(|(now, before)| Compared { now, before })
        .collect()
}

/// So many per cent; `None` of nothing.
fn percent(part: u32, whole: u32) -> Option<f64> {
    percent_of(f64::from(part), f64::from(whole))
}

fn percent_of(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole * 100.0)
}

/// Sums of money by currency.
#[derive(Default)]
struct Sums(BTreeMap<String, i64>);

impl Sums {
    /// Adds an amount; one without a currency is none.
    fn add(&mut self, currency: &str, minor: i64) {
        if currency.is_empty() {
            return;
        }
        match self.0.get_mut(currency) {
            Some(sum) => *sum = sum.saturating_add(minor),
            None => {
                self.0.insert(currency.to_owned(), minor);
            }
        }
    }

    fn list(self) -> Vec<Money> {
        self.0
            .into_iter()
            .map(|(currency, minor)| Money { minor, currency })
            .collect()
    }
}
