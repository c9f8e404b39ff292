//! `concordat.toml`: who a body is, where its node listens, and which files hold its keys.
//!
//! The file is plain text in the body's version control. Whoever can change it can redirect the node's keys and
//! addresses; whoever deletes it stops the node, and nothing is lost that version control does not bring back.

use std::net::SocketAddr;
use std::path::PathBuf;

use concordat_prove::Digest;
use concordat_record::{BodyId, Name, Problem, parse_settings};
use serde::Deserialize;

/// The whole file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Who we are.
    pub body: BodySettings,
    /// Where other bodies reach us.
    pub node: NodeSettings,
    /// Where our own people and systems reach us.
    pub console: ConsoleSettings,
    /// Which files hold our keys.
    pub keys: KeySettings,
    /// The federation we are a member of; none for a body that has only begun.
    pub federation: Option<FederationSettings>,
    /// Our people who may open the pages.
    #[serde(default)]
    pub person: Vec<PersonSettings>,
    /// Our own systems that may call the interface.
    #[serde(default)]
    pub system: Vec<SystemSettings>,
}

/// `[body]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BodySettings {
    /// `INSTANCE/CLASS/MEMBER/SUBSYSTEM`, as the federation list has it.
    pub id: BodyId,
    /// How people call us.
    pub name: String,
    /// Where people with a question turn: an address, a telephone number, an office. Optional.
    #[serde(default)]
    pub contact: String,
}

/// `[node]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeSettings {
    /// Address and port that other bodies' nodes connect to, over TLS 1.3 with client certificates.
    pub address: SocketAddr,
}

/// `[console]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsoleSettings {
    /// Address and port of the pages and of the interface for our own systems. Plain HTTP: a loopback address, so that a
    /// reverse proxy of this machine can put TLS before it.
    pub address: SocketAddr,
}

/// `[keys]`; paths are relative to the body's folder. `concordat init` makes all three.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeySettings {
    /// The Ed25519 key that signs messages, agreements and the log.
    pub signing: PathBuf,
    /// The private key of the TLS certificate, PKCS #8 in DER.
    pub tls_key: PathBuf,
    /// The TLS certificate, DER, as the federation list has it.
    pub tls_certificate: PathBuf,
}

/// `[federation]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FederationSettings {
    /// The signed list of bodies, relative to the body's folder.
    pub list: PathBuf,
    /// The verifier key of whoever keeps the list.
    pub signer: String,
}

/// `[[person]]`: one of our people.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonSettings {
    /// How the log names the person when he or she asks.
    pub name: String,
    /// SHA-256 of the access code, in hexadecimal; the code itself is known to the person alone.
    pub code_sha256: Digest,
}

/// `[[system]]`: one of our own systems that asks through the interface.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SystemSettings {
    /// How we call it; the log shows it as the one who asked.
    pub name: Name,
    /// SHA-256 of its key, in hexadecimal; the key itself is known to the system alone.
    pub key_sha256: Digest,
}

impl Settings {
    /// Reads the text of the file.
    ///
    /// # Errors
    /// `settings.malformed` at its line; `settings.console-not-loopback` when the console would be open to the network.
    pub fn parse(text: &str, file: &str) -> Result<Self, Problem> {
        let settings: Self = parse_settings(text, file)?;
        if !settings.console.address.ip().is_loopback() {
            return Err(Problem::new(
                "settings.console-not-loopback",
                format!("the console would listen on {}, in plain text", settings.console.address),
            )
            .in_file(file)
            .advise("use 127.0.0.1 and put a reverse proxy with TLS before it"));
        }
        Ok(settings)
    }
}
