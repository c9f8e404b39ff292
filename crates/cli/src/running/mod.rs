//! A node at work: its listeners, and the doors of pages and interfaces opened onto the use cases.

mod desk;
mod exchange;
mod office;
mod transport;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use concordat_console::Access;
use concordat_flow::{Body, Node, World};
use concordat_record::{Place, Problem, Problems};
use concordat_serve::{
    Client, Deadlines, FaultSpelling, Identity, Interface, Limits, Peer, System, Systems, Tls,
};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use self::desk::NodeDesk;
use self::exchange::NodeExchange;
use self::office::NodeOffice;
use self::transport::TlsTransport;

/// A node that listens. Dropping it does not stop it: call [`Running::stop`].
#[derive(Debug)]
pub struct Running {
    /// The node.
    pub node: Arc<Node>,
    /// Where its console and interface listen.
    pub console: SocketAddr,
    stop: watch::Sender<bool>,
    listeners: Vec<JoinHandle<()>>,
}

/// What a node shows on its pages beside its own name.
#[derive(Clone, Debug, Default)]
pub struct Notice(pub Option<String>);

impl Running {
    /// Opens the node of a folder and lets it listen on the addresses of its settings.
    ///
    /// # Errors
    /// All problems of the folder; `cli.address-taken` when something else listens there.
    pub async fn start(folder: &Path, world: &World, notice: Notice) -> Result<Self, Problems> {
        let body = Body::open(folder)?;
        let settings = body.settings.clone();
        let tls = Arc::new(tls(&body, world)?);
        let client = Client::new(tls.clone(), Deadlines::default());
        let node = Arc::new(Node::open(body, world.clone(), Arc::new(TlsTransport(client)))?);
        let for_bodies = listen(settings.node.address, "node.address").await?;
        let for_us = listen(settings.console.address, "console.address").await?;
        let console = for_us.local_addr().map_err(|error| not_listening(settings.console.address, &error))?;
        let (stop, stopped) = watch::channel(false);
        let served = concordat_serve::Node {
            address: node_address(&node),
            exchange: Arc::new(NodeExchange(node.clone())),
            log: node.body().path("data/log"),
            limits: Limits::default(),
        };
        let pages = pages(&node, world, notice);
        let interface = interface(&node, world)?;
        let listeners = vec![
            tokio::spawn(concordat_serve::serve_node(for_bodies, tls, served, stopped.clone())),
            tokio::spawn(concordat_serve::serve_plain(
                for_us,
                pages.merge(interface),
                Limits::default(),
                stopped,
            )),
        ];
        Ok(Self { node, console, stop, listeners })
    }

    /// Lets open requests end and closes the listeners.
    pub async fn stop(self) {
        // Nobody listens any more when this fails, which is what is wanted.
        let _ = self.stop.send(true);
        for listener in self.listeners {
            let _ = listener.await;
        }
    }
}

/// The address under which the federation list names this node; that of the settings for a body that is in none.
fn node_address(node: &Node) -> String {
    let listed = node.body().federation.as_ref().and_then(|federation| federation.member(node.id()));
    listed.map_or_else(|| node.body().settings.node.address.to_string(), |member| member.address.clone())
}

pub fn tls(body: &Body, world: &World) -> Result<Tls, Problems> {
    let keys = &body.settings.keys;
    let identity = identity(body)?;
    let Some(federation) = &body.federation else {
        return Err(Problem::new(
            "cli.no-federation",
            "the body is in no federation, so there is nobody to talk to",
        )
        .at(Place::file("concordat.toml").field("federation"))
        .advise("get the signed list from whoever keeps it, and name it under [federation]")
        .into());
    };
    let peers = federation.members().map(|member| Peer {
        body: member.id.clone(),
        address: member.address.clone(),
        certificates: vec![member.certificate.clone()],
    });
    Tls::new(&identity, peers.collect(), world.clock.clone()).map_err(|mut problems| {
        for problem in &mut problems.0 {
            problem.place.file.get_or_insert_with(|| keys.tls_certificate.display().to_string());
        }
        problems
    })
}

/// The node's certificate and key, from the files that the settings name.
pub fn identity(body: &Body) -> Result<Identity, Problem> {
    let keys = &body.settings.keys;
    let certificate = crate::folder::read_text(&body.path(&keys.tls_certificate))?;
    let key = crate::folder::read_text(&body.path(&keys.tls_key))?;
    Identity::from_pem(&certificate, &key)
}

fn pages(node: &Arc<Node>, world: &World, notice: Notice) -> axum::Router {
    let mut access = Access::new(world.clock.clone(), world.entropy.clone());
    for person in &node.body().settings.person {
        access = access.person_by_digest(&person.name, person.code_sha256.0);
    }
    concordat_console::router(Arc::new(NodeOffice::new(node.clone(), notice.0)), access)
}

fn interface(node: &Arc<Node>, world: &World) -> Result<axum::Router, Problems> {
    let mut problems = Problems::none();
    let mut systems = Vec::new();
    for system in &node.body().settings.system {
        let read = System::with_key(system.name.as_str(), &system.key_sha256.to_string());
        systems.extend(problems.keep(read.map_err(|problem| problem.in_file("concordat.toml"))));
    }
    let systems = problems.or(systems).and_then(Systems::new)?;
    Ok(concordat_serve::interface(Interface {
        body: node.id().clone(),
        systems,
        desk: Arc::new(NodeDesk(node.clone())),
        entropy: world.entropy.clone(),
        limits: Limits::default(),
        fault_spelling: FaultSpelling::default(),
    }))
}

async fn listen(address: SocketAddr, key: &str) -> Result<TcpListener, Problem> {
    TcpListener::bind(address)
        .await
        .map_err(|error| not_listening(address, &error).at(Place::file("concordat.toml").field(key)))
}

fn not_listening(address: SocketAddr, error: &std::io::Error) -> Problem {
    Problem::new("cli.address-taken", format!("cannot listen on {address}: {error}"))
        .advise("stop what listens there, or choose another port")
}
