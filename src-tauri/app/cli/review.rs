//! What waits for a decision, on the command line.

use std::process::ExitCode;

use engine::views::{ReviewQuery, ReviewRow};
use store::ReviewReason;

use super::{
    Failure, Outcome,
    args::{Output, Place},
    failed, open, print,
};

const ATTEMPTED: &str = "Read the review queue";

/// Lists the queue, longest waiting first; with `look`, after a look for duplicates.
pub(super) fn review(place: &Place, reason: Option<&str>, limit: Option<u32>, look: bool, output: Output) -> Outcome {
    let reason = match reason {
        Some(word) => Some(ReviewReason::from_key(&word.replace('-', "_")).ok_or_else(|| {
            let known: Vec<String> = ReviewReason::ALL
                .into_iter()
                .map(|reason| reason.key().replace('_', "-"))
                .collect();
            Failure::Usage(format!("There is no reason {word}. There are {}.", known.join(", ")))
        })?),
        None => None,
    };
    let session = open(place, ATTEMPTED)?;
    let engine = session.engine();
    if look {
        let found = engine
            .find_duplicates()
            .map_err(|error| failed("Look for duplicates", error))?;
        print::say(&format!(
            "{} tickets and {} contacts looked at, {} new suspicions.",
            found.looked_at, found.contacts, found.new
        ));
    }
    let mut rows: Vec<ReviewRow> = Vec::new();
    let most = limit.unwrap_or(u32::MAX) as usize;
    loop {
        let page = engine
            .review_queue(&ReviewQuery {
                reason,
                offset: u32::try_from(rows.len()).unwrap_or(u32::MAX),
                limit: 500,
                ..ReviewQuery::default()
            })
            .map_err(|error| failed(ATTEMPTED, error))?;
        let ended = page.len() < 500;
        rows.extend(page);
        if ended || rows.len() >= most {
            break;
        }
    }
    rows.truncate(most);
    if output.json {
        print::json(&rows).map_err(|error| failed(ATTEMPTED, error))?;
    } else {
        for row in &rows {
            let line = format!(
                "{:<12}  {:<18}  {}: {}",
                row.key.0,
                row.reason.key(),
                row.label,
                row.summary
            );
            print::line(&line).map_err(|error| failed(ATTEMPTED, error))?;
        }
        print::say(&match rows.len() {
            0 => "Nothing waits for a decision.".to_owned(),
            1 => "1 decision waits.".to_owned(),
            count => format!("{count} decisions wait."),
        });
    }
    Ok(ExitCode::SUCCESS)
}
