//! How far two values agree: the one scale that every comparison speaks.

/// Graded agreement of one aspect of two records. What each grade means for an aspect stands with its comparison.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Agreement {
    /// At least one side does not say.
    #[default]
    Unknown,
    Different,
    /// Something in common, not enough to speak of the same.
    Loose,
    /// The same, but for the way it is written.
    Close,
    Same,
}

impl Agreement {
    /// [`Agreement::Same`] or [`Agreement::Close`].
    #[must_use]
    pub fn agrees(self) -> bool {
        self >= Self::Close
    }
}
