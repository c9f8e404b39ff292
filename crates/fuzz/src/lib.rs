//! What fuzzers run: every decoder of bytes that somebody else wrote, each behind one function that takes any bytes at all.
//!
//! [`TARGETS`] is the visible list. A target panics when a decoder does, and when one of its promises is broken (`source.rs` has them).
//! libFuzzer drives the targets (`libfuzzer/`, by `cargo xtask fuzz`); an ordinary test runs each over its seeds and over what was once
//! found (`findings/TARGET/`), so that nothing returns unseen. Left out on purpose: what people of the body write themselves, and
//! what a server must be asked for.

mod folder;
mod inspection;
mod office;
mod postgres;
mod seeds;
mod service;
mod source;
mod targets;
mod terminal;
#[cfg(test)]
mod tests;

pub use folder::{Folder, Part};
pub use targets::{TARGETS, Target};
