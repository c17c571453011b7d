//! The keys of the catalogue as constants, so that a rule that names a field is checked by the compiler.

use super::FieldKey;

macro_rules! keys {
    ($($name:ident = $key:literal;)*) => {
        $(
            #[doc = concat!("The field `", $key, "`.")]
            pub const $name: FieldKey = FieldKey($key);
        )*

        /// Every key, in catalogue order.
        pub const ALL: &[FieldKey] = &[$($name),*];
    };
}

keys! {
    PERSON_NAME = "person_name";
    FIRST_NAME = "first_name";
    LAST_NAME = "last_name";
    JOB_TITLE = "job_title";
    EMAIL = "email";
    PHONE = "phone";
    MOBILE_PHONE = "mobile_phone";
    COMPANY_PHONE = "company_phone";
    LINKEDIN_URL = "linkedin_url";
    MANAGEMENT_LEVEL = "management_level";
    DEPARTMENT = "department";
    DO_NOT_CONTACT = "do_not_contact";
    DNC_REASON = "dnc_reason";

    COMPANY_NAME = "company_name";
    WEBSITE = "website";
    INDUSTRY = "industry";
    HEADCOUNT = "headcount";
    EMPLOYEE_RANGE = "employee_range";
    REVENUE_RANGE = "revenue_range";
    LOCATION = "location";
    FOUNDED_YEAR = "founded_year";
    TECHNOLOGY_STACK = "technology_stack";

    LEAD_SOURCE = "lead_source";
    SERVICES_OFFERED = "services_offered";
    PUBLIC_RESEARCH = "public_research";
    NEWS_ARTICLES = "news_articles";
    GROWTH_SIGNALS = "growth_signals";
    PROJECT_PIPELINES = "project_pipelines";
    INTENT_SIGNALS = "intent_signals";
    INITIAL_NOTES = "initial_notes";
    INVALID_FIELDS = "invalid_fields";

    PAIN_POINTS = "pain_points";
    QUALIFIED_SERVICES = "qualified_services";
    DECISION_MAKER = "decision_maker";
    BUDGET_RANGE = "budget_range";
    TIMEFRAME = "timeframe";
    FIT_SCORE = "fit_score";
    QUALIFICATION_NOTES = "qualification_notes";

    OPPORTUNITY_VALUE = "opportunity_value";
    PRODUCTS_SERVICES = "products_services";
    PROBABILITY = "probability";
    EXPECTED_CLOSE = "expected_close";
    QUOTES_PROPOSALS = "quotes_proposals";
    COMPETITORS = "competitors";
    WIN_LOSS_REASON = "win_loss_reason";
    FINAL_VALUE = "final_value";
    DEAL_AFTER_OPT_OUT = "deal_after_opt_out";

    LAWFUL_BASIS = "lawful_basis";
    OPT_IN_DATE = "opt_in_date";
    OPT_OUT_DATE = "opt_out_date";
    GDPR_CONSENT = "gdpr_consent";
    GDPR_CONSENT_AT = "gdpr_consent_at";
    GDPR_CONSENT_SOURCE = "gdpr_consent_source";
    DND_STATUS = "dnd_status";

    CAPTURE_FORM = "capture_form";
    UTM_SOURCE = "utm_source";
    UTM_MEDIUM = "utm_medium";
    UTM_CAMPAIGN = "utm_campaign";
    UTM_TERM = "utm_term";
    UTM_CONTENT = "utm_content";
    REFERRAL = "referral";
}
