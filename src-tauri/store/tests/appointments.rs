//! Tasks and meetings: done, undone, and as HaloPSA shows them.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    ActivityId, HaloAppointmentId, TicketId,
    activity::{ActivityKind, Appointment},
};

use super::{Home, minute};
use crate::{NewActivity, NewEntry, OutboxPayload};

fn task(ticket: TicketId, subject: &str) -> NewActivity {
    NewActivity {
        ticket,
        kind: ActivityKind::Task,
        at: minute(0),
        agent: None,
        who: String::new(),
        subject: subject.to_owned(),
        body: String::new(),
        call: None,
    }
}

fn due(at: DateTime<Utc>) -> Appointment {
    Appointment {
        start: at,
        end: at,
        done_at: None,
    }
}

fn add(home: &Home, ticket: TicketId) -> ActivityId {
    home.write("plan", |w| {
        w.insert_appointment(task(ticket, "Send the offer"), due(minute(90)))
    })
    .value
}

fn when(home: &Home, activity: ActivityId) -> Appointment {
    home.store.activity(activity).unwrap().unwrap().appointment.unwrap()
}

#[test]
fn a_task_is_done_and_not_done_after_all() {
    let home = Home::new();
    let ticket = home.lead("Acme", "Jane Doe");
    let activity = add(&home, ticket);
    assert_eq!(when(&home, activity), due(minute(90)));
    let open = || home.store.read(|reader| reader.open_tasks(ticket)).unwrap();
    assert_eq!(open(), [activity]);
    let at = home.now();
    assert!(home.write("done", |w| w.set_done(activity, Some(at))).value);
    assert!(
        !home.write("again", |w| w.set_done(activity, Some(at))).value,
        "it is done"
    );
    assert_eq!(when(&home, activity).done_at, Some(at));
    assert!(open().is_empty());
    home.undo().unwrap();
    assert_eq!(when(&home, activity).done_at, None);
    home.redo().unwrap();
    assert_eq!(when(&home, activity).done_at, Some(at));
    home.undo().unwrap();
    home.undo().unwrap();
    assert!(home.store.activities(ticket).unwrap().is_empty(), "nor is it planned");
}

#[test]
fn what_halopsa_shows_replaces_what_is_known_but_nothing_unsent() {
    let home = Home::new();
    let ticket = home.lead("Acme", "Jane Doe");
    let activity = add(&home, ticket);
    let halo = HaloAppointmentId(7);
    // A pull was faster than the answer: the copy goes.
    let show = |subject: &str, appointment: Appointment| {
        home.quiet(|w| w.put_remote_appointment(task(ticket, subject), appointment, halo))
    };
    assert!(show("Send the offer", due(minute(90))));
    home.quiet(|w| w.set_halo_appointment(activity, halo));
    assert_eq!(home.store.activities(ticket).unwrap().len(), 1);
    assert!(!show("Send the offer", due(minute(90))), "no news");
    let later = due(minute(90) + TimeDelta::days(1));
    assert!(show("Send the offer", later));
    assert_eq!(when(&home, activity), later);

    home.write("done", |w| {
        w.set_done(activity, Some(w.at()))?;
        w.enqueue(NewEntry {
            ticket,
            payload: OutboxPayload::Activity { activity },
            what: "Task done".to_owned(),
        })
    });
    assert!(!show("Send the offer", later), "what waits to be sent is newer");
    assert!(when(&home, activity).done_at.is_some());
}
