//! The mapping of a file, found: a saved one for the same headers, a provider's preset, the words of the headers, what the
//! cells look like.

use std::{collections::HashMap, sync::LazyLock};

use domain::{
    fields::{
        self,
        headers::{self, Column},
        keys,
    },
    text::letters_and_digits,
};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Mapping, Part, Rule, Step, Target, content, presets};
use crate::import::row::RawRow;

/// How a column's target was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Recognised {
    /// By a mapping that was saved for these headers.
    Saved,
    /// By the layout of a provider.
    Preset,
    /// By the words above it.
    Header,
    /// By what its cells look like.
    Content,
    /// By a person.
    Person,
    /// Not at all: it stays out.
    None,
}

/// What a column is taken for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ProposedColumn {
    /// Its name in the mapping: the header, with its number where several columns share one.
    pub name: String,
    pub target: Option<Target>,
    pub why: Recognised,
}

/// A mapping for a file, and where each of its columns comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    pub mapping: Mapping,
    /// One for each column, in order.
    pub columns: Vec<ProposedColumn>,
}

/// A mapping that was kept for files with these headers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Saved {
    pub signature: String,
    /// The columns of the file by which it was settled, as rules name them; those that no rule reads as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    pub mapping: Mapping,
}

impl Saved {
    /// For files with these headers.
    #[must_use]
    pub fn of(headers: &[String], mapping: Mapping) -> Self {
        Self {
            signature: signature(headers),
            columns: names(headers),
            mapping,
        }
    }
}

/// What is the same for files of the same layout, whatever the order of their columns.
#[must_use]
pub fn signature(headers: &[String]) -> String {
    let mut plain: Vec<String> = headers.iter().map(|header| letters_and_digits(header)).collect();
    plain.sort_unstable();
    plain.join(" ")
}

/// Finds the mapping for a file with these headers. `sample` are some of its rows, `provider` whose file it is where that
/// is known, `country` how its phone numbers are read.
#[must_use]
pub fn propose(
    headers: &[String],
    sample: &[RawRow],
    saved: &[Saved],
    provider: Option<&str>,
    country: &str,
) -> Proposal {
    let wanted = signature(headers);
    let of_provider = |mapping: &Mapping| provider.is_none() || mapping.provider.as_deref() == provider;
    if let Some(saved) = saved
        .iter()
        .find(|saved| saved.signature == wanted && of_provider(&saved.mapping))
    {
        return proposal(headers, saved.mapping.clone(), |_| Recognised::Saved);
    }
    let (mut mapping, by_preset) = match presets::recognise(headers, provider) {
        Some(preset) => (kept(&preset.mapping, headers), true),
        None => {
            let mut mapping =
                Mapping::empty(provider.map_or_else(|| "By headers".to_owned(), |name| format!("{name} by headers")));
            mapping.provider = provider.map(str::to_owned);
            (mapping, false)
        }
    };
    let names = names(headers);
    let of_preset: Vec<bool> = names
        .iter()
        .zip(headers)
        .map(|(name, header)| reads(&mapping, name, header))
        .collect();
    let by_header = add_by_header(&mut mapping, headers, &names, &of_preset, by_preset);
    let by_content = add_by_content(&mut mapping, headers, &names, sample, country);
    if !by_preset {
        derive(&mut mapping);
        split_ranges(&mut mapping, &names, sample);
    }
    proposal(headers, mapping, |at| {
        if of_preset.get(at).copied().unwrap_or_default() {
            Recognised::Preset
        } else if by_header.contains(&at) {
            Recognised::Header
        } else if by_content.contains(&at) {
            Recognised::Content
        } else {
            Recognised::None
        }
    })
}

/// The names of the columns in a mapping: the header, and its number among equals where there are several.
pub(super) fn names(headers: &[String]) -> Vec<String> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    headers
        .iter()
        .map(|header| {
            let number = seen.entry(header).or_default();
            *number += 1;
            if *number == 1 {
                header.clone()
            } else {
                format!("{header} [{number}]")
            }
        })
        .collect()
}

fn proposal(headers: &[String], mapping: Mapping, why: impl Fn(usize) -> Recognised) -> Proposal {
    let columns = names(headers)
        .into_iter()
        .zip(headers)
        .enumerate()
        .map(|(at, (name, header))| {
            let target = mapping.target_of(&name).or_else(|| mapping.target_of(header));
            ProposedColumn {
                why: if target.is_some() { why(at) } else { Recognised::None },
                target,
                name,
            }
        })
        .collect();
    Proposal { mapping, columns }
}

