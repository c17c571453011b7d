//! The mapping in the words of the screen. Pure: everything it needs is handed in.

use chrono::{DateTime, Utc};
use domain::{
    Lifecycle,
    activity::CallOutcome,
    fields::{self, HaloHome, SyncPolicy},
    tenant::{
        AdminInstruction, ChoiceProblem, Drift, Gap, Mapping, Slot, TenantField, TenantSetup, accepted_kinds, check,
        kind_name,
    },
    workflow::Workflow,
};

use crate::views::{MappedField, MappedSlot, MappingEdit, MappingView, SetupChange, TenantItem, TenantOffers};

/// What a view is made of.
pub(super) struct Shown<'a> {
    pub workflow: &'a Workflow,
    pub address: &'a str,
    pub setup: &'a TenantSetup,
    pub mapping: &'a Mapping,
    pub edit: MappingEdit,
    pub drift: &'a [Drift],
    pub read_at: Option<DateTime<Utc>>,
}

impl Shown<'_> {
    pub fn view(self) -> MappingView {
        let problems = check(self.workflow, self.setup, &self.edit.choices);
        let missing: Vec<AdminInstruction> = self
            .mapping
            .gaps
            .iter()
            .filter(|gap| !self.is_only_to_be_chosen(gap))
            .map(AdminInstruction::of)
            .collect();
        let me = self
            .setup
            .me
            .and_then(|me| self.setup.agents.iter().find(|agent| agent.id == me));
        MappingView {
            address: self.address.to_owned(),
            signed_in_as: me.map(|me| me.name.clone()).unwrap_or_default(),
            read_at: self.read_at,
            blocked: !self.mapping.map.is_complete(),
            ticket_types: self.ticket_types(&problems),
            stages: self.stages(&problems),
            outcomes: self.outcomes(&problems),
            fields: self.fields(&problems),
            offers: offers(self.setup),
            missing_text: AdminInstruction::all(&missing),
            missing,
            changes: self.changes(),
            remarks: Vec::new(),
            edit: self.edit,
        }
    }

    /// Whether the tenant has something for it that a person only has to choose: nothing need be created.
    fn is_only_to_be_chosen(&self, gap: &Gap) -> bool {
        let slot = match gap {
            Gap::TicketType { lifecycle, .. } => Slot::TicketType { lifecycle: *lifecycle },
            Gap::Status { stage, .. } => Slot::Stage { stage: stage.clone() },
            Gap::Field { field, .. } => Slot::Field { field: *field },
            Gap::FieldType { .. } | Gap::Options { .. } | Gap::Outcome { .. } => return false,
        };
        self.mapping.proposals.contains_key(&slot)
    }

    fn slot(
        &self,
        slot: Slot,
        label: &str,
        lifecycle: Option<Lifecycle>,
        id: Option<i64>,
        problems: &[ChoiceProblem],
    ) -> MappedSlot {
        let proposal = self
            .mapping
            .proposals
            .get(&slot)
            .and_then(|id| item(self.setup, &slot, *id));
        MappedSlot {
            label: label.to_owned(),
            lifecycle,
            id,
            confidence: self
                .mapping
                .confidence
                .get(&slot)
                .copied()
                .unwrap_or(domain::tenant::Confidence::Missing),
            proposal,
            problem: problems
                .iter()
                .find(|problem| problem.slot == slot)
                .map(|problem| problem.sentence.clone()),
            slot,
        }
    }

    fn ticket_types(&self, problems: &[ChoiceProblem]) -> Vec<MappedSlot> {
        let mapped = &self.mapping.map.ticket_types;
        let slots = Lifecycle::ALL.into_iter().map(|lifecycle| {
            let id = mapped.get(&lifecycle).map(|id| id.0);
            self.slot(
                Slot::TicketType { lifecycle },
                lifecycle.label(),
                Some(lifecycle),
                id,
                problems,
            )
        });
        slots.collect()
    }

    fn stages(&self, problems: &[ChoiceProblem]) -> Vec<MappedSlot> {
        let mapped = &self.mapping.map.stages;
        let slots = self.workflow.stages.iter().map(|stage| {
            let slot = Slot::Stage {
                stage: stage.key.clone(),
            };
            let id = mapped.get(&stage.key).map(|id| id.0);
            self.slot(slot, &stage.label, Some(stage.lifecycle), id, problems)
        });
        slots.collect()
    }

    fn outcomes(&self, problems: &[ChoiceProblem]) -> Vec<MappedSlot> {
        let map = &self.mapping.map;
        let rows = [
            (Slot::NoteOutcome, "Notes", map.note_outcome),
            (Slot::CallOutcome, "Calls", map.call_outcome),
        ];
        let slots = rows
            .into_iter()
            .map(|(slot, label, id)| self.slot(slot, label, None, id.map(|id| id.0), problems));
        let results = CallOutcome::ALL.into_iter().map(|result| {
            let id = map.call_results.get(&result).map(|id| id.0);
            let label = format!("Calls: {}", result.label());
            self.slot(Slot::CallResult { result }, &label, None, id, problems)
        });
        slots.chain(results).collect()
    }

    fn fields(&self, problems: &[ChoiceProblem]) -> Vec<MappedField> {
        let map = &self.mapping.map;
        let mapped = |field: &'static fields::Field| {
            let key = field.key();
            let custom = matches!(field.halo, HaloHome::Custom(_)).then(|| {
                let id = match map.fields.get(&key) {
                    Some(domain::tenant::FieldTarget::Custom { id, .. }) => Some(id.0),
                    _ => None,
                };
                self.slot(Slot::Field { field: key }, field.label, None, id, problems)
            });
            MappedField {
                field: key,
                label: field.label.to_owned(),
                group: field.group.label().to_owned(),
                kind: field.kind.name().to_owned(),
                native: match field.halo {
                    HaloHome::Native(property) => Some(property.to_owned()),
                    HaloHome::Custom(_) | HaloHome::Local => None,
                },
                accepts: if custom.is_some() {
                    accepted_kinds(field)
                } else {
                    Vec::new()
                },
                custom,
                policy: self.edit.policies.of(key),
                usual_policy: field.sync,
                policy_fixed: field.sync == SyncPolicy::OnWins,
            }
        };
        fields::all().map(mapped).collect()
    }

    fn changes(&self) -> Vec<SetupChange> {
        let label = |stage: &domain::StageKey| crate::labels::stage(self.workflow, stage).to_owned();
        let change = |drift: &Drift| SetupChange {
            slot: drift.slot(),
            sentence: drift.sentence(label),
            breaks: drift.breaks(),
        };
        self.drift.iter().map(change).collect()
    }
}

