//! The real program is killed at random moments while it syncs over HTTP, again and again, and nothing that it had said
//! is saved gets lost or arrives twice.
//!
//! Between two deaths a person changes things, through the engine in this process over the same data, and so does a
//! colleague in HaloPSA; each keeps to fields of their own, so that in the end every value has one right answer.
//! Imports die in [`importing`].
//! `LEADLINE_KILLS` says how many deaths (`cargo xtask soak --kills 200`), `LEADLINE_SEED` where chance begins.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on says so by panicking"
)]

#[path = "kills/home.rs"]
mod home;
#[path = "kills/importing.rs"]
mod importing;

use std::{
    collections::BTreeMap,
    process::Child,
    time::{Duration, Instant},
};

use domain::{HaloTicketId, Lifecycle, TicketId, fields::keys};
use engine::NewTicketRequest;
use home::{Home, said};
use rand::{Rng, SeedableRng, rngs::SmallRng, seq::IndexedRandom};
use sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use store::{Filter, OutboxState, Store};

/// Deaths in an ordinary test.
const KILLS: u32 = 4;

/// Deaths in one home: before each the whole database is checked, and what waits to be sent grows with every one.
const CHAPTER: u32 = 20;

/// A sync that takes longer than this has hung.
const PATIENCE: Duration = Duration::from_secs(120);

/// A HaloPSA's own agent who changes things there.
const COLLEAGUE: i64 = 5;

/// What happened in all chapters.
#[derive(Default)]
struct Told {
    deaths: u32,
    rounds: u32,
    values: usize,
    notes: usize,
    made: usize,
    theirs: usize,
}

struct Story {
    home: Home,
    sandbox: Sandbox,
    dice: SmallRng,
    next: u32,
    /// The last industry that a person here typed.
    typed: BTreeMap<TicketId, String>,
    /// The last telephone number that a colleague typed.
    theirs: BTreeMap<HaloTicketId, String>,
    /// Every note, with its ticket.
    notes: Vec<(TicketId, String)>,
    /// The addresses of the tickets that were made here.
    made: Vec<String>,
}

impl Story {
    fn begin(seed: u64) -> Self {
        let sandbox = Sandbox::start(Options {
            tickets: 60,
            seed: 7,
            rate_limit: None,
            latency: Duration::from_millis(2),
            ..Options::default()
        })
        .expect("a sandbox");
        let story = Self {
            home: Home::new(),
            sandbox,
            dice: SmallRng::seed_from_u64(seed),
            next: 0,
            typed: BTreeMap::new(),
            theirs: BTreeMap::new(),
            notes: Vec::new(),
            made: Vec::new(),
        };
        story.home.connect(&story.sandbox.address());
        story
    }

    fn sync(&self) -> Child {
        self.home
            .leadline(&["sync", "--once"])
            .spawn()
            .expect("leadline starts")
    }

