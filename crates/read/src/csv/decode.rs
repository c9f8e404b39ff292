//! Decodes pieces of whole records into columns.
//!
//! The fields of some hundred records are found first, and then decoded column by column: what is looked at stays near, and each column
//! has its own tight loop. Records that do not decode are taken out at the end.

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{Field, SchemaRef};
use concordat_record::{Place, Problem};

use super::cut::{Lines, is_empty};
use super::fault;
use super::numbered::renumber;
use super::scan::{Broken, Found, Piece, Scanner, fits};
use super::settings::{Ragged, Settings};
use super::trailer;
use crate::control::Board;
use crate::pipeline::Decode;
use crate::reader::{RawRecord, ReadBatch, Reject, batch_with_origin, schema_with_origin, without_faulty};
use crate::types::{Builder, Type};

/// How many records are decoded column by column.
const ROWS: usize = 256;
/// Bytes that a field usually takes, its delimiter included.
const USUAL_FIELD: usize = 6;
/// Of a rejected record, so many bytes are kept.
const MOST_RAW: usize = 64 << 10;

/// A column of the file that is wanted.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    /// Which field of a record it is, from zero.
    pub index: usize,
    /// Its name, as SQL reads it.
    pub name: String,
    pub of: Type,
}

/// Decodes pieces; knows nothing of what comes before them, so the numbers of records begin with one in each.
pub(crate) struct Decoder {
    pub settings: Settings,
    pub scanner: Scanner,
    pub columns: Vec<Column>,
    /// The names of all columns as the file has them, for problems.
    pub names: Vec<String>,
    pub schema: SchemaRef,
    /// The path as the source file has it.
    pub shown: String,
    pub board: Board,
}

/// Why a record is no row, and in which of the wanted columns.
type Fault = (Problem, Option<usize>);

/// A piece being decoded.
struct Work<'a> {
    decoder: &'a Decoder,
    lines: &'a Lines,
    /// Whether all of it is ASCII, or valid UTF-8 where the file is: then it is not looked at again.
    is_sound: bool,
    is_ascii: bool,
    builders: Vec<Builder>,
    /// The fields of the records under way, so many for each.
    fields: Vec<Piece>,
    /// Values that had to be rewritten.
    rewritten: Vec<u8>,
    /// Where each good record begins in the text.
    starts: Vec<usize>,
    numbers: Vec<u64>,
    /// The rows, of those in `starts`, with a value of the wrong type, and the first column of it.
    misfits: Vec<Option<usize>>,
    rejects: Vec<(usize, usize, u64, Fault)>,
    /// Records so far.
    records: u64,
}

impl Decode<Lines> for Decoder {
    fn records(&self, lines: &Lines) -> u64 {
        let mut work = Work::new(self, lines, Vec::new());
        work.run();
        work.records
    }

    fn decode(&self, lines: Lines) -> Result<ReadBatch, Problem> {
        let rows = lines.text.len() / (USUAL_FIELD * self.width() + 1) + 1;
        let builder = |column: &Column| Builder::new(&column.of, rows, &self.settings.spelling);
        let mut work = Work::new(self, &lines, self.columns.iter().map(builder).collect());
        work.run();
        work.finish()
    }
}

impl Decoder {
    /// The schema of the wanted columns.
    pub fn schema_of(columns: &[Column]) -> SchemaRef {
        schema_with_origin(columns.iter().map(|column| Field::new(&column.name, column.of.data_type(), true)))
    }

    /// Decodes a record that was rejected before. Bytes that are no longer exactly one record stay rejected.
    pub fn again(&self, record: &RawRecord) -> Result<ReadBatch, Problem> {
        let byte_offset = record.byte_offset.unwrap_or_default();
        let text = self.settings.coding.scanned(&record.bytes);
        let lines = Lines { text, byte_offset, is_endless: false };
        let mut read = self.decode(lines)?;
        if read.batch.num_rows() + read.rejects.len() == 1 {
            renumber(&mut read, record.record_number.saturating_sub(1))?;
            return Ok(read);
        }
        let place = Place::file(&self.shown).record(record.record_number).byte(byte_offset);
        let problem = Problem::new("csv.not-one-record", "the bytes are not one record").at(place);
        let reject = Reject {
            problem: problem.advise("run `concordat refresh`, which divides the file anew"),
            record_number: record.record_number,
            byte_offset: record.byte_offset,
            raw: record.bytes.clone(),
        };
        Ok(ReadBatch { batch: RecordBatch::new_empty(self.schema.clone()), rejects: vec![reject] })
    }

