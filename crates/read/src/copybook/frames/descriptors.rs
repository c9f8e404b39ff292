//! Records behind a record descriptor word (`V`), in blocks behind a block descriptor word (`VB`), and spanned ones put together
//! from their parts (`VS`, `VBS`).

use concordat_record::Problem;

use super::Framing;
use super::block::{Divided, Gap, Joined, Seam};
use super::chain::{Chain, LengthWord, Part, Step, cut_off};
use super::search::{Found, search};
use crate::reader::BATCH_RECORDS;

/// So much is read at once: more than any record, whose length has 15 bits.
const CHUNK: usize = 1 << 20;

/// Divides by descriptor words.
pub(crate) struct Descriptors {
    chain: Chain,
    /// Whether to go on behind a word that cannot be one, at the next place where words fit again.
    searches: bool,
}

impl Descriptors {
    pub fn new(record: LengthWord, block: Option<LengthWord>) -> Self {
        Self { chain: Chain::new(record, block), searches: false }
    }

    /// Puts spanned records together.
    pub fn spanned(self) -> Self {
        Self { chain: self.chain.spanned(), ..self }
    }

    /// Goes on behind what is broken.
    pub fn searching(self) -> Self {
        Self { searches: true, ..self }
    }

    /// What to do where no word can be: whether there is a place to go on at.
    fn resume(&mut self, bytes: &[u8], last: bool, problem: Problem, divided: &mut Divided) -> bool {
        if !self.searches {
            divided.broken = Some(problem);
            return false;
        }
        match search(self.chain, bytes, divided.used + 1, last) {
            Found::At(place) => {
                divided.skip(bytes, divided.used, place, problem);
                self.chain.forget();
                true
            }
            Found::NeedsMore => false,
            Found::Nothing => {
                divided.broken = Some(problem);
                false
            }
        }
    }

    fn divide_whole(&mut self, bytes: &[u8], last: bool) -> Divided {
        let mut divided = Divided::default();
        while divided.starts.len() < BATCH_RECORDS {
            match self.chain.step(bytes, divided.used) {
                Ok(Step::Passed(length)) => divided.used += length,
                Ok(Step::Record { word, length, .. }) => {
                    divided.starts.push(divided.used + word);
                    divided.used += word + length;
                    divided.ends.push(divided.used);
                }
                Ok(Step::NeedsMore) => {
                    let rest = bytes.len() - divided.used;
                    divided.broken = (last && rest > 0).then(|| cut_off(rest));
                    break;
                }
                Err(problem) => {
                    if !self.resume(bytes, last, problem, &mut divided) {
                        break;
                    }
                }
            }
        }
        divided
    }

    fn divide_spanned(&mut self, bytes: &[u8], last: bool) -> Divided {
        let mut divided = Divided::default();
        let mut span = Span::default();
        while divided.starts.len() < BATCH_RECORDS {
            let whole = self.chain;
            let begin = divided.used;
            let more = match span.next(&mut self.chain, bytes, &mut divided) {
                Ok(Spanned::Record | Spanned::Gap) => continue,
                Ok(Spanned::NeedsMore) => {
                    let rest = bytes.len() - begin;
                    divided.broken = (last && rest > 0).then(|| cut_off(rest));
                    false
                }
                Err(problem) => self.resume(bytes, last, problem, &mut divided),
            };
            if !more {
                // A record that is not whole yet is looked at again from its first part.
                if divided.broken.is_none() && divided.used == begin {
                    self.chain = whole;
                }
                break;
            }
        }
        divided.joined = Some(span.joined);
        divided
    }
}

/// The records put together so far.
#[derive(Default)]
struct Span {
    joined: Joined,
}

enum Spanned {
    Record,
    Gap,
    NeedsMore,
}

impl Span {
    /// Takes back the parts of a record that did not become whole.
    fn forget_from(&mut self, start: usize) {
        self.joined.bytes.truncate(start);
        while self.joined.seams.last().is_some_and(|seam| seam.at >= start) {
            self.joined.seams.pop();
        }
    }

    /// The next record with all its parts. The divided bytes are done with up to its end, or where the chain breaks, up to there.
    fn next(&mut self, chain: &mut Chain, bytes: &[u8], divided: &mut Divided) -> Result<Spanned, Problem> {
        let begin = divided.used;
        let start = self.joined.bytes.len();
        let mut at = begin;
        let mut is_open = false;
        loop {
            let before = *chain;
            let step = chain.step(bytes, at).inspect_err(|_| {
                self.forget_from(start);
                if is_open {
                    divided.skip(bytes, begin, at, broken_span(true));
                }
                divided.used = at;
            });
            let (word, length, part) = match step? {
                Step::Passed(length) => {
                    at += length;
                    continue;
                }
                Step::NeedsMore => {
                    self.forget_from(start);
                    return Ok(Spanned::NeedsMore);
                }
                Step::Record { word, length, part } => (word, length, part),
            };
            if is_open == matches!(part, Part::Whole | Part::First) {
                self.forget_from(start);
                // The part that opens another record is not lost with the one that it breaks off.
                let end = if is_open { at } else { at + word + length };
                if is_open {
                    *chain = before;
                }
                divided.gaps.push(Gap::new(divided.starts.len(), bytes, begin, end, broken_span(is_open)));
                divided.used = end;
                return Ok(Spanned::Gap);
            }
            is_open = true;
            let seam = Seam { at: self.joined.bytes.len(), byte_offset: (at + word) as u64 };
            self.joined.seams.push(seam);
            self.joined.bytes.extend_from_slice(bytes.get(at + word..at + word + length).unwrap_or_default());
            at += word + length;
            if matches!(part, Part::Whole | Part::Last) {
                divided.starts.push(start);
                divided.ends.push(self.joined.bytes.len());
                if self.joined.bytes.len() == start {
                    // No two records begin at the same byte, or the place of an empty one would be lost.
                    self.joined.bytes.push(0);
                }
                divided.used = at;
                return Ok(Spanned::Record);
            }
        }
    }
}

fn broken_span(is_open: bool) -> Problem {
    let sentence = if is_open {
        "a spanned record is not finished: another one begins before its last part"
    } else {
        "a part of a spanned record has no first part before it"
    };
    Problem::new("read.broken-span", sentence)
        .advise("ask for the file to be sent again: parts of records are missing")
}

impl Framing for Descriptors {
    fn divide(&mut self, bytes: &[u8], last: bool) -> Divided {
        if self.chain.is_spanned { self.divide_spanned(bytes, last) } else { self.divide_whole(bytes, last) }
    }

    fn format(&self) -> &'static str {
        match (self.chain.block.is_some(), self.chain.is_spanned) {
            (false, false) => "V",
            (true, false) => "VB",
            (false, true) => "VS",
            (true, true) => "VBS",
        }
    }

    fn wanted(&self) -> usize {
        CHUNK
    }
}
