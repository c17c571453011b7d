//! Verdicts on pairs as they occur in files of business contacts.

use super::*;
use crate::{
    linker::Linker,
    record::{Prepared, Record},
};

/// `first|last|title|company|website|email|phone|mobile|linkedin|country`, parts from the right may be left out.
fn record(line: &str) -> Record {
    let mut parts = line.split('|').map(str::trim);
    let mut next = || parts.next().unwrap_or_default().to_owned();
    Record {
        first_name: next(),
        last_name: next(),
        job_title: next(),
        company: next(),
        website: next(),
        emails: vec![next()],
        phones: vec![next()],
        mobiles: vec![next()],
        linkedin: next(),
        country: next(),
        ..Record::default()
    }
}

#[track_caller]
fn check(old: &str, new: &str, expected: Decision) {
    for (old, new) in [(old, new), (new, old)] {
        let mut linker = Linker::default();
        linker.add(&record(old));
        let found = linker.place(&Prepared::of(&record(new)));
        let decision = found.first().map_or(Decision::New, |found| found.verdict.decision);
        assert_eq!(decision, expected, "{old}\n{new}\n{found:?}");
    }
}

#[test]
fn one_person_twice_is_the_same() {
    for (old, new) in [
        // The mailbox.
        (
            "Jane|Doe||Acme Ltd||jane@acme.com",
            "JANE|DOE||Acme||\"Jane\" <JANE+crm@acme.com>;",
        ),
        // A short form of the name and the mobile.
        (
            "Christopher|Nguyen||Acme|||+1 305 470 2795|+13054702795",
            "Chris|Nguyen||Acme Inc.||||305.470.2795",
        ),
        // No mailbox, the line in another format.
        (
            "Jane|Doe||Acme|acme.com||+442079460018",
            "Jane|Doe||Acme Ltd.|||020 7946 0018",
        ),
        // A married name at the old mobile.
        (
            "Erin|Walker||DFR Systems|||| +17204496003",
            "Erin|Koch||DFR Systems L.P.||||(720) 449-6003",
        ),
        // First and last name swapped.
        (
            "Dorothe|Winkler|CEO|Orionwave SE|orionwave.de",
            "Winkler|Dorothe|CEO|Orionwave|orionwave.de",
        ),
        // Umlauts written out, the profile.
        (
            "Jill|Höning||Brink BV||||| linkedin.com/in/jill-honing-1",
            "Jill|Hoening||Brink B.V.|||||https://www.linkedin.com/in/Jill-Honing-1/?x=y",
        ),
        // A slip in the surname, spelt right in the mailbox.
        (
            "Roland|Leroy||Globalforge|||+33 4 53 11 35 80",
            "Roland|Lroy||Globalforge||roland.leroy@globalforge.com|+33453113580",
        ),
    ] {
        check(old, new, Decision::Same);
    }
}

#[test]
fn a_person_decides_where_facts_are_missing_or_speak_against_each_other() {
    for (old, new) in [
        // A name and a company, and nothing else.
        ("Jane|Doe||Acme Ltd", "Jane|Doe||Acme"),
        // Only the initial.
        (
            "Wojciech|Rohleder||Acme|acme.com|w@acme.com",
            "W.|Rohleder||Acme|acme.com",
        ),
        // Job changes: the profile, the mobile went along.
        (
            "Jane|Doe||Acme||jane@acme.com|||linkedin.com/in/jane-doe-1",
            "Jane|Doe||Brightpath||jane@brightpath.io|||linkedin.com/in/jane-doe-1",
        ),
        (
            "Jane|Doe||Acme||jane@acme.com||+447911123456",
            "Jane|Doe||Brightpath||||07911 123456",
        ),
        // Two mailboxes that differ in their number.
        (
            "Jane|Doe|CEO|Acme||jane.doe@acme.com",
            "Jane|Doe|CEO|Acme||jane.doe2@acme.com",
        ),
        // The parent company and its daughter.
        ("Jane|Doe||Waters Technologies", "Jane|Doe||Waters Media Inc"),
        // Forms of one name, on one line, with two titles: one who was promoted, or two who sit side by side.
        (
            "Henry|Shah|VP Sales|Acme||shah.henry@acme.io|+13053487996",
            "Harry|Shah|IT Director|Acme||shah.harry@acme.io|+13053487996",
        ),
        // A slip in a first name may be a colleague.
        ("Folkert|Klemt||Orionwave SE", "Folker|Klemt||Orionwave"),
    ] {
        check(old, new, Decision::Review);
    }
}

