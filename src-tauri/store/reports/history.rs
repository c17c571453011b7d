//! The stays of all tickets in memory, so that a report over years counts in milliseconds.
//!
//! Model: a copy of what the covering index `stage_entries_ways` holds, stay by stay, in its order. Read from the database a
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

use super::{Scope, Stays, WayOut};
use crate::{
    Error, Reader, Store,
    convert::{Columns, to_millis},
};

/// A moment that never comes.
const NEVER: i64 = i64::MAX;
/// When so many tickets stand beside the copy, it is read anew.
const MOST_LATER: usize = 5_000;
/// So many connections read the copy: each has memory of its own.
const MOST_WORKERS: usize = 4;

/// The stays of all tickets as they were at one moment.
#[derive(Debug)]
pub struct History {
    /// The change counter of that moment.
    seq: i64,
    base: Arc<Base>,
    /// Tickets that have changed since the copy was read, and their stays.
    later: BTreeSet<TicketId>,
    later_ways: Vec<Way>,
    later_moves: BTreeMap<AgentId, Vec<Arrival>>,
}

#[derive(Debug, Default)]
struct Base {
    ways: Vec<Way>,
    moves: BTreeMap<AgentId, Vec<Arrival>>,
}

/// Stays in one stage that ended in one way. In the copy the first to begin comes first.
#[derive(Debug)]
struct Way {
    stage: StageKey,
    /// `None` for those that go on.
    next: Option<StageKey>,
    stays: Vec<Stay>,
}

#[derive(Clone, Copy, Debug)]
struct Stay {
    entered: i64,
    left: i64,
    again: i64,
    ticket: u32,
    has_been_here: bool,
}

