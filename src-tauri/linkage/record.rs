//! One record: as its source wrote it, and prepared for comparing.
//!
//! Preparing is done once a record and costs a few microseconds; comparing is done for every candidate and reads
//! prepared values only. Nothing here repairs a record: what is prepared is never shown or kept.

use compact_str::CompactString;
use domain::{person_name, text::tidy_line};

use crate::{
    address::{Place, Street},
    company::CompanyName,
    dates::BirthDate,
    mail::Mail,
    person::PersonName,
    phone::Line,
    text,
};

/// What linkage may know of one record, as text. Empty means unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The whole name of a person, where first and last name do not come apart.
    pub person_name: String,
    pub first_name: String,
    pub last_name: String,
    pub job_title: String,
    pub company: String,
    pub website: String,
    pub emails: Vec<String>,
    /// Numbers that reach a person wherever she is.
    pub mobiles: Vec<String>,
    /// Other numbers: direct lines and switchboards, which cannot be told apart.
    pub phones: Vec<String>,
    pub linkedin: String,
    /// House number and street.
    pub street: String,
    pub city: String,
    pub postcode: String,
    pub country: String,
    pub birth_date: String,
    /// A number that an authority gave: tax, insurance or register.
    pub identifier: String,
}

/// What a record is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Person,
    Organisation,
}

/// A record ready to be compared.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub kind: Kind,
    pub name: PersonName,
    pub company: CompanyName,
    /// Registrable domains of the website and of addresses that belong to a company.
    pub domains: Vec<CompactString>,
    pub mails: Vec<Mail>,
    pub lines: Vec<Line>,
    /// The last part of a LinkedIn address.
    pub profile: CompactString,
    pub title: CompactString,
    particulars: Option<Box<Particulars>>,
}

/// What registers know of somebody and lists of sales contacts seldom do: it takes no room where it is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Particulars {
    pub street: Street,
    pub place: Place,
    pub birth: Option<BirthDate>,
    pub identifier: CompactString,
}

static UNKNOWN: Particulars = Particulars {
    street: Street::UNKNOWN,
    place: Place::UNKNOWN,
    birth: None,
    identifier: CompactString::const_new(""),
};

impl Prepared {
    /// Prepares a record. Of each text only the beginning is read, as far as a value of its kind can go: a cell of a
    /// megabyte is no name.
    #[must_use]
    pub fn of(record: &Record) -> Self {
        let name = PersonName::read(
            beginning(&record.person_name),
            beginning(&record.first_name),
            beginning(&record.last_name),
        );
        // Hundreds of thousands of records are kept: none has more room than it needs.
        let mut mails: Vec<Mail> = Vec::with_capacity(record.emails.len());
        mails.extend(record.emails.iter().filter_map(|typed| Mail::read(beginning(typed))));
        let mut domains: Vec<CompactString> = Vec::with_capacity(1);
        let mut add = |domain: Option<CompactString>| {
            if let Some(domain) = domain.filter(|domain| !domains.contains(domain)) {
                domains.push(domain);
            }
        };
        add(website_domain(beginning(&record.website)));
        for mail in mails.iter().filter(|mail| !mail.is_free) {
            add(domain::web::registrable_domain(&mail.domain).map(CompactString::from));
        }
        let mut lines: Vec<Line> = Vec::with_capacity(record.mobiles.len() + record.phones.len());
        let numbers = record.mobiles.iter().map(|typed| (typed, true));
        for (typed, personal) in numbers.chain(record.phones.iter().map(|typed| (typed, false))) {
            if let Some(line) = Line::read(beginning(typed), personal)
                && !lines.iter().any(|known| known.same(line))
            {
                lines.push(line);
            }
        }
        Self {
            kind: if name.is_empty() && !record.company.trim().is_empty() {
                Kind::Organisation
            } else {
                Kind::Person
            },
            name,
            company: CompanyName::read(beginning(&record.company)),
            domains,
            mails,
            lines,
            profile: profile(beginning(&record.linkedin)),
            title: title(beginning(&record.job_title)),
            particulars: Particulars::read(record).map(Box::new),
        }
    }

