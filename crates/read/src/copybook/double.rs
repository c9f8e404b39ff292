//! Characters of two bytes in EBCDIC: Japanese, Korean, Chinese. The tables are in `double/*.txt`, which `code-pages/double.py`
//! has made from those of glibc; it also says how they are written.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use encoding_rs::{BIG5, EUC_KR, Encoding, GBK};

use super::code_page::UNDEFINED;

/// A table of the characters of two bytes.
#[derive(Debug)]
pub(crate) struct DoubleByte {
    /// By code, from `4040` on; [`UNDEFINED`] where there is none.
    letters: Vec<char>,
    codes: OnceLock<HashMap<char, [u8; 2]>>,
}

/// The lowest and the highest byte of a code; each first byte has as many second ones.
const LOWEST: usize = 0x41;
const HIGHEST: usize = 0xfe;
const ROW: usize = HIGHEST - LOWEST + 1;
/// The space is the only code outside of that.
const SPACE: [u8; 2] = [0x40, 0x40];

impl DoubleByte {
    /// The pages with shifts: name, the page of their one-byte characters, and the table of their two-byte ones. The last two
    /// are two-byte alone on the mainframe; their one-byte part is what usually stands beside them.
    pub const MIXED: [(&'static str, &'static str, &'static str); 12] = [
        ("cp930", "cp290", "japan"),
        ("cp939", "cp1027", "japan"),
        ("cp1390", "cp290", "japan"),
        ("cp1399", "cp1027", "japan"),
        ("cp300", "cp290", "japan"),
        ("cp933", "cp833", "korea"),
        ("cp1364", "cp833", "korea"),
        ("cp834", "cp833", "korea"),
        ("cp935", "cp836", "china"),
        ("cp1388", "cp836", "china"),
        ("cp937", "cp037", "taiwan"),
        ("cp1371", "cp1159", "taiwan"),
    ];

    /// A table, read once.
    pub fn named(name: &str) -> Option<Arc<Self>> {
        static TABLES: [OnceLock<Arc<DoubleByte>>; 4] = [const { OnceLock::new() }; 4];
        let (index, text, encoding) = match name {
            "japan" => (0, include_str!("double/japan.txt"), None),
            "korea" => (1, include_str!("double/korea.txt"), Some((EUC_KR, 0x81..=0xfe))),
            "china" => (2, include_str!("double/china.txt"), Some((GBK, 0x81..=0xfe))),
            "taiwan" => (3, include_str!("double/taiwan.txt"), Some((BIG5, 0xa1..=0xf9))),
            _ => return None,
        };
        let read = || {
            let order = encoding.map(|(encoding, leads)| Order::new(encoding, leads)).unwrap_or_default();
            Arc::new(Self { letters: letters(text, &order), codes: OnceLock::new() })
        };
        TABLES.get(index).map(|table| table.get_or_init(read).clone())
    }

    /// Adds decoded pairs; false, with nothing added, when one is no character or a byte is left over. Spaces at the end are
    /// left out.
    pub fn decode_into(&self, raw: &[u8], out: &mut Vec<u8>) -> bool {
        let (pairs, rest) = raw.as_chunks::<2>();
        let used =
            pairs.iter().rposition(|pair| *pair != SPACE && *pair != [0, 0]).map_or(0, |last| last + 1);
        let start = out.len();
        let mut buffer = [0; 4];
        for pair in pairs.iter().take(used) {
            let letter = self.letter(*pair);
            if letter == UNDEFINED {
                out.truncate(start);
                return false;
            }
            out.extend_from_slice(letter.encode_utf8(&mut buffer).as_bytes());
        }
        rest.is_empty()
    }

    fn letter(&self, pair: [u8; 2]) -> char {
        if pair == SPACE {
            return '\u{3000}';
        }
        place(pair).and_then(|place| self.letters.get(place)).copied().unwrap_or(UNDEFINED)
    }

    /// The code of a character.
    pub fn encode(&self, letter: char) -> Option<[u8; 2]> {
        let codes = self.codes.get_or_init(|| {
            let known = self.letters.iter().enumerate().rev().filter(|(_, letter)| **letter != UNDEFINED);
            let pair = |place: usize| [(place / ROW + LOWEST) as u8, (place % ROW + LOWEST) as u8];
            known.map(|(place, letter)| (*letter, pair(place))).chain([('\u{3000}', SPACE)]).collect()
        });
        codes.get(&letter).copied()
    }
}

/// The place of a code in a table.
fn place(pair: [u8; 2]) -> Option<usize> {
    let [high, low] = pair.map(|byte| usize::from(byte).checked_sub(LOWEST));
    Some(high? * ROW + low?).filter(|_| usize::from(pair[1]) <= HIGHEST)
}

/// The characters of an encoding in its own order.
#[derive(Default)]
struct Order {
    letters: Vec<Option<char>>,
    places: HashMap<char, usize>,
}

impl Order {
    fn new(encoding: &'static Encoding, leads: std::ops::RangeInclusive<u8>) -> Self {
        let mut order = Self::default();
        for lead in leads {
            for trail in 0x40..=HIGHEST as u8 {
                let pair = [lead, trail];
                let text = encoding.decode_without_bom_handling_and_without_replacement(&pair);
                let mut letters = text.iter().flat_map(|text| text.chars());
                let letter = letters.next().filter(|_| letters.next().is_none());
                if let Some(letter) = letter {
                    order.places.entry(letter).or_insert(order.letters.len());
                }
                order.letters.push(letter);
            }
        }
        order
    }

