//! Tests that need more than one module, or what is private to the crate. Each file tells about one promise.

mod appointments;
mod board;
mod crash;
mod health;
mod history;
mod imports;
mod lines;
mod opening;
mod outbox;
pub(crate) mod plans;
mod records;
mod reports;
mod review;
mod schema;
mod search;
mod suppressions;
mod undo;
mod walk;
mod writing;

use std::{
    path::PathBuf,
    sync::atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    AgentId, FieldKey, HaloAgentId, Lifecycle, Provenance, Source, StageKey, StoredValue, TicketId, Value,
    email::EmailAddress, fields::keys, money::Money, phone::PhoneNumber, tenant::TenantAgent,
};
use tempfile::TempDir;

use crate::{Actor, Error, Key, NewOperation, NewTicket, Store, Writer, Written};

/// A store in a folder of its own, with a clock that moves a minute with every look.
struct Home {
    folder: TempDir,
    key: Key,
    store: Store,
    minutes: AtomicI64,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = Key::from_bytes([7; 32]);
        let store = Store::open(&folder.path().join("leadline.db"), &key).unwrap();
        Self {
            folder,
            key,
            store,
            minutes: AtomicI64::new(0),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("leadline.db")
    }

    fn reopen(&self) -> Store {
        Store::open(&self.path(), &self.key).unwrap()
    }

    fn now(&self) -> DateTime<Utc> {
        minute(self.minutes.fetch_add(1, Ordering::Relaxed))
    }

    /// An operation of the person.
    fn write<T>(&self, label: &str, work: impl FnOnce(&mut Writer<'_>) -> Result<T, Error>) -> Written<T> {
        self.store.write(operation(label), self.now(), work).unwrap()
    }

    /// An operation of the person that is expected to fail.
    fn refused<T: std::fmt::Debug, E: From<Error> + std::fmt::Debug>(
        &self,
        work: impl FnOnce(&mut Writer<'_>) -> Result<T, E>,
    ) -> E {
        self.store.write(operation("refused"), self.now(), work).unwrap_err()
    }

    fn quiet<T>(&self, work: impl FnOnce(&mut Writer<'_>) -> Result<T, Error>) -> T {
        self.store.write_quiet(self.now(), work).unwrap().value
    }

    /// A lead in `contacted` with the values that most tests need.
    fn lead(&self, company: &str, person: &str) -> TicketId {
        self.lead_with(company, person, |_| {})
    }

    fn lead_with(&self, company: &str, person: &str, change: impl FnOnce(&mut NewTicket)) -> TicketId {
        let mut new = lead(company, person, self.now());
        change(&mut new);
        self.quiet(|w| w.insert_ticket(new))
    }

    fn agent(&self, halo: i64, name: &str) -> AgentId {
        self.quiet(|w| w.upsert_agent(&agent(halo, name)))
    }

    fn undo(&self) -> Option<String> {
        let operation = self.store.last_undoable(ME).unwrap()?;
        self.store
            .write(undo_of(&operation.root_label), self.now(), |w| w.revert(operation.id))
            .unwrap();
        Some(operation.root_label)
    }

    fn redo(&self) -> Option<String> {
        let operation = self.store.last_undone(ME).unwrap()?;
        self.store
            .write(operation_named("redo", &operation.root_label), self.now(), |w| {
                w.revert(operation.id)
            })
            .unwrap();
        Some(operation.root_label)
    }

    /// Every row of every table that a person could miss, as text: what undo and failed writes must leave as it was.
    fn dump(&self) -> String {
        dump(&self.store)
    }
}

const ME: Actor = Actor::Person(None);

fn minute(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_760_000_000, 0).unwrap() + TimeDelta::minutes(minutes)
}

fn operation(label: &str) -> NewOperation {
    operation_named("test", label)
}

fn operation_named(kind: &'static str, label: &str) -> NewOperation {
    NewOperation {
        kind,
        label: label.to_owned(),
        actor: ME,
        undoable: true,
    }
}

fn undo_of(label: &str) -> NewOperation {
    operation_named("undo", &format!("Undone: {label}"))
}

fn stage(key: &str) -> StageKey {
    StageKey::from(key)
}

fn lead(company: &str, person: &str, at: DateTime<Utc>) -> NewTicket {
    let mut new = NewTicket::new(Lifecycle::Lead, stage("contacted"), at);
    if !company.is_empty() {
        new.values.push((keys::COMPANY_NAME, typed(text(company))));
    }
    if !person.is_empty() {
        new.values.push((keys::PERSON_NAME, typed(text(person))));
    }
    new
}

fn agent(halo: i64, name: &str) -> TenantAgent {
    TenantAgent {
        id: HaloAgentId(halo),
        name: name.to_owned(),
        email: String::new(),
        initials: String::new(),
        colour: String::new(),
        team: String::new(),
        disabled: false,
        is_api_agent: false,
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn email(address: &str) -> Value {
    Value::Email(EmailAddress(address.to_owned()))
}

fn phone(typed: &str) -> Value {
    Value::Phone(PhoneNumber::parse(typed, "GB"))
}

fn pounds(pounds: i64) -> Value {
    Value::Money(Money {
        minor: pounds * 100,
        currency: "GBP".to_owned(),
    })
}

/// As a person typed it, at a moment that the tests do not look at.
fn typed(value: Value) -> StoredValue {
    StoredValue {
        value,
        raw: None,
        provenance: Provenance {
            source: Source::Person,
            at: minute(0),
            by: None,
        },
    }
}

fn set(store: &Home, ticket: TicketId, field: FieldKey, value: Option<Value>) -> Written<bool> {
    store.write(field.label(), |w| w.set_value(ticket, field, value.map(typed)))
}

fn dump(store: &Store) -> String {
    let mut text = String::new();
    store
        .read::<_, Error>(|reader| {
            for (table, columns) in [
                (
                    "tickets",
                    "id, halo_id, lifecycle, stage, owner, contact_id, company_id, summary, entered_at, closed, gone, \
                     removed, lead_score, next_action, next_action_at, company, person, email, source, dnc, fit_score, \
                     probability, value_minor, currency, sync",
                ),
                ("ticket_values", "*"),
                (
                    "stage_entries",
                    "ticket, lifecycle, stage, entered_at, left_at, by_agent",
                ),
                ("activities", "*"),
                ("outbox", "*"),
                ("conflicts", "*"),
                ("mirror", "*"),
                ("settings", "*"),
                ("cursors", "*"),
                ("phone_index", "*"),
                ("suppressions", "*"),
                ("stage_totals", "*"),
            ] {
                let filter = if table == "stage_totals" {
                    " WHERE tickets > 0"
                } else {
                    ""
                };
                let mut statement = reader
                    .connection()
                    .prepare(&format!("SELECT {columns} FROM {table}{filter} ORDER BY 1, 2"))?;
                let width = statement.column_count();
                let mut rows = statement.query([])?;
                while let Some(row) = rows.next()? {
                    text.push_str(table);
                    for column in 0..width {
                        text.push_str(&format!(" {:?}", row.get::<_, rusqlite::types::Value>(column)?));
                    }
                    text.push('\n');
                }
            }
            Ok(())
        })
        .unwrap();
    text
}
