//! What the bytes on a screen mean as characters.

use std::fmt;

/// The character of each byte of a one-byte EBCDIC page.
#[derive(Clone)]
pub struct CodePage {
    chars: [char; 256],
}

/// What cp037 has from `40` on, in rows of sixteen. Made from glibc's table.
const CP037: &str = " \u{a0}âäàáãåçñ¢.<(+|&éêëèíîïìß!$*);¬-/ÂÄÀÁÃÅÇÑ¦,%_>?øÉÊËÈÍÎÏÌ`:#@'=\"\
                     Øabcdefghi«»ðýþ±°jklmnopqrªºæ¸Æ¤µ~stuvwxyz¡¿ÐÝÞ®^£¥·©§¶¼½¾[]¯¨´×\
                     {ABCDEFGHI\u{ad}ôöòóõ}JKLMNOPQR¹ûüùúÿ\\÷STUVWXYZ²ÔÖÒÓÕ0123456789³ÛÜÙÚ\u{9f}";

/// The box-drawing characters that hosts put on screens, of code page 310 (the graphic escape set).
const GRAPHICS: [(u8, char); 11] = [
    (0x85, '│'),
    (0xa2, '─'),
    (0xc4, '└'),
    (0xc5, '┌'),
    (0xc6, '├'),
    (0xc7, '┴'),
    (0xd3, '┼'),
    (0xd4, '┘'),
    (0xd5, '┐'),
    (0xd6, '┤'),
    (0xd7, '┬'),
];

impl CodePage {
    /// A page from the characters of its 256 bytes. Control characters are shown as spaces.
    pub fn new(chars: [char; 256]) -> Self {
        Self { chars }
    }

    /// IBM code page 37: the United States, Canada, the Netherlands, Portugal, Brazil.
    pub fn cp037() -> Self {
        let mut chars = ['\0'; 256];
        for (place, letter) in chars.iter_mut().skip(0x40).zip(CP037.chars()) {
            *place = letter;
        }
        Self { chars }
    }

    /// The character of a byte; a space where it is none that can be shown.
    pub fn decode(&self, byte: u8) -> char {
        let letter = self.chars[usize::from(byte)];
        if letter.is_control() || letter == char::REPLACEMENT_CHARACTER { ' ' } else { letter }
    }

    /// The byte of a character, if it has one.
    pub fn encode(&self, letter: char) -> Option<u8> {
        // From `40` on: what lies below are controls, which are orders on this wire.
        (0x40..=0xfe).find(|byte| self.chars[usize::from(*byte)] == letter)
    }

    /// The character of a byte of the graphic escape set.
    pub(crate) fn graphic(byte: u8) -> char {
        GRAPHICS.iter().find(|(known, _)| *known == byte).map_or(' ', |(_, letter)| *letter)
    }
}

impl fmt::Debug for CodePage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodePage")
    }
}

#[cfg(test)]
mod tests {
    use super::CodePage;

    #[test]
    fn letters_come_back() {
        let page = CodePage::cp037();
        for letter in "AZaz09 äß$@#{}[]'\"".chars() {
            assert_eq!(page.encode(letter).map(|byte| page.decode(byte)), Some(letter));
        }
        assert_eq!((page.encode('A'), page.encode('0'), page.encode('€')), (Some(0xc1), Some(0xf0), None));
    }
}
