//! Ed25519 keys and their text forms.
//!
//! Both forms are those of the note ecosystem: a verifier key is `name+hash+base64(0x01 ‖ public key)` (C2SP signed-note), a
//! signing key is `PRIVATE+KEY+name+hash+base64(0x01 ‖ seed)`. The hash is the key id: the first four bytes of
//! SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key), so a key altered in either part does not read.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::encoding::{AsBigEndian, Curve25519SeedBin};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use concordat_record::{Entropy, Problem};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::digest::{hex, sha256};

/// The signature type that C2SP signed-note assigns to Ed25519.
const ED25519_TYPE: u8 = 1;
const PRIVATE_PREFIX: &str = "PRIVATE+KEY+";
/// Far longer than any body's id; the specification sets no limit, a reader must.
const LONGEST_NAME: usize = 512;

/// The public half of a body's key, under the body's name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VerifierKey {
    name: String,
    id: [u8; 4],
    public: [u8; 32],
}

impl VerifierKey {
    fn new(name: &str, public: [u8; 32]) -> Result<Self, Problem> {
        check_name(name)?;
        Ok(Self { name: name.into(), id: key_id(name, &public), public })
    }

    /// Whose key it is: the body's id.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Name and key id, `name+hash`: what a message signature carries as `keyid`. It tells two keys of one body apart.
    pub fn keyid(&self) -> String {
        format!("{}+{}", self.name, hex(&self.id))
    }

    /// The four bytes that stand before a signature in a note (C2SP signed-note, "Signatures").
    pub(crate) fn id(&self) -> [u8; 4] {
        self.id
    }

    /// Whether this key made this signature over these bytes (RFC 8032).
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.public).verify(message, signature).is_ok()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}+{}", self.name, hex(&self.id), typed_base64(&self.public))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierKey({self})")
    }
}

impl FromStr for VerifierKey {
    type Err = Problem;

    /// # Errors
    /// `sign.key-malformed` when the text is not of the form, `sign.key-altered` when name, hash and key do not belong together.
    fn from_str(text: &str) -> Result<Self, Problem> {
        let (name, hash, public) = split(text).ok_or_else(|| {
            Problem::new("sign.key-malformed", "this is not a verifier key")
                .advise("a verifier key is one line `name+hash+key`, as the key's owner prints it")
        })?;
        Self::new(name, public)?.if_hash(hash)
    }
}

impl VerifierKey {
    fn if_hash(self, hash: &str) -> Result<Self, Problem> {
        if hex(&self.id) == hash {
            return Ok(self);
        }
        let sentence = format!("the parts of the key of `{}` do not belong together", self.name);
        Err(Problem::new("sign.key-altered", sentence).advise("copy the whole key again from its owner"))
    }
}

impl Serialize for VerifierKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for VerifierKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(|problem: Problem| serde::de::Error::custom(problem.sentence))
    }
}

/// The secret half of a body's key. It is shown nowhere but by [`SigningKey::to_secret_text`].
pub struct SigningKey {
    pair: Ed25519KeyPair,
    verifier: VerifierKey,
}

impl SigningKey {
    /// A new key for a body.
    ///
    /// # Errors
    /// `sign.key-name` when the name cannot stand in a note.
    pub fn generate(name: &str, entropy: &dyn Entropy) -> Result<Self, Problem> {
        let mut seed = [0; 32];
        entropy.fill(&mut seed);
        Self::from_seed(name, &seed)
    }

    /// The key that a seed of 32 bytes makes (RFC 8032 §5.1.5).
    ///
    /// # Errors
    /// `sign.key-name` when the name cannot stand in a note.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, Problem> {
        let malformed = || Problem::new("sign.key-malformed", "this is not an Ed25519 seed");
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| malformed())?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| malformed())?;
        Ok(Self { verifier: VerifierKey::new(name, public)?, pair })
    }

    /// The public half, to be given to everyone.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Whose key it is: the body's id.
    pub fn name(&self) -> &str {
        self.verifier.name()
    }

    /// The text for a file of its own that only the node may read; a line with its newline.
    ///
    /// # Errors
    /// `sign.key-unreadable` when the key does not let its seed be read.
    pub fn to_secret_text(&self) -> Result<String, Problem> {
        let unreadable = |_| Problem::new("sign.key-unreadable", "the signing key cannot be written down");
        let seed = self.pair.seed().map_err(unreadable)?;
        let seed = AsBigEndian::<Curve25519SeedBin<'_>>::as_be_bytes(&seed).map_err(unreadable)?;
        let bytes: &[u8] = seed.as_ref();
        Ok(format!("{PRIVATE_PREFIX}{}+{}\n", self.verifier.keyid(), typed_base64(bytes)))
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        let mut signature = [0; 64];
        // INVARIANT: an Ed25519 signature has 64 bytes (RFC 8032 §5.1.6).
        signature.copy_from_slice(self.pair.sign(message).as_ref());
        signature
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey(secret of {})", self.verifier)
    }
}

