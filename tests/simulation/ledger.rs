//! What was promised: every change that was told to be saved, and what both sides may therefore hold in the end.
//!
//! For each property the ledger keeps the last word of each side. A word that was spoken over the other side's word, seen
//! on the screen, replaces it; two words that did not know of each other both stand until the merge has chosen, and which
//! of them it chooses is for its own tests. What it must never do is bring back a word that was replaced, or lose the only
//! one that stands.

use std::collections::{BTreeMap, BTreeSet};

use domain::ActivityId;

use crate::property::Property;

/// The last words about one property.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    here: Option<String>,
    there: Option<String>,
}

impl Claim {
    /// Where both begin: HaloPSA has it so.
    pub fn beginning(there: String) -> Self {
        Self {
            here: None,
            there: Some(there),
        }
    }

    /// Somebody at this computer, who saw `shown`, wrote `value`.
    pub fn written_here(&mut self, shown: &str, value: String) {
        if self.there.as_deref() == Some(shown) && self.here.as_deref() != Some(shown) {
            self.there = None;
        }
        self.here = Some(value);
    }

    /// Somebody in HaloPSA, who saw `shown`, wrote `value`.
    pub fn written_there(&mut self, shown: &str, value: String) {
        if self.here.as_deref() == Some(shown) && self.there.as_deref() != Some(shown) {
            self.here = None;
        }
        self.there = Some(value);
    }

    /// Somebody in HaloPSA wrote the value that this computer saw there last, while a change of its own was on its way.
    /// Where that change had arrived, HaloPSA shows the same as where it had not: nothing tells a change that was taken
    /// back from one that was lost, and the engine sends it again. So both words stand.
    pub fn taken_back_there(&mut self, value: String) {
        self.there = Some(value);
    }

    /// Somebody at this computer was shown both sides and chose `value`; HaloPSA's side may have been `replaced` since.
    pub fn chosen(&mut self, value: String, replaced: bool) {
        self.here = Some(value);
        if !replaced {
            self.there = None;
        }
    }

    /// Both sides were seen to hold it.
    pub fn settled(&mut self, value: &str) {
        if self.allows(value) {
            for word in [&mut self.here, &mut self.there] {
                if word.as_deref() != Some(value) {
                    *word = None;
                }
            }
        }
    }

    /// Whether both sides may hold that in the end.
    pub fn allows(&self, value: &str) -> bool {
        self.here.as_deref() == Some(value) || self.there.as_deref() == Some(value)
    }
}

/// What was promised about one ticket, which is told by its e-mail address: that is never changed.
#[derive(Clone, Debug, Default)]
pub struct Promise {
    pub claims: BTreeMap<Property, Claim>,
    /// The words of the notes and calls that were written here, and whether they stand.
    pub notes: BTreeMap<ActivityId, (String, bool)>,
    /// The same of what was planned here.
    pub tasks: BTreeMap<ActivityId, (String, bool)>,
    /// Somebody here, and a colleague, changed its lists. HaloPSA takes all tags together, so of two who do so at the same
    /// moment one is not heard, and nothing can be promised.
    pub lists_here: bool,
    pub lists_there: bool,
    /// Somebody turned Do Not Contact on and nobody at this computer has turned it off since.
    pub do_not_contact: bool,
    /// It was created here, and that was undone.
    pub removed: bool,
    /// Every stage that a person here has put it in.
    pub stages: BTreeSet<String>,
}

/// All promises, by e-mail address.
pub type Ledger = BTreeMap<String, Promise>;
