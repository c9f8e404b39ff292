//! The real clock and the real random source: the one place that reads either.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use concordat_flow::World;
use concordat_record::{Clock, Entropy, Problem, Timestamp};
use tokio::runtime::Runtime;

/// The operating system's clock.
#[derive(Debug)]
struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the clock that is handed down")]
        let now = SystemTime::now();
        let micros = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros());
        Timestamp::from_micros(i64::try_from(micros).unwrap_or(i64::MAX))
    }
}

/// The operating system's random source.
#[derive(Debug)]
struct SystemEntropy(SystemRandom);

impl Entropy for SystemEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        #[expect(clippy::expect_used, reason = "without a random source there are no keys: stop at once")]
        self.0.fill(buffer).expect("the operating system gives random bytes");
    }
}

/// The world as it is.
pub fn world() -> World {
    World { clock: Arc::new(SystemClock), entropy: Arc::new(SystemEntropy(SystemRandom::new())) }
}

/// Sends security events (refused connections, forged messages) to the error stream, one line each.
pub fn start_security_log() {
    let log = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::WARN)
        .with_writer(std::io::stderr)
        .with_target(true)
        .with_ansi(false)
        .finish();
    // Only a second call could fail, and there is none.
    let _ = tracing::subscriber::set_global_default(log);
}

/// The runtime that a node's listeners run on.
///
/// # Errors
/// `cli.no-runtime` when the operating system gives no threads.
pub fn runtime() -> Result<Runtime, Problem> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| {
        Problem::new("cli.no-runtime", format!("the operating system gives no threads: {error}"))
    })
}

/// Ctrl-C or, from a service manager, SIGTERM; listened for from the moment this is made.
#[derive(Debug)]
pub struct Stop {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Stop {
    /// Begins to listen.
    ///
    /// # Errors
    /// `cli.no-signals` when the operating system does not deliver them.
    #[cfg(unix)]
    pub fn listen() -> Result<Self, Problem> {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| {
            signal(kind).map_err(|error| {
                Problem::new("cli.no-signals", format!("cannot wait for a signal to stop: {error}"))
            })
        };
        Ok(Self { interrupt: listen(SignalKind::interrupt())?, terminate: listen(SignalKind::terminate())? })
    }

    /// Begins to listen.
    #[cfg(not(unix))]
    pub fn listen() -> Result<Self, Problem> {
        Ok(Self {})
    }

    /// Waits until one of them comes.
    pub async fn asked(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        // When the signal cannot be waited for, the operating system's own way of stopping remains.
        #[cfg(not(unix))]
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
