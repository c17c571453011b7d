//! Whether a workflow document makes sense.

use std::collections::BTreeSet;

use super::{DISQUALIFIED, LOST, OPT_OUT, Requirement, Stage, Workflow};
use crate::{FieldKey, Invalid, Lifecycle, StageKey, fields::FieldKind, fields::keys};

impl Workflow {
    /// Checks an edited document before it is used.
    ///
    /// # Errors
    /// Everything that is wrong with it, one sentence each.
    pub fn validate(&self) -> Result<(), Vec<Invalid>> {
        let mut problems = Vec::new();
        self.check_stages(&mut problems);
        self.check_needed_stages(&mut problems);
        self.check_arrows(&mut problems);
        self.check_ways(&mut problems);
        for stage in &self.stages {
            check_requirements(stage, &mut problems);
        }
        let problems: Vec<Invalid> = problems.into_iter().map(Invalid::because).collect();
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    fn check_stages(&self, problems: &mut Vec<String>) {
        let mut seen = BTreeSet::new();
        for stage in &self.stages {
            let key = stage.key.as_str();
            if !seen.insert(key) {
                problems.push(format!("Two stages have the key “{key}”."));
            }
            let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if key.is_empty() || !key.chars().all(is_plain) {
                problems.push(format!(
                    "The key “{key}” may only have small letters, digits and underscores."
                ));
            }
            if stage.label.trim().is_empty() {
                problems.push(format!("The stage “{key}” has no name."));
            }
        }
        for lifecycle in Lifecycle::ALL {
            let stages: Vec<&Stage> = self.stages_of(lifecycle).collect();
            if stages.iter().all(|stage| stage.exit) {
                problems.push(format!("The lifecycle {} has no open stage.", lifecycle.label()));
            }
            let mut exits = stages.iter().skip_while(|stage| !stage.exit);
            if exits.any(|stage| !stage.exit) {
                problems.push(format!(
                    "In the lifecycle {} an open stage stands after an exit.",
                    lifecycle.label()
                ));
            }
        }
        if !self.stages.is_sorted_by_key(|stage| stage.lifecycle) {
            problems
                .push("The stages of the three lifecycles are mixed: leads come first, opportunities last.".to_owned());
        }
    }

    fn check_needed_stages(&self, problems: &mut Vec<String>) {
        for (key, lifecycle) in [
            (OPT_OUT, Lifecycle::Lead),
            (DISQUALIFIED, Lifecycle::Prospect),
            (LOST, Lifecycle::Opportunity),
        ] {
            let there = self
                .stage(&StageKey::from(key))
                .is_some_and(|stage| stage.exit && stage.lifecycle == lifecycle);
            if !there {
                problems.push(format!(
                    "The lifecycle {} needs the exit “{key}”: opt-outs lead there.",
                    lifecycle.label()
                ));
            }
        }
    }

    fn check_arrows(&self, problems: &mut Vec<String>) {
        let mut seen = BTreeSet::new();
        for arrow in &self.arrows {
            let (from, to) = (&arrow.from, &arrow.to);
            if !seen.insert((from, to)) {
                problems.push(format!("Two arrows lead from “{from}” to “{to}”."));
            }
            if arrow.label.trim().is_empty() {
                problems.push(format!("The arrow from “{from}” to “{to}” has no label."));
            }
            let (Some(from_stage), Some(to_stage)) = (self.stage(from), self.stage(to)) else {
                problems.push(format!(
                    "The arrow from “{from}” to “{to}” has an end that is no stage."
                ));
                continue;
            };
            if from == to {
                problems.push(format!("The arrow from “{from}” leads nowhere else."));
            }
            if from_stage.exit {
                problems.push(format!(
                    "“{from}” is an exit: leaving it is a reopening, so no arrow may start there."
                ));
            }
            if to_stage.lifecycle < from_stage.lifecycle {
                problems.push(format!(
                    "The arrow from “{from}” to “{to}” leads back into an earlier lifecycle."
                ));
            }
            if to_stage.lifecycle > from_stage.lifecycle && to_stage.exit {
                problems.push(format!("The arrow from “{from}” to “{to}” promotes into an exit."));
            }
        }
    }

    /// Every stage can be reached, and every open stage can be left.
    fn check_ways(&self, problems: &mut Vec<String>) {
        for stage in &self.stages {
            let is_first = self
                .first_stage(stage.lifecycle)
                .is_some_and(|first| first.key == stage.key);
            let is_reached = self.arrows.iter().any(|arrow| arrow.to == stage.key);
            if !is_first && !is_reached && stage.key.as_str() != OPT_OUT {
                problems.push(format!("No arrow leads to “{}”.", stage.key));
            }
            let is_left = self.arrows.iter().any(|arrow| arrow.from == stage.key);
            if !stage.exit && !is_left {
                problems.push(format!("No arrow leads out of “{}”.", stage.key));
            }
        }
    }
}

fn check_requirements(stage: &Stage, problems: &mut Vec<String>) {
    let key = &stage.key;
    for requirement in &stage.requires {
        let fields: &[FieldKey] = match requirement {
            Requirement::Field { field } | Requirement::AtLeast { field, .. } => std::slice::from_ref(field),
            Requirement::AnyOf { fields } => {
                if fields.is_empty() {
                    problems.push(format!("“{key}” asks for any of no fields."));
                }
                fields
            }
            Requirement::Owner | Requirement::Party => &[],
        };
        for field in fields {
            if field.field().read_only || *field == keys::DEAL_AFTER_OPT_OUT {
                problems.push(format!("“{key}” asks for {}, which nobody can fill in.", field.label()));
            }
        }
        if let Requirement::AtLeast { field, minimum } = requirement {
            let largest = match field.field().kind {
                FieldKind::Integer { max, .. } => Some(max),
                FieldKind::Percent => Some(100),
                _ => None,
            };
            match largest {
                None => problems.push(format!("“{key}” compares {}, which is no number.", field.label())),
                Some(largest) if i64::from(*minimum) > largest => {
                    problems.push(format!(
                        "“{key}” asks for {} of at least {minimum}, above its largest value.",
                        field.label()
                    ));
                }
                Some(_) => {}
            }
        }
    }
}
