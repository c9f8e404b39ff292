//! Records of one length, one behind the other (`F`; `FB` is the same in a file that has left the mainframe).

use concordat_record::Problem;

use super::{BLOCK_BYTES, Divided, Framing};
use crate::reader::BATCH_RECORDS;

/// Divides every so many bytes.
pub(crate) struct Fixed {
    pub record_length: usize,
}

impl Framing for Fixed {
    fn divide(&mut self, bytes: &[u8], last: bool) -> Divided {
        let length = self.record_length;
        let whole = bytes.len() / length;
        let used = whole * length;
        let rest = bytes.len() - used;
        let broken = (last && rest > 0).then(|| {
            let sentence = format!("the file ends {rest} bytes into a record of {length} bytes, so its size is not divisible by the record length");
            Problem::new("read.truncated-record", sentence)
                .advise("ask for the file to be sent again: it was cut off; if all records look shifted, check the record length")
        });
        Divided { starts: (0..whole).map(|index| index * length).collect(), ends: Vec::new(), used, broken }
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
        Some(self.record_length)
    }
}
