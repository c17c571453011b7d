//! Names of persons: split, joined, never guessed.
