//! Values of custom fields: how they come in and how they are shown.

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::Value;

use super::Tenant;
use crate::{
    answer::Refusal,
    bind::FieldName,
    config::{CHECK, CustomField, DATE, MULTI, SELECT},
    record::{Cell, Record, whole},
    wire,
};

/// A field of a row about to be printed.
pub(super) struct Shown<'a> {
    pub field: &'a CustomField,
    pub cell: Option<&'a Cell>,
    /// Lists print a select as a number, details as text; an empty value is `null` in lists and `""` in details. Both
    /// are seen on real tenants.
    pub detail: bool,
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &self.field.id)?;
        map.serialize_entry("name", &self.field.name)?;
        map.serialize_entry("label", &self.field.label)?;
        map.serialize_entry("type", &self.field.kind)?;
        match self.cell {
            None if self.detail => map.serialize_entry("value", "")?,
            None => map.serialize_entry("value", &())?,
            Some(Cell::Int(number)) if self.detail => map.serialize_entry("value", &number.to_string())?,
            Some(Cell::Int(number)) => map.serialize_entry("value", number)?,
            Some(Cell::Num(number)) => map.serialize_entry("value", number)?,
            Some(Cell::Bool(flag)) if self.detail => {
                map.serialize_entry("value", if *flag { "true" } else { "false" })?
            }
            Some(Cell::Bool(flag)) => map.serialize_entry("value", flag)?,
            Some(Cell::Date(at)) => map.serialize_entry("value", &wire::date(*at))?,
            Some(Cell::Text(text)) => map.serialize_entry("value", &**text)?,
            Some(Cell::Json(value)) => map.serialize_entry("value", value)?,
        }
        if let Some(display) = self.display() {
            map.serialize_entry("display", &display)?;
        }
        map.serialize_entry("usage", &self.field.usage)?;
        if self.detail {
            map.serialize_entry("characterlimit", &0)?;
            map.serialize_entry("inputtype", &self.field.input)?;
            map.serialize_entry("searchable", &true)?;
        }
        map.end()
    }
}

impl Shown<'_> {
    fn display(&self) -> Option<String> {
        match (self.field.kind, self.cell?) {
            (SELECT, Cell::Int(id)) => self.field.option(*id).map(str::to_owned),
            (MULTI, Cell::Text(ids)) => Some(
                ids.split(',')
                    .filter_map(|id| self.field.option(id.parse().ok()?))
                    .collect::<Vec<_>>()
                    .join(", "),
            ),
            (_, Cell::Text(text)) => Some(text.to_string()),
            _ => None,
        }
    }
}

impl Tenant {
    /// Writes the custom fields that a body names into a record; the others stay. An unknown field is ignored like any
    /// unknown key.
    pub(super) fn set_custom_fields(
        &self,
        record: &mut Record,
        usage: i64,
        fields: &[(FieldName, Value)],
    ) -> Result<(), Refusal> {
        for (name, value) in fields {
            let field = self.config.fields.iter().find(|field| match name {
                FieldName::Id(id) => field.id == *id,
                FieldName::Name(name) => field.name.eq_ignore_ascii_case(name),
            });
            let Some(field) = field.filter(|field| field.usage == usage) else {
                continue;
            };
            match read(field, value)? {
                Read::Value(cell) => record.set_custom(field.id, cell),
                Read::Ignored => {}
            }
        }
        Ok(())
    }
}

enum Read {
    Value(Option<Cell>),
    /// A select given by its text: HaloPSA does not reliably match it, so nothing changes.
    Ignored,
}

fn read(field: &CustomField, value: &Value) -> Result<Read, Refusal> {
    let text = match value {
        Value::Null => return Ok(Read::Value(None)),
        Value::String(text) if text.trim().is_empty() => return Ok(Read::Value(None)),
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts
            .iter()
            .map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned))
            .collect::<Vec<_>>()
            .join(","),
        other => other.to_string(),
    };
    let refused = || Refusal::Exception(format!("Invalid value for field {}: {text}", field.label));
    Ok(Read::Value(Some(match field.kind {
        SELECT => {
            let id = match value {
                Value::Number(number) => number.as_f64().and_then(whole),
                _ => text.trim().parse().ok(),
            };
            match id {
                None => return Ok(Read::Ignored),
                Some(0 | -1) => return Ok(Read::Value(None)),
                Some(id) if field.option(id).is_some() => Cell::Int(id),
                Some(_) => return Err(refused()),
            }
        }
        MULTI => {
            let ids: Vec<Option<i64>> = text.split(',').map(|part| part.trim().parse().ok()).collect();
            if ids.iter().any(Option::is_none) {
                return Ok(Read::Ignored);
            }
            let ids: Vec<i64> = ids.into_iter().flatten().collect();
            if ids.iter().any(|id| field.option(*id).is_none()) {
                return Err(refused());
            }
            Cell::text(ids.iter().map(i64::to_string).collect::<Vec<_>>().join(","))
        }
        CHECK => match text.to_ascii_lowercase().as_str() {
            "true" | "1" => Cell::Bool(true),
            "false" | "0" => Cell::Bool(false),
            _ => return Err(refused()),
        },
        DATE => match wire::parse_date(&text) {
            Some(Some(at)) => Cell::Date(at),
            Some(None) => return Ok(Read::Value(None)),
            None => return Err(refused()),
        },
        _ if field.input != 0 && text.trim().parse::<f64>().is_err() => return Err(refused()),
        _ => Cell::text(text),
    })))
}
