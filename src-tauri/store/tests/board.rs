//! The board: order, sums, filters; the quick way and the counted way must agree.

use domain::{AgentId, Lifecycle, TicketId, Value, fields::keys, money::Money};
use proptest::prelude::*;

use super::{Home, email, lead, minute, phone, pounds, set, stage, text, typed};
use crate::{BoardColumn, Error, Filter, LocalPatch, NewEntry, OutboxPayload};

/// A small pipeline: company number n, spread over stages, owners, sources, values and scores.
fn pipeline(home: &Home, tickets: i64) -> (AgentId, AgentId) {
    let (ann, bob) = (home.agent(1_001, "Ann"), home.agent(2_001, "Bob"));
    home.quiet(|w| {
        for number in 0..tickets {
            let stages = ["contacted", "engaged", "new_prospect", "progressing", "won"];
            let lifecycles = [
                Lifecycle::Lead,
                Lifecycle::Lead,
                Lifecycle::Prospect,
                Lifecycle::Opportunity,
                Lifecycle::Opportunity,
            ];
            let place = usize::try_from(number % 5).unwrap();
            // Several tickets enter in the same minute, so that the id must decide.
            let mut new = lead(
                &format!("Company {number}"),
                &format!("Person {number}"),
                minute(number / 3 % 20),
            );
            new.stage = stage(stages[place]);
            new.lifecycle = lifecycles[place];
            new.owner = [None, Some(ann), Some(bob)][usize::try_from(number % 3).unwrap()];
            new.lead_score = (new.lifecycle == Lifecycle::Lead).then(|| u8::try_from(number % 100).unwrap());
            new.values.push((
                keys::LEAD_SOURCE,
                typed(text(
                    ["Website", "Referral", "Event"][usize::try_from(number % 7 % 3).unwrap()],
                )),
            ));
            new.values.push((
                keys::FIT_SCORE,
                typed(Value::Percent(u8::try_from(number * 7 % 101).unwrap())),
            ));
            if number % 2 == 0 {
                new.values.push((keys::OPPORTUNITY_VALUE, typed(pounds(number))));
                new.values.push((
                    keys::PROBABILITY,
                    typed(Value::Percent(u8::try_from(number % 101).unwrap())),
                ));
            }
            if number % 11 == 0 {
                let euros = Money {
                    minor: 100,
                    currency: "EUR".to_owned(),
                };
                new.values.retain(|(field, _)| *field != keys::OPPORTUNITY_VALUE);
                new.values.push((keys::OPPORTUNITY_VALUE, typed(Value::Money(euros))));
            }
            let ticket = w.insert_ticket(new)?;
            if number % 13 == 0 {
                let payload = OutboxPayload::Update {
                    patch: LocalPatch::default(),
                };
                w.enqueue(NewEntry {
                    ticket,
                    payload,
                    what: String::new(),
                })?;
            }
        }
        Ok(())
    });
    (ann, bob)
}

/// The board as its definition says it, without any index: every card, tested one by one.
fn by_hand(home: &Home, first: usize, keep: impl Fn(&crate::Card) -> bool) -> Vec<BoardColumn> {
    let all = home.store.list_cards(&Filter::default(), 0, 1_000_000).unwrap();
    let mut columns: Vec<BoardColumn> = Vec::new();
    let mut kept: Vec<_> = all.into_iter().filter(|card| keep(card)).collect();
    kept.sort_by_key(|card| (card.stage.clone(), card.entered_at, card.id));
    for card in kept {
        if columns.last().is_none_or(|(head, _)| head.stage != card.stage) {
            let head = crate::ColumnHead {
                stage: card.stage.clone(),
                count: 0,
                sums: Vec::new(),
                weighted: Vec::new(),
            };
            columns.push((head, Vec::new()));
        }
        let (head, cards) = columns.last_mut().unwrap();
        head.count += 1;
        if let Some(value) = &card.value {
            let weighted = value.minor * i64::from(card.probability.unwrap_or(0));
            for (sums, minor) in [(&mut head.sums, value.minor), (&mut head.weighted, weighted)] {
                match sums.iter_mut().find(|sum| sum.currency == value.currency) {
                    Some(sum) => sum.minor += minor,
                    None => sums.push(Money {
                        minor,
                        currency: value.currency.clone(),
                    }),
                }
            }
        }
        cards.push(card);
    }
    for (head, cards) in &mut columns {
        cards.truncate(first);
        for weighted in &mut head.weighted {
            weighted.minor = weighted.minor.div_euclid(100);
        }
        head.sums.sort_by(|a, b| a.currency.cmp(&b.currency));
        head.weighted.sort_by(|a, b| a.currency.cmp(&b.currency));
    }
    columns
}

