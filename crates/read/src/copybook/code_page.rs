//! What the bytes of a record mean as characters: EBCDIC pages, ASCII and its relatives, UTF-8 and UTF-16.

use std::sync::Arc;

use concordat_record::{Problem, nearest};
use encoding_rs::Encoding;

use super::double::DoubleByte;
use super::pages::pages;

/// The two ways to write digits and signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// IBM mainframes: the space is `40`, the digits are `F0` to `F9`.
    Ebcdic,
    /// Everything else: the space is `20`, the digits are `30` to `39`.
    Ascii,
}

/// What characters bytes stand for.
#[derive(Clone, Debug)]
pub struct CodePage {
    name: String,
    family: Family,
    wide: Wide,
    /// The character of each byte; `UNDEFINED` where the page has none.
    chars: [char; 256],
    /// The character of each byte where it is ASCII and stands for itself, else `80`: the fast way, eight bits wide.
    ascii: [u8; 256],
}

/// What a page has besides characters of one byte.
#[derive(Clone, Debug)]
enum Wide {
    None,
    Utf8,
    /// Lowest byte first, or not.
    Utf16(bool),
    /// An encoding of several bytes that has ASCII as it is.
    Encoding(&'static Encoding),
    /// EBCDIC that shifts to two bytes for each character, with `0E`, and back, with `0F`.
    Shifted(Arc<DoubleByte>),
}

pub(crate) const UNDEFINED: char = char::REPLACEMENT_CHARACTER;
/// What begins and ends characters of two bytes in EBCDIC.
const SHIFT_OUT: u8 = 0x0e;
const SHIFT_IN: u8 = 0x0f;

impl CodePage {
    /// A code page by name: `cp037` (also `037`, `ibm037`), `cp850`, `ascii`, `utf-8`, `utf-16be`, or any encoding of the WHATWG
    /// list that has ASCII as it is, such as `latin-1`, `windows-1252` or `shift_jis`.
    ///
    /// # Errors
    /// `copybook.unknown-code-page`, with the nearest name.
    pub fn named(name: &str) -> Result<Self, Problem> {
        let plain = name.trim().to_ascii_lowercase();
        if let Some(page) = pages().find(|page| is_page(page.name, &plain)) {
            return Ok(Self::from_table(page.name, page.family, &page.characters()));
        }
        if let Some(page) = Self::mixed(&plain) {
            return Ok(page);
        }
        let wide = |name: &str, wide| Self { wide, ..Self::from_table(name, Family::Ascii, &ascii_chars()) };
        match plain.as_str() {
            "common" | "common_extended" | "common-extended" => Ok(Self::common(plain.ends_with("extended"))),
            "cp037_extended" | "cp037-extended" => Self::named("cp037"),
            "ascii" | "us-ascii" => Ok(Self::from_table("ascii", Family::Ascii, &ascii_chars())),
            "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" => {
                let chars = std::array::from_fn(|byte| byte as u8 as char);
                Ok(Self::from_table("latin-1", Family::Ascii, &chars))
            }
            "utf-8" | "utf8" => Ok(wide("utf-8", Wide::Utf8)),
            "utf-16be" | "utf16be" | "utf-16" | "utf16" => Ok(wide("utf-16be", Wide::Utf16(false))),
            "utf-16le" | "utf16le" => Ok(wide("utf-16le", Wide::Utf16(true))),
            _ => Self::of_the_web(&plain).ok_or_else(|| unknown(name)),
        }
    }

    /// A page with shifts to characters of two bytes.
    fn mixed(name: &str) -> Option<Self> {
        let (known, single, double) = DoubleByte::MIXED.iter().find(|(known, ..)| is_page(known, name))?;
        let single = pages().find(|page| page.name == *single)?;
        let page = Self::from_table(known, Family::Ebcdic, &single.characters());
        let mut page = Self { wide: Wide::Shifted(DoubleByte::named(double)?), ..page };
        for shift in [SHIFT_OUT, SHIFT_IN] {
            page.chars[usize::from(shift)] = UNDEFINED;
            page.ascii[usize::from(shift)] = 0x80;
        }
        Some(page)
    }

    /// The characters that all EBCDIC pages share; every other byte is read as a space, as Cobrix has it.
    fn common(with_controls: bool) -> Self {
        let mut chars = pages().next().map_or([UNDEFINED; 256], |page| page.characters());
        for (byte, letter) in chars.iter_mut().enumerate() {
            let is_control = byte < 0x40 && with_controls;
            if !letter.is_ascii() || (letter.is_ascii_control() && !is_control) {
                *letter = ' ';
            }
        }
        Self::from_table(if with_controls { "common_extended" } else { "common" }, Family::Ebcdic, &chars)
    }

