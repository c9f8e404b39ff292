//! What travels between two nodes, as JSON: a question one way, an answer or a refusal with its evidence the other.

use concordat_prove::Salt;
use concordat_record::{Answer, Problem, Question, Refusal};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The path that questions are posted to; the number is the version of this exchange.
pub const PATH: &str = "/exchange/1";

/// The media type of everything that travels.
pub const JSON: &str = "application/json";

/// What the provider's node sends back. The outcome stays in the bytes it came in, because the evidence is about those.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// An [`Outcome`], to the byte as it was logged.
    pub outcome: Box<RawValue>,
    /// What shows that it was logged.
    pub evidence: Evidence,
}

/// An answer or a refusal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The facts, or that nobody was recognised.
    Answer(Answer),
    /// Why not.
    Refusal(Refusal),
}

/// What shows that a node has logged an exchange: its leaf and the path to a signed checkpoint, and the salt that opens
/// the leaf's commitment to the question and the outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// A C2SP tlog-proof with the leaf as its extra data.
    pub proof: String,
    /// The salt, in hexadecimal. Whoever has it can check the commitment; without it the leaf says nothing of the person.
    pub salt: Salt,
}

/// Reads a question out of a request's body.
///
/// # Errors
/// `exchange.malformed-question`.
pub fn parse_question(body: &[u8]) -> Result<Question, Problem> {
    serde_json::from_slice(body).map_err(|error| {
        // serde's message may hold a value of the question, which may be personal: only the place is passed on.
        Problem::new(
            "exchange.malformed-question",
            format!(
                "the question is not of the form that this node reads (line {}, column {})",
                error.line(),
                error.column()
            ),
        )
    })
}
