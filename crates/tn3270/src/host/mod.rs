//! A host to practise on: a small register behind green screens, with invented organisations. For tests and guides.
//!
//! It shares no code with the client: what both understand wrongly would never be seen. The standard client s3270 is run against
//! it (`foreign/check.py`).

mod line;
mod page;
mod register;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use line::Line;

/// How the host behaves.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manners {
    /// It offers TN3270E.
    pub extended: bool,
    /// It takes so long to search.
    pub search: Duration,
    /// How many organisations it knows.
    pub organisations: usize,
}

/// A running host.
#[derive(Debug)]
pub struct PracticeHost {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl PracticeHost {
    /// Starts it on a port of this machine; zero for any free one.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn start(port: u16, manners: Manners) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        let stop = Arc::new(AtomicBool::new(false));
        let seen = stop.clone();
        let thread = thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if seen.load(Ordering::SeqCst) {
                    break;
                }
                thread::spawn(move || {
                    // A terminal that goes away in the middle is nothing to report.
                    let _ = serve(stream, manners);
                });
            }
        });
        Ok(Self { address, stop, thread: Some(thread) })
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Serves until the program ends.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            // A listener that panicked has ended, which is all that is waited for.
            let _ = thread.join();
        }
    }
}

impl Drop for PracticeHost {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the listener up, so that it sees that it shall stop.
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(stream: TcpStream, manners: Manners) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_mins(5)))?;
    let mut line = Line::new(stream);
    line.negotiate(manners.extended)?;
    register::serve(&mut line, manners)
}