    /// An encoding of the WHATWG list.
    fn of_the_web(name: &str) -> Option<Self> {
        let encoding =
            Encoding::for_label(name.as_bytes()).filter(|encoding| encoding.is_ascii_compatible())?;
        if !encoding.is_single_byte() {
            let page = Self::from_table(name, Family::Ascii, &ascii_chars());
            return Some(Self { wide: Wide::Encoding(encoding), ..page });
        }
        let chars = std::array::from_fn(|byte| {
            let byte = [byte as u8];
            let (text, _) = encoding.decode_without_bom_handling(&byte);
            text.chars().next().unwrap_or(UNDEFINED)
        });
        Some(Self::from_table(name, Family::Ascii, &chars))
    }

    /// The names of all pages of the tables with what they are used for, then the best known of the others.
    pub fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
        let others = [
            ("common", "the characters that all EBCDIC pages share; every other byte is a space"),
            ("common_extended", "the same with control characters"),
            ("ascii", "7 bits; any other byte is rejected"),
            ("latin-1", "ISO 8859-1"),
            ("windows-1252", "Western Windows"),
            ("utf-8", "Unicode"),
            ("utf-16be", "Unicode in two bytes, highest first"),
            ("utf-16le", "Unicode in two bytes, lowest first"),
        ];
        let mixed = DoubleByte::MIXED.iter().map(|(name, ..)| (*name, "with characters of two bytes"));
        pages().map(|page| (page.name, page.title)).chain(mixed).chain(others)
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
        Self { name: name.into(), family, wide: Wide::None, chars: *chars, ascii }
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
        // One pass: a letter that is not ASCII shows in the highest bit of all letters together.
        let mut all = 0;
        out.extend(raw.iter().map(|byte| {
            let letter = self.ascii[usize::from(*byte)];
            all |= letter;
            letter
        }));
        if all.is_ascii() {
            return true;
        }
        out.truncate(start);
        self.decode_slowly(raw, out)
    }

    /// Whether characters take two bytes throughout, and the lowest byte comes first.
    pub(crate) fn utf16(&self) -> Option<bool> {
        match self.wide {
            Wide::Utf16(little) => Some(little),
            _ => None,
        }
    }

    /// Decodes bytes that are characters of two bytes without shifts; false when one has no meaning here, or the page has no
    /// such characters.
    pub(crate) fn decode_double_into(&self, raw: &[u8], out: &mut Vec<u8>) -> bool {
        match &self.wide {
            Wide::Shifted(double) => double.decode_into(raw, out),
            _ => false,
        }
    }

    /// The bytes of a text in characters of two bytes, or its first character that has none.
    pub(crate) fn encode_double(&self, text: &str) -> Result<Vec<u8>, char> {
        match &self.wide {
            Wide::Shifted(double) => {
                let pairs: Result<Vec<[u8; 2]>, char> =
                    text.chars().map(|letter| double.encode(letter).ok_or(letter)).collect();
                pairs.map(|pairs| pairs.concat())
            }
            _ => text.chars().next().map_or_else(|| Ok(Vec::new()), Err),
        }
    }

    #[cold]
    fn decode_slowly(&self, raw: &[u8], out: &mut Vec<u8>) -> bool {
        match &self.wide {
            Wide::None | Wide::Utf16(_) => {}
            Wide::Utf8 => {
                let good = std::str::from_utf8(raw).is_ok();
                out.extend_from_slice(if good { raw } else { &[] });
                return good;
            }
            Wide::Encoding(encoding) => {
                let text = encoding.decode_without_bom_handling_and_without_replacement(raw);
                out.extend_from_slice(text.as_deref().unwrap_or_default().as_bytes());
                return text.is_some();
            }
            Wide::Shifted(double) => return self.decode_shifted(double, raw, out),
        }
        self.decode_bytes(raw, out)
    }

    /// One-byte characters, and between shifts two-byte ones. What is cut off before it shifts back is fine, as long as it is
    /// whole.
    fn decode_shifted(&self, double: &DoubleByte, raw: &[u8], out: &mut Vec<u8>) -> bool {
        let start = out.len();
        let mut parts = raw.split(|byte| *byte == SHIFT_OUT);
        let mut good = self.decode_bytes(parts.next().unwrap_or_default(), out);
        for part in parts {
            let end = part.iter().position(|byte| *byte == SHIFT_IN).unwrap_or(part.len());
            let (pairs, rest) = part.split_at(end);
            good &=
                double.decode_into(pairs, out) && self.decode_bytes(rest.get(1..).unwrap_or_default(), out);
        }
        if !good {
            out.truncate(start);
        }
        good
    }

