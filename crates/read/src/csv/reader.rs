//! Opens a file of delimited text: finds its table and its header, and puts the reader together.

use concordat_record::{Place, Problem, nearest};

use super::cut::{Bounds, Cutter, is_empty};
use super::decode::{Column, Decoder};
use super::header::joined;
use super::numbered::Numbered;
use super::scan::{Found, Scanner};
use super::settings::{Ragged, Settings};
use super::text::Text;
use crate::control::{Board, Controlled, Subject};
use crate::file::SourceFile;
use crate::names::{snake_case, unique_names};
use crate::pipeline::Pipeline;
use crate::reader::{BATCH_RECORDS, RawRecord, ReadBatch, ReadProgress, Reader};
use crate::types::Type;
use crate::wanted::Wanted;

/// Opens a file at its first record.
pub(crate) fn open(
    file: SourceFile,
    settings: &Settings,
    wanted: &Wanted,
) -> Result<Box<dyn Reader>, Problem> {
    let progress = ReadProgress { total_bytes: Some(file.size), ..ReadProgress::default() };
    let (decoder, cutter) = divided(file, settings, wanted)?;
    let (shown, board) = (decoder.shown.clone(), decoder.board.clone());
    let pipeline = Pipeline::new(decoder.schema.clone(), progress, cutter, decoder);
    let reader: Box<dyn Reader> = Box::new(Numbered::new(Box::new(pipeline), shown.clone()));
    let Some(trailer) = &settings.trailer else { return Ok(reader) };
    let subjects: Vec<Subject> = trailer.totals.iter().map(|(subject, _)| subject.clone()).collect();
    Ok(Box::new(Controlled::new(reader, board, &subjects, &shown)?))
}

/// Decodes records that were rejected before, each by itself. The file is opened for its header.
pub(crate) fn again(
    file: SourceFile,
    settings: &Settings,
    records: &[RawRecord],
) -> Result<Vec<ReadBatch>, Problem> {
    let (decoder, _) = divided(file, settings, &Wanted::default())?;
    records.iter().map(|record| decoder.again(record)).collect()
}

/// What cuts a file at records, from the first one on, and what decodes them.
fn divided(file: SourceFile, settings: &Settings, wanted: &Wanted) -> Result<(Decoder, Cutter), Problem> {
    let shown = file.shown.clone();
    let coding = settings.coding.clone();
    let scanner = Scanner::new(settings.marks.clone(), settings.longest);
    let mut opening = Opening { text: Text::new(file, coding, settings.chunk)?, scanner, settings };
    opening.find_table()?;
    opening.skip_lines()?;
    let names = opening.names()?;
    let columns = opening.columns(&names, wanted)?;
    let Opening { mut text, mut scanner, .. } = opening;
    scanner.width = Some(names.len()).filter(|_| settings.ragged == Ragged::Reject);
    scanner.keeps_stray_quotes = settings.keeps_stray_quotes;
    let bounds = Bounds {
        footer_lines: settings.footer_lines,
        footer: settings.footer.clone(),
        at_empty_line: settings.table.is_some(),
    };
    let decoder = Decoder {
        settings: settings.clone(),
        scanner: scanner.clone(),
        schema: Decoder::schema_of(&columns),
        columns,
        names,
        shown,
        board: Board::default(),
    };
    text.chunk = chunk_for(text.rest(), settings);
    Ok((decoder, Cutter::new(text, scanner, bounds)))
}

/// How much to read at once for a batch of about as many records as one should have.
fn chunk_for(text: &[u8], settings: &Settings) -> usize {
    const LEAST: usize = 64 << 10;
    let (mut at, mut lines) = (0, 0);
    while lines < 100
        && let Some((_, next)) = settings.marks.line(text, at, true)
    {
        (at, lines) = (next, lines + 1);
    }
    let most = settings.chunk;
    (BATCH_RECORDS * at / lines.max(1)).clamp(LEAST.min(most), most)
}

/// A file on the way to its first record.
struct Opening<'a> {
    text: Text,
    scanner: Scanner,
    settings: &'a Settings,
}

