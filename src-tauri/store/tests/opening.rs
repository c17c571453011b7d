//! Opening: keys, damage, newer files, other processes, and what lies on the disk.

use std::fs;

use domain::fields::keys;
use rusqlite::Connection;

use super::{Home, email, minute, operation, phone, set, text};
use crate::{Error, Key, Store};

#[test]
fn a_file_opens_again_with_its_key_and_with_no_other() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    // The log still holds everything: the wrong key must not harm it either.
    let other = Store::open(&home.path(), &Key::from_bytes([8; 32]));
    assert!(matches!(other, Err(Error::WrongKeyOrCorrupt)), "{other:?}");
    let again = home.reopen();
    assert_eq!(again.card(ticket).unwrap().unwrap().company, "Acme Ltd");
    drop(again);
    let Home { folder, key, store, .. } = home;
    drop(store);
    let path = folder.path().join("leadline.db");
    let before = fs::read(&path).unwrap();
    assert!(matches!(
        Store::open(&path, &Key::from_bytes([8; 32])),
        Err(Error::WrongKeyOrCorrupt)
    ));
    assert_eq!(fs::read(&path).unwrap(), before, "a refused key changes nothing");
    let again = Store::open(&path, &key).unwrap();
    assert_eq!(again.card(ticket).unwrap().unwrap().person, "Jane Doe");
}

#[test]
fn a_passphrase_opens_what_it_closed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("leadline.db");
    let salt = [3; 16];
    drop(Store::open(&path, &Key::from_passphrase("correct horse", &salt).unwrap()).unwrap());
    let wrong = Store::open(&path, &Key::from_passphrase("correct house", &salt).unwrap());
    assert!(matches!(wrong, Err(Error::WrongKeyOrCorrupt)));
    assert!(Store::open(&path, &Key::from_passphrase("correct horse", &salt).unwrap()).is_ok());
}

#[test]
fn a_damaged_file_is_refused_and_left_alone() {
    let home = Home::new();
    home.lead("Acme Ltd", "Jane Doe");
    let Home { folder, key, store, .. } = home;
    drop(store);
    let path = folder.path().join("leadline.db");
    let sound = fs::read(&path).unwrap();
    let mut first_page = sound.clone();
    first_page[100] ^= 1;
    let short = sound[..2_000].to_vec();
    let foreign = b"SQLite format 3\0 but not really, and long enough to be a page".repeat(100);
    for damaged in [first_page, short, foreign, vec![0; 8_192]] {
        fs::write(&path, &damaged).unwrap();
        let opened = Store::open(&path, &key);
        assert!(matches!(opened, Err(Error::WrongKeyOrCorrupt)), "{opened:?}");
        assert_eq!(fs::read(&path).unwrap(), damaged);
    }
}

#[test]
fn damage_further_inside_is_noticed_when_it_is_read_and_by_the_check() {
    let home = Home::new();
    for number in 0..200 {
        home.lead(&format!("Company {number}"), "Jane Doe");
    }
    assert_eq!(home.store.check().unwrap(), Vec::<String>::new());
    let Home { folder, key, store, .. } = home;
    drop(store);
    let path = folder.path().join("leadline.db");
    let mut bytes = fs::read(&path).unwrap();
    let pages = bytes.len() / 4_096;
    for page in 1..pages {
        bytes[page * 4_096 + 2_000] ^= 1;
    }
    fs::write(&path, &bytes).unwrap();
    match Store::open(&path, &key) {
        Err(error) => assert!(matches!(error, Error::WrongKeyOrCorrupt), "{error:?}"),
        Ok(store) => {
            let read = store.list_cards(&crate::Filter::default(), 0, 10);
            assert!(matches!(read, Err(Error::WrongKeyOrCorrupt)), "{read:?}");
            match store.check() {
                Ok(problems) => assert_ne!(problems, Vec::<String>::new()),
                Err(error) => assert!(matches!(error, Error::WrongKeyOrCorrupt), "{error:?}"),
            }
        }
    }
}

