//! Keeps the search: one document for each ticket, and an index of phone numbers by their last digits.

use domain::{CompanyId, ContactId, TicketId, Value, phone::digits_of_query};
use rusqlite::{OptionalExtension, params};

use super::Writer;
use crate::{Error, convert::from_json};

/// Whose number it is.
#[derive(Clone, Copy, Debug)]
pub(super) enum PhoneOwner {
    Ticket(TicketId),
    Contact(ContactId),
    Company(CompanyId),
}

/// What is found of a ticket: its number, company, person, addresses, digits of its phones, and the rest.
type Document = (i64, String, String, String, String, String);

/// Documents that go in one after the other.
const DOCUMENTS_AT_ONCE: usize = 10_000;

impl PhoneOwner {
    fn columns(self) -> (&'static str, i64) {
        match self {
            Self::Ticket(id) => ("ticket", id.0),
            Self::Contact(id) => ("contact", id.0),
            Self::Company(id) => ("company", id.0),
        }
    }
}

impl Writer<'_> {
    /// Writes the documents of every ticket that changed in this transaction.
    pub(super) fn flush_search(&mut self) -> Result<(), Error> {
        let mut unindexed = std::mem::take(&mut self.unindexed).into_iter().peekable();
        while unindexed.peek().is_some() {
            let mut documents = Vec::new();
            for ticket in unindexed.by_ref().take(DOCUMENTS_AT_ONCE) {
                documents.extend(self.index_ticket(ticket)?);
            }
            self.put_documents(&documents)?;
        }
        Ok(())
    }

    /// The documents go in one after the other, with no other statement between them: one that could be taken back by itself
    /// makes the index write out what it has gathered so far. This one cannot (a row of values, no trigger), so that what
    /// the index merges meanwhile is not kept a second time, either.
    fn put_documents(&self, documents: &[Document]) -> Result<(), Error> {
        let mut put = self.statement(
            "INSERT OR REPLACE INTO ticket_search (rowid, company, person, email, phone, other)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for (ticket, company, person, email, phone, other) in documents {
            put.execute(params![ticket, company, person, email, phone, other])?;
        }
        Ok(())
    }

    /// Indexes the numbers of a ticket and gives its document; takes both out of a ticket that is not there any more.
    fn index_ticket(&mut self, ticket: TicketId) -> Result<Option<Document>, Error> {
        let found: Option<[String; 6]> = self
            .statement(
                "SELECT tickets.company, tickets.person, tickets.email, tickets.summary,
                        coalesce(contacts.name, ''), coalesce(contacts.email, '')
                 FROM tickets LEFT JOIN contacts ON contacts.id = tickets.contact_id
                 WHERE tickets.id = ?1 AND tickets.removed = 0",
            )?
            .query_row([ticket.0], |row| {
                Ok([
                    row.get(0)?,
                    row.get(1)?,
                    row.get(2)?,
                    row.get(3)?,
                    row.get(4)?,
                    row.get(5)?,
                ])
            })
            .optional()?;
        let Some([company, mut person, mut email, summary, contact_name, contact_email]) = found else {
            self.run("DELETE FROM ticket_search WHERE rowid = ?1", [ticket.0])?;
            self.index_phones(PhoneOwner::Ticket(ticket), [])?;
            return Ok(None);
        };
        add_other(&mut person, &contact_name);
        add_other(&mut email, &contact_email);
        let values: Vec<String> = self
            .statement(
                "SELECT value FROM ticket_values
                 WHERE ticket = ?1 AND field IN ('phone', 'mobile_phone', 'company_phone') ORDER BY field",
            )?
            .query_map([ticket.0], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let mut numbers = Vec::with_capacity(values.len());
        for value in values {
            if let Value::Phone(phone) = from_json("value", &value)? {
                numbers.push(phone.e164.unwrap_or(phone.typed));
            }
        }
        let digits = numbers
            .iter()
            .map(|number| digits_of(number))
            .collect::<Vec<_>>()
            .join(" ");
        self.index_phones(PhoneOwner::Ticket(ticket), numbers.iter().map(String::as_str))?;
        Ok(Some((
            ticket.0,
            document(&company),
            document(&person),
            document(&email),
            document(&digits),
            document(&summary),
        )))
    }

    /// Replaces the numbers of one owner.
    pub(super) fn index_phones<'a>(
        &mut self,
        owner: PhoneOwner,
        numbers: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), Error> {
        let (kind, id) = owner.columns();
        self.run(
            "DELETE FROM phone_index WHERE kind = ?1 AND owner = ?2",
            params![kind, id],
        )?;
        for number in numbers {
            let digits = digits_of(number);
            if digits.is_empty() {
                continue;
            }
            self.run(
                "INSERT OR IGNORE INTO phone_index (kind, owner, reversed, shown) VALUES (?1, ?2, ?3, ?4)",
                params![kind, id, reversed(&digits), number.trim()],
            )?;
        }
        Ok(())
    }
}

/// The digits of a number without the zeros in front, which are a way of dialling and no part of the number.
pub(crate) fn digits_of(number: &str) -> String {
    let digits = digits_of_query(number).unwrap_or_else(|| number.chars().filter(char::is_ascii_digit).collect());
    digits.trim_start_matches('0').to_owned()
}

/// The same digits, last first.
pub(crate) fn reversed(digits: &str) -> String {
    digits.chars().rev().collect()
}

/// A text as the index wants it: between spaces, so that words can be told by how they begin.
fn document(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!(" {text} ")
    }
}

fn add_other(text: &mut String, other: &str) {
    if !other.is_empty() && !text.eq_ignore_ascii_case(other) {
        text.push(' ');
        text.push_str(other);
    }
}
