//! An engine without a tenant, for stories that need none: data on the disk, a clock moved by hand, and lists.

use std::{
    fs,
    path::{Path, PathBuf},
};

use chrono::TimeDelta;
use domain::{FieldKey, ImportId, TicketId, Value};
use engine::{
    Engine, ImportSummary, MemoryVault, Options, Parts, PlanView,
    import::{IncomingFile, Slice},
};
use std::sync::Arc;
use store::{Card, Filter, ImportOutcome, ImportState, Key, OutcomeCount, Store};
use support::HandClock;
use tempfile::TempDir;

/// What happens before every commit.
pub type Fate = Arc<dyn Fn() -> Result<(), store::Error> + Send + Sync>;

/// An engine over data of its own.
pub struct Alone {
    pub engine: Engine,
    pub store: Store,
    clock: HandClock,
    home: TempDir,
}

impl Alone {
    pub fn new(fate: Option<Fate>) -> anyhow::Result<Self> {
        let home = TempDir::new()?;
        let clock = HandClock::at("2026-11-16T09:00:00Z".parse()?);
        let store = Store::open_with(&home.path().join("leadline.db"), &Key::random()?, fate)?;
        let engine = Engine::new(Parts {
            store: store.clone(),
            clock: Arc::new(clock.clone()),
            vault: Arc::new(MemoryVault::default()),
            options: Options {
                incoming: Some(home.path().join("incoming")),
                seed: Some(7),
                ..Options::default()
            },
        })?;
        Ok(Self {
            engine,
            store,
            clock,
            home,
        })
    }

    /// Where files that are handed over are put together.
    pub fn incoming(&self) -> PathBuf {
        self.home.path().join("incoming")
    }

    /// A file with that text.
    pub fn file(&self, name: &str, text: &str) -> anyhow::Result<PathBuf> {
        let path = self.home.path().join(name);
        fs::write(&path, text)?;
        Ok(path)
    }

    /// Takes a file in, a minute after what was before.
    pub fn open(&self, path: &Path) -> anyhow::Result<ImportId> {
        self.clock.advance(TimeDelta::minutes(1));
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        self.engine.import_open(&IncomingFile {
            path,
            name: &name,
            fingerprint: "",
        })
    }

    /// Takes a file in as the window hands it over, in one slice.
    pub fn upload(&self, import: Option<ImportId>, name: &str, offset: u64, bytes: &[u8]) -> anyhow::Result<ImportId> {
        self.engine.import_upload(&Slice {
            import,
            name,
            offset,
            bytes,
        })
    }

    /// Plans and runs a file, as the export of that provider or of nobody, and holds the run against the plan.
    pub fn bring_in(&self, path: &Path, provider: Option<&str>) -> anyhow::Result<(ImportSummary, PlanView)> {
        let import = self.open(path)?;
        if let Some(provider) = provider {
            self.engine.import_set_provider(import, Some(provider.to_owned()))?;
        }
        let plan = self.engine.import_plan(import)?;
        let done = self.engine.import_run(import)?;
        assert_eq!(done.state, ImportState::Done);
        assert_eq!(done.done, plan.outcomes, "the numbers of the run are the plan's");
        assert_eq!(self.engine.import_plan_view(import)?.differences, []);
        Ok((done, plan))
    }

    pub fn cards(&self) -> anyhow::Result<Vec<Card>> {
        Ok(self.store.list_cards(&Filter::default(), 0, 100_000)?)
    }

    /// Every ticket as far as its values say it, in no order; spelling does not count.
    pub fn tickets(&self, without: &[FieldKey]) -> anyhow::Result<Vec<Vec<(FieldKey, String)>>> {
        let told = |ticket: TicketId| -> anyhow::Result<Vec<(FieldKey, String)>> {
            let values = self.store.values(ticket)?.into_iter();
            let kept = values.filter(|(field, _)| !without.contains(field));
            Ok(kept.map(|(field, stored)| (field, plain(&stored.value))).collect())
        };
        let mut tickets = self
            .cards()?
            .iter()
            .map(|card| told(card.id))
            .collect::<anyhow::Result<Vec<_>>>()?;
        tickets.sort();
        Ok(tickets)
    }

    /// How much waits to be sent, and how much to be decided.
    pub fn waiting(&self) -> anyhow::Result<(u32, u32)> {
        let sent = self.engine.sync_status()?.counts.waiting;
        Ok((sent, self.engine.review_counts()?.total))
    }
}

/// A value without its spelling.
fn plain(value: &Value) -> String {
    match value {
        Value::Phone(phone) => phone.e164.clone().unwrap_or_else(|| phone.typed.clone()),
        other => {
            let text = other.display().to_lowercase();
            text.chars().filter(|c| c.is_alphanumeric()).collect()
        }
    }
}

/// How many rows came to that.
pub fn count(counts: &[OutcomeCount], outcome: ImportOutcome) -> u32 {
    counts
        .iter()
        .find(|count| count.outcome == outcome)
        .map_or(0, |count| count.rows)
}
