//! The cells of a row.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The cells of a row: one text, and where in it each of them ends. A row of thirty cells takes two pieces of memory and
/// not thirty-one, which is a good part of what reading a list costs. It is kept and sent as a list of texts.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Cells {
    text: String,
    ends: Vec<usize>,
}

impl Cells {
    /// No cells yet, with room for so many of so many bytes in all.
    #[must_use]
    pub fn with_room(cells: usize, bytes: usize) -> Self {
        Self {
            text: String::with_capacity(bytes),
            ends: Vec::with_capacity(cells),
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The cell at that place, from 0.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<&str> {
        let end = *self.ends.get(at)?;
        let begin = at.checked_sub(1).and_then(|before| self.ends.get(before));
        self.text.get(begin.copied().unwrap_or_default()..end)
    }

    /// Each of them in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &str> + ExactSizeIterator {
        (0..self.len()).map(|at| self.get(at).unwrap_or_default())
    }

    /// One more.
    pub fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }

    /// As many as wanted: empty ones more, or some fewer.
    pub fn resize(&mut self, cells: usize) {
        self.ends.resize(cells, self.text.len());
        self.text.truncate(self.ends.last().copied().unwrap_or_default());
    }

    /// Each as a text of its own.
    #[must_use]
    pub fn to_vec(&self) -> Vec<String> {
        self.iter().map(str::to_owned).collect()
    }

    /// Whether nothing but spaces stands in them.
    #[must_use]
    pub fn are_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// How many there are up to the last one that says something.
    #[must_use]
    pub fn filled(&self) -> usize {
        self.iter()
            .rposition(|cell| !cell.trim().is_empty())
            .map_or(0, |at| at + 1)
    }
}

impl<T: AsRef<str>> FromIterator<T> for Cells {
    fn from_iter<I: IntoIterator<Item = T>>(cells: I) -> Self {
        let mut all = Self::default();
        for cell in cells {
            all.push(cell.as_ref());
        }
        all
    }
}

impl fmt::Debug for Cells {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Serialize for Cells {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Cells {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<String>::deserialize(deserializer)?.iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fewer_and_more() {
        let mut cells = Cells::from_iter(["Jane", "", "Doe"]);
        assert_eq!(cells.get(2), Some("Doe"));
        assert_eq!(cells.get(3), None);
        cells.resize(5);
        assert_eq!(cells.to_vec(), ["Jane", "", "Doe", "", ""]);
        assert_eq!(cells.filled(), 3);
        cells.resize(2);
        assert_eq!(cells, Cells::from_iter(["Jane", ""]));
        assert_eq!(cells.filled(), 1);
        cells.resize(0);
        assert_eq!(cells, Cells::default());
        assert!(cells.is_empty() && cells.are_blank());
    }

    proptest! {
        #[test]
        fn they_are_what_a_list_of_texts_is(
            texts in proptest::collection::vec("\\PC{0,6}| ", 0..8), width in 0..12_usize,
        ) {
            let mut cells = Cells::from_iter(&texts);
            prop_assert_eq!(cells.to_vec(), texts.clone());
            prop_assert_eq!(cells.len(), texts.len());
            prop_assert_eq!(cells.are_blank(), texts.iter().all(|text| text.trim().is_empty()));
            let json = serde_json::to_string(&texts).unwrap();
            prop_assert_eq!(&serde_json::to_string(&cells).unwrap(), &json);
            prop_assert_eq!(&serde_json::from_str::<Cells>(&json).unwrap(), &cells);
            cells.resize(width);
            let mut texts = texts;
            texts.resize(width, String::new());
            prop_assert_eq!(&cells, &Cells::from_iter(&texts));
        }
    }
}