fn reads(mapping: &Mapping, name: &str, header: &str) -> bool {
    mapping.target_of(name).or_else(|| mapping.target_of(header)).is_some()
}

/// A preset with the columns that this file has, in this file's spelling.
fn kept(preset: &Mapping, headers: &[String]) -> Mapping {
    let spelling: HashMap<String, &String> = headers
        .iter()
        .map(|header| (letters_and_digits(header), header))
        .collect();
    let mut mapping = preset.clone();
    for rule in &mut mapping.rules {
        for part in &mut rule.from {
            part.first = part
                .first
                .iter()
                .filter_map(|name| spelling.get(&letters_and_digits(name)).map(|header| (*header).clone()))
                .collect();
        }
        rule.from.retain(|part| !part.first.is_empty());
    }
    mapping
        .rules
        .retain(|rule| !rule.from.is_empty() || rule.constant.is_some());
    mapping
}

/// Rules for the columns that nobody reads yet, by their headers. Where a preset knows the file, a target that it has is
/// left alone.
fn add_by_header(
    mapping: &mut Mapping,
    headers: &[String],
    names: &[String],
    taken: &[bool],
    by_preset: bool,
) -> Vec<usize> {
    let known = headers::recognise(headers);
    let mut added = Vec::new();
    let had: Vec<Target> = mapping.rules.iter().map(|rule| rule.to).collect();
    let mut place: [Vec<usize>; 6] = Default::default();
    for (at, (header, column)) in headers.iter().zip(known).enumerate() {
        if taken.get(at).copied().unwrap_or_default() {
            continue;
        }
        let target = match column {
            Some(Column::Field(field)) => Some(Target::field(field)),
            Some(Column::HouseNumber) => push(&mut place, 0, at),
            Some(Column::Street) => push(&mut place, 1, at),
            Some(Column::City) => push(&mut place, 2, at),
            Some(Column::Region) => push(&mut place, 3, at),
            Some(Column::Postcode) => push(&mut place, 4, at),
            Some(Column::Country) => {
                push(&mut place, 5, at);
                Some(Target::COUNTRY)
            }
            Some(Column::RecordId | Column::MiddleName | Column::BirthDate | Column::Identifier) => None,
            None => by_own_name(header),
        };
        let Some(target) = target.filter(|target| !by_preset || !had.contains(target)) else {
            continue;
        };
        let Some(name) = names.get(at) else { continue };
        let steps = steps_for(target, header);
        match mapping
            .rules
            .iter_mut()
            .find(|rule| rule.to == target && rule.with.is_none() && rule.steps == steps)
        {
            Some(rule) => rule.from.push(Part::column(name)),
            None => mapping.rules.push(Rule {
                steps,
                ..Rule::of(target, [name])
            }),
        }
        added.push(at);
    }
    let location = Target::field(keys::LOCATION);
    if mapping.rules.iter().all(|rule| rule.to != location) && place.iter().skip(1).any(|columns| !columns.is_empty()) {
        let mut rule = Rule::of(location, [""; 0]);
        rule.with = Some(", ".to_owned());
        for columns in place.iter().filter(|columns| !columns.is_empty()) {
            // The company's address before the person's.
            let mut columns = columns.clone();
            columns.sort_by_key(|at| {
                !headers
                    .get(*at)
                    .is_some_and(|header| header.to_lowercase().contains("company"))
            });
            rule.from.push(Part {
                first: columns.iter().filter_map(|at| names.get(*at).cloned()).collect(),
                before: String::new(),
                after: String::new(),
            });
            added.extend(columns);
        }
        mapping.rules.push(rule);
    }
    added
}

fn push(place: &mut [Vec<usize>; 6], kind: usize, at: usize) -> Option<Target> {
    if let Some(columns) = place.get_mut(kind) {
        columns.push(at);
    }
    None
}

