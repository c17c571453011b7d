//! A pipeline of a given size: open tickets in every stage, each with ten stays and ten activities behind it.

use anyhow::Result;
use chrono::{DateTime, Days, TimeDelta, Utc};
use domain::{
    AgentId, FieldKey, HaloActionId, HaloAgentId, HaloTicketId, Lifecycle, Provenance, Source, StageKey, StoredValue,
    TicketId, Value, activity::ActivityKind, email::EmailAddress, fields::keys, money::Money, phone::PhoneNumber,
    tenant::TenantAgent, web::WebAddress, workflow::Workflow,
};
use rand::{Rng, SeedableRng, rngs::SmallRng};
use store::{NewActivity, NewTicket, StageStay, Store, Writer};

use crate::people::{person, pick};

/// Stays and activities of each ticket.
const HISTORY: u32 = 10;
/// Tickets in one transaction.
const BATCH: u32 = 10_000;
const AGENTS: u32 = 12;

/// Of a hundred tickets, so many are in each stage. All are open.
const SPREAD: [(Lifecycle, &str, u32); 10] = [
    (Lifecycle::Lead, "new_lead", 20),
    (Lifecycle::Lead, "researching", 15),
    (Lifecycle::Lead, "contacted", 15),
    (Lifecycle::Lead, "engaged", 10),
    (Lifecycle::Prospect, "new_prospect", 10),
    (Lifecycle::Prospect, "prospecting", 10),
    (Lifecycle::Prospect, "qualified", 5),
    (Lifecycle::Opportunity, "new_opportunity", 5),
    (Lifecycle::Opportunity, "progressing", 6),
    (Lifecycle::Opportunity, "negotiation", 4),
];
const SOURCES: [&str; 6] = [
    "Apollo.io",
    "ZoomInfo",
    "Website",
    "Referral",
    "Trade fair",
    "Hunter.io",
];
const INDUSTRIES: [&str; 5] = ["Healthcare", "Legal", "Finance", "Manufacturing", "Retail"];

/// Fills an empty database. Returns the agents.
pub fn fill(store: &Store, tickets: u32) -> Result<Vec<AgentId>> {
    let now = Utc::now();
    let agents = store
        .write_quiet(now, |w| -> Result<Vec<AgentId>, store::Error> {
            (1..=AGENTS).map(|number| w.upsert_agent(&agent(number))).collect()
        })?
        .value;
    let mut maker = Maker {
        now,
        agents,
        dice: SmallRng::seed_from_u64(7),
        stages: Workflow::default()
            .stages
            .iter()
            .map(|stage| (stage.lifecycle, stage.key.clone()))
            .collect(),
    };
    for from in (0..tickets).step_by(BATCH as usize) {
        store.write_quiet(now, |w| -> Result<(), store::Error> {
            (from..tickets.min(from + BATCH)).try_for_each(|number| maker.ticket(w, number))
        })?;
    }
    Ok(maker.agents)
}

struct Maker {
    now: DateTime<Utc>,
    agents: Vec<AgentId>,
    dice: SmallRng,
    stages: Vec<(Lifecycle, StageKey)>,
}

impl Maker {
    fn ticket(&mut self, w: &mut Writer<'_>, number: u32) -> Result<(), store::Error> {
        let (lifecycle, stage) = place(number);
        let age = TimeDelta::hours(self.dice.random_range(1..9_000));
        let entered = self.now - age / 11;
        let owner = self.agents.get(self.dice.random_range(0..self.agents.len())).copied();
        let mut new = NewTicket::new(lifecycle, stage.into(), entered);
        new.halo_id = Some(HaloTicketId(i64::from(number) + 1_000));
        new.owner = owner;
        new.created_at = self.now - age;
        new.lead_score = (lifecycle == Lifecycle::Lead).then(|| self.dice.random_range(0..=100));
        new.values = self.values(number, lifecycle);
        let ticket = w.insert_ticket(new)?;
        w.rebuild_stays(ticket, &self.stays(age, owner))?;
        self.activities(w, ticket, number, age, owner)
    }

