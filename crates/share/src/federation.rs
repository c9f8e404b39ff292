//! The federation: the signed list of bodies that know each other.
//!
//! Whoever keeps the list signs it; each body checks it with that one key, and finds in it the keys and certificates of all
//! others. Left out: chains of certificates. A certificate counts because it is in the list, byte for byte.

mod parse;
#[cfg(test)]
mod tests;
mod write;

use std::collections::{BTreeMap, HashMap};

use chrono::{Days, NaiveDate};
use concordat_record::{BodyId, Problems, Timestamp};
use concordat_sign::{Note, VerifierKey, sha256};

use crate::refusal::{RefusalCode, Refused};

/// One body of the federation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The body.
    pub id: BodyId,
    /// How people call it.
    pub name: String,
    /// Where its node listens, `host:port`.
    pub address: String,
    /// The key it signs questions, answers and agreements with.
    pub signing_key: VerifierKey,
    /// The certificate of its node, DER.
    pub certificate: Vec<u8>,
    /// First and last day (UTC) on which the entry counts, where they are narrower than the list's.
    pub valid: Option<(NaiveDate, NaiveDate)>,
}

/// The list of bodies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Federation {
    name: String,
    from: NaiveDate,
    until: NaiveDate,
    members: BTreeMap<BodyId, Member>,
    by_certificate: HashMap<[u8; 32], BodyId>,
    by_keyid: HashMap<String, BodyId>,
}

impl Federation {
    /// Reads a signed list, checking that whoever keeps it has signed it.
    ///
    /// # Errors
    /// What `concordat-sign` says of the note, else all problems as [`Federation::parse`].
    pub fn open(note: &str, keeper: &VerifierKey, file: &str) -> Result<Self, Problems> {
        let note: Note = note.parse().map_err(|problem: concordat_record::Problem| problem.in_file(file))?;
        let verified = note.verify(std::slice::from_ref(keeper)).map_err(|problem| problem.in_file(file))?;
        Self::parse(verified.text(), file)
    }

    /// Reads the text of a list, which nobody has vouched for yet.
    ///
    /// # Errors
    /// All problems of the text, each with its line; also an id, address, key or certificate that is there twice.
    pub fn parse(text: &str, file: &str) -> Result<Self, Problems> {
        parse::parse(text, file)
    }

    fn new(
        name: String,
        (from, until): (NaiveDate, NaiveDate),
        members: impl IntoIterator<Item = Member>,
    ) -> Self {
        let members: BTreeMap<BodyId, Member> =
            members.into_iter().map(|member| (member.id.clone(), member)).collect();
        let by_certificate =
            members.values().map(|member| (sha256(&member.certificate), member.id.clone())).collect();
        let by_keyid =
            members.values().map(|member| (member.signing_key.keyid(), member.id.clone())).collect();
        Self { name, from, until, members, by_certificate, by_keyid }
    }

    /// How people call the federation.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// All bodies, by id.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.values()
    }

    /// A body by id, whether its entry counts now or not: for pages, and for the keys of agreements.
    pub fn member(&self, id: &BodyId) -> Option<&Member> {
        self.members.get(id)
    }

    /// A body whose entry counts now.
    ///
    /// # Errors
    /// `body-not-in-federation`.
    pub fn admit(&self, id: &BodyId, now: Timestamp) -> Result<&Member, Refused> {
        self.admitted(Some(id), now)
    }

    /// The body whose node shows this certificate (DER), when its entry counts now.
    ///
    /// # Errors
    /// `body-not-in-federation`.
    pub fn admit_certificate(&self, certificate: &[u8], now: Timestamp) -> Result<&Member, Refused> {
        self.admitted(self.by_certificate.get(&sha256(certificate)), now)
    }

    /// The body that a message signature names as `keyid`, when its entry counts now.
    ///
    /// # Errors
    /// `body-not-in-federation`.
    pub fn admit_keyid(&self, keyid: &str, now: Timestamp) -> Result<&Member, Refused> {
        self.admitted(self.by_keyid.get(keyid), now)
    }

    fn admitted(&self, id: Option<&BodyId>, now: Timestamp) -> Result<&Member, Refused> {
        let refused = || Refused::new(RefusalCode::BodyNotInFederation);
        let member = id.and_then(|id| self.members.get(id)).ok_or_else(refused)?;
        let spans = [Some((self.from, self.until)), member.valid];
        let counts = spans.into_iter().flatten().all(|span| is_within(span, now));
        counts.then_some(member).ok_or_else(|| refused().detail("the entry is not valid today"))
    }
}

/// Whether a moment is between the beginning of a first and the end of a last day (UTC).
fn is_within((from, until): (NaiveDate, NaiveDate), now: Timestamp) -> bool {
    let end = until.checked_add_days(Days::new(1)).unwrap_or(until);
    Timestamp::from_date(from) <= now && now < Timestamp::from_date(end)
}