fn offers(setup: &TenantSetup) -> TenantOffers {
    fn named<Id: Copy + Into<i64>>(items: &[(Id, String)]) -> Vec<TenantItem> {
        items.iter().map(|(id, name)| plain((*id).into(), name)).collect()
    }
    TenantOffers {
        ticket_types: named(&setup.ticket_types),
        statuses: named(&setup.statuses),
        outcomes: named(&setup.outcomes),
        custom_fields: setup.fields.iter().map(custom).collect(),
        teams: setup.teams.clone(),
    }
}

fn plain(id: i64, name: &str) -> TenantItem {
    TenantItem {
        id,
        name: name.to_owned(),
        label: String::new(),
        kind: 0,
        kind_name: String::new(),
    }
}

fn custom(field: &TenantField) -> TenantItem {
    TenantItem {
        id: field.id.0,
        name: field.name.clone(),
        label: field.label.clone(),
        kind: field.kind,
        kind_name: kind_name(field.kind).to_owned(),
    }
}

fn item(setup: &TenantSetup, slot: &Slot, id: i64) -> Option<TenantItem> {
    fn find<Id: Copy + Into<i64>>(items: &[(Id, String)], wanted: i64) -> Option<TenantItem> {
        let (id, name) = items.iter().find(|(id, _)| (*id).into() == wanted)?;
        Some(plain((*id).into(), name))
    }
    match slot {
        Slot::TicketType { .. } => find(&setup.ticket_types, id),
        Slot::Stage { .. } => find(&setup.statuses, id),
        Slot::NoteOutcome | Slot::CallOutcome | Slot::CallResult { .. } | Slot::MoveOutcome => {
            find(&setup.outcomes, id)
        }
        Slot::Field { .. } => setup.fields.iter().find(|field| field.id.0 == id).map(custom),
    }
}
