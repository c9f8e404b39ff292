//! Checkpoints: the signed head of a log (C2SP tlog-checkpoint).
//!
//! The origin of a log is the name of its key, which is the body's id: one key, one name and one log for each body.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use concordat_record::Problem;
use concordat_sign::{Note, SigningKey, VerifierKey};

use crate::tree::Hash;

/// What the head of a log says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log it is: the id of the body.
    pub origin: String,
    /// How many leaves it has.
    pub size: u64,
    /// The root hash of the tree of these leaves (RFC 6962 §2.1).
    pub root: [u8; 32],
}

impl Checkpoint {
    /// The signed note.
    pub(crate) fn sign(size: u64, root: Hash, key: &SigningKey) -> Result<String, Problem> {
        let text = format!("{}\n{size}\n{}\n", key.name(), STANDARD.encode(root));
        Ok(Note::sign(text, key)?.to_string())
    }

    /// Checks the signature of a checkpoint and reads it.
    ///
    /// # Errors
    /// `prove.checkpoint-malformed`, `prove.checkpoint-foreign` (another log), or what [`Note::verify`] finds.
    pub fn verify(note: &str, key: &VerifierKey) -> Result<Self, Problem> {
        let note: Note = note.parse()?;
        let verified = note.verify(std::slice::from_ref(key))?;
        let checkpoint = Self::parse(verified.text()).ok_or_else(|| {
            Problem::new("prove.checkpoint-malformed", "the signed text is not a checkpoint of a log")
        })?;
        if checkpoint.origin == key.name() {
            return Ok(checkpoint);
        }
        let sentence = format!("the checkpoint is of another log than that of `{}`", key.name());
        Err(Problem::new("prove.checkpoint-foreign", sentence))
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        // Extension lines are allowed and mean nothing here; only empty ones are wrong.
        if origin.is_empty() || lines.any(str::is_empty) {
            return None;
        }
        Some(Self {
            origin: origin.into(),
            size: parse_decimal(size)?,
            root: STANDARD.decode(root).ok()?.try_into().ok()?,
        })
    }
}

/// ASCII digits without needless zeros.
pub(crate) fn parse_decimal(digits: &str) -> Option<u64> {
    let canonical = digits == "0" || !digits.starts_with('0');
    (canonical && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> SigningKey {
        SigningKey::from_seed(name, &[1; 32]).unwrap()
    }

    #[test]
    fn a_signed_head_reads_back() {
        let key = key("US/GOV/A/B");
        let note = Checkpoint::sign(7, [9; 32], &key).unwrap();
        assert!(note.starts_with("US/GOV/A/B\n7\nCQkJCQkJ"));
        let checkpoint = Checkpoint::verify(&note, key.verifier()).unwrap();
        assert_eq!(
            (checkpoint.origin.as_str(), checkpoint.size, checkpoint.root),
            ("US/GOV/A/B", 7, [9; 32])
        );
    }

    #[test]
    fn only_the_form_of_the_specification_is_a_checkpoint() {
        let root = STANDARD.encode([9; 32]);
        let key = key("US/GOV/A/B");
        for (text, code) in [
            (format!("US/GOV/A/B\n0\n{root}\n"), None),
            (format!("US/GOV/A/B\n7\n{root}\nextension\n"), None),
            (format!("US/GOV/A/B\n07\n{root}\n"), Some("prove.checkpoint-malformed")),
            (format!("US/GOV/A/B\n+7\n{root}\n"), Some("prove.checkpoint-malformed")),
            (format!("US/GOV/A/B\n-7\n{root}\n"), Some("prove.checkpoint-malformed")),
            (format!("US/GOV/A/B\n\n{root}\n"), Some("prove.checkpoint-malformed")),
            (format!("US/GOV/A/B\n99999999999999999999\n{root}\n"), Some("prove.checkpoint-malformed")),
            (format!("\n7\n{root}\n"), Some("prove.checkpoint-malformed")),
            (format!("US/GOV/A/B\n7\n{root}\n\n"), Some("prove.checkpoint-malformed")),
            (format!("US/GOV/A/B\n7\n{}\n", &root[4..]), Some("prove.checkpoint-malformed")),
            ("US/GOV/A/B\n7\n".into(), Some("prove.checkpoint-malformed")),
            ("agreement = \"a\"\n".into(), Some("prove.checkpoint-malformed")),
            (format!("US/GOV/C/D\n7\n{root}\n"), Some("prove.checkpoint-foreign")),
        ] {
            let note = Note::sign(text.clone(), &key).unwrap().to_string();
            let found = Checkpoint::verify(&note, key.verifier()).map_err(|problem| problem.code).err();
            assert_eq!(found, code, "{text:?}");
        }
    }
}
