//! Whom a ticket is about: found among the companies and contacts that are here, made where there is nobody, and asked
//! where there is a doubt.
//!
//! Model. A ticket that is promoted needs a company and a contact. One that is linked already has them. Else the names and
//! the address on the ticket are held against what is here: the same company name (legal forms aside) and, inside it, the
//! same person. Nobody like it, or exactly one company of exactly that name and nobody like the person in it, leaves no
//! doubt: what is missing is made. Everything else is put to the person who moves the card, with a proposal.
//!
//! Turned down: asking every time, because then people learn to press Enter; and linking whatever is similar, because a
//! wrong link cannot be seen later.

use std::collections::BTreeMap;

use domain::{CompanyId, ContactId, FieldKey, TicketId, Value, fields::keys, person_name};
use store::{CompanyRow, ContactRow, LocalCompany, LocalContact, Party, Reader, TicketRow, Writer};

use crate::{
    Problem,
    views::{CompanyChoice, CompanyOption, ContactChoice, ContactOption, PartyChoice, PartyNeed},
};

/// What the names on a ticket come to.
pub(crate) enum Resolved {
    /// It is linked already.
    Linked,
    /// No doubt.
    Plain(PartyChoice),
    /// A person must say.
    Doubt(PartyNeed),
}

/// What is known of whom a ticket is about.
struct Names {
    company: String,
    website: String,
    person: String,
    email: String,
    phones: Vec<String>,
}

impl Names {
    fn of(values: &BTreeMap<FieldKey, Value>) -> Self {
        let text = |field: FieldKey| match values.get(&field) {
            Some(Value::Text(text)) => text.trim().to_owned(),
            Some(Value::Email(email)) => email.as_str().to_owned(),
            Some(Value::Url(url)) => url.as_str().to_owned(),
            _ => String::new(),
        };
        let phones = [keys::PHONE, keys::MOBILE_PHONE].into_iter();
        Self {
            company: text(keys::COMPANY_NAME),
            website: text(keys::WEBSITE),
            person: text(keys::PERSON_NAME),
            email: text(keys::EMAIL),
            phones: phones
                .filter_map(|field| match values.get(&field) {
                    Some(Value::Phone(phone)) => Some(phone.e164.clone().unwrap_or_else(|| phone.typed.clone())),
                    _ => None,
                })
                .collect(),
        }
    }
}

/// Finds out whom a ticket is about. `values` are those that it will have.
pub(crate) fn resolve(
    reader: &Reader<'_>,
    ticket: &TicketRow,
    values: &BTreeMap<FieldKey, Value>,
) -> Result<Resolved, store::Error> {
    if ticket.company.is_some() && ticket.contact.is_some() {
        return Ok(Resolved::Linked);
    }
    find(reader, ticket.company, &Names::of(values))
}

fn find(reader: &Reader<'_>, linked: Option<CompanyId>, names: &Names) -> Result<Resolved, store::Error> {
    let companies = match linked {
        Some(company) => reader.company(company)?.into_iter().collect(),
        None => reader.companies_named(&names.company)?,
    };
    let mut contacts = reader.contacts_with_email(&names.email)?;
    for company in &companies {
        let alike = reader.contacts_of(company.id)?;
        contacts.extend(alike.into_iter().filter(|contact| same(&contact.name, &names.person)));
    }
    contacts.sort_by_key(|contact| contact.id);
    contacts.dedup_by_key(|contact| contact.id);

    let is_exact = |company: &CompanyRow| linked.is_some() || same(&company.name, &names.company);
    let company = match companies.as_slice() {
        [] => Some(CompanyChoice::New),
        [only] if is_exact(only) => Some(CompanyChoice::Existing { id: only.id }),
        _ => None,
    };
    let plain = match (company, contacts.as_slice()) {
        (Some(company), []) => Some(PartyChoice {
            company,
            contact: ContactChoice::New,
        }),
        (Some(company), [only]) if is_the_person(only, company, names) => Some(PartyChoice {
            company,
            contact: ContactChoice::Existing { id: only.id },
        }),
        _ => None,
    };
    if let Some(choice) = plain {
        return Ok(Resolved::Plain(choice));
    }
    Ok(Resolved::Doubt(need(reader, &companies, &contacts, names)?))
}

/// The company here that has the very name that the ticket holds.
pub(crate) fn same_company(
    reader: &Reader<'_>,
    values: &BTreeMap<FieldKey, Value>,
) -> Result<Option<String>, store::Error> {
    let names = Names::of(values);
    let alike = reader.companies_named(&names.company)?;
    let known = alike.into_iter().find(|company| same(&company.name, &names.company));
    Ok(known.map(|company| company.name))
}

/// One person: the same name in the same company, and no other address.
fn is_the_person(contact: &ContactRow, company: CompanyChoice, names: &Names) -> bool {
    let in_company = matches!(company, CompanyChoice::Existing { id } if contact.company == Some(id));
    let same_address = contact.email.is_empty() || names.email.is_empty() || same(&contact.email, &names.email);
    in_company && same_address && same(&contact.name, &names.person)
}

