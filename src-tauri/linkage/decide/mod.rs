//! From a comparison to a verdict: the same, for a person to decide, or new.
//!
//! # Model
//! The grades add up to bits of evidence. Two thresholds part the three verdicts, and rules stand above them, because a
//! sum of weights trusts its aspects to be independent and knows no exceptions:
//!
//! - *Same needs facts.* The name must agree, and beside name and company a fact must that others do not share: a mailbox,
//!   a personal number, a profile, a date of birth, a house, an authority's number. The same title at the same company
//!   stands in for one where nothing contradicts. A name, or a company, or both, are never enough.
//! - *A contradiction caps.* Father and son, a numbered mailbox, another profile, another mobile, an initial, a company of
//!   that name elsewhere, another company: a person decides, or nobody has to, because they are two.
//! - *One company, one surname, two first names* are two people, whatever telephone they share.

use crate::{
    agreement::Agreement,
    compare::{Aspect, Comparison},
    record::Kind,
    weights::Weights,
};

/// What becomes of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decision {
    /// Two records.
    New,
    /// A person decides.
    Review,
    /// One record twice: to be merged by policy.
    Same,
}

impl Decision {
    /// The word in files and on screens.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Review => "review",
            Self::Same => "same",
        }
    }
}

/// A verdict.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verdict {
    pub decision: Decision,
    /// Strength of the evidence, 0 to 100, to sort by: [`SAME_FROM`] and above is the same, [`REVIEW_FROM`] and above for
    /// review. It is no probability.
    pub score: f32,
}

/// Scores of what is the same.
pub const SAME_FROM: f32 = 80.0;
/// Scores of what a person decides.
pub const REVIEW_FROM: f32 = 50.0;

/// Bits from which a pair may be the same.
const SAME_BITS: f32 = 14.0;
/// Bits from which a person should look.
const REVIEW_BITS: f32 = 9.0;

/// What is known of how common the shared values are, in bits: rarer than usual is more than nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rarity {
    pub first: f32,
    pub last: f32,
    pub company: f32,
    /// How many different people have the number that agrees.
    pub line_holders: u32,
}

/// The bits of a comparison.
#[must_use]
pub fn bits(comparison: &Comparison, weights: &Weights, rarity: Rarity) -> f32 {
    let mut sum = 0.0;
    for aspect in Aspect::ALL {
        let grade = comparison.grade(aspect);
        let mut worth = weights.worth(comparison.kind, aspect).of(grade);
        match aspect {
            Aspect::FirstName if grade == Agreement::Same => worth += rarity.first,
            Aspect::LastName if grade == Agreement::Same => worth += rarity.last,
            Aspect::Company if grade == Agreement::Same => worth += rarity.company,
            // A line that several people share is a switchboard, and says where somebody works.
            Aspect::Phone if grade == Agreement::Same && rarity.line_holders > 2 && comparison.kind == Kind::Person => {
                worth = worth.min(2.0);
            }
            _ => {}
        }
        sum += worth;
    }
    if comparison.name.swapped {
        sum -= 1.0;
    }
    if comparison.name.generation_differs {
        sum -= 6.0;
    }
    if comparison.noticed.abroad {
        sum -= 3.0;
    }
    if comparison.noticed.mobile_differs && comparison.phone != Agreement::Same {
        sum -= 1.5;
    }
    sum
}

/// Decides a pair.
#[must_use]
pub fn decide(comparison: &Comparison, weights: &Weights, rarity: Rarity) -> Verdict {
    let bits = bits(comparison, weights, rarity);
    let by_bits = if bits >= SAME_BITS {
        Decision::Same
    } else if bits >= REVIEW_BITS {
        Decision::Review
    } else {
        Decision::New
    };
    let cap = match comparison.kind {
        Kind::Person => person_cap(comparison, rarity),
        Kind::Organisation => organisation_cap(comparison),
    };
    let decision = by_bits.min(cap);
    let share = 1.0 / (1.0 + (-(bits - 20.0) / 8.0).exp());
    let score = match decision {
        Decision::Same => SAME_FROM + (100.0 - SAME_FROM) * share,
        Decision::Review => REVIEW_FROM + (SAME_FROM - REVIEW_FROM) * share * 0.999,
        Decision::New => REVIEW_FROM * share * 0.999,
    };
    Verdict { decision, score }
}

