//! The open database: one writer connection, readers on demand, and the two doors for writing.
//!
//! Model: a write is one `BEGIN IMMEDIATE` transaction on the only writing connection of this process; another process
//! (the command line beside the window) may hold the file's write lock, and then we wait up to ten seconds. Reads run on
//! `query_only` connections of their own and see the last committed state; WAL lets them go on during a write.
//! A failed write leaves nothing behind: the transaction is rolled back whatever went wrong, and what this module holds in
//! memory about the data is known by the change counter it was read at. Durability is `synchronous = FULL`: a committed
//! write survives a power cut.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::{
    Changes, Error, Key, NewOperation, Reader, Writer,
    checkpoint::{self, Checkpointer},
    reports::history::{History, Touched},
    schema,
};

/// Memory for pages of each connection, in KiB. The default of 2 MB would decrypt the same pages of the board again and
/// again.
const CACHE: i64 = 32_768;
/// The same for a file of gigabytes: a report over a million tickets goes to and fro in an index that is larger than that.
const MOST_CACHE: i64 = 131_072;
/// Between the two, one part in so many of the file: about what an index of tickets takes of it.
const CACHED: i64 = 40;
/// Memory for pages while a big write lasts, in KiB (as a fraction) for each ticket that is here or may come: 240 MB for
/// 100,000 rows against as many tickets, of which a portion of some seconds changes 100 MB and reads others.
const ROOM: (i64, i64) = (6, 5);
/// The most that such a write may hold in memory, in KiB: the plan of a million rows, gone by then, took more than twice that.
const MOST_ROOM: i64 = 1_048_576;
/// How long to wait for another process's write.
const BUSY: Duration = Duration::from_secs(10);
/// How long after a refusal without waiting to try again to open the file.
const AGAIN: Duration = Duration::from_millis(10);
/// SQLCipher sets itself up with the first key of a process, and fails where two threads give one at the same moment.
static KEYING: Mutex<()> = Mutex::new(());
/// Idle readers kept open; more are opened when needed and closed again.
const IDLE_READERS: usize = 4;

/// The open database. Cheap to clone; all clones share the connections.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

/// What a proof may put in the way of every write, just before it is committed. It may panic: then the write never was,
/// as when the process dies at that moment. It may refuse: then the write fails with that, as when the disk is full.
pub type BeforeCommit = Arc<dyn Fn() -> Result<(), Error> + Send + Sync>;

struct Inner {
    path: PathBuf,
    key: Key,
    before_commit: Option<BeforeCommit>,
    writer: Mutex<Connection>,
    /// How many wait for it.
    waiting: AtomicUsize,
    readers: Mutex<Vec<Connection>>,
    history: Mutex<Option<Arc<History>>>,
    touched: Mutex<Touched>,
    checkpointer: Checkpointer,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the file, makes it when it is missing, and brings its schema up to date.
    ///
    /// # Errors
    /// [`Error::WrongKeyOrCorrupt`], [`Error::Newer`], [`Error::Full`], [`Error::Locked`], [`Error::Io`]; the file is
    /// then as it was.
    pub fn open(path: &Path, key: &Key) -> Result<Self, Error> {
        Self::open_with(path, key, None)
    }

    /// As [`open`](Self::open), with something that happens before every commit.
    ///
    /// # Errors
    /// Those of [`open`](Self::open).
    pub fn open_with(path: &Path, key: &Key, before_commit: Option<BeforeCommit>) -> Result<Self, Error> {
        create_private(path)?;
        let began = Instant::now();
        loop {
            let empty = std::fs::metadata(path)?.len() == 0;
            match open_writer(path, key) {
                Ok(writer) => {
                    return Ok(Self {
                        inner: Arc::new(Inner {
                            path: path.to_owned(),
                            key: key.clone(),
                            before_commit,
                            writer: Mutex::new(writer),
                            waiting: AtomicUsize::new(0),
                            readers: Mutex::new(Vec::new()),
                            history: Mutex::default(),
                            touched: Mutex::default(),
                            checkpointer: Checkpointer::default(),
                        }),
                    });
                }
                // Each connection to an empty file draws a salt of its own, and another process wrote the file with its
                // salt in the meantime. The file is no longer empty, so this happens once.
                Err(Error::WrongKeyOrCorrupt) if empty && std::fs::metadata(path)?.len() > 0 => {}
                // Several who give a new file its log at once hold what the others want; SQLite sees that and tells all but
                // one of them without waiting.
                Err(Error::Locked) if began.elapsed() < BUSY => thread::sleep(AGAIN),
                Err(error) => return Err(error),
            }
        }
    }