    /// How many fields a record has.
    fn width(&self) -> usize {
        self.names.len()
    }
}

impl<'a> Work<'a> {
    fn new(decoder: &'a Decoder, lines: &'a Lines, builders: Vec<Builder>) -> Self {
        let is_ascii = lines.text.is_ascii();
        let is_utf8 = || decoder.settings.coding.is_utf8() && std::str::from_utf8(&lines.text).is_ok();
        Self {
            decoder,
            lines,
            is_sound: is_ascii || is_utf8(),
            is_ascii,
            builders,
            fields: Vec::with_capacity(ROWS * decoder.width()),
            rewritten: Vec::new(),
            starts: Vec::new(),
            numbers: Vec::new(),
            misfits: Vec::new(),
            rejects: Vec::new(),
            records: 0,
        }
    }

    fn run(&mut self) {
        if self.lines.is_endless {
            self.reject(0, self.lines.text.len(), (fault::broken(Broken::TooLong), None));
            return;
        }
        let mut at = 0;
        while at < self.lines.text.len() {
            at = self.record(at);
            if self.fields.len() >= ROWS * self.decoder.width() {
                self.decode_fields();
            }
        }
        self.decode_fields();
    }

    /// Adds the fields of the record at a place to those under way, or says what is wrong with it; gives where the next one begins.
    #[inline]
    fn record(&mut self, at: usize) -> usize {
        let text = self.lines.text.as_slice();
        if let Some(rule) = &self.decoder.settings.trailer
            && text.get(at..).is_some_and(|rest| rest.starts_with(&rule.begins_with))
        {
            return self.trailer(at, rule);
        }
        let before = self.fields.len();
        match self.decoder.scanner.record(text, at, true, &mut self.fields) {
            Found::Record { next } => {
                if self.is_nothing(before, at, next) {
                    self.fields.truncate(before);
                    return next;
                }
                match self.settle(before, at, next) {
                    Ok(()) => {
                        self.records += 1;
                        self.starts.push(at);
                        self.numbers.push(self.records);
                        self.misfits.push(None);
                    }
                    Err(fault) => {
                        self.fields.truncate(before);
                        self.reject(at, next, fault);
                    }
                }
                next
            }
            Found::Broken { next, why } => {
                self.fields.truncate(before);
                self.reject(at, next, (fault::broken(why), None));
                next
            }
            Found::Comment { next } => next,
            // Cannot be in whole records; whatever it is, it is not lost.
            Found::More => {
                self.fields.truncate(before);
                self.reject(at, text.len(), (fault::broken(Broken::OpenQuote), None));
                text.len()
            }
        }
    }

    /// Whether a line is empty where records have several fields, or a record has nothing in it and such are passed over.
    #[inline]
    fn is_nothing(&self, before: usize, at: usize, next: usize) -> bool {
        let fields = self.fields.get(before..).unwrap_or_default();
        match fields {
            [piece] => piece.begin == piece.end && !piece.quoted && self.decoder.width() > 1,
            _ => {
                self.decoder.settings.skip_empty
                    && self
                        .lines
                        .text
                        .get(at..next)
                        .is_some_and(|record| is_empty(record, &self.decoder.scanner.marks.delimiter))
            }
        }
    }

