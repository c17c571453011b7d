//! The properties of each resource: names and types as published, in the order in which they are printed.
//!
//! To add a property: one line in the file of its resource. Binding, defaults, lists and details follow from it.

#[expect(dead_code, reason = "every property has a key; the code names only some of them")]
pub mod action;
#[expect(dead_code, reason = "every property has a key; the code names only some of them")]
pub mod client;
#[expect(dead_code, reason = "every property has a key; the code names only some of them")]
pub mod crm;
#[expect(dead_code, reason = "every property has a key; the code names only some of them")]
pub mod site;
#[expect(dead_code, reason = "every property has a key; the code names only some of them")]
pub mod ticket;
#[expect(dead_code, reason = "every property has a key; the code names only some of them")]
pub mod user;
