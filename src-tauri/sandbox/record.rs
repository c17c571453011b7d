//! How a row is kept: sparse, so that 50,000 tickets with 150 possible properties each fit into modest memory.
//!
//! A [`Schema`] lists the properties of one resource; a [`Record`] keeps only those that are set. Integers among the first
//! four properties of a schema are what every list filters by, so they are kept inline, beside the id.

use serde_json::Value;

/// Milliseconds since 1970, UTC.
pub type Moment = i64;

/// How many leading properties of a schema a record keeps inline.
const INLINE: usize = 4;

/// The type of a property, as the published schema has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Int,
    /// Printed with a decimal point even when whole: `95.0`.
    Double,
    Text,
    Bool,
    Date,
    /// Nested JSON, kept as it came.
    Json,
}

/// When a list row shows a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InList {
    Never,
    /// Only when it holds something.
    WhenSet,
    Always,
    /// Always on tickets of a sales type, never on others.
    OnSales,
}

/// One property of a resource.
#[derive(Clone, Copy, Debug)]
pub struct Prop {
    pub name: &'static str,
    pub kind: Kind,
    pub list: InList,
    /// Whether a client may set it; others are dropped from bodies like unknown keys.
    pub write: bool,
    /// Whether an unset text is `null` instead of `""`.
    pub null: bool,
}

impl Prop {
    const fn new(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            kind,
            list: InList::Never,
            write: true,
            null: false,
        }
    }

    pub const fn int(name: &'static str) -> Self {
        Self::new(name, Kind::Int)
    }

    pub const fn double(name: &'static str) -> Self {
        Self::new(name, Kind::Double)
    }

    pub const fn text(name: &'static str) -> Self {
        Self::new(name, Kind::Text)
    }

    pub const fn bool(name: &'static str) -> Self {
        Self::new(name, Kind::Bool)
    }

    pub const fn date(name: &'static str) -> Self {
        Self::new(name, Kind::Date)
    }

    pub const fn json(name: &'static str) -> Self {
        Self::new(name, Kind::Json)
    }

    /// Shown in list rows when set.
    pub const fn listed(mut self) -> Self {
        self.list = InList::WhenSet;
        self
    }

    /// Shown in every list row.
    pub const fn always(mut self) -> Self {
        self.list = InList::Always;
        self
    }

    /// Shown in every list row of a sales ticket.
    pub const fn on_sales(mut self) -> Self {
        self.list = InList::OnSales;
        self
    }

    /// Set by the server alone.
    pub const fn read_only(mut self) -> Self {
        self.write = false;
        self
    }

    /// `null` when unset.
    pub const fn null(mut self) -> Self {
        self.null = true;
        self
    }
}

/// The position of a property in its schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(pub u16);

/// The properties of one resource.
#[derive(Debug)]
pub struct Schema {
    /// The name of the resource in paths.
    pub name: &'static str,
    pub props: &'static [Prop],
}

impl Schema {
    /// The property called `name`, whatever its case.
    pub fn find(&self, name: &str) -> Option<(Key, &'static Prop)> {
        self.iter().find(|(_, prop)| prop.name.eq_ignore_ascii_case(name))
    }

    /// Every property with its key.
    pub fn iter(&self) -> impl Iterator<Item = (Key, &'static Prop)> + use<> {
        self.props
            .iter()
            .enumerate()
            .map(|(index, prop)| (Key(u16::try_from(index).unwrap_or(u16::MAX)), prop))
    }
}

/// Declares a schema together with one [`Key`] constant per property.
macro_rules! schema {
    ($path:literal; $( $key:ident = $kind:ident $name:literal $( $flag:ident )* ; )*) => {
        #[expect(non_camel_case_types, clippy::upper_case_acronyms, reason = "only the order of the names is used")]
        #[derive(Clone, Copy)]
        enum Order { $( $key, )* }
        $( pub const $key: $crate::record::Key = $crate::record::Key(Order::$key as u16); )*
        /// The properties in the order in which they are printed.
        pub static SCHEMA: $crate::record::Schema = $crate::record::Schema {
            name: $path,
            props: &[ $( $crate::record::Prop::$kind($name) $( .$flag() )* , )* ],
        };
    };
}
pub(crate) use schema;

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Int(i64),
    Num(f64),
    Text(Box<str>),
    Bool(bool),
    Date(Moment),
    Json(Box<Value>),
}

impl Cell {
    pub fn text(text: impl Into<Box<str>>) -> Self {
        Self::Text(text.into())
    }

    /// Whether it is what "nothing" is stored as.
    fn is_nothing(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::Json(value) => value.is_null(),
            _ => false,
        }
    }
}