    fn fresh(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    /// A person does some things, and is told that each is saved.
    fn person(&mut self, store: &Store) {
        let engine = home::engine(store);
        let cards = store.list_cards(&Filter::default(), 0, 500).expect("cards");
        for _ in 0..self.dice.random_range(1..6) {
            let number = self.fresh();
            let card = cards.choose(&mut self.dice);
            match (self.dice.random_range(0..8), card) {
                (0, _) => {
                    let email = format!("made{number}@here{number}.example");
                    let values = [
                        (keys::PERSON_NAME, format!("Made {number}")),
                        (keys::COMPANY_NAME, format!("Here {number} Ltd")),
                        (keys::EMAIL, email.clone()),
                    ];
                    engine
                        .create_ticket(&NewTicketRequest {
                            lifecycle: Lifecycle::Lead,
                            values: values.into(),
                            owner: None,
                        })
                        .expect("a ticket is made");
                    self.made.push(email);
                }
                (1 | 2, Some(card)) => {
                    let note = format!("words-{number}.");
                    engine.add_note(card.id, &note).expect("a note is written");
                    self.notes.push((card.id, note));
                }
                (_, Some(card)) => {
                    let industry = format!("Industry {number}");
                    engine
                        .edit_field(card.id, keys::INDUSTRY, &industry)
                        .expect("a field is written");
                    self.typed.insert(card.id, industry);
                }
                (_, None) => {}
            }
        }
    }

    /// A colleague does something in HaloPSA.
    fn colleague(&mut self, store: &Store) {
        let cards = store.list_cards(&Filter::default(), 0, 500).expect("cards");
        let known: Vec<HaloTicketId> = cards.iter().filter_map(|card| card.halo_id).collect();
        let Some(ticket) = known.choose(&mut self.dice).copied() else {
            return;
        };
        let phone = format!("020 7946 0{:03}", self.fresh() % 1_000);
        let body = json!([{ "id": ticket.0, "opptel": phone }]);
        let (status, answer) = self.sandbox.post_as(COLLEAGUE, "/api/Tickets", &body);
        assert!(status < 300, "HaloPSA refuses a colleague: {answer}");
        self.theirs.insert(ticket, phone);
    }

    /// Starts a sync and kills it: after some requests, and a little later than the last of them.
    fn kill(&mut self) -> bool {
        let before = self.sandbox.stats().total();
        let requests = before + self.dice.random_range(0..14);
        let later = Duration::from_micros(self.dice.random_range(0..25_000));
        let mut sync = self.sync();
        let began = Instant::now();
        while self.sandbox.stats().total() < requests && sync.try_wait().expect("a child").is_none() {
            assert!(began.elapsed() < PATIENCE, "sync hangs");
            std::thread::yield_now();
        }
        let reached = Instant::now();
        while reached.elapsed() < later {
            std::hint::spin_loop();
        }
        let alive = sync.try_wait().expect("a child").is_none();
        if alive {
            sync.kill().expect("it dies");
        }
        sync.wait().expect("it is gone");
        alive
    }

    /// Syncs until nothing is left to send.
    fn settle(&self) {
        for _ in 0..8 {
            let done = self.sync().wait().expect("sync ends");
            let unsent = self.home.store().outbox(0).expect("the outbox");
            if done.success() && unsent.iter().all(|row| row.state == OutboxState::Sent) {
                return;
            }
        }
        panic!("not everything was sent: {:#?}", self.home.store().outbox(0));
    }

    fn judge(&self) {
        let store = self.home.store();
        assert_eq!(
            store.check().expect("a check"),
            Vec::<String>::new(),
            "the database is sound"
        );
        let property = |ticket: HaloTicketId, name: &str| {
            let record = self.sandbox.ticket(ticket.0).expect("HaloPSA has the ticket");
            let fields = record
                .get("customfields")
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default();
            let custom = fields
                .into_iter()
                .find(|field| field.get("name").and_then(Value::as_str) == Some(name));
            let value = custom.and_then(|field| field.get("value").cloned());
            value.or_else(|| record.get(name).cloned()).unwrap_or_default()
        };
        let halo = |ticket: TicketId| {
            let card = store.card(ticket).expect("the store").expect("the card is there");
            card.halo_id.expect("HaloPSA has it")
        };
        for (ticket, industry) in &self.typed {
            let here = store.value(*ticket, keys::INDUSTRY).expect("the store");
            assert_eq!(
                here.map(|stored| stored.value.to_input()).as_ref(),
                Some(industry),
                "ticket {ticket}"
            );
            assert_eq!(
                property(halo(*ticket), "CFindustry"),
                json!(industry),
                "ticket {ticket}"
            );
        }
        for (ticket, phone) in &self.theirs {
            let local = store.ticket_by_halo(*ticket).expect("the store").expect("it is here");
            let here = store.value(local, keys::PHONE).expect("the store");
            assert_eq!(
                here.map(|stored| stored.value.to_input()).as_ref(),
                Some(phone),
                "#{ticket}"
            );
            assert_eq!(property(*ticket, "opptel"), json!(phone), "#{ticket}");
        }
        for (ticket, note) in &self.notes {
            let actions = self.sandbox.actions(halo(*ticket).0);
            let times = actions
                .iter()
                .filter(|action| {
                    let text = action.get("note").and_then(Value::as_str).unwrap_or_default();
                    text.contains(note.as_str())
                })
                .count();
            assert_eq!(times, 1, "{note} on ticket {ticket}");
        }
        for email in &self.made {
            let (_, found) = self
                .sandbox
                .get(&format!("/api/Tickets?search_oppemailaddress={email}&count=9"));
            let rows = found.get("tickets").and_then(Value::as_array).map_or(0, Vec::len);
            assert_eq!(rows, 1, "{email} is in HaloPSA once");
        }
        let cards = store.list_cards(&Filter::default(), 0, 5_000).expect("cards");
        let mut numbers: Vec<_> = cards.iter().filter_map(|card| card.halo_id).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), cards.len(), "every ticket has a number of its own");
    }
}

/// Kills the program so many times over one home, then lets it finish; every round must be sound, and so must the end.
fn chapter(deaths: u32, seed: u64, told: &mut Told) {
    let mut story = Story::begin(seed);
    let (mut killed, mut rounds) = (0, 0);
    while killed < deaths {
        rounds += 1;
        {
            let store = story.home.store();
            assert_eq!(
                store.check().expect("a check"),
                Vec::<String>::new(),
                "seed {seed}, after {killed} kills"
            );
            story.person(&store);
            story.colleague(&store);
        }
        killed += u32::from(story.kill());
        assert!(
            rounds < deaths * 4 + 20,
            "seed {seed}: sync ends before it can be killed: {killed} of {rounds}"
        );
    }
    story.settle();
    story.judge();
    told.deaths += killed;
    told.rounds += rounds;
    told.values += story.typed.len();
    told.notes += story.notes.len();
    told.made += story.made.len();
    told.theirs += story.theirs.len();
}

#[test]
fn killed_at_any_moment_it_loses_nothing_and_sends_nothing_twice() {
    let kills = said("LEADLINE_KILLS").map_or(KILLS, |kills| u32::try_from(kills).unwrap_or(KILLS));
    let seed = said("LEADLINE_SEED").unwrap_or(1);
    let mut told = Told::default();
    for number in 0.. {
        let left = kills - told.deaths;
        if left == 0 {
            break;
        }
        chapter(left.min(CHAPTER), seed + number, &mut told);
    }
    println!(
        "{} kills in {} rounds: {} values, {} notes, {} new tickets, {} changes of colleagues, each once and whole",
        told.deaths, told.rounds, told.values, told.notes, told.made, told.theirs
    );
}
