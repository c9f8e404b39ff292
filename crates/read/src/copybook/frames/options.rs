//! What the source file says about how the file is divided, and the division that follows from it.

use concordat_record::{Place, Problem};

use super::blocks::{BlockLength, Blocks};
use super::chain::WordForm;
use super::ends::WithoutEnds;
use super::fixed::Fixed;
use super::length_field::{LengthField, LengthText, OTHERWISE};
use super::list_ends::{ListEnds, Lists};
use super::{Block, Descriptors, Division, Frames, Framing, LengthWord, LineEnd, Lines, Window};
use crate::copybook::code_page::Family;
use crate::copybook::layout::Layout;
use crate::copybook::segments::{Families, Segments};
use crate::copybook::values::Machine;
use crate::file::SourceFile;
use crate::pipeline::Cut;
use crate::reader::ReadProgress;
use crate::section::Section;

/// How the file is divided into records.
#[derive(Clone, Debug)]
pub(crate) struct FileOptions {
    format: RecordFormat,
    record_word: LengthWord,
    /// Of blocks; in `FB` only when it was written.
    block_word: LengthWord,
    has_block_word: bool,
    block_length: Option<usize>,
    records_per_block: Option<usize>,
    record_length: Option<usize>,
    length: Option<LengthText>,
    /// Those that records end with, where nothing else tells their lengths.
    lists: Option<Lists>,
    line_end: LineEnd,
    pub(super) window: Window,
    keeps_partial: bool,
    searches: bool,
    header_bytes: u64,
    trailer_bytes: u64,
    pub header: Option<HeaderText>,
    pub trailer: Option<HeaderText>,
    place: Place,
}

/// A record at the beginning or the end of the file: the 01 level that describes it, and of which fields the values go into each row.
#[derive(Clone, Debug)]
pub(crate) struct HeaderText {
    pub record: String,
    pub carry: Vec<String>,
    pub place: Place,
}

/// The lengths of the records at both ends of the file, where it has such records.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ends {
    pub header: Option<usize>,
    pub trailer: Option<usize>,
}

/// How records are divided, by the letters that job control language has for it (RECFM).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum RecordFormat {
    #[default]
    Fixed,
    FixedBlocked,
    Variable,
    VariableBlocked,
    Spanned,
    SpannedBlocked,
    Lines,
}

const RECORD_FORMATS: &[(&str, RecordFormat)] = &[
    ("F", RecordFormat::Fixed),
    ("FB", RecordFormat::FixedBlocked),
    ("V", RecordFormat::Variable),
    ("VB", RecordFormat::VariableBlocked),
    ("VS", RecordFormat::Spanned),
    ("VBS", RecordFormat::SpannedBlocked),
    ("D", RecordFormat::Lines),
];

const LINE_ENDS: &[(&str, LineEnd)] = &[
    ("any", LineEnd::Any),
    ("lf", LineEnd::Lf),
    ("crlf", LineEnd::CrLf),
    ("cr", LineEnd::Cr),
    ("nl", LineEnd::Nl),
    ("none", LineEnd::None),
];

const WORD_FORMS: &[(&str, WordForm)] =
    &[("2+2", WordForm::Ibm), ("2", WordForm::Short), ("4", WordForm::Long)];

