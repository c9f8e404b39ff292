//! Telnet beneath the terminal: which options both sides speak, and where a message ends (RFC 854, 855, 856, 885, 1091, 1576).
//!
//! Bytes in, records out; what is to be sent collects in a buffer. Left out: everything that a terminal does not need is refused.

use concordat_record::Problem;

use crate::tn3270e::{self, Agreed, Negotiation};

pub(crate) const IAC: u8 = 255;
const DONT: u8 = 254;
const DO: u8 = 253;
const WONT: u8 = 252;
const WILL: u8 = 251;
const SB: u8 = 250;
const SE: u8 = 240;
pub(crate) const EOR: u8 = 239;

pub(crate) const BINARY: u8 = 0;
const SUPPRESS_GO_AHEAD: u8 = 3;
pub(crate) const TERMINAL_TYPE: u8 = 24;
pub(crate) const END_OF_RECORD: u8 = 25;
pub(crate) const TN3270E: u8 = 40;

/// A record of 64 KiB holds a screen many times over.
const MAX_RECORD: usize = 1 << 16;
const MAX_SUBNEGOTIATION: usize = 512;

/// What the terminal says it is.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub terminal_type: &'static str,
    /// The terminal the host shall give us ("LU name").
    pub terminal_name: Option<String>,
    /// Whether to speak TN3270E when the host offers it.
    pub extended: bool,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Data,
    Command,
    Option(u8),
    Subnegotiation,
    SubnegotiationCommand,
}

/// One side of a Telnet connection: the terminal's.
#[derive(Debug)]
pub(crate) struct Telnet {
    identity: Identity,
    state: State,
    record: Vec<u8>,
    /// What came before messages were agreed on.
    loose: Vec<u8>,
    subnegotiation: Vec<u8>,
    ours: [bool; 256],
    theirs: [bool; 256],
    negotiation: Negotiation,
    outgoing: Vec<u8>,
}

impl Telnet {
    pub fn new(identity: Identity) -> Self {
        let negotiation = Negotiation::new(identity.terminal_type, identity.terminal_name.clone());
        Self {
            identity,
            state: State::Data,
            record: Vec::new(),
            loose: Vec::new(),
            subnegotiation: Vec::new(),
            ours: [false; 256],
            theirs: [false; 256],
            negotiation,
            outgoing: Vec::new(),
        }
    }

    /// Whether messages carry the header of TN3270E.
    pub fn is_extended(&self) -> bool {
        self.ours[usize::from(TN3270E)]
    }

    /// What the host sent outside of messages: text for a person at a line terminal.
    pub fn loose_text(&self) -> &[u8] {
        if self.loose.is_empty() { &self.record } else { &self.loose }
    }

