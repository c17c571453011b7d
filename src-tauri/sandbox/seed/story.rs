//! The life of one ticket: which stages it went through and when, who carried it, what happened on the way.
//!
//! A story is told again whenever it is needed (for the row, and for the timeline when somebody asks for it), so nothing of
//! it is kept in memory.

use super::{
    agents::{DEVELOPERS, ENGINEERS, SELLERS},
    companies::Company,
    dice::Dice,
    people::Person,
    texts,
};
use crate::{
    config::{INCIDENT, LEAD, OPPORTUNITY, PROSPECT},
    record::Moment,
    tenant::PLACEHOLDER,
};

pub const MINUTE: Moment = 60_000;
pub const HOUR: Moment = 60 * MINUTE;
pub const DAY: Moment = 24 * HOUR;

/// A stage of the sales pipeline.
#[derive(Clone, Copy, Debug)]
pub struct Stage {
    pub ticket_type: i64,
    pub status: i64,
    pub exit: bool,
    /// How many of 1,000 tickets are in it.
    share: u64,
    /// Days that a ticket usually stays before it goes on.
    days: i64,
    /// The stages before it.
    path: &'static [usize],
}

const fn stage(ticket_type: i64, status: i64, exit: bool, share: u64, days: i64, path: &'static [usize]) -> Stage {
    Stage {
        ticket_type,
        status,
        exit,
        share,
        days,
        path,
    }
}

pub const RESEARCHING: usize = 1;
pub const DO_NOT_CONTACT: usize = 5;
pub const INVALID: usize = 6;
pub const PROSPECTING: usize = 8;
pub const QUALIFIED: usize = 9;
pub const DISQUALIFIED: usize = 10;
pub const NEW_OPPORTUNITY: usize = 11;
pub const PROGRESSING: usize = 12;
pub const NEGOTIATION: usize = 13;
pub const WON: usize = 14;
pub const LOST: usize = 15;

/// All stages, by position in a sale.
pub static STAGES: [Stage; 16] = [
    stage(LEAD, 51, false, 140, 3, &[]),
    stage(LEAD, 52, false, 90, 4, &[0]),
    stage(LEAD, 53, false, 120, 9, &[0, 1]),
    stage(LEAD, 54, false, 60, 6, &[0, 1, 2]),
    stage(LEAD, 55, true, 130, 0, &[0, 1, 2]),
    stage(LEAD, 56, true, 30, 0, &[0, 1, 2]),
    stage(LEAD, 57, true, 50, 0, &[0, 1]),
    stage(PROSPECT, 61, false, 40, 4, &[0, 1, 2, 3]),
    stage(PROSPECT, 62, false, 60, 14, &[0, 1, 2, 3, 7]),
    stage(PROSPECT, 63, false, 30, 7, &[0, 1, 2, 3, 7, 8]),
    stage(PROSPECT, 64, true, 60, 0, &[0, 1, 2, 3, 7, 8]),
    stage(OPPORTUNITY, 71, false, 30, 6, &[0, 1, 2, 3, 7, 8, 9]),
    stage(OPPORTUNITY, 72, false, 40, 18, &[0, 1, 2, 3, 7, 8, 9, 11]),
    stage(OPPORTUNITY, 73, false, 30, 15, &[0, 1, 2, 3, 7, 8, 9, 11, 12]),
    stage(OPPORTUNITY, 74, true, 50, 0, &[0, 1, 2, 3, 7, 8, 9, 11, 12, 13]),
    stage(OPPORTUNITY, 75, true, 40, 0, &[0, 1, 2, 3, 7, 8, 9, 11, 12, 13]),
];

/// The stage at a position; the last one for a position that is too high.
pub fn stage_at(position: usize) -> &'static Stage {
    STAGES.get(position).unwrap_or(&STAGES[LOST])
}

/// The life of one ticket.
#[derive(Debug)]
pub struct Story {
    /// `None` for a service ticket.
    pub sale: Option<Sale>,
    pub created: Moment,
    pub events: Vec<Event>,
    /// The agent who has it in the end.
    pub owner: i64,
}

