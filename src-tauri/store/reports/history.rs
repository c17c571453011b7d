//! The stays of all tickets in memory, so that a report over years counts in milliseconds.
//!
//! Model: a copy of what the covering index `stage_entries_ways` holds, stay by stay, in its order, and of who moved,
//! who called, and what is asked of closed tickets. Read from the database a
//! million stays cost a million steps of SQLite over pages that have to be decrypted, for each report anew; here they are
//! one pass over 32 bytes each. The copy is read once, when the first report asks; afterwards every write says which
//! tickets it touched, and only those are read again: their stays in the copy are passed over, and the new ones stand
//! beside it until they are many. A write of another process leaves a gap in the change counter, and then everything is
//! read again.
//!
//! Guarantee: [`View`] counts what the statements in the `.sql` files beside this one say, to the last stay: a property test
//! compares them after every kind of write. The tickets behind a figure are still named by those statements.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use domain::{AgentId, StageKey, TicketId};
use rusqlite::Params;

use super::{
    Scope,
    facts::Facts,
    view::{Bits, Picked, View},
};
use crate::{
    Error, Reader, Store,
    convert::{Columns, to_millis},
};

const MOVES: &str = include_str!("history_moves.sql");
const CALLS: &str = include_str!("history_calls.sql");

/// A moment that never comes.
pub(super) const NEVER: i64 = i64::MAX;
/// When so many tickets stand beside the copy, it is read anew.
const MOST_LATER: usize = 5_000;
/// So many connections read the copy: each has memory of its own.
const MOST_WORKERS: usize = 4;

/// The stays of all tickets as they were at one moment.
#[derive(Debug)]
pub struct History {
    /// The change counter of that moment.
    seq: i64,
    pub(super) base: Arc<Base>,
    /// Tickets that have changed since the copy was read, and their stays.
    later: BTreeSet<TicketId>,
    pub(super) later_ways: Vec<Way>,
    /// That they brought a ticket into a stage, …
    pub(super) later_moves: Deeds,
    /// … and that they called.
    pub(super) later_calls: Deeds,
    pub(super) later_facts: Facts,
}

#[derive(Debug, Default)]
pub(super) struct Base {
    pub(super) ways: Vec<Way>,
    pub(super) moves: Deeds,
    pub(super) calls: Deeds,
    pub(super) facts: Facts,
}

/// Stays in one stage that ended in one way. In the copy the first to begin comes first.
#[derive(Debug)]
pub(super) struct Way {
    pub(super) stage: StageKey,
    /// `None` for those that go on.
    pub(super) next: Option<StageKey>,
    pub(super) stays: Vec<Stay>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Stay {
    pub(super) entered: i64,
    pub(super) left: i64,
    pub(super) again: i64,
    pub(super) ticket: u32,
    pub(super) has_been_here: bool,
}

/// That an agent did something with a ticket.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deed {
    pub(super) at: i64,
    pub(super) ticket: u32,
}

/// What each agent did. In the copy the first comes first.
pub(super) type Deeds = BTreeMap<AgentId, Vec<Deed>>;

/// What was touched lately in this process, by the change counter after the write.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    /// Everything after this is known …
    from: i64,
    /// … up to this.
    to: i64,
    tickets: BTreeMap<TicketId, i64>,
}

impl Touched {
    pub fn note(&mut self, seq: i64, tickets: &BTreeSet<TicketId>) {
        if seq != self.to + 1 || self.tickets.len() + tickets.len() > 2 * MOST_LATER {
            self.from = seq - 1;
            self.tickets.clear();
        }
        self.to = seq;
        if tickets.len() > MOST_LATER {
            self.from = seq;
        } else {
            self.tickets.extend(tickets.iter().map(|ticket| (*ticket, seq)));
        }
    }

    /// The tickets that were touched after one moment and not after another; `None` where that is not known.
    fn between(&self, after: i64, until: i64) -> Option<BTreeSet<TicketId>> {
        let is_known = after == until || (self.from <= after && until <= self.to);
        let since = self.tickets.iter().filter(|(_, seq)| **seq > after);
        is_known.then(|| since.map(|(ticket, _)| *ticket).collect())
    }
}

