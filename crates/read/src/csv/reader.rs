//! Walks a file of delimited text, record by record, into columns.

use std::borrow::Cow;

use arrow::datatypes::{Field, SchemaRef};
use concordat_record::{Place, Problem, nearest};
use encoding_rs::Encoding;

use super::split::{Broken, Found, Marks, Piece, Splitter};
use super::text::Text;
use crate::file::SourceFile;
use crate::names::{snake_case, unique_names};
use crate::reader::{
    BATCH_RECORDS, ReadBatch, ReadProgress, Reader, Reject, batch_with_origin, schema_with_origin,
};
use crate::section::Written;
use crate::types::{Builder, Type};

/// How one file is to be read.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub marks: Marks,
    pub encoding: &'static Encoding,
    pub header: bool,
    pub columns: Option<Vec<String>>,
    pub skip_lines: u64,
    pub trim: bool,
    pub nulls: Vec<String>,
    pub types: Vec<(Written<String>, Type)>,
    pub longest: usize,
}

/// A batch ends at the first record after this many bytes.
const BATCH_BYTES: usize = 8 << 20;

/// Reads records of delimited text.
pub(crate) struct CsvReader {
    text: Text,
    splitter: Splitter,
    settings: Settings,
    /// The names of the columns as in the file, for problems.
    names: Vec<String>,
    types: Vec<Type>,
    schema: SchemaRef,
    next_number: u64,
    progress: ReadProgress,
    pieces: Vec<Piece>,
}

/// A record of the file: a line, or several when a field in quotation marks holds line ends.
struct Line {
    begin: usize,
    next: usize,
    broken: Option<Broken>,
}

impl CsvReader {
    pub fn open(file: SourceFile, settings: Settings) -> Result<Self, Problem> {
        let splitter = Splitter::new(settings.marks, settings.longest);
        let progress = ReadProgress { total_bytes: Some(file.size), ..ReadProgress::default() };
        let mut reader = Self {
            text: Text::new(file, settings.encoding)?,
            splitter,
            settings,
            names: Vec::new(),
            types: Vec::new(),
            schema: schema_with_origin([]),
            next_number: 1,
            progress,
            pieces: Vec::new(),
        };
        reader.skip_lines()?;
        reader.read_names()?;
        reader.apply_types()?;
        Ok(reader)
    }