    fn values(&mut self, number: u32, lifecycle: Lifecycle) -> Vec<(FieldKey, StoredValue)> {
        let who = person(number);
        let n = number as usize;
        let mut values = vec![
            (keys::PERSON_NAME, Value::Text(format!("{} {}", who.first, who.last))),
            (keys::COMPANY_NAME, Value::Text(who.company)),
            (keys::EMAIL, Value::Email(EmailAddress(who.email))),
            (keys::PHONE, Value::Phone(PhoneNumber::parse(&who.phone, "GB"))),
            (keys::WEBSITE, Value::Url(WebAddress(who.website))),
            (keys::JOB_TITLE, Value::Text("Head of IT".to_owned())),
            (keys::LEAD_SOURCE, Value::Text(pick(&SOURCES, n).to_owned())),
            (keys::INDUSTRY, Value::Text(pick(&INDUSTRIES, n / 7).to_owned())),
            (keys::HEADCOUNT, Value::Integer(self.dice.random_range(1..900))),
            (keys::FIT_SCORE, Value::Percent(self.dice.random_range(0..=100))),
        ];
        if lifecycle == Lifecycle::Opportunity {
            let close = self.now.date_naive() + Days::new(self.dice.random_range(0..270));
            values.extend([
                (
                    keys::OPPORTUNITY_VALUE,
                    Value::Money(Money {
                        minor: self.dice.random_range(1_000..90_000) * 100,
                        currency: "GBP".to_owned(),
                    }),
                ),
                (keys::PROBABILITY, Value::Percent(self.dice.random_range(1..10) * 10)),
                (keys::EXPECTED_CLOSE, Value::Date(close)),
            ]);
        }
        let provenance = Provenance {
            source: Source::Halopsa,
            at: self.now,
            by: None,
        };
        let stored = |value| StoredValue {
            value,
            raw: None,
            provenance: provenance.clone(),
        };
        values
            .into_iter()
            .map(|(field, value)| (field, stored(value)))
            .collect()
    }

    /// Everything before the stay it is in now.
    fn stays(&mut self, age: TimeDelta, by: Option<AgentId>) -> Vec<StageStay> {
        let step = age / 11;
        let mut at = self.now - age;
        let mut stays = Vec::with_capacity(HISTORY as usize);
        for _ in 1..HISTORY {
            let left_at = at + step;
            let (lifecycle, stage) = match self.stages.get(self.dice.random_range(0..self.stages.len())) {
                Some(place) => place.clone(),
                None => break,
            };
            stays.push(StageStay {
                lifecycle,
                stage,
                entered_at: at,
                left_at,
                by,
            });
            at = left_at;
        }
        stays
    }

    fn activities(
        &mut self,
        w: &mut Writer<'_>,
        ticket: TicketId,
        number: u32,
        age: TimeDelta,
        agent: Option<AgentId>,
    ) -> Result<(), store::Error> {
        for turn in 0..HISTORY {
            let action = HaloActionId(i64::from(number) * i64::from(HISTORY) + i64::from(turn) + 1);
            w.put_remote_activity(
                NewActivity {
                    ticket,
                    kind: if turn % 3 == 0 {
                        ActivityKind::Call
                    } else {
                        ActivityKind::Note
                    },
                    at: self.now - age + age / 11 * i32::try_from(turn).unwrap_or_default(),
                    agent,
                    who: String::new(),
                    subject: String::new(),
                    body: "Asked about the backup of their servers and who looks after it at night.".to_owned(),
                    call: None,
                },
                action,
            )?;
        }
        Ok(())
    }
}

fn place(number: u32) -> (Lifecycle, &'static str) {
    // Neighbours in the list are no neighbours on the board.
    let mut left = number.wrapping_mul(37) % 100;
    for (lifecycle, stage, share) in SPREAD {
        if left < share {
            return (lifecycle, stage);
        }
        left -= share;
    }
    (Lifecycle::Lead, "new_lead")
}

fn agent(number: u32) -> TenantAgent {
    let who = person(number * 131);
    let initials = who.first.chars().take(1).chain(who.last.chars().take(1)).collect();
    TenantAgent {
        id: HaloAgentId(i64::from(number)),
        name: format!("{} {}", who.first, who.last),
        email: who.email,
        initials,
        colour: String::new(),
        team: "Sales".to_owned(),
        disabled: false,
        is_api_agent: false,
    }
}