fn need(
    reader: &Reader<'_>,
    companies: &[CompanyRow],
    contacts: &[ContactRow],
    names: &Names,
) -> Result<PartyNeed, store::Error> {
    let contacts: Vec<ContactOption> = contacts
        .iter()
        .map(|contact| contact_option(reader, contact))
        .collect::<Result<_, _>>()?;
    // The most telling one: the address belongs to somebody; else the name is there; else the company.
    let known = contacts
        .iter()
        .find(|contact| same(&contact.name, &names.person))
        .or(contacts.first());
    let company = known.and_then(|contact| contact.company).or_else(|| {
        let exact = companies.iter().find(|company| same(&company.name, &names.company));
        exact.or(companies.first()).map(|company| company.id)
    });
    let proposal = PartyChoice {
        company: company.map_or(CompanyChoice::New, |id| CompanyChoice::Existing { id }),
        contact: known.map_or(ContactChoice::New, |contact| ContactChoice::Existing { id: contact.id }),
    };
    let mut options: Vec<CompanyOption> = companies.iter().map(company_option).collect();
    for contact in &contacts {
        if let Some(company) = contact.company
            && options.iter().all(|option| option.id != company)
            && let Some(row) = reader.company(company)?
        {
            options.push(company_option(&row));
        }
    }
    Ok(PartyNeed {
        companies: options,
        contacts,
        new_company: names.company.clone(),
        new_contact: names.person.clone(),
        proposal,
    })
}

pub(crate) fn company_option(company: &CompanyRow) -> CompanyOption {
    CompanyOption {
        id: company.id,
        name: company.name.clone(),
        website: company.website.clone(),
        in_halo: company.halo_id.is_some(),
    }
}

pub(crate) fn contact_option(reader: &Reader<'_>, contact: &ContactRow) -> Result<ContactOption, store::Error> {
    let company_name = match contact.company {
        Some(company) => reader.company_name(company)?.unwrap_or_default(),
        None => String::new(),
    };
    Ok(ContactOption {
        id: contact.id,
        name: contact.name.clone(),
        email: contact.email.clone(),
        company: contact.company,
        company_name,
        in_halo: contact.halo_id.is_some(),
    })
}

/// Links a ticket to whom was chosen, and makes what is new of it from the names on the ticket.
///
/// # Errors
/// [`Problem::Refused`] when the two do not belong together, or there is no name for what is to be made.
pub(crate) fn settle(
    w: &mut Writer<'_>,
    ticket: TicketId,
    choice: PartyChoice,
    values: &BTreeMap<FieldKey, Value>,
) -> anyhow::Result<Party> {
    let names = Names::of(values);
    let company = match (choice.contact, choice.company) {
        // Whoever is chosen brings their company along.
        (ContactChoice::Existing { id }, chosen) => {
            let contact = existing_contact(w, id)?;
            let company = contact.company.ok_or_else(|| {
                refused(format!(
                    "{} belongs to no company in HaloPSA. Choose somebody else.",
                    contact.name
                ))
            })?;
            if matches!(chosen, CompanyChoice::Existing { id } if w.current_company(Some(id))? != Some(company)) {
                let name = w.company_name(company)?.unwrap_or_default();
                return Err(refused(format!(
                    "{} belongs to {name}. Choose that company, or another contact.",
                    contact.name
                )));
            }
            company
        }
        (ContactChoice::New, CompanyChoice::Existing { id }) => {
            let current = w.current_company(Some(id))?;
            match current {
                Some(company) if w.company(company)?.is_some() => company,
                _ => return Err(missing("company")),
            }
        }
        (ContactChoice::New, CompanyChoice::New) => {
            if names.company.is_empty() {
                return Err(refused("The ticket names no company. Fill it in first."));
            }
            w.add_company(
                ticket,
                &LocalCompany {
                    name: names.company.clone(),
                    website: names.website.clone(),
                },
            )?
        }
    };
    let contact = match choice.contact {
        ContactChoice::Existing { id } => existing_contact(w, id)?.id,
        ContactChoice::New => {
            if names.person.is_empty() {
                return Err(refused("The ticket names no person. Fill it in first."));
            }
            let site = match w.site_of_company(company)? {
                Some(site) => site.id,
                None => w.add_site(ticket, company)?,
            };
            let (first_name, last_name) = person_name::split(&names.person);
            w.add_contact(
                ticket,
                &LocalContact {
                    company,
                    site,
                    name: names.person,
                    first_name,
                    last_name,
                    email: names.email,
                    phones: names.phones,
                },
            )?
        }
    };
    w.link_company(ticket, Some(company))?;
    w.link_contact(ticket, Some(contact))?;
    Ok(Party {
        company: Some(company),
        contact: Some(contact),
    })
}

fn existing_contact(reader: &Reader<'_>, contact: ContactId) -> anyhow::Result<ContactRow> {
    let row = match reader.current_contact(Some(contact))? {
        Some(current) => reader.contact(current)?,
        None => None,
    };
    row.ok_or_else(|| missing("contact"))
}

fn missing(what: &str) -> anyhow::Error {
    Problem::NotFound {
        what: format!("such {what} on this computer"),
    }
    .into()
}

fn refused(reason: impl Into<String>) -> anyhow::Error {
    Problem::Refused { reason: reason.into() }.into()
}

/// The same words, upper and lower case and spaces aside. An empty text is the same as nothing.
fn same(one: &str, other: &str) -> bool {
    let mut words = one.split_whitespace();
    let mut others = other.split_whitespace();
    loop {
        match (words.next(), others.next()) {
            (None, None) => return !one.trim().is_empty(),
            (Some(word), Some(other)) if word.to_lowercase() == other.to_lowercase() => {}
            _ => return false,
        }
    }
}
