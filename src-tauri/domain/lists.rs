//! Lists: named sets of tickets. In HaloPSA the lists of a ticket are its tags.
//!
//! Two sides that change the lists of one ticket never conflict: what either added is there, what either took away is not.

pub mod automatic;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::text::tidy_line;

/// The longest name of a list, in characters.
pub const LONGEST: usize = 50;

/// The names of the lists that a ticket is on. Upper and lower case make no difference between two names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tags(BTreeSet<String>);

/// The name of a list as it is kept, or why it is none, as a sentence.
///
/// # Errors
/// For a name that is empty, too long, or has a comma in it, which HaloPSA takes for two.
pub fn name(typed: &str) -> Result<String, String> {
    let name = tidy_line(typed);
    if name.is_empty() {
        return Err("A list needs a name.".to_owned());
    }
    if name.contains(',') {
        return Err("The name of a list cannot have a comma in it.".to_owned());
    }
    let length = name.chars().count();
    if length > LONGEST {
        return Err(format!(
            "The name of a list can have {LONGEST} characters; this has {length}."
        ));
    }
    Ok(name)
}

impl Tags {
    /// These names, each once, in the spelling that comes first.
    pub fn of<T: Into<String>>(names: impl IntoIterator<Item = T>) -> Self {
        let mut tags = Self::default();
        for name in names {
            tags.add(name);
        }
        tags
    }

    /// Whether the ticket is on that list.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|known| same(known, name))
    }

    /// Puts the ticket on a list. Returns whether it was not on it.
    pub fn add(&mut self, name: impl Into<String>) -> bool {
        let name = name.into();
        !name.trim().is_empty() && !self.has(&name) && self.0.insert(name)
    }

    /// Takes the ticket off a list. Returns whether it was on it.
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|known| !same(known, name));
        self.0.len() < before
    }

    /// The names, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether it is on none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same lists, however they are spelt.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.0.iter().all(|name| other.has(name))
    }

    /// The same lists, but for these.
    #[must_use]
    pub fn same_but_for(&self, other: &Self, these: &Self) -> bool {
        let rest = |tags: &Self| Self::of(tags.iter().filter(|name| !these.has(name)).map(str::to_owned));
        rest(self).same_as(&rest(other))
    }

    /// These lists with what changed from `before` to `after`.
    #[must_use]
    pub fn with_change(&self, before: &Self, after: &Self) -> Self {
        let mut tags = self.clone();
        for gone in before.iter().filter(|name| !after.has(name)) {
            tags.remove(gone);
        }
        for new in after.iter().filter(|name| !before.has(name)) {
            tags.add(new);
        }
        tags
    }

    /// These lists, and of each name that two others say the same about, what they say.
    #[must_use]
    pub fn with_agreed(&self, one: &Self, other: &Self) -> Self {
        let mut tags = self.clone();
        for gone in self.iter().filter(|name| !one.has(name) && !other.has(name)) {
            tags.remove(gone);
        }
        for new in one.iter().filter(|name| other.has(name)) {
            tags.add(new);
        }
        tags
    }

    /// Both sides together. Without a base nobody can have taken anything away.
    #[must_use]
    pub fn merge(base: Option<&Self>, mine: &Self, theirs: &Self) -> Self {
        match base {
            Some(base) => theirs.with_change(base, mine),
            None => theirs.with_change(&Self::default(), mine),
        }
    }
}

fn same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(names: &str) -> Tags {
        Tags::of(names.split_whitespace())
    }

    #[test]
    fn what_two_agree_on_holds() {
        for (base, one, other, agreed) in [
            ("", "a", "a", "a"),
            ("", "a", "b", ""),
            ("a", "", "", ""),
            ("a b", "a", "b c", "a b"),
        ] {
            assert_eq!(
                tags(base).with_agreed(&tags(one), &tags(other)),
                tags(agreed),
                "{base} {one} {other}"
            );
        }
    }

    #[test]
    fn both_sides_keep_what_they_did() {
        for (base, mine, theirs, merged) in [
            (Some(""), "a", "b", "a b"),
            (Some("a b"), "a", "a b c", "a c"),
            (Some("a b"), "b", "a", ""),
            (Some("a"), "a", "", ""),
            (Some("a"), "A", "a b", "a b"),
            (None, "a", "b", "a b"),
            (None, "", "b", "b"),
        ] {
            let result = Tags::merge(base.map(tags).as_ref(), &tags(mine), &tags(theirs));
            assert!(result.same_as(&tags(merged)), "{base:?} {mine} {theirs}: {result:?}");
        }
    }

    #[test]
    fn a_list_is_the_same_in_any_case() {
        let mut hot = Tags::of(["Hot Leads", "hot leads", " ", "Spring"]);
        assert_eq!(hot.iter().collect::<Vec<_>>(), ["Hot Leads", "Spring"]);
        assert!(hot.has("HOT LEADS") && !hot.add("hot Leads") && hot.remove("hot leads"));
        assert!(!hot.remove("hot leads"));
    }

    #[test]
    fn some_lists_can_be_left_out_of_a_comparison() {
        let hot = tags("hot");
        assert!(tags("spring").same_but_for(&tags("Spring HOT"), &hot));
        assert!(!tags("spring").same_but_for(&tags("autumn hot"), &hot));
    }

    #[test]
    fn names_are_tidied_or_refused() {
        assert_eq!(name("  Hot\u{a0} Leads ").as_deref(), Ok("Hot Leads"));
        for typed in [" ", "a, b", &"x".repeat(51)] {
            assert!(name(typed).unwrap_err().ends_with('.'), "{typed:?}");
        }
    }
}
