//! What each figure means, in a sentence for the person who reads it.

use crate::views::Definition;

fn list(terms: &[(&str, &str)]) -> Vec<Definition> {
    terms
        .iter()
        .map(|(term, meaning)| Definition {
            term: (*term).to_owned(),
            meaning: (*meaning).to_owned(),
        })
        .collect()
}

pub(super) fn funnel() -> Vec<Definition> {
    list(&[
        (
            "Entered",
            "Tickets that came into the stage in the period. A ticket counts once, with its last stay of the period.",
        ),
        ("Re-entered", "Those of them that had been in the stage before."),
        (
            "Moved on",
            "Those of them that left it for a later stage, or were won, before the end of the period. For an exit: those that were reopened.",
        ),
        (
            "Lost",
            "Those of them that left it for an exit other than Won before the end of the period.",
        ),
        (
            "Went back",
            "Those of them that left it for an earlier stage before the end of the period.",
        ),
        (
            "Still here",
            "Those of them that had not left at the end of the period, or until now where it has not ended.",
        ),
        (
            "Conversion",
            "Moved on, of those that have left. Tickets that are still here may yet do either, so they do not count.",
        ),
        (
            "Cohort",
            "Only tickets that were created in the period, followed until now instead of to its end.",
        ),
    ])
}

pub(super) fn times() -> Vec<Definition> {
    list(&[
        (
            "Time in stage",
            "Calendar time from coming into the stage to leaving it, for stays that began in the period. A ticket that comes back begins a new stay.",
        ),
        ("Median", "Half of the stays that ended took at most this long."),
        ("90 %", "Nine of ten stays that ended took at most this long."),
        (
            "With open stays",
            "The same with the stays that go on, each known to take at least as long as it has (Kaplan–Meier). Empty while too many go on to tell.",
        ),
        (
            "Bottleneck",
            "The stage with the largest share of all the time that tickets spent in open stages.",
        ),
        (
            "Velocity",
            "What is won in a day: open opportunities × win rate × mean value of a won ticket ÷ mean days from becoming an opportunity to being won.",
        ),
        ("Win rate", "Won, of the tickets that were won or lost in the period."),
    ])
}

pub(super) fn forecast() -> Vec<Definition> {
    list(&[
        (
            "Closed",
            "Tickets won in the period, in the month in which they were won, with their final value.",
        ),
        ("Commit", "Open opportunities with a probability of at least 75 %."),
        ("Best case", "Open opportunities with a probability from 50 to 74 %."),
        (
            "Pipeline",
            "All other open opportunities. Without a probability it counts as 0 %.",
        ),
        ("Weighted", "Value × probability. What is closed counts in full."),
        (
            "Month",
            "The month of the expected close date. Open tickets that were expected before the period are overdue, those expected after it are later.",
        ),
    ])
}

pub(super) fn win_loss() -> Vec<Definition> {
    list(&[
        (
            "Won, lost",
            "Tickets that were closed in the period and are closed at its end. A ticket that was reopened does not count.",
        ),
        (
            "Value",
            "Of a won ticket its final value, where there is one; else its opportunity value.",
        ),
        ("Win rate", "Won, of those that were won or lost."),
        (
            "Reason, competitor",
            "As typed on the ticket; upper and lower case make no difference. A ticket with two competitors counts for both.",
        ),
    ])
}

pub(super) fn sources() -> Vec<Definition> {
    list(&[
        ("Created", "Tickets of the source that were created in the period."),
        (
            "Prospects, opportunities",
            "Those of them that have come that far by now, or further.",
        ),
        (
            "Won",
            "Tickets of the source that were won in the period, whenever they were created. For a cohort: only those that were created in the period, won by now.",
        ),
    ])
}

pub(super) fn imports() -> Vec<Definition> {
    list(&[
        (
            "Rows",
            "Rows of the files that were imported in the period, as far as they are applied. An import that was taken back does not count.",
        ),
        (
            "Already here",
            "Rows about somebody who had a ticket: updated, skipped or preserved.",
        ),
        ("Quality", "The mean data quality of the rows, from 0 to 100."),
        (
            "Reviewed",
            "What a person made of the rows that were kept for a decision.",
        ),
    ])
}

pub(super) fn agents() -> Vec<Definition> {
    list(&[
        ("Open", "Open tickets that the agent owns now."),
        ("Open value", "What the opportunities among them may be worth."),
        (
            "Moves",
            "How often the agent brought a ticket into a stage in the period, whoever owns it.",
        ),
        (
            "Calls",
            "Calls that the agent logged in the period, on whosever tickets.",
        ),
        ("Won, lost", "Tickets closed in the period that the agent owns now."),
    ])
}
