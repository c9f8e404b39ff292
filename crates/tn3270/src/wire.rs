//! The connection to the host: TCP, and TLS upon it when told.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

/// Bytes both ways.
#[derive(Debug)]
pub(crate) enum Wire {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

/// The shortest time that a socket can be told to wait.
const LEAST: Duration = Duration::from_millis(1);

impl Wire {
    /// Connects to the first address of a name that answers.
    pub fn connect(
        name: &str,
        port: u16,
        tls: Option<Arc<ClientConfig>>,
        timeout: Duration,
    ) -> io::Result<Self> {
        let deadline = Instant::now() + timeout;
        let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
        for address in (name, port).to_socket_addrs()? {
            let left = deadline.saturating_duration_since(Instant::now()).max(LEAST);
            match TcpStream::connect_timeout(&address, left) {
                Ok(stream) => return Self::over(stream, name, tls, timeout),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn over(
        stream: TcpStream,
        name: &str,
        tls: Option<Arc<ClientConfig>>,
        timeout: Duration,
    ) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(timeout.max(LEAST)))?;
        let Some(configuration) = tls else { return Ok(Self::Plain(stream)) };
        let name = ServerName::try_from(name.to_owned())
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let connection = ClientConnection::new(configuration, name).map_err(io::Error::other)?;
        let mut stream = StreamOwned::new(connection, stream);
        stream.sock.set_read_timeout(Some(timeout.max(LEAST)))?;
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        Ok(Self::Tls(Box::new(stream)))
    }

    /// Waits so long for bytes; none when there were none, zero when the host has hung up.
    pub fn read(&mut self, timeout: Duration, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        let timeout = Some(timeout.max(LEAST));
        let read = match self {
            Self::Plain(stream) => stream.set_read_timeout(timeout).and_then(|()| stream.read(buffer)),
            Self::Tls(stream) => stream.sock.set_read_timeout(timeout).and_then(|()| stream.read(buffer)),
        };
        match read {
            Ok(read) => Ok(Some(read)),
            Err(error) => match error.kind() {
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted => Ok(None),
                // Many hosts hang up without the farewell of TLS.
                io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => Ok(Some(0)),
                _ => Err(error),
            },
        }
    }

    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.write_all(bytes),
            Self::Tls(stream) => stream.write_all(bytes).and_then(|()| stream.flush()),
        }
    }
}
