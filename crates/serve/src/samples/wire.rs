//! Raw bytes to a listener, as a client that does not play by the rules would send them.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

/// Sends bytes over TCP and reads until the other side closes or is silent for two seconds.
pub(crate) async fn plain(address: SocketAddr, bytes: impl Into<Vec<u8>>) -> Vec<u8> {
    let bytes = bytes.into();
    tokio::task::spawn_blocking(move || talk(connect(address), &bytes)).await.unwrap()
}

/// The same over TLS. Empty when the handshake fails or the connection is cut.
pub(crate) async fn secure(
    address: SocketAddr,
    config: Arc<ClientConfig>,
    bytes: impl Into<Vec<u8>>,
) -> String {
    let bytes = bytes.into();
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let answer = tokio::task::spawn_blocking(move || {
        let connection = ClientConnection::new(config, name).unwrap();
        talk(StreamOwned::new(connection, connect(address)), &bytes)
    });
    String::from_utf8_lossy(&answer.await.unwrap()).into_owned()
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    stream
}

/// Errors are ends: the tests look at what came before.
fn talk(mut stream: impl Read + Write, bytes: &[u8]) -> Vec<u8> {
    let mut answer = Vec::new();
    if stream.write_all(bytes).and_then(|()| stream.flush()).is_ok() {
        stream.read_to_end(&mut answer).ok();
    }
    answer
}
