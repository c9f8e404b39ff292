//! The exchanges of this node, as its people look them up: what the log proves, in a form that can be listed.
//!
//! The log is the truth; the journal is an index of it in the answer store. It holds no subject and no value of a fact.

use concordat_prove::Side;
use concordat_record::{BodyId, ExchangeId, Name, Problem, Refusal, Timestamp};
use concordat_share::RefusalCode;
use concordat_store::Store;
use serde::{Deserialize, Serialize};

/// Entries by time, newest last.
const BY_TIME: &str = "exchange";
/// The time key of an exchange.
const BY_ID: &str = "exchange-key";

/// One exchange in the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The exchange, the same on both sides.
    pub exchange: ExchangeId,
    /// When this side was done with it.
    pub at: Timestamp,
    /// Which side we were on.
    pub side: Side,
    /// The body on the other side.
    pub other: BodyId,
    /// The register that was asked.
    pub register: Name,
    /// What for.
    pub purpose: Name,
    /// The agreement that allowed it; none when refused for want of one.
    pub agreement: Option<Name>,
    /// The consumer's case, as it numbers them.
    pub case_reference: Option<String>,
    /// The person or system that asked, in the consumer's naming.
    pub user: Option<String>,
    /// The facts that were given.
    pub facts: Vec<Name>,
    /// What became of it.
    pub outcome: Became,
    /// Where it stands in our log.
    pub index: u64,
    /// What the provider's node gave as evidence, when we asked.
    pub provider_proof: Option<String>,
}

/// What became of an exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "became")]
pub enum Became {
    /// Facts were given.
    Answered,
    /// Nobody was recognised surely enough.
    NotRecognised,
    /// It was refused.
    Refused {
        /// The code of the refusal.
        code: String,
        /// The reason.
        reason: String,
        /// What the asker can do.
        advice: String,
    },
    /// No valid reply came.
    Failed {
        /// The code of the problem.
        code: String,
    },
}

impl Became {
    /// That it was refused, with the words of the refusal.
    pub(crate) fn refused(refusal: &Refusal) -> Self {
        Self::Refused {
            code: refusal.code.clone(),
            reason: refusal.reason.clone(),
            advice: refusal.advice.clone(),
        }
    }
}

/// Puts an entry in, whole. A question that came again is listed, and what became of the first time is still found under
/// the exchange.
pub(crate) fn put(store: &Store, entry: &Entry) -> Result<(), Problem> {
    let key = key(entry);
    let value = serde_json::to_vec(entry)
        .map_err(|error| Problem::new("exchange.journal", format!("cannot write the journal: {error}")))?;
    let by_time = (BY_TIME, key.as_slice(), value.as_slice());
    let by_id = (BY_ID, entry.exchange.as_str().as_bytes(), key.as_slice());
    let came_again =
        matches!(&entry.outcome, Became::Refused { code, .. } if code == RefusalCode::Replayed.code());
    if came_again { store.put_entries(&[by_time]) } else { store.put_entries(&[by_time, by_id]) }
}

/// The entry of an exchange.
pub(crate) fn get(store: &Store, exchange: &ExchangeId) -> Result<Option<Entry>, Problem> {
    let Some(key) = store.entry(BY_ID, exchange.as_str().as_bytes())? else { return Ok(None) };
    let Some(value) = store.entry(BY_TIME, &key)? else { return Ok(None) };
    serde_json::from_slice(&value).map(Some).map_err(|_| {
        Problem::new("exchange.journal", "the journal's entry of this exchange cannot be read")
            .advise("look the exchange up in the log: it holds what the journal only lists")
    })
}

/// Goes through the entries from the newest to the oldest, until the visitor has enough. An entry that cannot be read is
/// passed over: the log still holds its exchange.
pub(crate) fn newest_first(store: &Store, mut visit: impl FnMut(Entry) -> bool) -> Result<(), Problem> {
    const PAGE: usize = 500;
    let mut before: Option<Vec<u8>> = None;
    loop {
        let page = store.entries_before(BY_TIME, before.as_deref(), PAGE)?;
        let last = page.len() < PAGE;
        for (key, value) in page {
            before = Some(key);
            if let Ok(entry) = serde_json::from_slice(&value)
                && !visit(entry)
            {
                return Ok(());
            }
        }
        if last {
            return Ok(());
        }
    }
}

/// Time first, so that keys sort by time; the place in the log after it, so that they differ.
fn key(entry: &Entry) -> Vec<u8> {
    [entry.at.micros().to_be_bytes(), entry.index.to_be_bytes()].concat()
}