#[test]
fn the_board_is_what_its_definition_says_with_every_filter() {
    let home = Home::new();
    let (ann, bob) = pipeline(&home, 300);
    let score = |card: &crate::Card| {
        if card.lifecycle == Lifecycle::Lead {
            card.lead_score
        } else {
            card.fit_score
        }
    };
    let source = |card: &crate::Card| match &home.store.values(card.id).unwrap()[&keys::LEAD_SOURCE].value {
        Value::Text(text) => text.clone(),
        other => panic!("{other:?}"),
    };
    type Keep<'k> = Box<dyn Fn(&crate::Card) -> bool + 'k>;
    let base = Filter::default();
    let cases: Vec<(Filter, Keep<'_>)> = vec![
        (base.clone(), Box::new(|_| true)),
        (
            Filter {
                owners: vec![ann],
                ..base.clone()
            },
            Box::new(|card| card.owner == Some(ann)),
        ),
        (
            Filter {
                owners: vec![ann, bob],
                ..base.clone()
            },
            Box::new(|card| card.owner.is_some()),
        ),
        (
            Filter {
                unassigned: true,
                ..base.clone()
            },
            Box::new(|card| card.owner.is_none()),
        ),
        (
            Filter {
                owners: vec![bob],
                unassigned: true,
                ..base.clone()
            },
            Box::new(|card| card.owner != Some(ann)),
        ),
        (
            Filter {
                sources: vec!["Event".to_owned(), "Referral".to_owned()],
                ..base.clone()
            },
            Box::new(|card| source(card) != "Website"),
        ),
        (
            Filter {
                min_score: Some(50),
                ..base.clone()
            },
            Box::new(|card| score(card) >= Some(50)),
        ),
        (
            Filter {
                min_score: Some(0),
                ..base.clone()
            },
            Box::new(|card| score(card).is_some()),
        ),
        (
            Filter {
                min_score: Some(20),
                stages: vec![stage("contacted"), stage("won")],
                ..base.clone()
            },
            Box::new(|card| score(card) >= Some(20) && ["contacted", "won"].contains(&card.stage.as_str())),
        ),
        (
            Filter {
                unsynced: true,
                ..base.clone()
            },
            Box::new(|card| card.sync != crate::SyncState::Synced),
        ),
        (
            Filter {
                text: "company 12".to_owned(),
                ..base.clone()
            },
            Box::new(|card| card.company.contains(" 12")),
        ),
        (
            Filter {
                text: "PERSON 7".to_owned(),
                ..base.clone()
            },
            Box::new(|card| card.person.contains(" 7")),
        ),
        (
            Filter {
                text: "c".to_owned(),
                ..base.clone()
            },
            Box::new(|_| true),
        ),
        (
            Filter {
                text: "nobody".to_owned(),
                ..base.clone()
            },
            Box::new(|_| false),
        ),
        (
            Filter {
                owners: vec![ann],
                min_score: Some(20),
                sources: vec!["Website".to_owned()],
                ..base.clone()
            },
            Box::new(|card| card.owner == Some(ann) && score(card) >= Some(20) && source(card) == "Website"),
        ),
    ];
    for (filter, keep) in cases {
        let expected = by_hand(&home, 7, &keep);
        assert_eq!(home.store.board(&filter, 7).unwrap(), expected, "{filter:?}");
        let heads: Vec<_> = expected.iter().map(|(head, _)| head.clone()).collect();
        assert_eq!(home.store.column_heads(&filter).unwrap(), heads, "{filter:?}");
        for (head, _) in &expected {
            let whole = by_hand(&home, usize::MAX, &keep)
                .into_iter()
                .find(|(other, _)| other.stage == head.stage)
                .unwrap()
                .1;
            let mut paged = Vec::new();
            while paged.len() < whole.len() {
                let offset = u32::try_from(paged.len()).unwrap();
                let page = home.store.column_page(&head.stage, &filter, offset, 9).unwrap();
                assert!(!page.is_empty(), "{filter:?}");
                paged.extend(page);
            }
            assert_eq!(paged, whole, "{filter:?}");
        }
        let listed = home.store.list_cards(&filter, 0, 10_000).unwrap();
        assert_eq!(
            listed.len(),
            heads.iter().map(|head| head.count as usize).sum::<usize>()
        );
    }
    assert_eq!(home.store.sources().unwrap(), ["Event", "Referral", "Website"]);
}

