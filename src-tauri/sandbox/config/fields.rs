//! The custom fields of the tenant.

use std::borrow::Cow;

/// A custom field.
#[derive(Clone, Debug)]
pub struct CustomField {
    pub id: i64,
    /// `CF` and what the administrator typed; also its SQL column.
    pub name: Cow<'static, str>,
    pub label: Cow<'static, str>,
    /// 0 text, 1 memo, 2 single select, 3 multi select, 4 date, 6 checkbox.
    pub kind: i64,
    /// 1 ticket, 2 client, 3 site, 4 user.
    pub usage: i64,
    /// 0 anything, 1 whole number, 2 money.
    pub input: i64,
    pub options: Options,
}

/// The options of a select; an option's id is its place, from 1.
#[derive(Clone, Debug)]
pub enum Options {
    Built(&'static [&'static str]),
    Asked(Vec<String>),
}

impl Options {
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let (built, asked): (&[&str], &[String]) = match self {
            Self::Built(options) => (options, &[]),
            Self::Asked(options) => (&[], options),
        };
        built.iter().copied().chain(asked.iter().map(String::as_str))
    }
}

pub const TEXT: i64 = 0;
pub const MEMO: i64 = 1;
pub const SELECT: i64 = 2;
pub const MULTI: i64 = 3;
pub const DATE: i64 = 4;
pub const CHECK: i64 = 6;

const fn field(id: i64, name: &'static str, label: &'static str, kind: i64) -> CustomField {
    CustomField {
        id,
        name: Cow::Borrowed(name),
        label: Cow::Borrowed(label),
        kind,
        usage: 1,
        input: 0,
        options: Options::Built(&[]),
    }
}

const fn select(
    id: i64,
    name: &'static str,
    label: &'static str,
    kind: i64,
    options: &'static [&'static str],
) -> CustomField {
    CustomField {
        id,
        name: Cow::Borrowed(name),
        label: Cow::Borrowed(label),
        kind,
        usage: 1,
        input: 0,
        options: Options::Built(options),
    }
}

const fn number(id: i64, name: &'static str, label: &'static str, input: i64) -> CustomField {
    CustomField {
        id,
        name: Cow::Borrowed(name),
        label: Cow::Borrowed(label),
        kind: TEXT,
        usage: 1,
        input,
        options: Options::Built(&[]),
    }
}

/// A field of something else than tickets.
const fn of(usage: i64, mut field: CustomField) -> CustomField {
    field.usage = usage;
    field
}

impl CustomField {
    /// The pick list that holds its options.
    pub fn lookup(&self) -> i64 {
        if self.options.iter().next().is_none() {
            0
        } else {
            1000 + self.id
        }
    }

    /// The text of an option.
    pub fn option(&self, id: i64) -> Option<&str> {
        let index = usize::try_from(id.checked_sub(1)?).ok()?;
        self.options.iter().nth(index)
    }

    /// The id of an option.
    pub fn option_id(&self, text: &str) -> Option<i64> {
        let index = self
            .options
            .iter()
            .position(|option| option.eq_ignore_ascii_case(text))?;
        i64::try_from(index).ok().map(|index| index + 1)
    }
}

/// Where leads come from, most common first.
pub static LEAD_SOURCES: &[&str] = &[
    "Website",
    "Referral",
    "Apollo.io",
    "ZoomInfo",
    "Hunter.io",
    "Lusha",
    "Seamless.ai",
    "Lead411",
    "RocketReach",
    "BookYourData/LeadsBlue",
    "UpLead",
    "Event",
    "Cold call",
    "Other",
];

