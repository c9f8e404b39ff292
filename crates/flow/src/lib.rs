//! The use cases: where the steps meet.
//!
//! A [`Body`] is a folder of plain text; [`check`] looks it over, a [`Refresher`] makes its registers, a [`Node`] asks and
//! answers. Nothing here knows pages, commands or sockets: other nodes are reached through a [`Transport`].

mod batch;
#[cfg(test)]
mod benchmark;
mod body;
mod check;
mod exchange;
mod mapped;
mod node;
pub mod quarantine;
mod read;
mod refresh;
mod signing;
#[cfg(test)]
mod tests;
mod world;

pub use batch::{Judged, MatchedBatch, match_batch};
pub use body::{Body, LinkFile, RegisterFile, Settings, SourceFile};
pub use check::{Checked, CheckedTest, check};
pub use concordat_engine::OutputFormat;
pub use concordat_prove::Side;
pub use exchange::journal::{Became, Entry};
pub use node::{
    Ask, Asked, BoxFuture, Filter, Health, Node, NotAsked, Offer, OfferedFact, OfferedPurpose, Page, Part,
    Placed, ProofStep, Received, State, Transport,
};
pub use read::{ReadForm, ReadSummary, confirm_source, read_source, refuse_writing_over};
pub use refresh::{Refresher, Snapshot, Stage, Watch};
pub use signing::{SignedFile, sign_file};
pub use world::World;
