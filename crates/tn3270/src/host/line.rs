//! The host's end of the line: negotiation and messages (RFC 1576, RFC 2355).

use std::io::{self, Read, Write};
use std::net::TcpStream;

const IAC: u8 = 255;
const DO: u8 = 253;
const WONT: u8 = 252;
const WILL: u8 = 251;
const SB: u8 = 250;
const SE: u8 = 240;
const EOR: u8 = 239;

/// What the terminal sent.
#[derive(Debug, PartialEq, Eq)]
enum Event {
    Option(u8, u8),
    Subnegotiation(Vec<u8>),
    Record(Vec<u8>),
}

/// A line to a terminal.
#[derive(Debug)]
pub struct Line {
    stream: TcpStream,
    extended: bool,
    number: u16,
    /// What the terminal says it is.
    pub terminal_type: String,
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

impl Line {
    pub fn new(stream: TcpStream) -> Self {
        Self { stream, extended: false, number: 0, terminal_type: String::new() }
    }

    pub fn negotiate(&mut self, extended: bool) -> io::Result<()> {
        if extended && self.negotiate_extended()? {
            return Ok(());
        }
        self.stream.write_all(&[IAC, DO, 24])?;
        self.expect_option(WILL, 24)?;
        self.stream.write_all(&[IAC, SB, 24, 1, IAC, SE])?;
        let answer = self.expect_subnegotiation()?;
        let name = answer.strip_prefix(&[24, 0]).ok_or_else(|| broken("no terminal type"))?;
        self.terminal_type = String::from_utf8_lossy(name).into_owned();
        self.stream.write_all(&[IAC, DO, 25, IAC, WILL, 25, IAC, DO, 0, IAC, WILL, 0])?;
        for _ in 0..4 {
            let Event::Option(..) = self.event()? else { return Err(broken("options are not settled")) };
        }
        Ok(())
    }

    /// False when the terminal does not want to.
    fn negotiate_extended(&mut self) -> io::Result<bool> {
        self.stream.write_all(&[IAC, DO, 40])?;
        match self.event()? {
            Event::Option(WILL, 40) => {}
            Event::Option(WONT, 40) => return Ok(false),
            _ => return Err(broken("an answer to TN3270E")),
        }
        self.stream.write_all(&[IAC, SB, 40, 8, 2, IAC, SE])?;
        let request = self.expect_subnegotiation()?;
        let request = request.strip_prefix(&[40, 2, 7]).ok_or_else(|| broken("no device type"))?;
        let mut parts = request.split(|byte| *byte == 1);
        self.terminal_type = String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
        let wanted = parts.next().unwrap_or(b"TERM0001");
        if wanted == b"TERM9999" {
            self.stream.write_all(&[IAC, SB, 40, 2, 6, 5, 1, IAC, SE])?;
            return Err(broken("the terminal is in use"));
        }
        let agreed = [&[IAC, SB, 40, 2, 4], self.terminal_type.as_bytes(), &[1], wanted, &[IAC, SE]].concat();
        self.stream.write_all(&agreed)?;
        // Of the functions we have responses only; whoever wants more is asked down once.
        loop {
            let functions = self.expect_subnegotiation()?;
            let (verb, list) = match functions.as_slice() {
                [40, 3, verb, list @ ..] => (*verb, list.to_vec()),
                _ => return Err(broken("no functions")),
            };
            if verb == 4 {
                break;
            }
            let had = list.len();
            let kept: Vec<u8> = list.into_iter().filter(|function| *function == 2).collect();
            let verb = if kept.len() == had { 4 } else { 7 };
            self.stream.write_all(&[&[IAC, SB, 40, 3, verb], kept.as_slice(), &[IAC, SE]].concat())?;
            if verb == 4 {
                break;
            }
        }
        self.extended = true;
        Ok(true)
    }

    /// Sends a message; with TN3270E it wants to know that it has arrived.
    pub fn send(&mut self, message: &[u8]) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(message.len() + 16);
        if self.extended {
            self.number = self.number.wrapping_add(1);
            let [high, low] = self.number.to_be_bytes();
            bytes.extend([0, 0, 2, high, low]);
        }
        bytes.extend(message);
        let mut escaped = Vec::with_capacity(bytes.len() + 16);
        for byte in bytes {
            escaped.push(byte);
            if byte == IAC {
                escaped.push(IAC);
            }
        }
        escaped.extend([IAC, EOR]);
        self.stream.write_all(&escaped)
    }

    /// The next message of the terminal.
    pub fn receive(&mut self) -> io::Result<Vec<u8>> {
        loop {
            let Event::Record(record) = self.event()? else { continue };
            if !self.extended {
                return Ok(record);
            }
            match record.split_first_chunk::<5>() {
                Some(([0, ..], message)) => return Ok(message.to_vec()),
                Some(([2, ..], _)) => {}
                _ => return Err(broken("a message without a header")),
            }
        }
    }

    fn expect_option(&mut self, verb: u8, option: u8) -> io::Result<()> {
        match self.event()? {
            event if event == Event::Option(verb, option) => Ok(()),
            _ => Err(broken("another option")),
        }
    }

    fn expect_subnegotiation(&mut self) -> io::Result<Vec<u8>> {
        match self.event()? {
            Event::Subnegotiation(parameters) => Ok(parameters),
            _ => Err(broken("no negotiation")),
        }
    }

    fn byte(&mut self) -> io::Result<u8> {
        let mut byte = [0];
        self.stream.read_exact(&mut byte)?;
        Ok(byte[0])
    }

    fn event(&mut self) -> io::Result<Event> {
        let mut record = Vec::new();
        loop {
            match self.byte()? {
                IAC => match self.byte()? {
                    IAC => record.push(IAC),
                    EOR => return Ok(Event::Record(record)),
                    SB => return self.subnegotiation(),
                    verb @ 251..=254 => return Ok(Event::Option(verb, self.byte()?)),
                    _ => {}
                },
                byte => record.push(byte),
            }
            if record.len() > 1 << 14 {
                return Err(broken("a message that is too long"));
            }
        }
    }

    fn subnegotiation(&mut self) -> io::Result<Event> {
        let mut parameters = Vec::new();
        loop {
            match self.byte()? {
                IAC => match self.byte()? {
                    SE => return Ok(Event::Subnegotiation(parameters)),
                    byte => parameters.push(byte),
                },
                byte => parameters.push(byte),
            }
            if parameters.len() > 256 {
                return Err(broken("a negotiation that is too long"));
            }
        }
    }
}
