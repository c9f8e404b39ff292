//! A terminal at its host: keys go out, screens come in, and every wait has an end.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use concordat_record::Problem;
use rustls::ClientConfig;

use crate::key::Key;
use crate::screen::{Position, Screen};
use crate::terminal::{Options, Terminal};
use crate::wire::Wire;

/// Where a host is.
#[derive(Clone, Debug)]
pub struct Host {
    /// Its name or address.
    pub name: String,
    /// Its port: 23 as a rule, 992 with TLS.
    pub port: u16,
    /// How TLS is spoken; none for a plain connection.
    pub tls: Option<Arc<ClientConfig>>,
}

/// A connection to a host. Dropping it hangs up.
#[derive(Debug)]
pub struct Session {
    terminal: Terminal,
    wire: Wire,
    shown: String,
    last_data: Instant,
}

impl Session {
    /// Connects. The first screen is not waited for: see [`Self::wait_for`].
    ///
    /// # Errors
    /// `tn3270.cannot-connect`, with the host and the reason.
    pub fn connect(host: &Host, options: Options, timeout: Duration) -> Result<Self, Problem> {
        let shown = format!("{}:{}", host.name, host.port);
        let wire = Wire::connect(&host.name, host.port, host.tls.clone(), timeout).map_err(|error| {
            let problem =
                Problem::new("tn3270.cannot-connect", format!("`{shown}` cannot be reached: {error}"));
            match error.kind() {
                io::ErrorKind::InvalidData => {
                    problem.advise("check that the port speaks TLS, and whose certificate it shows")
                }
                _ => problem.advise("check host, port, and what stands between"),
            }
        })?;
        Ok(Self { terminal: Terminal::new(options), wire, shown, last_data: Instant::now() })
    }

    /// What stands on the screen.
    pub fn screen(&self) -> &Screen {
        self.terminal.screen()
    }

    /// Types a text into the field at a position.
    ///
    /// # Errors
    /// As [`Terminal::type_at`].
    pub fn type_at(&mut self, at: Position, text: &str) -> Result<(), Problem> {
        self.terminal.type_at(at, text)
    }

    /// Types a text where the cursor stands.
    ///
    /// # Errors
    /// As [`Terminal::type_at`].
    pub fn type_text(&mut self, text: &str) -> Result<(), Problem> {
        self.terminal.type_text(text)
    }

    /// Puts the cursor somewhere.
    ///
    /// # Errors
    /// `tn3270.no-such-position`.
    pub fn move_cursor(&mut self, to: Position) -> Result<(), Problem> {
        self.terminal.move_cursor(to)
    }

    /// Moves the cursor to the next field that can be typed into.
    pub fn tab(&mut self) {
        self.terminal.tab();
    }

    /// Sends a key.
    ///
    /// # Errors
    /// `tn3270.keyboard-locked`, `tn3270.disconnected`.
    pub fn press(&mut self, key: Key) -> Result<(), Problem> {
        self.terminal.press(key)?;
        self.flush()
    }

    /// Waits until the keyboard is free, the screen is as wanted, and nothing has come for a while (`quiet`, zero for hosts that free
    /// the keyboard last, as they should).
    ///
    /// # Errors
    /// `tn3270.timeout`, `tn3270.disconnected`, and what [`Terminal::receive`] finds wrong.
    pub fn wait_for(
        &mut self,
        timeout: Duration,
        quiet: Duration,
        wanted: impl Fn(&Screen) -> bool,
    ) -> Result<(), Problem> {
        let deadline = Instant::now() + timeout;
        let mut buffer = [0; 4096];
        loop {
            let ready = !self.terminal.is_locked() && wanted(self.terminal.screen());
            let unquiet = quiet.saturating_sub(self.last_data.elapsed());
            if ready && unquiet.is_zero() {
                return Ok(());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(self.late(timeout));
            }
            let patience = if ready { left.min(unquiet) } else { left };
            match self.wire.read(patience, &mut buffer).map_err(|error| self.disconnected(&error))? {
                None => {}
                Some(0) => return Err(self.hung_up()),
                Some(read) => {
                    self.last_data = Instant::now();
                    let received = self.terminal.receive(buffer.get(..read).unwrap_or_default());
                    // What is wrong with a message is told to the host as well, if it wanted to know.
                    let flushed = self.flush();
                    received.and(flushed)?;
                }
            }
        }
    }

    fn flush(&mut self) -> Result<(), Problem> {
        let outgoing = self.terminal.take_outgoing();
        if outgoing.is_empty() {
            return Ok(());
        }
        self.wire.write(&outgoing).map_err(|error| self.disconnected(&error))
    }

    fn late(&self, timeout: Duration) -> Problem {
        let seconds = timeout.as_secs_f32();
        let (what, advice) = if self.terminal.messages() == 0 {
            (
                "has not shown a screen",
                "check that the port is that of a 3270 host, and whether it speaks TLS",
            )
        } else if self.terminal.is_locked() {
            ("has not freed the keyboard", "the host may be slow: allow more time")
        } else {
            ("does not show the screen that was expected", "look at the screen with a terminal program")
        };
        let problem = Problem::new("tn3270.timeout", format!("`{}` {what} within {seconds} s", self.shown));
        problem.advise(advice)
    }

    fn hung_up(&self) -> Problem {
        let notice = self.terminal.notice();
        let said = if notice.is_empty() { String::new() } else { format!("; it said: {notice}") };
        Problem::new("tn3270.disconnected", format!("`{}` hung up{said}", self.shown))
    }

    fn disconnected(&self, error: &io::Error) -> Problem {
        Problem::new("tn3270.disconnected", format!("the connection to `{}` broke: {error}", self.shown))
    }
}
