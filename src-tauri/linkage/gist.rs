//! What of a record says at once that another one is somebody else.
//!
//! Most records that share a key share nothing else: the name as it sounds, at another company; or the company and a first
//! name, or its switchboard. The rules ([`decide`](crate::decide)) call two persons new when no fact is shared and their
//! names or their companies differ, so such a pair needs no comparison. What is shared is looked at in a few dozen bytes
//! beside each other, where comparing reads a dozen texts from all over the memory. It may keep a pair that is new, and
//! never loses one that is not: a test holds it to the rules.

use crate::{
    agreement::Agreement,
    person::NameAgreement,
    record::{Kind, Prepared},
    text::{key, without_digraphs},
};

/// Numbers that stand for texts: equal for equal texts, 0 for none.
#[derive(Clone, Copy, Debug)]
pub struct Gist {
    /// A bit for each word of the company, and for all of them as one, by how it is spelt.
    words: u64,
    /// The same by the first letter, for those that may be alike with a slip.
    initials: u32,
    mails: [u32; 2],
    lines: [u32; 3],
    profile: u32,
    domains: [u32; 2],
    /// A bit for each of the facts that are not looked at here and that the record has.
    others: u8,
    /// Everything that counts is in here.
    is_whole: bool,
}

impl Gist {
    /// The gist of a record.
    #[must_use]
    pub fn of(record: &Prepared) -> Self {
        let particulars = record.particulars();
        let mut gist = Self {
            words: 0,
            initials: 0,
            mails: [0; 2],
            lines: [0; 3],
            profile: 0,
            domains: [0; 2],
            others: u8::from(particulars.birth.is_some())
                | (u8::from(!particulars.identifier.is_empty()) << 1)
                | (u8::from(!particulars.street.is_empty()) << 2),
            is_whole: record.kind == Kind::Person && record.name.generation.is_none(),
        };
        if !record.profile.is_empty() {
            gist.profile = short(key(0, &[&record.profile]));
        }
        let company = &record.company;
        let spelt_out = (!company.is_empty()).then_some(&company.joined);
        for word in company.words.iter().chain(spelt_out) {
            let spelt = without_digraphs(word).fold(0_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(SPREAD));
            gist.words |= 1 << (spelt >> 58);
            if let (Some(first), true) = (word.bytes().next(), word.len() > 4) {
                gist.initials |= 1 << (first % 32);
            }
        }
        let own = record.mails.iter().filter(|mail| !mail.is_shared);
        gist.is_whole &= put(&mut gist.mails, own.map(|mail| key(0, &[&mail.local, &mail.domain])));
        let endings = record.lines.iter().map(|line| line.ending() << 32);
        gist.is_whole &= put(&mut gist.lines, endings);
        gist.is_whole &= put(&mut gist.domains, record.domains.iter().map(|domain| key(0, &[domain])));
        gist
    }

    /// Whether the rules call two persons new, because no fact of their own is shared and either their names differ or their
    /// companies do. How those compare is asked only where it cannot be seen here. `false` says nothing.
    #[must_use]
    pub fn is_somebody_else(
        &self,
        other: &Self,
        names: impl FnOnce() -> NameAgreement,
        companies: impl FnOnce() -> Agreement,
    ) -> bool {
        let shares_no_fact = self.is_whole
            && other.is_whole
            && self.others & other.others == 0
            && !meet(&self.mails, &other.mails)
            && !meet(&[self.profile], &[other.profile]);
        if !shares_no_fact {
            return false;
        }
        let shares_line = meet(&self.lines, &other.lines);
        let may_be_elsewhere = !shares_line && !meet(&self.domains, &other.domains);
        let both = self.words != 0 && other.words != 0;
        if may_be_elsewhere && both && self.words & other.words == 0 && self.initials & other.initials == 0 {
            return true;
        }
        let name = names();
        name.first == Agreement::Different
            || name.last == Agreement::Different && !shares_line
            || may_be_elsewhere && companies() == Agreement::Different
    }
}

/// Spreads bits over a word, as of the golden ratio.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// The upper half of a key, which is never 0.
fn short(key: u64) -> u32 {
    u32::try_from(key >> 32).unwrap_or(u32::MAX).max(1)
}

/// Puts what there is into its places; `false` when there are too few of them.
fn put(places: &mut [u32], keys: impl Iterator<Item = u64>) -> bool {
    let mut places = places.iter_mut();
    for key in keys {
        match places.next() {
            Some(place) => *place = short(key),
            None => return false,
        }
    }
    true
}

