//! Views of Insights that were given a name.

use engine::Dashboard;
use support::World;

fn dashboard(name: &str, view: &str) -> Dashboard {
    Dashboard {
        name: name.to_owned(),
        view: view.to_owned(),
    }
}

fn names(all: &[Dashboard]) -> Vec<&str> {
    all.iter().map(|one| one.name.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_is_kept_under_its_name_until_it_is_deleted() -> anyhow::Result<()> {
    let world = World::start().await?;
    assert_eq!(world.engine()?.dashboards()?, []);
    world
        .engine()?
        .save_dashboard(dashboard(" This week ", r#"{"period":"last_30_days"}"#))?;
    let all = world.engine()?.save_dashboard(dashboard("board meeting", "{}"))?;
    assert_eq!(names(&all), ["board meeting", "This week"]);

    // Saved again under the same name, however it is written: the newer view is the one that stays.
    world
        .engine()?
        .save_dashboard(dashboard("this WEEK", r#"{"owner":4}"#))?;
    let all = world.engine()?.dashboards()?;
    assert_eq!(names(&all), ["board meeting", "this WEEK"]);
    assert_eq!(all.last().map(|one| one.view.as_str()), Some(r#"{"owner":4}"#));

    let left = world.engine()?.delete_dashboard("Board meeting")?;
    assert_eq!(names(&left), ["this WEEK"]);
    assert_eq!(world.engine()?.delete_dashboard("never saved")?, left);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_kept_is_refused_and_changes_nothing() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.engine()?.save_dashboard(dashboard("This week", "{}"))?;
    let before = world.engine()?.dashboards()?;
    for bad in [
        dashboard("  ", "{}"),
        dashboard(&"long ".repeat(30), "{}"),
        dashboard("Long", &"x".repeat(10_001)),
    ] {
        assert!(world.engine()?.save_dashboard(bad).is_err());
    }
    for number in 1..100 {
        world
            .engine()?
            .save_dashboard(dashboard(&format!("View {number}"), "{}"))?;
    }
    let refused = world.engine()?.save_dashboard(dashboard("One too many", "{}"));
    assert!(format!("{:#}", refused.expect_err("there is no room")).contains("Delete one first"));
    // One that is there already can still be saved over.
    world.engine()?.save_dashboard(dashboard("This week", "{}"))?;
    assert_eq!(world.engine()?.dashboards()?.len(), 100);
    assert!(
        world
            .engine()?
            .dashboards()?
            .contains(before.first().expect("the first one"))
    );
    Ok(())
}
