//! What a table says of itself: version, number of records, fields, language.

use concordat_record::{Place, Problem};

use super::fields::{self, Field};
use super::geometry::{self, Geometry};

/// The generation of the format: what the header looks like, and some field types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Generation {
    /// dBase II.
    Two,
    /// dBase III to 5, Clipper, `FoxBASE`, `FoxPro` 2.
    Three,
    /// Visual `FoxPro`.
    VisualFoxPro,
    /// dBase 7 (Visual dBase).
    Seven,
}

/// A table, without its records.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub version: u8,
    pub generation: Generation,
    pub fields: Vec<Field>,
    /// How many records the header counts.
    pub counted: u64,
    /// The code page, as a number of dBase's list; 0 when it is not said.
    pub language: u8,
    /// dBase 7 names its language driver.
    pub driver: String,
    pub geometry: Geometry,
}

/// The longest header: its length is a 16-bit number.
pub(crate) const LONGEST: usize = 1 << 16;

/// Versions with what wrote them.
const VERSIONS: [(u8, Generation, &str); 24] = [
    (0x02, Generation::Two, "dBase II"),
    (0x03, Generation::Three, "dBase III"),
    (0x04, Generation::Three, "dBase IV or 7"),
    (0x05, Generation::Three, "dBase 5"),
    (0x07, Generation::Three, "Visual Objects"),
    (0x30, Generation::VisualFoxPro, "Visual FoxPro"),
    (0x31, Generation::VisualFoxPro, "Visual FoxPro, with counting fields"),
    (0x32, Generation::VisualFoxPro, "Visual FoxPro, with varying fields"),
    (0x43, Generation::Three, "dBase IV, SQL table"),
    (0x63, Generation::Three, "dBase IV, SQL system table"),
    (0x7b, Generation::Three, "dBase IV with memos"),
    (0x83, Generation::Three, "dBase III with memos"),
    (0x87, Generation::Three, "Visual Objects with memos"),
    (0x8b, Generation::Three, "dBase IV with memos"),
    (0x8c, Generation::Seven, "dBase 7 with memos"),
    (0x8e, Generation::Three, "dBase IV, SQL table with memos"),
    (0xb3, Generation::Three, "FlagShip with memos"),
    (0xcb, Generation::Three, "dBase IV, SQL table with memos"),
    (0xe5, Generation::Three, "Clipper SIX with memos"),
    (0xeb, Generation::Three, "dBase IV, SQL system table with memos"),
    (0xee, Generation::Three, "dBase IV, SQL system table with memos"),
    (0xf5, Generation::Three, "FoxPro 2 with memos"),
    (0xf6, Generation::Three, "FoxPro 2 with memos"),
    (0xfb, Generation::Three, "FoxBASE"),
];

impl Header {
    /// What wrote the table.
    pub fn written_by(&self) -> &'static str {
        match (self.version, self.generation) {
            (0x04, Generation::Seven) => "dBase 7",
            (0x04, _) => "dBase IV",
            (version, _) => known(version).map_or("an unknown version of dBase", |(.., name)| *name),
        }
    }

    /// Reads the header at the beginning of a file; `beginning` has some records as well, if there are any.
    pub fn parse(beginning: &[u8], size: u64, shown: &str) -> Result<Self, Problem> {
        let problem =
            |code: &'static str, sentence: String| Problem::new(code, sentence).at(Place::file(shown));
        let no_table = || {
            problem("dbase.no-table", format!("`{shown}` is not a table of dBase: {}", no_version(beginning)))
                .advise("check `kind` and `path`; `concordat inspect` tells what the file is")
        };
        let &[version, ..] = beginning else { return Err(no_table()) };
        let Some((_, likely, _)) = known(version) else { return Err(no_table()) };
        if *likely != Generation::Two && number(beginning, 15, 1) == 1 {
            let sentence = "the table is encrypted".to_owned();
            return Err(problem("dbase.encrypted", sentence).advise("export it again without protection"));
        }
        let is_two = *likely == Generation::Two;
        let (declared_first, declared_length) = if is_two {
            (521, number(beginning, 6, 2))
        } else {
            (number(beginning, 8, 2), number(beginning, 10, 2))
        };
        let Some((generation, fields, list_end)) = fields_of(beginning, *likely, declared_length) else {
            let sentence = "the header describes no fields".to_owned();
            return Err(
                problem("dbase.no-fields", sentence).advise("the file seems to be damaged, or no table")
            );
        };
        let declared = geometry::Declared {
            first_record: declared_first,
            record_length: declared_length,
            fields_end: list_end,
            fields_length: 1 + fields.iter().map(|field| field.length).sum::<usize>(),
            is_visual: generation == Generation::VisualFoxPro,
        };
        let geometry =
            geometry::settle(&declared, beginning, size).map_err(|found| found.at(Place::file(shown)))?;
        Ok(Self {
            version,
            generation,
            fields,
            counted: (if is_two { number(beginning, 1, 2) } else { number(beginning, 4, 4) }) as u64,
            language: if is_two { 0 } else { beginning.get(29).copied().unwrap_or_default() },
            driver: if generation == Generation::Seven { driver(beginning) } else { String::new() },
            geometry,
        })
    }
}

fn known(version: u8) -> Option<&'static (u8, Generation, &'static str)> {
    VERSIONS.iter().find(|(known, ..)| *known == version)
}

fn no_version(beginning: &[u8]) -> String {
    match beginning.first() {
        Some(byte) => format!("no version begins with {byte:02x}"),
        None => "it is empty".into(),
    }
}

/// The first reading of the fields that fills a record as the header has it; else the first that has fields at all.
fn fields_of(
    header: &[u8],
    likely: Generation,
    record_length: usize,
) -> Option<(Generation, Vec<Field>, usize)> {
    let others: &[Generation] = match likely {
        Generation::Three => &[Generation::Three, Generation::Seven],
        Generation::Seven => &[Generation::Seven, Generation::Three],
        Generation::Two => &[Generation::Two],
        Generation::VisualFoxPro => &[Generation::VisualFoxPro],
    };
    let mut first = None;
    for generation in others {
        for long_texts in [true, false] {
            let (fields, end) = fields::parse(header, *generation, long_texts);
            let length = 1 + fields.iter().map(|field| field.length).sum::<usize>();
            if fields.is_empty() || !fields.iter().all(|field| field.letter.is_ascii_graphic()) {
                continue;
            }
            if length == record_length {
                return Some((*generation, fields, end));
            }
            first.get_or_insert((*generation, fields, end));
        }
    }
    first
}

/// The name of dBase 7's language driver.
fn driver(header: &[u8]) -> String {
    let name = header.get(32..64).unwrap_or_default();
    let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(name).trim().to_owned()
}

/// A whole number of up to four bytes, lowest first; what lies behind the end counts as zero.
fn number(bytes: &[u8], at: usize, length: usize) -> usize {
    let bytes = bytes.get(at..).unwrap_or_default().iter().take(length);
    bytes.rev().fold(0, |value, byte| value << 8 | usize::from(*byte))
}