/// Whether one of these is one of those.
fn meet(these: &[u32], those: &[u32]) -> bool {
    these.iter().any(|this| *this != 0 && those.contains(this))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Decision, Linker, record::Record};

    /// People who have much in common, so that every fact is shared now and then.
    fn people() -> impl Strategy<Value = Record> {
        let text = |texts: &'static [&'static str]| prop::sample::select(texts).prop_map(str::to_owned);
        let some = |texts: &'static [&'static str]| prop::collection::vec(text(texts), 0..3);
        let who = (
            text(&["Jane", "Jayne", "Joan", "J.", "John", ""]),
            text(&["Doe", "Do", "Dough", "Doe Jr", "Roe", "Smith-Doe", ""]),
            text(&[
                "Acme Ltd",
                "Acne Ltd",
                "Acme Media",
                "Beta Law",
                "Betta Laws",
                "Müller",
                "Mueller AG",
                "Delta Betas",
                "",
            ]),
            text(&["acme.com", "https://acme.co.uk", "beta.com", "mueller.de", ""]),
            text(&["linkedin.com/in/jane", "linkedin.com/in/joan", ""]),
        );
        let ways = (
            some(&[
                "jane@acme.com",
                "jane@beta.com",
                "jayne@acme.com",
                "info@acme.com",
                "jane@gmail.com",
                "jane@acme.co",
            ]),
            some(&["020 7946 0018", "+44 20 7946 0018", "020 7946 0019", "7946 0018"]),
            some(&["07400 123456", "07400 123457"]),
        );
        let rest = (
            text(&["CEO", "CFO", ""]),
            text(&["1 High Street", "1 High St", "2 Low Road", "", "", ""]),
            text(&["1971-06-24", "1971-06-25", "", "", ""]),
            text(&["12345678", "12345679", "", "", ""]),
            text(&["GB", "US", ""]),
        );
        (who, ways, rest).prop_map(|(who, ways, rest)| Record {
            first_name: who.0,
            last_name: who.1,
            company: who.2,
            website: who.3,
            linkedin: who.4,
            emails: ways.0,
            phones: ways.1,
            mobiles: ways.2,
            job_title: rest.0,
            street: rest.1,
            birth_date: rest.2,
            identifier: rest.3,
            country: rest.4,
            ..Record::default()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn nobody_is_lost(a in people(), b in people()) {
            let (a, b) = (Prepared::of(&a), Prepared::of(&b));
            let (mine, theirs) = (Gist::of(&a), Gist::of(&b));
            let (_, verdict) = Linker::default().judge(&a, &b);
            let names = || a.name.compare(&b.name);
            if mine.is_somebody_else(&theirs, names, || a.company.compare(&b.company)) {
                prop_assert_eq!(verdict.decision, Decision::New);
            }
            if mine.is_somebody_else(&theirs, NameAgreement::default, || Agreement::Unknown) {
                prop_assert_eq!(verdict.decision, Decision::New, "without comparing the names");
            }
        }
    }

    #[test]
    fn two_of_one_name_at_two_companies_are_told_apart_at_once() {
        let person = |company: &str, domain: &str| {
            Gist::of(&Prepared::of(&Record {
                person_name: "Jane Doe".to_owned(),
                company: company.to_owned(),
                website: domain.to_owned(),
                emails: vec![format!("jane@{domain}")],
                ..Record::default()
            }))
        };
        let acme = person("Acme Ltd", "acme.com");
        let differs = |company: &str, domain: &str| {
            acme.is_somebody_else(&person(company, domain), NameAgreement::default, || Agreement::Unknown)
        };
        assert!(differs("Beta Law", "beta.com"));
        assert!(!differs("Acme Media", "media.com"), "a group");
        assert!(!differs("Beta Law", "acme.com"), "one domain");
        assert!(!differs("", "beta.com"), "who knows");
    }

    #[test]
    fn colleagues_are_told_apart_by_their_names() {
        let person = |first: &str, last: &str, phone: &str| {
            Prepared::of(&Record {
                first_name: first.to_owned(),
                last_name: last.to_owned(),
                company: "Acme Ltd".to_owned(),
                phones: vec![phone.to_owned()],
                ..Record::default()
            })
        };
        let jane = person("Jane", "Doe", "020 7946 0018");
        let is_else = |other: &Prepared| {
            let asked = || unreachable!("they are of one company");
            Gist::of(&jane).is_somebody_else(&Gist::of(other), || jane.name.compare(&other.name), asked)
        };
        assert!(is_else(&person("Max", "Roe", "020 7946 0018")), "at the switchboard");
        assert!(is_else(&person("Jane", "Smith", "020 7946 0999")));
        assert!(
            !is_else(&person("Jane", "Roe", "020 7946 0018")),
            "she may have married"
        );
    }
}
