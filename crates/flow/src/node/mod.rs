//! One running Concordat of a body: its folder, its answer store, its log, its keys and the way to other nodes.

mod answer;
mod ask;
mod believe;
mod catalogue;
mod declined;
mod disk;
mod evidence;
mod found;
mod health;
mod history;
mod live;
mod memory;
mod response;
mod shelf;
mod transport;

use std::fmt;
use std::sync::Arc;

use concordat_prove::{Log, LogReader};
use concordat_record::{BodyId, Problems, Timestamp};
use concordat_share::{Decider, SignedAgreement};
use concordat_sign::{SigningKey, VerifierKey};
use concordat_store::{Store, create_folder};

use crate::World;
use crate::body::{ANSWERS, Body, EXCHANGES, RegisterFile};
use live::LiveRegisters;
use memory::Swept;
use shelf::Shelf;

pub use answer::Received;
pub use ask::{Ask, Asked, NotAsked};
pub use catalogue::{Offer, OfferedFact, OfferedPurpose};
pub use health::{Health, Part, State};
pub use history::{Filter, Page, Placed, ProofStep};
pub use transport::{BoxFuture, Transport};

/// A running node. Cheap to share; everything it changes is in the store and the log.
pub struct Node {
    body: Body,
    world: World,
    key: SigningKey,
    /// What the node itself writes: questions it has had, counts, the journal.
    pub(crate) exchanges: Store,
    swept: Swept,
    log: Log,
    decider: Decider,
    pub(crate) shelf: Shelf,
    live: LiveRegisters,
    transport: Arc<dyn Transport>,
    started: Timestamp,
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node").field("body", self.body.id()).finish_non_exhaustive()
    }
}

impl Node {
    /// Opens the node of a body's folder.
    ///
    /// # Errors
    /// All problems of keys, agreements and policies; a damaged store or log; `prove.locked` when another node runs.
    pub fn open(body: Body, world: World, transport: Arc<dyn Transport>) -> Result<Self, Problems> {
        let key = body.signing_key()?;
        let outlines = body.registers.values().map(RegisterFile::outline);
        let decider = Decider::new(body.id().clone(), outlines, body.agreements.clone(), &body.policies)?;
        create_folder(&body.path("data"))?;
        let now = world.clock.now();
        let answers = Store::open(&body.path(ANSWERS))?;
        let exchanges = Store::open(&body.path(EXCHANGES))?;
        exchanges.sweep(now)?;
        let log = Log::open(&body.path("data/log"), body.signing_key()?)?;
        Ok(Self {
            shelf: Shelf::new(answers),
            live: LiveRegisters::open(&body)?,
            started: now,
            swept: Swept::at(now),
            body,
            world,
            key,
            exchanges,
            log,
            decider,
            transport,
        })
    }

    /// Who this node speaks for.
    pub fn id(&self) -> &BodyId {
        self.body.id()
    }

    /// The body's folder, as it was read when the node opened.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// Since when it runs.
    pub fn started(&self) -> Timestamp {
        self.started
    }

    /// The log, to be read.
    pub fn log(&self) -> &LogReader {
        self.log.reader()
    }

    /// The agreements of this body that are in force, on either side.
    pub fn agreements_in_force(&self) -> impl Iterator<Item = &SignedAgreement> {
        let now = self.now();
        self.body.agreements.iter().filter(move |signed| signed.agreement().is_in_force(now))
    }

    /// The key that this body's signatures and log verify with.
    pub fn verifier_key(&self) -> &VerifierKey {
        self.key.verifier()
    }

    /// The moment now, by this node's clock.
    pub fn now(&self) -> Timestamp {
        self.world.clock.now()
    }
}
