//! What must hold through any order of edits, colleagues, pulls, faults and kills: when the faults stop, both sides are
//! the same, nothing a person did is lost without a word, no note is written twice, and Do Not Contact stays on.

use std::collections::BTreeMap;

use domain::{FieldKey, HaloTicketId, TicketId, fields::keys};
use engine::{MoveOutcome, Problem, Side};
use rand::{Rng, SeedableRng, rngs::SmallRng, seq::IndexedRandom};
use sandbox::Fault;
use serde_json::json;
use support::{JANE, LIV, OMAR, World};

/// How many stories of chance are told, unless `LEADLINE_STORIES` says another number.
const STORIES: u64 = 12;
/// Steps in each.
const STEPS: u32 = 40;

struct Told {
    tickets: Vec<(TicketId, HaloTicketId)>,
    /// Notes written here, each with words of its own.
    notes: BTreeMap<HaloTicketId, Vec<String>>,
    opted_out: BTreeMap<TicketId, bool>,
}

#[tokio::test(flavor = "multi_thread")]
async fn both_sides_converge() {
    let stories = std::env::var("LEADLINE_STORIES")
        .ok()
        .and_then(|number| number.parse().ok());
    for seed in 0..stories.unwrap_or(STORIES) {
        if let Err(error) = tell(seed).await {
            panic!("the story with seed {seed} ends badly: {error:#}");
        }
    }
}

async fn tell(seed: u64) -> anyhow::Result<()> {
    let mut dice = SmallRng::seed_from_u64(seed);
    let mut world = World::start().await?;
    for status in [0, 401, 429, 500, 503, 504] {
        world.allows_status(status);
    }
    let mut told = Told {
        tickets: vec![
            world.lead(&JANE, "Contacted").await?,
            world.lead(&OMAR, "Researching").await?,
            world.lead(&LIV, "Contacted").await?,
        ],
        notes: BTreeMap::new(),
        opted_out: BTreeMap::new(),
    };
    for step in 0..STEPS {
        take_step(&mut world, &mut told, &mut dice, step).await?;
    }
    world.sandbox.faults().clear();
    world.sandbox.set_online(true);
    // Long enough for every pause and every lookup.
    for _ in 0..6 {
        world.later(chrono::TimeDelta::minutes(2));
        world.sync().await?;
    }
    for (ticket, _) in &told.tickets {
        for conflict in world.view(*ticket)?.conflicts {
            let side = if dice.random() { Side::Mine } else { Side::Theirs };
            world.engine()?.resolve_conflict(conflict.id, side)?;
        }
    }
    world.sync().await?;
    world.sync().await?;
    compare(&world, &told)
}

