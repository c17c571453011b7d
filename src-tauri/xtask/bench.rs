//! bench
#[derive(clap::Args)]
pub struct Options {}
pub fn bench(_: &Options) -> anyhow::Result<()> {
    Ok(())
}