impl FromStr for SigningKey {
    type Err = Problem;

    /// Reads the text of a key file; white space at its end is nothing.
    ///
    /// # Errors
    /// `sign.key-malformed` or `sign.key-altered`, never with the text.
    fn from_str(text: &str) -> Result<Self, Problem> {
        let (name, hash, seed) =
            text.trim_end().strip_prefix(PRIVATE_PREFIX).and_then(split).ok_or_else(|| {
                Problem::new("sign.key-malformed", "this is not a signing key")
                    .advise("a signing key is one line that begins with `PRIVATE+KEY+`")
            })?;
        let key = Self::from_seed(name, &seed)?;
        Ok(Self { verifier: key.verifier.if_hash(hash)?, pair: key.pair })
    }
}

/// Splits `name+hash+base64(0x01 ‖ 32 bytes)`.
fn split(text: &str) -> Option<(&str, &str, [u8; 32])> {
    let (name, rest) = text.split_once('+')?;
    let (hash, key) = rest.split_once('+')?;
    let bytes = STANDARD.decode(key).ok()?;
    let (&ED25519_TYPE, key) = bytes.split_first()? else { return None };
    Some((name, hash, key.try_into().ok()?))
}

/// A key name is not empty and has no spaces and no `+` (C2SP signed-note, "Format"); control characters cannot be in a note.
fn check_name(name: &str) -> Result<(), Problem> {
    let wrong = |c: char| c.is_whitespace() || c.is_control() || c == '+';
    if name.is_empty() || name.len() > LONGEST_NAME || name.contains(wrong) {
        return Err(Problem::new(
            "sign.key-name",
            format!("{:?} cannot be the name of a key", name.chars().take(64).collect::<String>()),
        )
        .advise("a key is named as its body, without spaces and without `+`"));
    }
    Ok(())
}

fn key_id(name: &str, public: &[u8; 32]) -> [u8; 4] {
    let hash = sha256(&[name.as_bytes(), b"\n", &[ED25519_TYPE], public].concat());
    [hash[0], hash[1], hash[2], hash[3]]
}

fn typed_base64(key: &[u8]) -> String {
    STANDARD.encode([&[ED25519_TYPE], key].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "US/GOV/TREASURY/EXEMPT";

    struct Counting;

    impl Entropy for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.iter_mut().zip(1..).for_each(|(byte, number)| *byte = number);
        }
    }

    #[test]
    fn both_halves_survive_being_written_down() {
        let key = SigningKey::generate(NAME, &Counting).unwrap();
        let again: SigningKey = key.to_secret_text().unwrap().parse().unwrap();
        assert_eq!(again.sign(b"text"), key.sign(b"text"));
        let verifier: VerifierKey = key.verifier().to_string().parse().unwrap();
        assert_eq!(&verifier, key.verifier());
        assert!(verifier.verifies(b"text", &key.sign(b"text")));
        assert!(!verifier.verifies(b"texT", &key.sign(b"text")));
    }

    /// The example key of the Go package that the specification grew from.
    #[test]
    fn a_verifier_key_of_another_implementation_reads() {
        let text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let key: VerifierKey = text.parse().unwrap();
        assert_eq!(key.name(), "PeterNeumann");
        assert_eq!(key.keyid(), "PeterNeumann+c74f20a3");
        assert_eq!(key.to_string(), text);
    }

    #[test]
    fn a_key_altered_anywhere_does_not_read() {
        let key = SigningKey::generate(NAME, &Counting).unwrap();
        for text in [key.verifier().to_string(), key.to_secret_text().unwrap().trim_end().to_string()] {
            for place in 0..text.len() {
                let mut bytes = text.clone().into_bytes();
                bytes[place] ^= 1;
                let Ok(altered) = String::from_utf8(bytes) else { continue };
                assert!(altered.parse::<VerifierKey>().is_err(), "{altered}");
                assert!(altered.parse::<SigningKey>().is_err(), "byte {place} of the secret text");
            }
        }
    }

    #[test]
    fn names_that_cannot_stand_in_a_note_are_refused() {
        for name in ["", "a b", "a+b", "a\nb", "a\u{a0}b", "a\u{2003}b"] {
            assert_eq!(SigningKey::generate(name, &Counting).unwrap_err().code, "sign.key-name", "{name:?}");
        }
    }

    #[test]
    fn a_secret_never_shows_in_debug_output() {
        let key = SigningKey::generate(NAME, &Counting).unwrap();
        let secret = key.to_secret_text().unwrap();
        let secret = secret.trim_end().splitn(5, '+').nth(4).unwrap();
        assert!(!format!("{key:?} {key:#?}").contains(secret));
    }
}
