//! Tests that need more than one module, or what is private to the crate.
