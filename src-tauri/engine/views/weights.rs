//! How much agreement is worth when records are compared, as a person or a program reads it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The weights that are in use, or that were estimated just now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WeightsView {
    /// When own weights were estimated; `None` while the shipped ones are used.
    pub estimated_at: Option<DateTime<Utc>>,
    /// From what: "the tickets here", the names of files.
    pub from: String,
    pub persons: KindWeights,
    pub organisations: KindWeights,
}

/// The weights of one kind of record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KindWeights {
    /// Pairs that share a key, which the weights rest on.
    pub pairs: u64,
    /// How many of those are taken for matches.
    pub matches: u64,
    pub aspects: Vec<AspectWeights>,
}

/// The weights of one aspect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AspectWeights {
    pub aspect: String,
    pub label: String,
    /// Pairs that know it on both sides.
    pub pairs: u64,
    pub shipped: Bits,
    /// `None` where too little is known, and the shipped ones are used.
    pub own: Option<Bits>,
}

/// What each grade of agreement is worth, in bits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bits {
    pub same: f32,
    pub close: f32,
    pub loose: f32,
    pub different: f32,
}