impl FileOptions {
    /// Reads the options; notes what is wrong in the section.
    pub fn read(section: &mut Section<'_>) -> Self {
        let size = |section: &mut Section<'_>, key: &str, least: u64| {
            section.number(key, least).and_then(|number| usize::try_from(number).ok())
        };
        let has_block_word = section.has("block_word");
        let defaults = Window::default();
        let options = Self {
            format: section.choice("record_format", RECORD_FORMATS).unwrap_or_default(),
            record_word: length_word(section, "record_word"),
            block_word: length_word(section, "block_word"),
            has_block_word,
            block_length: size(section, "block_length", 1),
            records_per_block: size(section, "records_per_block", 1),
            record_length: size(section, "record_length", 1),
            length: length_text(section),
            lists: None,
            line_end: section.choice("line_end", LINE_ENDS).unwrap_or_default(),
            window: Window {
                prefix: size(section, "record_prefix_bytes", 0).unwrap_or(defaults.prefix),
                suffix: size(section, "record_suffix_bytes", 0).unwrap_or(defaults.suffix),
                least: size(section, "minimum_record_length", 0).unwrap_or(defaults.least),
                most: size(section, "maximum_record_length", 1).unwrap_or(defaults.most),
            },
            keeps_partial: section
                .choice("partial_last_record", &[("reject", false), ("keep", true)])
                .unwrap_or_default(),
            searches: section
                .choice("after_broken_word", &[("stop", false), ("search", true)])
                .unwrap_or_default(),
            header_bytes: section.number("file_header_bytes", 0).unwrap_or_default(),
            trailer_bytes: section.number("file_trailer_bytes", 0).unwrap_or_default(),
            header: header(section, "file_header"),
            trailer: header(section, "file_trailer"),
            place: section.here(),
        };
        options.refuse_contradictions(section);
        options
    }

    /// Whether every record has a length of its own, which the file tells.
    pub fn has_own_lengths(&self) -> bool {
        let is_fixed = matches!(self.format, RecordFormat::Fixed | RecordFormat::FixedBlocked);
        !is_fixed || self.length.is_some()
    }

    /// The same with records that end where their lists do.
    pub fn ending_with(self, lists: Lists) -> Self {
        Self { lists: Some(lists), ..self }
    }

    fn refuse_contradictions(&self, section: &mut Section<'_>) {
        use RecordFormat as Format;
        let is = |formats: &[Format]| formats.contains(&self.format);
        let variable = [Format::Variable, Format::VariableBlocked, Format::Spanned, Format::SpannedBlocked];
        let blocked = [Format::FixedBlocked, Format::VariableBlocked, Format::SpannedBlocked];
        for (key, fits, formats) in [
            ("record_word", is(&variable), "V, VB, VS and VBS"),
            ("after_broken_word", is(&variable), "V, VB, VS and VBS"),
            ("block_word", is(&blocked), "FB, VB and VBS"),
            ("block_length", is(&[Format::FixedBlocked]), "FB"),
            ("records_per_block", is(&[Format::FixedBlocked]), "FB"),
            ("record_length_field", is(&[Format::Fixed]), "F"),
            ("record_lengths", is(&[Format::Fixed]), "F"),
            ("partial_last_record", is(&[Format::Fixed]), "F"),
            ("line_end", is(&[Format::Lines]), "D"),
        ] {
            if section.has(key) && !fits {
                let sentence = format!("`{key}` means something only with the record formats {formats}");
                let place = section.place_of(key);
                section.problems.push(
                    Problem::new("source.needless-option", sentence)
                        .at(place)
                        .advise("remove it, or set `record_format`"),
                );
            }
        }
        if section.has("block_length") && section.has("records_per_block") {
            let sentence = "`block_length` and `records_per_block` say the same: one of them is enough";
            let place = section.place_of("records_per_block");
            section.problems.push(Problem::new("source.needless-option", sentence).at(place));
        }
    }

    /// Divides a file whose records have a layout.
    pub fn cut(
        &self,
        mut file: SourceFile,
        layout: &Layout,
        machine: &Machine,
        ends: Ends,
    ) -> Result<CutFile, Problem> {
        let framing = self.framing(layout, machine)?;
        let around = self.header_bytes.saturating_add(self.trailer_bytes);
        if around > 0 || ends.header.is_some() || ends.trailer.is_some() {
            file.settle_size()?;
        }
        let own = match framing.fixed_length() {
            Some(length) => ends.within(file.size.saturating_sub(around), length),
            None => Ends::default(),
        };
        file.frame(self.header_bytes, self.trailer_bytes.saturating_add(own.trailer.unwrap_or(0) as u64))?;
        let header = own.header.map(|length| header_record(&mut file, length)).transpose()?;
        let header = header.map(|record| record.get(self.window.prefix..).unwrap_or_default().into());
        let is_fixed = framing.fixed_length().is_some();
        let frames = Frames::new(file, framing, self.window).with_header(header);
        let (division, expected) = (frames.division(), frames.expected());
        let mut cut: Box<dyn Cut<Piece = Block>> = Box::new(frames);
        if !is_fixed && (ends.header.is_some() || ends.trailer.is_some()) {
            cut = Box::new(WithoutEnds::new(cut, ends.header.is_some(), ends.trailer.is_some()));
        }
        Ok(CutFile { cut, division, expected, word: self.word() })
    }

    /// See [`CutFile::word`].
    fn word(&self) -> Option<u64> {
        if self.window.around() > 0 {
            return None;
        }
        match self.format {
            RecordFormat::Fixed | RecordFormat::Lines => Some(0),
            RecordFormat::FixedBlocked
                if self.block_length.or(self.records_per_block).is_none() && !self.has_block_word =>
            {
                Some(0)
            }
            RecordFormat::Variable => Some(self.record_word.bytes() as u64),
            _ => None,
        }
    }

    pub(super) fn framing(&self, layout: &Layout, machine: &Machine) -> Result<Box<dyn Framing>, Problem> {
        let descriptors = |block| {
            let all = Descriptors::new(self.record_word, block);
            if self.searches { all.searching() } else { all }
        };
        let whole = || Ok::<usize, Problem>(self.fixed_length(layout)?.saturating_add(self.window.around()));
        let block_word = Some(self.block_word);
        Ok(match self.format {
            RecordFormat::Fixed => match (&self.length, &self.lists) {
                (Some(text), _) => Box::new(LengthField::new(text, layout, machine, self.window.prefix)?),
                (None, Some(lists)) => {
                    Box::new(ListEnds::new(lists.clone(), layout.record_length, self.window))
                }
                (None, None) => {
                    Box::new(Fixed { record_length: whole()?, keeps_partial: self.keeps_partial })
                }
            },
            RecordFormat::FixedBlocked => match self.block(whole()?)? {
                Some(block) => Box::new(Blocks::new(whole()?, block)),
                None => Box::new(Fixed { record_length: whole()?, keeps_partial: false }),
            },
            RecordFormat::Variable => Box::new(descriptors(None)),
            RecordFormat::VariableBlocked => Box::new(descriptors(block_word)),
            RecordFormat::Spanned => Box::new(descriptors(None).spanned()),
            RecordFormat::SpannedBlocked => Box::new(descriptors(block_word).spanned()),
            RecordFormat::Lines if self.line_end == LineEnd::None => {
                Box::new(Fixed { record_length: whole()?, keeps_partial: true })
            }
            RecordFormat::Lines => {
                Box::new(Lines::new(machine.page.family() == Family::Ebcdic, self.line_end))
            }
        })
    }

    /// The blocks of fixed records; none when they stand one behind the other.
    fn block(&self, record_length: usize) -> Result<Option<BlockLength>, Problem> {
        let length = match self.records_per_block {
            Some(records) => Some(records.saturating_mul(record_length)),
            None => self.block_length,
        };
        match length {
            Some(length) if length < record_length => {
                let sentence = format!("`block_length` is {length}, but a record has {record_length} bytes");
                Err(Problem::new("source.block-too-short", sentence)
                    .at(self.place.clone().field("block_length")))
            }
            Some(length) => Ok(Some(BlockLength::Of(length))),
            None => Ok(self.has_block_word.then_some(BlockLength::Behind(self.block_word))),
        }
    }

    fn fixed_length(&self, layout: &Layout) -> Result<usize, Problem> {
        let record_length = self.record_length.unwrap_or(layout.record_length);
        if record_length < layout.record_length {
            let sentence = format!(
                "`record_length` is {record_length}, but the copybook describes {} bytes",
                layout.record_length
            );
            return Err(Problem::new("source.record-too-short", sentence)
                .at(self.place.clone().field("record_length"))
                .advise("leave `record_length` out, or check that this is the right copybook"));
        }
        Ok(record_length)
    }
}