#[test]
fn two_people_are_never_merged() {
    for (old, new) in [
        // Colleagues behind one mailbox, and on one line.
        (
            "Bryan|Byrd||Acme||office@acme.com",
            "Charles|Hamilton||Acme||office@acme.com",
        ),
        ("Molly|Owen||Acme|||+441172125745", "Iain|Stevens||Acme|||0117 212 5745"),
        // One surname at one company, whatever else they share.
        (
            "Kyle|Stokes||Acme|acme.com||+442079460018",
            "Sylvia|Stokes||Acme|acme.com||+442079460018",
        ),
        (
            "Henry|Shah|CFO|Acme||henry.shah@acme.com",
            "Jane|Shah|CFO|Acme||jane.shah@acme.com",
        ),
        // One name at two companies.
        (
            "Michael|Simpson||Holden & Shaw||michael@holdenshaw.co.uk",
            "Michael|Simpson||Falconscape||michael@falconscape.com",
        ),
        // Father and son.
        (
            "Lewis|Ellis||Acme||l.ellis@acme.com",
            "Lewis|Ellis Jr.||Acme||l.ellis2@acme.com",
        ),
    ] {
        check(old, new, Decision::New);
    }
}

#[test]
fn father_and_son_are_not_merged_even_if_all_else_agrees() {
    check(
        "Lewis|Ellis|CEO|Acme|acme.com||+442079460018",
        "Lewis|Ellis Jr|CEO|Acme|acme.com||+442079460018",
        Decision::Review,
    );
}

#[test]
fn a_shared_mailbox_is_no_second_fact() {
    check(
        "Jane|Doe||Acme||info@acme.com",
        "Jane|Doe||Acme||info@acme.com",
        Decision::Review,
    );
}

#[test]
fn the_score_and_the_verdict_say_the_same() {
    let mut linker = Linker::default();
    linker.add(&record("Jane|Doe|CEO|Acme|acme.com|jane@acme.com|+442079460018"));
    for new in [
        "Jane|Doe|CEO|Acme|acme.com|jane@acme.com",
        "Jane|Doe||Acme",
        "Jane|Doe||Beta||jane@acme.com",
    ] {
        for found in linker.find(&Prepared::of(&record(new))) {
            let by_score = match found.verdict.score {
                score if score >= SAME_FROM => Decision::Same,
                score if score >= REVIEW_FROM => Decision::Review,
                _ => Decision::New,
            };
            assert_eq!(found.verdict.decision, by_score, "{new}");
        }
    }
}

mod any {
    use proptest::prelude::*;

    use super::*;

    fn field() -> impl Strategy<Value = String> {
        prop_oneof![Just(String::new()), "[A-Z][a-z]{2,7}", "\\PC{0,12}"]
    }

    proptest! {
        #[test]
        fn a_name_and_a_company_alone_are_never_the_same(first in field(), last in field(), company in field(), other in field()) {
            let known = Record { first_name: first, last_name: last, company, ..Record::default() };
            let moved = Record { company: other, ..known.clone() };
            let mut linker = Linker::default();
            linker.add(&known);
            linker.add(&moved);
            for found in linker.find(&Prepared::of(&known)) {
                prop_assert_ne!(found.verdict.decision, Decision::Same);
            }
        }

        #[test]
        fn the_order_of_two_records_does_not_matter(
            a in prop::array::uniform6(field()),
            b in prop::array::uniform6(field()),
        ) {
            let make = |[first, last, company, local, city, street]: [String; 6]| Record {
                first_name: first,
                last_name: last,
                company,
                emails: vec![format!("{local}@acme.com")],
                city,
                street,
                ..Record::default()
            };
            let (a, b) = (Prepared::of(&make(a)), Prepared::of(&make(b)));
            let linker = Linker::default();
            let (here, there) = (linker.judge(&a, &b).1, linker.judge(&b, &a).1);
            prop_assert_eq!(here.decision, there.decision);
        }
    }
}
