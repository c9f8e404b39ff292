//! The keys of a body: made once, on the machine that uses them, and readable by the node alone.

use std::path::Path;

use concordat_flow::World;
use concordat_record::{BodyId, Entropy, Problem};
use concordat_serve::make_certificate;
use concordat_sign::{SigningKey, VerifierKey, sha256};
use concordat_store::{create_folder, write_file};

/// Days that a certificate is valid: long enough for a yearly change with a quarter to spare.
const VALID_DAYS: i64 = 455;
const DAY: i64 = 24 * 60 * 60;

/// What others must know of a body, for the federation list.
#[derive(Clone, Debug)]
pub struct PublicKeys {
    /// The key that its signatures verify with.
    pub signing_key: VerifierKey,
    /// Its TLS certificate, as PEM.
    pub certificate: String,
}

impl PublicKeys {
    /// The certificate as the federation list carries it: DER in base64.
    pub fn certificate_base64(&self) -> String {
        pem_body(&self.certificate)
    }
}

/// The base64 of a PEM text.
pub fn pem_body(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with("-----")).collect()
}

/// Makes `keys/signing.key`, `keys/tls.key` and `keys/tls.crt` in a body's folder.
pub fn make(folder: &Path, body: &BodyId, hosts: &[&str], world: &World) -> Result<PublicKeys, Problem> {
    let keys = folder.join("keys");
    create_folder(&keys)?;
    let signing = SigningKey::generate(body.as_str(), &*world.entropy)?;
    write_file(&keys.join("signing.key"), signing.to_secret_text()?.as_bytes(), true)?;
    let now = world.clock.now();
    let until = now.plus_seconds(VALID_DAYS * DAY);
    let identity = make_certificate(body, hosts, now.plus_seconds(-DAY), until, &*world.entropy)?;
    write_file(&keys.join("tls.key"), identity.key_pem().as_bytes(), true)?;
    write_file(&keys.join("tls.crt"), identity.certificate_pem().as_bytes(), false)?;
    Ok(PublicKeys { signing_key: signing.verifier().clone(), certificate: identity.certificate_pem() })
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
    sha256(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
