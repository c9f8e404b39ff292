//! TN3270E: which terminal and which functions the two sides agree on, and the header before each message (RFC 2355, §7 and §8).

use concordat_record::Problem;

pub(crate) const CONNECT: u8 = 1;
pub(crate) const DEVICE_TYPE: u8 = 2;
pub(crate) const FUNCTIONS: u8 = 3;
pub(crate) const IS: u8 = 4;
pub(crate) const REASON: u8 = 5;
pub(crate) const REJECT: u8 = 6;
pub(crate) const REQUEST: u8 = 7;
pub(crate) const SEND: u8 = 8;

/// The one function we ask for: the host may want to know that a message arrived.
pub(crate) const RESPONSES: u8 = 2;

/// Data types of messages.
pub(crate) const DATA_3270: u8 = 0;
const RESPONSE: u8 = 2;
pub(crate) const DATA_NVT: u8 = 5;
pub(crate) const DATA_SSCP: u8 = 7;

/// What is to be said next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Agreed {
    /// An answer.
    Say(Vec<u8>),
    /// The host does not want a terminal of ours this way: plain TN3270 may still do.
    Refused,
    /// Nothing.
    Nothing,
}

/// The negotiation of one terminal.
#[derive(Debug)]
pub(crate) struct Negotiation {
    terminal_type: &'static str,
    terminal_name: Option<String>,
}

impl Negotiation {
    pub fn new(terminal_type: &'static str, terminal_name: Option<String>) -> Self {
        Self { terminal_type, terminal_name }
    }

    /// Answers what stands behind the option's code.
    pub fn answer(&self, said: &[u8]) -> Result<Agreed, Problem> {
        Ok(match said {
            [SEND, DEVICE_TYPE] => {
                let mut request = vec![DEVICE_TYPE, REQUEST];
                request.extend(self.terminal_type.bytes());
                if let Some(name) = &self.terminal_name {
                    request.push(CONNECT);
                    request.extend(name.bytes());
                }
                Agreed::Say(request)
            }
            [DEVICE_TYPE, IS, ..] => Agreed::Say(vec![FUNCTIONS, REQUEST, RESPONSES]),
            [DEVICE_TYPE, REJECT, reason @ ..] => match &self.terminal_name {
                Some(name) => return Err(refused(name, reason)),
                None => Agreed::Refused,
            },
            // The other side wants less or more than we asked for: less is agreed to, more is asked down.
            [FUNCTIONS, REQUEST, wanted @ ..] => {
                let ours: Vec<u8> =
                    wanted.iter().copied().filter(|function| *function == RESPONSES).collect();
                let verb = if ours.len() == wanted.len() { IS } else { REQUEST };
                Agreed::Say([&[FUNCTIONS, verb], ours.as_slice()].concat())
            }
            _ => Agreed::Nothing,
        })
    }
}

/// RFC 2355, §7.1.6.
fn refused(name: &str, reason: &[u8]) -> Problem {
    let why = match reason {
        [REASON, 0] => "it is the name of another kind of device",
        [REASON, 1] => "it is in use",
        [REASON, 2] => "terminals of this type cannot have it",
        [REASON, 3] => "it is not a name the host allows",
        [REASON, 4] => "the host has an error of its own",
        [REASON, 5] => "there is no such terminal",
        [REASON, 6] => "the host does not support this type of terminal",
        _ => "the host gives no reason",
    };
    Problem::new("tn3270.refused-terminal", format!("the host does not give us the terminal `{name}`: {why}"))
}

/// What stands before each message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// The data type.
    pub of: u8,
    /// Whether the sender wants a response: 0 never, 1 on errors, 2 always.
    pub response: u8,
    /// The number to respond with.
    pub number: u16,
}

impl Header {
    /// The header of a message, and the rest.
    pub fn split(message: &[u8]) -> Option<(Self, &[u8])> {
        let (&[of, _request, response, high, low], rest) = message.split_first_chunk()?;
        Some((Self { of, response, number: u16::from_be_bytes([high, low]) }, rest))
    }

    pub fn bytes(self) -> [u8; 5] {
        let [high, low] = self.number.to_be_bytes();
        [self.of, 0, self.response, high, low]
    }

    /// The message that responds: done, or not understood (§10.4.1).
    pub fn respond(self, done: bool) -> Vec<u8> {
        let header = Self { of: RESPONSE, response: u8::from(!done), number: self.number };
        let mut message = header.bytes().to_vec();
        message.push(0);
        message
    }
}
