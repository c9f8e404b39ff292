//! Proofs that verify offline, with the body's public key alone (C2SP tlog-proof).
//!
//! The leaf itself travels as the format's extra data, which nobody vouches for until the path from its hash has led to the
//! signed root.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use concordat_record::{Place, Problem};
use concordat_sign::VerifierKey;

use crate::checkpoint::{Checkpoint, parse_decimal};
use crate::leaf::Leaf;
use crate::tree::{Hash, leaf_hash, root_of_path};

const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// Longest proof that is read, in bytes: the longest entry in base64, a path, a checkpoint with many cosignatures.
const LONGEST: usize = 1 << 20;
/// A tree of 2^64 leaves has paths of 64 hashes.
const LONGEST_PATH: usize = 64;

/// A leaf that has been shown to be in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenLeaf {
    /// What was logged.
    pub leaf: Leaf,
    /// Its place in the log, from zero.
    pub index: u64,
    /// The signed head that it was found under.
    pub checkpoint: Checkpoint,
}

/// Writes a proof down.
pub(crate) fn format_proof(entry: &[u8], index: u64, path: &[Hash], checkpoint: &str) -> String {
    let path: String = path.iter().map(|hash| STANDARD.encode(hash) + "\n").collect();
    format!("{HEADER}\nextra {}\nindex {index}\n{path}\n{checkpoint}", STANDARD.encode(entry))
}

/// Checks a proof against the key of the body whose log it is from.
///
/// # Errors
/// `prove.proof-malformed` with the line, `prove.proof-wrong` when leaf, path and root do not belong together,
/// `prove.leaf-malformed`, or what [`Checkpoint::verify`] finds.
pub fn verify_proof(text: &str, key: &VerifierKey) -> Result<ProvenLeaf, Problem> {
    let proof = Proof::parse(text)?;
    let checkpoint = Checkpoint::verify(proof.checkpoint, key)?;
    let root = root_of_path(leaf_hash(&proof.entry), proof.index, checkpoint.size, &proof.path);
    if root != Some(checkpoint.root) {
        return Err(Problem::new(
            "prove.proof-wrong",
            "the leaf is not in the log at the place that the proof says",
        )
        .advise("the proof was altered, or belongs to another leaf"));
    }
    Ok(ProvenLeaf { leaf: Leaf::from_entry(&proof.entry)?, index: proof.index, checkpoint })
}

struct Proof<'a> {
    entry: Vec<u8>,
    index: u64,
    path: Vec<Hash>,
    checkpoint: &'a str,
}

impl<'a> Proof<'a> {
    fn parse(text: &'a str) -> Result<Self, Problem> {
        let malformed = |line: u64, sentence: &str| {
            Problem::new("prove.proof-malformed", sentence).at(Place::default().line(line))
        };
        if text.len() > LONGEST {
            return Err(malformed(1, "the proof is too long"));
        }
        let (head, checkpoint) =
            text.split_once("\n\n").ok_or_else(|| malformed(1, "no checkpoint follows the path"))?;
        let mut lines = head.split('\n');
        if lines.next() != Some(HEADER) {
            return Err(malformed(1, "this is not a proof: it does not begin with `c2sp.org/tlog-proof@v1`"));
        }
        let entry = lines.next().and_then(|line| STANDARD.decode(line.strip_prefix("extra ")?).ok());
        let entry = entry.ok_or_else(|| malformed(2, "the leaf is missing from the proof"))?;
        let index = lines.next().and_then(|line| parse_decimal(line.strip_prefix("index ")?));
        let index = index.ok_or_else(|| malformed(3, "the place of the leaf is missing from the proof"))?;
        let mut path = Vec::new();
        for (line, number) in lines.zip(4..) {
            let hash = STANDARD.decode(line).ok().and_then(|bytes| bytes.try_into().ok());
            match hash {
                Some(hash) if path.len() < LONGEST_PATH => path.push(hash),
                Some(_) => return Err(malformed(number, "the path is too long")),
                None => return Err(malformed(number, "this is not a hash")),
            }
        }
        Ok(Self { entry, index, path, checkpoint })
    }
}

#[cfg(test)]
mod tests;