/// A file ready to be divided, with what is known before.
pub(crate) struct CutFile {
    pub cut: Box<dyn Cut<Piece = Block>>,
    pub division: Division,
    pub expected: ReadProgress,
    /// The bytes of the word before each record; none where a record cannot be left out without making something else untrue.
    pub word: Option<u64>,
}

impl CutFile {
    /// Keeps a record without a parent and all that belong to it in one piece.
    pub fn keep_families(self, segments: &Segments) -> Self {
        if !segments.has_families() {
            return self;
        }
        let families = Families::new(self.cut, segments.clone(), self.division.fixed_length);
        Self { cut: Box::new(families), ..self }
    }
}

impl Ends {
    /// The same in a file of fixed records: of their own lengths, or filled up to that of the others, whichever leaves whole records.
    fn within(self, size: u64, record_length: usize) -> Self {
        let left = |ends: Self| {
            let both = ends.header.unwrap_or(0).saturating_add(ends.trailer.unwrap_or(0));
            size.checked_sub(both as u64)
        };
        let filled = Self {
            header: self.header.map(|length| length.max(record_length)),
            trailer: self.trailer.map(|length| length.max(record_length)),
        };
        let is_whole = |ends: Self| left(ends).is_some_and(|left| left.is_multiple_of(record_length as u64));
        if !is_whole(self) && is_whole(filled) { filled } else { self }
    }
}