impl Store {
    /// The history as of now.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn stage_history(&self) -> Result<Arc<History>, Error> {
        let mut known = self.known_history();
        self.read(|reader| {
            let seq = reader.seq()?;
            let history = match known.take() {
                Some(history) if history.seq == seq => history,
                Some(history) => match self.touched().between(history.seq, seq) {
                    Some(touched) if touched.len() + history.later.len() <= MOST_LATER => {
                        Arc::new(history.with(reader, seq, touched)?)
                    }
                    _ => Arc::new(History::read(self, reader, seq)?),
                },
                None => Arc::new(History::read(self, reader, seq)?),
            };
            *known = Some(Arc::clone(&history));
            Ok(history)
        })
    }
}

impl History {
    fn read(store: &Store, reader: &Reader<'_>, seq: i64) -> Result<Self, Error> {
        let base = match Base::read_together(store, reader, seq)? {
            Some(base) => base,
            // Somebody wrote while the others began to read.
            None => Base::read_alone(reader)?,
        };
        Ok(Self {
            seq,
            base: Arc::new(base),
            later: BTreeSet::new(),
            later_ways: Vec::new(),
            later_moves: Deeds::new(),
            later_calls: Deeds::new(),
            later_facts: Facts::default(),
        })
    }

    /// The same with these tickets read again.
    fn with(&self, reader: &Reader<'_>, seq: i64, touched: BTreeSet<TicketId>) -> Result<Self, Error> {
        let mut ways: BTreeMap<(StageKey, Option<StageKey>), Vec<Stay>> = BTreeMap::new();
        let is_kept = |ticket: u32| !touched.contains(&TicketId(i64::from(ticket)));
        let kept = |deeds: &Deeds| -> Deeds {
            let kept = |deeds: &[Deed]| deeds.iter().filter(|deed| is_kept(deed.ticket)).copied().collect();
            deeds.iter().map(|(agent, deeds)| (*agent, kept(deeds))).collect()
        };
        let mut moves = kept(&self.later_moves);
        let mut calls = kept(&self.later_calls);
        for way in &self.later_ways {
            let kept = way.stays.iter().filter(|stay| is_kept(stay.ticket)).copied();
            ways.entry((way.stage.clone(), way.next.clone()))
                .or_default()
                .extend(kept);
        }
        let mut statement = reader.statement(include_str!("history_ticket.sql"))?;
        for ticket in &touched {
            let mut rows = statement.query([ticket.0])?;
            while let Some(row) = rows.next()? {
                let mut columns = Columns::of(row);
                let stage = StageKey(columns.next()?);
                let next = columns.next::<Option<String>>()?.map(StageKey);
                let stay = stay_from(&mut columns)?;
                ways.entry((stage, next)).or_default().push(stay);
                if let Some(agent) = columns.next::<Option<i64>>()? {
                    let (at, ticket) = (stay.entered, stay.ticket);
                    moves.entry(AgentId(agent)).or_default().push(Deed { at, ticket });
                }
            }
            add_deeds(reader, include_str!("history_ticket_calls.sql"), [ticket.0], &mut calls)?;
        }
        Ok(Self {
            seq,
            base: Arc::clone(&self.base),
            later: self.later.union(&touched).copied().collect(),
            later_facts: self.later_facts.with(reader, &touched)?,
            later_ways: ways
                .into_iter()
                .map(|((stage, next), stays)| Way { stage, next, stays })
                .collect(),
            later_moves: moves,
            later_calls: calls,
        })
    }

    /// The history as a report sees it.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn view<'h>(&'h self, reader: &Reader<'_>, scope: &Scope) -> Result<View<'h>, Error> {
        let (only, sql) = scope.picked();
        let mut tickets = Bits::default();
        reader.each(&sql, &scope.values(), |row| {
            tickets.set(number(row.get(0)?), true);
            Ok(())
        })?;
        let picked = Picked { only, tickets };
        let mut in_base = picked.clone();
        for ticket in &self.later {
            in_base.tickets.set(number(ticket.0), !only);
        }
        Ok(View {
            history: self,
            from: to_millis(scope.from),
            until: to_millis(scope.end()),
            judged: to_millis(scope.judged()),
            past: scope.judged() < scope.after_now(),
            picked,
            in_base,
        })
    }
}

impl Base {
    fn read_alone(reader: &Reader<'_>) -> Result<Self, Error> {
        let mut ways = Vec::new();
        for stage in stages(reader)? {
            ways.extend(ways_of(reader, &stage)?);
        }
        Ok(Self {
            ways,
            moves: deeds(reader, MOVES)?,
            calls: deeds(reader, CALLS)?,
            facts: Facts::of_all(reader)?,
        })
    }

