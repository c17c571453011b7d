//! Both sides changed one field: what the policy of that field says happens, and the ticket's history tells it.

use chrono::TimeDelta;
use domain::{FieldKey, fields::SyncPolicy, fields::keys};
use serde_json::json;
use support::{JANE, World};

fn choose(world: &World, field: FieldKey, policy: SyncPolicy) -> anyhow::Result<()> {
    let engine = world.engine()?;
    let mut edit = engine.mapping()?.edit;
    edit.policies.fields.insert(field, policy);
    engine.save_mapping(&edit)?;
    Ok(())
}

const HERE: &str = "020 7946 0111";
const THERE: &str = "020 7946 0222";

/// Both sides change the phone, in that order, while the outbox is held back; then they meet.
async fn both_change(policy: SyncPolicy, here_first: bool) -> anyhow::Result<(String, String, usize)> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    choose(&world, keys::PHONE, policy)?;
    world.sync().await?;
    let engine = world.engine()?;
    engine.set_outbox_paused(true)?;
    // A colleague's change is a minute later than what was before it.
    if here_first {
        engine.edit_field(jane, keys::PHONE, HERE)?;
        world.colleague_changes(halo, json!({"opptel": THERE}))?;
    } else {
        world.colleague_changes(halo, json!({"opptel": THERE}))?;
        world.later(TimeDelta::seconds(60));
        engine.edit_field(jane, keys::PHONE, HERE)?;
    }
    world.sync().await?;
    engine.set_outbox_paused(false)?;
    world.sync().await?;
    let view = world.view(jane)?;
    let told = view
        .activities
        .iter()
        .filter(|activity| activity.body.contains("Both sides changed Phone"))
        .count();
    assert_eq!(told, 1, "never in silence: {:#?}", view.activities);
    let there = world.in_halo(halo, "opptel")?;
    Ok((
        world.value(jane, keys::PHONE)?,
        there.as_str().unwrap_or_default().to_owned(),
        view.conflicts.len(),
    ))
}

fn digits(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let start = digits.len().saturating_sub(9);
    digits[start..].to_owned()
}

async fn winner(policy: SyncPolicy, here_first: bool) -> anyhow::Result<String> {
    let (here, there, conflicts) = both_change(policy, here_first).await?;
    assert_eq!(conflicts, 0);
    assert_eq!(digits(&here), digits(&there), "both sides are one again");
    Ok(digits(&here))
}

#[tokio::test(flavor = "multi_thread")]
async fn halo_wins_whoever_was_later() -> anyhow::Result<()> {
    for here_first in [true, false] {
        assert_eq!(winner(SyncPolicy::HaloWins, here_first).await?, digits(THERE));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn mine_wins_whoever_was_later() -> anyhow::Result<()> {
    for here_first in [true, false] {
        assert_eq!(winner(SyncPolicy::MineWins, here_first).await?, digits(HERE));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_latest_wins_whoever_it_was() -> anyhow::Result<()> {
    assert_eq!(winner(SyncPolicy::LatestWins, true).await?, digits(THERE));
    assert_eq!(winner(SyncPolicy::LatestWins, false).await?, digits(HERE));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn ask_keeps_both_until_a_person_chooses() -> anyhow::Result<()> {
    let (here, there, conflicts) = both_change(SyncPolicy::Ask, true).await?;
    assert_eq!((digits(&here), digits(&there)), (digits(HERE), digits(THERE)));
    assert_eq!(conflicts, 1);
    Ok(())
}
