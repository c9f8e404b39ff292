//! A mainframe file that nobody has described: how its records are divided, where its fields are, in which code page its text is.
//!
//! * [`chains`]: records behind their length, in any spelling of the length words; [`period`]: records of one length, by the
//!   distance at which the bytes repeat their kind; text lines;
//! * [`class`]: the kinds of bytes; [`fields`]: columns of bytes of one kind become fields; [`skeleton`] writes them as a copybook;
//! * [`page`]: the code page under which the text has the fewest odd characters;
//! * [`beside`]: a copybook in the same folder whose records are as long as these.
//!
//! What is inferred is a beginning: names and the meaning of fields stand in no byte. Left out: several kinds of records (the skeleton
//! describes what all have in common), and numbers in floating point.

pub(crate) mod beside;
mod chains;
mod class;
mod fields;
pub(crate) mod page;
mod period;
mod skeleton;
#[cfg(test)]
mod tests;

use std::ops::Range;

use crate::clues::Sample;

/// How a file seems to be divided.
#[derive(Clone, Debug)]
pub(crate) struct Structure {
    /// Lines of the source file.
    pub options: String,
    /// Where each record of the sample begins and ends.
    pub records: Vec<Range<usize>>,
    /// The length of all records, if they have one.
    pub length: Option<usize>,
    /// From 0 to 1.
    pub confidence: f64,
    /// What was seen, one sentence each.
    pub evidence: Vec<String>,
}

/// How the file could be divided, the likeliest first.
pub(crate) fn structures(sample: &Sample, tail: &[u8]) -> Vec<Structure> {
    let mut all = chains::chains(sample);
    all.extend(chains::lines(sample));
    all.extend(period::periods(sample, tail));
    all.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    all
}

/// A copybook for records that nobody has described, and the bytes of its text fields.
pub(crate) fn skeleton<'s>(structure: &Structure, sample: &'s Sample) -> (String, Vec<&'s [u8]>) {
    let records: Vec<&[u8]> =
        structure.records.iter().filter_map(|place| sample.bytes.get(place.clone())).collect();
    let fields = fields::fields(&records, structure.length);
    let texts: Vec<&fields::Guess> = fields.iter().filter(|field| field.kind == fields::Kind::Text).collect();
    let cells = records.iter().flat_map(|record| {
        let end = |field: &fields::Guess| (field.offset + field.length).min(record.len());
        texts.iter().filter_map(move |field| record.get(field.offset..end(field)))
    });
    (skeleton::written(&fields), cells.collect())
}
