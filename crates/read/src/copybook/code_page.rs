//! What the bytes of a record mean as characters: EBCDIC pages, ASCII and its one-byte relatives, UTF-8.

use concordat_record::{Problem, nearest};
use encoding_rs::Encoding;

use super::dos_pages;
use super::pages::{CONTROLS, PAGES};

/// The two ways to write digits and signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// IBM mainframes: the space is `40`, the digits are `F0` to `F9`.
    Ebcdic,
    /// Everything else: the space is `20`, the digits are `30` to `39`.
    Ascii,
}

/// A table of characters for the 256 bytes, or UTF-8.
#[derive(Clone, Debug)]
pub struct CodePage {
    name: String,
    family: Family,
    utf8: bool,
    /// The character of each byte; `UNDEFINED` where the page has none.
    chars: [char; 256],
    /// The character of each byte where it is ASCII, else `80`: the fast way, eight bits wide.
    ascii: [u8; 256],
}

const UNDEFINED: char = char::REPLACEMENT_CHARACTER;

impl CodePage {
    /// A code page by name: `cp037` (also `037`, `ibm037`), `cp437`, `ascii`, `utf-8`, or any one-byte encoding of the WHATWG list, such as
    /// `latin-1` or `windows-1252`.
    ///
    /// # Errors
    /// `copybook.unknown-code-page`, with the nearest name.
    pub fn named(name: &str) -> Result<Self, Problem> {
        let plain = name.trim().to_ascii_lowercase();
        if let Some(page) = PAGES.iter().find(|page| is_page(page.name, &plain)) {
            return Ok(Self::from_table(page.name, Family::Ebcdic, &ebcdic_chars(&page.rows)));
        }
        match plain.as_str() {
            "ascii" | "us-ascii" => return Ok(Self::from_table("ascii", Family::Ascii, &ascii_chars())),
            "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" => {
                return Ok(Self::from_table(
                    "latin-1",
                    Family::Ascii,
                    &std::array::from_fn(|b| b as u8 as char),
                ));
            }
            "utf-8" | "utf8" => {
                let page = Self::from_table("utf-8", Family::Ascii, &ascii_chars());
                return Ok(Self { utf8: true, ..page });
            }
            _ => {}
        }
        if let Some((name, chars)) = dos_pages::chars(&plain) {
            return Ok(Self::from_table(name, Family::Ascii, &chars));
        }
        match Encoding::for_label(plain.as_bytes()) {
            Some(encoding) if encoding.is_single_byte() => {
                let chars = std::array::from_fn(|byte| {
                    let byte = [byte as u8];
                    let (text, _) = encoding.decode_without_bom_handling(&byte);
                    text.chars().next().unwrap_or(UNDEFINED)
                });
                Ok(Self::from_table(&plain, Family::Ascii, &chars))
            }
            _ => Err(unknown(name)),
        }
    }

