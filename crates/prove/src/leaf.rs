//! What the log keeps of an exchange: metadata about no person, and a salted commitment to what was said.
//!
//! A commitment is HMAC-SHA-256 under a random salt over the digests of request and answer. The salt is not in the leaf (see
//! [`crate::salts`]): once it is destroyed, nobody can test a guess against the leaf, and every proof still holds.

use std::fmt;
use std::str::FromStr;

use concordat_record::{BodyId, Entropy, ExchangeId, Name, Problem, Timestamp};
use concordat_sign::{hmac_sha256, sha256};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Keeps commitments apart from every other use of the hash.
const COMMITMENT: &[u8] = b"concordat-commitment-1";
/// Longest code of a refusal.
const LONGEST_CODE: usize = 64;
/// Longest leaf in bytes: some two hundred facts. A tile could hold 65,535, but what waits to be written stays in memory.
const LONGEST_LEAF: usize = 16 << 10;

/// Which form a leaf has, so that a later form can be told apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LeafFormat {
    /// The first form.
    #[default]
    #[serde(rename = "concordat-leaf-1")]
    One,
}

/// One exchange, as one side saw it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaf {
    /// The form of this leaf.
    pub format: LeafFormat,
    /// The exchange; the same on both sides.
    pub exchange: ExchangeId,
    /// Which side this body was on.
    pub side: Side,
    /// The body on the other side.
    pub peer: BodyId,
    /// The register that was asked.
    pub register: Name,
    /// The agreement that allowed it; none when none did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<Name>,
    /// What for.
    pub purpose: Name,
    /// The names of the facts that were asked for.
    pub facts: Vec<Name>,
    /// How it ended.
    pub outcome: Outcome,
    /// When, by the clock of this body.
    pub time: Timestamp,
    /// The commitment to request and answer: [`Opening::commitment`].
    pub commitment: Digest,
}

impl Leaf {
    /// The bytes that go into the log.
    ///
    /// # Errors
    /// `prove.leaf-too-long` beyond 16 KiB.
    pub fn to_entry(&self) -> Result<Vec<u8>, Problem> {
        let entry = serde_json::to_vec(self).unwrap_or_default();
        if entry.is_empty() || entry.len() > LONGEST_LEAF {
            return Err(Problem::new(
                "prove.leaf-too-long",
                "the exchange names too many facts to be logged",
            )
            .advise("ask for fewer facts in one question"));
        }
        Ok(entry)
    }

    /// Reads the bytes of an entry.
    ///
    /// # Errors
    /// `prove.leaf-malformed`.
    pub fn from_entry(entry: &[u8]) -> Result<Self, Problem> {
        serde_json::from_slice(entry).map_err(|_| {
            Problem::new("prove.leaf-malformed", "the entry is not a leaf that this program can read")
        })
    }
}

/// The two sides of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The body that asked.
    Consumer,
    /// The body that was asked.
    Provider,
}

/// How an exchange ended, written `answered`, `not-recognised`, `refused:<code>` or `failed`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// With facts.
    Answered,
    /// Nobody like the subject is known.
    NotRecognised,
    /// Refused, with the code of the refusal: lower-case letters, digits, `.`, `-` and `_`.
    Refused(String),
    /// Something broke on the way.
    Failed,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered => f.write_str("answered"),
            Self::NotRecognised => f.write_str("not-recognised"),
            Self::Refused(code) => write!(f, "refused:{code}"),
            Self::Failed => f.write_str("failed"),
        }
    }
}

impl FromStr for Outcome {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let code_of = |text: &str| {
            let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_".contains(c);
            let code = text.strip_prefix("refused:")?;
            (!code.is_empty() && code.len() <= LONGEST_CODE && code.chars().all(allowed)).then(|| code.into())
        };
        match text {
            "answered" => Ok(Self::Answered),
            "not-recognised" => Ok(Self::NotRecognised),
            "failed" => Ok(Self::Failed),
            _ => code_of(text).map(Self::Refused).ok_or_else(|| {
                Problem::new("prove.outcome", "this is not how an exchange ends")
                    .advise("known are answered, not-recognised, refused:<code> and failed")
            }),
        }
    }
}

/// 32 random bytes that make a commitment impossible to guess.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt(pub [u8; 32]);

impl Salt {
    /// A new one.
    pub fn random(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; 32];
        entropy.fill(&mut bytes);
        Self(bytes)
    }
}

impl fmt::Debug for Salt {
    /// A salt is personal as long as it exists, so it is not shown by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(…)")
    }
}

/// A SHA-256 or HMAC-SHA-256 value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The SHA-256 of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha256(bytes))
    }
}

