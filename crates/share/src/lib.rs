//! What public bodies have agreed to tell each other, and the decision which facts one question may have.
//!
//! An [`Agreement`] is a TOML text that people read and sign. It compiles to Cedar policies over one fixed schema; a body's
//! own Cedar files may only restrict further. A [`Decider`] holds the agreements in which a body is the provider and
//! answers each question with a [`Permit`] or with a [`Refused`] whose code is in the one list of [`RefusalCode`]s.
//!
//! Left out: reading files, keys and signatures (`concordat-sign`), counting exchanges, recognising the subject and
//! fetching facts. Time and counts come in as arguments; nothing here does input or output.

mod agreement;
mod decide;
mod document;
mod federation;
#[cfg(test)]
mod fixture;
mod policy;
mod refusal;

pub use agreement::{Agreement, Limits, Matching, Purpose, RegisterOutline, SignedAgreement, suspension};
pub use decide::{Decider, Decision, Permit, project};
pub use federation::{Federation, Member};
pub use policy::{OwnPolicy, SCHEMA};
pub use refusal::{RefusalCode, Refused};
