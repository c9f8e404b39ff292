//! The TLS configurations of both directions, made from one identity and one list, and replaceable while the node runs.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use concordat_record::{BodyId, Clock, Problem, Problems};
use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::time_provider::TimeProvider;
use rustls::version::TLS13;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::{Identity, Peer};

/// What this node presents and whom it trusts. New connections use what was set last; on an open one each request is
/// checked against it again, so a body that left the list is out at once.
pub struct Tls {
    clock: Arc<dyn Clock>,
    current: RwLock<Arc<Credentials>>,
}

impl Tls {
    /// From the node's identity and the bodies of the federation list.
    ///
    /// # Errors
    /// All that is wrong with the list and the identity: `serve.peer-certificate`, `serve.address`,
    /// `serve.shared-certificate`, `serve.no-peers`, `serve.identity`.
    pub fn new(identity: &Identity, peers: Vec<Peer>, clock: Arc<dyn Clock>) -> Result<Self, Problems> {
        let credentials = Credentials::new(identity, peers, &clock)?;
        Ok(Self { clock, current: RwLock::new(Arc::new(credentials)) })
    }

    /// Puts a new identity or a new list into force, without a restart. On errors the old ones stay.
    ///
    /// # Errors
    /// As [`Tls::new`].
    pub fn replace(&self, identity: &Identity, peers: Vec<Peer>) -> Result<(), Problems> {
        let credentials = Arc::new(Credentials::new(identity, peers, &self.clock)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = credentials;
        Ok(())
    }

    /// `host:port` of a body's node, as the list says.
    pub fn address(&self, body: &BodyId) -> Option<String> {
        self.current().peers.get(body).map(|peer| peer.address.clone())
    }

    /// The body that a certificate is listed for.
    pub fn body_of(&self, certificate_der: &[u8]) -> Option<BodyId> {
        self.current().body_of(certificate_der).cloned()
    }

    pub(crate) fn current(&self) -> Arc<Credentials> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("peers", &self.current().peers.len()).finish_non_exhaustive()
    }
}

/// One state of [`Tls`]; never changed, only replaced.
pub(crate) struct Credentials {
    pub(crate) acceptor: TlsAcceptor,
    pub(crate) connector: TlsConnector,
    peers: HashMap<BodyId, Peer>,
    bodies: HashMap<Vec<u8>, BodyId>,
}

impl Credentials {
    fn new(identity: &Identity, peers: Vec<Peer>, clock: &Arc<dyn Clock>) -> Result<Self, Problems> {
        let bodies = bodies_by_certificate(&peers)?;
        let roots = Arc::new(trust_anchors(&bodies)?);
        let time: Arc<dyn TimeProvider> = Arc::new(ClockTime(clock.clone()));
        Ok(Self {
            acceptor: Arc::new(server_config(identity, roots.clone(), time.clone())?).into(),
            connector: Arc::new(client_config(identity, roots, time)?).into(),
            peers: peers.into_iter().map(|peer| (peer.body.clone(), peer)).collect(),
            bodies,
        })
    }

    pub(crate) fn peer(&self, body: &BodyId) -> Option<&Peer> {
        self.peers.get(body)
    }

    pub(crate) fn body_of(&self, certificate_der: &[u8]) -> Option<&BodyId> {
        self.bodies.get(certificate_der)
    }
}

fn bodies_by_certificate(peers: &[Peer]) -> Result<HashMap<Vec<u8>, BodyId>, Problems> {
    let mut problems = Problems::none();
    let mut bodies: HashMap<Vec<u8>, BodyId> = HashMap::new();
    for peer in peers {
        problems.extend(peer.problems());
        for certificate in &peer.certificates {
            match bodies.insert(certificate.clone(), peer.body.clone()) {
                Some(other) if other != peer.body => problems.push(Problem::new(
                    "serve.shared-certificate",
                    format!("{other} and {} are listed with the same certificate", peer.body),
                )),
                _ => {}
            }
        }
    }
    if peers.is_empty() {
        problems.push(Problem::new("serve.no-peers", "the federation list names no body"));
    }
    problems.or(bodies)
}

fn trust_anchors(bodies: &HashMap<Vec<u8>, BodyId>) -> Result<RootCertStore, Problems> {
    let mut problems = Problems::none();
    let mut roots = RootCertStore::empty();
    for (certificate, body) in bodies {
        if let Err(error) = roots.add(CertificateDer::from(certificate.as_slice())) {
            let sentence = format!("the certificate of {body} cannot be trusted: {error}");
            problems.push(Problem::new("serve.peer-certificate", sentence));
        }
    }
    problems.or(roots)
}

fn server_config(
    identity: &Identity,
    roots: Arc<RootCertStore>,
    time: Arc<dyn TimeProvider>,
) -> Result<ServerConfig, Problem> {
    // The names of the trusted bodies are nobody's business: no hints.
    let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider())
        .clear_root_hint_subjects()
        .build()
        .map_err(|error| unusable(&error))?;
    let mut config = ServerConfig::builder_with_details(provider(), time)
        .with_protocol_versions(&[&TLS13])
        .and_then(|builder| {
            builder
                .with_client_cert_verifier(verifier)
                .with_single_cert(identity.chain(), identity.private_key())
        })
        .map_err(|error| unusable(&error))?;
    // Every connection shows its certificate anew: no tickets, no stored sessions, no early data (checklist A.3).
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    config.max_early_data_size = 0;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn client_config(
    identity: &Identity,
    roots: Arc<RootCertStore>,
    time: Arc<dyn TimeProvider>,
) -> Result<ClientConfig, Problem> {
    let mut config = ClientConfig::builder_with_details(provider(), time)
        .with_protocol_versions(&[&TLS13])
        .and_then(|builder| {
            builder
                .with_root_certificates(roots)
                .with_client_auth_cert(identity.chain(), identity.private_key())
        })
        .map_err(|error| unusable(&error))?;
    config.resumption = Resumption::disabled();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

fn unusable(error: &impl fmt::Display) -> Problem {
    Problem::new("serve.identity", format!("this node's TLS certificate and key cannot be used: {error}"))
        .advise("the key file must hold the private key of the certificate file")
}

/// The program's clock, as rustls asks for it.
struct ClockTime(Arc<dyn Clock>);

impl TimeProvider for ClockTime {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.now().seconds()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

impl fmt::Debug for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClockTime")
    }
}
