//! How much agreement is worth, on the command line: shown, learnt from somebody's own data, and taken back.

use std::{path::PathBuf, process::ExitCode};

use chrono::Utc;
use engine::views::{Bits, KindWeights, WeightsView};

use super::{
    Outcome,
    args::{Output, Place},
    failed, link, open, print,
};

/// Shows the weights in use.
pub(super) fn show(place: &Place, output: Output) -> Outcome {
    const ATTEMPT: &str = "Show the weights";
    let session = open(place, ATTEMPT)?;
    let view = session.engine().linkage_weights();
    let view = view.map_err(|error| failed(ATTEMPT, error))?;
    tell(&view, output, ATTEMPT)
}

/// Learns weights from the tickets here or from files, shows them, and keeps them unless it is only tried.
pub(super) fn estimate(place: &Place, files: &[PathBuf], dry_run: bool, output: Output) -> Outcome {
    const ATTEMPT: &str = "Estimate the weights";
    let from_files = match files {
        [] => None,
        [left, more @ ..] => {
            let right = more.first().map(|path| link::read(path)).transpose()?;
            Some(link::estimate_from(&link::read(left)?, right.as_ref()))
        }
    };
    let names: Vec<String> = files
        .iter()
        .map(|path| path.file_name().unwrap_or_default().to_string_lossy().into_owned())
        .collect();
    let from = match names.as_slice() {
        [] => "the tickets here".to_owned(),
        names => names.join(" and "),
    };
    let view = match from_files {
        // Files that are only tried are nothing to do with the data here.
        Some(learnt) if dry_run => engine::show_weights(&learnt, &from, Utc::now()),
        learnt => {
            let session = open(place, ATTEMPT)?;
            let engine = session.engine();
            let learnt = match learnt {
                Some(learnt) => Ok(learnt),
                None => engine.estimate_weights(),
            };
            learnt.and_then(|learnt| {
                if dry_run {
                    engine::show_weights(&learnt, &from, Utc::now())
                } else {
                    engine.keep_weights(&learnt, &from)
                }
            })
        }
    };
    let view = view.map_err(|error| failed(ATTEMPT, error))?;
    let ended = tell(&view, output, ATTEMPT)?;
    print::say(if dry_run {
        "Nothing was kept."
    } else {
        "Kept: imports and the look for duplicates compare by these from now on. leadline weights --shipped goes back."
    });
    Ok(ended)
}

/// Uses the shipped weights again.
pub(super) fn back_to_shipped(place: &Place, output: Output) -> Outcome {
    const ATTEMPT: &str = "Use the shipped weights";
    let session = open(place, ATTEMPT)?;
    let engine = session.engine();
    let had_own = engine.forget_weights().map_err(|error| failed(ATTEMPT, error))?;
    print::say(if had_own {
        "The shipped weights are used from now on."
    } else {
        "The shipped weights are in use already."
    });
    if output.json {
        let view = engine.linkage_weights().map_err(|error| failed(ATTEMPT, error))?;
        return tell(&view, output, ATTEMPT);
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(view: &WeightsView, output: Output, attempt: &str) -> Outcome {
    let told = if output.json {
        print::json(view)
    } else {
        print::line(&in_lines(view).join("\n"))
    };
    told.map_err(|error| failed(attempt, error))?;
    Ok(ExitCode::SUCCESS)
}

/// The shipped weights and, where there are some, the own ones beside them.
pub(super) fn in_lines(view: &WeightsView) -> Vec<String> {
    let mut lines = vec![match view.estimated_at {
        Some(at) => format!("Estimated from {} on {}.", view.from, at.format("%-d %B %Y")),
        None => "The shipped weights are in use.".to_owned(),
    }];
    let has_own = view.estimated_at.is_some();
    for (title, kind) in [("People", &view.persons), ("Organisations", &view.organisations)] {
        lines.push(String::new());
        if has_own && kind.pairs == 0 {
            lines.push(format!(
                "{title}: no two of them share anything, so the shipped weights stay"
            ));
            continue;
        }
        lines.push(if has_own {
            format!(
                "{title}: {} pairs share something, about {} of them are matches",
                kind.pairs, kind.matches
            )
        } else {
            title.to_owned()
        });
        lines.extend(table(kind, has_own));
    }
    lines
}

fn table(kind: &KindWeights, has_own: bool) -> Vec<String> {
    const GRADES: &str = "  same  close  loose  differs";
    let mut head = format!("{:<18}{GRADES}", "bits, shipped");
    if has_own {
        head.push_str(&format!("   | own:{GRADES}   from pairs"));
    }
    let rows = kind.aspects.iter().map(|row| {
        let mut line = format!("  {:<16}{}", row.label, in_bits(row.shipped));
        if has_own {
            let own = row
                .own
                .map_or_else(|| format!("{:<29}", "  too few, as shipped"), in_bits);
            line.push_str(&format!("   |     {own}   {:>10}", row.pairs));
        }
        line
    });
    std::iter::once(head).chain(rows).collect()
}

fn in_bits(bits: Bits) -> String {
    format!(
        "{:>6.1}{:>7.1}{:>7.1}{:>9.1}",
        bits.same, bits.close, bits.loose, bits.different
    )
}
