//! The entries. This file is data: it is long because the catalogue is, and every field stands in it exactly once.
//!
//! To add a field: a key in `keys.rs`, an entry here in the same place, nothing else.

use super::{Field, FieldGroup, FieldKind, HaloHome, ImportPolicy, PiiClass, Precedence, SyncPolicy, keys};
use crate::Lifecycle;

/// Names that a lead's source usually has: the nine data providers, then the ways that need none.
pub const LEAD_SOURCES: &[&str] = &[
    "Apollo.io",
    "ZoomInfo",
    "Hunter.io",
    "Lusha",
    "Seamless.ai",
    "Lead411",
    "RocketReach",
    "BookYourData/LeadsBlue",
    "UpLead",
    "Website",
    "Referral",
    "Event",
    "Cold call",
    "Other",
];

/// The industries by which leads are grouped; others may be typed.
const INDUSTRIES: &[&str] = &[
    "Healthcare",
    "Legal",
    "Financial services",
    "Manufacturing",
    "Retail",
    "Construction",
    "Education",
    "Professional services",
    "Technology",
    "Non-profit",
    "Other",
];

/// The annual revenue brackets (CF_107).
pub const REVENUE_RANGES: &[&str] = &["<$1M", "$1M-5M", "$5M-25M", "$25M-100M", "$100M-500M", "$500M+"];

/// The company size brackets (CF_108).
pub const EMPLOYEE_RANGES: &[&str] = &["1-9", "10-50", "51-200", "201-1000", "1001-5000", "5000+"];

/// The seniority levels (CF_109).
pub const MANAGEMENT_LEVELS: &[&str] = &["C-Suite", "VP", "Director", "Manager", "Individual Contributor"];

const DEPARTMENTS: &[&str] = &[
    "IT",
    "Finance",
    "Operations",
    "Sales",
    "Marketing",
    "HR",
    "Legal",
    "Engineering",
    "Other",
];

/// Why somebody is not to be contacted.
pub const DNC_REASONS: &[&str] = &["Opt-out", "Legal", "Other"];

/// What becomes of an open deal when its contact opts out.
pub const KEEP_DEAL_OPEN: &str = "Keep the deal open";
/// See [`KEEP_DEAL_OPEN`].
pub const CLOSE_DEAL: &str = "Close it";

/// The forms through which a lead can come in, warmest first.
pub const CAPTURE_FORMS: &[&str] = &["Quote request", "Partnership", "Contact", "Newsletter", "Other"];

/// Labels of the fields that can be reported as wrong.
const CORRECTABLE: &[&str] = &[
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
];

/// What most entries share; each says only where it differs.
pub(super) const BLANK: Field = Field {
    key: "",
    label: "",
    kind: FieldKind::Text,
    lifecycle: Lifecycle::Lead,
    group: FieldGroup::Contact,
    halo: HaloHome::Local,
    number: None,
    precedence: Precedence::None,
    import: ImportPolicy::IfEmpty,
    sync: SyncPolicy::HaloWins,
    pii: PiiClass::None,
    help: "",
    read_only: false,
    suggestions: &[],
};

const CONTACT: Field = Field {
    group: FieldGroup::Contact,
    precedence: Precedence::ContactInfo,
    pii: PiiClass::Personal,
    ..BLANK
};

const COMPANY: Field = Field {
    group: FieldGroup::Company,
    precedence: Precedence::CompanyInfo,
    ..BLANK
};

const RESEARCH: Field = Field {
    group: FieldGroup::Research,
    kind: FieldKind::LongText,
    precedence: Precedence::CompanyInfo,
    ..BLANK
};

const QUALIFICATION: Field = Field {
    group: FieldGroup::Qualification,
    lifecycle: Lifecycle::Prospect,
    import: ImportPolicy::Protected,
    ..BLANK
};

const SALES: Field = Field {
    group: FieldGroup::Sales,
    lifecycle: Lifecycle::Opportunity,
    import: ImportPolicy::Protected,
    ..BLANK
};

const CONSENT: Field = Field {
    group: FieldGroup::Consent,
    import: ImportPolicy::Protected,
    pii: PiiClass::Personal,
    ..BLANK
};

const ATTRIBUTION: Field = Field {
    group: FieldGroup::Attribution,
    ..BLANK
};

