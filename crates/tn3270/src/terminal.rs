//! The terminal without its network: bytes of the host in, bytes for the host out.

use concordat_record::Problem;

use crate::code_page::CodePage;
use crate::key::Key;
use crate::model::Model;
use crate::query::structured_fields;
use crate::screen::{Position, Screen};
use crate::stream::{Asked, Command, bad, write};
use crate::telnet::{Identity, Telnet};
use crate::tn3270e::{self, Header};
use crate::typing::UNSOLICITED;

/// What a terminal is.
#[derive(Clone, Debug)]
pub struct Options {
    /// The size of its screen.
    pub model: Model,
    /// What its bytes mean.
    pub code_page: CodePage,
    /// Whether TN3270E is spoken when the host offers it.
    pub tn3270e: bool,
    /// The terminal to ask the host for (its "LU name").
    pub terminal_name: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { model: Model::Two, code_page: CodePage::cp037(), tn3270e: true, terminal_name: None }
    }
}

/// A terminal.
#[derive(Debug)]
pub struct Terminal {
    telnet: Telnet,
    screen: Screen,
    locked: bool,
    last_aid: u8,
    messages: u64,
}

/// Bytes of text outside of messages that are kept for whoever looks for the fault.
const MAX_NOTICE: usize = 200;

impl Terminal {
    /// A terminal that waits for its host.
    pub fn new(options: Options) -> Self {
        let identity = Identity {
            terminal_type: options.model.terminal_type(),
            terminal_name: options.terminal_name,
            extended: options.tn3270e,
        };
        Self {
            telnet: Telnet::new(identity),
            screen: Screen::new(options.model, options.code_page),
            locked: true,
            last_aid: UNSOLICITED,
            messages: 0,
        }
    }

    /// What stands on the screen.
    pub fn screen(&self) -> &Screen {
        &self.screen
    }

    /// The keyboard is locked until the host frees it: at the beginning, and after each key.
    pub fn is_locked(&self) -> bool {
        self.locked
    }

    /// How many messages the host has written.
    pub fn messages(&self) -> u64 {
        self.messages
    }

    /// What the host said as plain text, outside of messages: why it does not want us, as a rule.
    pub fn notice(&self) -> String {
        let text = self.telnet.loose_text();
        let text = String::from_utf8_lossy(text.get(..text.len().min(MAX_NOTICE)).unwrap_or_default());
        let words: Vec<&str> =
            text.split(|letter: char| letter.is_whitespace() || letter.is_control()).collect();
        words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// What is to be sent to the host.
    pub fn take_outgoing(&mut self) -> Vec<u8> {
        self.telnet.take_outgoing()
    }

    /// Takes bytes of the host.
    ///
    /// # Errors
    /// `tn3270.bad-stream`, `tn3270.record-too-long`, `tn3270.refused-terminal`. The connection is of no use then.
    pub fn receive(&mut self, mut bytes: &[u8]) -> Result<(), Problem> {
        while let Some(record) = self.telnet.next(&mut bytes)? {
            if !self.telnet.is_extended() {
                self.message(&record)?;
                continue;
            }
            let (header, message) =
                Header::split(&record).ok_or_else(|| bad("a message without the header of TN3270E"))?;
            self.extended_message(header, message)?;
        }
        Ok(())
    }

    fn extended_message(&mut self, header: Header, message: &[u8]) -> Result<(), Problem> {
        let done = match header.of {
            tn3270e::DATA_3270 => self.message(message),
            // Text of the host's network and of line mode is for the eyes of a person only.
            tn3270e::DATA_NVT | tn3270e::DATA_SSCP => Ok(()),
            _ => return Ok(()),
        };
        if header.response == 2 || (header.response == 1 && done.is_err()) {
            self.telnet.send(&header.respond(done.is_ok()));
        }
        done
    }

    fn message(&mut self, message: &[u8]) -> Result<(), Problem> {
        let Some((code, data)) = message.split_first() else { return Ok(()) };
        let command = Command::of(*code).ok_or_else(|| bad(format_args!("the command {code:02x}")))?;
        self.messages += 1;
        let asked = match command {
            Command::Read(read) => Asked { read: Some(read), unlock: false },
            Command::WriteStructuredField => {
                let outcome = structured_fields(&mut self.screen, data)?;
                if let Some(reply) = outcome.reply {
                    self.telnet.send_data(&reply);
                }
                outcome.asked
            }
            _ => write(&mut self.screen, command, data)?,
        };
        if let Some(read) = asked.read {
            let answer = self.screen.answer(read, self.last_aid);
            self.telnet.send_data(&answer);
        }
        if asked.unlock {
            self.locked = false;
            self.last_aid = UNSOLICITED;
        }
        Ok(())
    }

    /// Types a text into a field, from a position on; the rest of the field is blanked.
    ///
    /// # Errors
    /// `tn3270.keyboard-locked`, `tn3270.no-such-position`, `tn3270.protected`, `tn3270.field-too-short`, `tn3270.not-in-code-page`.
    pub fn type_at(&mut self, at: Position, text: &str) -> Result<(), Problem> {
        self.unlocked()?;
        self.screen.type_at(at, text)
    }

    /// Types a text where the cursor stands.
    ///
    /// # Errors
    /// As [`Self::type_at`].
    pub fn type_text(&mut self, text: &str) -> Result<(), Problem> {
        self.type_at(self.screen.cursor(), text)
    }

    /// Puts the cursor somewhere.
    ///
    /// # Errors
    /// `tn3270.no-such-position`.
    pub fn move_cursor(&mut self, to: Position) -> Result<(), Problem> {
        self.screen.cursor = self.screen.address(to)?;
        Ok(())
    }

    /// Moves the cursor to the next field that can be typed into.
    pub fn tab(&mut self) {
        self.screen.tab();
    }

    /// Sends a key, with the fields that were typed into; locks the keyboard.
    ///
    /// # Errors
    /// `tn3270.keyboard-locked`.
    pub fn press(&mut self, key: Key) -> Result<(), Problem> {
        self.unlocked()?;
        if key == Key::Clear {
            self.screen.erase(false);
        }
        let message = self.screen.message(key);
        self.telnet.send_data(&message);
        self.last_aid = key.aid();
        self.locked = true;
        Ok(())
    }

    fn unlocked(&self) -> Result<(), Problem> {
        if self.locked {
            return Err(Problem::new("tn3270.keyboard-locked", "the host has not freed the keyboard"));
        }
        Ok(())
    }
}
