//! What a person keeps of Insights: views under a name, and reports as files.

use std::io::Write;

use anyhow::Context;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::Local;
use engine::Dashboard;
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::AppHandle;

use super::{HostState, on_engine};
use crate::{downloads, errors::UiError};

/// A report as the window made it.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ReportFile {
    Csv {
        text: String,
    },
    /// A picture, in base64.
    Png {
        base64: String,
    },
}

impl ReportFile {
    /// The bytes of the file, and how its name ends.
    fn content(self) -> anyhow::Result<(Vec<u8>, &'static str)> {
        match self {
            Self::Csv { text } => Ok((text.into_bytes(), "csv")),
            Self::Png { base64 } => {
                let bytes = STANDARD.decode(base64).context("Read the picture")?;
                anyhow::ensure!(bytes.starts_with(b"\x89PNG\r\n\x1a\n"), "the picture is no PNG");
                Ok((bytes, "png"))
            }
        }
    }
}

/// The name of a report as a part of a file's name: letters and hyphens, whatever was sent.
fn stem(report: &str) -> String {
    let word: String = report
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-')
        .take(40)
        .collect();
    format!("leadline-{word}-{}", Local::now().format("%Y-%m-%d"))
}

/// Every saved view of Insights.
#[tauri::command]
#[specta::specta]
pub async fn dashboards(host: HostState<'_>) -> Result<Vec<Dashboard>, UiError> {
    on_engine(&host, "Read the dashboards", |engine| engine.dashboards()).await
}

/// Keeps a view under a name, in the place of one of the same name.
#[tauri::command]
#[specta::specta]
pub async fn save_dashboard(host: HostState<'_>, dashboard: Dashboard) -> Result<Vec<Dashboard>, UiError> {
    on_engine(&host, "Save the dashboard", move |engine| {
        engine.save_dashboard(dashboard)
    })
    .await
}

/// Forgets a saved view.
#[tauri::command]
#[specta::specta]
pub async fn delete_dashboard(host: HostState<'_>, name: String) -> Result<Vec<Dashboard>, UiError> {
    on_engine(&host, "Delete the dashboard", move |engine| {
        engine.delete_dashboard(&name)
    })
    .await
}

/// Writes a report into the folder for downloads; answers where.
#[tauri::command]
#[specta::specta]
pub async fn save_report(
    app: AppHandle,
    host: HostState<'_>,
    report: String,
    file: ReportFile,
) -> Result<String, UiError> {
    on_engine(&host, "Save the report", move |_| {
        let (bytes, extension) = file.content()?;
        let ((), path) = downloads::write(&app, &stem(&report), extension, |file| Ok(file.write_all(&bytes)?))?;
        Ok(path.display().to_string())
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_holds_what_the_window_made() -> anyhow::Result<()> {
        let text = "\u{feff}Stage,Entered\r\n".to_owned();
        assert_eq!(
            ReportFile::Csv { text: text.clone() }.content()?,
            (text.into_bytes(), "csv")
        );
        let png = b"\x89PNG\r\n\x1a\nrest";
        let sent = ReportFile::Png {
            base64: STANDARD.encode(png),
        };
        assert_eq!(sent.content()?, (png.to_vec(), "png"));
        Ok(())
    }

    #[test]
    fn only_a_picture_is_kept_as_a_picture() {
        for base64 in [STANDARD.encode("<html>"), "not base64!".to_owned(), String::new()] {
            assert!(ReportFile::Png { base64 }.content().is_err());
        }
    }

    #[test]
    fn a_name_leads_nowhere_else() {
        assert!(stem("../../etc/passwd").starts_with("leadline-etcpasswd-"));
        assert!(stem("funnel").starts_with("leadline-funnel-20"));
    }
}
