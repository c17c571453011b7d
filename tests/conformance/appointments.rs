//! Tasks and meetings of tickets.

use chrono::{DateTime, TimeDelta, Utc};
use connectors::ErrorKind;
use domain::{HaloAppointmentId, HaloTicketId, remote::NewAppointment};
use sandbox::UnknownId;
use serde_json::json;

use crate::tenant::Tenant;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn task(tenant: &Tenant, ticket: HaloTicketId) -> NewAppointment {
    NewAppointment {
        id: None,
        ticket,
        is_task: true,
        subject: "Send the offer & call".to_owned(),
        start: at("2026-11-24T10:00:00Z"),
        end: at("2026-11-24T10:00:00Z"),
        done_at: None,
        agent: tenant.map.me,
    }
}

#[tokio::test]
async fn a_task_is_made_done_and_opened_again() {
    let tenant = Tenant::of(0).await;
    let lead = tenant.lead();
    let new = task(&tenant, lead);
    let made = tenant.halo.save_appointment(&new).await.unwrap();
    assert_eq!(
        (
            made.ticket,
            made.is_task,
            made.subject.as_str(),
            made.start,
            made.end,
            made.is_done,
            made.agent
        ),
        (
            lead,
            true,
            new.subject.as_str(),
            new.start,
            new.start,
            false,
            tenant.map.me
        )
    );
    let done = NewAppointment {
        id: Some(made.id),
        done_at: Some(at("2026-11-23T09:00:00Z")),
        ..new.clone()
    };
    let answer = tenant.halo.save_appointment(&done).await.unwrap();
    assert_eq!(
        (answer.id, answer.is_done, answer.done_at),
        (made.id, true, done.done_at)
    );
    let open = NewAppointment {
        id: Some(made.id),
        ..new
    };
    let answer = tenant.halo.save_appointment(&open).await.unwrap();
    assert_eq!((answer.is_done, answer.done_at), (false, None));
    let other = tenant.lead();
    assert_eq!(tenant.halo.appointments_of(lead).await.unwrap(), [answer]);
    assert!(tenant.halo.appointments_of(other).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_window_shows_what_begins_in_it_and_belongs_to_a_ticket() {
    let tenant = Tenant::of(0).await;
    let lead = tenant.lead();
    let meeting = NewAppointment {
        is_task: false,
        subject: "Demo".to_owned(),
        end: at("2026-11-24T11:30:00Z"),
        ..task(&tenant, lead)
    };
    let inside = tenant.halo.save_appointment(&meeting).await.unwrap();
    assert_eq!((inside.is_task, inside.end), (false, meeting.end));
    for start in ["2026-10-01T10:00:00Z", "2027-10-01T10:00:00Z"] {
        let outside = NewAppointment {
            start: at(start),
            end: at(start) + TimeDelta::hours(1),
            ..meeting.clone()
        };
        tenant.halo.save_appointment(&outside).await.unwrap();
    }
    tenant.colleague(
        "/api/Appointment",
        json!([{ "subject": "Lunch", "start_date": "2026-11-24T12:00:00", "end_date": "2026-11-24T13:00:00" }]),
    );
    let (from, to) = (at("2026-11-01T00:00:00Z"), at("2026-12-01T00:00:00Z"));
    let page = tenant.halo.appointments_page(1, from, to).await.unwrap();
    assert_eq!(page.rows, [inside]);
}

#[tokio::test]
async fn a_moved_one_may_come_back_under_another_number() {
    let tenant = Tenant::of(0).await;
    let lead = tenant.lead();
    let new = task(&tenant, lead);
    let made = tenant.halo.save_appointment(&new).await.unwrap();
    let moved = NewAppointment {
        id: Some(made.id),
        start: new.start + TimeDelta::days(1),
        ..new
    };
    let answer = tenant.halo.save_appointment(&moved).await.unwrap();
    assert_eq!(tenant.halo.appointments_of(lead).await.unwrap(), [answer]);
}

#[tokio::test]
async fn one_that_is_gone_is_told_apart_in_every_tenant() {
    for unknown_id in [UnknownId::NotFound, UnknownId::BadRequest] {
        let tenant = Tenant::of(0).await;
        tenant.sandbox.configure(|behaviour| behaviour.unknown_id = unknown_id);
        let lost = NewAppointment {
            id: Some(HaloAppointmentId(999_999)),
            ..task(&tenant, tenant.lead())
        };
        let error = tenant.halo.save_appointment(&lost).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::NotFound, "{unknown_id:?}: {error:?}");
    }
}
