//! The schema as it is, and what every table must say about itself.

use super::Home;
use crate::{Error, Store};

fn schema(home: &Home) -> Vec<(String, String)> {
    home.store
        .read::<_, Error>(|reader| {
            let mut statement = reader.connection().prepare(
                "SELECT type || ' ' || name, sql FROM sqlite_schema
                 WHERE sql IS NOT NULL AND name NOT LIKE 'ticket_search_%' AND name NOT LIKE 'sqlite_%' ORDER BY type, name",
            )?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .unwrap()
}

#[test]
fn the_schema_is_what_it_was() {
    let text: Vec<String> = schema(&Home::new()).into_iter().map(|(_, sql)| sql).collect();
    insta::assert_snapshot!(text.join(";\n\n"));
}

#[test]
fn every_table_is_strict_and_says_whether_it_may_be_lost() {
    let mut seen = 0;
    for (name, sql) in schema(&Home::new()) {
        if name.starts_with("table ") && !sql.starts_with("CREATE VIRTUAL") {
            let first = sql.lines().next().unwrap();
            assert!(
                first.contains("( -- user data") || first.contains("( -- cache (can be "),
                "{first}"
            );
            assert!(
                sql.ends_with("STRICT") || sql.ends_with("STRICT, WITHOUT ROWID"),
                "{name}"
            );
            seen += 1;
        }
    }
    assert!(seen > 15, "{seen} tables");
}

#[test]
fn the_promises_of_the_connections_are_kept() {
    let home = Home::new();
    let number = |connection: &rusqlite::Connection, pragma: &str| -> i64 {
        connection.pragma_query_value(None, pragma, |row| row.get(0)).unwrap()
    };
    let writer = home.store.writer();
    assert_eq!(number(&writer, "synchronous"), 2, "FULL");
    assert_eq!(number(&writer, "foreign_keys"), 1);
    assert_eq!(number(&writer, "temp_store"), 2, "MEMORY");
    let mode: String = writer
        .pragma_query_value(None, "journal_mode", |row| row.get(0))
        .unwrap();
    assert_eq!(mode, "wal");
    let cipher: String = writer
        .pragma_query_value(None, "cipher_version", |row| row.get(0))
        .unwrap();
    assert!(!cipher.is_empty());
    drop(writer);
    home.store
        .read::<_, Error>(|reader| {
            assert_eq!(number(reader.connection(), "query_only"), 1);
            let refused = reader.connection().execute("UPDATE counters SET seq = 0", []);
            assert!(refused.is_err());
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_database_that_was_filled_without_its_indexes_has_all_of_them() {
    let as_always = Home::new();
    let (ticket, _) = (
        as_always.lead("Acme Ltd", "Jane Doe"),
        as_always.lead("Best plc", "Max Roe"),
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("leadline.db");
    let filled = crate::without_indexes(&path, &as_always.key, |store| -> Result<Store, Error> {
        store.write_quiet(super::minute(0), |w| -> Result<(), Error> {
            w.insert_ticket(super::lead("Acme Ltd", "Jane Doe", w.at()))?;
            w.insert_ticket(super::lead("Best plc", "Max Roe", w.at()))?;
            Ok(())
        })?;
        Ok(store.clone())
    });
    let store = filled.unwrap();
    assert_eq!(store.check().unwrap(), [""; 0]);
    let found = |store: &Store| store.search("acme", 10).unwrap();
    assert_eq!(found(&store).len(), 1);
    assert_eq!(found(&store).len(), found(&as_always.store).len());
    let other = Home { store, ..as_always };
    assert_eq!(schema(&other), schema(&Home::new()));
    assert!(other.store.card(ticket).unwrap().is_some());
}
