use super::*;
use crate::import::row::RawRow;
use domain::fields::keys;

fn headers(text: &str) -> Vec<String> {
    text.split(',').map(|header| header.trim().to_owned()).collect()
}

fn rows(rows: &[&[&str]]) -> Vec<RawRow> {
    (2..)
        .zip(rows)
        .map(|(line, cells)| RawRow {
            line,
            cells: cells.iter().collect(),
        })
        .collect()
}

fn targets(proposal: &Proposal) -> Vec<&str> {
    proposal
        .columns
        .iter()
        .map(|column| column.target.map_or("", Target::key))
        .collect()
}

const APOLLO: &str = "First Name,Last Name,Title,Company Name,Company Name for Emails,Email,Email Status,Seniority,Departments,\
    Contact Owner,Work Direct Phone,Home Phone,Mobile Phone,Corporate Phone,Other Phone,Do Not Call,# Employees,Industry,Keywords,\
    Person Linkedin Url,Website,Company Address,Company City,Company Country,Technologies,Annual Revenue,Latest Funding,\
    Apollo Contact Id,Apollo Account Id";

const ZOOMINFO: &str = "ZoomInfo Contact ID,Last Name,First Name,Job Title,Management Level,Department,Direct Phone Number,Email Address,\
    Mobile phone,Contact Accuracy Score,ZoomInfo Contact Profile URL,LinkedIn Contact Profile URL,Country,ZoomInfo Company ID,\
    Company Name,Website,Founded Year,Company HQ Phone,Revenue (in 000s USD),Employees,Primary Industry,Full Address";

const SEAMLESS: &str = "Research Date,Contact Full Name,First Name,Last Name,Title,Company Name,Company Name - Cleaned,Website,\
    Contact LI Profile URL,Email 1,Email 1 Validation,Email 1 Total AI,Contact Phone 1,Contact Phone 1 Total AI,Company Phone 1,\
    Company Staff Count,Company Staff Count Range,Contact Country (Alpha 2),First Name,Last Name,leadSource";

#[test]
fn providers_are_known_by_their_headers() {
    for (text, provider, name) in [
        (APOLLO, "Apollo.io", "Apollo.io contacts"),
        (ZOOMINFO, "ZoomInfo", "ZoomInfo contacts"),
        (SEAMLESS, "Seamless.ai", "Seamless.ai contacts"),
        (
            "First Name,Last Name,Employer,Recommended Email,Recommended Work Email,A Emails,LinkedIn",
            "RocketReach",
            "RocketReach contacts",
        ),
        (
            "Full Name,First Name,Phone 1,Mobile 1,Direct Phone 1,Email 1,Email 2,Lusha User,Contact LinkedIn URL",
            "Lusha",
            "Lusha contacts",
        ),
        (
            "email,first_name,last_name,position,company,company_industry,company_size,confidence_score,leads_list_id",
            "Hunter.io",
            "Hunter.io leads",
        ),
        (
            "id,first_name,last_name,title,job_function,management_level,email,email_status,mobile_directdial",
            "UpLead",
            "UpLead contacts",
        ),
        (
            "person.first_name,person.last_name,person.email,person.seniority,person.organization.name,person.organization.website_url",
            "Apollo.io",
            "Apollo.io records",
        ),
        (
            "contact.firstName,contact.lastName,contact.jobTitle,company.companyName,company.technologiesUsed,contact.managementLevel",
            "ZoomInfo",
            "ZoomInfo records",
        ),
        (
            "value,confidence,first_name,last_name,position,domain,organization,pattern,webmail",
            "Hunter.io",
            "Hunter.io domain search",
        ),
    ] {
        let found = propose(&headers(text), &[], &[], None, "GB");
        assert_eq!(found.mapping.provider.as_deref(), Some(provider), "{text}");
        assert_eq!(found.mapping.name, name);
        assert!(found.columns.iter().any(|column| column.why == Recognised::Preset));
    }
    let nobody = propose(
        &headers("First Name,Last Name,Company,Email,Phone"),
        &[],
        &[],
        None,
        "GB",
    );
    assert_eq!(nobody.mapping.provider, None);
}

#[test]
fn a_provider_that_is_said_is_believed() {
    let found = propose(
        &headers("Name,Business Email,Direct Dial,Company"),
        &[],
        &[],
        Some("Lead411"),
        "GB",
    );
    assert_eq!(found.mapping.provider.as_deref(), Some("Lead411"));
    assert_eq!(targets(&found), ["person_name", "email", "phone", "company_name"]);
}

#[test]
fn unknown_files_are_mapped_by_headers_then_content() {
    let sample = rows(&[
        &[
            "1",
            "Jane Doe",
            "Acme Ltd",
            "jane@acme.com",
            "020 7946 0018",
            "1 High St",
            "Leeds",
            "UK",
            "51-200",
            "VIP",
        ],
        &[
            "2",
            "Joe Roe",
            "Beta Inc",
            "joe@beta.com",
            "020 7946 0019",
            "2 High St",
            "York",
            "UK",
            "11-50",
            "new",
        ],
    ]);
    let found = propose(
        &headers("Id,Name,Company,Kontakt-Adresse,Rufnummer,Street,City,Country,Employees,CF_103"),
        &sample,
        &[],
        None,
        "GB",
    );
    assert_eq!(
        targets(&found),
        [
            "",
            "person_name",
            "company_name",
            "email",
            "phone",
            "location",
            "location",
            "country",
            "employee_range",
            "growth_signals"
        ]
    );
    let why: Vec<Recognised> = found.columns.iter().map(|column| column.why).collect();
    assert_eq!(
        (why[0], why[2], why[3]),
        (Recognised::None, Recognised::Header, Recognised::Content)
    );

    let bare = rows(&[
        &["Jane Doe", "jane@acme.com", "Acme Ltd"],
        &["Joe Roe", "joe@beta.com", "Beta Inc"],
        &["Ann Lee", "ann@gamma.com", "Gamma GmbH"],
    ]);
    let found = propose(&headers("Column 1,Column 2,Column 3"), &bare, &[], None, "GB");
    assert_eq!(targets(&found), ["person_name", "email", "company_name"]);
}

