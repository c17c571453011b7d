//! From the JSON of a POST to typed values, as ASP.NET binds models: unknown keys are dropped, numbers in quotes are
//! read, and the first thing that does not fit refuses the whole body.

use serde_json::{Map, Value};

use crate::{
    answer::Refusal,
    record::{Cell, Key, Kind, Schema, whole},
    wire,
};

/// One element of a POST.
#[derive(Clone, Debug)]
pub struct Bound {
    /// `None` asks for a new row.
    pub id: Option<i64>,
    /// Known, writable properties; `None` empties.
    pub cells: Vec<(Key, Option<Cell>)>,
    /// Custom fields as they came: number or name, and the value.
    pub custom: Vec<(FieldName, Value)>,
    /// The element itself.
    pub raw: Map<String, Value>,
}

/// How a body names a custom field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldName {
    Id(i64),
    Name(String),
}

impl Bound {
    /// What the element says about a property: `None` nothing, `Some(None)` to empty it.
    pub fn get(&self, key: Key) -> Option<Option<&Cell>> {
        self.cells
            .iter()
            .rev()
            .find(|(other, _)| *other == key)
            .map(|(_, cell)| cell.as_ref())
    }

    /// The integer it sets.
    pub fn int(&self, key: Key) -> Option<i64> {
        match self.get(key)?? {
            Cell::Int(number) => Some(*number),
            Cell::Num(number) => whole(*number),
            _ => None,
        }
    }

