//! What goes wrong: the faults of a real tenant, the network, the computer's clock.

use anyhow::{Context, Result};
use chrono::TimeDelta;
use rand::{Rng, seq::IndexedRandom};
use sandbox::{Armed, ErrorForm, Fault, UnknownId};

use crate::world::World;

/// Requests that a fault may strike.
const REQUESTS: [&str; 9] = [
    "",
    "GET",
    "POST",
    "POST /api/Tickets",
    "POST /api/Actions",
    "GET /api/Tickets",
    "GET /api/Actions",
    "GET /api/Users",
    "/auth/token",
];

/// Something goes wrong from now on, for a while.
pub fn change(world: &mut World) -> Result<()> {
    match world.dice.random_range(0..20) {
        0 => {
            world.set_online(false);
            world.trace.line("the network is gone".to_owned());
            world.trace.fault("offline", 1);
        }
        1 => {
            world.set_online(true);
            world.trace.line("the network is there".to_owned());
        }
        2 => {
            let skew = TimeDelta::milliseconds(world.dice.random_range(-900_000..900_000));
            world.clock.set_skew(skew);
            world.trace.line(format!("the clock is {} s ahead", skew.num_seconds()));
            world.trace.fault("clock skew", 1);
        }
        3 => {
            let unknown = *[UnknownId::NotFound, UnknownId::BadRequest]
                .choose(&mut world.dice)
                .context("a switch")?;
            world.tenant.configure(|behaviour| behaviour.unknown_id = unknown);
        }
        4 => {
            world.tenant.expire_tokens();
            world.trace.line("all tokens expire".to_owned());
            world.trace.fault("token expired", 1);
        }
        _ => {
            let fault = draw(world)?;
            let requests = *REQUESTS.choose(&mut world.dice).context("requests")?;
            let rule = fault.on(requests).times(world.dice.random_range(1..4));
            let rule = rule.after(world.dice.random_range(0..4));
            world.trace.line(format!("from now on: {rule:?}"));
            world.tenant.faults().add(rule);
        }
    }
    Ok(())
}

fn draw(world: &mut World) -> Result<Fault> {
    let dice = &mut world.dice;
    Ok(match dice.random_range(0..16) {
        0 => Fault::TooManyRequests {
            retry_after: dice.random_bool(0.5).then(|| dice.random_range(1..90)),
        },
        1 | 2 => Fault::ServerError {
            form: *[
                ErrorForm::Html,
                ErrorForm::Error,
                ErrorForm::Message,
                ErrorForm::ResultCode,
                ErrorForm::Empty,
            ]
            .choose(dice)
            .context("a form")?,
        },
        3 | 4 => Fault::GatewayTimeout {
            delay_ms: dice.random_range(0..90_000),
            applied: dice.random(),
        },
        5 | 6 => Fault::DropBefore,
        7 | 8 => Fault::DropAfter,
        9 if dice.random() => Fault::Slow {
            delay_ms: dice.random_range(100..90_000),
        },
        9 => Fault::Late {
            delay_ms: dice.random_range(100..90_000),
        },
        10 | 11 => Fault::TruncatedJson,
        12 => Fault::ExpireTokens,
        13 => {
            let (status, body) = *[
                (400, "\"The field is mandatory\""),
                (401, ""),
                (403, ""),
                (409, ""),
                (415, ""),
                (502, "<html>Bad Gateway</html>"),
                (503, "<html>Service Unavailable</html>"),
            ]
            .choose(dice)
            .context("a refusal")?;
            Fault::Refuse {
                status,
                body: body.to_owned(),
            }
        }
        14 if dice.random() => Fault::RowShift {
            rows: dice.random_range(-5..5),
        },
        14 => Fault::NameDrift { on: dice.random() },
        _ => Fault::Warning {
            text: "A workflow step is overdue".to_owned(),
        },
    })
}

/// The sky clears. What struck is counted.
pub fn clear(world: &World) {
    for Armed { hits, rule, .. } in world.tenant.faults().list() {
        world.trace.fault(name(&rule.fault), u64::from(hits));
    }
    world.tenant.faults().clear();
    world.set_online(true);
}

fn name(fault: &Fault) -> &'static str {
    match fault {
        Fault::TooManyRequests { retry_after: Some(_) } => "429 with Retry-After",
        Fault::TooManyRequests { retry_after: None } => "429",
        Fault::ServerError { .. } => "500",
        Fault::GatewayTimeout { applied: true, .. } => "504, applied",
        Fault::GatewayTimeout { applied: false, .. } => "504",
        Fault::DropBefore => "connection broken, not applied",
        Fault::DropAfter => "connection broken, applied",
        Fault::Slow { .. } => "slow request",
        Fault::Late { .. } => "late answer",
        Fault::TruncatedJson => "truncated JSON, applied",
        Fault::ExpireTokens => "token expired",
        Fault::Refuse { status: 400, .. } => "refused 400",
        Fault::Refuse { status: 401, .. } => "refused 401",
        Fault::Refuse { status: 403, .. } => "refused 403",
        Fault::Refuse { status: 409, .. } => "refused 409",
        Fault::Refuse { .. } => "refused otherwise",
        Fault::RowShift { .. } => "rows shifted between pages",
        Fault::HiddenRows { .. } => "rows kept back",
        Fault::NameDrift { .. } => "other names in an answer",
        Fault::Warning { .. } => "warning in an answer",
    }
}
