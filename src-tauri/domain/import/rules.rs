//! What a person may set for imports: below which quality a record waits for a person, and whose word counts more.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{FieldKey, Source, fields::Precedence};

/// The rules of imports. The default is the built-in one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct ImportRules {
    /// A record of lower quality waits for a person.
    pub review_below: u8,
    pub order: ProviderOrder,
}

impl Default for ImportRules {
    fn default() -> Self {
        Self {
            review_below: 50,
            order: ProviderOrder::default(),
        }
    }
}

/// Providers in the order in which they are believed, for each group of fields. Who is not named comes after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct ProviderOrder {
    pub contact_info: Vec<String>,
    pub company_info: Vec<String>,
    pub email_verification: Vec<String>,
    pub phone_numbers: Vec<String>,
    pub social_media: Vec<String>,
    pub technographics: Vec<String>,
}

impl Default for ProviderOrder {
    fn default() -> Self {
        let order = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            contact_info: order(&["ZoomInfo", "Apollo.io", "Hunter.io"]),
            company_info: order(&["ZoomInfo", "Apollo.io", "Hunter.io"]),
            email_verification: order(&["Hunter.io", "ZoomInfo", "Apollo.io"]),
            phone_numbers: order(&["ZoomInfo", "Apollo.io"]),
            social_media: order(&["Apollo.io", "ZoomInfo"]),
            technographics: order(&["Apollo.io", "ZoomInfo"]),
        }
    }
}

/// How an incoming source stands against the one whose value is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Another provider that is believed more, or as much and came later.
    Above,
    /// Another provider that is believed less.
    Below,
    /// The same provider, or one of the two is none: the order says nothing.
    Unordered,
}

impl ProviderOrder {
    /// How the incoming source stands against the present one for this field.
    #[must_use]
    pub fn standing(&self, field: FieldKey, incoming: &Source, present: &Source) -> Standing {
        let (Source::Provider { name: new }, Source::Provider { name: old }) = (incoming, present) else {
            return Standing::Unordered;
        };
        let names = match field.field().precedence {
            Precedence::ContactInfo => &self.contact_info,
            Precedence::CompanyInfo => &self.company_info,
            Precedence::EmailVerification => &self.email_verification,
            Precedence::PhoneNumbers => &self.phone_numbers,
            Precedence::SocialMedia => &self.social_media,
            Precedence::Technographics => &self.technographics,
            Precedence::None => return Standing::Unordered,
        };
        if new.eq_ignore_ascii_case(old) {
            return Standing::Unordered;
        }
        let rank = |wanted: &str| {
            names
                .iter()
                .position(|name| name.eq_ignore_ascii_case(wanted))
                .unwrap_or(usize::MAX)
        };
        // Providers that nobody ordered are equal, and then the newer one counts.
        if rank(new) <= rank(old) {
            Standing::Above
        } else {
            Standing::Below
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::keys;

    fn provider(name: &str) -> Source {
        Source::Provider { name: name.to_owned() }
    }

    #[test]
    fn each_group_of_fields_has_its_order() {
        let order = ProviderOrder::default();
        let check = |field, new: &str, old: &str, expected| {
            assert_eq!(
                order.standing(field, &provider(new), &provider(old)),
                expected,
                "{field}: {new}, {old}"
            );
        };
        check(keys::JOB_TITLE, "ZoomInfo", "Apollo.io", Standing::Above);
        check(keys::JOB_TITLE, "Hunter.io", "Apollo.io", Standing::Below);
        check(keys::EMAIL, "Hunter.io", "ZoomInfo", Standing::Above);
        check(keys::PHONE, "Lusha", "Apollo.io", Standing::Below);
        check(keys::LINKEDIN_URL, "ZoomInfo", "Apollo.io", Standing::Below);
        check(keys::TECHNOLOGY_STACK, "ZoomInfo", "UpLead", Standing::Above);
        // Nobody ordered these two: the newer one.
        check(keys::INDUSTRY, "Lusha", "UpLead", Standing::Above);
        check(keys::INDUSTRY, "UpLead", "Lusha", Standing::Above);
        check(keys::INDUSTRY, "ZoomInfo", "zoominfo", Standing::Unordered);
        check(keys::LEAD_SOURCE, "ZoomInfo", "Apollo.io", Standing::Unordered);
        assert_eq!(
            order.standing(keys::INDUSTRY, &provider("ZoomInfo"), &Source::Person),
            Standing::Unordered
        );
    }

    #[test]
    fn rules_that_were_kept_before_a_part_existed_still_read() {
        let rules: ImportRules = serde_json::from_str(r#"{"review_below": 40}"#).unwrap();
        assert_eq!(rules.review_below, 40);
        assert_eq!(rules.order, ProviderOrder::default());
    }
}
