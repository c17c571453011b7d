//! What windows and the command line ask: each answer is read from the database in one go, and never waits for anything.

use connectors::halo::{normalise_address, ticket_address};
use domain::{
    HaloTicketId, TicketId, fields,
    lists::automatic::automatic,
    workflow::{MoveContext, MoveDecision},
};
use store::{Card, ConflictRow, Filter, OutboxRow, OutboxState, SearchHit};

use crate::{
    Engine, Problem,
    facts::Facts,
    outbox, party, settings, suppression,
    views::{Board, Column, ColumnQuery, FieldView, Preferences, Reference, SyncStatus, TargetVerdict, TicketView},
};

/// Cards of each column that come with the board; the next ones come as the column is scrolled.
const FIRST_CARDS: u32 = 40;
/// The most cards of one page, hits of one search, and sent entries of the outbox.
const LARGEST_PAGE: u32 = 500;
const MOST_HITS: u32 = 50;
const LAST_SENT: u32 = 50;

impl Engine {
    /// The board: every column of the workflow in its order, each with its first cards.
    ///
    /// # Errors
    /// The store's failures.
    pub fn board(&self, filter: &Filter) -> anyhow::Result<Board> {
        self.store().read(|reader| {
            let mut found = reader.board(filter, FIRST_CARDS)?;
            let mut columns = Vec::with_capacity(self.workflow().stages.len());
            for stage in &self.workflow().stages {
                let at = found.iter().position(|(head, _)| head.stage == stage.key);
                columns.push(match at.map(|at| found.swap_remove(at)) {
                    Some((head, cards)) => Column { head, cards },
                    None => Column {
                        head: store::ColumnHead {
                            stage: stage.key.clone(),
                            count: 0,
                            sums: Vec::new(),
                            weighted: Vec::new(),
                        },
                        cards: Vec::new(),
                    },
                });
            }
            // A stage that the workflow no longer has still shows its tickets: nothing vanishes.
            columns.extend(found.into_iter().map(|(head, cards)| Column { head, cards }));
            Ok(Board {
                columns,
                seq: reader.seq()?,
            })
        })
    }

    /// A page of a column, longest in the stage first.
    ///
    /// # Errors
    /// The store's failures.
    pub fn column_page(&self, query: &ColumnQuery) -> anyhow::Result<Vec<Card>> {
        let limit = query.limit.min(LARGEST_PAGE);
        Ok(self
            .store()
            .column_page(&query.stage, &query.filter, query.offset, limit)?)
    }

    /// These cards, as they are now; tickets that are gone are left out.
    ///
    /// # Errors
    /// The store's failures.
    pub fn cards(&self, tickets: &[TicketId]) -> anyhow::Result<Vec<Card>> {
        Ok(self.store().cards(tickets)?)
    }

    /// The ticket with that number in HaloPSA.
    ///
    /// # Errors
    /// The store's failures.
    pub fn ticket_by_halo(&self, halo: HaloTicketId) -> anyhow::Result<Option<TicketId>> {
        Ok(self.store().ticket_by_halo(halo)?)
    }