/// The sales side of a story.
#[derive(Debug)]
pub struct Sale {
    /// The position in [`STAGES`] where it stands.
    pub stage: usize,
    /// When it came there.
    pub since: Moment,
    pub company: Company,
    pub person: Person,
    /// Whether the company is a client in HaloPSA; most exist in the `opp…` fields only.
    pub is_client: bool,
    /// Which of the company's contacts it is about.
    pub nth: u64,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Event {
    pub at: Moment,
    pub by: i64,
    pub what: What,
}

#[derive(Clone, Debug)]
pub enum What {
    Logged,
    /// From one status to another.
    Moved(i64, i64),
    /// The type became this.
    Promoted(i64),
    Assigned(i64),
    Note(String),
    Call {
        note: String,
        minutes: i64,
    },
    Email {
        subject: &'static str,
        body: &'static str,
    },
    Meeting {
        note: String,
        minutes: i64,
    },
}

/// What all stories share.
#[derive(Clone, Copy, Debug, Default)]
pub struct Setting {
    pub seed: u64,
    /// Midnight of the day on which the sample data ends.
    pub end: Moment,
}

impl Setting {
    /// The company and the contact of the `k`th sale. Every fifth sale is about a second contact of the company before.
    pub fn contact(&self, k: u64) -> (Company, Person, u64) {
        // 0 1 2 3 3 | 4 5 6 7 7 | …
        let (number, nth) = if k % 5 == 4 {
            (k / 5 * 4 + 3, 1)
        } else {
            (k / 5 * 4 + k % 5, 0)
        };
        let company = Company::new(self.seed, number);
        let person = Person::new(self.seed, &company, nth);
        (company, person, nth)
    }

    /// Whether the company of the `k`th sale is a client. Contacts of one company agree.
    fn is_client(&self, k: u64, stage: usize) -> bool {
        let percent = match stage_at(stage).ticket_type {
            LEAD => 25,
            PROSPECT => 60,
            _ => 85,
        };
        Dice::new(self.seed, 3, k).chance(percent)
    }

    /// The stage of the `k`th sale: every thousand sales hold each stage as often as its share says.
    pub fn stage_of(&self, k: u64) -> usize {
        let mut place = (k * 619 + self.seed % 1000 * 7 + 70) % 1000;
        for (position, stage) in STAGES.iter().enumerate() {
            if place < stage.share {
                return position;
            }
            place -= stage.share;
        }
        0
    }

    /// The life of the `k`th sale.
    pub fn sale(&self, k: u64) -> Story {
        let mut dice = Dice::new(self.seed, 4, k);
        let position = self.stage_of(k);
        let here = stage_at(position);
        let (company, person, nth) = self.contact(k);

        // Backwards from now: how long ago it came here, and how long it was in each stage before.
        let ago = if here.exit {
            // A sale takes months, so one that ended early in the year began before the sample data does.
            dice.between(2, if here.ticket_type == LEAD { 345 } else { 290 }) * DAY
        } else {
            dice.wait(here.days * 3 / 2 * DAY).min(110 * DAY)
        };
        let mut path = here.path.to_vec();
        if position == LOST && dice.chance(30) {
            // Some deals are lost before anybody negotiates.
            path.pop();
        }
        let mut entered = vec![(position, self.end - ago - dice.between(0, 600) * MINUTE)];
        let mut at = self.end - ago;
        for &before in path.iter().rev() {
            at -= dice.wait(stage_at(before).days * DAY) + dice.between(30, 400) * MINUTE;
            entered.push((before, at));
        }
        entered.reverse();
        self.fit_into_a_year(&mut entered);

        let developer = dice.pick(DEVELOPERS);
        let seller = dice.pick(SELLERS);
        let mut events = Vec::new();
        let mut owner = PLACEHOLDER;
        let mut status_before = 0;
        let mut type_before = 0;
        let mut last = Moment::MIN;
        let mut created = self.end;
        let mut since = self.end;
        // Nothing happens after the last afternoon, nor everything at its last minute.
        let end = self.end - 7 * HOUR - dice.between(0, 240) * MINUTE;
        for (step, &(stage_position, wished)) in entered.iter().enumerate() {
            let stage = stage_at(stage_position);
            let at = self
                .working_time(wished, &mut dice)
                .max(last.saturating_add(20 * MINUTE))
                .min(end);
            let until = entered.get(step + 1).map_or(end, |(_, next)| *next).max(at);
            if step == 0 {
                created = at;
                events.push(Event {
                    at,
                    by: PLACEHOLDER,
                    what: What::Logged,
                });
                if position == 0 && dice.chance(30) {
                    owner = developer;
                    events.push(Event {
                        at: at + 5 * MINUTE,
                        by: developer,
                        what: What::Assigned(developer),
                    });
                }
            } else {
                let carrier = if stage.ticket_type == LEAD { developer } else { seller };
                if owner != carrier {
                    owner = carrier;
                    events.push(Event {
                        at,
                        by: carrier,
                        what: What::Assigned(carrier),
                    });
                }
                if type_before != stage.ticket_type {
                    events.push(Event {
                        at,
                        by: carrier,
                        what: What::Promoted(stage.ticket_type),
                    });
                }
                events.push(Event {
                    at,
                    by: carrier,
                    what: What::Moved(status_before, stage.status),
                });
            }
            (status_before, type_before, since, last) = (stage.status, stage.ticket_type, at, at);
            if !stage.exit && step > 0 {
                last = self
                    .touches(stage_position, at, until, owner, &company, &mut dice, &mut events)
                    .max(last);
            }
        }
        let is_client = self.is_client(k, position);
        Story {
            sale: Some(Sale {
                stage: position,
                since,
                company,
                person,
                is_client,
                nth,
            }),
            created,
            events,
            owner,
        }
    }