/// What opens a commitment: whoever has the request, the answer and the salt can show that they are the logged ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// The salt of the leaf.
    pub salt: Salt,
    /// The digest of the request's body.
    pub request: Digest,
    /// The digest of the answer's body, or of the refusal's; of nothing when there was none.
    pub answer: Digest,
}

impl Opening {
    /// The opening for a request and its answer as they went over the wire.
    pub fn new(salt: Salt, request: &[u8], answer: &[u8]) -> Self {
        Self { salt, request: Digest::of(request), answer: Digest::of(answer) }
    }

    /// The commitment that it opens.
    pub fn commitment(&self) -> Digest {
        let said = [COMMITMENT, self.request.0.as_slice(), self.answer.0.as_slice()].concat();
        Digest(hmac_sha256(&self.salt.0, &said))
    }

    /// Checks that it opens the commitment of a leaf.
    ///
    /// # Errors
    /// `prove.not-opened`.
    pub fn verify(&self, leaf: &Leaf) -> Result<(), Problem> {
        if self.commitment() == leaf.commitment {
            return Ok(());
        }
        Err(Problem::new("prove.not-opened", "request and answer are not the ones that were logged"))
    }
}

macro_rules! written_in_hexadecimal {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl FromStr for $name {
            type Err = Problem;

            fn from_str(text: &str) -> Result<Self, Problem> {
                parse_hex(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )*};
}
written_in_hexadecimal!(Salt, Digest);

macro_rules! read_from_text {
    ($($name:ident),*) => {$(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(|problem: Problem| serde::de::Error::custom(problem.sentence))
            }
        }
    )*};
}
read_from_text!(Salt, Digest, Outcome);

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

fn parse_hex(text: &str) -> Result<[u8; 32], Problem> {
    let wrong = || Problem::new("prove.hexadecimal", "64 lower-case hexadecimal digits are expected here");
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Ok(byte - b'0'),
        b'a'..=b'f' => Ok(byte - b'a' + 10),
        _ => Err(wrong()),
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return Err(wrong());
    }
    let bytes = pairs.iter().map(|[high, low]| Ok(digit(*high)? << 4 | digit(*low)?));
    bytes.collect::<Result<Vec<u8>, Problem>>()?.try_into().map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::leaf;

    #[test]
    fn a_leaf_is_readable_and_reads_back() {
        let leaf = leaf(1);
        let entry = leaf.to_entry().unwrap();
        assert!(entry.starts_with(br#"{"format":"concordat-leaf-1","exchange":"#));
        assert_eq!(Leaf::from_entry(&entry).unwrap(), leaf);
    }

    #[test]
    fn what_is_not_a_leaf_is_refused() {
        let entry = String::from_utf8(leaf(1).to_entry().unwrap()).unwrap();
        for altered in [
            entry.replace("leaf-1", "leaf-2"),
            entry.replacen('{', "{\"name\":\"Jane\",", 1),
            entry.replacen("\"side\"", "\"side\":\"consumer\",\"side\"", 1),
            entry.replace("answered", "refused:"),
            entry.replace("answered", "refused:A B"),
            entry.replace("answered", "gone"),
            entry[..entry.len() - 1].into(),
            String::new(),
        ] {
            assert_ne!(altered, entry);
            assert_eq!(
                Leaf::from_entry(altered.as_bytes()).unwrap_err().code,
                "prove.leaf-malformed",
                "{altered}"
            );
        }
    }

    #[test]
    fn a_leaf_too_long_for_a_bundle_is_refused() {
        let mut leaf = leaf(1);
        leaf.facts = vec!["x".repeat(64).parse().unwrap(); 1000];
        assert_eq!(leaf.to_entry().unwrap_err().code, "prove.leaf-too-long");
    }

    #[test]
    fn only_salt_request_and_answer_together_open_a_commitment() {
        let opening = Opening::new(Salt([7; 32]), b"question", b"answer");
        let leaf = Leaf { commitment: opening.commitment(), ..leaf(1) };
        assert!(opening.verify(&leaf).is_ok());
        for other in [
            Opening::new(Salt([8; 32]), b"question", b"answer"),
            Opening::new(Salt([7; 32]), b"questioN", b"answer"),
            Opening::new(Salt([7; 32]), b"question", b""),
            Opening::new(Salt([7; 32]), b"answer", b"question"),
        ] {
            assert_eq!(other.verify(&leaf).unwrap_err().code, "prove.not-opened");
        }
    }

    #[test]
    fn outcomes_read_back() {
        for text in ["answered", "not-recognised", "failed", "refused:share.expired"] {
            assert_eq!(text.parse::<Outcome>().unwrap().to_string(), text);
        }
    }
}