/// That an agent brought a ticket into a stage.
#[derive(Clone, Copy, Debug)]
struct Arrival {
    at: i64,
    ticket: u32,
}

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
            later_moves: BTreeMap::new(),
        })
    }

    /// The same with these tickets read again.
    fn with(&self, reader: &Reader<'_>, seq: i64, touched: BTreeSet<TicketId>) -> Result<Self, Error> {
        let mut ways: BTreeMap<(StageKey, Option<StageKey>), Vec<Stay>> = BTreeMap::new();
        let mut moves: BTreeMap<AgentId, Vec<Arrival>> = BTreeMap::new();
        let is_kept = |ticket: u32| !touched.contains(&TicketId(i64::from(ticket)));
        for way in &self.later_ways {
            let kept = way.stays.iter().filter(|stay| is_kept(stay.ticket)).copied();
            ways.entry((way.stage.clone(), way.next.clone()))
                .or_default()
                .extend(kept);
        }
        for (agent, arrivals) in &self.later_moves {
            let kept = arrivals.iter().filter(|arrival| is_kept(arrival.ticket)).copied();
            moves.entry(*agent).or_default().extend(kept);
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
                    moves.entry(AgentId(agent)).or_default().push(Arrival { at, ticket });
                }
            }
        }
        Ok(Self {
            seq,
            base: Arc::clone(&self.base),
            later: self.later.union(&touched).copied().collect(),
            later_ways: ways
                .into_iter()
                .map(|((stage, next), stays)| Way { stage, next, stays })
                .collect(),
            later_moves: moves,
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
            moves: moves(reader)?,
        })
    }

    /// With every processor at work; `None` when not all of them see the same state.
    fn read_together(store: &Store, reader: &Reader<'_>, seq: i64) -> Result<Option<Self>, Error> {
        let stages = stages(reader)?;
        let next = AtomicUsize::new(0);
        // The first job is the longest: who moved what.
        let work = |reader: &Reader<'_>| -> Result<Option<Self>, Error> {
            if reader.seq()? != seq {
                return Ok(None);
            }
            let mut part = Self::default();
            loop {
                match next.fetch_add(1, Ordering::Relaxed).checked_sub(1) {
                    None => part.moves = moves(reader)?,
                    Some(job) => match stages.get(job) {
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

fn moves(reader: &Reader<'_>) -> Result<BTreeMap<AgentId, Vec<Arrival>>, Error> {
    let mut statement = reader.statement(include_str!("history_moves.sql"))?;
    let mut rows = statement.query([])?;
    let mut moves: BTreeMap<AgentId, Vec<Arrival>> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let mut columns = Columns::of(row);
        let agent = AgentId(columns.next()?);
        let arrival = Arrival {
            at: columns.next()?,
            ticket: number(columns.next()?),
        };
        moves.entry(agent).or_default().push(arrival);
    }
    Ok(moves)
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
fn number(ticket: i64) -> u32 {
    u32::try_from(ticket).unwrap_or(u32::MAX)
}

/// The history as one report sees it.
#[derive(Debug)]
pub struct View<'h> {
    history: &'h History,
    from: i64,
    until: i64,
    judged: i64,
    /// Which tickets count, …
    picked: Picked,
    /// … and which of their stays stand in the copy.
    in_base: Picked,
}

impl View<'_> {
    /// As [`Reader::funnel`] of one stage, without the ways that nobody took.
    #[must_use]
    pub fn funnel(&self, stage: &StageKey) -> Vec<WayOut> {
        let mut found: BTreeMap<Option<&StageKey>, WayOut> = BTreeMap::new();
        self.each_in_period(stage, |next, stay| {
            if stay.again < self.until {
                return;
            }
            let way = found.entry(next).or_insert_with(|| WayOut {
                stage: 0,
                next: next.cloned(),
                entered: 0,
                again: 0,
                open: 0,
            });
            way.entered += 1;
            way.again += u32::from(stay.has_been_here);
            way.open += u32::from(stay.left != NEVER && stay.left >= self.judged);
        });
        found.into_values().collect()
    }

    /// As [`Reader::stays`] of one stage.
    #[must_use]
    pub fn stays(&self, stage: &StageKey) -> Stays {
        let seconds = |from: i64, to: i64| u32::try_from((to - from).max(0) / 1_000).unwrap_or(u32::MAX);
        let mut stays = Stays::default();
        self.each_in_period(stage, |_, stay| {
            if stay.left < self.judged {
                stays.ended.push(seconds(stay.entered, stay.left));
            } else {
                stays.open.push(seconds(stay.entered, self.judged));
            }
        });
        stays
    }

    /// As [`Reader::open_deals`].
    #[must_use]
    pub fn open(&self, stages: &[StageKey]) -> u32 {
        let mut count = 0;
        for stage in stages {
            self.each(stage, i64::MIN, self.judged, |_, stay| {
                count += u32::from(stay.left >= self.judged);
            });
        }
        count
    }

    /// As [`Reader::moves_by_agent`].
    #[must_use]
    pub fn moves(&self) -> BTreeMap<AgentId, u32> {
        let mut found: BTreeMap<AgentId, u32> = BTreeMap::new();
        let mut add = |agent: AgentId, count: usize| {
            if count > 0 {
                *found.entry(agent).or_default() += u32::try_from(count).unwrap_or(u32::MAX);
            }
        };
        for (agent, arrivals) in &self.history.base.moves {
            let first = arrivals.partition_point(|arrival| arrival.at < self.from);
            let end = arrivals.partition_point(|arrival| arrival.at < self.until);
            let within = arrivals.get(first..end).unwrap_or_default();
            let counts = within.iter().filter(|arrival| self.in_base.has(arrival.ticket));
            add(*agent, counts.count());
        }
        for (agent, arrivals) in &self.history.later_moves {
            let within = arrivals.iter().filter(|arrival| {
                arrival.at >= self.from && arrival.at < self.until && self.picked.has(arrival.ticket)
            });
            add(*agent, within.count());
        }
        found
    }

    fn each_in_period<'s>(&'s self, stage: &StageKey, take: impl FnMut(Option<&'s StageKey>, &Stay)) {
        self.each(stage, self.from, self.until, take);
    }

    /// Hands over the stays that count and began in that time.
    fn each<'s>(&'s self, stage: &StageKey, from: i64, until: i64, mut take: impl FnMut(Option<&'s StageKey>, &Stay)) {
        for way in self.history.base.ways.iter().filter(|way| way.stage == *stage) {
            let first = way.stays.partition_point(|stay| stay.entered < from);
            let end = way.stays.partition_point(|stay| stay.entered < until);
            for stay in way.stays.get(first..end).unwrap_or_default() {
                if self.in_base.has(stay.ticket) {
                    take(way.next.as_ref(), stay);
                }
            }
        }
        for way in self.history.later_ways.iter().filter(|way| way.stage == *stage) {
            for stay in &way.stays {
                if stay.entered >= from && stay.entered < until && self.picked.has(stay.ticket) {
                    take(way.next.as_ref(), stay);
                }
            }
        }
    }
}

/// Some tickets, or all but some.
#[derive(Clone, Debug)]
struct Picked {
    only: bool,
    tickets: Bits,
}

impl Picked {
    fn has(&self, ticket: u32) -> bool {
        self.tickets.has(ticket) == self.only
    }
}

/// Numbers, a bit for each.
#[derive(Clone, Debug, Default)]
struct Bits(Vec<u64>);

impl Bits {
    fn has(&self, number: u32) -> bool {
        let word = self.0.get(number as usize / 64);
        word.is_some_and(|word| (word >> (number % 64)) & 1 == 1)
    }

    fn set(&mut self, number: u32, on: bool) {
        let place = number as usize / 64;
        if self.0.len() <= place {
            self.0.resize(place + 1, 0);
        }
        if let Some(word) = self.0.get_mut(place) {
            let bit = 1 << (number % 64);
            *word = if on { *word | bit } else { *word & !bit };
        }
    }
}
