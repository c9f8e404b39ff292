//! The kinds of bytes in a mainframe file.

/// What a byte can be, by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Class {
    Zero,
    Space,
    Digit,
    Letter,
    Mark,
    /// A half byte that is a digit, and a sign behind it: the end of a packed number.
    Signed,
    /// Two half bytes that are digits.
    Pair,
    Full,
    Other,
}

/// How many classes there are.
pub(super) const CLASSES: usize = 9;

/// The class of a byte in EBCDIC.
pub(super) fn class(byte: u8) -> Class {
    match byte {
        0x00 => Class::Zero,
        0x40 => Class::Space,
        0xf0..=0xf9 => Class::Digit,
        0x81..=0x89 | 0x91..=0x99 | 0xa2..=0xa9 | 0xc1..=0xc9 | 0xd1..=0xd9 | 0xe2..=0xe9 => Class::Letter,
        0x4b | 0x50 | 0x60 | 0x61 | 0x6b | 0x7d => Class::Mark,
        0xff => Class::Full,
        _ if byte >> 4 <= 9 && matches!(byte & 0x0f, 0x0c | 0x0d | 0x0f) => Class::Signed,
        _ if byte >> 4 <= 9 && byte & 0x0f <= 9 => Class::Pair,
        _ => Class::Other,
    }
}

/// The classes of all bytes.
pub(super) fn classes(bytes: &[u8]) -> Vec<u8> {
    let table: [u8; 256] = std::array::from_fn(|byte| class(byte as u8) as u8);
    bytes.iter().map(|byte| table[usize::from(*byte)]).collect()
}
