use proptest::prelude::*;

use super::*;
use crate::import::{
    mapping::{Rule, propose},
    row::{BadRow, Cleaned, Read},
};

fn context() -> InputContext {
    InputContext {
        country: "GB".to_owned(),
        currency: "GBP".to_owned(),
        today: chrono::NaiveDate::from_ymd_opt(2026, 11, 21).unwrap(),
    }
}

/// The row of a file with these headers and cells, by the mapping that is proposed for it.
fn clean(table: &[(&str, &str)]) -> CleanRow {
    let headers: Vec<String> = table.iter().map(|(header, _)| (*header).to_owned()).collect();
    let row = RawRow {
        line: 2,
        cells: table.iter().map(|(_, cell)| *cell).collect(),
    };
    let found = propose(&headers, std::slice::from_ref(&row), &[], None, "GB");
    Cleaner::new(&found.mapping, &headers, &context()).clean(row)
}

fn shown(clean: &CleanRow) -> Vec<(&'static str, String)> {
    clean
        .values
        .iter()
        .map(|(field, value)| (field.as_str(), value.value.display()))
        .collect()
}

fn check(table: &[(&str, &str)], field: FieldKey, expected: Option<&str>) {
    let row = clean(table);
    let found = row.values.get(&field).map(|value| value.value.display());
    assert_eq!(found.as_deref(), expected, "{table:?}: {:?}", row.problems);
}

#[test]
fn a_row_becomes_values_with_what_they_were_read_from() {
    let row = clean(&[
        ("First Name", "JANE"),
        ("Last Name", "MCDONALD"),
        ("Title", " IT Director"),
        ("Company", "ACME LEGAL LTD"),
        ("Website", "https://www.Acme.co.uk/"),
        ("Email", "Jane <JANE@acme.co.uk>;"),
        ("Phone", "'020 7946 0018 x5"),
        ("Country", "United Kingdom"),
        ("Employees", "1,200"),
        ("Notes", "n/a"),
    ]);
    assert_eq!(
        shown(&row),
        [
            ("company_name", "Acme Legal Ltd".to_owned()),
            ("department", "IT".to_owned()),
            ("email", "jane@acme.co.uk".to_owned()),
            ("employee_range", "1001-5000".to_owned()),
            ("headcount", "1200".to_owned()),
            ("job_title", "IT Director".to_owned()),
            ("location", "United Kingdom".to_owned()),
            ("management_level", "Director".to_owned()),
            ("person_name", "Jane McDonald".to_owned()),
            ("phone", "+44 20 7946 0018 ext. 5".to_owned()),
            ("revenue_range", "$100M-500M".to_owned()),
            ("website", "www.acme.co.uk".to_owned()),
        ]
    );
    assert_eq!(row.values[&keys::EMAIL].raw.as_deref(), Some("Jane <JANE@acme.co.uk>;"));
    assert_eq!(row.values[&keys::COMPANY_NAME].raw.as_deref(), Some("ACME LEGAL LTD"));
    assert_eq!(row.quality.score, 100);
    assert_eq!(row.key.map(|key| key.0).as_deref(), Some("email:jane@acme.co.uk"));
    assert!(row.problems.is_empty(), "{:?}", row.problems);
    assert_eq!(row.cells.len(), 10);
}

#[test]
fn what_cannot_be_read_is_told_and_the_row_goes_on() {
    let row = clean(&[
        ("Name", "Jane Doe"),
        ("Email", "jane at acme"),
        ("Phone", "ext 12"),
        ("Website", "none yet!"),
        ("Founded", "19x9"),
        ("Company", "Acme"),
    ]);
    let told: Vec<(&str, &str)> = row
        .problems
        .iter()
        .map(|issue| (issue.field.as_str(), issue.column.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("email", "Email"),
            ("founded_year", "Founded"),
            ("phone", "Phone"),
            ("website", "Website")
        ]
    );
    assert!(row.problems[2].reason.contains("no phone number that can be dialled"));
    assert_eq!(row.values[&keys::PHONE].value.display(), "ext 12", "kept as typed");
    assert_eq!(row.key.map(|key| key.0).as_deref(), Some("company-person:acme-janedoe"));
    assert_eq!(row.quality.score, 20);
}

