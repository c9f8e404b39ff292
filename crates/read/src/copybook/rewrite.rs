//! Rows back into the file they came from: every record is encoded again, and everything around the records is copied.
//!
//! What is guaranteed: a field whose row has the value of its original bytes keeps these bytes, so that rows that nobody changed give
//! the same file, byte for byte, in every record format. A field with another value is written as [`RecordWriter`] writes it. FILLER, slack
//! bytes, occurrences beyond the counter, descriptions without values, length words, blocks, line ends, what stands around records,
//! headers and trailers are the original's. Rejected records stay as they are.

use std::collections::HashSet;
use std::io::Write;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::UInt64Type;
use concordat_record::{Place, Problem, RECORD_NUMBER};

use super::encode::RecordWriter;
use super::frames::{Block, CutFile};
use super::row::Row;
use crate::file::SourceFile;
use crate::pipeline::Cut;
use crate::reader::{ReadBatch, Rewrite};

/// Writes the rows of a file back into a copy of it.
pub(crate) struct Rewriting {
    /// The file from its first byte to its last.
    file: SourceFile,
    /// The same file, divided.
    cut: Box<dyn Cut<Piece = Block>>,
    fixed_length: usize,
    writer: RecordWriter,
    block: Block,
    /// The next record of the block.
    next: usize,
    /// How much of the file has been copied or written anew.
    done: u64,
    /// The bytes before each record that belong to it; none where a record cannot be left out.
    word: Option<u64>,
    /// Whether the line before was left out, so that its end is too.
    drops_line_end: bool,
    is_lines: bool,
}

impl Rewriting {
    pub fn new(file: SourceFile, divided: CutFile, writer: RecordWriter) -> Self {
        Self {
            file,
            cut: divided.cut,
            fixed_length: divided.division.fixed_length.unwrap_or_default(),
            writer,
            block: Block::default(),
            next: 0,
            done: 0,
            word: divided.word,
            drops_line_end: false,
            is_lines: divided.division.format == "D",
        }
    }

    /// The number of the next record; none behind the last one.
    fn next_number(&mut self) -> Result<Option<u64>, Problem> {
        while self.next >= self.block.starts.len() {
            let Some(block) = self.cut.next()? else { return Ok(None) };
            (self.block, self.next) = (block, 0);
        }
        Ok(Some(self.block.number_of(self.next)))
    }

    /// Copies the file up to a place.
    fn copy(&mut self, to: u64, out: &mut dyn Write) -> Result<(), Problem> {
        self.pass(to, Some(out))
    }

    /// Goes to a place of the file, with or without copying what is passed.
    fn pass(&mut self, to: u64, mut out: Option<&mut dyn Write>) -> Result<(), Problem> {
        const CHUNK: u64 = 1 << 18;
        let mut buffer = Vec::new();
        while self.done < to {
            buffer.clear();
            let wanted = usize::try_from((to - self.done).min(CHUNK)).unwrap_or(usize::MAX);
            let read = self.file.fill(&mut buffer, wanted)?;
            if read == 0 {
                return Ok(());
            }
            self.done += read as u64;
            if let Some(out) = &mut out {
                put(&buffer, *out)?;
            }
        }
        Ok(())
    }

    /// Writes the next record, encoded from its row; without one as it is.
    fn record(&mut self, row: Option<&Row>, out: &mut dyn Write) -> Result<(), Problem> {
        let (start, number) = (self.start(), self.block.number_of(self.next));
        let mut record = self.block.record(self.next, self.fixed_length).to_vec();
        if let Some(row) = row {
            let place = |problem: Problem| {
                let field = problem.place.field.clone().unwrap_or_default();
                problem.at(Place::file(&self.file.shown).record(number).field(field))
            };
            self.writer.encode_onto(row, &mut record).map_err(place)?;
        }
        // A record in several parts lies in as many places.
        for (begin, end) in self.parts(start, start + record.len()) {
            let offset = self.block.file_offset(begin);
            if self.drops_line_end {
                self.pass(offset, None)?;
                self.drops_line_end = false;
            }
            self.copy(offset, out)?;
            put(record.get(begin - start..end - start).unwrap_or_default(), out)?;
            self.pass(offset + (end - begin) as u64, None)?;
        }
        self.next += 1;
        Ok(())
    }

    fn start(&self) -> usize {
        self.block.starts.get(self.next).copied().unwrap_or_default()
    }

    /// The pieces of the block's bytes that lie in one piece in the file.
    fn parts(&self, start: usize, end: usize) -> Vec<(usize, usize)> {
        let seams = self.block.seams.iter().map(|seam| seam.at).filter(|at| (start + 1..end).contains(at));
        let begins: Vec<usize> = std::iter::once(start).chain(seams).collect();
        let ends = begins.iter().skip(1).copied().chain([end]);
        begins.iter().copied().zip(ends).collect()
    }

    /// Leaves out the next record with the word before it or the line end behind it.
    fn drop_record(&mut self, out: &mut dyn Write) -> Result<(), Problem> {
        let Some(word) = self.word else {
            let sentence = "only a whole file can be written back where records stand in blocks, in parts or between other bytes";
            return Err(Problem::new("encode.part-of-a-file", sentence)
                .at(Place::file(&self.file.shown))
                .advise("leave out `--limit` and `--where`"));
        };
        let offset = self.block.offset_of(self.next);
        let length = self.block.record(self.next, self.fixed_length).len();
        if self.drops_line_end {
            self.pass(offset, None)?;
        }
        self.copy(offset.saturating_sub(word), out)?;
        self.pass(offset + length as u64, None)?;
        self.drops_line_end = self.is_lines;
        self.next += 1;
        Ok(())
    }
}

impl Rewrite for Rewriting {
    fn write(&mut self, read: &ReadBatch, out: &mut dyn Write) -> Result<(), Problem> {
        let rejected: HashSet<u64> = read.rejects.iter().map(|reject| reject.record_number).collect();
        let numbers = numbers(&read.batch);
        let last = numbers.iter().copied().chain(rejected.iter().copied()).max().unwrap_or(0);
        let mut rows = numbers.iter().copied().zip(Row::from_batch(&read.batch)).peekable();
        while let Some(number) = self.next_number()?.filter(|number| *number <= last) {
            match rows.next_if(|(row, _)| *row == number) {
                Some((_, row)) => self.record(Some(&row), out)?,
                None if rejected.contains(&number) => self.record(None, out)?,
                None => self.drop_record(out)?,
            }
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write) -> Result<(), Problem> {
        while self.next_number()?.is_some() {
            self.drop_record(out)?;
        }
        self.copy(u64::MAX, out)
    }
}

fn numbers(batch: &RecordBatch) -> Vec<u64> {
    let column =
        batch.column_by_name(RECORD_NUMBER).and_then(|column| column.as_primitive_opt::<UInt64Type>());
    column.map(|column| column.values().to_vec()).unwrap_or_default()
}

fn put(bytes: &[u8], out: &mut dyn Write) -> Result<(), Problem> {
    out.write_all(bytes).map_err(|error| {
        if error.kind() == std::io::ErrorKind::StorageFull {
            return Problem::new("read.disk-full", "there is no space left on the disk");
        }
        Problem::new("read.cannot-write", format!("the output cannot be written: {error}"))
    })
}
