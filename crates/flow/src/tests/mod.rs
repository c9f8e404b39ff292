//! The use cases as a whole: bodies in temporary folders, an in-process wire between their nodes, hands on the wire.

mod attacks;
mod batch;
pub(crate) mod bodies;
mod charities;
mod check;
mod drop_folder;
mod exchange;
mod full_disk;
mod health;
mod kill;
mod legacy;
mod live;
mod live_sources;
mod memory;
mod quarantine;
mod refresh;
mod refusals;
mod signing;
mod sources;
mod wire;