#[test]
fn the_best_of_several_columns_and_of_several_in_a_cell() {
    check(
        &[("Email", "bad"), ("Work email", "j@acme.com")],
        keys::EMAIL,
        Some("j@acme.com"),
    );
    check(
        &[("Email", "info@acme.com; jane@acme.com")],
        keys::EMAIL,
        Some("jane@acme.com"),
    );
    check(
        &[("Phone", "12"), ("Direct phone", "020 7946 0018")],
        keys::PHONE,
        Some("+44 20 7946 0018"),
    );
    check(
        &[("Website", "acme.com, acme.co.uk"), ("Email", "")],
        keys::WEBSITE,
        Some("acme.com"),
    );
    check(
        &[("Phone", "030 123456"), ("Country", "Deutschland")],
        keys::PHONE,
        Some("+49 30 123456"),
    );
    check(&[("Phone", "1.2E+10"), ("Email", "")], keys::PHONE, Some("1.2E+10"));
    check(
        &[
            ("First Name", "Jane"),
            ("Email", ""),
            ("First Name", ""),
            ("Last Name", "Doe"),
        ],
        keys::PERSON_NAME,
        Some("Jane Doe"),
    );
    check(
        &[("Full Name", "Doe, Jane"), ("First Name", "Jane"), ("Last Name", "")],
        keys::PERSON_NAME,
        Some("Jane Doe"),
    );
}

#[test]
fn nothing_is_cleared_by_silence_and_nobody_is_called_by_mistake() {
    let on = |cell: &str| {
        let row = clean(&[("Name", "Jane Doe"), ("Do Not Call", cell), ("Email", "j@acme.com")]);
        (
            row.do_not_contact,
            row.values.contains_key(&keys::DO_NOT_CONTACT),
            row.problems.len(),
        )
    };
    assert_eq!(on("TRUE"), (true, true, 0));
    assert_eq!(on("x"), (true, true, 0));
    assert_eq!(on("False"), (false, false, 0));
    assert_eq!(on(""), (false, false, 0));
    assert_eq!(on("only by mail"), (true, false, 1));
}