#[test]
fn a_newer_file_is_refused_and_left_alone() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    home.store.writer().pragma_update(None, "user_version", 9_000).unwrap();
    let newer = Store::open(&home.path(), &home.key).unwrap_err();
    assert!(
        matches!(
            newer,
            Error::Newer {
                found: 9_000,
                supported: 1
            }
        ),
        "{newer:?}"
    );
    home.store.writer().pragma_update(None, "user_version", 1).unwrap();
    assert!(home.reopen().card(ticket).unwrap().is_some());
}

#[test]
fn a_folder_that_is_not_there_is_a_file_problem() {
    let folder = tempfile::tempdir().unwrap();
    let opened = Store::open(&folder.path().join("missing/leadline.db"), &Key::from_bytes([1; 32]));
    assert!(matches!(opened, Err(Error::Io(_))), "{opened:?}");
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    home.lead("Acme Ltd", "Jane Doe");
    let mut seen = 0;
    for entry in fs::read_dir(home.folder.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(
            entry.metadata().unwrap().permissions().mode() & 0o777,
            0o600,
            "{:?}",
            entry.path()
        );
        seen += 1;
    }
    assert_eq!(seen, 3, "the file, its log and the log's index");
}

#[test]
fn no_value_can_be_read_from_the_files() {
    let home = Home::new();
    let secrets = [
        "Quetzalcoatl Ltd",
        "Zbigniew Xylander",
        "zbigniew@quetzal.example",
        "+442079460018",
        "Xanadu note",
    ];
    let ticket = home.lead(secrets[0], secrets[1]);
    set(&home, ticket, keys::EMAIL, Some(email(secrets[2])));
    set(&home, ticket, keys::PHONE, Some(phone(secrets[3])));
    home.write("note", |w| {
        w.setting_set("place", secrets[4])?;
        w.set_summary(ticket, secrets[4])
    });
    // A big sort, so that temporary storage would be used if there were any.
    assert_eq!(home.store.search("zbigniew", 5).unwrap().len(), 1);
    let look = |what: &str| {
        let mut bytes = 0;
        for entry in fs::read_dir(home.folder.path()).unwrap() {
            let path = entry.unwrap().path();
            let content = fs::read(&path).unwrap();
            bytes += content.len();
            for secret in secrets {
                for form in [secret.to_owned(), secret.to_lowercase(), secret.chars().rev().collect()] {
                    let found = content.windows(form.len()).any(|window| window == form.as_bytes());
                    assert!(!found, "{form:?} in {path:?} {what}");
                }
            }
            assert!(!content.starts_with(b"SQLite format 3"), "{path:?} {what}");
        }
        bytes
    };
    assert!(look("with everything in the log") > 100_000);
    home.store
        .writer()
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    assert!(look("after the checkpoint") > 100_000);
}

#[test]
fn a_long_log_is_copied_beside_the_writes_and_gone_with_the_store() {
    let home = Home::new();
    let (path, key) = (home.path(), home.key.clone());
    let log = path.with_extension("db-wal");
    let long = |number: u32| number.to_string().repeat(5_000_000);
    for number in 0..24 {
        home.store
            .write_quiet::<_, Error>(minute(0), |w| w.setting_set(&number.to_string(), &long(number)))
            .unwrap();
        let length = std::fs::metadata(&log).unwrap().len();
        assert!(length < 160 << 20, "{length} bytes after {number}");
    }
    let Home { folder, store, .. } = home;
    drop(store);
    assert!(!log.exists(), "nobody has the file open any more");
    let store = Store::open(&path, &key).unwrap();
    assert_eq!(store.check().unwrap(), Vec::<String>::new());
    for number in 0..24 {
        let kept = store
            .read(|reader| reader.setting_get::<String>(&number.to_string()))
            .unwrap();
        assert!(kept == Some(long(number)), "{number}");
    }
    drop(folder);
}