/// Reads the record that a file begins with.
fn header_record(file: &mut SourceFile, length: usize) -> Result<Vec<u8>, Problem> {
    let mut record = Vec::new();
    let read = file.fill(&mut record, length)?;
    file.decodable = file.decodable.saturating_sub(read as u64);
    if read < length {
        let sentence = format!("the file ends {read} bytes into its first record, which has {length} bytes");
        return Err(Problem::new("read.too-short", sentence).at(Place::file(&file.shown)));
    }
    Ok(record)
}

fn length_word(section: &mut Section<'_>, key: &str) -> LengthWord {
    let mut table = section.section(key);
    let mut word = LengthWord::default();
    if table.is_written() {
        table.refuse_unknown(&["byte_order", "adjustment", "counts_itself", "length_bytes"]);
        word.little_endian =
            table.choice("byte_order", &[("big", false), ("little", true)]).unwrap_or_default();
        word.form = table.choice("length_bytes", WORD_FORMS).unwrap_or_default();
        word.adjustment = table.integer("adjustment").unwrap_or_default();
        if table.flag("counts_itself") == Some(false) {
            word.adjustment = word.adjustment.saturating_add(word.bytes() as i64);
        }
    }
    section.problems.extend(table.problems);
    word
}

fn length_text(section: &mut Section<'_>) -> Option<LengthText> {
    let field = section.text("record_length_field");
    let mut table = section.section("record_lengths");
    let mut lengths = Vec::new();
    for key in table.keys() {
        let length = table.number(&key.value, 1).and_then(|length| usize::try_from(length).ok());
        lengths.extend(length.map(|length| (key.value, length)));
    }
    if table.is_written() && field.is_none() {
        let sentence = "`record_lengths` needs `record_length_field`: the field whose values it lists";
        table.problems.push(
            Problem::new("source.missing-key", sentence)
                .at(table.here())
                .advise(format!("`{OTHERWISE}` in the table stands for all other values")),
        );
    }
    section.problems.extend(table.problems);
    field.map(|field| LengthText { field: field.value, table: lengths, place: field.place })
}

fn header(section: &mut Section<'_>, key: &str) -> Option<HeaderText> {
    let mut table = section.section(key);
    let mut header = None;
    if table.is_written() {
        // The trailer is read after the rows, so nothing of it can go into them.
        let known: &[&str] = if key == "file_header" { &["record", "carry"] } else { &["record"] };
        table.refuse_unknown(known);
        let record = table.required_text("record", "the 01 level that describes it");
        let carry = table.texts("carry").map(|texts| texts.value).unwrap_or_default();
        header = record.map(|record| HeaderText { record: record.value, carry, place: record.place });
    }
    section.problems.extend(table.problems);
    header
}