    /// Everything the ticket panel shows. Its activities are fetched from HaloPSA in the background; what is here is
    /// shown at once.
    ///
    /// # Errors
    /// [`Problem::NotFound`]; the store's failures.
    pub fn ticket_view(&self, ticket: TicketId) -> anyhow::Result<TicketView> {
        let now = self.now();
        let view = self.store().read(|reader| -> anyhow::Result<TicketView> {
            let ticket = reader.survivor(ticket)?;
            let facts = Facts::read(reader, ticket, now)?;
            let tenant = settings::tenant(reader)?;
            let apart = outbox::apart(reader, ticket, tenant.as_ref().map(|tenant| &tenant.map))?;
            let address = tenant.map(|tenant| tenant.address);
            let halo_url = address
                .zip(facts.row.card.halo_id)
                .and_then(|(address, halo)| Some(ticket_address(&normalise_address(&address).ok()?, halo).into()));
            let linked_company = match facts.row.company {
                Some(company) => reader.company(company)?.as_ref().map(party::company_option),
                None => None,
            };
            let linked_contact = match facts.row.contact {
                Some(contact) => reader.contact(contact)?,
                None => None,
            };
            let linked_contact = match &linked_contact {
                Some(contact) => Some(party::contact_option(reader, contact)?),
                None => None,
            };
            let lists = reader.lists_of(ticket)?;
            let (kept_by_rules, by_rule) = (reader.rule_lists()?, automatic(&facts.values));
            let is_stale = |name: &&str| kept_by_rules.has(name) && !by_rule.has(name);
            Ok(TicketView {
                linked_company,
                linked_contact,
                stale_lists: lists.iter().filter(is_stale).map(str::to_owned).collect(),
                lists: lists.iter().map(str::to_owned).collect(),
                fields: reader.field_rows(ticket)?,
                activities: reader.activities(ticket)?,
                history: reader.history(ticket)?,
                stages: reader.stage_entries(ticket)?,
                conflicts: reader
                    .conflicts(ticket)?
                    .into_iter()
                    .map(|conflict| conflict.row)
                    .collect(),
                apart,
                closed_ways: suppression::closed_ways(reader, &facts.row.card, &facts.values)?,
                lead_score_reasons: facts.score.reasons,
                related: reader.related(ticket)?,
                halo_url,
                row: facts.row,
            })
        })?;
        if let Some(halo) = view.row.card.halo_id {
            self.inner.sync.want_activities(halo);
        }
        Ok(view)
    }

    /// Tickets by company, person, e-mail, number or phone in any format.
    ///
    /// # Errors
    /// The store's failures.
    pub fn search(&self, text: &str) -> anyhow::Result<Vec<SearchHit>> {
        Ok(self.store().search(text, MOST_HITS)?)
    }

    /// For every stage: may these tickets go there, and what would a drop ask?
    ///
    /// # Errors
    /// [`Problem::NotFound`]; the store's failures.
    pub fn check_move(&self, tickets: &[TicketId]) -> anyhow::Result<Vec<TargetVerdict>> {
        let preferences = self.preferences()?;
        let now = self.now();
        let facts: Vec<Facts> = self.store().read(|reader| {
            tickets
                .iter()
                .map(|ticket| Facts::read(reader, *ticket, now))
                .collect::<anyhow::Result<_>>()
        })?;
        let context = MoveContext {
            role: preferences.role,
            me: preferences.me,
            answers: &std::collections::BTreeMap::new(),
        };
        let workflow = self.workflow();
        let verdicts = workflow.stages.iter().map(|stage| {
            let mut verdict = TargetVerdict {
                stage: stage.key.clone(),
                allowed: 0,
                needs: 0,
                refused: None,
                label: facts
                    .first()
                    .map(|first| workflow.label(&first.row.card.stage, &stage.key)),
            };
            for ticket in &facts {
                match workflow.decide_move(&ticket.of_ticket(), &stage.key, &context) {
                    MoveDecision::Allowed(_) => verdict.allowed += 1,
                    MoveDecision::Needs(needs) => match needs.iter().find(|need| need.owner) {
                        Some(_) => {
                            verdict.refused = verdict.refused.take().or(Some(crate::operations::NO_OWNER.to_owned()))
                        }
                        None => {
                            verdict.allowed += 1;
                            verdict.needs += 1;
                        }
                    },
                    MoveDecision::Refused(refusal) => {
                        verdict.refused = verdict.refused.take().or_else(|| Some(refusal.sentence()));
                    }
                }
            }
            verdict
        });
        Ok(verdicts.collect())
    }

    /// The outbox: refused first, then waiting, then what was sent lately.
    ///
    /// # Errors
    /// The store's failures.
    pub fn outbox(&self) -> anyhow::Result<Vec<OutboxRow>> {
        let mut rows = self.store().outbox(LAST_SENT)?;
        for row in &mut rows {
            if row.state == OutboxState::Uncertain && row.reason.is_none() {
                row.reason = Some(
                    "HaloPSA's answer was lost. Leadline looks whether it arrived before sending it again.".to_owned(),
                );
            }
        }
        Ok(rows)
    }