#[test]
fn many_may_open_a_new_file_at_once() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..40 {
        let path = folder.path().join(format!("{round}.db"));
        let key = Key::from_bytes([5; 32]);
        let stores: Vec<Store> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| Store::open(&path, &key))).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap().unwrap())
                .collect()
        });
        for (number, store) in (0_u32..).zip(&stores) {
            store
                .write_quiet::<_, Error>(minute(0), |w| w.setting_set(&number.to_string(), &number))
                .unwrap();
        }
        for (number, store) in (0_u32..).zip(stores.iter().rev()) {
            assert_eq!(store.setting_get(&number.to_string()).unwrap(), Some(number));
        }
    }
}

#[test]
fn a_write_of_another_process_is_noticed_and_our_own_is_not() {
    let home = Home::new();
    let other = home.reopen();
    let before = home.store.data_version().unwrap();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    assert_eq!(home.store.data_version().unwrap(), before);
    let seq = home.store.seq().unwrap();
    other
        .write_quiet::<_, Error>(minute(9), |w| w.set_summary(ticket, "theirs"))
        .unwrap();
    assert_ne!(home.store.data_version().unwrap(), before);
    assert!(home.store.seq().unwrap() > seq);
    assert_eq!(home.store.ticket(ticket).unwrap().unwrap().summary, "theirs");
}

#[test]
fn two_processes_may_write_at_once_and_neither_loses() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let other = home.reopen();
    std::thread::scope(|scope| {
        for (name, store) in [("one", &home.store), ("two", &other)] {
            scope.spawn(move || {
                for number in 0..50 {
                    store
                        .write::<_, Error>(operation(name), minute(number), |w| {
                            let summary = w.ticket(ticket)?.map_or_else(String::new, |row| row.summary);
                            w.set_summary(ticket, &format!("{summary}{}", name.chars().next().unwrap_or('?')))
                        })
                        .unwrap();
                }
            });
        }
    });
    let summary = home.store.ticket(ticket).unwrap().unwrap().summary;
    assert_eq!(summary.matches('o').count(), 50, "{summary}");
    assert_eq!(summary.matches('t').count(), 50, "{summary}");
    assert_eq!(home.store.history(ticket).unwrap().len(), 100);
}

#[test]
fn a_lock_that_is_never_released_is_told_and_changes_nothing() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let other = home.reopen();
    // Ten seconds are for people; the test need not wait for them.
    other.writer().busy_timeout(std::time::Duration::ZERO).unwrap();
    home.quiet(|w| {
        w.set_summary(ticket, "first")?;
        let refused = other
            .write_quiet::<_, Error>(minute(1), |w| w.set_summary(ticket, "second"))
            .unwrap_err();
        assert!(matches!(refused, Error::Locked), "{refused:?}");
        // Reading goes on meanwhile, and sees what was committed before.
        assert_eq!(other.ticket(ticket)?.unwrap().summary, "");
        Ok(())
    });
    assert_eq!(other.ticket(ticket).unwrap().unwrap().summary, "first");
}

#[test]
fn a_full_disk_is_told_and_changes_nothing() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let before = home.dump();
    let limit = |connection: &Connection, spare: i64| {
        let pages: i64 = connection
            .pragma_query_value(None, "page_count", |row| row.get(0))
            .unwrap();
        connection
            .query_row(&format!("PRAGMA max_page_count = {}", pages + spare), [], |_| Ok(()))
            .unwrap();
    };
    // Wherever in the write the disk becomes full, nothing of it stays.
    for spare in 0..12 {
        limit(&home.store.writer(), spare);
        let long = "long ".repeat(20_000);
        let full = home.refused::<_, Error>(|w| {
            w.set_value(ticket, keys::PUBLIC_RESEARCH, Some(super::typed(text(&long))))?;
            w.set_summary(ticket, &long)
        });
        assert!(matches!(full, Error::Full), "{full:?}");
        assert_eq!(home.dump(), before);
        assert_eq!(home.store.last_undoable(super::ME).unwrap(), None);
    }
    limit(&home.store.writer(), 1_000_000);
    set(&home, ticket, keys::JOB_TITLE, Some(text("Director")));
    assert_eq!(
        home.reopen().values(ticket).unwrap()[&keys::JOB_TITLE].value,
        text("Director")
    );
    assert_eq!(home.store.check().unwrap(), Vec::<String>::new());
}