    /// Gives a record as many fields as there are columns, and each field the letters that it means.
    #[inline]
    fn settle(&mut self, before: usize, at: usize, next: usize) -> Result<(), Fault> {
        let width = self.decoder.width();
        if self.fields.len() - before != width {
            self.even_out(before)?;
        }
        if !self.is_sound {
            self.check_encoding(before, at, next)?;
        }
        let text = self.lines.text.as_slice();
        let fields = self.fields.get_mut(before..).unwrap_or_default();
        for piece in fields.iter_mut().filter(|piece| piece.escaped) {
            let begin = self.rewritten.len();
            let raw =
                if piece.rewritten { piece.of(&self.rewritten).to_vec() } else { piece.of(text).to_vec() };
            self.decoder.scanner.unescape(&raw, &mut self.rewritten);
            let is_null = self.decoder.settings.nulls.iter().any(|null| null.as_bytes() == raw);
            let end = if is_null { begin } else { self.rewritten.len() };
            *piece = Piece { rewritten: true, quoted: piece.quoted, ..Piece::plain(begin, end) };
        }
        Ok(())
    }

    /// What to do with a record that has more or fewer fields than there are columns.
    fn even_out(&mut self, before: usize) -> Result<(), Fault> {
        let (width, found) = (self.decoder.width(), self.fields.len() - before);
        let ragged = self.decoder.settings.ragged;
        if fits(&self.lines.text, &self.fields, before, width) {
            self.fields.truncate(before + width);
            return Ok(());
        }
        match ragged {
            Ragged::Pad | Ragged::Cut | Ragged::Join if found < width => {
                self.fields.resize(before + width, Piece::default());
                Ok(())
            }
            Ragged::Cut => {
                self.fields.truncate(before + width);
                Ok(())
            }
            Ragged::Join => {
                let end = self.fields.last().map_or(0, |piece| piece.end);
                self.fields.truncate(before + width);
                if let Some(last) = self.fields.last_mut() {
                    last.end = end;
                }
                Ok(())
            }
            Ragged::Reject | Ragged::Pad => Err((fault::wrong_width(found, width), None)),
        }
    }

    /// Turns fields into UTF-8, where the text is something else or is broken somewhere.
    fn check_encoding(&mut self, before: usize, at: usize, next: usize) -> Result<(), Fault> {
        let coding = &self.decoder.settings.coding;
        let text = self.lines.text.as_slice();
        let record = text.get(at..next).unwrap_or_default();
        if self.is_ascii || record.is_ascii() {
            return Ok(());
        }
        if coding.is_utf8() {
            return match std::str::from_utf8(record) {
                Ok(_) => Ok(()),
                Err(_) => Err((fault::not_utf8(), None)),
            };
        }
        for (index, piece) in self.fields.iter_mut().skip(before).enumerate() {
            let raw = piece.of(text);
            if raw.is_ascii() {
                continue;
            }
            let decoded =
                coding.decoded(raw).ok_or_else(|| (fault::not_in_encoding(&coding.name()), Some(index)))?;
            let begin = self.rewritten.len();
            self.rewritten.extend_from_slice(&decoded);
            let place = Piece::plain(begin, self.rewritten.len());
            *piece = Piece { rewritten: true, quoted: piece.quoted, escaped: piece.escaped, ..place };
        }
        Ok(())
    }

    /// Decodes the records under way, column by column.
    fn decode_fields(&mut self) {
        let width = self.decoder.width().max(1);
        let rows = self.fields.len() / width;
        let first = self.starts.len().saturating_sub(rows);
        let Settings { trim, nulls, .. } = &self.decoder.settings;
        let (text, rewritten) = (self.lines.text.as_slice(), self.rewritten.as_slice());
        let value = |piece: &Piece| {
            let value = piece.of(if piece.rewritten { rewritten } else { text });
            let value = if *trim { value.trim_ascii() } else { value };
            let is_null = value.is_empty() || nulls.iter().any(|null| null.as_bytes() == value);
            (!is_null).then_some(value)
        };
        for (place, (column, builder)) in self.decoder.columns.iter().zip(&mut self.builders).enumerate() {
            let pieces = self.fields.iter().skip(column.index).step_by(width);
            let misfits = &mut self.misfits;
            builder.extend(pieces.map(value), |row| {
                if let Some(slot) = misfits.get_mut(first + row) {
                    slot.get_or_insert(place);
                }
            });
        }
        self.fields.clear();
        self.rewritten.clear();
    }

