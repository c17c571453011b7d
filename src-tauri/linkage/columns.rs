//! From the columns of a table, or the values of a ticket, to a record.

use domain::{
    FieldKey, Value,
    fields::{headers::Column, keys},
};

use crate::record::Record;

impl Record {
    /// The fields of a ticket that linkage reads.
    pub const FIELDS: [FieldKey; 9] = [
        keys::PERSON_NAME,
        keys::JOB_TITLE,
        keys::EMAIL,
        keys::PHONE,
        keys::MOBILE_PHONE,
        keys::COMPANY_PHONE,
        keys::LINKEDIN_URL,
        keys::COMPANY_NAME,
        keys::WEBSITE,
    ];

    /// The record of a ticket, by what its fields hold.
    #[must_use]
    pub fn from_values<'a>(values: impl IntoIterator<Item = (FieldKey, &'a Value)>) -> Self {
        let mut record = Self::default();
        for (field, value) in values {
            let text = match value {
                Value::Text(text) => text.as_str(),
                Value::Email(email) => email.as_str(),
                Value::Url(url) => url.as_str(),
                Value::Phone(phone) => phone.e164.as_deref().unwrap_or(&phone.typed),
                _ => continue,
            };
            match field {
                keys::PERSON_NAME => text.clone_into(&mut record.person_name),
                keys::JOB_TITLE => text.clone_into(&mut record.job_title),
                keys::COMPANY_NAME => text.clone_into(&mut record.company),
                keys::WEBSITE => text.clone_into(&mut record.website),
                keys::LINKEDIN_URL => text.clone_into(&mut record.linkedin),
                keys::EMAIL => record.emails.push(text.to_owned()),
                keys::MOBILE_PHONE => record.mobiles.push(text.to_owned()),
                keys::PHONE | keys::COMPANY_PHONE => record.phones.push(text.to_owned()),
                _ => {}
            }
        }
        record
    }

    /// The record of one row, by what its columns hold. A value that occurs twice is kept once where a record holds
    /// several, else the first that says something stays.
    #[must_use]
    pub fn from_row<'a>(columns: &[Option<Column>], cells: impl IntoIterator<Item = &'a str>) -> Self {
        let mut record = Self::default();
        let mut house = String::new();
        for (column, cell) in columns.iter().zip(cells) {
            let (Some(column), cell) = (column, cell.trim()) else {
                continue;
            };
            if cell.is_empty() {
                continue;
            }
            let one = match column {
                Column::HouseNumber => &mut house,
                Column::Street => &mut record.street,
                Column::City => &mut record.city,
                Column::Postcode => &mut record.postcode,
                Column::Country => &mut record.country,
                Column::BirthDate => &mut record.birth_date,
                Column::Identifier => &mut record.identifier,
                Column::Field(key) if *key == keys::PERSON_NAME => &mut record.person_name,
                Column::Field(key) if *key == keys::FIRST_NAME => &mut record.first_name,
                Column::Field(key) if *key == keys::LAST_NAME => &mut record.last_name,
                Column::Field(key) if *key == keys::JOB_TITLE => &mut record.job_title,
                Column::Field(key) if *key == keys::COMPANY_NAME => &mut record.company,
                Column::Field(key) if *key == keys::WEBSITE => &mut record.website,
                Column::Field(key) if *key == keys::LINKEDIN_URL => &mut record.linkedin,
                Column::Field(key) => {
                    let several = match *key {
                        keys::EMAIL => &mut record.emails,
                        keys::MOBILE_PHONE => &mut record.mobiles,
                        keys::PHONE | keys::COMPANY_PHONE => &mut record.phones,
                        _ => continue,
                    };
                    if !several.iter().any(|known| known == cell) {
                        several.push(cell.to_owned());
                    }
                    continue;
                }
                Column::RecordId | Column::MiddleName | Column::Region => continue,
            };
            if one.is_empty() {
                one.push_str(cell);
            }
        }
        if !house.is_empty() && !record.street.is_empty() {
            record.street = format!("{house} {}", record.street);
        }
        record
    }
}

#[cfg(test)]
mod tests {
    use domain::fields::headers::recognise;

    use super::*;

    #[test]
    fn a_row_becomes_a_record() {
        let columns = recognise(&[
            "First Name",
            "First Name",
            "Email",
            "email address",
            "street_number",
            "address_1",
            "x",
        ]);
        let record = Record::from_row(&columns, ["Jane", "", "a@b.com", "c@d.com", "8", "Main Street", "?"]);
        assert_eq!(record.first_name, "Jane");
        assert_eq!(record.emails, ["a@b.com", "c@d.com"]);
        assert_eq!(record.street, "8 Main Street");
    }
}
