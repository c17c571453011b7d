//! Two prepared records side by side: a grade for each aspect, and what else was noticed.

use crate::{
    agreement::Agreement,
    mail::{self, stem},
    person::NameAgreement,
    phone::Line,
    record::{Kind, Prepared},
};

/// What is compared. Company, web domain and domain of the e-mail are one aspect: counted three times they would make
/// one person of two colleagues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Aspect {
    FirstName,
    LastName,
    Company,
    Mail,
    Phone,
    Profile,
    Title,
    Birth,
    Street,
    City,
    Postcode,
    Identifier,
}

impl Aspect {
    /// In the order of tables.
    pub const ALL: [Self; 12] = [
        Self::FirstName,
        Self::LastName,
        Self::Company,
        Self::Mail,
        Self::Phone,
        Self::Profile,
        Self::Title,
        Self::Birth,
        Self::Street,
        Self::City,
        Self::Postcode,
        Self::Identifier,
    ];

    /// The stable key, as kept in settings and printed in JSON.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Company => "company",
            Self::Mail => "mail",
            Self::Phone => "phone",
            Self::Profile => "profile",
            Self::Title => "title",
            Self::Birth => "birth",
            Self::Street => "street",
            Self::City => "city",
            Self::Postcode => "postcode",
            Self::Identifier => "identifier",
        }
    }

    /// As a person calls it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::FirstName => "First name",
            Self::LastName => "Last name",
            Self::Company => "Company",
            Self::Mail => "E-mail",
            Self::Phone => "Phone",
            Self::Profile => "LinkedIn profile",
            Self::Title => "Job title",
            Self::Birth => "Date of birth",
            Self::Street => "Street",
            Self::City => "City",
            Self::Postcode => "Postcode",
            Self::Identifier => "Official number",
        }
    }
}

/// Two records, compared.
#[derive(Clone, Copy, Debug)]
pub struct Comparison {
    pub kind: Kind,
    pub name: NameAgreement,
    pub company: Agreement,
    pub mail: Agreement,
    pub phone: Agreement,
    pub profile: Agreement,
    pub title: Agreement,
    pub birth: Agreement,
    pub street: Agreement,
    pub city: Agreement,
    pub postcode: Agreement,
    pub identifier: Agreement,
    pub noticed: Noticed,
}

/// What grades do not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Noticed {
    /// `jane.doe@` here and `jane.doe2@` there.
    pub numbered_mail: bool,
    /// A mailbox at a free provider agrees, which no company handed out.
    pub private_mail: bool,
    /// The number that agrees is a personal one on at least one side.
    pub personal_phone: bool,
    /// Both have personal numbers, and none in common.
    pub mobile_differs: bool,
    /// Both have a shared mailbox, the same one.
    pub shared_mailbox: bool,
    /// The company's name agrees and its domains do not.
    pub domain_differs: bool,
    /// The domains share their name and differ in their ending only.
    pub other_ending: bool,
    /// A name that differs by a slip is spelt the other record's way in this record's own mailbox or profile.
    pub spelt_elsewhere: bool,
    /// Both name a country, and not the same.
    pub abroad: bool,
}

impl Comparison {
    /// Compares two records.
    #[must_use]
    pub fn of(a: &Prepared, b: &Prepared) -> Self {
        let (mine, theirs) = (a.particulars(), b.particulars());
        let mut noticed = Noticed {
            abroad: mine.place.is_abroad_of(&theirs.place),
            shared_mailbox: a.mails.iter().any(|mail| mail.is_shared && b.mails.contains(mail)),
            ..Noticed::default()
        };
        let mail = mail::compare(&a.mails, &b.mails);
        noticed.numbered_mail = mail.numbered;
        noticed.private_mail = mail.private && mail.agreement == Agreement::Same;
        let name = a.name.compare(&b.name);
        let slipped = |grade, mine: &str, theirs: &str| {
            grade == Agreement::Close && (spells(a, theirs, mine) || spells(b, mine, theirs))
        };
        noticed.spelt_elsewhere = !name.nickname
            && (slipped(name.first, &a.name.first, &b.name.first) || slipped(name.last, &a.name.last, &b.name.last));
        Self {
            kind: if a.kind == Kind::Organisation || b.kind == Kind::Organisation {
                Kind::Organisation
            } else {
                Kind::Person
            },
            name,
            company: match company(a, b, &mut noticed) {
                // One mailbox has one domain: where no name tells more, that is no second piece of evidence.
                Agreement::Same if mail.agreement.agrees() && (a.company.is_empty() || b.company.is_empty()) => {
                    Agreement::Unknown
                }
                grade => grade,
            },
            mail: mail.agreement,
            phone: phone(&a.lines, &b.lines, &mut noticed),
            profile: plain(&a.profile, &b.profile),
            title: title(&a.title, &b.title),
            birth: match (mine.birth, theirs.birth) {
                (Some(one), Some(other)) => one.compare(other),
                _ => Agreement::Unknown,
            },
            street: mine.street.compare(&theirs.street),
            city: mine.place.compare_city(&theirs.place),
            postcode: mine.place.compare_postcode(&theirs.place),
            identifier: match plain(&mine.identifier, &theirs.identifier) {
                Agreement::Different if crate::text::is_slip(&mine.identifier, &theirs.identifier) => Agreement::Close,
                other => other,
            },
            noticed,
        }
    }

