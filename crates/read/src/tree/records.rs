//! Cuts a text into pieces of whole records, with the help of a format's scanner.
//!
//! The scanner decides where records begin and end and remembers what stands above them; this module moves the window, numbers the
//! records, bounds their length and turns what cannot be a record into a fault with its place.

use std::sync::Arc;

use concordat_record::{Place, Problem};

use super::window::{Text, Window};
use crate::pipeline::Cut;
use crate::reader::BATCH_RECORDS;

/// Of what cannot be read, so much is kept with the reject.
pub(crate) const MOST_RAW: usize = 64 << 10;

/// Of a file so much is looked at before its columns are settled.
pub(crate) const SAMPLE_BYTES: u64 = if cfg!(test) { 2 << 20 } else { 64 << 20 };

/// What stands above a record and is the same for its neighbours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Surroundings {
    /// The values that are carried down, in the order of the option `carry`.
    pub carried: Vec<Option<String>>,
    /// XML only: prefixes and what they stand for, the innermost last.
    pub namespaces: Vec<(String, String)>,
}

/// Finds records in a text that grows at its end.
pub(crate) trait Scan: Send + 'static {
    /// What follows in the text from `at` on; `is_last` says that nothing will be added.
    fn next(&mut self, text: &[u8], at: usize, is_last: bool) -> Found;

    /// The record that begins at `at` is too long: it is passed over, without being found.
    fn pass_over(&mut self);

    /// What stands above the record found last.
    fn surroundings(&self) -> Arc<Surroundings>;

    /// Values to carry that stand only once in the file, when all of it was looked at.
    fn carried_once(&self) -> Vec<Option<String>>;

    /// What is wrong when the whole file had no record.
    fn nothing_found(&self) -> Option<Problem>;
}

/// What a scanner has found.
#[derive(Debug)]
pub(crate) enum Found {
    /// A record, as far as its outline shows.
    Record { begin: usize, end: usize },
    /// What should be a record and is none; reading goes on at `end`. `fault` is where it shows.
    Broken { begin: usize, end: usize, fault: usize, problem: Problem },
    /// More text is needed; what stands before `at` is done with.
    More { at: usize },
    /// More text is needed for the record that begins here.
    Growing { begin: usize },
    /// Nothing after `begin` can be read.
    Lost { begin: usize, fault: usize, problem: Problem },
    /// The end.
    End,
}

/// Records that were read together.
pub(crate) struct Piece {
    pub text: Text,
    pub records: Vec<Record>,
    /// The number of the first one, from one.
    pub first_number: u64,
}

/// Where a record stands in its piece.
pub(crate) struct Record {
    pub begin: usize,
    pub end: usize,
    pub surroundings: Arc<Surroundings>,
    /// Why it is none, with the line.
    pub broken: Option<Problem>,
}

/// Reads a file piece by piece.
pub(crate) struct Records<S> {
    window: Window,
    scan: S,
    /// How many bytes a record has at most.
    longest: usize,
    next_number: u64,
    is_over: bool,
}

impl<S: Scan> Records<S> {
    pub fn new(window: Window, scan: S, longest: usize) -> Self {
        Self { window, scan, longest, next_number: 1, is_over: false }
    }

    pub fn window(&self) -> &Window {
        &self.window
    }

    pub fn scan(&self) -> &S {
        &self.scan
    }

    /// A record in the window, and what is wrong with it.
    fn record(&self, begin: usize, end: usize, broken: Option<(usize, Problem)>) -> Record {
        let broken = broken.map(|(fault, problem)| {
            let place = self.window.place(fault);
            problem.at(Place { file: None, byte_offset: None, ..place })
        });
        Record { begin, end, surroundings: self.scan.surroundings(), broken }
    }

    /// What stands at the beginning of the window is longer than records may be.
    fn too_long(&mut self) -> Record {
        self.scan.pass_over();
        self.record(0, MOST_RAW, Some((0, too_long(self.longest))))
    }

    /// Finds records until there are enough of them; gives how many bytes are done with.
    fn find(&mut self, records: &mut Vec<Record>) -> Result<usize, Problem> {
        let mut at = 0;
        loop {
            let (text, is_last) = self.window.view();
            match self.scan.next(text, at, is_last) {
                Found::Record { begin, end } => {
                    let too_long = (end - begin > self.longest).then(|| (begin, too_long(self.longest)));
                    records.push(self.record(begin, end, too_long));
                    at = end;
                    if records.len() >= BATCH_RECORDS {
                        return Ok(at);
                    }
                }
                Found::Broken { begin, end, fault, problem } => {
                    records.push(self.record(begin, end, Some((fault, problem))));
                    at = end;
                }
                Found::More { at: done } | Found::Growing { begin: done } if !records.is_empty() => {
                    return Ok(done);
                }
                Found::More { at: done } => {
                    self.window.take(done);
                    at = 0;
                    if self.window.view().0.len() > self.longest {
                        return Err(self.endless());
                    }
                    self.window.more()?;
                }
                Found::Growing { begin } => {
                    self.window.take(begin);
                    at = 0;
                    if self.window.view().0.len() > self.longest {
                        records.push(self.too_long());
                        return Ok(0);
                    }
                    self.window.more()?;
                }
                Found::Lost { begin, fault, problem } => {
                    let length = self.window.view().0.len();
                    self.is_over = true;
                    if self.next_number == 1 && records.is_empty() {
                        return Err(problem.at(self.window.place(fault)));
                    }
                    records.push(self.record(begin, length, Some((fault, problem))));
                    return Ok(length.max(1));
                }
                Found::End => {
                    self.is_over = true;
                    return Ok(self.window.view().0.len());
                }
            }
        }
    }

    fn endless(&self) -> Problem {
        let sentence = format!("one value is longer than {} bytes", self.longest);
        Problem::new("read.too-long", sentence)
            .at(self.window.place(0))
            .advise("raise `max_record_bytes` if that is right")
    }
}

fn too_long(longest: usize) -> Problem {
    Problem::new("read.too-long", format!("the record is longer than {longest} bytes"))
        .advise("raise `max_record_bytes` if that is right")
}

impl<S: Scan> Cut for Records<S> {
    type Piece = Piece;

    fn next(&mut self) -> Result<Option<Piece>, Problem> {
        if self.is_over {
            return Ok(None);
        }
        let mut records = Vec::new();
        let end = self.find(&mut records)?;
        let first_number = self.next_number;
        self.next_number += records.len() as u64;
        if records.is_empty() {
            let problem = self.scan.nothing_found().filter(|_| first_number == 1);
            return problem.map_or(Ok(None), |problem| Err(problem.at(Place::file(self.window.shown()))));
        }
        // Only a record that is too long comes without the bytes that are done with: they are scanned once more, without being kept.
        let text = if end == 0 { self.window.copy(MOST_RAW) } else { self.window.take(end) };
        Ok(Some(Piece { text, records, first_number }))
    }

    fn bytes_read(&self) -> u64 {
        if self.is_over { self.window.size().max(self.window.offset()) } else { self.window.offset() }
    }

    fn mark(&self) -> String {
        self.window.mark()
    }

    fn digest(&mut self) -> Result<String, Problem> {
        self.window.digest()
    }
}
