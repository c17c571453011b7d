//! What a column is, by the words above it: for imports, for linkage, for everything that reads a table.
//!
//! Headers are compared by their letters and digits in lower case, so `E-mail`, `email` and `EMAIL ` are one. What no
//! rule knows stays unknown: a guess here would put a stranger's number into somebody's record.

use std::{collections::HashMap, sync::LazyLock};

use super::{FieldKey, keys};
use crate::text;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    /// A field of the catalogue.
    Field(FieldKey),
    /// What the source calls the record.
    RecordId,
    MiddleName,
    HouseNumber,
    Street,
    City,
    Region,
    Postcode,
    Country,
    BirthDate,
    /// A number that an authority gave to a person or a company.
    Identifier,
}

/// What each header says, in order; `None` where no rule knows. A file may name one thing twice.
#[must_use]
pub fn recognise<S: AsRef<str>>(headers: &[S]) -> Vec<Option<Column>> {
    let plain: Vec<String> = headers
        .iter()
        .map(|header| text::letters_and_digits(header.as_ref()))
        .collect();
    let mut columns: Vec<Option<Column>> = plain.iter().map(|header| KNOWN.get(header.as_str()).copied()).collect();
    let has = |column: Column| columns.contains(&Some(column));
    let is_placed = has(Column::Street) || has(Column::Postcode) || has(Column::Field(keys::WEBSITE));
    let is_personal = has(Column::Field(keys::FIRST_NAME))
        || has(Column::Field(keys::COMPANY_NAME))
        || has(Column::Field(keys::JOB_TITLE))
        || has(Column::BirthDate);
    // A bare `name` is the person's beside a company or a title, and the company's in a list of addresses.
    let name = if is_placed && !is_personal {
        keys::COMPANY_NAME
    } else {
        keys::PERSON_NAME
    };
    for (column, header) in columns.iter_mut().zip(&plain) {
        if header == "name" {
            *column = Some(Column::Field(name));
        }
    }
    columns
}

static KNOWN: LazyLock<HashMap<&'static str, Column>> = LazyLock::new(|| {
    SYNONYMS
        .iter()
        .flat_map(|(column, headers)| headers.split_whitespace().map(|header| (header, *column)))
        .collect()
});