/// The custom fields of the tenant, as an administrator made them: ids have gaps, as they do.
pub static FIELDS: &[CustomField] = &[
    select(226, "CFleadSource", "Lead source", SELECT, LEAD_SOURCES),
    field(227, "CFservicesOffered", "Services offered", MEMO),
    field(228, "CFgrowthSignals", "Growth signals", MEMO),
    field(229, "CFprojectPipelines", "Project pipelines", MEMO),
    field(230, "CFdoNotContact", "Do not contact", CHECK),
    field(231, "CFtechnologyStack", "Technology stack", MEMO),
    select(
        232,
        "CFrevenueRange",
        "Revenue range",
        SELECT,
        &["<$1M", "$1M-5M", "$5M-25M", "$25M-100M", "$100M-500M", "$500M+"],
    ),
    select(
        233,
        "CFemployeeRange",
        "Employee range",
        SELECT,
        &["1-9", "10-50", "51-200", "201-1000", "1001-5000", "5000+"],
    ),
    select(
        234,
        "CFmanagementLevel",
        "Management level",
        SELECT,
        &["C-Suite", "VP", "Director", "Manager", "Individual Contributor"],
    ),
    select(
        235,
        "CFdepartment",
        "Department",
        SELECT,
        &[
            "IT",
            "Finance",
            "Operations",
            "Sales",
            "Marketing",
            "HR",
            "Legal",
            "Engineering",
            "Other",
        ],
    ),
    field(236, "CFintentSignals", "Intent signals", MEMO),
    number(237, "CFfoundedYear", "Founded year", 1),
    field(238, "CFlocation", "Location", TEXT),
    field(241, "CFpainPoints", "Pain points", MEMO),
    field(242, "CFqualifiedServices", "Qualified services", MEMO),
    field(243, "CFdecisionMaker", "Decision maker", TEXT),
    field(244, "CFbudgetRange", "Budget range", TEXT),
    field(245, "CFtimeframe", "Timeframe", TEXT),
    number(246, "CFfitScore", "Fit score", 1),
    field(247, "CFqualificationNotes", "Qualification notes", MEMO),
    field(251, "CFproductsServices", "Products/services", MEMO),
    field(252, "CFquotesProposals", "Quotes/proposals", MEMO),
    number(253, "CFfinalValue", "Final value", 2),
    field(260, "CFmobilePhone", "Mobile phone", TEXT),
    field(261, "CFcompanyPhone", "Company phone", TEXT),
    field(262, "CFlinkedinUrl", "LinkedIn URL", TEXT),
    field(263, "CFwebsite", "Website", TEXT),
    field(264, "CFindustry", "Industry", TEXT),
    number(265, "CFheadcount", "Headcount", 1),
    field(266, "CFpublicResearch", "Public research", MEMO),
    field(267, "CFnewsArticles", "News & articles", MEMO),
    field(268, "CFinitialNotes", "Initial notes", MEMO),
    select(
        269,
        "CFdoNotContactReason",
        "Do not contact reason",
        SELECT,
        &["Opt-out", "Legal", "Other"],
    ),
    select(
        270,
        "CFinvalidFields",
        "Invalid fields",
        MULTI,
        &[
            "Person name",
            "Job title",
            "E-mail",
            "Phone",
            "Mobile phone",
            "Company phone",
            "LinkedIn URL",
            "Company name",
            "Website",
            "Industry",
            "Headcount",
            "Location",
        ],
    ),
    select(
        281,
        "CFlawfulBasis",
        "Lawful basis",
        SELECT,
        &[
            "Consent",
            "Contract",
            "Legal obligation",
            "Vital interests",
            "Public task",
            "Legitimate interests",
        ],
    ),
    field(282, "CFoptInDate", "Opt-in date", DATE),
    field(283, "CFoptOutDate", "Opt-out date", DATE),
    field(284, "CFgdprConsent", "GDPR consent", CHECK),
    field(285, "CFgdprConsentAt", "GDPR consent date", DATE),
    field(286, "CFgdprConsentSource", "GDPR consent source", TEXT),
    select(
        287,
        "CFdndStatus",
        "DND status",
        SELECT,
        &["Not checked", "Not listed", "Listed"],
    ),
    select(
        291,
        "CFcaptureForm",
        "Capture form",
        SELECT,
        &["Quote request", "Partnership", "Contact", "Newsletter", "Other"],
    ),
    field(292, "CFutmSource", "UTM source", TEXT),
    field(293, "CFutmMedium", "UTM medium", TEXT),
    field(294, "CFutmCampaign", "UTM campaign", TEXT),
    field(295, "CFutmTerm", "UTM term", TEXT),
    field(296, "CFutmContent", "UTM content", TEXT),
    field(297, "CFreferral", "Referral", TEXT),
    field(299, "CFleadlineKey", "Leadline key", TEXT),
    of(
        2,
        select(
            310,
            "CFaccountTier",
            "Account tier",
            SELECT,
            &["Bronze", "Silver", "Gold"],
        ),
    ),
    of(4, field(311, "CFlinkedinProfile", "LinkedIn profile", TEXT)),
];