    fn trailer(&mut self, at: usize, rule: &super::settings::TrailerRule) -> usize {
        let text = self.lines.text.as_slice();
        let place = Place::file(&self.decoder.shown).byte(self.offset_of(at));
        let (next, trailer) = trailer::read(rule, &self.decoder.settings, &self.decoder.scanner, text, at);
        self.decoder.board.put(crate::control::Trailer { place, totals: trailer });
        next
    }

    fn reject(&mut self, at: usize, next: usize, fault: Fault) {
        self.records += 1;
        self.rejects.push((at, next, self.records, fault));
    }

    fn offset_of(&self, at: usize) -> u64 {
        self.lines.byte_offset
            + self.decoder.settings.coding.length(self.lines.text.get(..at).unwrap_or_default())
    }

    /// Where records begin in the file.
    fn offsets(&self, starts: impl Iterator<Item = usize>) -> Vec<u64> {
        let (mut before, mut offset) = (0, self.lines.byte_offset);
        starts
            .map(|start| {
                let passed = self.lines.text.get(before..start).unwrap_or_default();
                offset += self.decoder.settings.coding.length(passed);
                before = start;
                offset
            })
            .collect()
    }

    /// The good records as a batch, the others as rejects.
    fn finish(mut self) -> Result<ReadBatch, Problem> {
        let columns: Vec<ArrayRef> =
            std::mem::take(&mut self.builders).into_iter().map(Builder::finish).collect();
        let columns = without_faulty(columns, &self.misfits)?;
        if self.misfits.iter().any(Option::is_some) {
            self.take_misfits_out();
        }
        let offsets = self.offsets(self.starts.iter().copied());
        let batch = batch_with_origin(&self.decoder.schema, columns, self.numbers.clone(), Some(offsets))?;
        Ok(ReadBatch { batch, rejects: self.rejected() })
    }

    fn take_misfits_out(&mut self) {
        let ends: Vec<usize> = self.starts.iter().skip(1).copied().chain([self.lines.text.len()]).collect();
        let rows = self.starts.iter().zip(&ends).zip(&self.numbers).zip(&self.misfits);
        for (((start, bound), number), place) in rows {
            let Some(column) = place.and_then(|place| self.decoder.columns.get(place)) else { continue };
            let text = self.lines.text.get(..*bound).unwrap_or_default();
            let mut pieces = Vec::new();
            let next = match self.decoder.scanner.record(text, *start, true, &mut pieces) {
                Found::Record { next } => next,
                _ => *bound,
            };
            let fault = (fault::wrong_type(&column.of), Some(column.index));
            self.rejects.push((*start, next, *number, fault));
        }
        let good = |misfits: &[Option<usize>], index: usize| misfits.get(index).is_some_and(Option::is_none);
        let mut index = 0;
        self.starts.retain(|_| {
            index += 1;
            good(&self.misfits, index - 1)
        });
        let mut index = 0;
        self.numbers.retain(|_| {
            index += 1;
            good(&self.misfits, index - 1)
        });
    }

    fn rejected(&mut self) -> Vec<Reject> {
        let mut rejects = std::mem::take(&mut self.rejects);
        rejects.sort_unstable_by_key(|(at, ..)| *at);
        let offsets = self.offsets(rejects.iter().map(|(at, ..)| *at));
        let names = &self.decoder.names;
        rejects
            .into_iter()
            .zip(offsets)
            .map(|((at, next, record_number, (problem, column)), byte_offset)| {
                let place = Place::file(&self.decoder.shown).record(record_number).byte(byte_offset);
                let place = match column.and_then(|index| names.get(index)) {
                    Some(name) => place.field(name.as_str()),
                    None => place,
                };
                let raw = self.lines.text.get(at..next.min(at + MOST_RAW)).unwrap_or_default();
                let raw = self.decoder.settings.coding.raw(raw);
                Reject { problem: problem.at(place), record_number, byte_offset: Some(byte_offset), raw }
            })
            .collect()
    }
}
