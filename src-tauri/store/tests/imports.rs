//! Imports: the plan, how far it is applied, and taking back one ticket of many.

use domain::fields::keys;

use super::{Home, ME, minute, plans, text, typed};
use crate::{Error, ImportOutcome, ImportRow, ImportState, NewImport, NewOperation, OutcomeCount, RevertError};

fn import() -> NewOperation {
    NewOperation {
        kind: "import",
        label: "Imported leads.csv".to_owned(),
        actor: ME,
        undoable: true,
    }
}

fn row(number: u32, planned: ImportOutcome) -> ImportRow {
    ImportRow {
        number,
        line: number + 1,
        planned,
        outcome: planned,
        ticket: None,
        quality: 80,
        label: format!("Row {number}"),
    }
}

#[test]
fn a_plan_is_applied_in_portions_under_one_operation() {
    let home = Home::new();
    let written = home.store.write_quiet::<_, Error>(minute(0), |w| {
        let import = w.add_import(&NewImport {
            file_name: "leads.csv".to_owned(),
            path: "leads.csv".to_owned(),
            by: None,
        })?;
        for number in 1..=4 {
            w.add_import_row(import, &row(number, ImportOutcome::Created), "{\"read\":1}")?;
        }
        w.set_import_plan(import, 4, "{}")?;
        w.sign_import(import, "me")?;
        w.set_import_state(import, ImportState::Running, None)?;
        Ok(import)
    });
    let written = written.unwrap();
    assert!(written.changes.imports);
    let id = written.value;

    let mut operations = Vec::new();
    for portion in 0..2_u32 {
        let written = home.store.write::<_, Error>(import(), minute(1), |w| {
            let now = w.import(id)?.unwrap();
            if let Some(operation) = now.operation {
                w.go_on_with(operation);
            }
            let rows = w.import_rows(id, None, now.applied, 2)?;
            assert_eq!(rows.len(), 2);
            for kept in rows {
                assert_eq!(kept.detail.as_deref(), Some("{\"read\":1}"));
                let ticket = w.insert_ticket(super::lead("Acme", &kept.row.label, minute(1)))?;
                let outcome = if kept.row.number == 3 {
                    ImportOutcome::Skipped
                } else {
                    ImportOutcome::Created
                };
                w.set_import_outcome(id, kept.row.number, outcome, Some(ticket))?;
            }
            w.advance_import(id, now.applied + 2)
        });
        operations.push(written.unwrap().operation.unwrap());
        let record = home.store.import(id).unwrap().unwrap();
        assert_eq!(record.applied, 2 * (portion + 1));
    }
    assert_eq!(operations[0], operations[1], "one thing that a person did");
    assert_eq!(
        home.store.import_counts(id, 4).unwrap(),
        [
            OutcomeCount {
                outcome: ImportOutcome::Created,
                rows: 3
            },
            OutcomeCount {
                outcome: ImportOutcome::Skipped,
                rows: 1
            }
        ]
    );
    let different = home.store.import_differences(id, 10).unwrap();
    assert_eq!(different.len(), 1);
    assert_eq!(different[0].row.number, 3);
    assert!(different[0].detail.is_some(), "what became no ticket is kept");
    let created = home.store.import_rows(id, Some(ImportOutcome::Created), 1, 10).unwrap();
    assert_eq!(created.iter().map(|kept| kept.row.number).collect::<Vec<_>>(), [2, 4]);
    assert!(
        created.iter().all(|kept| kept.detail.is_none()),
        "what was read is in the tickets"
    );
    let found = home.store.read(|reader| reader.import_of_operation(operations[0]));
    assert_eq!(found.unwrap().unwrap().id, id);
}