/// Headers that are a field's own name: its label, its key, its number.
fn by_own_name(header: &str) -> Option<Target> {
    static OWN: LazyLock<HashMap<String, Target>> = LazyLock::new(|| {
        let mut own = HashMap::new();
        for field in fields::all().filter(|field| !field.read_only) {
            let target = Target::field(field.key());
            own.insert(letters_and_digits(field.label), target);
            own.insert(letters_and_digits(field.key), target);
            if let Some(number) = field.number {
                own.insert(format!("cf{number}"), target);
                own.insert(format!("cf{number}{}", letters_and_digits(field.label)), target);
            }
        }
        for name in ["annualrevenue", "revenue", "companyrevenue", "companyannualrevenue"] {
            own.insert(name.to_owned(), Target::field(keys::REVENUE_RANGE));
        }
        for name in ["keywords", "companydescription", "description"] {
            own.insert(name.to_owned(), Target::field(keys::SERVICES_OFFERED));
        }
        for name in [
            "haloid",
            "halopsaid",
            "haloticketid",
            "halopsaticketid",
            "halopsaticketnumber",
        ] {
            own.insert(name.to_owned(), Target::HALO_ID);
        }
        own
    });
    OWN.get(&letters_and_digits(header)).copied()
}

/// What the text of a column needs so that it becomes one of the field's choices.
fn steps_for(target: Target, header: &str) -> Vec<Step> {
    let bracket = |table: &str| {
        vec![Step::Bracket {
            table: table.to_owned(),
            times: if header.contains("000s") { 1000.0 } else { 1.0 },
        }]
    };
    match target.as_field() {
        Some(field) if field == keys::REVENUE_RANGE => bracket("revenue"),
        Some(field) if field == keys::EMPLOYEE_RANGE => bracket("employees"),
        Some(field) if field == keys::MANAGEMENT_LEVEL => vec![Step::Table("seniority".to_owned())],
        Some(field) if field == keys::DEPARTMENT => vec![Step::Table("department".to_owned())],
        _ => Vec::new(),
    }
}

/// Rules for the columns that even their headers do not explain.
fn add_by_content(
    mapping: &mut Mapping,
    headers: &[String],
    names: &[String],
    sample: &[RawRow],
    country: &str,
) -> Vec<usize> {
    let known = headers::recognise(headers);
    let mut added = Vec::new();
    for (at, (header, name)) in headers.iter().zip(names).enumerate() {
        if reads(mapping, name, header) || known.get(at).is_some_and(Option::is_some) {
            continue;
        }
        let has_header = *header != format!("Column {}", at + 1);
        let cells = sample.iter().filter_map(|row| row.cells.get(at));
        let Some(field) = content::recognise(cells, country, has_header) else {
            continue;
        };
        let target = Target::field(field);
        if mapping.rules.iter().any(|rule| rule.to == target) {
            continue;
        }
        mapping.rules.push(Rule::of(target, [name]));
        added.push(at);
    }
    added
}

/// What follows from other columns: a level from a title, a size from a headcount. The rules are data
/// (`presets/derived.json`), written as if the fields were columns.
fn derive(mapping: &mut Mapping) {
    static DERIVED: LazyLock<Vec<Rule>> =
        LazyLock::new(|| serde_json::from_str(include_str!("../presets/derived.json")).unwrap_or_default());
    for derived in DERIVED.iter() {
        let of: Option<Target> = derived
            .from
            .first()
            .and_then(|part| part.first.first())
            .and_then(|key| Target::find(key));
        let source = mapping
            .rules
            .iter()
            .find(|rule| Some(rule.to) == of && rule.with.is_none());
        if let Some(source) = source {
            let rule = Rule {
                from: source.from.clone(),
                ..derived.clone()
            };
            mapping.rules.push(rule);
        }
    }
}

/// A headcount written as a range (`51-200`) is no number, so such a column only gives the bracket.
fn split_ranges(mapping: &mut Mapping, names: &[String], sample: &[RawRow]) {
    let target = Target::field(keys::HEADCOUNT);
    let is_range = |name: &String| {
        let Some(at) = names.iter().position(|known| known == name) else {
            return false;
        };
        let cells: Vec<&str> = sample
            .iter()
            .filter_map(|row| row.cells.get(at))
            .map(str::trim)
            .filter(|cell| !cell.is_empty())
            .collect();
        let ranges = cells
            .iter()
            .filter(|cell| {
                !cell
                    .trim_matches(|c: char| c.is_ascii_digit() || ",. ".contains(c))
                    .is_empty()
            })
            .count();
        2 * ranges > cells.len()
    };
    for rule in mapping
        .rules
        .iter_mut()
        .filter(|rule| rule.to == target && rule.is_plain())
    {
        rule.from.retain(|part| !part.first.iter().any(is_range));
    }
    mapping
        .rules
        .retain(|rule| !rule.from.is_empty() || rule.constant.is_some());
}
