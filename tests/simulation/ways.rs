//! Which way a ticket may take, written down once more from the rules and not from the code that keeps them.

use domain::Role;

const LEAD: [&str; 4] = ["new_lead", "researching", "contacted", "engaged"];
const PROSPECT: [&str; 3] = ["new_prospect", "prospecting", "qualified"];
const OPPORTUNITY: [&str; 3] = ["new_opportunity", "progressing", "negotiation"];

/// Whether somebody in that role may move a ticket so.
pub fn allowed(from: &str, to: &str, role: Role) -> bool {
    // An opt-out is never refused.
    if to == "do_not_contact" {
        return true;
    }
    let is_open_lead = LEAD.contains(&from);
    match (from, to) {
        ("contacted", "no_interest") | ("researching", "invalid_data") | ("negotiation", "won") => return true,
        ("engaged" | "contacted", "new_prospect") | ("qualified", "new_opportunity") => return true,
        (_, "disqualified") => return PROSPECT.contains(&from),
        (_, "lost") => return OPPORTUNITY.contains(&from),
        _ => {}
    }
    for stages in [LEAD.as_slice(), &PROSPECT, &OPPORTUNITY] {
        let place = |stage: &str| stages.iter().position(|known| *known == stage);
        let Some(target) = place(to) else { continue };
        return match place(from) {
            // One step forward, or any number back.
            Some(now) => target <= now + 1,
            // Out of an exit of the same lifecycle: for those who answer for the list.
            None => role != Role::Rep && !is_open_lead && lifecycle_of_exit(from) == Some(stages),
        };
    }
    false
}

fn lifecycle_of_exit(stage: &str) -> Option<&'static [&'static str]> {
    match stage {
        "no_interest" | "do_not_contact" | "invalid_data" => Some(&LEAD),
        "disqualified" => Some(&PROSPECT),
        "won" | "lost" => Some(&OPPORTUNITY),
        _ => None,
    }
}
