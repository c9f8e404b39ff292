//! What of the bytes between two records is the record: without a prefix and a suffix, and neither too short nor too long.

use concordat_record::Problem;

use super::block::{Divided, Gap};

/// What stands around each record, and how long it may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    /// Bytes before what the copybook describes.
    pub prefix: usize,
    /// Bytes behind it.
    pub suffix: usize,
    /// The fewest bytes that a record may have, without prefix and suffix.
    pub least: usize,
    /// The most bytes.
    pub most: usize,
}

impl Default for Window {
    fn default() -> Self {
        Self { prefix: 0, suffix: 0, least: 0, most: usize::MAX }
    }
}

impl Window {
    /// Bytes around each record.
    pub fn around(self) -> usize {
        self.prefix.saturating_add(self.suffix)
    }

    /// Narrows what was divided to the records proper; those that are too short or too long become gaps.
    pub fn narrow(self, bytes: &[u8], divided: &mut Divided) {
        if divided.ends.is_empty() {
            for start in &mut divided.starts {
                *start += self.prefix;
            }
            return;
        }
        if self.around() == 0 && self.least == 0 && self.most == usize::MAX {
            return;
        }
        let (starts, ends) = (std::mem::take(&mut divided.starts), std::mem::take(&mut divided.ends));
        let mut known = std::mem::take(&mut divided.gaps).into_iter().peekable();
        for (index, (start, end)) in starts.into_iter().zip(ends).enumerate() {
            while let Some(mut gap) = known.next_if(|gap| gap.before <= index) {
                gap.before = divided.starts.len();
                divided.gaps.push(gap);
            }
            match self.problem(start, end) {
                None => {
                    divided.starts.push(start + self.prefix);
                    divided.ends.push(end - self.suffix);
                }
                Some(problem) => divided.gaps.push(gap(divided, bytes, start, end, problem)),
            }
        }
        let records = divided.starts.len();
        divided.gaps.extend(known.map(|gap| Gap { before: records, ..gap }));
    }

    fn problem(self, start: usize, end: usize) -> Option<Problem> {
        let wrong = |sentence| Problem::new("read.record-length", sentence);
        let Some(length) = (end - start).checked_sub(self.around()) else {
            let sentence = format!("the record has {} bytes, fewer than stand around one", end - start);
            return Some(wrong(sentence).advise("check `record_prefix_bytes` and `record_suffix_bytes`"));
        };
        if length < self.least {
            let sentence =
                format!("the record has {length} bytes, fewer than the {} of the shortest", self.least);
            return Some(wrong(sentence).advise("check `minimum_record_length`"));
        }
        (length > self.most).then(|| {
            let sentence =
                format!("the record has {length} bytes, more than the {} of the longest", self.most);
            wrong(sentence).advise("check `maximum_record_length`")
        })
    }
}

/// A record that cannot be one; of one that was put together, the joined bytes.
fn gap(divided: &Divided, bytes: &[u8], start: usize, end: usize, problem: Problem) -> Gap {
    let before = divided.starts.len();
    let Some(joined) = &divided.joined else { return Gap::new(before, bytes, start, end, problem) };
    let origin = joined.seams.partition_point(|seam| seam.at <= start).checked_sub(1);
    let byte_offset = origin.and_then(|seam| joined.seams.get(seam)).map_or(0, |seam| seam.byte_offset);
    Gap { byte_offset, ..Gap::new(before, &joined.bytes, start, end, problem) }
}
