//! The kind `fixed-width`: reads its options and opens its files.

use std::sync::Arc;

use arrow::datatypes::DataType;
use concordat_record::{Place, Problem, Problems};

use super::decode::{Decoder, Lengths, Output, outputs, schema};
use super::infer::recognise;
use super::layout::{Layout, Role, Trim};
use super::options::{OPTIONS, TRIMS, WrittenLayout};
use super::propose::propose;
use super::sheets::{Sheet, Sheets, Sorting};
use super::values::Coding;
use crate::control::{Board, Controlled, Subject};
use crate::copybook::frames::{Block, Fixed, Frames, Framing, LineEnd, Lines, Window};
use crate::copybook::{CodePage, Family};
use crate::file::SourceFile;
use crate::kinds::{Kind, Lies, Location, Open};
use crate::names::unique_names;
use crate::pipeline::{Decode as _, Pipeline};
use crate::reader::{RawRecord, ReadBatch, Reader};
use crate::section::Section;
use crate::types::Spelling;
use crate::wanted::Wanted;

/// Text with columns at positions.
pub(crate) const KIND: Kind = Kind {
    name: "fixed-width",
    meaning: "text with columns at positions, described by a layout table",
    lies: Lies::InAFile,
    options: OPTIONS,
    recognise,
    propose,
    configure,
};

/// The options of one source.
#[derive(Clone, Debug)]
struct FixedWidthOptions {
    layout: WrittenLayout,
    page: Arc<CodePage>,
    counts_letters: bool,
    record_length: Option<usize>,
    line_end: LineEnd,
    lengths: Lengths,
    skip_lines: u64,
    skip_unknown: bool,
    only: Vec<String>,
    trim: Trim,
    nulls: Vec<String>,
    spelling: Spelling,
}

/// The longest record without a line end.
const LONGEST_RECORD: u64 = 1 << 20;

fn configure(section: &mut Section<'_>) -> Option<Box<dyn Open>> {
    let page = match section.text("encoding") {
        None => section.problems.keep(CodePage::named("utf-8")),
        Some(written) => section
            .problems
            .keep(CodePage::named(&written.value).map_err(|problem| problem.at(written.place))),
    };
    let line_ends = [
        ("any", LineEnd::Any),
        ("lf", LineEnd::Lf),
        ("crlf", LineEnd::CrLf),
        ("cr", LineEnd::Cr),
        ("nl", LineEnd::Nl),
    ];
    let lengths = Lengths {
        rejects_short: section.choice("short_records", &[("pad", false), ("reject", true)]).unwrap_or(false),
        rejects_long: section.choice("long_records", &[("cut", false), ("reject", true)]).unwrap_or(false),
    };
    Some(Box::new(FixedWidthOptions {
        layout: WrittenLayout::read(section),
        counts_letters: section.choice("positions", &[("letters", true), ("bytes", false)]).unwrap_or(true),
        record_length: section.number("record_length", 1).map(|length| length.min(LONGEST_RECORD) as usize),
        line_end: section.choice("line_end", &line_ends).unwrap_or_default(),
        lengths,
        skip_lines: section.number("skip_lines", 0).unwrap_or(0),
        skip_unknown: section
            .choice("unknown_records", &[("reject", false), ("skip", true)])
            .unwrap_or(false),
        only: section.texts("only").map(|only| only.value).unwrap_or_default(),
        trim: section.choice("trim", &TRIMS).unwrap_or_default(),
        nulls: section.texts("null").map(|nulls| nulls.value).unwrap_or_default(),
        spelling: Spelling::read(section),
        page: Arc::new(page?),
    }))
}

impl Open for FixedWidthOptions {
    fn open(&self, at: &Location, wanted: &Wanted) -> Result<Box<dyn Reader>, Problem> {
        let layout = self.layout(at).map_err(first)?;
        let mut subjects: Vec<Subject> =
            layout.types.iter().flat_map(|of| &of.totals).map(|total| total.subject.clone()).collect();
        if !self.only.is_empty() {
            // Totals are about all rows.
            subjects.clear();
        }
        // What is added up has to be read, wanted or not.
        let summed =
            |name: &str| subjects.iter().any(|subject| *subject == Subject::Sum { column: name.into() });
        let decoder = self.decoder(layout, at, &|name| wanted.needs(name) || summed(name));
        let file = SourceFile::open(at)?;
        let shown = file.shown.clone();
        let frames = Frames::new(file, self.framing(), Window::default());
        let expected = frames.expected();
        let board = Board::default();
        let sheets = Sheets::new(frames, decoder.sorting.clone(), &shown, board.clone(), self.skip_lines);
        let reader = Box::new(Pipeline::new(decoder.schema.clone(), expected, sheets, decoder));
        if subjects.is_empty() {
            return Ok(reader);
        }
        Ok(Box::new(Controlled::new(reader, board, &subjects, &shown)?))
    }

    fn again(&self, at: &Location, records: &[RawRecord]) -> Result<Option<Vec<ReadBatch>>, Problem> {
        let layout = self.layout(at).map_err(first)?;
        if layout.types.iter().any(|of| of.role == Role::Header) {
            // The header that a record stood under is not in its bytes.
            return Ok(None);
        }
        let decoder = self.decoder(layout, at, &|_| true);
        let one = |record: &RawRecord| decoder.decode(Sheet::alone(Block::alone(record), &decoder.sorting));
        records.iter().map(one).collect::<Result<_, _>>().map(Some)
    }

    fn check(&self, at: &Location) -> Problems {
        match self.layout(at) {
            Ok(_) => self.open(at, &Wanted::default()).map_or_else(Problems::from, |_| Problems::none()),
            Err(problems) => problems,
        }
    }
}

impl FixedWidthOptions {
    fn layout(&self, at: &Location) -> Result<Arc<Layout>, Problems> {
        let layout = self.layout.resolve(&at.base)?;
        let problems = layout.check(&Place::file(&at.path));
        problems.or(Arc::new(layout))
    }

    fn framing(&self) -> Box<dyn Framing> {
        match self.record_length {
            Some(record_length) => Box::new(Fixed { record_length, keeps_partial: false }),
            None => Box::new(Lines::new(self.page.family() == Family::Ebcdic, self.line_end)),
        }
    }

    fn decoder(&self, layout: Arc<Layout>, at: &Location, is_wanted: &dyn Fn(&str) -> bool) -> Decoder {
        let sorting = Sorting::new(layout, self.page.clone(), &self.only, self.skip_unknown);
        let all = outputs(&sorting, &|column| Coding::new(column, &self.page, self.trim, &self.nulls));
        let chains: Vec<Vec<&str>> = all.iter().map(|(name, ..)| vec![name.as_str()]).collect();
        let names = unique_names(&chains);
        let mut fields: Vec<(String, DataType)> = Vec::new();
        let mut outputs = Vec::new();
        for ((_, of, from), name) in all.into_iter().zip(names) {
            if is_wanted(&name) {
                fields.push((name.clone(), of));
                outputs.push(Output { name, from });
            }
        }
        Decoder {
            outputs,
            schema: schema(&fields),
            sorting,
            spelling: self.spelling.clone(),
            lengths: self.lengths,
            counts_letters: self.counts_letters && self.page.name() == "utf-8",
            fixed_length: self.record_length,
            shown: at.path.clone(),
        }
    }
}

/// The first of several problems; `concordat check` shows all of them.
fn first(problems: Problems) -> Problem {
    let none = || Problem::new("fixed-width.no-columns", "no column is described");
    problems.into_iter().next().unwrap_or_else(none)
}
