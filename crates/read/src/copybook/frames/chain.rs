//! A file as a chain of descriptor words, each with the length of what follows it.
//!
//! IBM, *z/OS DFSMS Using Data Sets*, "Variable-length record formats": a descriptor word has two bytes with a length that counts
//! the word itself, highest byte first, and two bytes of zero; in a spanned record the third byte says which part it is. In a
//! block's word the first bit set means a length of 31 bits in all four. Programs that move such files between machines often
//! change the order of the bytes, what the length counts, and how many bytes the word has; all can be said.

use concordat_record::Problem;

/// How a descriptor word is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LengthWord {
    pub form: WordForm,
    /// Lowest byte first.
    pub little_endian: bool,
    /// What to add to the length as written to get the bytes of record and word together: 0 as IBM has it, the word's bytes where
    /// it does not count itself.
    pub adjustment: i64,
}

/// How many bytes a word has, and how many of them are the length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum WordForm {
    /// Four bytes, two of them the length (in a block's word all four when the first bit is set).
    #[default]
    Ibm,
    /// Two bytes, the length.
    Short,
    /// Four bytes, the length.
    Long,
}

/// Which part of a record follows a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Whole,
    First,
    Last,
    Middle,
}

impl LengthWord {
    pub fn bytes(self) -> usize {
        if self.form == WordForm::Short { 2 } else { 4 }
    }

    /// Bytes that follow the word, or why it cannot be one.
    fn following(self, word: &[u8], is_block: bool) -> Result<usize, &'static str> {
        let written = match (self.form, word) {
            (WordForm::Long, &[a, b, c, d]) if self.little_endian => {
                i64::from(u32::from_le_bytes([a, b, c, d]))
            }
            (WordForm::Long, &[a, b, c, d]) => i64::from(u32::from_be_bytes([a, b, c, d])),
            (WordForm::Ibm, &[a, b, c, d]) if !self.little_endian && is_block && a & 0x80 != 0 => {
                i64::from(u32::from_be_bytes([a, b, c, d]) & 0x7fff_ffff)
            }
            // Lowest byte first: the zeros come before or behind, whichever the program that turned it left.
            (WordForm::Ibm, &[0, 0, c, d]) if self.little_endian => i64::from(self.short(c, d)),
            (_, &[a, b, ..]) => i64::from(self.short(a, b)),
            _ => return Err("it is not whole"),
        };
        if written == 0 && self.adjustment == 0 {
            return Err("its length is zero");
        }
        let all = written.checked_add(self.adjustment).and_then(|all| usize::try_from(all).ok());
        all.and_then(|all| all.checked_sub(self.bytes())).ok_or("its length is too small")
    }

    fn short(self, a: u8, b: u8) -> u16 {
        if self.little_endian { u16::from_le_bytes([a, b]) } else { u16::from_be_bytes([a, b]) }
    }

    /// Which part of a record follows; the bytes for it must be zero where records are not spanned.
    fn part(self, word: &[u8], is_spanned: bool) -> Result<Part, &'static str> {
        if self.little_endian || self.form != WordForm::Ibm {
            return Ok(Part::Whole);
        }
        match (word.get(2), word.get(3)) {
            (Some(0), Some(0)) => Ok(Part::Whole),
            (Some(1), Some(0)) if is_spanned => Ok(Part::First),
            (Some(2), Some(0)) if is_spanned => Ok(Part::Last),
            (Some(3), Some(0)) if is_spanned => Ok(Part::Middle),
            (Some(1..=3), Some(0)) => {
                Err("it is a part of a spanned record (`record_format = \"VS\"` or \"VBS\")")
            }
            _ => Err("its last two bytes are not zero"),
        }
    }
}

/// The chain of words of a file, and where in it we are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chain {
    pub record: LengthWord,
    pub block: Option<LengthWord>,
    pub is_spanned: bool,
    /// Bytes of the block that are still to come.
    in_block: usize,
}

/// One step along the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A block's word of so many bytes was passed.
    Passed(usize),
    /// The record or part of one behind the word at hand.
    Record { word: usize, length: usize, part: Part },
    /// What follows has not been read yet.
    NeedsMore,
}

impl Chain {
    pub fn new(record: LengthWord, block: Option<LengthWord>) -> Self {
        Self { record, block, is_spanned: false, in_block: 0 }
    }

    /// The same with records in several parts.
    pub fn spanned(self) -> Self {
        Self { is_spanned: true, ..self }
    }

    /// From a place in the bytes to the next.
    pub fn step(&mut self, bytes: &[u8], at: usize) -> Result<Step, Problem> {
        if let Some(block) = self.block
            && self.in_block == 0
        {
            let Some(word) = bytes.get(at..at + block.bytes()) else { return Ok(Step::NeedsMore) };
            self.in_block = block.following(word, true).map_err(|why| broken("block", word, why))?;
            return Ok(Step::Passed(block.bytes()));
        }
        let own = self.record.bytes();
        let Some(word) = bytes.get(at..at + own) else { return Ok(Step::NeedsMore) };
        let refused = |why| broken("record", word, why);
        let part = self.record.part(word, self.is_spanned).map_err(refused)?;
        let length = self.record.following(word, false).map_err(refused)?;
        let all = own.saturating_add(length);
        let left = match self.block {
            Some(_) => self
                .in_block
                .checked_sub(all)
                .ok_or_else(|| broken("record", word, "it goes beyond the end of its block"))?,
            None => 0,
        };
        if bytes.len().saturating_sub(at) < all {
            return Ok(Step::NeedsMore);
        }
        self.in_block = left;
        Ok(Step::Record { word: own, length, part })
    }

    /// How many bytes of the block at hand are still to come.
    pub fn left_in_block(&self) -> usize {
        self.in_block
    }

    /// Goes on as if a block, or without blocks a record, began at the next place.
    pub fn forget(&mut self) {
        self.in_block = 0;
    }
}

fn broken(what: &str, word: &[u8], why: &str) -> Problem {
    let shown: Vec<String> = word.iter().map(|byte| format!("{byte:02x}")).collect();
    let sentence = format!("`{}` cannot be the descriptor word of a {what}: {why}", shown.join(" "));
    Problem::new("read.broken-chain", sentence).advise(
        "what follows cannot be divided into records; check `record_format`, the byte order and the adjustment of the descriptor words, \
         and whether the file was transferred in binary; `after_broken_word = \"search\"` goes on at the next place where words fit again",
    )
}

/// The file ends within a record.
pub(crate) fn cut_off(rest: usize) -> Problem {
    let sentence = format!("the file ends {rest} bytes into a record, descriptor word included");
    Problem::new("read.truncated-record", sentence)
        .advise("ask for the file to be sent again: it was cut off; if this is not the first problem, check the descriptor words' options")
}
