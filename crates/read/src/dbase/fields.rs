//! The descriptions of the fields in a header, in each of their four forms.

use super::header::Generation;

/// One field of a table, as the header describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    /// Its name, in the code page of the table.
    pub name: Vec<u8>,
    /// The letter of its type.
    pub letter: u8,
    /// Its bytes in a record.
    pub length: usize,
    /// Digits behind the point.
    pub decimals: u8,
    /// Where it begins in a record; the deletion mark is byte 0.
    pub offset: usize,
    /// Visual `FoxPro`: 1 hidden, 2 may be null, 4 binary.
    pub flags: u8,
    /// Visual `FoxPro`: its bit in the null flags that says the value is null.
    pub null_bit: Option<usize>,
    /// Visual `FoxPro`: its bit in the null flags that says the last byte holds the value's length.
    pub length_bit: Option<usize>,
}

/// May be null.
const NULLABLE: u8 = 2;
/// No text: bytes that no code page applies to.
const BINARY: u8 = 4;
/// The letter of the hidden field with the null flags.
const NULL_FLAGS: u8 = b'0';
/// No table has more; keeps a broken header from costing memory.
const MOST_FIELDS: usize = 2048;

impl Field {
    pub fn is_binary(&self) -> bool {
        self.flags & BINARY != 0
    }

    /// The hidden field with the null flags is no column.
    pub fn is_null_flags(&self) -> bool {
        self.letter == NULL_FLAGS
    }

    /// Whether its value lies in the memo file, and the record has the number of a block there.
    pub fn is_memo(&self, generation: Generation) -> bool {
        match self.letter {
            b'M' | b'G' | b'P' | b'W' => true,
            b'B' => generation != Generation::VisualFoxPro && self.length != 8,
            _ => false,
        }
    }
}

/// How the descriptions are laid out.
struct Form {
    begin: usize,
    stride: usize,
    name: usize,
    letter: usize,
    length: usize,
    decimals: usize,
    flags: Option<usize>,
}

const fn form(generation: Generation) -> Form {
    match generation {
        Generation::Two => {
            Form { begin: 8, stride: 16, name: 11, letter: 11, length: 12, decimals: 15, flags: None }
        }
        Generation::Three => {
            Form { begin: 32, stride: 32, name: 11, letter: 11, length: 16, decimals: 17, flags: None }
        }
        Generation::VisualFoxPro => {
            Form { begin: 32, stride: 32, name: 11, letter: 11, length: 16, decimals: 17, flags: Some(18) }
        }
        Generation::Seven => {
            Form { begin: 68, stride: 48, name: 32, letter: 32, length: 33, decimals: 34, flags: None }
        }
    }
}

/// The fields of a header, and where their list ends: behind its end mark, if it has one.
pub(crate) fn parse(header: &[u8], generation: Generation, long_texts: bool) -> (Vec<Field>, usize) {
    let form = form(generation);
    let mut fields: Vec<Field> = Vec::new();
    let (mut at, mut offset) = (form.begin, 1);
    while fields.len() < MOST_FIELDS
        && let Some(raw) = header.get(at..at + form.stride)
    {
        if is_end(raw.first()) {
            break;
        }
        let byte = |place: usize| raw.get(place).copied().unwrap_or_default();
        let name = raw.get(..form.name).unwrap_or_default();
        let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
        let letter = byte(form.letter).to_ascii_uppercase();
        // Clipper and FoxPro keep the upper byte of a long text's length where other fields have their decimals.
        let long = letter == b'C' && long_texts;
        let length =
            usize::from(byte(form.length)) + if long { usize::from(byte(form.decimals)) << 8 } else { 0 };
        fields.push(Field {
            name: name.trim_ascii().to_vec(),
            letter,
            length,
            decimals: if letter == b'C' { 0 } else { byte(form.decimals) },
            offset,
            flags: form.flags.map_or(0, byte),
            null_bit: None,
            length_bit: None,
        });
        offset += length;
        at += form.stride;
    }
    if generation == Generation::VisualFoxPro {
        number_flags(&mut fields);
    }
    let end = at + usize::from(is_end(header.get(at)));
    // dBase II keeps room for 32 fields.
    (fields, if generation == Generation::Two { 521 } else { end })
}

/// The list ends with `0D`; some programs write `0A` or nothing but zeros.
fn is_end(byte: Option<&u8>) -> bool {
    matches!(byte, None | Some(0x0d | 0x0a | 0x00))
}

/// Gives each field its bits: a text of varying length has one for that, then each that may be null has one.
fn number_flags(fields: &mut [Field]) {
    if !fields.iter().any(Field::is_null_flags) {
        return;
    }
    let mut next = 0;
    let mut bit = |wanted: bool| {
        wanted.then(|| {
            next += 1;
            next - 1
        })
    };
    for field in fields {
        if !field.is_null_flags() {
            field.length_bit = bit(matches!(field.letter, b'V' | b'Q'));
            field.null_bit = bit(field.flags & NULLABLE != 0);
        }
    }
}
