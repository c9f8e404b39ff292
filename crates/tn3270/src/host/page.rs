//! Pages as a host writes them, and what a terminal sends back (GA23-0059).

use std::collections::HashMap;

const COLUMNS: usize = 80;

/// Six bits as a graphic character: EBCDIC of the manual's table, worked out here from the letters it stands for.
fn graphic(bits: usize) -> u8 {
    const LETTERS: &str = " ABCDEFGHI¢.<(+|&JKLMNOPQR!$*);¬-/STUVWXYZ¦,%_>?0123456789:#@'=\"";
    ebcdic(LETTERS.chars().nth(bits & 63).unwrap_or(' '))
}

fn ebcdic(letter: char) -> u8 {
    crate::CodePage::cp037().encode(letter).unwrap_or(0x6f)
}

/// A page being written.
#[derive(Debug)]
pub struct Page {
    stream: Vec<u8>,
}

/// What can be done with a field.
#[derive(Clone, Copy, Debug)]
pub enum Field {
    Open,
    Hidden,
    Bright,
    Label,
}

impl Page {
    /// A page on a blank screen that frees the keyboard.
    pub fn new() -> Self {
        Self { stream: vec![0xf5, 0xc3] }
    }

    /// A page over what stands there; the keyboard stays locked.
    pub fn over() -> Self {
        Self { stream: vec![0xf1, 0xc0] }
    }

    fn go(&mut self, row: usize, column: usize) {
        let address = (row - 1) * COLUMNS + column - 1;
        self.stream.extend([0x11, graphic(address >> 6), graphic(address)]);
    }

    /// A field whose text begins at row and column; its attribute stands before it.
    pub fn field(&mut self, row: usize, column: usize, of: Field, text: &str) -> &mut Self {
        self.go(row, column - 1);
        match of {
            Field::Open => self.stream.extend([0x1d, 0x40]),
            Field::Hidden => self.stream.extend([0x1d, 0x4c]),
            // With a colour, as hosts write it.
            Field::Bright => self.stream.extend([0x29, 2, 0xc0, 0xf8, 0x42, 0xf4]),
            Field::Label => self.stream.extend([0x1d, 0xf0]),
        }
        self.stream.extend(text.chars().map(ebcdic));
        self
    }

    /// An open field of so many positions, closed by a label.
    pub fn input(&mut self, row: usize, column: usize, length: usize, of: Field) -> &mut Self {
        self.field(row, column, of, "");
        let stop = (row - 1) * COLUMNS + column - 1 + length;
        self.stream.extend([0x3c, graphic(stop >> 6), graphic(stop), 0x00]);
        self.stream.extend([0x1d, 0xf0]);
        self
    }

    /// Puts the cursor somewhere.
    pub fn cursor(&mut self, row: usize, column: usize) -> &mut Self {
        self.go(row, column);
        self.stream.push(0x13);
        self
    }

    pub fn stream(&self) -> &[u8] {
        &self.stream
    }
}

/// What a terminal sent: the key, and the fields by row and column.
#[derive(Debug)]
pub struct Input {
    pub key: u8,
    pub fields: HashMap<(usize, usize), String>,
}

impl Input {
    pub fn parse(message: &[u8]) -> Self {
        let page = crate::CodePage::cp037();
        let bits = |byte: u8| (0..64).find(|bits| graphic(*bits) == byte).unwrap_or(0);
        let mut input = Self { key: message.first().copied().unwrap_or(0), fields: HashMap::new() };
        for field in message.split(|byte| *byte == 0x11).skip(1) {
            let [high, low, text @ ..] = field else { continue };
            let address = bits(*high) * 64 + bits(*low);
            let text: String = text.iter().map(|byte| page.decode(*byte)).collect();
            input.fields.insert((address / COLUMNS + 1, address % COLUMNS + 1), text.trim().to_owned());
        }
        input
    }

    pub fn field(&self, row: usize, column: usize) -> &str {
        self.fields.get(&(row, column)).map_or("", String::as_str)
    }
}
