//! Cleaning on every core, in the order of the file.
//!
//! One thread reads and deals rows out in hands of a few hundred, in turn; each of the others cleans its hands and lays
//! them down; the iterator picks them up in the same turn. So the order needs no numbers, and nobody is ever more than a
//! few hands ahead: memory stays bounded, and who stops picking up stops the reading.

use std::{
    sync::mpsc::{Receiver, sync_channel},
    thread,
};

use super::Cleaner;
use crate::import::row::{Cleaned, Read};

/// How many rows are dealt at once.
const HAND: usize = 256;

/// How many hands may lie before a worker.
const AHEAD: usize = 2;

type Dealt = Vec<anyhow::Result<Read>>;
type Laid<T> = Vec<anyhow::Result<T>>;

/// Cleans the rows of a file, on every core.
///
/// # Errors
/// When the system gives no threads.
pub fn rows(
    rows: Box<dyn Iterator<Item = anyhow::Result<Read>> + Send>,
    cleaner: &Cleaner,
) -> anyhow::Result<impl Iterator<Item = anyhow::Result<Cleaned>> + Send + use<>> {
    rows_and(rows, cleaner, |row| row)
}

/// Cleans the rows of a file and does something more with each, on every core: what can be done before anything is known
/// of the rows in front of it.
///
/// # Errors
/// When the system gives no threads.
pub fn rows_and<T, Then>(
    rows: Box<dyn Iterator<Item = anyhow::Result<Read>> + Send>,
    cleaner: &Cleaner,
    then: Then,
) -> anyhow::Result<impl Iterator<Item = anyhow::Result<T>> + Send + use<T, Then>>
where
    T: Send + 'static,
    Then: Fn(Cleaned) -> T + Clone + Send + 'static,
{
    let workers = thread::available_parallelism()
        .map_or(1, std::num::NonZero::get)
        .clamp(1, 8);
    let mut deal = Vec::with_capacity(workers);
    let mut pick = Vec::with_capacity(workers);
    for _ in 0..workers {
        let (dealer, hands) = sync_channel::<Dealt>(AHEAD);
        let (layer, laid) = sync_channel::<Laid<T>>(AHEAD);
        let (mut cleaner, then) = (cleaner.clone(), then.clone());
        thread::Builder::new()
            .name("leadline-clean".to_owned())
            .spawn(move || {
                cleaner.settle();
                for hand in hands {
                    let done = hand
                        .into_iter()
                        .map(|read| read.map(|read| then(cleaned(&mut cleaner, read))))
                        .collect();
                    if layer.send(done).is_err() {
                        break;
                    }
                }
            })?;
        deal.push(dealer);
        pick.push(laid);
    }
    thread::Builder::new().name("leadline-read".to_owned()).spawn(move || {
        let mut rows = rows;
        for dealer in deal.iter().cycle() {
            let mut hand = Vec::with_capacity(HAND);
            for row in rows.by_ref().take(HAND) {
                let failed = row.is_err();
                hand.push(row);
                if failed {
                    break;
                }
            }
            let ended = hand.len() < HAND;
            if dealer.send(hand).is_err() || ended {
                break;
            }
        }
    })?;
    Ok(InTurn {
        pick,
        turn: 0,
        hand: Vec::new().into_iter(),
        ended: false,
    })
}

fn cleaned(cleaner: &mut Cleaner, read: Read) -> Cleaned {
    match read {
        Read::Row(row) => Cleaned::Row(Box::new(cleaner.clean(row))),
        Read::Bad(bad) => Cleaned::Bad(bad),
    }
}

struct InTurn<T> {
    pick: Vec<Receiver<Laid<T>>>,
    turn: usize,
    hand: std::vec::IntoIter<anyhow::Result<T>>,
    /// The hand that lies here is the last: it is the only one that is not full.
    ended: bool,
}

impl<T> Iterator for InTurn<T> {
    type Item = anyhow::Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.hand.next() {
                return Some(row);
            }
            if self.ended {
                return None;
            }
            let Some(laid) = self.pick.get(self.turn).and_then(|laid| laid.recv().ok()) else {
                // A thread gave up with rows in its hand. Nothing may be left out in silence.
                self.ended = true;
                return Some(Err(anyhow::anyhow!("The rows could not all be read.")));
            };
            self.ended = laid.len() < HAND;
            self.turn = (self.turn + 1) % self.pick.len();
            self.hand = laid.into_iter();
        }
    }
}
