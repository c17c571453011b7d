//! The tables that come with Leadline: what providers call a level, a department, a size.
//!
//! They are data beside the presets (`presets/tables.json`). A table of brackets finds the number in a text, a table of
//! words the first of its rows of which a word, or several in a row, stand in it.

use std::{collections::HashMap, sync::LazyLock};

use domain::import::{Bracket, bracket_of};
use serde::Deserialize;

/// One table.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Table {
    Words(Vec<Words>),
    Brackets(Vec<Bracket>),
}

/// A value, and what means it.
#[derive(Debug, Deserialize)]
pub(super) struct Words {
    value: String,
    /// In small letters, separated by `|`; several words must follow each other.
    any: String,
}

static TABLES: LazyLock<HashMap<String, Table>> = LazyLock::new(|| {
    // A test reads the file, so it can be read here.
    serde_json::from_str(include_str!("../presets/tables.json")).unwrap_or_default()
});

/// The table of that name.
pub(super) fn find(name: &str) -> Option<&'static Table> {
    TABLES.get(name)
}

impl Table {
    /// The value of the first row that has a word of the text.
    pub(super) fn value(&self, text: &str) -> Option<&str> {
        let Self::Words(rows) = self else { return None };
        let plain = spaced(text);
        rows.iter()
            .find(|row| row.any.split('|').any(|words| has(&plain, words)))
            .map(|row| row.value.as_str())
    }

    /// The items of a list with commas that have a value.
    pub(super) fn items(&self, text: &str) -> String {
        let items = text.split([',', ';', '|']).map(str::trim);
        items
            .filter(|item| self.value(item).is_some())
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// The bracket of the number in the text.
    pub(super) fn bracket(&self, text: &str, times: f64) -> Option<&str> {
        let Self::Brackets(brackets) = self else { return None };
        bracket_of(text, times, brackets)
    }
}

/// Whole words only: `cto` is not in `director`.
fn has(spaced: &str, words: &str) -> bool {
    let mut rest = spaced;
    while let Some(at) = rest.find(words) {
        let after = at + words.len();
        let begins = rest.get(..at).is_some_and(|before| before.ends_with(' '));
        if begins && rest.get(after..).is_some_and(|behind| behind.starts_with(' ')) {
            return true;
        }
        rest = rest.get(at + 1..).unwrap_or_default();
    }
    false
}

/// Small letters and digits, one space around every word.
fn spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() + 2);
    spaced.push(' ');
    for c in text.chars() {
        if c.is_alphanumeric() {
            spaced.extend(c.to_lowercase());
        } else if !matches!(c, '.' | '\'' | '’') && !spaced.ends_with(' ') {
            spaced.push(' ');
        }
    }
    if !spaced.ends_with(' ') {
        spaced.push(' ');
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::fields::{EMPLOYEE_RANGES, MANAGEMENT_LEVELS, REVENUE_RANGES, keys};

    #[test]
    fn every_value_of_a_table_is_one_of_its_field() {
        let tables: HashMap<String, Table> = serde_json::from_str(include_str!("../presets/tables.json")).unwrap();
        for (name, table) in &tables {
            let options = match name.as_str() {
                "management_level" | "seniority" => MANAGEMENT_LEVELS,
                "department" | "department_of_title" => keys::DEPARTMENT.field().options(),
                "employees" => EMPLOYEE_RANGES,
                "revenue" | "revenue_by_employees" => REVENUE_RANGES,
                _ => continue,
            };
            let values: Vec<&str> = match table {
                Table::Words(rows) => rows.iter().map(|row| row.value.as_str()).collect(),
                Table::Brackets(rows) => rows.iter().map(|row| row.value.as_str()).collect(),
            };
            for value in values {
                assert!(options.contains(&value), "{name}: {value}");
            }
        }
        assert!(tables.len() >= 7);
    }

    #[test]
    fn a_level_is_read_from_a_title() {
        for (title, level) in [
            ("Chief Executive Officer", Some("C-Suite")),
            ("CTO & Co-Founder", Some("C-Suite")),
            ("Director of IT", Some("Director")),
            ("Managing Director", Some("C-Suite")),
            ("Sr. Vice President, Sales", Some("VP")),
            ("Head of Operations", Some("Director")),
            ("Project Manager", Some("Manager")),
            ("Software Engineer", Some("Individual Contributor")),
            ("Executive Assistant to the CEO", Some("Individual Contributor")),
            ("Ninja", None),
        ] {
            assert_eq!(find("management_level").unwrap().value(title), level, "{title}");
        }
    }

    #[test]
    fn a_department_is_read_from_a_title() {
        for (title, department) in [
            ("IT Director", Some("IT")),
            ("VP Sales & Marketing", Some("Sales")),
            ("CFO", Some("Finance")),
            ("Head of People", Some("HR")),
            ("General Counsel", Some("Legal")),
            ("Software Engineer", Some("Engineering")),
            ("Owner", None),
        ] {
            assert_eq!(find("department_of_title").unwrap().value(title), department, "{title}");
        }
    }
}