    fn skip_lines(&mut self) -> Result<(), Problem> {
        for _ in 0..self.settings.skip_lines {
            loop {
                let rest = self.text.rest();
                if let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                    self.text.advance(end + 1);
                    break;
                }
                let length = rest.len();
                if self.text.more()? {
                    continue;
                }
                self.text.advance(length);
                break;
            }
        }
        Ok(())
    }

    /// The names from the options, from the first record, or made up.
    fn read_names(&mut self) -> Result<(), Problem> {
        let line = self.line()?;
        let first: Vec<String> = self.pieces.iter().map(|piece| self.piece_text(*piece)).collect();
        let file = self.text.shown().to_owned();
        let Some(line) = line else {
            return match &self.settings.columns {
                Some(columns) => {
                    self.names.clone_from(columns);
                    Ok(())
                }
                None => Err(Problem::new("csv.empty", "the file is empty, so it has no columns")
                    .at(Place::file(file))
                    .advise("if it may be empty, name its columns with `columns = [\"…\"]`")),
            };
        };
        if self.settings.header {
            if line.broken.is_some() {
                return Err(Problem::new(
                    "csv.broken-header",
                    "the header has a quotation mark that does not close",
                )
                .at(Place::file(file).line(1 + self.settings.skip_lines))
                .advise("check `quote`, or set `header = false` and name the columns with `columns`"));
            }
            self.check_delimiter(&first)?;
            self.text.advance(line.next - line.begin);
        }
        self.names = match &self.settings.columns {
            Some(columns) => columns.clone(),
            None if self.settings.header => first,
            None => (1..=first.len()).map(|number| format!("column_{number}")).collect(),
        };
        Ok(())
    }

    /// One column that holds another usual delimiter is the wrong delimiter.
    fn check_delimiter(&self, header: &[String]) -> Result<(), Problem> {
        let [single] = header else { return Ok(()) };
        let other = [';', ',', '\t', '|'].into_iter().find(|mark| single.contains(*mark));
        let Some(other) = other else { return Ok(()) };
        let sentence = format!("the header has one column only, and `{}` in it", other.escape_default());
        Err(Problem::new("csv.wrong-delimiter", sentence)
            .at(Place::file(self.text.shown()).line(1 + self.settings.skip_lines))
            .advise(format!("set `delimiter = \"{}\"`", other.escape_default())))
    }

    fn apply_types(&mut self) -> Result<(), Problem> {
        self.types = vec![Type::Text; self.names.len()];
        let chains: Vec<Vec<&str>> = self.names.iter().map(|name| vec![name.as_str()]).collect();
        let columns = unique_names(&chains);
        for (column, of) in &self.settings.types {
            let wanted = snake_case(&column.value);
            let Some(index) = columns.iter().position(|name| *name == wanted) else {
                let sentence = format!("the file has no column `{}` to give a type to", column.value);
                let problem = Problem::new("csv.unknown-column", sentence).at(column.place.clone());
                return Err(match nearest(&wanted, columns.iter().map(String::as_str)) {
                    Some(near) => problem.advise(format!("did you mean `{near}`?")),
                    None => problem.advise(format!("its columns are {}", columns.join(", "))),
                });
            };
            self.types[index] = of.clone();
        }
        let fields =
            columns.into_iter().zip(&self.types).map(|(name, of)| Field::new(name, of.data_type(), true));
        self.schema = schema_with_origin(fields);
        Ok(())
    }

    /// Finds the next record; its fields are in `pieces`. None at the end of the file.
    fn line(&mut self) -> Result<Option<Line>, Problem> {
        loop {
            let (buffer, begin, last) = self.text.view();
            if begin >= buffer.len() {
                if last {
                    self.pieces.clear();
                    return Ok(None);
                }
                self.text.more()?;
                continue;
            }
            let mut found = self.splitter.record(buffer, begin, last, &mut self.pieces);
            // A wrong number of fields over several lines: a quotation mark has joined lines that do not belong together.
            if let Found::Record { next } = found
                && !self.names.is_empty()
                && !self.right_width(buffer)
                && buffer.get(begin..next.saturating_sub(1)).is_some_and(|record| record.contains(&b'\n'))
            {
                found = self.splitter.broken(buffer, begin, last, Broken::OpenQuote);
            }
            match found {
                Found::Record { next } => return Ok(Some(Line { begin, next, broken: None })),
                Found::Broken { next, why } => return Ok(Some(Line { begin, next, broken: Some(why) })),
                Found::More => {
                    self.text.more()?;
                }
            }
        }
    }

    /// Whether the record has a field for each column; empty ones too many are passed over.
    fn right_width(&self, buffer: &[u8]) -> bool {
        let columns = self.names.len();
        let is_blank =
            |piece: &Piece| buffer.get(piece.begin..piece.end).is_some_and(|raw| raw.trim_ascii().is_empty());
        self.pieces.len() == columns
            || (self.pieces.len() > columns && self.pieces.iter().skip(columns).all(is_blank))
    }

    /// Adds the fields of a record to the columns, or says what is wrong with it.
    fn append(&self, line: &Line, builders: &mut [Builder]) -> Result<(), (Problem, Option<usize>)> {
        let (buffer, ..) = self.text.view();
        if let Some(why) = line.broken {
            return Err((broken(why), None));
        }
        if !self.right_width(buffer) {
            let sentence = format!(
                "the record has {} fields, but there are {} columns",
                self.pieces.len(),
                self.names.len()
            );
            let problem = Problem::new("csv.wrong-width", sentence);
            return Err((problem.advise("look for a delimiter in a value without quotation marks"), None));
        }
        let record = buffer.get(line.begin..line.next).unwrap_or_default();
        let plain = record.is_ascii() || (self.text.is_utf8() && std::str::from_utf8(record).is_ok());
        if !plain && self.text.is_utf8() {
            let sentence = "the record holds bytes that are not UTF-8";
            let advice = "set `encoding`, for example to \"windows-1252\"";
            return Err((Problem::new("csv.not-in-encoding", sentence).advise(advice), None));
        }
        for (index, (piece, builder)) in self.pieces.iter().zip(builders).enumerate() {
            let scratch;
            let mut value = buffer.get(piece.begin..piece.end).unwrap_or_default();
            if piece.doubled || !plain {
                let decoded = self.text.decoded(value, plain);
                let decoded =
                    decoded.ok_or_else(|| (not_in_encoding(self.settings.encoding), Some(index)))?;
                scratch = if piece.doubled { self.undoubled(&decoded) } else { decoded.into_owned() };
                value = &scratch;
            }
            if self.settings.trim {
                value = value.trim_ascii();
            }
            if value.is_empty() || self.settings.nulls.iter().any(|null| null.as_bytes() == value) {
                builder.push_null();
            } else if !builder.push(value) {
                let of = self.types.get(index).map(Type::written).unwrap_or_default();
                return Err((
                    Problem::new("csv.wrong-type", format!("the value is not of type {of}")),
                    Some(index),
                ));
            }
        }
        Ok(())
    }

    /// A value with every doubled quotation mark single.
    fn undoubled(&self, raw: &[u8]) -> Vec<u8> {
        let quote = self.settings.marks.quote.unwrap_or_default();
        let mut out = Vec::with_capacity(raw.len());
        let mut bytes = raw.iter().copied().peekable();
        while let Some(byte) = bytes.next() {
            out.push(byte);
            if byte == quote {
                bytes.next_if_eq(&quote);
            }
        }
        out
    }

    fn piece_text(&self, piece: Piece) -> String {
        let (buffer, ..) = self.text.view();
        let raw = buffer.get(piece.begin..piece.end).unwrap_or_default();
        let raw = if piece.doubled { Cow::Owned(self.undoubled(raw)) } else { Cow::Borrowed(raw) };
        let decoded = self.text.decoded(&raw, false).unwrap_or_default();
        String::from_utf8_lossy(&decoded).trim().to_owned()
    }

    fn reject(&self, line: &Line, problem: Problem, column: Option<usize>) -> Reject {
        let byte_offset = self.text.offset();
        let place = Place::file(self.text.shown()).record(self.next_number).byte(byte_offset);
        let place = match column.and_then(|index| self.names.get(index)) {
            Some(name) => place.field(name.as_str()),
            None => place,
        };
        let (buffer, ..) = self.text.view();
        Reject {
            problem: problem.at(place),
            record_number: self.next_number,
            byte_offset: Some(byte_offset),
            raw: self.text.raw(buffer.get(line.begin..line.next).unwrap_or_default()),
        }
    }

    /// Whether a line is empty where records have several fields.
    fn is_blank(&self, line: &Line) -> bool {
        let empty = matches!(self.pieces.as_slice(), [piece] if piece.begin == piece.end && !piece.quoted);
        line.broken.is_none() && empty && self.names.len() > 1
    }

    /// When most of the first records have another width, the dialect is wrong, not the records.
    fn judge(&self, records: usize, rejects: &[Reject]) -> Result<(), Problem> {
        const FEW_REJECTS: usize = 10;
        let all = rejects.len() > 1 && rejects.len() == records;
        let most = rejects.len() >= FEW_REJECTS && rejects.len() * 2 > records;
        if !all && !most {
            return Ok(());
        }
        let first = rejects.first().map(|reject| reject.problem.sentence.clone()).unwrap_or_default();
        let sentence = format!(
            "{} of the first {records} records are rejected; of the first one: {first}",
            rejects.len()
        );
        Err(Problem::new("csv.wrong-dialect", sentence)
            .at(Place::file(self.text.shown()))
            .advise("check `delimiter`, `quote`, `encoding`, `skip_lines` and `types`; `concordat inspect` proposes them"))
    }

    fn read_batch(&mut self) -> Result<Option<ReadBatch>, Problem> {
        let mut builders: Vec<Builder> = self.types.iter().map(|of| of.builder(BATCH_RECORDS)).collect();
        let (mut numbers, mut offsets, mut rejects) = (Vec::new(), Vec::new(), Vec::new());
        let first_number = self.next_number;
        let mut bytes = 0;
        while numbers.len() + rejects.len() < BATCH_RECORDS && bytes < BATCH_BYTES {
            let Some(line) = self.line()? else { break };
            let length = line.next - line.begin;
            bytes += length;
            if self.is_blank(&line) {
                self.text.advance(length);
                continue;
            }
            match self.append(&line, &mut builders) {
                Ok(()) => {
                    numbers.push(self.next_number);
                    offsets.push(self.text.offset());
                }
                Err((problem, column)) => {
                    for builder in &mut builders {
                        builder.truncate(numbers.len());
                    }
                    rejects.push(self.reject(&line, problem, column));
                }
            }
            self.next_number += 1;
            self.text.advance(length);
        }
        let records = numbers.len() + rejects.len();
        if records == 0 {
            return Ok(None);
        }
        if first_number == 1 {
            self.judge(records, &rejects)?;
        }
        self.progress.records += records as u64;
        self.progress.rejected += rejects.len() as u64;
        let columns = builders.into_iter().map(Builder::finish).collect();
        let batch = batch_with_origin(&self.schema, columns, numbers, Some(offsets))?;
        Ok(Some(ReadBatch { batch, rejects }))
    }
}

fn broken(why: Broken) -> Problem {
    let (sentence, advice) = match why {
        Broken::TextAfterQuote => (
            "text follows a closing quotation mark",
            "a quotation mark within a value is written twice; check `quote` if it means nothing here",
        ),
        Broken::OpenQuote => (
            "a quotation mark opens a value and does not close it",
            "close it, or set `quote = \"\"` if quotation marks mean nothing here",
        ),
        Broken::TooLong => {
            ("the record is longer than `max_record_bytes`", "raise `max_record_bytes` if that is right")
        }
    };
    Problem::new("csv.broken-record", sentence).advise(advice)
}

fn not_in_encoding(encoding: &'static Encoding) -> Problem {
    Problem::new("csv.not-in-encoding", format!("the value holds bytes that are not {}", encoding.name()))
        .advise("check `encoding`")
}

impl Reader for CsvReader {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn next(&mut self) -> Result<Option<ReadBatch>, Problem> {
        let batch = self.read_batch()?;
        self.progress.bytes_read = self.text.offset();
        Ok(batch)
    }

    fn progress(&self) -> ReadProgress {
        self.progress
    }

    fn digest(&mut self) -> Result<String, Problem> {
        self.text.digest()
    }
}