    pub fn take_outgoing(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.outgoing)
    }

    /// Sends a message.
    pub fn send(&mut self, message: &[u8]) {
        self.push_escaped(message);
        self.outgoing.extend([IAC, EOR]);
    }

    /// Takes bytes of the host from the front, up to the end of a message.
    pub fn next(&mut self, bytes: &mut &[u8]) -> Result<Option<Vec<u8>>, Problem> {
        while let Some((&byte, rest)) = bytes.split_first() {
            *bytes = rest;
            self.state = match (self.state, byte) {
                (State::Data, IAC) => State::Command,
                (State::Data, byte) => self.data(byte)?,
                (State::Command, IAC) => self.data(IAC)?,
                (State::Command, EOR) => {
                    self.state = State::Data;
                    return Ok(Some(std::mem::take(&mut self.record)));
                }
                (State::Command, SB) => {
                    self.subnegotiation.clear();
                    State::Subnegotiation
                }
                (State::Command, verb @ (DO | DONT | WILL | WONT)) => State::Option(verb),
                // The other commands (interrupt, are you there, …) mean nothing to a terminal of this kind.
                (State::Command, _) => State::Data,
                (State::Option(verb), option) => {
                    self.option(verb, option);
                    State::Data
                }
                (State::Subnegotiation, IAC) => State::SubnegotiationCommand,
                (State::SubnegotiationCommand, SE) => {
                    self.subnegotiated()?;
                    State::Data
                }
                (State::Subnegotiation | State::SubnegotiationCommand, byte) => self.parameter(byte)?,
            };
        }
        Ok(None)
    }

    fn data(&mut self, byte: u8) -> Result<State, Problem> {
        if self.record.len() >= MAX_RECORD {
            let sentence = format!("the host sent a message of more than {MAX_RECORD} bytes");
            return Err(Problem::new("tn3270.record-too-long", sentence)
                .advise("this may be no 3270 host; check host and port"));
        }
        self.record.push(byte);
        Ok(State::Data)
    }

    fn parameter(&mut self, byte: u8) -> Result<State, Problem> {
        if self.subnegotiation.len() >= MAX_SUBNEGOTIATION {
            return Err(crate::stream::bad("a negotiation without an end"));
        }
        self.subnegotiation.push(byte);
        Ok(State::Subnegotiation)
    }

    /// Answers only what changes something, so that two sides never agree for ever (RFC 854, "General considerations").
    fn option(&mut self, verb: u8, option: u8) {
        let index = usize::from(option);
        let agreeable = match verb {
            DO => self.offers(option),
            WILL => matches!(option, BINARY | END_OF_RECORD | SUPPRESS_GO_AHEAD),
            _ => false,
        };
        let (known, yes, no) = match verb {
            DO | DONT => (&mut self.ours[index], WILL, WONT),
            _ => (&mut self.theirs[index], DO, DONT),
        };
        let refused = matches!(verb, DO | WILL) && !agreeable;
        let changed = std::mem::replace(known, agreeable) != agreeable;
        if !changed && !refused {
            return;
        }
        self.outgoing.extend([IAC, if agreeable { yes } else { no }, option]);
        if agreeable && matches!(option, END_OF_RECORD | TN3270E) {
            self.loose.append(&mut self.record);
            self.loose.truncate(MAX_SUBNEGOTIATION);
        }
    }

    fn offers(&self, option: u8) -> bool {
        match option {
            BINARY | SUPPRESS_GO_AHEAD | TERMINAL_TYPE | END_OF_RECORD => true,
            TN3270E => self.identity.extended,
            _ => false,
        }
    }

    fn subnegotiated(&mut self) -> Result<(), Problem> {
        let parameters = std::mem::take(&mut self.subnegotiation);
        match parameters.as_slice() {
            // Terminal type, send (RFC 1091): behind `@` hosts take the name of a terminal.
            [TERMINAL_TYPE, 1, ..] => {
                let mut answer = vec![TERMINAL_TYPE, 0];
                answer.extend(self.identity.terminal_type.bytes());
                if let Some(name) = &self.identity.terminal_name {
                    answer.push(b'@');
                    answer.extend(name.bytes());
                }
                self.subnegotiate(&answer);
            }
            [TN3270E, rest @ ..] if self.is_extended() => match self.negotiation.answer(rest)? {
                Agreed::Say(answer) => self.subnegotiate(&[&[TN3270E], answer.as_slice()].concat()),
                Agreed::Refused => {
                    self.ours[usize::from(TN3270E)] = false;
                    self.identity.extended = false;
                    self.outgoing.extend([IAC, WONT, TN3270E]);
                }
                Agreed::Nothing => {}
            },
            _ => {}
        }
        Ok(())
    }

    fn subnegotiate(&mut self, parameters: &[u8]) {
        self.outgoing.extend([IAC, SB]);
        self.push_escaped(parameters);
        self.outgoing.extend([IAC, SE]);
    }

    fn push_escaped(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.outgoing.push(byte);
            if byte == IAC {
                self.outgoing.push(IAC);
            }
        }
    }

    /// Sends a message with the header of TN3270E, if it was agreed on.
    pub fn send_data(&mut self, message: &[u8]) {
        if self.is_extended() {
            let header = tn3270e::Header { of: tn3270e::DATA_3270, response: 0, number: 0 };
            self.send(&[&header.bytes(), message].concat());
        } else {
            self.send(message);
        }
    }
}