    fn decode_bytes(&self, raw: &[u8], out: &mut Vec<u8>) -> bool {
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
        match &self.wide {
            Wide::None => text.chars().map(|letter| self.encode_char(letter).ok_or(letter)).collect(),
            Wide::Utf8 => Ok(text.as_bytes().to_vec()),
            Wide::Utf16(little) => {
                let bytes = |unit: u16| if *little { unit.to_le_bytes() } else { unit.to_be_bytes() };
                Ok(text.encode_utf16().flat_map(bytes).collect())
            }
            Wide::Encoding(encoding) => match encoding.encode(text) {
                (bytes, _, false) => Ok(bytes.into_owned()),
                _ => Err(text.chars().find(|letter| !letter.is_ascii()).unwrap_or(UNDEFINED)),
            },
            Wide::Shifted(double) => self.encode_shifted(double, text),
        }
    }

    fn encode_shifted(&self, double: &DoubleByte, text: &str) -> Result<Vec<u8>, char> {
        let (mut out, mut shifted) = (Vec::new(), false);
        for letter in text.chars() {
            let single = self.encode_char(letter);
            if single.is_some() == shifted {
                out.push(if shifted { SHIFT_IN } else { SHIFT_OUT });
                shifted = !shifted;
            }
            match single {
                Some(byte) => out.push(byte),
                None => out.extend(double.encode(letter).ok_or(letter)?),
            }
        }
        out.extend(shifted.then_some(SHIFT_IN));
        Ok(out)
    }

    fn encode_char(&self, letter: char) -> Option<u8> {
        let found = self.chars.iter().position(|known| *known == letter && letter != UNDEFINED)?;
        u8::try_from(found).ok()
    }
}

/// `cp037` is also written `037`, `37`, `ibm037`, `ibm-037`, `ebcdic-cp037`; `cp437` also `dos-437`.
fn is_page(page: &str, name: &str) -> bool {
    if page == name {
        return true;
    }
    let digits = |text: &str| text.trim_start_matches('0').to_owned();
    let number = name
        .trim_start_matches("ebcdic")
        .trim_start_matches('-')
        .trim_start_matches("ibm")
        .trim_start_matches("dos-")
        .trim_start_matches("cp")
        .trim_start_matches(['-', '_']);
    !number.is_empty() && digits(number) == digits(page.trim_start_matches("cp"))
}

fn ascii_chars() -> [char; 256] {
    std::array::from_fn(|byte| if byte < 0x80 { byte as u8 as char } else { UNDEFINED })
}

