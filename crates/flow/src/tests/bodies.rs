//! A small federation in a temporary folder: a registry of charities that answers, a grants office that asks, and a museum
//! that is a member and has agreed nothing. All organisations are made up.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use concordat_record::{BodyId, Entropy, FixedClock, Name, Problems, Timestamp};
use concordat_share::{Federation, Member};
use concordat_sign::{Note, SigningKey, sha256};
use tempfile::TempDir;

pub use super::charities::*;
use super::wire::{Line, Wire};
use crate::{Ask, Asked, Body, Node, NotAsked, Refresher, Snapshot, World};

pub const CHARITIES: &str = "US/GOV/REGISTRY/CHARITIES";
pub const GRANTS: &str = "US/GOV/GRANTS/OFFICE";
pub const MUSEUM: &str = "US/GOV/MUSEUM/OFFICE";
pub const STRANGER: &str = "US/COM/STRANGER/OFFICE";
pub const KEEPER: &str = "US/GOV/DEMO/KEEPER";

/// Bytes that differ from call to call and are the same in every run.
pub struct Counting(AtomicU64, String);

impl Entropy for Counting {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(32) {
            let number = self.0.fetch_add(1, Ordering::SeqCst);
            let bytes = sha256(format!("{} {number}", self.1).as_bytes());
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
    }
}

/// One body of the test: its folder, its clock, its chance.
pub struct Place {
    pub id: &'static str,
    pub folder: PathBuf,
    pub clock: Arc<FixedClock>,
    entropy: Arc<Counting>,
    wire: Arc<Wire>,
}

/// All of them.
pub struct Bodies {
    _folder: TempDir,
    pub wire: Arc<Wire>,
    pub charities: Place,
    pub grants: Place,
    pub museum: Place,
    /// In no list but its own.
    pub stranger: Place,
}

impl Bodies {
    /// The folders with everything in them; nothing is refreshed, no node runs.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let wire = Arc::new(Wire::default());
        let place = |id| Place::new(id, &folder, &wire);
        let bodies = Self {
            charities: place(CHARITIES),
            grants: place(GRANTS),
            museum: place(MUSEUM),
            stranger: place(STRANGER),
            wire: wire.clone(),
            _folder: folder,
        };
        let list = list(&[member(CHARITIES), member(GRANTS), member(MUSEUM)]);
        for place in [&bodies.charities, &bodies.grants, &bodies.museum] {
            place.write("federation.note", note(&list, &[KEEPER]));
        }
        let own = self::list(&[member(CHARITIES), member(STRANGER)]);
        bodies.stranger.write("federation.note", note(&own, &[KEEPER]));
        bodies.charities.write("sources/charities.toml", SOURCE);
        bodies.charities.write("registers/charities.toml", REGISTER);
        bodies.charities.write("links/charities.toml", concordat_link::ORGANISATION_RULES);
        bodies.charities.write("legacy/charities.csv", charities(60));
        bodies.agree("grants-charities", AGREEMENT);
        bodies
    }

    /// The folders with the register refreshed.
    pub fn refreshed() -> Self {
        let bodies = Self::new();
        bodies.charities.refresh().unwrap();
        bodies
    }

    /// The nodes of the registry and the grants office, with the register refreshed.
    pub fn running() -> (Self, Arc<Node>, Arc<Node>) {
        let bodies = Self::refreshed();
        let (charities, grants) = (bodies.charities.start(), bodies.grants.start());
        (bodies, charities, grants)
    }

    /// Puts an agreement that both have signed into both folders.
    pub fn agree(&self, name: &str, text: &str) {
        for place in [&self.charities, &self.grants] {
            place.write(&format!("agreements/{name}.note"), note(text, &[CHARITIES, GRANTS]));
        }
    }
}

impl Place {
    fn new(id: &'static str, folder: &TempDir, wire: &Arc<Wire>) -> Self {
        let place = Self {
            id,
            folder: folder.path().join(id.replace('/', "-")),
            clock: Arc::new(FixedClock::at(moment("2026-06-01T12:00:00Z"))),
            entropy: Arc::new(Counting(AtomicU64::new(0), id.into())),
            wire: wire.clone(),
        };
        place.write("concordat.toml", settings(id));
        place.write("keys/signing.key", key(id).to_secret_text().unwrap());
        place
    }

