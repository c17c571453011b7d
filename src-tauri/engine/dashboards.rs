//! Saved views of Insights. What a view holds is the window's affair; here it is a document under a name.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{Engine, Problem};

const DASHBOARDS: &str = "dashboards";
/// More than a menu can hold; it keeps a runaway caller from filling the database.
const MOST: usize = 100;
const LONGEST_NAME: usize = 80;
const LONGEST_VIEW: usize = 10_000;

/// A view of Insights that a person gave a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Dashboard {
    pub name: String,
    /// Period, filter and reports, as the window writes them (JSON).
    pub view: String,
}

impl Engine {
    /// Every dashboard, by name.
    ///
    /// # Errors
    /// The store's failures.
    pub fn dashboards(&self) -> anyhow::Result<Vec<Dashboard>> {
        Ok(self.store().setting_get(DASHBOARDS)?.unwrap_or_default())
    }

    /// Keeps a dashboard, in the place of one of the same name. Answers all of them.
    ///
    /// # Errors
    /// [`Problem::Refused`] without a name, or when there is too much; the store's failures.
    pub fn save_dashboard(&self, dashboard: Dashboard) -> anyhow::Result<Vec<Dashboard>> {
        let name = dashboard.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            return Err(refused(format!(
                "A dashboard needs a name of at most {LONGEST_NAME} letters."
            )));
        }
        if dashboard.view.len() > LONGEST_VIEW {
            return Err(refused("This view is too long to be kept.".to_owned()));
        }
        self.change_dashboards(|all| {
            all.retain(|one| !same_name(&one.name, &name));
            if all.len() >= MOST {
                return Err(refused(format!(
                    "There are {MOST} dashboards already. Delete one first."
                )));
            }
            all.push(Dashboard {
                name,
                view: dashboard.view,
            });
            all.sort_by_cached_key(|one| one.name.to_lowercase());
            Ok(())
        })
    }

    /// Forgets a dashboard; nothing happens where there is none of that name. Answers those that are left.
    ///
    /// # Errors
    /// The store's failures.
    pub fn delete_dashboard(&self, name: &str) -> anyhow::Result<Vec<Dashboard>> {
        self.change_dashboards(|all| {
            all.retain(|one| !same_name(&one.name, name.trim()));
            Ok(())
        })
    }

    fn change_dashboards(
        &self,
        change: impl FnOnce(&mut Vec<Dashboard>) -> anyhow::Result<()>,
    ) -> anyhow::Result<Vec<Dashboard>> {
        let written = self.store().write_quiet(self.now(), |w| {
            let mut all: Vec<Dashboard> = w.setting_get(DASHBOARDS)?.unwrap_or_default();
            change(&mut all)?;
            w.setting_set(DASHBOARDS, &all)?;
            anyhow::Ok(all)
        })?;
        self.publish(written.changes);
        Ok(written.value)
    }
}

/// Names that a person would take for the same.
fn same_name(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

fn refused(reason: String) -> anyhow::Error {
    Problem::Refused { reason }.into()
}
