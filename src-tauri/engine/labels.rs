//! What operations and outbox entries are called: the words of toasts, history and the outbox.

use domain::{
    FieldKey, StageKey, Value,
    lists::{Tags, automatic},
    workflow::Workflow,
};
use store::{Card, LocalPatch, Party, Reader};

/// "Acme Ltd – Jane Doe", or whichever of the two there is.
pub(crate) fn ticket(card: &Card) -> String {
    match (card.company.is_empty(), card.person.is_empty()) {
        (false, false) => format!("{} – {}", card.company, card.person),
        (false, true) => card.company.clone(),
        (true, false) => card.person.clone(),
        (true, true) => match card.halo_id {
            Some(id) => format!("Ticket #{id}"),
            None => format!("Ticket {}", card.id),
        },
    }
}

/// "1 ticket", "12 tickets".
pub(crate) fn tickets(count: usize) -> String {
    if count == 1 {
        "1 ticket".to_owned()
    } else {
        format!("{count} tickets")
    }
}

/// The stage's name on screens.
pub(crate) fn stage<'a>(workflow: &'a Workflow, key: &'a StageKey) -> &'a str {
    if key.as_str() == StageKey::MERGED {
        return "Closed";
    }
    workflow.stage(key).map_or(key.as_str(), |stage| &stage.label)
}

/// "Job title: Director", "Job title: emptied".
pub(crate) fn field(field: FieldKey, value: Option<&Value>) -> String {
    const LONGEST: usize = 60;
    let Some(value) = value else {
        return format!("{}: emptied", field.label());
    };
    let line = value.display().split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = line.chars().take(LONGEST).collect();
    let dots = if short.len() < line.len() { "…" } else { "" };
    format!("{}: {short}{dots}", field.label())
}

/// "Acme Ltd – Jane Doe", "Acme Ltd", "Nobody".
pub(crate) fn party(reader: &Reader<'_>, party: Party) -> Result<String, store::Error> {
    let company = match party.company {
        Some(company) => reader.company_name(company)?,
        None => None,
    };
    let contact = match party.contact {
        Some(contact) => reader.contact(contact)?.map(|contact| contact.name),
        None => None,
    };
    let names: Vec<String> = [company, contact].into_iter().flatten().collect();
    Ok(if names.is_empty() {
        "Nobody".to_owned()
    } else {
        names.join(" – ")
    })
}

/// "Hot Leads, Spring".
pub(crate) fn lists(lists: &Tags) -> String {
    if lists.is_empty() {
        return "None".to_owned();
    }
    lists.iter().collect::<Vec<_>>().join(", ")
}

/// What an update asks of HaloPSA: "Move to Engaged, Fit score: 80 %".
pub(crate) fn patch(reader: &Reader<'_>, workflow: &Workflow, patch: &LocalPatch) -> Result<String, store::Error> {
    const NAMED: usize = 3;
    let mut parts = Vec::new();
    if let Some((_, key)) = &patch.stage {
        parts.push(format!("Move to {}", stage(workflow, key)));
    }
    match patch.owner {
        Some(Some(owner)) => {
            let name = reader.agent(owner)?.map(|agent| agent.name).unwrap_or_default();
            parts.push(format!("Owner: {name}"));
        }
        Some(None) => parts.push("Owner: nobody".to_owned()),
        None => {}
    }
    if let Some(linked) = patch.party {
        parts.push(format!("Link to {}", party(reader, linked)?));
    }
    parts.extend(patch.fields.iter().map(|(key, value)| field(*key, value.as_ref())));
    // Beside a value that decides about lists they follow from it, and need no word of their own.
    let follow = patch.fields.keys().any(|field| automatic::DECIDING.contains(field));
    if let Some(on) = patch.lists.as_ref().filter(|_| !follow) {
        parts.push(format!("Lists: {}", lists(on)));
    }
    let more = parts.len().saturating_sub(NAMED);
    parts.truncate(NAMED);
    let mut text = parts.join(", ");
    if more > 0 {
        text.push_str(&format!(" and {more} more"));
    }
    Ok(text)
}
