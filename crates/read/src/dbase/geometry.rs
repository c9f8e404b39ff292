//! Where the records lie: as the header says, unless the marks at the beginning of the records say otherwise.
//!
//! Writers of all times got the header's length or the record's length wrong by a byte or by the database container's name.
//! Each record begins with a mark, so the truth shows in the first records.

use concordat_record::Problem;

/// What the header says, and what its fields add up to.
pub(crate) struct Declared {
    /// Bytes before the first record.
    pub first_record: usize,
    pub record_length: usize,
    /// Where the list of fields ends.
    pub fields_end: usize,
    /// The mark and all fields.
    pub fields_length: usize,
    /// Visual `FoxPro` has the name of a database container behind the fields.
    pub is_visual: bool,
}

/// Where the records lie.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Geometry {
    /// Bytes before the first record.
    pub first_record: usize,
    pub record_length: usize,
    /// What the header says wrong, one sentence each.
    pub corrections: Vec<String>,
}

/// A record that counts.
pub(crate) const LIVE: u8 = b' ';
/// A record that was deleted.
pub(crate) const DELETED: u8 = b'*';
/// Where a record would begin: the end of the records.
pub(crate) const END: u8 = 0x1a;

/// The record's length is a 16-bit number.
const LONGEST_RECORD: usize = 1 << 16;
/// How many records are looked at.
const LOOKED_AT: usize = 64;
/// The name of the database container behind the fields of Visual `FoxPro`.
const CONTAINER_NAME: usize = 263;

/// The first geometry, beginning with the declared one, under which every record that is seen begins with a mark.
pub(crate) fn settle(declared: &Declared, beginning: &[u8], size: u64) -> Result<Geometry, Problem> {
    let lengths = [declared.record_length, declared.fields_length];
    let container = if declared.is_visual { CONTAINER_NAME } else { 0 };
    let end = declared.fields_end;
    let firsts = [declared.first_record, end, end + container, end + 1, end.saturating_sub(1)];
    let possible = |first: usize, length: usize| {
        (declared.fields_length..=LONGEST_RECORD).contains(&length)
            && first as u64 <= size
            && first >= end.saturating_sub(1)
    };
    let candidates = || {
        let all = firsts.iter().flat_map(|first| lengths.iter().map(move |length| (*first, *length)));
        all.filter(|(first, length)| possible(*first, *length))
    };
    let fits = candidates().find(|(first, length)| marks(beginning, *first, *length).is_right());
    let declared_one =
        || candidates().find(|(first, length)| marks(beginning, *first, *length).are_mostly_right());
    let Some((first_record, record_length)) = fits.or_else(declared_one) else {
        return Err(wrong_header(declared, size));
    };
    let mut corrections = Vec::new();
    if first_record != declared.first_record {
        corrections.push(format!(
            "the header says that records begin at byte {}; they begin at {first_record}",
            declared.first_record
        ));
    }
    if record_length != declared.record_length {
        corrections.push(format!(
            "the header says that a record has {} bytes; it has {record_length}",
            declared.record_length
        ));
    }
    Ok(Geometry { first_record, record_length, corrections })
}

fn wrong_header(declared: &Declared, size: u64) -> Problem {
    let sentence = format!(
        "no records are where the header has them: from byte {}, {} bytes each, in a file of {size} bytes whose fields take {}",
        declared.first_record, declared.record_length, declared.fields_length
    );
    Problem::new("dbase.wrong-header", sentence)
        .advise("ask for the file to be sent again: it is damaged, or was transferred as text")
}

/// The marks at the beginning of the first records.
#[derive(Default)]
struct Marks {
    right: usize,
    wrong: usize,
    /// Whether there is nothing to see because there are no records.
    is_empty: bool,
}

impl Marks {
    fn is_right(&self) -> bool {
        self.wrong == 0 && (self.right > 0 || self.is_empty)
    }

    fn are_mostly_right(&self) -> bool {
        self.right > self.wrong
    }
}

fn marks(beginning: &[u8], first: usize, length: usize) -> Marks {
    let mut marks = Marks::default();
    let starts = (0..LOOKED_AT).map(|index| first + index * length);
    for mark in starts.map_while(|start| beginning.get(start)) {
        match *mark {
            LIVE | DELETED => marks.right += 1,
            END => break,
            _ => marks.wrong += 1,
        }
    }
    let at_first = beginning.get(first);
    // A table without records may end with anything behind its header, or at once.
    marks.is_empty =
        at_first.is_none_or(|mark| *mark == END) || beginning.len() < first + length && marks.right == 0;
    marks
}

#[cfg(test)]
mod tests {
    use super::{Declared, settle};

    #[test]
    fn records_are_found_where_they_are_and_not_where_the_header_has_them() {
        let header = vec![0u8; 65];
        let with = |between: &[u8], records: &[u8]| [&header, between, records].concat();
        let records = b" ab1 cd2*ef3\x1a";
        for (file, first, length, expected) in [
            (with(b"", records), 65, 4, Some((65, 4))),
            (with(b"", records), 64, 4, Some((65, 4))),
            (with(b"", records), 66, 4, Some((65, 4))),
            (with(b"", records), 65, 5, Some((65, 4))),
            (with(b"\0", records), 65, 4, Some((66, 4))),
            (with(b"", b" ab1. cd2."), 65, 5, Some((65, 5))),
            (with(b"", b"\x1a"), 65, 4, Some((65, 4))),
            (with(b"", b""), 65, 4, Some((65, 4))),
            (with(b"", b"xxxxyyyyzzzz"), 65, 4, None),
        ] {
            let declared = Declared {
                first_record: first,
                record_length: length,
                fields_end: 65,
                fields_length: 4,
                is_visual: false,
            };
            let found = settle(&declared, &file, file.len() as u64).ok();
            let found = found.map(|found| (found.first_record, found.record_length));
            assert_eq!(found, expected, "{first} {length} {:?}", String::from_utf8_lossy(&file[65..]));
        }
    }
}