    /// One operation in one transaction. Everything the closure does through the [`Writer`] is journalled and kept
    /// together, or nothing is. An operation row is only kept if something was journalled.
    ///
    /// The closure holds the only writing connection: it writes through its [`Writer`], never through the store.
    ///
    /// # Errors
    /// Whatever the closure returns, or the store's own failure.
    pub fn write<T, E: From<Error>>(
        &self,
        operation: NewOperation,
        at: DateTime<Utc>,
        work: impl FnOnce(&mut Writer<'_>) -> Result<T, E>,
    ) -> Result<Written<T>, E> {
        self.transact(Some(operation), at, work)
    }

    /// One transaction without journal and without undo: mirror, cursors, outbox states, settings, first pulls.
    ///
    /// # Errors
    /// Whatever the closure returns, or the store's own failure.
    pub fn write_quiet<T, E: From<Error>>(
        &self,
        at: DateTime<Utc>,
        work: impl FnOnce(&mut Writer<'_>) -> Result<T, E>,
    ) -> Result<Written<T>, E> {
        self.transact(None, at, work)
    }

    fn transact<T, E: From<Error>>(
        &self,
        operation: Option<NewOperation>,
        at: DateTime<Utc>,
        work: impl FnOnce(&mut Writer<'_>) -> Result<T, E>,
    ) -> Result<Written<T>, E> {
        self.inner.waiting.fetch_add(1, Ordering::Relaxed);
        let mut connection = self.writer();
        self.inner.waiting.fetch_sub(1, Ordering::Relaxed);
        if !connection.is_autocommit() {
            // A rollback that failed (the disk was gone for a moment) must not lock out every later write.
            connection.execute_batch("ROLLBACK").map_err(Error::from)?;
        }
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(Error::from)?;
        let before = transaction.total_changes();
        let mut writer = Writer::new(&transaction, operation, at);
        let value = work(&mut writer)?;
        let touched = writer.touched().clone();
        let (operation, mut changes) = writer.finish()?;
        if transaction.total_changes() == before {
            // Nothing was written: no fsync, and no other process is told that something changed.
            changes.seq = Reader::new(&transaction).seq()?;
            drop(transaction);
        } else {
            changes.seq = transaction
                .prepare_cached("UPDATE counters SET seq = seq + 1 RETURNING seq")
                .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
                .map_err(Error::from)?;
            if let Some(before_commit) = &self.inner.before_commit {
                before_commit()?;
            }
            transaction.commit().map_err(Error::from)?;
            self.inner.checkpointer.committed(&self.inner.path, &self.inner.key);
            self.touched().note(changes.seq, &touched);
        }
        Ok(Written {
            value,
            operation,
            changes,
        })
    }

    /// Lets whoever writes keep more pages in memory, while this lives: a write of so many rows that changes most pages of
    /// an index would write, and read again, each of them many times.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn make_room(&self, rows: u32) -> Result<Room<'_>, Error> {
        let tickets = i64::from(self.read::<_, Error>(|reader| reader.ticket_count())?) + i64::from(rows);
        let room = (tickets * ROOM.0 / ROOM.1).clamp(MOST_CACHE, MOST_ROOM);
        self.writer().pragma_update(None, "cache_size", -room)?;
        Ok(Room(self))
    }

    /// Whether somebody in this process waits for the write that is going on. Whoever has much to write comes to an end
    /// then, and goes on afterwards.
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        self.inner.waiting.load(Ordering::Relaxed) > 0
    }

    /// Several reads of one and the same committed state.
    ///
    /// # Errors
    /// What the closure returns, or that no reader could be opened.
    pub fn read<T, E: From<Error>>(&self, work: impl FnOnce(&Reader<'_>) -> Result<T, E>) -> Result<T, E> {
        let pooled = self.readers().pop();
        let connection = match pooled {
            Some(connection) => connection,
            None => self.open_reader()?,
        };
        let result = match connection.unchecked_transaction() {
            Ok(transaction) => work(&Reader::new(&transaction)),
            Err(error) => Err(Error::from(error).into()),
        };
        let mut readers = self.readers();
        if readers.len() < IDLE_READERS && connection.is_autocommit() {
            readers.push(connection);
        }
        result
    }

    /// Changes when another process committed to the file; our own writes leave it alone.
    ///
    /// # Errors
    /// [`Error::Io`] and the like.
    pub fn data_version(&self) -> Result<i64, Error> {
        Ok(self
            .writer()
            .pragma_query_value(None, "data_version", |row| row.get(0))?)
    }

    /// Reads the whole file and checks every page and index. Empty when it is sound; else what is wrong, for support.
    ///
    /// # Errors
    /// [`Error::WrongKeyOrCorrupt`] when it is too damaged to be checked.
    pub fn check(&self) -> Result<Vec<String>, Error> {
        self.read(|reader| reader.check())
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// The file's other readers of this process, opened as they are needed.
    fn open_reader(&self) -> Result<Connection, Error> {
        let connection = connect(&self.inner.path, &self.inner.key)?;
        connection.pragma_update(None, "query_only", true)?;
        Ok(connection)
    }

    // A panic in a closure rolled its transaction back on the way out, so the connection behind a poisoned lock is sound.
    pub(crate) fn writer(&self) -> MutexGuard<'_, Connection> {
        self.inner.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The history that was read last.
    pub(crate) fn known_history(&self) -> MutexGuard<'_, Option<Arc<History>>> {
        self.inner.history.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The tickets that this process wrote lately.
    pub(crate) fn touched(&self) -> MutexGuard<'_, Touched> {
        self.inner.touched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn readers(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.inner.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Room for a big write, given back when it is dropped.
#[must_use]
pub struct Room<'s>(&'s Store);

impl Drop for Room<'_> {
    fn drop(&mut self) {
        // It is only memory: where this fails, the next one gives it back.
        let cache = cache_of(&self.0.inner.path);
        self.0.writer().pragma_update(None, "cache_size", cache).ok();
    }
}

/// What became of a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written<T> {
    /// What the closure returned.
    pub value: T,
    /// The operation, if anything was journalled.
    pub operation: Option<domain::OperationId>,
    pub changes: Changes,
}

/// Makes the file for its owner alone before SQLite would make it for everybody; its companions copy the mode.
fn create_private(path: &Path) -> Result<(), Error> {
    let mut options = std::fs::OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn open_writer(path: &Path, key: &Key) -> Result<Connection, Error> {
    let mut writer = connect(path, key)?;
    // Reading is the first thing that uses the key, so it is what tells whether it fits.
    writer.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?;
    let mode: String = writer.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(Error::Io(format!(
            "the file system allows no write-ahead log (journal mode {mode})"
        )));
    }
    schema::migrate(&mut writer)?;
    checkpoint::watch(&writer);
    Ok(writer)
}

/// Memory for pages of a connection to that file, as SQLite wants it: KiB, negative.
fn cache_of(path: &Path) -> i64 {
    let length = std::fs::metadata(path).map_or(0, |file| file.len() / 1024);
    -(i64::try_from(length).unwrap_or(i64::MAX) / CACHED).clamp(CACHE, MOST_CACHE)
}

pub(crate) fn connect(path: &Path, key: &Key) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    // SQLCipher would write every failure to standard error as well; we return them.
    connection.query_row("PRAGMA cipher_log_level = NONE", [], |_| Ok(()))?;
    {
        let _alone = KEYING.lock().unwrap_or_else(PoisonError::into_inner);
        connection.pragma_update(None, "key", key.pragma().as_str())?;
    }
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // Sorters and the like would otherwise reach temporary files, which are not encrypted.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // What is deleted is overwritten where its page is written anyway; no page is written only for that, since all of them
    // are encrypted.
    connection.query_row("PRAGMA secure_delete = FAST", [], |_| Ok(()))?;
    connection.pragma_update(None, "cache_size", cache_of(path))?;
    // After a first pull the log shrinks back to this.
    connection.query_row("PRAGMA journal_size_limit = 67108864", [], |_| Ok(()))?;
    connection.set_prepared_statement_cache_capacity(256);
    Ok(connection)
}
