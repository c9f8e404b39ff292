//! An agreement that both parties have signed. Only such can be enforced.

use std::fmt::Write;

use concordat_record::{BodyId, Problem, Problems};
use concordat_sign::{Note, VerifierKey, sha256};

use super::Agreement;
use crate::federation::Federation;

/// An agreement whose text both parties have signed. There is no other way to make one than to check the signatures.
#[derive(Clone, Debug, PartialEq)]
pub struct SignedAgreement {
    agreement: Agreement,
    text: String,
    file: String,
    digest: String,
}

impl SignedAgreement {
    /// Reads a signed note around an agreement, and checks that provider and consumer have signed exactly this text with
    /// their keys in the federation list.
    ///
    /// # Errors
    /// What `concordat-sign` says of the note; all problems of the text, as [`Agreement::parse`]; `share.party-unknown` when a
    /// party is not in the list.
    pub fn open(note: &str, federation: &Federation, file: &str) -> Result<Self, Problems> {
        let note: Note = note.parse().map_err(|problem: Problem| problem.in_file(file))?;
        // The text says whose signatures it needs. Nothing else in it counts before they are checked.
        let unverified = Agreement::parse(note.unverified_text(), file)?;
        let mut problems = Problems::none();
        let mut keys: Vec<VerifierKey> = Vec::new();
        for (role, party) in [("provider", &unverified.provider), ("consumer", &unverified.consumer)] {
            let unknown = format!("{role} `{party}` is not in the federation list");
            let key = signing_key(&note, federation, party, unknown).map_err(|problem| problem.in_file(file));
            keys.extend(problems.keep(key));
        }
        problems.or(())?;
        let verified = note.verify(&keys).map_err(|problem| problem.in_file(file))?;
        let text = verified.text().to_owned();
        let agreement = Agreement::parse(&text, file)?;
        let digest = hex(&sha256(text.as_bytes()));
        Ok(Self { agreement, text, file: file.to_owned(), digest })
    }

    /// What was agreed.
    pub fn agreement(&self) -> &Agreement {
        &self.agreement
    }

    /// The text that was signed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The file it was read from, as problems name it.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// SHA-256 of the signed text, in lower-case hexadecimal: what an exchange is logged under.
    pub fn digest(&self) -> &str {
        &self.digest
    }
}

/// The listed key with which a body has signed a note. A body may have changed keys; the newest that verifies counts.
fn signing_key(
    note: &Note,
    federation: &Federation,
    party: &BodyId,
    unknown: String,
) -> Result<VerifierKey, Problem> {
    let mut wrong = None;
    for entry in federation.entries_of(party).rev() {
        match note.verify(std::slice::from_ref(&entry.signing_key)) {
            Ok(_) => return Ok(entry.signing_key.clone()),
            Err(problem) => wrong = wrong.or(Some(problem)),
        }
    }
    Err(wrong.unwrap_or_else(|| {
        Problem::new("share.party-unknown", unknown)
            .advise("have the body added to the list, or correct its name")
    }))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
