//! What sync remembers of itself: sums over minutes, a log that does not grow for ever, counted sweeps.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use domain::{HaloTicketId, Lifecycle};

use super::{Home, minute, stage};
use crate::{Standpoint, SyncLogKind, Traffic};

fn requests(requests: u32, errors: u32, latencies: &[u32]) -> Traffic {
    Traffic {
        requests,
        errors,
        latencies: latencies.to_vec(),
    }
}

#[test]
fn requests_are_summed_over_minutes_and_kept_for_a_day() {
    let home = Home::new();
    let count = |at, traffic: &Traffic| {
        home.store.write_quiet(at, |w| w.count_traffic(traffic)).unwrap();
    };
    count(minute(0), &requests(3, 1, &[2, 0, 1]));
    count(minute(0) + TimeDelta::seconds(5), &requests(2, 0, &[2]));
    count(minute(50), &requests(1, 1, &[0, 0, 0, 1]));
    let since = |at| home.store.read(|reader| reader.traffic_since(at)).unwrap();
    assert_eq!(since(minute(-1)), requests(6, 2, &[4, 0, 1, 1]));
    assert_eq!(since(minute(10)), requests(1, 1, &[0, 0, 0, 1]));
    assert_eq!(since(minute(60)), Traffic::default());
    count(minute(60 * 26), &requests(1, 0, &[1]));
    assert_eq!(since(minute(-1)), requests(1, 0, &[1]), "yesterday is forgotten");
}

#[test]
fn the_log_counts_what_repeats_and_stays_short() {
    let home = Home::new();
    let log = |at, what: &str| {
        let kind = SyncLogKind::Failed;
        home.store.write_quiet(at, |w| w.log_sync(kind, what)).unwrap();
    };
    log(minute(0), "HaloPSA did not answer.");
    log(minute(1), "HaloPSA did not answer.");
    log(minute(2), "HaloPSA answered again.");
    log(minute(3), "HaloPSA did not answer.");
    let rows = home.store.read(|reader| reader.sync_log(10)).unwrap();
    let told: Vec<_> = rows.iter().map(|row| (row.text.as_str(), row.times, row.at)).collect();
    assert_eq!(
        told,
        [
            ("HaloPSA did not answer.", 1, minute(3)),
            ("HaloPSA answered again.", 1, minute(2)),
            ("HaloPSA did not answer.", 2, minute(1)),
        ]
    );
    home.quiet(|w| {
        for number in 0..2_100 {
            w.log_sync(SyncLogKind::Sent, &number.to_string())?;
        }
        Ok(())
    });
    let rows = home.store.read(|reader| reader.sync_log(10_000)).unwrap();
    assert_eq!(rows.len(), 2_000);
    assert_eq!(rows.first().map(|row| row.text.as_str()), Some("2099"));
}

#[test]
fn sweeps_are_counted_until_a_ticket_is_seen_again() {
    let home = Home::new();
    let sweep = |ids: &[i64]| {
        let ids: BTreeSet<_> = ids.iter().copied().map(HaloTicketId).collect();
        home.quiet(|w| w.count_missing(&ids));
        let missing = home.store.read(|reader| reader.missing()).unwrap();
        missing
            .iter()
            .map(|missing| (missing.halo_id.0, missing.sweeps, missing.kept))
            .collect::<Vec<_>>()
    };
    assert_eq!(sweep(&[7, 9]), [(7, 1, false), (9, 1, false)]);
    assert_eq!(sweep(&[9, 11]), [(9, 2, false), (11, 1, false)]);
    home.quiet(|w| w.keep_missing());
    assert_eq!(sweep(&[9]), [(9, 3, true)]);
    assert_eq!(sweep(&[]), []);
    assert_eq!(sweep(&[9]), [(9, 1, false)], "seen in between, so it counts anew");
}

#[test]
fn our_books_tell_where_halopsa_should_show_each_ticket() {
    let home = Home::new();
    let with = |halo: i64| home.lead_with("Acme Ltd", "Jane Doe", |new| new.halo_id = Some(HaloTicketId(halo)));
    let (calm, moved, lost, _local) = (with(3), with(1), with(2), home.lead("Foo Ltd", "Liv Moe"));
    home.quiet(|w| w.set_gone(lost, true));
    home.write("edit", |w| {
        w.enqueue(crate::NewEntry {
            ticket: moved,
            payload: crate::OutboxPayload::Update {
                patch: crate::LocalPatch::default(),
            },
            what: "Nothing".to_owned(),
        })
    });
    let standings = home.store.read(|reader| reader.standings()).unwrap();
    let places: Vec<_> = standings
        .into_iter()
        .map(|standing| (standing.halo_id.0, standing.ticket, standing.place))
        .collect();
    let contacted = Standpoint::Board(Lifecycle::Lead, stage("contacted"));
    assert_eq!(
        places,
        [
            (1, moved, Standpoint::Mirror),
            (2, lost, Standpoint::Gone),
            (3, calm, contacted)
        ]
    );
}