    /// Where both sides changed the same field and nobody has chosen yet, oldest first.
    ///
    /// # Errors
    /// The store's failures.
    pub fn conflicts(&self) -> anyhow::Result<Vec<ConflictRow>> {
        let details = self.store().all_conflicts()?;
        Ok(details.into_iter().map(|detail| detail.row).collect())
    }

    /// The rules, the catalogue and the people.
    ///
    /// # Errors
    /// The store's failures.
    pub fn reference(&self) -> anyhow::Result<Reference> {
        let fields = fields::all().map(|field| FieldView {
            key: field.key(),
            label: field.label.to_owned(),
            kind: field.kind.name().to_owned(),
            group: field.group.label().to_owned(),
            lifecycle: field.lifecycle,
            options: field.options().iter().map(|option| (*option).to_owned()).collect(),
            help: field.help.to_owned(),
            read_only: field.read_only,
        });
        Ok(Reference {
            workflow: self.workflow().clone(),
            fields: fields.collect(),
            agents: self.store().agents()?,
            preferences: self.preferences()?,
            sources: self.store().sources()?,
        })
    }

    /// Keeps who uses this computer, and how.
    ///
    /// # Errors
    /// [`Problem::NotFound`] when the agent is not known, [`Problem::Refused`] for a country or currency that is none.
    pub fn set_preferences(&self, preferences: &Preferences) -> anyhow::Result<()> {
        let letters = |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_uppercase());
        if !letters(&preferences.country, 2) {
            return Err(Problem::Refused {
                reason: format!(
                    "“{}” is no country code. It has two capital letters, such as GB.",
                    preferences.country
                ),
            }
            .into());
        }
        if domain::money::minor_digits(&preferences.currency).is_none() {
            return Err(Problem::Refused {
                reason: format!(
                    "“{}” is no currency code. It has three capital letters, such as GBP.",
                    preferences.currency
                ),
            }
            .into());
        }
        let written = self.store().write_quiet(self.now(), |w| -> anyhow::Result<()> {
            if let Some(me) = preferences.me
                && w.agent(me)?.is_none()
            {
                return Err(Problem::NotFound {
                    what: format!("agent {me}"),
                }
                .into());
            }
            w.setting_set(settings::PREFERENCES, preferences)?;
            Ok(())
        })?;
        self.publish(written.changes);
        Ok(())
    }

    /// The tenant that this home belongs to, if it was ever connected.
    ///
    /// # Errors
    /// The store's failures.
    pub fn tenant(&self) -> anyhow::Result<Option<settings::Tenant>> {
        Ok(self.store().setting_get(settings::TENANT)?)
    }

    /// Whether a tenant is connected: its data is here, and changes are sent to it.
    ///
    /// # Errors
    /// The store's failures.
    pub fn is_connected(&self) -> anyhow::Result<bool> {
        Ok(self
            .store()
            .setting_get::<settings::Standing>(settings::TENANT)?
            .is_some_and(|tenant| !tenant.disconnected))
    }

    /// Saved here, accepted there: the status item.
    ///
    /// # Errors
    /// The store's failures.
    pub fn sync_status(&self) -> anyhow::Result<SyncStatus> {
        self.store().read(|reader| {
            let tenant = settings::tenant(reader)?;
            let budget = self.inner.options.halo.budget.view();
            let (link, problem) = crate::sync::link(reader, tenant.as_ref())?;
            Ok(SyncStatus {
                link,
                counts: reader.outbox_counts()?,
                last_pull: reader.setting_get(settings::LAST_PULL)?,
                progress: crate::sync::progress(reader)?,
                budget_used: budget.used,
                budget_limit: budget.limit,
                problem: self.inner.sync.stumble().or(problem),
                mapping_alerts: crate::sync::mapping_alerts(reader, tenant.as_ref())?,
                address: tenant.map(|tenant| tenant.address).unwrap_or_default(),
                paused: settings::is_paused(reader)?,
            })
        })
    }
}