/// One row of a resource.
#[derive(Clone, Debug)]
pub struct Record {
    pub id: i64,
    /// When it was last changed.
    pub updated: Moment,
    pub deleted: bool,
    inline: [i32; INLINE],
    cells: Vec<(Key, Cell)>,
    /// Custom field values by field id, in ascending order.
    pub custom: Vec<(i64, Cell)>,
}

impl Record {
    /// A row with nothing set.
    pub fn new(id: i64, updated: Moment) -> Self {
        Self {
            id,
            updated,
            deleted: false,
            inline: [0; INLINE],
            cells: Vec::new(),
            custom: Vec::new(),
        }
    }

    /// The stored value. An inline integer is not among them; see [`Record::int`].
    pub fn get(&self, key: Key) -> Option<&Cell> {
        let at = self.cells.binary_search_by_key(&key, |(key, _)| *key).ok()?;
        self.cells.get(at).map(|(_, cell)| cell)
    }

    /// The integer, 0 when unset.
    pub fn int(&self, key: Key) -> i64 {
        if let Some(inline) = self.inline.get(usize::from(key.0)).filter(|inline| **inline != 0) {
            return i64::from(*inline);
        }
        match self.get(key) {
            Some(Cell::Int(number)) => *number,
            Some(Cell::Num(number)) => whole(*number).unwrap_or(0),
            _ => 0,
        }
    }

    /// The text, empty when unset.
    pub fn text(&self, key: Key) -> &str {
        match self.get(key) {
            Some(Cell::Text(text)) => text,
            _ => "",
        }
    }

    /// The flag, false when unset.
    pub fn flag(&self, key: Key) -> bool {
        matches!(self.get(key), Some(Cell::Bool(true)))
    }

    /// The moment, if it is set.
    pub fn date(&self, key: Key) -> Option<Moment> {
        match self.get(key) {
            Some(Cell::Date(at)) => Some(*at),
            _ => None,
        }
    }

    /// Stores a value; an empty one is the same as [`Record::clear`].
    pub fn set(&mut self, key: Key, cell: Cell) {
        if let (Some(inline), Cell::Int(number)) = (self.inline.get_mut(usize::from(key.0)), &cell)
            && let Ok(number) = i32::try_from(*number)
        {
            *inline = number;
            return;
        }
        if cell.is_nothing() {
            self.clear(key);
            return;
        }
        match self.cells.binary_search_by_key(&key, |(key, _)| *key) {
            Ok(at) => {
                if let Some((_, old)) = self.cells.get_mut(at) {
                    *old = cell;
                }
            }
            Err(at) => self.cells.insert(at, (key, cell)),
        }
    }

    pub fn set_int(&mut self, key: Key, number: i64) {
        self.set(key, Cell::Int(number));
    }

    pub fn set_text(&mut self, key: Key, text: impl Into<Box<str>>) {
        self.set(key, Cell::Text(text.into()));
    }

    pub fn set_date(&mut self, key: Key, at: Moment) {
        self.set(key, Cell::Date(at));
    }

    /// Forgets the value.
    pub fn clear(&mut self, key: Key) {
        if let Some(inline) = self.inline.get_mut(usize::from(key.0)) {
            *inline = 0;
        }
        if let Ok(at) = self.cells.binary_search_by_key(&key, |(key, _)| *key) {
            self.cells.remove(at);
        }
    }

    /// The value of a custom field.
    pub fn custom(&self, field: i64) -> Option<&Cell> {
        let at = self.custom.binary_search_by_key(&field, |(id, _)| *id).ok()?;
        self.custom.get(at).map(|(_, cell)| cell)
    }

    /// Stores or, with `None`, empties a custom field.
    pub fn set_custom(&mut self, field: i64, cell: Option<Cell>) {
        let cell = cell.filter(|cell| !cell.is_nothing());
        match (self.custom.binary_search_by_key(&field, |(id, _)| *id), cell) {
            (Ok(at), Some(cell)) => {
                if let Some((_, old)) = self.custom.get_mut(at) {
                    *old = cell;
                }
            }
            (Ok(at), None) => {
                self.custom.remove(at);
            }
            (Err(at), Some(cell)) => self.custom.insert(at, (field, cell)),
            (Err(_), None) => {}
        }
    }

    /// Gives back memory that was reserved for more values. Worth it for the many rows of the sample data.
    pub fn shrink(&mut self) {
        self.cells.shrink_to_fit();
        self.custom.shrink_to_fit();
    }
}

/// The whole number that a float stands for (`95.0` is 95), if it stands for one.
pub fn whole(number: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
    (number.fract() == 0.0 && number.abs() < 9.0e15).then_some(number as i64)
}
