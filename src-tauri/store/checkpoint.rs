//! The write-ahead log is copied back into the file beside the writes, not by whoever happens to commit.
//!
//! SQLite would have the commit that makes the log a thousand pages long copy all of them, and a person who drags a card
//! would wait for it. Here that commit only wakes a thread with a connection of its own; the copy takes no lock that a
//! reader or a writer needs, and when all of the log is copied, the next commit begins it anew. Where the thread does not
//! keep up, or could not be started, the commit copies after all, so that the log stays bounded.

use std::{
    cell::Cell,
    path::Path,
    sync::{
        Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::{self, JoinHandle},
};

use rusqlite::Connection;

use crate::{Error, Key, database::connect};

/// Pages in the log from which on it is copied: SQLite's own default, 4 MB.
const LONG: i32 = 1_000;
/// Pages in the log from which on the commit copies it: 128 MB, more than a long portion of an import writes.
const TOO_LONG: i32 = 32_768;

thread_local! {
    /// How long the last commit of this thread left the log.
    static LENGTH: Cell<i32> = const { Cell::new(0) };
}

/// Copies the log of one database. Stops, and waits until it has stopped, when it is dropped.
#[derive(Default)]
pub(crate) struct Checkpointer {
    worker: Mutex<Option<(SyncSender<()>, JoinHandle<()>)>>,
}

/// Makes a connection tell how long its commits leave the log, and copy it when that is too long.
pub(crate) fn watch(writer: &Connection) {
    writer.wal_hook(Some(|log, pages| {
        LENGTH.set(pages);
        if pages >= TOO_LONG {
            // The commit stands, whatever becomes of the copy: the thread may be at it this very moment.
            log.checkpoint().ok();
        }
        Ok(())
    }));
}

impl Checkpointer {
    /// To be called after a commit of this thread: has the log copied when it is long.
    pub(crate) fn committed(&self, path: &Path, key: &Key) {
        if LENGTH.take() < LONG {
            return;
        }
        let mut worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        if worker.is_none() {
            let (wake, woken) = sync_channel(1);
            let (path, key) = (path.to_owned(), key.clone());
            let started = thread::Builder::new()
                .name("leadline-checkpoint".to_owned())
                .spawn(move || copy_when_woken(&woken, &path, &key));
            *worker = started.ok().map(|thread| (wake, thread));
        }
        if let Some((wake, _)) = &*worker {
            // When it has not yet heard of the last one, it will see this one, too.
            wake.try_send(()).ok();
        }
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        let worker = self.worker.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some((wake, thread)) = worker.take() {
            drop(wake);
            // The file may be moved or deleted next, so nobody may have it open any more.
            thread.join().ok();
        }
    }
}

fn copy_when_woken(woken: &Receiver<()>, path: &Path, key: &Key) {
    let mut connection = None;
    while woken.recv().is_ok() {
        // A failure is a full disk, say: whoever writes next is told of it, and the log is copied another time.
        copy(&mut connection, path, key).ok();
    }
}

fn copy(connection: &mut Option<Connection>, path: &Path, key: &Key) -> Result<(), Error> {
    let connection = match connection {
        Some(connection) => connection,
        None => connection.insert(connect(path, key)?),
    };
    // What it answers is how far it came, which is as far as the oldest reader lets it.
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
    Ok(())
}