#[test]
fn the_three_full_mappings_with_their_derivations() {
    let apollo = clean(&[
        ("First Name", "Jane"),
        ("Last Name", "Doe"),
        ("Title", "Chief Information Officer"),
        ("Company Name", "Acme"),
        ("Company Name for Emails", "Acme"),
        ("Email", "jane@acme.com"),
        ("Seniority", "C suite"),
        ("Departments", "C-Suite, Information Technology"),
        ("Work Direct Phone", ""),
        ("Mobile Phone", "'+44 7911 123456"),
        ("Corporate Phone", "'+44 20 7946 0018"),
        ("# Employees", "120"),
        ("Industry", "legal services"),
        ("Keywords", "litigation, property"),
        ("Person Linkedin Url", "http://www.linkedin.com/in/jane-doe"),
        ("Website", "http://www.acme.com"),
        ("Company Address", "1 High St, Leeds, UK"),
        ("Technologies", "Outlook, Okta, jQuery"),
        ("Annual Revenue", "12000000"),
        ("Latest Funding", "Series B"),
        ("Latest Funding Amount", "5000000"),
        ("Primary Intent Topic", "Managed Services"),
        ("Primary Intent Score", "82"),
        ("Apollo Contact Id", "abc123"),
    ]);
    assert_eq!(
        shown(&apollo),
        [
            ("company_name", "Acme"),
            ("company_phone", "+44 20 7946 0018"),
            ("department", "IT"),
            ("email", "jane@acme.com"),
            ("employee_range", "51-200"),
            ("growth_signals", "Latest funding: Series B | Amount: 5000000"),
            ("headcount", "120"),
            ("industry", "legal services"),
            ("intent_signals", "Managed Services | Score: 82"),
            ("job_title", "Chief Information Officer"),
            ("lead_source", "Apollo.io"),
            ("linkedin_url", "www.linkedin.com/in/jane-doe"),
            ("location", "1 High St, Leeds, UK"),
            ("management_level", "C-Suite"),
            ("mobile_phone", "+44 7911 123456"),
            ("person_name", "Jane Doe"),
            ("phone", "+44 20 7946 0018"),
            ("project_pipelines", "Outlook, Okta"),
            ("revenue_range", "$5M-25M"),
            ("services_offered", "litigation, property"),
            ("technology_stack", "Outlook, Okta, jQuery"),
            ("website", "www.acme.com"),
        ]
        .map(|(field, value)| (field, value.to_owned()))
    );
    assert_eq!(apollo.provider_id.as_deref(), Some("abc123"));
    assert!(apollo.problems.is_empty(), "{:?}", apollo.problems);

    let zoominfo = clean(&[
        ("ZoomInfo Contact ID", "77"),
        ("Last Name", "Roe"),
        ("First Name", "Joe"),
        ("Job Title", "Facilities Manager"),
        ("Management Level", ""),
        ("Department", "Operations"),
        ("Direct Phone Number", ""),
        ("Email Address", "joe@beta.com"),
        ("Contact Accuracy Score", "95"),
        ("ZoomInfo Company ID", "9"),
        ("Company Name", "Beta"),
        ("Company Description", "Makes things"),
        ("Website", "beta.com"),
        ("Founded Year", "1999"),
        ("Company HQ Phone", "(202) 555-0173"),
        ("Revenue (in 000s USD)", "350,000"),
        ("Employees", "1,500"),
        ("Primary Industry", "Manufacturing"),
        ("Company Street Address", "1 Main St"),
        ("Company City", "Boston"),
        ("Company State", "MA"),
        ("Country", "United States"),
    ]);
    for (field, expected) in [
        (keys::PHONE, "+1 202-555-0173"),
        (keys::MANAGEMENT_LEVEL, "Manager"),
        (keys::DEPARTMENT, "Operations"),
        (keys::SERVICES_OFFERED, "Manufacturing | Makes things"),
        (keys::GROWTH_SIGNALS, "1,500 employees"),
        (keys::REVENUE_RANGE, "$100M-500M"),
        (keys::EMPLOYEE_RANGE, "1001-5000"),
        (keys::FOUNDED_YEAR, "1999"),
        (keys::LOCATION, "1 Main St, Boston, MA"),
        (keys::LEAD_SOURCE, "ZoomInfo"),
    ] {
        assert_eq!(zoominfo.values[&field].value.display(), expected, "{field}");
    }

    let hunter = clean(&[
        ("value", "ann@gamma.com"),
        ("confidence", "92"),
        ("first_name", "Ann"),
        ("last_name", "Lee"),
        ("position", "Sales Manager"),
        ("domain", "gamma.com"),
        ("organization", "Gamma"),
        ("pattern", "{first}"),
        ("webmail", "false"),
        ("sources[0].uri", "http://gamma.com/team"),
        ("sources[0].last_seen_on", "2026-10-01"),
        ("verification.status", "valid"),
        ("headcount", "11-50"),
    ]);
    for (field, expected) in [
        (
            keys::GROWTH_SIGNALS,
            "E-mail confidence: 92 | E-mail deliverability: webmail false",
        ),
        (keys::PROJECT_PIPELINES, "http://gamma.com/team"),
        (keys::SERVICES_OFFERED, "E-mail pattern: {first} | Gamma"),
        (keys::INTENT_SIGNALS, "Last seen: 2026-10-01 | E-mail: valid"),
        (keys::MANAGEMENT_LEVEL, "Manager"),
        (keys::DEPARTMENT, "Sales"),
        (keys::EMPLOYEE_RANGE, "10-50"),
        (keys::LEAD_SOURCE, "Hunter.io"),
        (keys::WEBSITE, "gamma.com"),
    ] {
        assert_eq!(hunter.values[&field].value.display(), expected, "{field}");
    }
    assert!(hunter.problems.is_empty(), "{:?}", hunter.problems);
}