fn unknown(name: &str) -> Problem {
    let problem = Problem::new("copybook.unknown-code-page", format!("there is no code page `{name}`"));
    match nearest(name, CodePage::names().map(|(name, _)| name)) {
        Some(near) => problem.advise(format!("did you mean `{near}`?")),
        None => problem.advise(
            "an EBCDIC page such as cp037, cp273, cp500, cp1047 or cp1140; cp850, ascii, latin-1, windows-1252 or utf-8",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{CodePage, Wide, pages};

    /// SHA-256 of the 256 characters as UTF-8, first 16 digits: of Python's codecs where Python has the page, else of glibc.
    #[test]
    fn every_page_is_what_python_and_glibc_say() {
        for (name, expected) in [
            ("cp037", "5324efcff066d6ba"),
            ("cp273", "94a3e74dcd70999e"),
            ("cp274", "8ea5d1d98fdd1a44"),
            ("cp275", "c807ee4e956b93d3"),
            ("cp277", "a7a6c231acce05e4"),
            ("cp278", "834410b2eb5e5be2"),
            ("cp280", "68a9559ece0494a3"),
            ("cp281", "bb54392425d6d0d1"),
            ("cp284", "e4e1b3169e05fd7f"),
            ("cp285", "35f997ec5b43de8c"),
            ("cp290", "08c4c5ebbbdec09a"),
            ("cp297", "42f8c93f73612120"),
            ("cp420", "9bda8c2dc962515e"),
            ("cp423", "d3e0f5c0ca6d1960"),
            ("cp424", "ba4b75e41cb29def"),
            ("cp500", "1fc831a58bad8d73"),
            ("cp833", "4e45c2e82a0eebc7"),
            ("cp836", "a36b56fd172b222d"),
            ("cp1159", "5330ffec27345c02"),
            ("cp838", "5001b1a6d879358f"),
            ("cp870", "90fc80318ac6cb65"),
            ("cp871", "710fe910cd34ca44"),
            ("cp875", "267daccf823a00f0"),
            ("cp880", "1c51978091e1120c"),
            ("cp905", "0fa111d9d31df27d"),
            ("cp918", "a5fc445a89743052"),
            ("cp1025", "494bcdefed9c9d07"),
            ("cp1026", "24118262f3ec6f2d"),
            ("cp1027", "f3b19c033ef8d92b"),
            ("cp1047", "2453a52a523b0c33"),
            ("cp1097", "3dc95779e3342839"),
            ("cp1112", "caea0b993f5425f6"),
            ("cp1122", "bab847c4300d2a71"),
            ("cp1123", "5b2ac74221d36fa6"),
            ("cp1130", "9b51f2a8783cb9bb"),
            ("cp1132", "9f021b326b6451b5"),
            ("cp1137", "8c801708fc73bc61"),
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
            ("cp1153", "d6e1fa2e32f6e819"),
            ("cp1154", "0d0ab39ceb5fdeb9"),
            ("cp1155", "3adf02f22027a5c5"),
            ("cp1156", "9dd48549f3846da5"),
            ("cp1157", "3557ab40f58e247a"),
            ("cp1158", "d9a1eeeaccfc53f9"),
            ("cp1160", "bb4136c8a467d75a"),
            ("cp1164", "c10f620700873137"),
            ("cp437", "754c5bb3fea001ec"),
            ("cp620", "b6405324d527a158"),
            ("cp895", "ce5dc173b614dfc9"),
            ("mac-ce", "a3e9390d6e0dd8ac"),
            ("mac-greek", "3186b2d5c1a4b408"),
            ("cp720", "f4e7685b2417dfe0"),
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
            ("cp864", "1a1358f150f78264"),
            ("cp865", "d4e3d8f3a2af7d10"),
            ("cp866", "3c8cc5cb485f93d2"),
            ("cp869", "10d93e002cc5e644"),
        ] {
            let page = CodePage::named(name).unwrap();
            let text: String = page.chars.iter().collect();
            let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
            let digest = crate::file::hexadecimal(&digest.as_ref()[..8]);
            assert_eq!(digest, expected, "{name}");
        }
        assert_eq!(pages().count(), 76, "a new page needs its digest above");
    }

    #[test]
    fn all_bytes_of_a_page_come_back_as_they_were() {
        let bytes: Vec<u8> = (0..=255).collect();
        for (name, _) in CodePage::names() {
            let page = CodePage::named(name).unwrap();
            if matches!(page.wide, Wide::Utf16(_)) || name.starts_with("common") {
                continue;
            }
            let known: Vec<u8> =
                bytes.iter().copied().filter(|b| page.chars[usize::from(*b)] != super::UNDEFINED).collect();
            let mut text = Vec::new();
            assert!(page.decode_into(&known, &mut text), "{name}");
            let text = String::from_utf8(text).unwrap();
            let again = page.encode(&text).unwrap();
            // Some pages have a character twice; it is then written as the first of them.
            let mut back = Vec::new();
            assert!(page.decode_into(&again, &mut back), "{name}");
            assert_eq!(String::from_utf8(back).unwrap(), text, "{name}");
            assert_eq!(again.len(), known.len(), "{name}");
        }
    }

    #[test]
    fn a_page_is_found_under_its_usual_spellings_and_a_slip_is_explained() {
        for (name, expected) in [
            ("cp037", "cp037"),
            ("37", "cp037"),
            ("IBM-1047", "cp1047"),
            ("ebcdic-cp500", "cp500"),
            ("UTF8", "utf-8"),
            ("iso-8859-1", "latin-1"),
            ("Windows-1252", "windows-1252"),
            ("DOS-437", "cp437"),
            ("850", "cp850"),
            ("ibm_939", "cp939"),
            ("cp00300", "cp300"),
            ("shift_jis", "shift_jis"),
        ] {
            assert_eq!(CodePage::named(name).unwrap().name(), expected, "{name}");
        }
        let problem = CodePage::named("cp0370").unwrap_err();
        assert_eq!(problem.advice.as_deref(), Some("did you mean `cp037`?"));
        assert!(CodePage::named("iso-2022-jp").is_err(), "its bytes mean ASCII only sometimes");
    }
}