    /// The names of all EBCDIC pages with what they are used for, then the best known of the others.
    pub fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
        let others = [
            ("ascii", "7 bits; any other byte is rejected"),
            ("latin-1", "ISO 8859-1"),
            ("windows-1252", "Western Windows"),
            ("utf-8", "Unicode"),
        ];
        let dos = dos_pages::PAGES.iter().map(|page| (page.name, page.title));
        PAGES.iter().map(|page| (page.name, page.title)).chain(dos).chain(others)
    }

    /// Its name, as this program spells it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it writes digits and signs.
    pub fn family(&self) -> Family {
        self.family
    }

    fn from_table(name: &str, family: Family, chars: &[char; 256]) -> Self {
        let ascii = chars.map(|c| if c.is_ascii() { c as u8 } else { 0x80 });
        Self { name: name.into(), family, utf8: false, chars: *chars, ascii }
    }

    /// The byte of a space.
    pub(crate) fn space(&self) -> u8 {
        match self.family {
            Family::Ebcdic => 0x40,
            Family::Ascii => 0x20,
        }
    }

    /// The byte of the digit 0; the others follow it.
    pub(crate) fn zero(&self) -> u8 {
        match self.family {
            Family::Ebcdic => 0xf0,
            Family::Ascii => 0x30,
        }
    }

    /// The bytes of `+` and `-`.
    pub(crate) fn signs(&self) -> (u8, u8) {
        match self.family {
            Family::Ebcdic => (0x4e, 0x60),
            Family::Ascii => (b'+', b'-'),
        }
    }

    /// The ASCII character of a byte, or `80` when it is not ASCII.
    pub(crate) fn ascii(&self, byte: u8) -> u8 {
        self.ascii[usize::from(byte)]
    }

    /// Adds decoded text to UTF-8 bytes; false, with nothing added, when a byte has no meaning here.
    #[inline]
    pub fn decode_into(&self, raw: &[u8], out: &mut Vec<u8>) -> bool {
        let start = out.len();
        out.extend(raw.iter().map(|byte| self.ascii[usize::from(*byte)]));
        if out.get(start..).is_some_and(<[u8]>::is_ascii) {
            return true;
        }
        out.truncate(start);
        self.decode_slowly(raw, out)
    }

    #[cold]
    fn decode_slowly(&self, raw: &[u8], out: &mut Vec<u8>) -> bool {
        if self.utf8 {
            let good = std::str::from_utf8(raw).is_ok();
            if good {
                out.extend_from_slice(raw);
            }
            return good;
        }
        let start = out.len();
        let mut buffer = [0; 4];
        for byte in raw {
            let letter = self.chars[usize::from(*byte)];
            if letter == UNDEFINED {
                out.truncate(start);
                return false;
            }
            out.extend_from_slice(letter.encode_utf8(&mut buffer).as_bytes());
        }
        true
    }

    /// The bytes of a text, or its first character that the page does not have.
    pub(crate) fn encode(&self, text: &str) -> Result<Vec<u8>, char> {
        if self.utf8 {
            return Ok(text.as_bytes().to_vec());
        }
        text.chars().map(|letter| self.encode_char(letter).ok_or(letter)).collect()
    }

    fn encode_char(&self, letter: char) -> Option<u8> {
        let found = self.chars.iter().position(|known| *known == letter && letter != UNDEFINED)?;
        u8::try_from(found).ok()
    }
}

/// `cp037` is also written `037`, `37`, `ibm037`, `ibm-037`, `ebcdic-cp037`.
fn is_page(page: &str, name: &str) -> bool {
    let digits = |text: &str| text.trim_start_matches('0').to_owned();
    let number = name
        .trim_start_matches("ebcdic")
        .trim_start_matches('-')
        .trim_start_matches("ibm")
        .trim_start_matches("cp")
        .trim_start_matches('-');
    !number.is_empty() && digits(number) == digits(page.trim_start_matches("cp"))
}

fn ebcdic_chars(rows: &[&str; 12]) -> [char; 256] {
    let mut chars = [UNDEFINED; 256];
    let printable = rows.iter().flat_map(|row| row.chars());
    let all = CONTROLS.iter().map(|control| char::from(*control)).chain(printable);
    for (slot, letter) in chars.iter_mut().zip(all) {
        *slot = letter;
    }
    chars
}

fn ascii_chars() -> [char; 256] {
    std::array::from_fn(|byte| if byte < 0x80 { byte as u8 as char } else { UNDEFINED })
}

fn unknown(name: &str) -> Problem {
    let problem = Problem::new("copybook.unknown-code-page", format!("there is no code page `{name}`"));
    match nearest(name, CodePage::names().map(|(name, _)| name)) {
        Some(near) => problem.advise(format!("did you mean `{near}`?")),
        None => problem.advise("an EBCDIC page such as cp037, cp273, cp500, cp1047 or cp1140; ascii, latin-1, windows-1252 or utf-8"),
    }
}

#[cfg(test)]
mod tests {
    use super::{CodePage, PAGES, dos_pages};

