//! A small federation for the tests: bodies with certificates, nodes on loopback, a clock that stands still.

mod desk;
mod log;
mod wire;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use concordat_record::{BodyId, Entropy, FixedClock, Timestamp};
use http::{Request, Response};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::{
    BoxFuture, Client, Deadlines, Exchange, Identity, Limits, Node, Peer, Tls, make_certificate, serve_node,
};

pub(crate) use desk::{Memory, SECRET_SHA256, Seen, face, request};
pub(crate) use log::log;
pub(crate) use wire::{plain, secure};

pub(crate) fn body(member: &str) -> BodyId {
    format!("US/GOV/{member}/REG").parse().unwrap()
}

/// Not random at all, but never the same twice.
#[derive(Default)]
pub(crate) struct Counter(AtomicU64);

impl Entropy for Counter {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let number = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst).to_be_bytes();
            chunk.copy_from_slice(&number[..chunk.len()]);
        }
    }
}

pub(crate) fn noon() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

pub(crate) fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock::at(noon()))
}

/// A certificate of a body for 127.0.0.1, valid a day around noon. `salt` makes another key of the same body.
pub(crate) fn identity(member: &str, salt: u64) -> Identity {
    identity_valid(member, salt, -43_200, 43_200)
}

/// The same, valid from and until so many seconds after noon.
pub(crate) fn identity_valid(member: &str, salt: u64, from: i64, until: i64) -> Identity {
    let entropy =
        Counter(AtomicU64::new(salt.wrapping_add(member.bytes().map(u64::from).sum::<u64>() << 32)));
    let (from, until) = (noon().plus_seconds(from), noon().plus_seconds(until));
    make_certificate(&body(member), &["127.0.0.1"], from, until, &entropy).unwrap()
}

pub(crate) fn peer(member: &str, address: impl std::fmt::Display, identity: &Identity) -> Peer {
    Peer {
        body: body(member),
        address: format!("{address}"),
        certificates: vec![identity.certificate_der().to_vec()],
    }
}

/// What a body trusts when the list has these.
pub(crate) fn tls(identity: &Identity, peers: &[Peer]) -> Arc<Tls> {
    Arc::new(Tls::new(identity, peers.to_vec(), clock()).unwrap())
}

/// Answers with what it was asked, so that a test sees what arrived; `panic` and `sleep` in the body do as they say.
pub(crate) struct Echo;

impl Exchange for Echo {
    fn receive<'a>(&'a self, _: &'a [u8], request: Request<Vec<u8>>) -> BoxFuture<'a, Response<Vec<u8>>> {
        Box::pin(async move {
            match request.body().as_slice() {
                b"panic" => panic!("as the test wants"),
                b"nap" => tokio::time::sleep(Duration::from_millis(300)).await,
                b"sleep" => tokio::time::sleep(Duration::from_mins(1)).await,
                b"redirect" => {
                    return Response::builder()
                        .status(307)
                        .header("location", "/health")
                        .body(vec![])
                        .unwrap();
                }
                b"much" => return Response::new(vec![b'x'; 100_000]),
                _ => {}
            }
            let mut answer = format!("{} {} ", request.method(), request.uri()).into_bytes();
            answer.extend(request.into_body());
            Response::new(answer)
        })
    }
}

/// A node of a body on a free loopback port.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) tls: Arc<Tls>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Running {
    pub(crate) async fn stop(self) {
        self.stop.send(true).unwrap();
        self.task.await.unwrap();
    }
}

/// Starts the node of `member`, whose list has `others` and itself.
pub(crate) async fn start(member: &str, others: &[Peer], limits: Limits) -> Running {
    start_with_log(member, others, limits, PathBuf::from("/nowhere")).await
}

pub(crate) async fn start_with_log(member: &str, others: &[Peer], limits: Limits, log: PathBuf) -> Running {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let own = identity(member, 0);
    let mut peers = others.to_vec();
    peers.push(peer(member, address, &own));
    let tls = tls(&own, &peers);
    let (stop, stopped) = watch::channel(false);
    let node = Node { address: address.to_string(), exchange: Arc::new(Echo), log, limits };
    let task = tokio::spawn(serve_node(socket, tls.clone(), node, stopped));
    Running { address, tls, stop, task }
}

/// A client of `member` with this identity, whose list has these bodies.
pub(crate) fn client(identity: &Identity, peers: &[Peer]) -> Client {
    Client::new(tls(identity, peers), Deadlines { total: Duration::from_secs(5), ..Deadlines::default() })
}

pub(crate) fn question(bytes: &[u8]) -> Request<Vec<u8>> {
    Request::post("/exchange/1").header("content-type", "application/json").body(bytes.to_vec()).unwrap()
}
