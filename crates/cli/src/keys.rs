//! The keys of a body: made once, on the machine that uses them, and readable by the node alone.

use std::fmt;
use std::net::SocketAddr;
use std::path::Path;

use concordat_flow::{Body, World};
use concordat_record::{BodyId, Entropy, Problem};
use concordat_serve::make_certificate;
use concordat_sign::{SigningKey, sha256};
use concordat_store::{create_folder, write_file};
use serde::Serialize;

use crate::running::identity;

/// Days that a certificate is valid: long enough for a yearly change with a quarter to spare.
const VALID_DAYS: i64 = 455;
const DAY: i64 = 24 * 60 * 60;

/// The files that [`make`] makes, relative to the body's folder.
pub const FILES: [&str; 3] = ["keys/signing.key", "keys/tls.key", "keys/tls.crt"];

/// What others must know of a body: its entry in the federation list.
#[derive(Clone, Debug, Serialize)]
pub struct PublicKeys {
    /// The body.
    id: BodyId,
    /// How people call it.
    name: String,
    /// Where its node listens.
    address: SocketAddr,
    /// The key that its signatures verify with.
    signing_key: String,
    /// Its TLS certificate: DER in base64.
    certificate: String,
    /// SHA-256 of the certificate in hexadecimal, short enough to be compared by telephone.
    fingerprint: String,
}

impl PublicKeys {
    /// Those of a body's folder.
    ///
    /// # Errors
    /// A key file is missing or holds something else.
    pub fn of(body: &Body) -> Result<Self, Problem> {
        let identity = identity(body)?;
        Ok(Self {
            id: body.id().clone(),
            name: body.settings.body.name.clone(),
            address: body.settings.node.address,
            signing_key: body.signing_key()?.verifier().to_string(),
            certificate: pem_body(&identity.certificate_pem()),
            fingerprint: hexadecimal(&sha256(identity.certificate_der())),
        })
    }
}

impl fmt::Display for PublicKeys {
    /// As the federation list has it, to be pasted there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = toml::Value::from(self.name.as_str());
        writeln!(f, "[[body]]\nid = \"{}\"\nname = {name}\naddress = \"{}\"", self.id, self.address)?;
        writeln!(f, "signing_key = \"{}\"", self.signing_key)?;
        writeln!(f, "# SHA-256 of the certificate: {}", self.fingerprint)?;
        write!(f, "certificate = \"{}\"", self.certificate)
    }
}

/// The base64 of a PEM text.
pub fn pem_body(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with("-----")).collect()
}

/// Makes `keys/signing.key`, `keys/tls.key` and `keys/tls.crt` in a body's folder.
pub fn make(folder: &Path, body: &BodyId, hosts: &[&str], world: &World) -> Result<(), Problem> {
    let [signing_file, key_file, certificate_file] = FILES.map(|file| folder.join(file));
    create_folder(&folder.join("keys"))?;
    let signing = SigningKey::generate(body.as_str(), &*world.entropy)?;
    write_file(&signing_file, signing.to_secret_text()?.as_bytes(), true)?;
    let now = world.clock.now();
    let until = now.plus_seconds(VALID_DAYS * DAY);
    let identity = make_certificate(body, hosts, now.plus_seconds(-DAY), until, &*world.entropy)?;
    write_file(&key_file, identity.key_pem().as_bytes(), true)?;
    write_file(&certificate_file, identity.certificate_pem().as_bytes(), false)
}

/// A secret for a system or a person: 160 random bits in letters that can be read out (base 32 of RFC 4648, lower case),
/// and its SHA-256 for the settings.
pub fn secret(entropy: &dyn Entropy) -> (String, String) {
    const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut bytes = [0; 32];
    entropy.fill(&mut bytes);
    let secret: String = bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    let digest = digest(&secret);
    (secret, digest)
}

/// The digest of a secret, as the settings hold it.
pub fn digest(secret: &str) -> String {
    hexadecimal(&sha256(secret.as_bytes()))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |digits, byte| digits + &format!("{byte:02x}"))
}
