//! The mappings that come with Leadline, one document for each layout of a provider's files.
//!
//! A preset is known by its signature: headers that this layout has and others do not. To add one, put its document into
//! the folder `presets` and its name into the list here. What a provider calls its columns is written down from real
//! exports and the providers' own documentation; of two providers neither was to be had, so their files are mapped by
//! their headers alone and only the source is known.

use std::{collections::HashSet, sync::LazyLock};

use domain::{fields::LEAD_SOURCES, text::letters_and_digits};
use serde::Deserialize;

use super::Mapping;

/// A mapping, and how its files are known.
#[derive(Debug, Deserialize)]
pub struct Preset {
    signature: Vec<String>,
    /// How many headers of the signature a file must have.
    at_least: usize,
    pub mapping: Mapping,
}

/// Every document in the folder, by its name.
const DOCUMENTS: [(&str, &str); 12] = [
    ("apollo_contacts", include_str!("../presets/apollo_contacts.json")),
    ("apollo_records", include_str!("../presets/apollo_records.json")),
    ("zoominfo_contacts", include_str!("../presets/zoominfo_contacts.json")),
    ("zoominfo_records", include_str!("../presets/zoominfo_records.json")),
    ("hunter_leads", include_str!("../presets/hunter_leads.json")),
    (
        "hunter_domain_search",
        include_str!("../presets/hunter_domain_search.json"),
    ),
    ("lusha_contacts", include_str!("../presets/lusha_contacts.json")),
    ("lusha_records", include_str!("../presets/lusha_records.json")),
    ("seamless_contacts", include_str!("../presets/seamless_contacts.json")),
    (
        "rocketreach_contacts",
        include_str!("../presets/rocketreach_contacts.json"),
    ),
    (
        "rocketreach_records",
        include_str!("../presets/rocketreach_records.json"),
    ),
    ("uplead_contacts", include_str!("../presets/uplead_contacts.json")),
];

static PRESETS: LazyLock<Vec<Preset>> = LazyLock::new(|| {
    // A test reads every document, so each can be read here.
    DOCUMENTS
        .iter()
        .filter_map(|(_, document)| serde_json::from_str(document).ok())
        .collect()
});

/// All presets.
pub fn all() -> &'static [Preset] {
    &PRESETS
}

/// The nine providers, in the words of the lead source.
pub fn providers() -> &'static [&'static str] {
    LEAD_SOURCES.get(..9).unwrap_or_default()
}

/// The provider meant by a short form such as `apollo` or `leadsblue`.
#[must_use]
pub fn provider(typed: &str) -> Option<&'static str> {
    let typed = letters_and_digits(typed);
    let is_meant = |name: &&&str| letters_and_digits(name).contains(&typed);
    providers().iter().find(is_meant).copied().filter(|_| typed.len() >= 4)
}

/// The preset that knows these headers, of that provider or of any.
pub(super) fn recognise(headers: &[String], provider: Option<&str>) -> Option<&'static Preset> {
    let present: HashSet<String> = headers.iter().map(|header| letters_and_digits(header)).collect();
    let share = |preset: &Preset| {
        let signature = &preset.signature;
        let hits = signature
            .iter()
            .filter(|header| present.contains(&letters_and_digits(header)))
            .count();
        let needed = if provider.is_some() { 1 } else { preset.at_least };
        (hits >= needed).then(|| hits * 1000 / signature.len().max(1))
    };
    all()
        .iter()
        .filter(|preset| provider.is_none() || preset.mapping.provider.as_deref() == provider)
        .filter_map(|preset| share(preset).map(|share| (share, preset)))
        .max_by_key(|(share, _)| *share)
        .map(|(_, preset)| preset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::mapping::Step;

    #[test]
    fn every_document_is_read_and_names_what_there_is() {
        for (name, document) in DOCUMENTS {
            let preset: Preset = serde_json::from_str(document).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(preset.at_least <= preset.signature.len(), "{name}");
            let provider = preset.mapping.provider.as_deref().unwrap_or_default();
            assert!(providers().contains(&provider), "{name}: {provider}");
            for rule in &preset.mapping.rules {
                assert!(
                    !rule.from.is_empty() || rule.constant.is_some(),
                    "{name}: {}",
                    rule.to.key()
                );
                assert!(
                    rule.steps.iter().all(|step| Step::unknown_table(step).is_none()),
                    "{name}"
                );
                assert!(
                    rule.to.as_field().is_none_or(|field| {
                        !field.field().read_only || ["first_name", "last_name"].contains(&field.as_str())
                    }),
                    "{name}: {}",
                    rule.to.key()
                );
            }
        }
    }

    #[test]
    fn every_document_is_in_the_list() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/import/presets");
        let mut found: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().replace(".json", ""))
            .filter(|name| !["tables", "derived"].contains(&name.as_str()))
            .collect();
        found.sort();
        let mut listed: Vec<&str> = DOCUMENTS.iter().map(|(name, _)| *name).collect();
        listed.sort_unstable();
        assert_eq!(found, listed);
    }

    #[test]
    fn providers_are_known_by_short_forms() {
        for (typed, name) in [
            ("apollo", Some("Apollo.io")),
            ("ZoomInfo", Some("ZoomInfo")),
            ("hunter.io", Some("Hunter.io")),
            ("leadsblue", Some("BookYourData/LeadsBlue")),
            ("bookyourdata", Some("BookYourData/LeadsBlue")),
            ("lead411", Some("Lead411")),
            ("nobody", None),
            ("", None),
        ] {
            assert_eq!(provider(typed), name, "{typed}");
        }
    }
}
