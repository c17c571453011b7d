//! The evidence in words: what speaks for one record, and what against it. Never a probability.

use crate::{
    agreement::Agreement,
    compare::Comparison,
    record::{Kind, Prepared},
};

/// What speaks for and against two records being one, strongest first, in words that follow "because".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    pub for_it: Vec<&'static str>,
    pub against: Vec<&'static str>,
}

impl Evidence {
    /// The evidence of a comparison of these two.
    #[must_use]
    pub fn of(comparison: &Comparison, a: &Prepared, b: &Prepared) -> Self {
        let mut evidence = Self::default();
        evidence.identity(comparison);
        match comparison.kind {
            Kind::Person => evidence.name(comparison, a, b),
            Kind::Organisation => {}
        }
        evidence.company(comparison);
        evidence.circumstances(comparison);
        evidence
    }

    fn note(&mut self, grade: Agreement, same: &'static str, close: &'static str, different: &'static str) {
        let (list, words) = match grade {
            Agreement::Same => (&mut self.for_it, same),
            Agreement::Close => (&mut self.for_it, close),
            Agreement::Different => (&mut self.against, different),
            Agreement::Loose | Agreement::Unknown => return,
        };
        if !words.is_empty() {
            list.push(words);
        }
    }

    fn identity(&mut self, comparison: &Comparison) {
        let noticed = comparison.noticed;
        self.note(
            comparison.identifier,
            "same official number",
            "official number one character apart",
            "different official numbers",
        );
        self.note(
            comparison.mail,
            "same e-mail address",
            "e-mail addresses a slip apart",
            if noticed.numbered_mail {
                "e-mail addresses differ only in their number, as those of two colleagues do"
            } else {
                "different e-mail addresses"
            },
        );
        if comparison.mail == Agreement::Loose {
            self.for_it.push("same name in front of the @, another domain");
        }
        self.note(
            comparison.profile,
            "same LinkedIn profile",
            "",
            "different LinkedIn profiles",
        );
        if comparison.phone == Agreement::Same && noticed.personal_phone {
            self.for_it.push("same mobile number");
        } else {
            self.note(comparison.phone, "same phone number", "", "different phone numbers");
        }
        if noticed.mobile_differs {
            self.against.push("different mobile numbers");
        }
        self.note(
            comparison.birth,
            "same date of birth",
            "dates of birth one digit apart",
            "different dates of birth",
        );
        if noticed.shared_mailbox {
            self.against
                .push("the mailbox in common is a shared one, which says nothing");
        }
    }

    fn name(&mut self, comparison: &Comparison, a: &Prepared, b: &Prepared) {
        let name = comparison.name;
        let same = |grade| grade == Agreement::Same;
        if name.swapped {
            self.for_it.push("same name, first and last name swapped");
        } else if same(name.first) && same(name.last) {
            self.for_it.push("same name");
        } else {
            self.note(name.last, "same surname", "surnames a slip apart", "different surnames");
            self.note(
                name.first,
                "same first name",
                if name.nickname {
                    "first names that are forms of one name"
                } else {
                    "first names a slip apart"
                },
                "different first names",
            );
            if name.first == Agreement::Loose && (a.name.first.len() == 1 || b.name.first.len() == 1) {
                self.against.push("of one first name only the initial is known");
            }
        }
        if comparison.noticed.spelt_elsewhere {
            self.for_it
                .push("one mailbox or profile has the other spelling of the name");
        }
        if name.generation_differs {
            self.against.push("one is Jr or Sr and the other is not");
        }
    }

    fn company(&mut self, comparison: &Comparison) {
        let noticed = comparison.noticed;
        self.note(
            comparison.company,
            "same company",
            "nearly the same company",
            "different companies",
        );
        if comparison.company == Agreement::Loose && noticed.domain_differs {
            self.against.push("companies of the same name with different domains");
        } else if comparison.company == Agreement::Loose {
            self.against.push("companies that share a part of their names");
        } else if noticed.domain_differs {
            self.against.push("the company's domains differ");
        }
        if noticed.abroad {
            self.against.push("different countries");
        }
    }

    fn circumstances(&mut self, comparison: &Comparison) {
        self.note(comparison.title, "same job title", "", "different job titles");
        self.note(
            comparison.street,
            "same address",
            "nearly the same address",
            "different addresses",
        );
        self.note(comparison.city, "same town", "", "different towns");
        self.note(comparison.postcode, "same postcode", "", "different postcodes");
    }

    /// One line: `same mobile number, same name; but different e-mail addresses`.
    #[must_use]
    pub fn line(&self) -> String {
        let (pro, contra) = (self.for_it.join(", "), self.against.join(", "));
        match (pro.is_empty(), contra.is_empty()) {
            (_, true) => pro,
            (true, false) => format!("but {contra}"),
            (false, false) => format!("{pro}; but {contra}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Record;

    #[test]
    fn evidence_is_said_in_words() {
        let record = |first: &str, email: &str, mobile: &str, company: &str| {
            Prepared::of(&Record {
                first_name: first.to_owned(),
                last_name: "Doe".to_owned(),
                emails: vec![email.to_owned()],
                mobiles: vec![mobile.to_owned()],
                company: company.to_owned(),
                ..Record::default()
            })
        };
        let a = record("Christopher", "c.doe@acme.com", "+44 7911 123456", "Acme Ltd");
        let b = record("Chris", "chris@acme.com", "07911 123456", "Acme");
        let line = Evidence::of(&Comparison::of(&a, &b), &a, &b).line();
        assert_eq!(
            line,
            "same mobile number, same surname, first names that are forms of one name, same company; but different e-mail \
             addresses"
        );
        let c = record("Jane", "info@acme.com", "", "Acme");
        let d = record("Jane", "info@acme.com", "", "Acme");
        let line = Evidence::of(&Comparison::of(&c, &d), &c, &d).line();
        assert_eq!(
            line,
            "same name, same company; but the mailbox in common is a shared one, which says nothing"
        );
    }
}
