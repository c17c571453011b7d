//! Lists: filters that all resources share, order, pages.

use std::{cmp::Ordering, collections::BTreeSet};

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{Context, Look, Table, Tenant, render::Row};
use crate::{
    answer::{Answer, Refusal},
    query::Query,
    record::{Cell, Key, Kind, Moment, Record},
};

/// What a list request says about order and pages.
#[derive(Clone, Debug)]
pub struct Window {
    /// Page number from 1 and the size that was asked for.
    page: Option<(i64, i64)>,
    count: Option<i64>,
    order: Vec<(Order, bool)>,
    updated_from: Option<Moment>,
    updated_to: Option<Moment>,
    pub id_only: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Id,
    Updated,
    By(Key, Kind),
}

/// The rows of one answer and how many there are in all.
#[derive(Debug)]
pub struct Selected<'a> {
    pub rows: Vec<&'a Record>,
    pub total: usize,
}

impl Window {
    /// Reads the window. `newest_first` is the order when none is asked for, as tickets have it.
    pub fn read(query: &Query, table: &Table, newest_first: bool) -> Result<Self, Refusal> {
        let page = if query.flag("pageinate") {
            Some((
                query.int("page_no")?.unwrap_or(1).max(1),
                query.int("page_size")?.unwrap_or(50).max(1),
            ))
        } else {
            None
        };
        let mut order = Vec::new();
        for step in ["", "2", "3", "4", "5"] {
            let Some(name) = query.text(&format!("order{step}")) else {
                continue;
            };
            let by = match name.to_ascii_lowercase().as_str() {
                "id" => Order::Id,
                "last_update" | "lastupdate" | "ulastupdate" | "alastupdate" | "slastupdate" => Order::Updated,
                // An order by something unknown is no order.
                other => match table.schema.find(other) {
                    Some((key, prop)) => Order::By(key, prop.kind),
                    None => continue,
                },
            };
            order.push((by, query.flag(&format!("orderdesc{step}"))));
        }
        if order.is_empty() {
            order.push((Order::Id, newest_first));
        }
        Ok(Self {
            page,
            count: query.int("count")?,
            order,
            updated_from: query.date("lastupdatefromdate")?,
            updated_to: query.date("lastupdatetodate")?,
            id_only: query.flag("idonly") || query.flag("ticketidonly"),
        })
    }

    /// The rows of the window among those that `keep` lets through.
    pub fn select<'a>(
        &self,
        table: &'a Table,
        page_cap: i64,
        context: &Context,
        deleted: bool,
        mut keep: impl FnMut(&Record) -> bool,
    ) -> Selected<'a> {
        let from = self.updated_from.unwrap_or(Moment::MIN);
        let to = self.updated_to.unwrap_or(Moment::MAX);
        let mut rows: Vec<&Record> = table
            .rows
            .values()
            .filter(|record| record.deleted == deleted && (from..=to).contains(&record.updated) && keep(record))
            .collect();
        match self.order.as_slice() {
            [(Order::Id, false)] => {}
            [(Order::Id, true)] => rows.reverse(),
            order => rows.sort_by(|a, b| {
                order
                    .iter()
                    .map(|(by, descending)| {
                        let ordering = by.compare(a, b);
                        if *descending { ordering.reverse() } else { ordering }
                    })
                    .find(|ordering| ordering.is_ne())
                    .unwrap_or_else(|| a.id.cmp(&b.id))
            }),
        }
        let total = rows.len();
        let (start, length) = match self.page {
            Some((number, size)) => {
                let size = size.min(page_cap);
                let shift = if number > 1 { context.twist.row_shift } else { 0 };
                (((number - 1) * size + shift).max(0), size)
            }
            None => (0, self.count.filter(|count| *count > 0).unwrap_or(i64::MAX)),
        };
        let start = usize::try_from(start).unwrap_or(usize::MAX).min(total);
        let length = usize::try_from(length).unwrap_or(usize::MAX).min(total - start);
        let rows = rows
            .split_off(start)
            .into_iter()
            .take(length)
            .skip(context.twist.hidden_rows)
            .collect();
        Selected { rows, total }
    }
}

impl Order {
    fn compare(self, a: &Record, b: &Record) -> Ordering {
        match self {
            Self::Id => a.id.cmp(&b.id),
            Self::Updated => a.updated.cmp(&b.updated),
            Self::By(key, Kind::Text) => a.text(key).to_lowercase().cmp(&b.text(key).to_lowercase()),
            Self::By(key, Kind::Date) => a.date(key).cmp(&b.date(key)),
            Self::By(key, Kind::Double) => double(a, key).total_cmp(&double(b, key)),
            Self::By(key, Kind::Bool) => a.flag(key).cmp(&b.flag(key)),
            Self::By(key, Kind::Int | Kind::Json) => a.int(key).cmp(&b.int(key)),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "ids and amounts are far below 2^53")]
fn double(record: &Record, key: Key) -> f64 {
    match record.get(key) {
        Some(Cell::Num(number)) => *number,
        _ => record.int(key) as f64,
    }
}

/// An envelope around the rows: `page_no` and `page_size` only when pages were asked for.
struct Envelope<'a> {
    key: &'a str,
    page: Option<(i64, i64)>,
    total: usize,
    rows: &'a [Row<'a>],
}

impl Serialize for Envelope<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some((number, size)) = self.page {
            map.serialize_entry("page_no", &number)?;
            map.serialize_entry("page_size", &size)?;
        }
        map.serialize_entry("record_count", &self.total)?;
        map.serialize_entry(self.key, self.rows)?;
        map.end()
    }
}

impl Tenant {
    /// Prints selected rows in the envelope of their resource.
    pub(super) fn envelope(
        &self,
        key: &str,
        table: &Table,
        window: &Window,
        selected: &Selected<'_>,
        look: &Look,
    ) -> Result<Answer, Refusal> {
        if window.id_only {
            let ids: Vec<serde_json::Value> = selected
                .rows
                .iter()
                .map(|record| serde_json::json!({ "id": record.id }))
                .collect();
            return Ok(Answer::json(
                200,
                &serde_json::json!({ "record_count": selected.total, key: ids }),
            ));
        }
        let rows: Vec<Row<'_>> = selected
            .rows
            .iter()
            .map(|record| self.row(table, record, look))
            .collect();
        let envelope = Envelope {
            key,
            page: window.page,
            total: selected.total,
            rows: &rows,
        };
        print(&envelope)
    }

    /// Prints rows as a bare array.
    pub(super) fn bare(&self, table: &Table, rows: &[&Record], look: &Look) -> Result<Answer, Refusal> {
        let rows: Vec<Row<'_>> = rows.iter().map(|record| self.row(table, record, look)).collect();
        print(&rows)
    }

    /// Answers a POST: one element is an object, several are an array.
    pub(super) fn posted(&self, rows: &[Row<'_>]) -> Result<Answer, Refusal> {
        let mut answer = match rows {
            [row] => print(row)?,
            rows => print(&rows)?,
        };
        answer.status = self.behaviour.post_status;
        Ok(answer)
    }
}

/// Serialises into an answer.
pub(super) fn print<T: Serialize + ?Sized>(value: &T) -> Result<Answer, Refusal> {
    serde_json::to_vec(value)
        .map(|body| Answer::bytes(200, body))
        .map_err(|error| Refusal::Broken(error.to_string()))
}

/// A test against a list of ids, where one was given.
pub(super) fn among(wanted: Option<&BTreeSet<i64>>, id: i64) -> bool {
    wanted.is_none_or(|wanted| wanted.contains(&id))
}