    pub fn write(&self, file: &str, content: impl AsRef<[u8]>) {
        let path = self.folder.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub fn read(&self, file: &str) -> String {
        fs::read_to_string(self.folder.join(file)).unwrap()
    }

    /// Replaces a part of a file; the part must be there.
    pub fn alter(&self, file: &str, from: &str, to: &str) {
        self.write(file, replaced(&self.read(file), &[(from, to)]));
    }

    pub fn world(&self) -> World {
        World { clock: self.clock.clone(), entropy: self.entropy.clone() }
    }

    pub fn body(&self) -> Result<Body, Problems> {
        Body::open(&self.folder)
    }

    pub fn refresh(&self) -> Result<Snapshot, Problems> {
        self.refresh_watched(&mut |_| {})
    }

    pub fn refresh_watched(&self, watch: crate::Watch<'_>) -> Result<Snapshot, Problems> {
        let body = self.body()?;
        // Time passes between two refreshes.
        self.clock.advance_seconds(1);
        Refresher::open(&body, &self.world())?.refresh(&name("charities"), watch)
    }

    /// Opens the node and puts it on the wire.
    pub fn start(&self) -> Arc<Node> {
        let line = Line { certificate: certificate(self.id), wire: self.wire.clone() };
        let node = Node::open(self.body().unwrap(), self.world(), Arc::new(line)).unwrap();
        let node = Arc::new(node);
        self.wire.connect(&node);
        node
    }
}

/// The settings of a body.
fn settings(id: &str) -> String {
    let keeper = key(KEEPER);
    format!(
        "[body]\nid = \"{id}\"\nname = \"Office of {id}\"\n\n[node]\naddress = \"127.0.0.1:7443\"\n\n\
         [console]\naddress = \"127.0.0.1:7480\"\n\n[keys]\nsigning = \"keys/signing.key\"\n\
         tls_key = \"keys/tls.key\"\ntls_certificate = \"keys/tls.crt\"\n\n\
         [federation]\nlist = \"federation.note\"\nsigner = \"{}\"\n",
        keeper.verifier()
    )
}

/// A question that the agreement allows, about the charity with number 3.
pub fn question() -> Ask {
    Ask {
        provider: body(CHARITIES),
        register: name("charities"),
        purpose: name("grant-eligibility"),
        case_reference: Some("G-2026-17".into()),
        user: Some("Officer Seven".into()),
        subject: subject(3),
        facts: vec![name("isRegistered"), name("registeredSince")],
    }
}

/// The code of whatever came instead of an answer; `answered` or `not-recognised` else.
pub fn ended(result: &Result<Asked, NotAsked>) -> String {
    match result {
        Ok(asked) if asked.answer.matched.is_some() => "answered".into(),
        Ok(_) => "not-recognised".into(),
        Err(NotAsked::Refused(refusal)) => refusal.code.clone(),
        Err(NotAsked::Invalid(problem) | NotAsked::Failed(_, problem)) => problem.code.into(),
    }
}

/// The codes of problems.
pub fn codes(problems: &Problems) -> Vec<&'static str> {
    problems.0.iter().map(|problem| problem.code).collect()
}

/// A text with some parts replaced; each part must be there.
pub fn replaced(text: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "`{from}` is not in the text");
        text.replacen(from, to, 1)
    })
}

pub fn body(id: &str) -> BodyId {
    id.parse().unwrap()
}

pub fn name(text: &str) -> Name {
    text.parse().unwrap()
}

pub fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A key that belongs to a body alone: its seed comes from the id.
pub fn key(id: &str) -> SigningKey {
    SigningKey::from_seed(id, &sha256(id.as_bytes())).unwrap()
}

/// A body's key after it has changed it.
pub fn new_key(id: &str) -> SigningKey {
    SigningKey::from_seed(id, &sha256(format!("new {id}").as_bytes())).unwrap()
}

/// What stands for a certificate: the wire hands it on as it is.
pub fn certificate(id: &str) -> Vec<u8> {
    [&[0x30, 0x81, 130][..], &sha256(id.as_bytes()), &[7; 98]].concat()
}

pub fn member(id: &str) -> Member {
    Member {
        id: body(id),
        name: format!("Office of {id}"),
        address: format!("{}.example:7443", id.rsplit('/').nth(1).unwrap().to_lowercase()),
        signing_key: key(id).verifier().clone(),
        certificate: certificate(id),
        valid: None,
    }
}

/// The text of a federation list.
pub fn list(members: &[Member]) -> String {
    let date = |text: &str| text.parse().unwrap();
    Federation::of("Test", date("2026-01-01"), date("2030-12-31"), members).unwrap().to_text()
}

/// A text as a note that some have signed.
pub fn note(text: &str, signers: &[&str]) -> String {
    let mut note = Note::unsigned(text).unwrap();
    for signer in signers {
        note.add_signature(&key(signer));
    }
    note.to_string()
}