async fn take_step(world: &mut World, told: &mut Told, dice: &mut SmallRng, step: u32) -> anyhow::Result<()> {
    let (ticket, halo) = *told.tickets.choose(dice).expect("there are tickets");
    match dice.random_range(0..14) {
        0 | 1 => {
            let stage = ["researching", "contacted", "engaged", "no_interest"]
                .choose(dice)
                .expect("a stage");
            // A refusal by the workflow is an answer like any other.
            let outcome = world.try_drag(&[ticket], stage)?;
            assert!(!matches!(outcome, MoveOutcome::Needs { .. }), "{outcome:?}");
        }
        2 | 3 => {
            let field = *[keys::JOB_TITLE, keys::PHONE, keys::INITIAL_NOTES]
                .choose(dice)
                .expect("a field");
            world
                .engine()?
                .edit_field(ticket, field, &format!("020 7946 0{step:03}"))?;
        }
        4 => {
            let text = format!("Note {step} on {halo}");
            world.engine()?.add_note(ticket, &text)?;
            told.notes.entry(halo).or_default().push(text);
        }
        5 => {
            let property = ["oppjobtitle", "opptel"].choose(dice).expect("a property");
            let change = json!({ (*property): format!("0161 496 0{step:03}") });
            world.colleague_changes(halo, change)?;
        }
        6 => {
            let status = ["Contacted", "Engaged", "Researching"].choose(dice).expect("a status");
            world.colleague_changes(halo, json!({"status_id": world.status(status)?}))?;
        }
        7 => match world.engine()?.undo() {
            Ok(_) => {}
            Err(error) => {
                let known = error.downcast_ref::<Problem>();
                let fine = matches!(known, Some(Problem::UndoConflict { .. } | Problem::NotUndoable { .. }));
                anyhow::ensure!(fine, "undo fails in a way of its own: {error:#}");
            }
        },
        8 => {
            let rule = match dice.random_range(0..6) {
                0 => Fault::DropAfter.on("POST"),
                1 => Fault::DropBefore.on("POST"),
                2 => Fault::ServerError {
                    form: sandbox::ErrorForm::Message,
                }
                .on(""),
                3 => Fault::TruncatedJson.on(""),
                4 => Fault::GatewayTimeout {
                    delay_ms: 0,
                    applied: true,
                }
                .on("POST"),
                _ => Fault::ExpireTokens.on(""),
            };
            world.sandbox.faults().add(rule.times(dice.random_range(1..4)));
        }
        9 => world.sandbox.set_online(dice.random_bool(0.7)),
        10 => world.restart()?,
        11 if step > STEPS / 2 => {
            world.engine()?.set_do_not_contact(&[ticket], "Opt-out")?;
            told.opted_out.insert(ticket, true);
        }
        // Failures of the link are what this is about; the outbox must survive all of them.
        _ => drop(world.sync().await),
    }
    forget_undone_notes(world, told)
}

/// A note that was undone before HaloPSA had it is not missed.
fn forget_undone_notes(world: &World, told: &mut Told) -> anyhow::Result<()> {
    for (ticket, halo) in &told.tickets {
        let view = world.view(*ticket)?;
        if let Some(notes) = told.notes.get_mut(halo) {
            notes.retain(|note| view.activities.iter().any(|activity| activity.body == *note));
        }
        if !view.row.card.do_not_contact {
            told.opted_out.remove(ticket);
        }
    }
    Ok(())
}

fn compare(world: &World, told: &Told) -> anyhow::Result<()> {
    for (ticket, halo) in &told.tickets {
        let card = world.card(*ticket)?;
        let label = world
            .engine()?
            .reference()?
            .workflow
            .stage(&card.stage)
            .map(|stage| stage.label.clone());
        anyhow::ensure!(
            label.as_deref() == Some(world.status_in_halo(*halo)?.as_str()),
            "{halo}: stage {label:?}"
        );
        let pairs: [(FieldKey, &str); 3] = [
            (keys::JOB_TITLE, "oppjobtitle"),
            (keys::PHONE, "opptel"),
            (keys::INITIAL_NOTES, "CFinitialNotes"),
        ];
        for (field, property) in pairs {
            let here = digits_or_words(&world.value(*ticket, field)?);
            let there = world.in_halo(*halo, property)?;
            let there = digits_or_words(there.as_str().unwrap_or_default());
            anyhow::ensure!(here == there, "{halo}: {property} is {here:?} here and {there:?} there");
        }
        let mut wanted = told.notes.get(halo).cloned().unwrap_or_default();
        let mut there = world.notes_in_halo(*halo);
        // Leadline's own note about an opt-out.
        there.retain(|note| !note.starts_with("Do Not Contact was turned on"));
        wanted.sort();
        there.sort();
        anyhow::ensure!(wanted == there, "{halo}: notes {wanted:?} here and {there:?} there");
        if told.opted_out.contains_key(ticket) {
            anyhow::ensure!(card.do_not_contact, "{halo}: Do Not Contact was turned off");
            anyhow::ensure!(
                world.in_halo(*halo, "CFdoNotContact")? == "true",
                "{halo}: HaloPSA does not know of the opt-out"
            );
        }
    }
    Ok(())
}

/// A phone number may be spelt in two ways and be the same.
fn digits_or_words(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let national = digits.strip_prefix("44").map(|rest| format!("0{rest}"));
    national.unwrap_or(if digits.len() > 8 { digits } else { text.to_owned() })
}