    /// The characters from one on.
    fn from(&self, first: char) -> impl Iterator<Item = char> + '_ {
        let place = self.places.get(&first).copied().unwrap_or(self.letters.len());
        self.letters.get(place..).unwrap_or_default().iter().map(|letter| letter.unwrap_or(UNDEFINED))
    }
}

/// Reads a table as `code-pages/double.py` describes it.
fn letters(text: &str, order: &Order) -> Vec<char> {
    let mut all = vec![UNDEFINED; ROW * ROW];
    let mut fill = |code: &str, letters: &mut dyn Iterator<Item = char>| {
        let code = u16::from_str_radix(code, 16).unwrap_or_default();
        let begin = place(code.to_be_bytes()).unwrap_or(all.len());
        all.iter_mut().skip(begin).zip(letters).for_each(|(slot, letter)| *slot = letter);
    };
    for line in text.lines() {
        let Some((code, rest)) = line.split_once(' ') else { continue };
        let run = rest.split_once(' ').and_then(|(count, first)| {
            let (mark, count) = count.split_at_checked(1)?;
            Some((mark, count.parse::<usize>().ok()?, first.chars().next()?))
        });
        match run {
            Some(("+", count, first)) => fill(code, &mut (first..).take(count)),
            Some((">", count, first)) => fill(code, &mut order.from(first).take(count)),
            _ => fill(code, &mut rest.chars()),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::DoubleByte;

    /// SHA-256 of the characters of the codes `4141` to `FEFE` as UTF-8, first 16 digits, of glibc.
    #[test]
    fn every_table_is_what_glibc_says() {
        for (name, expected) in [
            ("japan", "d4f9407edb7a6ece"),
            ("korea", "3c37529074570a91"),
            ("china", "bee4e3b4b4c1af8a"),
            ("taiwan", "b76da187327f1f47"),
        ] {
            let table = DoubleByte::named(name).unwrap();
            let text: String = table.letters.iter().collect();
            let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
            assert_eq!(crate::file::hexadecimal(&digest.as_ref()[..8]), expected, "{name}");
        }
    }

    #[test]
    fn every_character_comes_back_as_it_was() {
        for name in ["japan", "korea", "china", "taiwan"] {
            let table = DoubleByte::named(name).unwrap();
            for letter in table.letters.iter().filter(|letter| **letter != super::UNDEFINED) {
                let pair = table.encode(*letter).unwrap();
                assert_eq!(table.letter(pair), *letter, "{name}");
            }
        }
    }
}
