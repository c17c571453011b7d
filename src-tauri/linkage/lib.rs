//! Whether two records are the same, and why.
//!
//! Owns: preparing a record for comparison, finding the few records worth comparing it with, grading how each aspect
//! agrees, weighing the grades, the rules that stand above the weights, and saying all that in words.
//! It must not know: where records come from or are kept, what a merge does to them, what was decided before. It is pure:
//! the same records in the same order give the same verdicts.
//!
//! # The way of a record
//! [`Record`] (text, as the source wrote it) → [`Prepared`] (folded, split, stripped) → keys ([`blocks`]) → candidates →
//! [`compare::Comparison`] (a grade for each aspect) → [`decide`] (bits, rules, [`Verdict`]) → [`Evidence`] (words).
//! [`Linker`] holds the index and does all of it for one record after the other; [`dedupe`] does it within one set.
//!
//! # What it promises
//! - A name, a company, or both, never make two records one by machine: a second fact must agree.
//! - Company, web domain and e-mail domain are one piece of evidence, a shared mailbox is none.
//! - Father and son, two first names with one surname at one company, one name at two companies are never merged by
//!   machine.
//! - Every verdict has its reasons in words, and a score to sort by that is no probability.
//!
//! # What was turned down
//! - *A learned classifier.* It judges better on the data it has seen and cannot say why, and nobody here has labels.
//! - *Only exact keys.* The key `email`, else `company and name`, merges everybody behind `info@` and misses whoever
//!   changed the address: it is the first pass of an import, and this is the second.
//! - *Finer grades.* Ten shades of likeness of a name fit one set and no other; four are enough, and each can be said.
//!
//! Start with [`decide`], then [`compare`]; [`weights`] says where the numbers come from.

#![cfg_attr(
    test,
    expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")
)]

mod address;
pub mod agreement;
mod blocks;
mod clusters;
mod columns;
mod company;
pub mod compare;
mod dates;
pub mod decide;
pub mod estimate;
pub mod evidence;
mod gist;
mod legal_forms;
pub mod linker;
mod mail;
mod nicknames;
mod person;
mod phone;
mod phonetics;
pub mod record;
mod text;
pub mod weights;

pub use clusters::{Pair, dedupe};
pub use decide::{Decision, Verdict};
pub use evidence::Evidence;
pub use linker::{Linker, Match, RecordNumber, Traits};
pub use record::{Prepared, Record};