    /// SHA-256 of the 256 characters as UTF-8, first 16 digits: of Python's codecs where Python has the page, else of glibc.
    #[test]
    fn every_page_is_what_python_and_glibc_say() {
        for (name, expected) in [
            ("cp037", "5324efcff066d6ba"),
            ("cp273", "94a3e74dcd70999e"),
            ("cp277", "a7a6c231acce05e4"),
            ("cp278", "834410b2eb5e5be2"),
            ("cp280", "68a9559ece0494a3"),
            ("cp284", "e4e1b3169e05fd7f"),
            ("cp285", "35f997ec5b43de8c"),
            ("cp297", "42f8c93f73612120"),
            ("cp500", "1fc831a58bad8d73"),
            ("cp871", "710fe910cd34ca44"),
            ("cp1047", "2453a52a523b0c33"),
            ("cp1140", "b762cd7f5def57eb"),
            ("cp1141", "cc360ac8a89a3d29"),
            ("cp1142", "f8d46b56235df144"),
            ("cp1143", "73eeec95ab98477f"),
            ("cp1144", "0f086a1ebf7aefcd"),
            ("cp1145", "7802d72607c796ee"),
            ("cp1146", "e2275156f1ecb720"),
            ("cp1147", "507c29608cf15a5e"),
            ("cp1148", "be4d8140ca9d96e2"),
            ("cp1149", "093c419fcb9424a8"),
            ("cp437", "754c5bb3fea001ec"),
            ("cp620", "b6405324d527a158"),
            ("cp737", "8c30c5d80947baf7"),
            ("cp775", "99b1c2002a7b11a7"),
            ("cp850", "4e721f6806dbbff2"),
            ("cp852", "a5798618e5ecfe1b"),
            ("cp855", "a5dedbb9383c8d2a"),
            ("cp857", "17fc76049e8588bf"),
            ("cp858", "bcd479c0617b954a"),
            ("cp860", "74e0dd67eb4444db"),
            ("cp861", "55a9d8ca7ce97b2a"),
            ("cp862", "b1ef2b55aefd16e2"),
            ("cp863", "b992274bd7115031"),
            ("cp865", "d4e3d8f3a2af7d10"),
            ("cp869", "10d93e002cc5e644"),
            ("cp895", "ce5dc173b614dfc9"),
            ("mac-ce", "a3e9390d6e0dd8ac"),
            ("mac-greek", "3186b2d5c1a4b408"),
        ] {
            let page = CodePage::named(name).unwrap();
            let text: String = page.chars.iter().collect();
            let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
            let digest = crate::file::hexadecimal(&digest.as_ref()[..8]);
            assert_eq!(digest, expected, "{name}");
        }
        assert_eq!(PAGES.len() + dos_pages::PAGES.len(), 39, "a new page needs its digest above");
    }

    #[test]
    fn all_bytes_of_a_page_come_back_as_they_were() {
        let bytes: Vec<u8> = (0..=255).collect();
        for (name, _) in CodePage::names() {
            let page = CodePage::named(name).unwrap();
            let known: Vec<u8> =
                bytes.iter().copied().filter(|b| page.chars[usize::from(*b)] != super::UNDEFINED).collect();
            let mut text = Vec::new();
            assert!(page.decode_into(&known, &mut text), "{name}");
            let text = String::from_utf8(text).unwrap();
            assert_eq!(page.encode(&text).unwrap(), known, "{name}");
        }
    }

    #[test]
    fn a_page_is_found_under_its_usual_spellings_and_a_slip_is_explained() {
        for (name, expected) in [
            ("cp037", "cp037"),
            ("37", "cp037"),
            ("IBM-1047", "cp1047"),
            ("DOS-437", "cp437"),
            ("850", "cp850"),
            ("ebcdic-cp500", "cp500"),
            ("UTF8", "utf-8"),
            ("iso-8859-1", "latin-1"),
            ("Windows-1252", "windows-1252"),
        ] {
            assert_eq!(CodePage::named(name).unwrap().name(), expected, "{name}");
        }
        let problem = CodePage::named("cp0370").unwrap_err();
        assert_eq!(problem.advice.as_deref(), Some("did you mean `cp037`?"));
        assert!(CodePage::named("shift_jis").is_err(), "more than one byte for a character");
    }
}
