//! The federation: the signed list of bodies that know each other.
//!
//! Whoever keeps the list signs it; each body checks it with that one key, and finds in it the keys and certificates of all
//! others. Left out: chains of certificates. A certificate counts because it is in the list, byte for byte.

mod parse;
#[cfg(test)]
mod tests;
mod write;

use std::collections::HashMap;
use std::hash::Hash;

use chrono::{Days, NaiveDate};
use concordat_record::{BodyId, Problem, Problems, Timestamp};
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
///
/// A body that changes its key or certificate has two entries for a while, each with days of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Federation {
    name: String,
    valid: (NaiveDate, NaiveDate),
    /// By body, then by first day.
    entries: Vec<Member>,
    // Places in `entries`.
    by_id: HashMap<BodyId, Vec<usize>>,
    by_certificate: HashMap<[u8; 32], Vec<usize>>,
    by_keyid: HashMap<String, Vec<usize>>,
}

impl Federation {
    /// Reads a signed list, checking that whoever keeps it has signed it.
    ///
    /// # Errors
    /// What `concordat-sign` says of the note, else all problems as [`Federation::parse`].
    pub fn open(note: &str, keeper: &VerifierKey, file: &str) -> Result<Self, Problems> {
        let note: Note = note.parse().map_err(|problem: Problem| problem.in_file(file))?;
        let verified = note.verify(std::slice::from_ref(keeper)).map_err(|problem| problem.in_file(file))?;
        Self::parse(verified.text(), file)
    }

    /// Reads the text of a list, which nobody has vouched for yet.
    ///
    /// # Errors
    /// All problems of the text, each with its line; also an address, key or certificate that two bodies share,
    /// and a body that is there twice without days of its own.
    pub fn parse(text: &str, file: &str) -> Result<Self, Problems> {
        parse::parse(text, file)
    }

    fn new(name: String, valid: (NaiveDate, NaiveDate), mut entries: Vec<Member>) -> Self {
        entries.sort_by(|a, b| (&a.id, a.valid).cmp(&(&b.id, b.valid)));
        let by_id = places(&entries, |member| member.id.clone());
        let by_certificate = places(&entries, |member| sha256(&member.certificate));
        let by_keyid = places(&entries, |member| member.signing_key.keyid());
        Self { name, valid, entries, by_id, by_certificate, by_keyid }
    }

    /// How people call the federation.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// All entries, by body and first day.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.entries.iter()
    }

    /// The entry of a body that begins last, whether it counts now or not: for pages.
    pub fn member(&self, id: &BodyId) -> Option<&Member> {
        self.entries_of(id).next_back()
    }

    /// All entries of a body, whether they count now or not: what it has signed with an earlier key stays signed as long
    /// as that key is listed.
    pub(crate) fn entries_of(&self, id: &BodyId) -> impl DoubleEndedIterator<Item = &Member> {
        self.at(self.by_id.get(id))
    }

    /// A body whose entry counts now; of several, the one that begins last.
    ///
    /// # Errors
    /// `body-not-in-federation`.
    pub fn admit(&self, id: &BodyId, now: Timestamp) -> Result<&Member, Refused> {
        self.admitted(self.by_id.get(id), now)
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

    fn at(&self, places: Option<&Vec<usize>>) -> impl DoubleEndedIterator<Item = &Member> {
        places.map(Vec::as_slice).unwrap_or_default().iter().filter_map(|place| self.entries.get(*place))
    }

    fn admitted(&self, places: Option<&Vec<usize>>, now: Timestamp) -> Result<&Member, Refused> {
        let refused = Refused::new(RefusalCode::BodyNotInFederation);
        if places.is_none() {
            return Err(refused);
        }
        let counts = |member: &&Member| {
            is_within(self.valid, now) && member.valid.is_none_or(|valid| is_within(valid, now))
        };
        self.at(places).rfind(counts).ok_or_else(|| refused.detail("the entry is not valid today"))
    }
}

fn places<K: Hash + Eq>(entries: &[Member], key: impl Fn(&Member) -> K) -> HashMap<K, Vec<usize>> {
    let mut places: HashMap<K, Vec<usize>> = HashMap::new();
    for (place, member) in entries.iter().enumerate() {
        places.entry(key(member)).or_default().push(place);
    }
    places
}

/// Whether a moment is between the beginning of a first and the end of a last day (UTC).
fn is_within((from, until): (NaiveDate, NaiveDate), now: Timestamp) -> bool {
    let end = until.checked_add_days(Days::new(1)).unwrap_or(until);
    Timestamp::from_date(from) <= now && now < Timestamp::from_date(end)
}