impl Opening<'_> {
    /// Goes to the beginning of the wanted table, of those that empty lines set apart.
    fn find_table(&mut self) -> Result<(), Problem> {
        let Some(wanted) = self.settings.table else { return Ok(()) };
        let (mut tables, mut within) = (0, false);
        loop {
            let Some((line, next)) = self.line()? else {
                let sentence =
                    format!("there are {tables} tables in the file, and `table` wants number {wanted}");
                return Err(Problem::new("csv.no-such-table", sentence)
                    .at(Place::file(self.text.shown()))
                    .advise("tables are counted from 1 and set apart by empty lines"));
            };
            let empty = is_empty(&line, &self.settings.marks.delimiter);
            tables += u64::from(!empty && !within);
            if tables == wanted && !empty {
                return Ok(());
            }
            within = !empty;
            self.text.advance(next);
        }
    }

    /// The line that comes next, and where the one behind it begins; none at the end of the file.
    fn line(&mut self) -> Result<Option<(Vec<u8>, usize)>, Problem> {
        loop {
            let (rest, last) = (self.text.rest(), self.text.is_last());
            if let Some((end, next)) = self.scanner.marks.line(rest, 0, last) {
                return Ok(Some((rest.get(..end).unwrap_or_default().to_vec(), next)));
            }
            // A line without an end is no line of a preamble, and its beginning says as much.
            if rest.len() > self.settings.longest.max(self.text.chunk) {
                return Ok(Some((rest.to_vec(), rest.len())));
            }
            if !self.text.more()? {
                return Ok(None);
            }
        }
    }

    fn skip_lines(&mut self) -> Result<(), Problem> {
        for _ in 0..self.settings.skip_lines {
            let Some((_, next)) = self.line()? else { break };
            self.text.advance(next);
        }
        Ok(())
    }

    /// The next record that is no comment and not empty, as texts; where it ends; whether it is broken. None at the end of the file.
    fn record(&mut self) -> Result<Option<(Vec<String>, usize, bool)>, Problem> {
        loop {
            let (rest, last) = (self.text.rest(), self.text.is_last());
            let mut pieces = Vec::new();
            if rest.is_empty() && last {
                return Ok(None);
            }
            match self.scanner.record(rest, 0, last, &mut pieces) {
                Found::Comment { next } => self.text.advance(next),
                Found::Broken { next, .. } => return Ok(Some((Vec::new(), next, true))),
                Found::Record { next } => {
                    let texts: Vec<String> = pieces.iter().map(|piece| self.text_of(piece)).collect();
                    if texts.iter().all(String::is_empty) && texts.len() <= 1 {
                        self.text.advance(next);
                        continue;
                    }
                    return Ok(Some((texts, next, false)));
                }
                Found::More => {
                    if !self.text.more()? {
                        return Ok(None);
                    }
                }
            }
        }
    }

    fn text_of(&self, piece: &super::scan::Piece) -> String {
        let mut value = piece.of(self.text.rest()).to_vec();
        if piece.escaped {
            let raw = std::mem::take(&mut value);
            self.scanner.unescape(&raw, &mut value);
        }
        let decoded = self.text.coding().decoded(&value).unwrap_or_default();
        String::from_utf8_lossy(&decoded).trim().to_owned()
    }

    /// The names from the options, from the header, or made up.
    fn names(&mut self) -> Result<Vec<String>, Problem> {
        let place = Place::file(self.text.shown()).line(1 + self.settings.skip_lines);
        let mut rows = Vec::new();
        while rows.len() < self.settings.header_rows {
            let Some((texts, next, broken)) = self.record()? else { break };
            if broken {
                let sentence = "the header has a quotation mark that does not close";
                return Err(Problem::new("csv.broken-header", sentence)
                    .at(place)
                    .advise("check `quote`, or set `header = false` and name the columns with `columns`"));
            }
            self.text.advance(next);
            rows.push(texts);
        }
        if let [single] = rows.as_slice() {
            self.check_delimiter(single, &place)?;
        }
        match (&self.settings.columns, rows.is_empty()) {
            (Some(columns), _) => return Ok(columns.clone()),
            (None, false) => return Ok(joined(&rows)),
            (None, true) => {}
        }
        let Some((first, ..)) = self.record()? else {
            return Err(Problem::new("csv.empty", "the file is empty, so it has no columns")
                .at(Place::file(self.text.shown()))
                .advise("if it may be empty, name its columns with `columns = [\"…\"]`"));
        };
        Ok((1..=first.len().max(1)).map(|number| format!("column_{number}")).collect())
    }

    /// One column that holds another usual delimiter is the wrong delimiter.
    fn check_delimiter(&self, header: &[String], place: &Place) -> Result<(), Problem> {
        let [single] = header else { return Ok(()) };
        let other = [';', ',', '\t', '|'].into_iter().find(|mark| single.contains(*mark));
        let own = self.settings.marks.delimiter.as_slice();
        let is_own = |mark: char| own == [mark as u8];
        let Some(other) = other.filter(|mark| !is_own(*mark) && self.settings.columns.is_none()) else {
            return Ok(());
        };
        let sentence = format!("the header has one column only, and `{}` in it", other.escape_default());
        Err(Problem::new("csv.wrong-delimiter", sentence)
            .at(place.clone())
            .advise(format!("set `delimiter = \"{}\"`", other.escape_default())))
    }

    /// The columns that have to be decoded, with their types.
    fn columns(&self, names: &[String], wanted: &Wanted) -> Result<Vec<Column>, Problem> {
        let chains: Vec<Vec<&str>> = names.iter().map(|name| vec![name.as_str()]).collect();
        let unique = unique_names(&chains);
        let mut types = vec![Type::Text; names.len()];
        for (column, of) in &self.settings.types {
            let name = snake_case(&column.value);
            let Some(slot) = unique.iter().position(|known| *known == name).and_then(|at| types.get_mut(at))
            else {
                return Err(unknown_column(&column.value, &name, &unique).at(column.place.clone()));
            };
            *slot = of.clone();
        }
        let summed = |name: &str| {
            let totals = self.settings.trailer.iter().flat_map(|trailer| &trailer.totals);
            totals
                .map(|(subject, _)| subject)
                .any(|subject| matches!(subject, Subject::Sum { column } if column == name))
        };
        let all = unique.into_iter().zip(types).enumerate();
        Ok(all
            .filter(|(_, (name, _))| wanted.needs(name) || summed(name))
            .map(|(index, (name, of))| Column { index, name, of })
            .collect())
    }
}

fn unknown_column(written: &str, name: &str, known: &[String]) -> Problem {
    let sentence = format!("the file has no column `{written}` to give a type to");
    let problem = Problem::new("csv.unknown-column", sentence);
    match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => problem.advise(format!("did you mean `{near}`?")),
        None => problem.advise(format!("its columns are {}", known.join(", "))),
    }
}