    /// Squeezes a life that began more than a year ago.
    fn fit_into_a_year(&self, entered: &mut [(usize, Moment)]) {
        let oldest = self.end - 364 * DAY;
        let (Some(&(_, first)), Some(&(_, newest))) = (entered.first(), entered.last()) else {
            return;
        };
        if first >= oldest {
            return;
        }
        let (was, may) = ((newest - first).max(1), (newest - oldest).max(DAY));
        for (_, at) in entered {
            *at = newest - (newest - *at) / 1000 * may / was * 1000;
        }
    }

    /// What happens while a ticket is in a stage; returns when the last of it did.
    #[expect(
        clippy::too_many_arguments,
        reason = "one caller, and each of them is a different thing"
    )]
    fn touches(
        &self,
        stage: usize,
        from: Moment,
        until: Moment,
        by: i64,
        company: &Company,
        dice: &mut Dice,
        events: &mut Vec<Event>,
    ) -> Moment {
        let count = match stage {
            0 => 0,
            RESEARCHING => dice.between(0, 1),
            2 | PROGRESSING => dice.between(1, 3),
            NEGOTIATION | PROSPECTING => dice.between(1, 3),
            _ => dice.between(0, 2),
        };
        let mut at = from;
        for n in 0..count {
            let gap = (until - from) / (count + 1);
            let wished = from + gap * (n + 1) + dice.between(-90, 90) * MINUTE;
            at = self
                .working_time(wished, dice)
                .clamp(at + 10 * MINUTE, until.max(at + 10 * MINUTE));
            let deal = stage >= PROSPECTING;
            let what = match dice.below(10) {
                _ if stage == RESEARCHING => What::Note(dice.pick(texts::RESEARCH).to_owned()),
                0..5 => What::Call {
                    note: format!(
                        "Outbound call to {}: {}",
                        company.phone_abroad,
                        dice.pick(if deal { texts::CALLS_DEAL } else { texts::CALLS_OUT })
                    ),
                    minutes: dice.between(1, if deal { 40 } else { 14 }),
                },
                5..7 => What::Note(dice.pick(texts::NOTES).to_owned()),
                7..9 => {
                    let (subject, body) = dice.pick(texts::EMAILS);
                    What::Email { subject, body }
                }
                _ if deal => What::Meeting {
                    note: dice.pick(texts::MEETINGS).to_owned(),
                    minutes: dice.between(3, 9) * 10,
                },
                _ => What::Note(dice.pick(texts::NOTES).to_owned()),
            };
            events.push(Event { at, by, what });
        }
        at
    }

    /// The life of the `n`th service ticket.
    pub fn service(&self, n: u64) -> (Story, ServiceFacts) {
        let mut dice = Dice::new(self.seed, 5, n);
        let open = dice.chance(25);
        let days = if open { dice.wait(4) } else { dice.between(3, 330) };
        let created = self
            .working_time(self.end - days * DAY - 9 * HOUR, &mut dice)
            .min(self.end - 9 * HOUR);
        let owner = dice.pick(ENGINEERS);
        let status = if open { dice.pick(&[1_i64, 2, 3, 4, 5, 21]) } else { 9 };
        let mut events = vec![Event {
            at: created,
            by: PLACEHOLDER,
            what: What::Logged,
        }];
        if status != 1 {
            let moved = created + dice.between(10, 60) * MINUTE;
            events.push(Event {
                at: moved,
                by: owner,
                what: What::Assigned(owner),
            });
            events.push(Event {
                at: moved,
                by: owner,
                what: What::Moved(1, status),
            });
        }
        let (summary, category) = dice.pick(texts::INCIDENTS);
        let facts = ServiceFacts {
            ticket_type: if dice.chance(75) { INCIDENT } else { 3 },
            status,
            summary,
            category,
            client: dice.below(1 << 20),
        };
        let owner = if status == 1 { PLACEHOLDER } else { owner };
        (
            Story {
                sale: None,
                created,
                events,
                owner,
            },
            facts,
        )
    }

    /// A moment in office hours on a working day, on the day that was wished for or shortly before.
    fn working_time(&self, wished: Moment, dice: &mut Dice) -> Moment {
        let mut day = wished.div_euclid(DAY);
        // Day 0 was a Thursday.
        match (day + 4).rem_euclid(7) {
            0 => day -= 2,
            6 => day -= 1,
            _ => {}
        }
        day * DAY + 8 * HOUR + dice.between(0, 9 * 60) * MINUTE + dice.between(0, 59) * 1000
    }
}

/// What a service ticket is about.
#[derive(Clone, Copy, Debug)]
pub struct ServiceFacts {
    pub ticket_type: i64,
    pub status: i64,
    pub summary: &'static str,
    pub category: &'static str,
    /// Any number; which client it means depends on how many there are.
    pub client: u64,
}