#[test]
fn one_ticket_is_taken_back_whole_or_not_at_all() {
    let home = Home::new();
    let (untouched, touched) = (home.lead("Acme", "Jane Doe"), home.lead("Beta", "Max Roe"));
    let operation = home
        .store
        .write::<_, Error>(import(), minute(1), |w| {
            for ticket in [untouched, touched] {
                w.set_value(ticket, keys::INDUSTRY, Some(typed(text("Legal"))))?;
                w.set_value(ticket, keys::JOB_TITLE, Some(typed(text("Owner"))))?;
            }
            Ok(())
        })
        .unwrap()
        .operation
        .unwrap();
    home.write("Industry changed", |w| {
        w.set_value(touched, keys::INDUSTRY, Some(typed(text("Retail"))))
    });
    let undo = NewOperation {
        kind: "undo",
        ..import()
    };
    home.store
        .write::<_, Error>(undo, minute(3), |w| {
            w.mark_undo_of(operation)?;
            let (tickets, place) = w.tickets_of_operation(operation, 0, 3)?.unwrap();
            assert_eq!(tickets, [untouched, touched], "three of the four changes");
            let (tickets, place) = w.tickets_of_operation(operation, place, 3)?.unwrap();
            assert_eq!(tickets, [], "the second change of one that was handed over");
            assert_eq!(w.tickets_of_operation(operation, place, 3)?, None);
            assert!(!w.is_touched_since(untouched, operation)?);
            assert!(w.is_touched_since(touched, operation)?);
            assert!(w.take_back_ticket(operation, untouched)?.is_ok());
            let before = w.applied().len();
            let stays = w.take_back_ticket(operation, touched)?;
            assert!(matches!(stays, Err(RevertError::Conflict { .. })), "{stays:?}");
            assert_eq!(w.applied().len(), before, "nothing of it is journalled");
            Ok(())
        })
        .unwrap();
    let value = |ticket, field| {
        home.store
            .value(ticket, field)
            .unwrap()
            .map(|stored| stored.value.display())
    };
    assert_eq!(value(untouched, keys::JOB_TITLE), None);
    assert_eq!(
        value(touched, keys::JOB_TITLE),
        Some("Owner".to_owned()),
        "the other value of it stays as well"
    );
    assert_eq!(value(touched, keys::INDUSTRY), Some("Retail".to_owned()));
    assert!(home.store.operation(operation).unwrap().unwrap().undone);
}

#[test]
fn everybody_is_handed_over_once_and_whole() {
    let home = Home::new();
    let tickets = [home.lead("Acme", "Jane Doe"), home.lead("Beta", "Max Roe")];
    home.quiet(|w| {
        w.set_value(tickets[0], keys::INDUSTRY, Some(typed(text("Legal"))))?;
        w.set_provider_id("Apollo.io", "a1", tickets[1])?;
        w.set_provider_id("Apollo.io", "a1", tickets[0])
    });
    let mut seen = Vec::new();
    home.store
        .read(|reader| {
            assert_eq!(
                reader.ticket_by_provider("Apollo.io", "a1")?,
                Some(tickets[0]),
                "the last one counts"
            );
            assert_eq!(reader.ticket_by_provider("ZoomInfo", "a1")?, None);
            reader.each_person(
                &[keys::PERSON_NAME, keys::COMPANY_NAME],
                |ticket, held| -> Result<(), Error> {
                    seen.push((
                        ticket,
                        held.drain(..)
                            .map(|(field, value)| (field, value.display()))
                            .collect::<Vec<_>>(),
                    ));
                    Ok(())
                },
            )
        })
        .unwrap();
    let person = |company: &str, person: &str| {
        vec![
            (keys::COMPANY_NAME, company.to_owned()),
            (keys::PERSON_NAME, person.to_owned()),
        ]
    };
    assert_eq!(
        seen,
        [
            (tickets[0], person("Acme", "Jane Doe")),
            (tickets[1], person("Beta", "Max Roe"))
        ]
    );
}

#[test]
fn an_import_is_found_by_its_indexes() {
    let home = Home::new();
    let id = home.quiet(|w| {
        w.add_import(&NewImport {
            file_name: "leads.csv".to_owned(),
            path: String::new(),
            by: None,
        })
    });
    let ticket = home.lead("Acme", "Jane Doe");
    plans::check_run(&home, || {
        let operation = home.write("Imported", |w| {
            w.add_import_row(id, &row(1, ImportOutcome::Updated), "{}")?;
            w.set_value(ticket, keys::INDUSTRY, Some(typed(text("Legal"))))?;
            w.set_import_outcome(id, 1, ImportOutcome::Updated, Some(ticket))?;
            w.set_import_detail(id, 1, "{}")?;
            w.advance_import(id, 1)
        });
        let operation = operation.operation.unwrap();
        home.store
            .read::<_, Error>(|reader| {
                reader.import_rows(id, None, 0, 10)?;
                reader.import_rows(id, Some(ImportOutcome::Updated), 0, 10)?;
                reader.import_counts(id, 1)?;
                reader.import_differences(id, 10)?;
                reader.import_of_operation(operation)?;
                reader.ticket_by_provider("Apollo.io", "a1")?;
                reader.tickets_of_operation(operation, 0, 10)?;
                reader.is_touched_since(ticket, operation)?;
                reader.changes_of_ticket(operation, ticket)?;
                Ok(())
            })
            .unwrap();
        home.quiet(|w| w.remove_import_plan(id, true));
    });
}