    /// The grade of one aspect.
    #[must_use]
    pub fn grade(&self, aspect: Aspect) -> Agreement {
        match aspect {
            Aspect::FirstName => self.name.first,
            Aspect::LastName => self.name.last,
            Aspect::Company => self.company,
            Aspect::Mail => self.mail,
            Aspect::Phone => self.phone,
            Aspect::Profile => self.profile,
            Aspect::Title => self.title,
            Aspect::Birth => self.birth,
            Aspect::Street => self.street,
            Aspect::City => self.city,
            Aspect::Postcode => self.postcode,
            Aspect::Identifier => self.identifier,
        }
    }
}

/// Whether a record's mailbox or profile has the other spelling of its name, and not its own.
fn spells(record: &Prepared, other: &str, own: &str) -> bool {
    let has = |text: &str| text.contains(other) && !text.contains(own);
    other.len() > 2 && (has(&record.profile) || record.mails.iter().any(|mail| has(&mail.local)))
}

fn plain(a: &str, b: &str) -> Agreement {
    if a.is_empty() || b.is_empty() {
        Agreement::Unknown
    } else if a == b {
        Agreement::Same
    } else {
        Agreement::Different
    }
}

/// The company by everything that names it. A domain in common makes up for names that differ a little; domains that
/// differ cast doubt on names that agree, because names of companies are not unique.
fn company(a: &Prepared, b: &Prepared, noticed: &mut Noticed) -> Agreement {
    let name = a.company.compare(&b.company);
    if a.domains.is_empty() || b.domains.is_empty() {
        return name;
    }
    if a.domains.iter().any(|domain| b.domains.contains(domain)) {
        return match name {
            Agreement::Unknown | Agreement::Same | Agreement::Close => Agreement::Same,
            Agreement::Loose => Agreement::Close,
            Agreement::Different => Agreement::Loose,
        };
    }
    let other_ending = a
        .domains
        .iter()
        .any(|mine| b.domains.iter().any(|theirs| stem(mine) == stem(theirs)));
    noticed.other_ending = other_ending;
    noticed.domain_differs = name.agrees();
    match name {
        Agreement::Same if other_ending => Agreement::Close,
        Agreement::Same | Agreement::Close => Agreement::Loose,
        Agreement::Unknown if other_ending => Agreement::Loose,
        Agreement::Unknown => Agreement::Different,
        other => other,
    }
}

/// The same line, or close: one digit wrong. A number differs only from numbers of its own sort.
fn phone(a: &[Line], b: &[Line], noticed: &mut Noticed) -> Agreement {
    let mut grade = Agreement::Unknown;
    let mut mobiles_met = false;
    let mut mobile_agrees = false;
    for mine in a {
        for theirs in b {
            let found = if mine.same(*theirs) {
                noticed.personal_phone |= mine.is_personal || theirs.is_personal;
                mobile_agrees |= mine.is_personal && theirs.is_personal;
                Agreement::Same
            } else if mine.is_slip_of(*theirs) {
                Agreement::Loose
            } else {
                Agreement::Different
            };
            mobiles_met |= mine.is_personal && theirs.is_personal;
            grade = grade.max(found);
        }
    }
    noticed.mobile_differs = mobiles_met && !mobile_agrees;
    grade
}

/// The same title, or close: half of the words in common.
fn title(a: &str, b: &str) -> Agreement {
    match plain(a, b) {
        Agreement::Different => {
            let shared = a
                .split(' ')
                .filter(|word| b.split(' ').any(|other| other == *word))
                .count();
            let most = a.split(' ').count().max(b.split(' ').count());
            if shared * 2 >= most {
                Agreement::Close
            } else {
                Agreement::Different
            }
        }
        other => other,
    }
}