#[test]
fn what_was_saved_for_these_headers_comes_first() {
    let headers_now = headers("First Name,Work E-mail,Firm");
    let mut mapping = propose(&headers_now, &[], &[], None, "GB").mapping;
    mapping.assign("Firm", Some(Target::field(keys::INDUSTRY)));
    mapping.assign("First Name", None);
    mapping.name = "Fair".to_owned();
    let saved = [Saved::of(&headers("firm,first name,Work E-Mail"), mapping.clone())];
    let found = propose(&headers_now, &[], &saved, None, "GB");
    assert_eq!(found.mapping, mapping);
    assert_eq!(targets(&found), ["", "email", "industry"]);
    assert_eq!(found.columns[2].why, Recognised::Saved);
}

#[test]
fn a_column_is_for_one_thing_once_a_person_says_so() {
    let mut mapping = propose(&headers(APOLLO), &[], &[], None, "GB").mapping;
    mapping.assign("Corporate Phone", Some(Target::field(keys::MOBILE_PHONE)));
    assert_eq!(
        mapping.target_of("Corporate Phone"),
        Some(Target::field(keys::MOBILE_PHONE))
    );
    let readers = mapping
        .rules
        .iter()
        .filter(|rule| rule.names("Corporate Phone"))
        .count();
    assert_eq!(readers, 1, "it is taken out of every other rule");
    mapping.assign("Corporate Phone", None);
    assert_eq!(mapping.target_of("Corporate Phone"), None);
}

#[test]
fn a_mapping_is_a_document() {
    let mapping = propose(&headers(ZOOMINFO), &[], &[], None, "GB").mapping;
    assert_eq!(Mapping::from_json(&mapping.to_json()), Ok(mapping));
    for (text, part) in [
        ("{}", "no mapping"),
        (
            r#"{"version":1,"name":"x","rules":[{"to":"nothing","from":["a"]}]}"#,
            "nothing is called",
        ),
        (r#"{"version":2,"name":"x","rules":[]}"#, "newer Leadline"),
        (
            r#"{"version":1,"name":"x","rules":[{"to":"email","from":["a"],"steps":[{"table":"t"}]}]}"#,
            "No table is called “t”",
        ),
    ] {
        let told = Mapping::from_json(text).unwrap_err();
        assert!(told.reason.contains(part), "{text}: {told}");
    }
}

#[test]
fn steps_do_what_they_say() {
    let check = |step: Step, text: &str, expected: &str| {
        assert_eq!(step.apply(text.into()), expected, "{step:?} of {text}");
    };
    check(Step::FirstName, "Doe, Jane", "Jane");
    check(Step::LastName, "Jan van der Berg", "van der Berg");
    let second = Step::Item {
        separator: "/".to_owned(),
        number: 2,
    };
    check(second.clone(), "a / b / c", "b");
    check(second, "a", "");
    let lookup = |otherwise_nothing| Step::Lookup {
        rows: vec![LookupRow {
            text: "Gold".to_owned(),
            value: "80".to_owned(),
        }],
        otherwise_nothing,
    };
    check(lookup(false), " GOLD", "80");
    check(lookup(false), "Silver", "Silver");
    check(lookup(true), "Silver", "");
    check(Step::Date(DateOrder::MonthFirst), "11/02/2026", "2026-11-02");
    check(Step::Date(DateOrder::DayFirst), "11.02.26", "2026-02-11");
    check(Step::Date(DateOrder::DayFirst), "2026-02-11T10:00:00Z", "2026-02-11");
    check(Step::Date(DateOrder::DayFirst), "soon", "soon");
    check(Step::Yes(vec!["Active".to_owned()]), "active", "yes");
    check(Step::Yes(vec!["Active".to_owned()]), "gone", "no");
    check(Step::Currency("EUR".to_owned()), "1.200", "1.200 EUR");
    check(Step::Currency("EUR".to_owned()), "$5", "$5");
    check(Step::Table("seniority".to_owned()), "C-Level", "C-Suite");
    check(Step::Table("seniority".to_owned()), "c_suite", "C-Suite");
    check(
        Step::Items("it_projects".to_owned()),
        "Azure, jQuery, Okta",
        "Azure, Okta",
    );
    let bracket = Step::Bracket {
        table: "revenue".to_owned(),
        times: 1000.0,
    };
    check(bracket, "12500", "$5M-25M");
}

#[test]
fn a_column_is_found_by_header_and_number() {
    let headers = headers("First Name,Email,First Name,Note [1]");
    assert_eq!(column_numbers("First Name", &headers), [0, 2]);
    assert_eq!(column_numbers("First Name [2]", &headers), [2]);
    assert_eq!(column_numbers("Note [1]", &headers), [3]);
    assert_eq!(column_numbers("Phone", &headers), [0; 0]);
}
