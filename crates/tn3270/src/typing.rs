//! What a person does at the keyboard, and what of it goes to the host (GA23-0059, "Keyboard operations" and "Inbound operations").

use concordat_record::Problem;

use crate::address;
use crate::key::{Key, NO_AID};
use crate::screen::{Cell, Position, Screen};
use crate::stream::Read;

impl Screen {
    /// Moves the cursor to the next field that can be typed into.
    pub(crate) fn tab(&mut self) {
        let from =
            if self.attribute_at(self.cursor).is_some() { self.cursor } else { self.next(self.cursor) };
        self.cursor = self.next_unprotected(from).unwrap_or(0);
    }

    /// Types a text from a position on and blanks the rest of the field.
    pub(crate) fn type_at(&mut self, at: Position, text: &str) -> Result<(), Problem> {
        let address = self.address(at)?;
        let Position { row, column } = at;
        let field = self.field_at(address);
        if self.attribute_at(address).is_some() || field.attribute.is_protected() {
            let problem = Problem::new(
                "tn3270.protected",
                format!("nothing can be typed at row {row}, column {column}: it is not in an open field"),
            );
            return Err(self.advise_fields(problem));
        }
        let size = self.cells.len();
        let typed = (address + size - field.start) % size;
        let room = field.length.saturating_sub(typed);
        let length = text.chars().count();
        if length > room {
            let sentence = format!(
                "the field at row {row}, column {column} has room for {room} characters, not for {length}"
            );
            return Err(Problem::new("tn3270.field-too-short", sentence));
        }
        let bytes = self.encode(text)?;
        let blanks = std::iter::repeat_n(0, room - length);
        for (on, byte) in bytes.iter().copied().chain(blanks).enumerate() {
            if let Some(cell) = self.cells.get_mut((address + on) % size) {
                *cell = Cell::Character(byte);
            }
        }
        self.set_modified(&field, true);
        self.cursor = (address + length) % size;
        if let Some(next) = self.attribute_at(self.cursor) {
            let behind = self.next(self.cursor);
            self.cursor = if next.is_skipped() { self.next_unprotected(behind).unwrap_or(0) } else { behind };
        }
        Ok(())
    }

    fn encode(&self, text: &str) -> Result<Vec<u8>, Problem> {
        let encode = |letter| {
            self.page().encode(letter).ok_or_else(|| {
                let sentence = "the text has a character that the terminal's code page does not have";
                Problem::new("tn3270.not-in-code-page", sentence).advise("set the code page of the host")
            })
        };
        text.chars().map(encode).collect()
    }

    fn advise_fields(&self, problem: Problem) -> Problem {
        let open =
            self.fields().into_iter().filter(|field| !field.attribute.is_protected() && field.length > 0);
        let places: Vec<String> = open
            .take(12)
            .map(|field| {
                let Position { row, column } = self.field_position(&field);
                format!("row {row}, column {column} ({} long)", field.length)
            })
            .collect();
        if places.is_empty() {
            return problem.advise("this screen has no open field");
        }
        problem.advise(format!("open fields begin at {}", places.join("; ")))
    }

    /// The message of a key: cursor and modified fields, but for keys that send nothing else.
    pub(crate) fn message(&self, key: Key) -> Vec<u8> {
        if key.is_short() { vec![key.aid()] } else { self.modified(key.aid()) }
    }

    /// The message that answers a reading command of the host.
    pub(crate) fn answer(&self, read: Read, last_aid: u8) -> Vec<u8> {
        match read {
            Read::Buffer => self.buffer(last_aid),
            Read::Modified if Key::of_aid(last_aid).is_some_and(Key::is_short) => vec![last_aid],
            Read::Modified | Read::ModifiedAll => self.modified(last_aid),
        }
    }

    fn modified(&self, aid: u8) -> Vec<u8> {
        let size = self.cells.len();
        let mut message = vec![aid];
        message.extend(address::encode(self.cursor, size));
        let fields = self.fields();
        if fields.is_empty() {
            self.cells.iter().for_each(|cell| push_data(&mut message, *cell));
            return message;
        }
        for field in fields.iter().filter(|field| field.attribute.is_modified()) {
            message.push(0x11);
            message.extend(address::encode(field.start, size));
            let cells = (0..field.length).filter_map(|on| self.cells.get((field.start + on) % size));
            cells.for_each(|cell| push_data(&mut message, *cell));
        }
        message
    }

    fn buffer(&self, aid: u8) -> Vec<u8> {
        let mut message = vec![aid];
        message.extend(address::encode(self.cursor, self.cells.len()));
        for cell in &self.cells {
            match cell {
                Cell::Character(0) => message.push(0),
                Cell::Attribute(attribute) => message.extend([0x1d, attribute.byte()]),
                data => push_data(&mut message, *data),
            }
        }
        message
    }
}

/// Adds a character as it is sent; nulls are not.
fn push_data(message: &mut Vec<u8>, cell: Cell) {
    match cell {
        Cell::Character(0) | Cell::Attribute(_) => {}
        Cell::Character(byte) => message.push(byte),
        Cell::Graphic(byte) => message.extend([0x08, byte]),
    }
}

/// The identifier that stands in an answer when no key was pressed.
pub(crate) const UNSOLICITED: u8 = NO_AID;