    /// The text it sets, unless empty.
    pub fn text(&self, key: Key) -> Option<&str> {
        match self.get(key)?? {
            Cell::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    /// Whether it says `true`.
    pub fn flag(&self, key: Key) -> Option<bool> {
        match self.get(key)?? {
            Cell::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// Takes a property out, so that it is not stored.
    pub fn take(&mut self, key: Key) {
        self.cells.retain(|(other, _)| *other != key);
    }

    /// A key of the element that is no property of the record, such as `userlookup`.
    pub fn extra_int(&self, path: &[&str]) -> Option<i64> {
        let (first, rest) = path.split_first()?;
        let mut value = self.raw.get(*first)?;
        for step in rest {
            value = value.get(step)?;
        }
        value.as_i64()
    }
}

/// Reads a body: an array of objects, or (where `bare` allows it) one object.
///
/// # Errors
/// Broken JSON, a wrong shape, or a value that does not fit its property.
pub fn body(schema: &Schema, raw: &[u8], bare: bool) -> Result<Vec<Bound>, Refusal> {
    let text = String::from_utf8_lossy(raw);
    let value: Value = serde_json::from_str(&text).map_err(|error| Refusal::Binding {
        path: String::new(),
        message: format!(
            "Unexpected character encountered while parsing value. Path '', line {}, position {}.",
            error.line(),
            error.column()
        ),
    })?;
    let elements = match value {
        Value::Array(elements) => elements,
        object @ Value::Object(_) if bare => vec![object],
        _ => {
            return Err(Refusal::Binding {
                path: String::new(),
                message:
                    "Cannot deserialize the current JSON object into type 'System.Collections.Generic.List`1' because \
                          the type requires a JSON array (e.g. [1,2,3]) to deserialize correctly. Path '', line 1, \
                          position 1."
                        .to_owned(),
            });
        }
    };
    elements
        .into_iter()
        .enumerate()
        .map(|(index, element)| bind(schema, index, element, &text))
        .collect()
}

fn bind(schema: &Schema, index: usize, element: Value, text: &str) -> Result<Bound, Refusal> {
    let Value::Object(raw) = element else {
        return Err(misfit(&format!("[{index}]"), "object", &element, text));
    };
    let mut bound = Bound {
        id: None,
        cells: Vec::new(),
        custom: Vec::new(),
        raw: Map::new(),
    };
    for (name, value) in &raw {
        let path = format!("[{index}].{name}");
        if name.eq_ignore_ascii_case("id") {
            bound.id = match value {
                // A GUID names a webhook; any other text is no id.
                Value::String(guid) if schema.name == "Webhook" => crate::tenant::guid_to_id(guid),
                _ => match cell(Kind::Int, value) {
                    Ok(Some(Cell::Int(0)) | None) => None,
                    Ok(Some(Cell::Int(id))) => Some(id),
                    _ => return Err(misfit(&path, "integer", value, text)),
                },
            };
        } else if name.eq_ignore_ascii_case("customfields") {
            bound.custom = custom(&path, value, text)?;
        } else if let Some((key, prop)) = schema.find(name).filter(|(_, prop)| prop.write) {
            let cell = cell(prop.kind, value).map_err(|wanted| misfit(&path, wanted, value, text))?;
            // A null number or flag says nothing; a null text, date or object empties.
            if cell.is_some() || !matches!(prop.kind, Kind::Int | Kind::Bool) {
                bound.cells.push((key, cell));
            }
        }
    }
    bound.raw = raw;
    Ok(bound)
}

/// Reads one value as the type of its property; `Err` names the type it should have had.
fn cell(kind: Kind, value: &Value) -> Result<Option<Cell>, &'static str> {
    if value.is_null() {
        return Ok(None);
    }
    match kind {
        Kind::Int => match value {
            Value::Number(number) => number
                .as_i64()
                .or_else(|| number.as_f64().and_then(whole))
                .map(|number| Some(Cell::Int(number)))
                .ok_or("integer"),
            Value::String(text) if text.trim().is_empty() => Ok(None),
            Value::String(text) => text
                .trim()
                .parse()
                .map(|number| Some(Cell::Int(number)))
                .map_err(|_| "integer"),
            _ => Err("integer"),
        },
        Kind::Double => match value {
            Value::Number(number) => number.as_f64().map(|number| Some(Cell::Num(number))).ok_or("double"),
            // A whole number in quotes is read, "95.0" is not: a tenant refuses what it printed itself.
            Value::String(text) => text
                .trim()
                .parse::<i64>()
                .map(|number| Some(Cell::Int(number)))
                .map_err(|_| "double"),
            _ => Err("double"),
        },
        Kind::Text => match value {
            Value::String(text) => Ok(Some(Cell::text(text.as_str()))),
            Value::Number(number) => Ok(Some(Cell::text(number.to_string()))),
            Value::Bool(flag) => Ok(Some(Cell::text(flag.to_string()))),
            _ => Err("string"),
        },
        Kind::Bool => match value {
            Value::Bool(flag) => Ok(Some(Cell::Bool(*flag))),
            Value::Number(number) => number
                .as_i64()
                .map(|number| Some(Cell::Bool(number != 0)))
                .ok_or("boolean"),
            Value::String(text) if text.eq_ignore_ascii_case("true") => Ok(Some(Cell::Bool(true))),
            Value::String(text) if text.eq_ignore_ascii_case("false") => Ok(Some(Cell::Bool(false))),
            _ => Err("boolean"),
        },
        Kind::Date => match value {
            Value::String(text) if text.trim().is_empty() => Ok(None),
            Value::String(text) => wire::parse_date(text).map(|at| at.map(Cell::Date)).ok_or("DateTime"),
            _ => Err("DateTime"),
        },
        Kind::Json => Ok(Some(Cell::Json(Box::new(value.clone())))),
    }
}

fn custom(path: &str, value: &Value, text: &str) -> Result<Vec<(FieldName, Value)>, Refusal> {
    let fields = match value {
        Value::Null => return Ok(Vec::new()),
        Value::Array(fields) => fields,
        _ => return Err(misfit(path, "array", value, text)),
    };
    let mut out = Vec::new();
    for (index, field) in fields.iter().enumerate() {
        let id = match field.get("id") {
            None | Some(Value::Null) => None,
            Some(id) => match cell(Kind::Int, id) {
                Ok(Some(Cell::Int(id))) => Some(id).filter(|id| *id != 0),
                _ => return Err(misfit(&format!("{path}[{index}].id"), "integer", id, text)),
            },
        };
        let name = match (id, field.get("name").and_then(Value::as_str)) {
            (Some(id), _) => FieldName::Id(id),
            (None, Some(name)) => FieldName::Name(name.to_owned()),
            (None, None) => continue,
        };
        if let Some(value) = field.get("value") {
            out.push((name, value.clone()));
        }
    }
    Ok(out)
}

/// The message of a value that does not fit, with the place it has in the text.
fn misfit(path: &str, wanted: &str, value: &Value, text: &str) -> Refusal {
    let shown = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let offset = text.find(&value.to_string()).unwrap_or_default();
    let before = text.get(..offset).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let position = offset - before.rfind('\n').map_or(0, |at| at + 1) + value.to_string().len();
    let found = match value {
        Value::String(_) => "string",
        Value::Number(_) => "number",
        Value::Bool(_) => "boolean",
        Value::Array(_) => "array",
        _ => "object",
    };
    Refusal::Binding {
        path: path.to_owned(),
        message: format!(
            "Could not convert {found} to {wanted}: {shown}. Path '{path}', line {line}, position {position}."
        ),
    }
}