    /// Where it is at home, and how authorities know it.
    #[must_use]
    pub fn particulars(&self) -> &Particulars {
        self.particulars.as_deref().unwrap_or(&UNKNOWN)
    }
}

impl Particulars {
    fn read(record: &Record) -> Option<Self> {
        let read = Self {
            street: Street::read(beginning(&record.street)),
            place: Place::read(
                beginning(&record.city),
                beginning(&record.postcode),
                beginning(&record.country),
            ),
            birth: BirthDate::read(beginning(&record.birth_date)),
            identifier: text::fold(beginning(&record.identifier)).split(' ').collect(),
        };
        (read != UNKNOWN).then_some(read)
    }
}

/// The most that is read of a value, in bytes.
const LONGEST: usize = 320;

fn beginning(text: &str) -> &str {
    text.get(..text.floor_char_boundary(LONGEST)).unwrap_or(text)
}

/// The domain somebody registered, without the cost of a full parse where the address is plain.
fn website_domain(typed: &str) -> Option<CompactString> {
    let address = domain::web::WebAddress::parse(typed).ok()?;
    let domain = address.registrable_domain()?;
    // A page at somebody else's house says nothing about whose it is.
    (!HOSTS.contains(&domain)).then(|| domain.into())
}

/// Where companies and persons have pages that are not theirs.
const HOSTS: &[&str] = &[
    "linkedin.com",
    "facebook.com",
    "twitter.com",
    "x.com",
    "instagram.com",
    "google.com",
    "youtube.com",
];

/// `https://www.linkedin.com/in/Jane-Doe-1/?trk=x` is `jane-doe-1`.
fn profile(typed: &str) -> CompactString {
    let lower = typed.trim().to_lowercase();
    let Some((_, after)) = lower.split_once("/in/").or_else(|| lower.split_once("/pub/")) else {
        return CompactString::default();
    };
    after.split(['/', '?', '#']).next().unwrap_or_default().trim().into()
}

/// A job title, folded, with the commonest short forms written out.
fn title(typed: &str) -> CompactString {
    let folded = text::fold(typed);
    let words: Vec<&str> = folded
        .split(' ')
        .filter(|word| !matches!(*word, "of" | "the" | "and" | ""))
        .map(|word| match word {
            "vp" => "vice president",
            "svp" => "senior vice president",
            "sr" => "senior",
            "jr" => "junior",
            "mgr" => "manager",
            "dir" => "director",
            "eng" => "engineer",
            "exec" => "executive",
            "asst" => "assistant",
            "ops" => "operations",
            "mktg" => "marketing",
            "ceo" => "chief executive officer",
            "cfo" => "chief financial officer",
            "cto" => "chief technology officer",
            "cio" => "chief information officer",
            "coo" => "chief operating officer",
            other => other,
        })
        .collect();
    words.join(" ").into()
}

/// The words of a name that carry it: tidy, without titles, generation apart.
pub(crate) fn tidy_name(typed: &str) -> String {
    let tidy = tidy_line(typed);
    if tidy.is_empty() {
        return tidy;
    }
    person_name::normalise(&tidy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_huge_cell_only_the_beginning_is_read() {
        let huge = "Größe ".repeat(200_000);
        let record = Record {
            first_name: huge.clone(),
            company: huge.clone(),
            job_title: huge.clone(),
            street: huge.clone(),
            emails: vec![huge.clone()],
            ..Record::default()
        };
        let prepared = Prepared::of(&record);
        assert!(prepared.company.words.len() < 80 && prepared.title.len() < 400);
        assert!(prepared.mails.is_empty());
    }

    #[test]
    fn websites_and_mailboxes_name_a_company_and_hosts_do_not() {
        let record = |website: &str, email: &str| {
            Prepared::of(&Record {
                website: website.to_owned(),
                emails: vec![email.to_owned()],
                ..Record::default()
            })
            .domains
        };
        assert_eq!(
            record("HTTP://WWW.ACME.CO.UK/about", "jane@mail.acme.co.uk"),
            ["acme.co.uk"]
        );
        assert_eq!(record("https://www.facebook.com/acme", "jane@gmail.com"), [""; 0]);
        assert_eq!(record("n/a", "info@acme.com"), ["acme.com"]);
    }
}