/// Headers as their letters and digits, for each column.
const SYNONYMS: &[(Column, &str)] = &[
    (
        Column::RecordId,
        "id recordid contactid leadid personid rowid uid uuid guid recid externalid apollocontactid zoominfocontactid",
    ),
    (
        Column::Field(keys::PERSON_NAME),
        "fullname contactfullname contactname personname leadname displayname contact person vollername",
    ),
    (
        Column::Field(keys::FIRST_NAME),
        "firstname first givenname forename fname contactfirstname personfirstname vorname prenom nombre",
    ),
    (Column::MiddleName, "middlename middle middleinitial"),
    (
        Column::Field(keys::LAST_NAME),
        "lastname last surname familyname lname secondname contactlastname personlastname nachname nom apellido apellidos",
    ),
    (
        Column::Field(keys::JOB_TITLE),
        "title jobtitle position role jobrole contacttitle currenttitle jobposition designation",
    ),
    (
        Column::Field(keys::EMAIL),
        "email emailaddress mail emails workemail businessemail primaryemail email1 contactemail emailaddresses \
         recommendedemail recommendedworkemail workemailaddress professionalemail",
    ),
    (
        Column::Field(keys::PHONE),
        "phone phonenumber telephone tel phone1 directphone directphonenumber workdirectphone workphone direct directdial \
         contactphone contactphone1 telephonenumber businessphone otherphone phoneno telefon directphone1",
    ),
    (
        Column::Field(keys::MOBILE_PHONE),
        "mobile mobilephone mobilenumber mobilephonenumber cell cellphone cellnumber mobile1 contactmobilephone \
         mobiledirectdial handy gsm",
    ),
    (
        Column::Field(keys::COMPANY_PHONE),
        "companyphone corporatephone companyhqphone companyphone1 companyphonenumber hqphone mainphone switchboard \
         companytelephone",
    ),
    (
        Column::Field(keys::LINKEDIN_URL),
        "linkedin linkedinurl linkedinprofile personlinkedinurl linkedincontactprofileurl contactliprofileurl \
         contactlinkedinurl linkedinprofileurl linkedinlink",
    ),
    (
        Column::Field(keys::MANAGEMENT_LEVEL),
        "managementlevel seniority jobtitlehierarchylevel senioritylevel",
    ),
    (
        Column::Field(keys::DEPARTMENT),
        "department departments jobfunction function",
    ),
    (
        Column::Field(keys::DO_NOT_CONTACT),
        "donotcontact dnc donotcall optout optedout unsubscribed",
    ),
    (
        Column::Field(keys::COMPANY_NAME),
        "company companyname organisation organization organisationname organizationname account accountname employer \
         currentemployer business businessname sitename firm companynamecleaned client clientname firma entreprise",
    ),
    (
        Column::Field(keys::WEBSITE),
        "website companywebsite web url domain companydomain companywebsitedomain webaddress homepage websiteurl \
         companyurl emaildomain",
    ),
    (
        Column::Field(keys::INDUSTRY),
        "industry companyindustry primaryindustry sector employerprimaryindustry",
    ),
    (
        Column::Field(keys::HEADCOUNT),
        "employees headcount numberofemployees companysize noofemployees companystaffcount staffcount employeecount",
    ),
    (
        Column::Field(keys::EMPLOYEE_RANGE),
        "employeerange companystaffcountrange employeesrange",
    ),
    (
        Column::Field(keys::REVENUE_RANGE),
        "revenuerange revenuerangeinusd companyrevenuerange",
    ),
    (
        Column::Field(keys::FOUNDED_YEAR),
        "foundedyear yearfounded founded companyfoundeddate",
    ),
    (
        Column::Field(keys::TECHNOLOGY_STACK),
        "technologies technologystack techstack technology",
    ),
    (
        Column::Field(keys::LOCATION),
        "location contactlocation companylocation fulladdress headquarters hq",
    ),
    (Column::Field(keys::LEAD_SOURCE), "leadsource originalsource"),
    (
        Column::Field(keys::INITIAL_NOTES),
        "notes note comment comments remarks",
    ),
    (Column::HouseNumber, "streetnumber housenumber houseno streetno"),
    (
        Column::Street,
        "address addr street address1 addressline1 streetaddress street1 companyaddress companystreetaddress personstreet \
         companystreet1 addressline mailingstreet billingstreet strasse",
    ),
    (
        Column::City,
        "city town suburb locality personcity contactcity companycity municipality ort stadt ville ciudad",
    ),
    (
        Column::Region,
        "state region province county personstate contactstate companystate stateprovince bundesland",
    ),
    (
        Column::Postcode,
        "postcode postalcode zip zipcode postalzip personzipcode contactpostcode companyzipcode companypostcode plz",
    ),
    (
        Column::Country,
        "country countrycode countryname nation personcountry contactcountry companycountry land pays pais",
    ),
    (
        Column::BirthDate,
        "dob dateofbirth birthdate birthday born geburtsdatum",
    ),
    (
        Column::Identifier,
        "socsecid ssn socialsecuritynumber nationalinsurancenumber nino nationalid taxid taxnumber vat vatnumber vatid \
         companynumber registrationnumber companyregistrationnumber ein",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn field(key: FieldKey) -> Option<Column> {
        Some(Column::Field(key))
    }

    #[test]
    fn headers_are_recognised_however_they_are_written() {
        let columns = recognise(&[
            "E-mail",
            "FIRST NAME",
            "Surname",
            "Mobile phone",
            "soc_sec_id",
            "True Id",
            "Zip",
            "",
        ]);
        assert_eq!(
            columns,
            [
                field(keys::EMAIL),
                field(keys::FIRST_NAME),
                field(keys::LAST_NAME),
                field(keys::MOBILE_PHONE),
                Some(Column::Identifier),
                None,
                Some(Column::Postcode),
                None,
            ]
        );
    }

    #[test]
    fn a_bare_name_belongs_to_whom_the_other_columns_speak_of() {
        assert_eq!(
            recognise(&["name", "addr", "phone"]).first(),
            Some(&field(keys::COMPANY_NAME))
        );
        assert_eq!(
            recognise(&["name", "company", "address"]).first(),
            Some(&field(keys::PERSON_NAME))
        );
        assert_eq!(recognise(&["name", "email"]).first(), Some(&field(keys::PERSON_NAME)));
    }

    #[test]
    fn no_header_means_two_things() {
        let mut seen = HashMap::new();
        for (column, headers) in SYNONYMS {
            for header in headers.split_whitespace() {
                assert_eq!(header, text::letters_and_digits(header), "{header}");
                assert_eq!(seen.insert(header, column), None, "{header}");
            }
        }
    }

    #[test]
    fn exports_of_providers_are_recognised() {
        let apollo = recognise(&[
            "First Name",
            "Title",
            "Company Name",
            "Work Direct Phone",
            "Person Linkedin Url",
        ]);
        assert!(apollo.iter().all(Option::is_some));
        let seamless = recognise(&["First Name", "Contact LI Profile URL", "Email 1", "First Name"]);
        assert_eq!(seamless.last(), Some(&field(keys::FIRST_NAME)));
    }
}
