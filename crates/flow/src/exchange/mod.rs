//! Questions, answers and refusals: how they travel, and how they are remembered.

pub mod journal;
pub mod wire;