#[test]
fn a_cell_of_a_megabyte_is_a_problem_and_no_more() {
    let huge = "x@".repeat(1 << 19);
    let row = clean(&[
        ("Name", &huge),
        ("Email", &huge),
        ("Phone", &huge),
        ("Title", &huge),
        ("Company", &huge),
        ("Notes", &huge),
    ]);
    assert_eq!(
        row.problems.len(),
        6,
        "{:?}",
        row.problems.iter().map(|issue| issue.field).collect::<Vec<_>>()
    );
    assert!(
        row.problems
            .iter()
            .all(|issue| issue.raw.len() < 1_000 && issue.reason.len() < 1_500)
    );
    assert!(row.values.is_empty());
}

#[test]
fn rows_come_out_in_order_and_none_is_lost() {
    let headers = ["Name".to_owned(), "Phone".to_owned()];
    let mut mapping = Mapping::empty("test");
    mapping.rules = vec![
        Rule::of(Target::field(keys::PERSON_NAME), ["Name"]),
        Rule::of(Target::field(keys::PHONE), ["Phone"]),
    ];
    let cleaner = Cleaner::new(&mapping, &headers, &context());
    for count in [0_u64, 1, 255, 256, 257, 512, 5_000] {
        let source = (1..=count).map(|line| {
            Ok(if line % 100 == 7 {
                Read::Bad(BadRow {
                    line,
                    column: None,
                    reason: "torn".to_owned(),
                    cells: vec![],
                })
            } else {
                Read::Row(RawRow {
                    line,
                    cells: [format!("Jane Doe{line}"), format!("020 7946 {line:04}")]
                        .iter()
                        .collect(),
                })
            })
        });
        let lines: Vec<u64> = rows(Box::new(source), &cleaner)
            .unwrap()
            .map(|row| match row.unwrap() {
                Cleaned::Row(row) => row.line,
                Cleaned::Bad(bad) => bad.line,
            })
            .collect();
        assert_eq!(lines, (1..=count).collect::<Vec<_>>());
    }
    let broken = (1..=600_u64).map(|line| {
        if line == 600 {
            anyhow::bail!("the disk went away");
        }
        Ok(Read::Row(RawRow {
            line,
            cells: ["", ""].iter().collect(),
        }))
    });
    let found: Vec<_> = rows(Box::new(broken), &cleaner).unwrap().collect();
    assert_eq!(found.len(), 600);
    assert!(
        found[599]
            .as_ref()
            .is_err_and(|error| error.to_string().contains("disk"))
    );
}

proptest! {
    #[test]
    fn any_row_is_survived(cells in proptest::collection::vec("\\PC{0,24}", 8)) {
        let table: Vec<(&str, &str)> = ["First Name", "Last Name", "Email", "Phone", "Company", "Website", "Do Not Call", "Employees"]
            .into_iter()
            .zip(cells.iter().map(String::as_str))
            .collect();
        let row = clean(&table);
        prop_assert_eq!(&row.cells.to_vec(), &cells);
        prop_assert!(row.quality.score <= 100);
        let unread = row.values.values().filter(|value| !value.value.says_something()).count();
        prop_assert!(unread <= 1 + row.problems.len());
    }

    /// What is clean stays as it is when it comes in again.
    #[test]
    fn cleaning_is_settled_at_once(first in "[A-Z][a-z]{1,8}", last in "[A-Z][a-z]{1,8}", line in 0u32..10_000, company in "[A-Z][a-z]{2,9} (Ltd|Inc|GmbH)") {
        let email = format!("{first}.{last}@acme.com");
        let phone = format!("020 7946 {line:04}");
        let once = clean(&[("Name", &format!("{first} {last}")), ("Email", &email), ("Phone", &phone), ("Company", &company)]);
        let typed = |field: FieldKey| once.values.get(&field).map(|value| value.value.to_input()).unwrap_or_default();
        let again = clean(&[
            ("Name", &typed(keys::PERSON_NAME)),
            ("Email", &typed(keys::EMAIL)),
            ("Phone", &typed(keys::PHONE)),
            ("Company", &typed(keys::COMPANY_NAME)),
        ]);
        prop_assert_eq!(shown(&again), shown(&once));
    }
}
