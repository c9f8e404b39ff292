//! The consuming systems of this body, and how they show who they are.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use concordat_record::{BodyId, Place, Problem, Problems};
use http::{HeaderMap, header};

/// A system that may call the interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct System {
    name: String,
    admission: Admission,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Admission {
    Key([u8; 32]),
    XRoadClient(BodyId),
}

impl System {
    /// A system that sends `Authorization: Bearer KEY`, where the SHA-256 of the key is this (64 hexadecimal digits). Keys
    /// must be random: a hash does not hide a guessable one.
    ///
    /// # Errors
    /// `serve.system-key` when it is not 64 hexadecimal digits.
    pub fn with_key(name: &str, key_sha256: &str) -> Result<Self, Problem> {
        let digest = parse_digest(key_sha256).ok_or_else(|| {
            Problem::new(
                "serve.system-key",
                format!("`key_sha256` of the system `{name}` is not 64 hexadecimal digits"),
            )
            .at(Place::default().field("key_sha256"))
            .advise("write the SHA-256 of the key: `printf %s KEY | sha256sum`")
        })?;
        Ok(Self { name: name.into(), admission: Admission::Key(digest) })
    }

    /// An X-Road client that sends no key (`DANGER_without_key = true` in the configuration): whoever reaches the listener and
    /// writes this client into `X-Road-Client` is taken for the system. Only for clients that cannot be given a header, on
    /// a network that only they reach.
    pub fn xroad_client_without_key(name: &str, xroad_client: BodyId) -> Self {
        Self { name: name.into(), admission: Admission::XRoadClient(xroad_client) }
    }
}

/// All systems.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Systems(Vec<System>);

/// Why a caller was not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotAdmitted {
    NoKey,
    WrongKey,
}

impl Systems {
    /// A list without doubles.
    ///
    /// # Errors
    /// `serve.system-twice` for each name, key or X-Road client that is there twice.
    pub fn new(systems: Vec<System>) -> Result<Self, Problems> {
        let mut problems = Problems::none();
        for (index, system) in systems.iter().enumerate() {
            let before = systems.iter().take(index);
            if before.clone().any(|other| other.name == system.name) {
                problems.push(Problem::new(
                    "serve.system-twice",
                    format!("the system `{}` is there twice", system.name),
                ));
            } else if let Some(other) = before.clone().find(|other| other.admission == system.admission) {
                let sentence =
                    format!("the systems `{}` and `{}` cannot be told apart", other.name, system.name);
                problems.push(
                    Problem::new("serve.system-twice", sentence).advise("give each system its own key"),
                );
            }
        }
        problems.or(Self(systems))
    }

    /// The system that a request's key belongs to. Every key is compared, and in constant time.
    pub(super) fn by_key(&self, headers: &HeaderMap) -> Result<&str, NotAdmitted> {
        let mut given = headers.get_all(header::AUTHORIZATION).iter();
        let key = given.next().and_then(|value| bearer(value.as_bytes())).ok_or(NotAdmitted::NoKey)?;
        let digest = digest(&SHA256, key);
        let found = self.0.iter().fold(None, |found, system| match &system.admission {
            Admission::Key(expected) if verify_slices_are_equal(expected, digest.as_ref()).is_ok() => {
                Some(system)
            }
            _ => found,
        });
        // Two keys: two readers could each believe another one.
        found
            .filter(|_| given.next().is_none())
            .map(|system| system.name.as_str())
            .ok_or(NotAdmitted::WrongKey)
    }

    /// The system that needs no key, for an X-Road client.
    pub(super) fn by_xroad_client(&self, client: &BodyId) -> Option<&str> {
        let is_client =
            |system: &&System| matches!(&system.admission, Admission::XRoadClient(own) if own == client);
        self.0.iter().find(is_client).map(|system| system.name.as_str())
    }
}

/// RFC 6750 §2.1; the scheme's case does not matter (RFC 9110 §11.1).
fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, key) = value.split_at_checked(7)?;
    (scheme.eq_ignore_ascii_case(b"bearer ") && !key.is_empty()).then_some(key)
}

fn parse_digest(hex: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    if hex.len() != 64 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, pair) in digest.iter_mut().zip(hex.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(digest)
}
