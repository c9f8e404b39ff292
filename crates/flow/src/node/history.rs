//! Looking exchanges up, and verifying that the log still proves them.

use chrono::NaiveDate;
use concordat_prove::{Digest, ProvenLeaf, verify_proof};
use concordat_record::{BodyId, ExchangeId, Problem, Timestamp};
use concordat_share::Federation;
use concordat_sign::sha256;
use serde::Serialize;

use super::Node;
use crate::exchange::journal::{self, Became, Entry};

/// Which exchanges to list; the default lists all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// The body on the other side.
    pub other: Option<BodyId>,
    /// Only those that became this.
    pub became: Option<fn(&Became) -> bool>,
    /// The first day, UTC.
    pub from: Option<NaiveDate>,
    /// The last day, UTC, inclusive.
    pub until: Option<NaiveDate>,
}

impl Filter {
    fn lets_through(&self, entry: &Entry) -> bool {
        let day = entry.at.date();
        self.other.as_ref().is_none_or(|other| *other == entry.other)
            && self.became.is_none_or(|wanted| wanted(&entry.outcome))
            && self.from.is_none_or(|from| from <= day)
            && self.until.is_none_or(|until| day <= until)
    }
}

/// One page of exchanges.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The entries, newest first.
    pub entries: Vec<Entry>,
    /// How many there are on all pages.
    pub total: u64,
    /// All bodies that stand in the journal, whether the filter lets them through or not.
    pub others: Vec<BodyId>,
}

/// Where an entry stands in our log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// RFC 6962 hash of the leaf, in hexadecimal.
    pub leaf_hash: String,
    /// Entries under the newest checkpoint.
    pub tree_size: u64,
    /// When the newest of them was logged.
    pub newest: Timestamp,
}

/// One step of verifying a proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProofStep {
    /// What is claimed.
    pub claim: String,
    /// Whether it holds.
    pub holds: bool,
    /// Why not, or what shows it.
    pub because: String,
}

impl Node {
    /// A page of the exchanges that a filter lets through, newest first; pages count from one.
    ///
    /// # Errors
    /// `store.damaged` and its like.
    pub fn exchanges(&self, filter: &Filter, page: u64, page_size: u64) -> Result<Page, Problem> {
        let first = page.saturating_sub(1).saturating_mul(page_size);
        let mut found = Page::default();
        journal::newest_first(&self.exchanges, |entry| {
            if !found.others.contains(&entry.other) {
                found.others.push(entry.other.clone());
            }
            if filter.lets_through(&entry) {
                if (first..first.saturating_add(page_size)).contains(&found.total) {
                    found.entries.push(entry);
                }
                found.total += 1;
            }
            true
        })?;
        found.others.sort();
        Ok(found)
    }

    /// One exchange.
    ///
    /// # Errors
    /// `store.damaged` and its like.
    pub fn exchange(&self, exchange: &ExchangeId) -> Result<Option<Entry>, Problem> {
        journal::get(&self.exchanges, exchange)
    }

    /// The proof that our own log holds an exchange, as a C2SP tlog-proof.
    ///
    /// # Errors
    /// `prove.…` when the log cannot be read; none when we know no such exchange.
    pub fn proof(&self, exchange: &ExchangeId) -> Result<Option<String>, Problem> {
        match self.exchange(exchange)? {
            Some(entry) => self.log().proof(entry.index).map(Some),
            None => Ok(None),
        }
    }

    /// Where an entry of our log stands.
    ///
    /// # Errors
    /// `prove.…` when the log cannot be read or has no such entry.
    pub fn placed(&self, index: u64) -> Result<Placed, Problem> {
        let entry = self.log().leaf(index)?.to_entry()?;
        let tree_size = self.log().checkpoint()?.size;
        let hash = sha256(&[&[0], entry.as_slice()].concat());
        Ok(Placed {
            leaf_hash: Digest(hash).to_string(),
            tree_size,
            newest: self.log().leaf(tree_size.saturating_sub(1))?.time,
        })
    }

    /// Entries in our log, and when the newest was logged.
    ///
    /// # Errors
    /// `prove.…` when the log cannot be read.
    pub fn log_state(&self) -> Result<(u64, Option<Timestamp>), Problem> {
        let size = self.log().checkpoint()?.size;
        match size.checked_sub(1) {
            Some(last) => Ok((size, Some(self.log().leaf(last)?.time))),
            None => Ok((0, None)),
        }
    }

    /// Verifies, with public keys alone, what our log and the other body's proof claim about an exchange.
    ///
    /// # Errors
    /// `store.damaged` and its like; none when we know no such exchange. A claim that does not hold is a step, not an error.
    pub fn verify(&self, exchange: &ExchangeId) -> Result<Option<Vec<ProofStep>>, Problem> {
        let Some(entry) = self.exchange(exchange)? else { return Ok(None) };
        let ours = self.log().proof(entry.index).and_then(|proof| verify_proof(&proof, self.key.verifier()));
        let mut steps = vec![step(
            format!("our log holds the exchange as entry {}", entry.index),
            ours.and_then(|proven| is_about(&proven, exchange)),
        )];
        if let Some(proof) = &entry.provider_proof {
            let theirs = self.verify_theirs(&entry.other, proof);
            let theirs = theirs.and_then(|proven| is_about(&proven, exchange));
            steps.push(step(format!("the log of {} holds it too", entry.other), theirs));
        }
        Ok(Some(steps))
    }

    /// Verifies a proof of another body's log with its key; with each of them when it has changed keys.
    fn verify_theirs(&self, other: &BodyId, proof: &str) -> Result<ProvenLeaf, Problem> {
        let federation = self.body.federation.as_ref();
        let entries = federation.into_iter().flat_map(Federation::members).filter(|entry| entry.id == *other);
        let mut proven =
            Err(Problem::new("exchange.unknown-key", "the body is no longer in the federation list"));
        for entry in entries {
            proven = verify_proof(proof, &entry.signing_key);
            if proven.is_ok() {
                break;
            }
        }
        proven
    }
}

fn is_about(proven: &ProvenLeaf, exchange: &ExchangeId) -> Result<String, Problem> {
    if proven.leaf.exchange != *exchange {
        return Err(Problem::new("exchange.other-leaf", "the proof is about another exchange"));
    }
    Ok(format!(
        "leaf {} is in the tree of {} entries under a signed checkpoint",
        proven.index, proven.checkpoint.size
    ))
}

fn step(claim: String, result: Result<String, Problem>) -> ProofStep {
    match result {
        Ok(because) => ProofStep { claim, holds: true, because },
        Err(problem) => ProofStep { claim, holds: false, because: problem.sentence },
    }
}
