//! The lead score: how warm a lead is, and why.
