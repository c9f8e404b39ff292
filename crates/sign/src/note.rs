//! Signed notes, as C2SP signed-note describes them: a readable text, an empty line, one signature line for each signer.
//!
//! The form of everything signed at rest: agreements, the federation list, checkpoints of a log. What a text says is not this
//! module's business. Signatures of other types than Ed25519 are carried along and never counted.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use concordat_record::{Place, Problem};

use crate::{SigningKey, VerifierKey};

/// Longest note that is read, in bytes: a federation list of some thousand bodies with their certificates.
const LONGEST_NOTE: usize = 4 << 20;
/// Most signatures in a note; the specification asks readers to take at least 16.
const MOST_SIGNATURES: usize = 64;
/// Longest line of a signature, in bytes; the largest assigned type has about 5 KB.
const LONGEST_SIGNATURE: usize = 16 << 10;

/// One signature line: `— name base64(key id ‖ signature)`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Signature {
    name: String,
    id: [u8; 4],
    bytes: Vec<u8>,
}

/// A text with the signatures under it, none of them checked. Only [`Note::verify`] gives the text away.
#[derive(Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

/// A text whose signatures have been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedNote {
    text: String,
    signers: Vec<VerifierKey>,
}

impl Note {
    /// A note around a text, not signed by anyone yet.
    ///
    /// # Errors
    /// `sign.note-text`, with the line, when the text does not end in a newline, has control characters (a tab too) or is too long.
    pub fn unsigned(text: impl Into<String>) -> Result<Self, Problem> {
        let text = text.into();
        check_text(&text)?;
        Ok(Self { text, signatures: Vec::new() })
    }

    /// A text signed by one key.
    ///
    /// # Errors
    /// `sign.note-text`, as [`Note::unsigned`].
    pub fn sign(text: impl Into<String>, key: &SigningKey) -> Result<Self, Problem> {
        let mut note = Self::unsigned(text)?;
        note.add_signature(key);
        Ok(note)
    }

    /// Adds the signature of one more key; an earlier one of the same key gives way.
    pub fn add_signature(&mut self, key: &SigningKey) {
        let verifier = key.verifier();
        self.signatures.retain(|signature| !signature.is_of(verifier));
        self.signatures.push(Signature {
            name: verifier.name().into(),
            id: verifier.id(),
            bytes: key.sign(self.text.as_bytes()).into(),
        });
    }

    /// The text, which nobody has vouched for: to find out whose signatures to ask for, or to show before signing.
    pub fn unverified_text(&self) -> &str {
        &self.text
    }

    /// The names on the signature lines, which nobody has vouched for.
    pub fn purported_signers(&self) -> impl Iterator<Item = &str> {
        self.signatures.iter().map(|signature| signature.name.as_str())
    }

    /// Checks that **each** of these keys has signed, and gives the text. Signatures of other keys are passed over, as the
    /// specification demands.
    ///
    /// # Errors
    /// `sign.signature-missing` or `sign.signature-wrong`, with the name of the signer; `sign.no-keys` when no key was given.
    pub fn verify(&self, keys: &[VerifierKey]) -> Result<VerifiedNote, Problem> {
        if keys.is_empty() {
            return Err(Problem::new("sign.no-keys", "no key is known to check the note with"));
        }
        for key in keys {
            let mut signed = false;
            for signature in self.signatures.iter().filter(|signature| signature.is_of(key)) {
                if !key.verifies(self.text.as_bytes(), &signature.bytes) {
                    let sentence = format!("the signature of `{}` does not belong to this text", key.name());
                    return Err(Problem::new("sign.signature-wrong", sentence).advise(
                        "the text was altered after signing: ask for the original, or have it signed again",
                    ));
                }
                signed = true;
            }
            if !signed {
                return Err(self.missing(key));
            }
        }
        Ok(VerifiedNote { text: self.text.clone(), signers: keys.to_vec() })
    }

    fn missing(&self, key: &VerifierKey) -> Problem {
        let problem =
            Problem::new("sign.signature-missing", format!("the signature of `{}` is missing", key.name()));
        if self.purported_signers().any(|name| name == key.name()) {
            return problem.advise(format!(
                "there is one of another key of `{0}`: if `{0}` has changed keys, it must sign again",
                key.name()
            ));
        }
        problem.advise(format!("ask `{}` to sign it", key.name()))
    }
}

impl VerifiedNote {
    /// The text, final newline included.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The keys that have signed it, in the order they were asked for.
    pub fn signers(&self) -> &[VerifierKey] {
        &self.signers
    }
}

impl Signature {
    fn is_of(&self, key: &VerifierKey) -> bool {
        self.name == key.name() && self.id == key.id()
    }

    /// Reads one line, without its newline.
    fn parse(line: &str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix("— ")?.split_once(' ')?;
        if name.is_empty()
            || name.contains(|c: char| c.is_whitespace() || c == '+')
            || line.len() > LONGEST_SIGNATURE
        {
            return None;
        }
        let bytes = STANDARD.decode(encoded).ok()?;
        let (id, bytes) = bytes.split_first_chunk::<4>()?;
        (!bytes.is_empty()).then(|| Self { name: name.into(), id: *id, bytes: bytes.into() })
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "— {} {}", self.name, STANDARD.encode([&self.id, self.bytes.as_slice()].concat()))
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| signature.fmt(f))
    }
}

impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Note {
    type Err = Problem;

    /// # Errors
    /// `sign.note-text` or `sign.note-malformed`, with the line.
    fn from_str(note: &str) -> Result<Self, Problem> {
        check_text(note)?;
        // The text ends before the last empty line.
        let Some(end) = note.rfind("\n\n") else {
            return Err(Problem::new(
                "sign.note-malformed",
                "no empty line stands between text and signatures",
            )
            .advise("a signed note is a text, an empty line, and lines that begin with `— `"));
        };
        let (text, rest) = note.split_at(end + 1);
        let lines = rest.get(1..).unwrap_or_default().lines();
        let first = text.lines().count() as u64 + 2;
        let mut signatures = Vec::new();
        for (line, number) in lines.zip(first..) {
            let problem =
                |sentence| Problem::new("sign.note-malformed", sentence).at(Place::default().line(number));
            if signatures.len() == MOST_SIGNATURES {
                return Err(problem("there are too many signatures"));
            }
            signatures.push(Signature::parse(line).ok_or_else(|| problem("this is not a signature line"))?);
        }
        if signatures.is_empty() {
            return Err(Problem::new("sign.note-malformed", "there is no signature under the text"));
        }
        Ok(Self { text: text.into(), signatures })
    }
}

/// What holds for the text and for the whole note: ends in a newline, no control characters but newlines, not endless.
fn check_text(text: &str) -> Result<(), Problem> {
    let problem = |sentence: &str| Problem::new("sign.note-text", sentence);
    if text.len() > LONGEST_NOTE {
        return Err(problem("the note is longer than 4 MiB"));
    }
    if let Some(place) = text.find(|c: char| c < ' ' && c != '\n') {
        let before = text.get(..place).unwrap_or_default();
        let line = before.matches('\n').count() as u64 + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() as u64 + 1;
        return Err(problem("a note cannot hold control characters, tabs neither")
            .at(Place::default().line(line).column(column))
            .advise("write spaces instead of tabs, and end lines as Unix does"));
    }
    if !text.ends_with('\n') {
        return Err(problem("the text does not end in a newline"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
