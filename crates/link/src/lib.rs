//! Recognises records that mean the same person, organisation or place, without a shared number.
//!
//! The way of the data: [`Rules`] say what is compared and how; [`estimate`] learns from two sides, or
//! [`estimate_register`] from a register alone, a [`Model`]: how telling each level of agreement is. Rules and model together are
//! a [`Recogniser`], which answers for one subject ([`Recogniser::recognise`]) and for many at once
//! ([`Recogniser::link`]) by the same arithmetic. The model is that of Fellegi and Sunter (1969).
//!
//! Left out on purpose: reading, writing and planning. Records come as Arrow batches or one by one and are held in memory.

mod batch;
mod block;
mod candidates;
mod compare;
mod counts;
mod estimate;
mod evaluate;
mod hash;
mod known;
mod model;
mod recognise;
mod records;
mod rules;
mod scorer;
mod side;
mod text;

pub use batch::{Choice, Linked, Pair};
pub use block::{Block, Index, KEY_KINDS, Key, KeyKind, Postings};
pub use compare::{Grade, KINDS, Kind, Several};
pub use counts::Counts;
pub use estimate::{Report, estimate, estimate_register, estimate_unseen};
pub use evaluate::{Evaluation, evaluate, plain_names};
pub use known::{Known, VALUE_SEPARATOR};
pub use model::{ComparisonModel, LevelModel, Model};
pub use recognise::{Candidate, Recogniser, Recognition, Score};
pub use records::{Records, Row};
pub use rules::{Comparison, Condition, Level, Part, Rules, Training};
pub use scorer::Levels;

/// Link rules for organisations that need no change for registers with names and addresses: what `concordat init` proposes.
pub const ORGANISATION_RULES: &str = include_str!("../rules/organisation.toml");

#[cfg(test)]
mod tests;