#[test]
fn a_text_of_nothing_but_signs_shows_nothing_rather_than_everything() {
    let home = Home::new();
    pipeline(&home, 20);
    for text in ["\"", "*", "()", "zz\"zz OR 1"] {
        let filter = Filter {
            text: text.to_owned(),
            ..Filter::default()
        };
        assert_eq!(home.store.board(&filter, 5).unwrap(), Vec::new(), "{text}");
    }
    let blank = Filter {
        text: "   ".to_owned(),
        ..Filter::default()
    };
    assert_eq!(
        home.store.column_heads(&blank).unwrap(),
        home.store.column_heads(&Filter::default()).unwrap()
    );
}

#[test]
fn a_filter_finds_a_phone_in_any_format() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    home.lead("Beta plc", "John Roe");
    set(&home, ticket, keys::PHONE, Some(phone("+44 20 7946 0018")));
    for text in ["020 7946 0018", "+442079460018", "460018", "(020) 7946-0018"] {
        let filter = Filter {
            text: text.to_owned(),
            ..Filter::default()
        };
        let cards = home.store.column_page(&stage("contacted"), &filter, 0, 5).unwrap();
        assert_eq!(cards.iter().map(|card| card.id).collect::<Vec<_>>(), [ticket], "{text}");
    }
}

#[test]
fn related_tickets_share_a_company_or_a_contact() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let same_name = home.lead("ACME LTD", "John Roe");
    let (company, contact) = home.quiet(|w| {
        Ok((
            w.company_for(domain::HaloCompanyId(1))?,
            w.contact_for(domain::HaloContactId(1))?,
        ))
    });
    let same_company = home.lead_with("Acme (UK)", "Jim Poe", |new| new.company = Some(company));
    let same_contact = home.lead_with("Elsewhere", "Jane Doe", |new| new.contact = Some(contact));
    home.lead("Other plc", "Someone");
    home.lead("", "Nobody");
    home.write("link", |w| {
        w.link_company(ticket, Some(company))?;
        w.link_contact(ticket, Some(contact))
    });
    let related = |ticket: TicketId| {
        let mut ids: Vec<_> = home
            .store
            .related(ticket)
            .unwrap()
            .into_iter()
            .map(|card| card.id)
            .collect();
        ids.sort();
        ids
    };
    assert_eq!(related(ticket), [same_name, same_company, same_contact]);
    assert_eq!(related(same_name), [ticket]);
    let nameless = home.lead("", "Nobody else");
    assert_eq!(related(nameless), []);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    /// However tickets are moved, valued and emptied, the kept totals equal what counting gives.
    #[test]
    fn the_totals_never_drift(changes in proptest::collection::vec((0_i64..12, 0_u8..8, 0_i64..1_000), 1..60)) {
        let home = Home::new();
        pipeline(&home, 12);
        home.quiet(|w| {
            for (ticket, what, amount) in &changes {
                let ticket = TicketId(ticket + 1);
                match what {
                    0 => { w.set_value(ticket, keys::OPPORTUNITY_VALUE, Some(typed(pounds(*amount))))?; }
                    1 => { w.set_value(ticket, keys::OPPORTUNITY_VALUE, None)?; }
                    2 => { w.set_value(ticket, keys::PROBABILITY, Some(typed(Value::Percent(u8::try_from(amount % 101).unwrap()))))?; }
                    3 => {
                        let euros = Money { minor: *amount, currency: "EUR".to_owned() };
                        w.set_value(ticket, keys::OPPORTUNITY_VALUE, Some(typed(Value::Money(euros))))?;
                    }
                    4 => { w.set_lead_score(ticket, u8::try_from(amount % 101).ok())?; }
                    5 => { w.set_value(ticket, keys::FIT_SCORE, Some(typed(Value::Percent(u8::try_from(amount % 101).unwrap()))))?; }
                    6 => { w.move_ticket(ticket, Lifecycle::Opportunity, &stage("won"), None, w.at())?; }
                    _ => { w.set_value(ticket, keys::EMAIL, Some(typed(email("x@y.example"))))?; }
                }
            }
            Ok(())
        });
        prop_assert_eq!(home.totals(), home.recounted());
        let heads = home.store.column_heads(&Filter::default()).unwrap();
        // A filter that lets everything pass goes the counted way.
        let everything = Filter { text: "c".to_owned(), ..Filter::default() };
        prop_assert_eq!(heads, home.store.column_heads(&everything).unwrap());
        home.store.read::<_, Error>(|_| Ok(())).unwrap();
    }
}
