//! Three-way merge of a ticket: base (last mirror), mine, theirs.
