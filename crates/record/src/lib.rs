//! The words that every other crate uses: identifiers, problems, origins, questions and answers, the vocabulary and the clock.
//!
//! Nothing here touches a disk, a network or a random source: time and chance come in as [`Clock`] and [`Entropy`].

mod clock;
mod entropy;
mod exchange;
mod identifier;
mod near;
mod origin;
mod problem;
mod settings;
mod vocabulary;

pub use clock::{Clock, FixedClock, Timestamp};
pub use entropy::Entropy;
pub use exchange::{Answer, Compared, Fact, FactGrant, Match, Question, Refusal, Subject, SubjectProperty};
pub use identifier::{BodyId, ExchangeId, IdentifierError, Name};
pub use near::nearest;
pub use origin::{BYTE_OFFSET, Origin, RECORD_NUMBER};
pub use problem::{Place, Problem, Problems, Severity};
pub use settings::{parse_settings, place_of};
pub use vocabulary::{Class, Datatype, Property, PropertyPath, Vocabulary};
