//! Records of one length, one behind the other (`F`; `FB` is the same in a file that has left the mainframe without its blocks).

use concordat_record::Problem;

use super::block::{Divided, Gap};
use super::{BLOCK_BYTES, Framing};
use crate::reader::BATCH_RECORDS;

/// Divides every so many bytes.
pub(crate) struct Fixed {
    /// Of a record with all that stands before and behind it.
    pub record_length: usize,
    /// Whether a last record that is not whole counts.
    pub keeps_partial: bool,
}

impl Framing for Fixed {
    fn divide(&mut self, bytes: &[u8], last: bool) -> Divided {
        let length = self.record_length;
        let whole = bytes.len() / length;
        let used = whole * length;
        let rest = bytes.len() - used;
        let mut divided = Divided { used, ..Divided::default() };
        divided.starts = (0..whole).map(|index| index * length).collect();
        if self.keeps_partial {
            divided.ends = divided.starts.iter().map(|start| start + length).collect();
        }
        if last && rest > 0 {
            divided.used = bytes.len();
            if self.keeps_partial {
                divided.starts.push(used);
                divided.ends.push(bytes.len());
            } else {
                let problem = truncated(bytes.get(used..).unwrap_or_default(), length);
                divided.gaps.push(Gap::new(whole, bytes, used, bytes.len(), problem));
            }
        }
        divided
    }

    fn format(&self) -> &'static str {
        "F"
    }

    fn wanted(&self) -> usize {
        (BLOCK_BYTES / self.record_length).clamp(1, BATCH_RECORDS) * self.record_length
    }

    fn records_in(&self, size: u64) -> Option<u64> {
        Some(size / self.record_length as u64)
    }

    fn fixed_length(&self) -> Option<usize> {
        (!self.keeps_partial).then_some(self.record_length)
    }
}

/// What is left at the end of a file of fixed records.
pub(crate) fn truncated(rest: &[u8], length: usize) -> Problem {
    let count = rest.len();
    let sentence = format!(
        "the file ends {count} bytes into a record of {length} bytes, so its size is not divisible by the record length"
    );
    let problem = Problem::new("read.truncated-record", sentence);
    match rest.first() {
        Some(first) if rest.iter().all(|byte| byte == first) => problem.advise(format!(
            "these bytes are all `{first:02x}`, which is padding: leave them out by `file_trailer_bytes = {count}`"
        )),
        _ => problem.advise(
            "ask for the file to be sent again: it was cut off; if all records look shifted, check the record length",
        ),
    }
}