    /// With every processor at work; `None` when not all of them see the same state.
    fn read_together(store: &Store, reader: &Reader<'_>, seq: i64) -> Result<Option<Self>, Error> {
        let stages = stages(reader)?;
        let next = AtomicUsize::new(0);
        // The first jobs are the longest.
        let work = |reader: &Reader<'_>| -> Result<Option<Self>, Error> {
            if reader.seq()? != seq {
                return Ok(None);
            }
            let mut part = Self::default();
            loop {
                match next.fetch_add(1, Ordering::Relaxed) {
                    0 => part.moves = deeds(reader, MOVES)?,
                    1 => part.facts = Facts::of_all(reader)?,
                    2 => part.calls = deeds(reader, CALLS)?,
                    job => match stages.get(job - 3) {
                        Some(stage) => part.ways.extend(ways_of(reader, stage)?),
                        None => return Ok(Some(part)),
                    },
                }
            }
        };
        let helpers = std::thread::available_parallelism().map_or(1, |all| all.get().min(MOST_WORKERS)) - 1;
        std::thread::scope(|threads| {
            let others: Vec<_> = (0..helpers).map(|_| threads.spawn(|| store.read(work))).collect();
            let mut whole = work(reader)?;
            for other in others {
                let part = other
                    .join()
                    .map_err(|_| Error::Io("the history could not be read".to_owned()))??;
                whole = whole.zip(part).map(|(mut whole, part)| {
                    whole.ways.extend(part.ways);
                    whole.moves.extend(part.moves);
                    whole.calls.extend(part.calls);
                    if !part.facts.is_empty() {
                        whole.facts = part.facts;
                    }
                    whole
                });
            }
            Ok(whole)
        })
    }
}

/// Every stage that a ticket was ever in.
fn stages(reader: &Reader<'_>) -> Result<Vec<StageKey>, Error> {
    reader.list(include_str!("history_stages.sql"), [], |row| Ok(StageKey(row.get(0)?)))
}

fn ways_of(reader: &Reader<'_>, stage: &StageKey) -> Result<Vec<Way>, Error> {
    let mut statement = reader.statement(include_str!("history_stage.sql"))?;
    let mut rows = statement.query([stage.as_str()])?;
    let mut ways: Vec<Way> = Vec::new();
    while let Some(row) = rows.next()? {
        let mut columns = Columns::of(row);
        let next = columns.text_or_null()?;
        let stay = stay_from(&mut columns)?;
        match ways
            .last_mut()
            .filter(|way| way.next.as_ref().map(StageKey::as_str) == next)
        {
            Some(way) => way.stays.push(stay),
            None => ways.push(Way {
                stage: stage.clone(),
                next: next.map(StageKey::from),
                stays: vec![stay],
            }),
        }
    }
    for way in &mut ways {
        way.stays.shrink_to_fit();
    }
    Ok(ways)
}

/// What each agent did, as a statement tells it: agent, moment and ticket.
fn deeds(reader: &Reader<'_>, sql: &str) -> Result<Deeds, Error> {
    let mut deeds = Deeds::new();
    add_deeds(reader, sql, [], &mut deeds)?;
    Ok(deeds)
}

fn add_deeds(reader: &Reader<'_>, sql: &str, params: impl Params, deeds: &mut Deeds) -> Result<(), Error> {
    let mut statement = reader.statement(sql)?;
    let mut rows = statement.query(params)?;
    while let Some(row) = rows.next()? {
        let mut columns = Columns::of(row);
        let agent = AgentId(columns.next()?);
        let deed = Deed {
            at: columns.next()?,
            ticket: number(columns.next()?),
        };
        deeds.entry(agent).or_default().push(deed);
    }
    Ok(())
}

/// The stay in the columns that come next.
fn stay_from(columns: &mut Columns<'_, '_>) -> Result<Stay, Error> {
    Ok(Stay {
        entered: columns.next()?,
        left: columns.next::<Option<i64>>()?.unwrap_or(NEVER),
        again: columns.next::<Option<i64>>()?.unwrap_or(NEVER),
        has_been_here: columns.next::<i64>()? > 1,
        ticket: number(columns.next()?),
    })
}

/// Ids of tickets count up from one.
pub(super) fn number(ticket: i64) -> u32 {
    u32::try_from(ticket).unwrap_or(u32::MAX)
}