/// The most that the rules allow for two persons.
fn person_cap(comparison: &Comparison, rarity: Rarity) -> Decision {
    let name = comparison.name;
    let noticed = comparison.noticed;
    let same = |grade: Agreement| grade == Agreement::Same;
    let differs = |grade: Agreement| grade == Agreement::Different;
    let slipped = [(name.first, name.nickname), (name.last, false)]
        .iter()
        .any(|&(grade, is_form)| grade == Agreement::Close && !is_form)
        && !noticed.spelt_elsewhere;
    // Colleagues whose names are alike have mailboxes that are alike.
    let mail = same(comparison.mail) || (comparison.mail == Agreement::Close && same(name.first.min(name.last)));
    let personal_line = same(comparison.phone) && noticed.personal_phone;
    let own_line = same(comparison.phone) && rarity.line_holders <= 2;
    let profile = same(comparison.profile);
    let identifier = comparison.identifier.agrees();
    // Facts that follow a person, and facts that a person shares with few.
    let strong = count(&[
        same(comparison.mail),
        personal_line,
        profile,
        same(comparison.birth),
        identifier,
    ]);
    let facts = count(&[
        mail,
        personal_line || own_line,
        profile,
        comparison.birth.agrees(),
        comparison.street.agrees(),
        identifier,
    ]);

    if differs(name.first) {
        // Brothers, spouses, colleagues of one surname; or one person under two first names, if much else agrees.
        if same(comparison.identifier) && same(comparison.birth) && !differs(name.last) {
            // An authority's number with its day of birth: one person, whatever a form made of the first name.
            return Decision::Same;
        }
        let known_by = profile || same(comparison.identifier) || strong >= 2;
        return if known_by || (!differs(name.last) && facts >= 3) {
            Decision::Review
        } else {
            Decision::New
        };
    }
    if differs(name.last) {
        // A changed surname is believed when the person can be reached as before.
        return match strong {
            0 => Decision::New,
            _ if name.generation_differs || comparison.company == Agreement::Different => Decision::Review,
            _ if comparison.company.agrees() && (personal_line || profile) && name.first.agrees() => Decision::Same,
            _ if strong >= 2 && name.first.agrees() => Decision::Same,
            _ => Decision::Review,
        };
    }
    if name.generation_differs {
        // Father and son: two people if anything else tells them apart, and never one by machine.
        let told_apart = noticed.numbered_mail
            || noticed.mobile_differs
            || differs(comparison.mail)
            || differs(comparison.profile)
            || differs(comparison.birth);
        return if told_apart { Decision::New } else { Decision::Review };
    }
    if differs(comparison.company) {
        // The same name elsewhere: another person, unless something followed the person there.
        let followed = strong >= 1 || facts >= 2;
        return if followed { Decision::Review } else { Decision::New };
    }
    if noticed.domain_differs && !noticed.other_ending && noticed.abroad && strong == 0 {
        // Two companies of one name in two countries, and a name that both have on their lists.
        return Decision::New;
    }
    let contradicted = noticed.numbered_mail
        || differs(comparison.profile)
        || (differs(comparison.identifier) && facts < 2)
        || (noticed.mobile_differs && !same(comparison.mail))
        || (noticed.abroad && !same(comparison.company));
    if contradicted {
        return Decision::Review;
    }
    let enough = if name.first == Agreement::Loose || name.last == Agreement::Loose {
        strong >= 2
    } else if !name.first.agrees() || !name.last.agrees() {
        // Half a name needs two facts.
        facts >= 2 && strong >= 1
    } else if comparison.company == Agreement::Loose || noticed.domain_differs {
        let moved = noticed.domain_differs && noticed.other_ending && comparison.mail == Agreement::Loose;
        strong >= 1 || (moved && same(comparison.title))
    } else if name.nickname && !matches!(comparison.title, Agreement::Unknown | Agreement::Same) {
        // Henry and Harry may be one, and may be two who sit side by side.
        strong >= 1
    } else if slipped {
        // A slip in the surname is a slip; one in the first name may be a colleague.
        let title = comparison.company.agrees() && same(comparison.title);
        strong >= 1 || facts >= 2 || (title && (same(name.first) || facts >= 1))
    } else {
        facts >= 1 || (comparison.company.agrees() && same(comparison.title))
    };
    if enough { Decision::Same } else { Decision::Review }
}

fn count(facts: &[bool]) -> usize {
    facts.iter().filter(|fact| **fact).count()
}

/// The most that the rules allow for two organisations, or an organisation and a person.
fn organisation_cap(comparison: &Comparison) -> Decision {
    let facts = count(&[
        comparison.phone == Agreement::Same,
        comparison.street.agrees(),
        comparison.mail.agrees(),
        comparison.identifier.agrees(),
    ]);
    match comparison.company {
        Agreement::Same | Agreement::Close if facts >= 1 && comparison.street != Agreement::Different => Decision::Same,
        Agreement::Loose if facts >= 2 => Decision::Same,
        _ => Decision::Review,
    }
}

#[cfg(test)]
mod tests;