/// Every field, in the order of screens.
pub static CATALOGUE: &[Field] = &[
    // Contact.
    Field {
        key: keys::PERSON_NAME.as_str(),
        label: "Person name",
        halo: HaloHome::Native("oppcontactname"),
        help: "The contact's full name, as they write it.",
        ..CONTACT
    },
    Field {
        key: keys::FIRST_NAME.as_str(),
        label: "First name",
        help: "Taken from the person name.",
        read_only: true,
        ..CONTACT
    },
    Field {
        key: keys::LAST_NAME.as_str(),
        label: "Last name",
        help: "Taken from the person name.",
        read_only: true,
        ..CONTACT
    },
    Field {
        key: keys::JOB_TITLE.as_str(),
        label: "Job title",
        halo: HaloHome::Native("oppjobtitle"),
        help: "The contact's position in the company.",
        ..CONTACT
    },
    Field {
        key: keys::EMAIL.as_str(),
        label: "E-mail",
        kind: FieldKind::Email,
        halo: HaloHome::Native("oppemailaddress"),
        precedence: Precedence::EmailVerification,
        pii: PiiClass::ContactDetail,
        help: "The contact's own address; a shared mailbox such as info@ belongs to the company.",
        ..CONTACT
    },
    Field {
        key: keys::PHONE.as_str(),
        label: "Phone",
        kind: FieldKind::Phone,
        halo: HaloHome::Native("opptel"),
        precedence: Precedence::PhoneNumbers,
        import: ImportPolicy::Enrichment,
        pii: PiiClass::ContactDetail,
        help: "The number to call first; with the country code when it is abroad.",
        ..CONTACT
    },
    Field {
        key: keys::MOBILE_PHONE.as_str(),
        label: "Mobile phone",
        kind: FieldKind::Phone,
        halo: HaloHome::Custom("mobilePhone"),
        precedence: Precedence::PhoneNumbers,
        import: ImportPolicy::Enrichment,
        pii: PiiClass::ContactDetail,
        help: "The contact's mobile number.",
        ..CONTACT
    },
    Field {
        key: keys::COMPANY_PHONE.as_str(),
        label: "Company phone",
        kind: FieldKind::Phone,
        halo: HaloHome::Custom("companyPhone"),
        precedence: Precedence::PhoneNumbers,
        import: ImportPolicy::Enrichment,
        help: "The company's switchboard.",
        pii: PiiClass::None,
        ..CONTACT
    },
    Field {
        key: keys::LINKEDIN_URL.as_str(),
        label: "LinkedIn URL",
        kind: FieldKind::Url,
        halo: HaloHome::Custom("linkedinUrl"),
        precedence: Precedence::SocialMedia,
        import: ImportPolicy::Enrichment,
        help: "The contact's LinkedIn page.",
        ..CONTACT
    },
    Field {
        key: keys::MANAGEMENT_LEVEL.as_str(),
        label: "Management level",
        kind: FieldKind::SingleSelect(MANAGEMENT_LEVELS),
        halo: HaloHome::Custom("managementLevel"),
        number: Some(109),
        import: ImportPolicy::Enrichment,
        help: "The contact's seniority.",
        ..CONTACT
    },
    Field {
        key: keys::DEPARTMENT.as_str(),
        label: "Department",
        kind: FieldKind::SingleSelect(DEPARTMENTS),
        halo: HaloHome::Custom("department"),
        number: Some(110),
        import: ImportPolicy::Enrichment,
        help: "The part of the company the contact works in.",
        ..CONTACT
    },
    Field {
        key: keys::DO_NOT_CONTACT.as_str(),
        label: "Do not contact",
        kind: FieldKind::Boolean,
        halo: HaloHome::Custom("doNotContact"),
        number: Some(105),
        precedence: Precedence::None,
        import: ImportPolicy::Protected,
        sync: SyncPolicy::OnWins,
        help: "Nobody may contact this person. Only a manager can take it back.",
        ..CONTACT
    },
    Field {
        key: keys::DNC_REASON.as_str(),
        label: "Do not contact reason",
        kind: FieldKind::SingleSelect(DNC_REASONS),
        halo: HaloHome::Custom("doNotContactReason"),
        precedence: Precedence::None,
        import: ImportPolicy::Protected,
        help: "Why this person is not to be contacted.",
        ..CONTACT
    },
    // Company.
    Field {
        key: keys::COMPANY_NAME.as_str(),
        label: "Company name",
        halo: HaloHome::Native("oppcompanyname"),
        help: "The organisation's name, with its legal form if it is known.",
        ..COMPANY
    },
    Field {
        key: keys::WEBSITE.as_str(),
        label: "Website",
        kind: FieldKind::Url,
        halo: HaloHome::Custom("website"),
        help: "The company's web address, such as acme.co.uk.",
        ..COMPANY
    },
    Field {
        key: keys::INDUSTRY.as_str(),
        label: "Industry",
        halo: HaloHome::Custom("industry"),
        help: "What the company does.",
        suggestions: INDUSTRIES,
        ..COMPANY
    },
    Field {
        key: keys::HEADCOUNT.as_str(),
        label: "Headcount",
        kind: FieldKind::Integer {
            min: 0,
            max: 10_000_000,
        },
        halo: HaloHome::Custom("headcount"),
        help: "How many people work there.",
        ..COMPANY
    },
    Field {
        key: keys::EMPLOYEE_RANGE.as_str(),
        label: "Employee range",
        kind: FieldKind::SingleSelect(EMPLOYEE_RANGES),
        halo: HaloHome::Custom("employeeRange"),
        number: Some(108),
        import: ImportPolicy::Enrichment,
        help: "The company's size, where the exact headcount is not known.",
        ..COMPANY
    },
    Field {
        key: keys::REVENUE_RANGE.as_str(),
        label: "Revenue range",
        kind: FieldKind::SingleSelect(REVENUE_RANGES),
        halo: HaloHome::Custom("revenueRange"),
        number: Some(107),
        import: ImportPolicy::Enrichment,
        help: "The company's revenue in a year.",
        ..COMPANY
    },
    Field {
        key: keys::LOCATION.as_str(),
        label: "Location",
        halo: HaloHome::Custom("location"),
        number: Some(113),
        import: ImportPolicy::Enrichment,
        help: "The town or address of the headquarters.",
        ..COMPANY
    },
    Field {
        key: keys::FOUNDED_YEAR.as_str(),
        label: "Founded year",
        kind: FieldKind::Year,
        halo: HaloHome::Custom("foundedYear"),
        number: Some(112),
        import: ImportPolicy::Enrichment,
        help: "The year in which the company was founded.",
        ..COMPANY
    },
    Field {
        key: keys::TECHNOLOGY_STACK.as_str(),
        label: "Technology stack",
        kind: FieldKind::LongText,
        halo: HaloHome::Custom("technologyStack"),
        number: Some(106),
        precedence: Precedence::Technographics,
        import: ImportPolicy::Enrichment,
        help: "Software and systems the company uses.",
        ..COMPANY
    },
    // Research.
    Field {
        key: keys::LEAD_SOURCE.as_str(),
        label: "Lead source",
        kind: FieldKind::Text,
        halo: HaloHome::Custom("leadSource"),
        number: Some(101),
        precedence: Precedence::None,
        help: "Where this lead came from.",
        suggestions: LEAD_SOURCES,
        ..RESEARCH
    },
    Field {
        key: keys::SERVICES_OFFERED.as_str(),
        label: "Services offered",
        halo: HaloHome::Custom("servicesOffered"),
        number: Some(102),
        import: ImportPolicy::IfLonger,
        help: "What the company sells.",
        ..RESEARCH
    },
    Field {
        key: keys::PUBLIC_RESEARCH.as_str(),
        label: "Public research",
        halo: HaloHome::Custom("publicResearch"),
        help: "What was found out about the company.",
        ..RESEARCH
    },
    Field {
        key: keys::NEWS_ARTICLES.as_str(),
        label: "News & articles",
        halo: HaloHome::Custom("newsArticles"),
        help: "Recent mentions in the press.",
        ..RESEARCH
    },
    Field {
        key: keys::GROWTH_SIGNALS.as_str(),
        label: "Growth signals",
        halo: HaloHome::Custom("growthSignals"),
        number: Some(103),
        import: ImportPolicy::IfNotContained,
        help: "Signs that the company grows: hiring, funding, new offices.",
        ..RESEARCH
    },
    Field {
        key: keys::PROJECT_PIPELINES.as_str(),
        label: "Project pipelines",
        halo: HaloHome::Custom("projectPipelines"),
        number: Some(104),
        import: ImportPolicy::IfNotContained,
        help: "Projects that are coming up.",
        ..RESEARCH
    },
    Field {
        key: keys::INTENT_SIGNALS.as_str(),
        label: "Intent signals",
        halo: HaloHome::Custom("intentSignals"),
        number: Some(111),
        import: ImportPolicy::Enrichment,
        help: "Signs that the company looks for a service like ours.",
        ..RESEARCH
    },
    Field {
        key: keys::INITIAL_NOTES.as_str(),
        label: "Initial notes",
        halo: HaloHome::Custom("initialNotes"),
        precedence: Precedence::None,
        import: ImportPolicy::Protected,
        sync: SyncPolicy::MineWins,
        pii: PiiClass::Personal,
        help: "First observations, in your own words.",
        ..RESEARCH
    },
    Field {
        key: keys::INVALID_FIELDS.as_str(),
        label: "Invalid fields",
        kind: FieldKind::MultiSelect(CORRECTABLE),
        halo: HaloHome::Custom("invalidFields"),
        precedence: Precedence::None,
        import: ImportPolicy::Protected,
        help: "Which of the data turned out to be wrong.",
        ..RESEARCH
    },
    // Qualification.
    Field {
        key: keys::PAIN_POINTS.as_str(),
        label: "Pain points",
        kind: FieldKind::LongText,
        halo: HaloHome::Custom("painPoints"),
        number: Some(201),
        help: "Problems that the prospect has confirmed.",
        ..QUALIFICATION
    },
    Field {
        key: keys::QUALIFIED_SERVICES.as_str(),
        label: "Qualified services",
        kind: FieldKind::LongText,
        halo: HaloHome::Custom("qualifiedServices"),
        number: Some(202),
        help: "Our services that answer these problems.",
        ..QUALIFICATION
    },
    Field {
        key: keys::DECISION_MAKER.as_str(),
        label: "Decision maker",
        halo: HaloHome::Custom("decisionMaker"),
        number: Some(203),
        pii: PiiClass::Personal,
        help: "Who decides.",
        ..QUALIFICATION
    },
    Field {
        key: keys::BUDGET_RANGE.as_str(),
        label: "Budget range",
        halo: HaloHome::Custom("budgetRange"),
        number: Some(204),
        help: "What they can spend.",
        ..QUALIFICATION
    },
    Field {
        key: keys::TIMEFRAME.as_str(),
        label: "Timeframe",
        halo: HaloHome::Custom("timeframe"),
        number: Some(205),
        help: "When they want to start.",
        ..QUALIFICATION
    },
    Field {
        key: keys::FIT_SCORE.as_str(),
        label: "Fit score",
        kind: FieldKind::Integer { min: 0, max: 100 },
        halo: HaloHome::Custom("fitScore"),
        number: Some(206),
        help: "How well they fit us, from 0 to 100. Qualified means 70 or more.",
        ..QUALIFICATION
    },
    Field {
        key: keys::QUALIFICATION_NOTES.as_str(),
        label: "Qualification notes",
        kind: FieldKind::LongText,
        halo: HaloHome::Custom("qualificationNotes"),
        sync: SyncPolicy::MineWins,
        pii: PiiClass::Personal,
        help: "Anything else that matters for the qualification.",
        ..QUALIFICATION
    },
    // Sales.
    Field {
        key: keys::OPPORTUNITY_VALUE.as_str(),
        label: "Opportunity value",
        kind: FieldKind::Currency,
        halo: HaloHome::Native("oppvalue"),
        sync: SyncPolicy::Ask,
        help: "What the deal is worth.",
        ..SALES
    },
    Field {
        key: keys::PRODUCTS_SERVICES.as_str(),
        label: "Products/services",
        kind: FieldKind::LongText,
        halo: HaloHome::Custom("productsServices"),
        number: Some(301),
        help: "What we offer in this deal.",
        ..SALES
    },
    Field {
        key: keys::PROBABILITY.as_str(),
        label: "Probability",
        kind: FieldKind::Percent,
        halo: HaloHome::Native("oppconversionprobability"),
        help: "How likely the deal is to close, from 0 to 100 %.",
        ..SALES
    },
    Field {
        key: keys::EXPECTED_CLOSE.as_str(),
        label: "Expected close date",
        kind: FieldKind::Date,
        halo: HaloHome::Native("targetdate"),
        sync: SyncPolicy::Ask,
        help: "The day by which you expect an answer.",
        ..SALES
    },
    Field {
        key: keys::QUOTES_PROPOSALS.as_str(),
        label: "Quotes/proposals",
        kind: FieldKind::LongText,
        halo: HaloHome::Custom("quotesProposals"),
        number: Some(302),
        help: "Quotes and proposals, with their numbers.",
        ..SALES
    },
    Field {
        key: keys::COMPETITORS.as_str(),
        label: "Competitors",
        kind: FieldKind::LongText,
        halo: HaloHome::Native("oppcompetitors"),
        number: Some(303),
        help: "Who else is in the running.",
        ..SALES
    },
    Field {
        key: keys::WIN_LOSS_REASON.as_str(),
        label: "Win/loss reason",
        kind: FieldKind::LongText,
        halo: HaloHome::Native("oppreason"),
        number: Some(304),
        help: "Why the deal was won or lost.",
        ..SALES
    },
    Field {
        key: keys::FINAL_VALUE.as_str(),
        label: "Final value",
        kind: FieldKind::Currency,
        halo: HaloHome::Custom("finalValue"),
        sync: SyncPolicy::Ask,
        help: "What the deal was worth in the end.",
        ..SALES
    },
    Field {
        key: keys::DEAL_AFTER_OPT_OUT.as_str(),
        label: "After the opt-out",
        kind: FieldKind::SingleSelect(&[KEEP_DEAL_OPEN, CLOSE_DEAL]),
        lifecycle: Lifecycle::Prospect,
        help: "What becomes of the deal now that the contact has opted out.",
        ..SALES
    },
    // Consent.
    Field {
        key: keys::LAWFUL_BASIS.as_str(),
        label: "Lawful basis",
        kind: FieldKind::SingleSelect(&[
            "Consent",
            "Contract",
            "Legal obligation",
            "Vital interests",
            "Public task",
            "Legitimate interests",
        ]),
        halo: HaloHome::Custom("lawfulBasis"),
        help: "The ground on which the person's data is kept (GDPR, article 6).",
        ..CONSENT
    },
    Field {
        key: keys::OPT_IN_DATE.as_str(),
        label: "Opt-in date",
        kind: FieldKind::Date,
        halo: HaloHome::Custom("optInDate"),
        help: "The day on which the person agreed to be contacted.",
        ..CONSENT
    },
    Field {
        key: keys::OPT_OUT_DATE.as_str(),
        label: "Opt-out date",
        kind: FieldKind::Date,
        halo: HaloHome::Custom("optOutDate"),
        help: "The day on which the person asked not to be contacted.",
        ..CONSENT
    },
    Field {
        key: keys::GDPR_CONSENT.as_str(),
        label: "GDPR consent",
        kind: FieldKind::Boolean,
        halo: HaloHome::Custom("gdprConsent"),
        help: "Whether the person has given consent.",
        ..CONSENT
    },
    Field {
        key: keys::GDPR_CONSENT_AT.as_str(),
        label: "GDPR consent date",
        kind: FieldKind::Date,
        halo: HaloHome::Custom("gdprConsentAt"),
        help: "When the consent was given.",
        ..CONSENT
    },
    Field {
        key: keys::GDPR_CONSENT_SOURCE.as_str(),
        label: "GDPR consent source",
        halo: HaloHome::Custom("gdprConsentSource"),
        help: "How the consent was given: a form, a call, a letter.",
        ..CONSENT
    },
    Field {
        key: keys::DND_STATUS.as_str(),
        label: "DND status",
        kind: FieldKind::SingleSelect(&["Not checked", "Not listed", "Listed"]),
        halo: HaloHome::Custom("dndStatus"),
        help: "Whether the number stands on a do-not-disturb register.",
        ..CONSENT
    },
    // Attribution.
    Field {
        key: keys::CAPTURE_FORM.as_str(),
        label: "Capture form",
        kind: FieldKind::SingleSelect(CAPTURE_FORMS),
        halo: HaloHome::Custom("captureForm"),
        help: "The form through which the lead came in.",
        ..ATTRIBUTION
    },
    Field {
        key: keys::UTM_SOURCE.as_str(),
        label: "UTM source",
        halo: HaloHome::Custom("utmSource"),
        help: "The site that sent the visitor.",
        ..ATTRIBUTION
    },
    Field {
        key: keys::UTM_MEDIUM.as_str(),
        label: "UTM medium",
        halo: HaloHome::Custom("utmMedium"),
        help: "The kind of link: search, e-mail, social.",
        ..ATTRIBUTION
    },
    Field {
        key: keys::UTM_CAMPAIGN.as_str(),
        label: "UTM campaign",
        halo: HaloHome::Custom("utmCampaign"),
        help: "The campaign the link belonged to.",
        ..ATTRIBUTION
    },
    Field {
        key: keys::UTM_TERM.as_str(),
        label: "UTM term",
        halo: HaloHome::Custom("utmTerm"),
        help: "The words that were searched for.",
        ..ATTRIBUTION
    },
    Field {
        key: keys::UTM_CONTENT.as_str(),
        label: "UTM content",
        halo: HaloHome::Custom("utmContent"),
        help: "Which of several links was followed.",
        ..ATTRIBUTION
    },
    Field {
        key: keys::REFERRAL.as_str(),
        label: "Referral",
        halo: HaloHome::Custom("referral"),
        pii: PiiClass::Personal,
        help: "Who recommended us.",
        ..ATTRIBUTION
    },
];
