//! What headers of an archive say of the file that follows them.

use std::collections::HashMap;

/// What headers before a header say of it.
#[derive(Default)]
pub(super) struct Announced {
    pub name: Option<String>,
    pub pax: HashMap<String, String>,
    /// Offsets and lengths of version 0.0, which come as repeated keys.
    pub pieces: Vec<u64>,
}

impl Announced {
    /// The records of an extended header: `length key=value` and a line end, the length that of the whole record.
    pub fn read(&mut self, mut records: &[u8]) -> Option<()> {
        while !records.is_empty() {
            let space = records.iter().position(|byte| *byte == b' ')?;
            let length: usize = std::str::from_utf8(records.get(..space)?).ok()?.parse().ok()?;
            let record = records.get(space + 1..length)?.strip_suffix(b"\n")?;
            let equals = record.iter().position(|byte| *byte == b'=')?;
            let key = String::from_utf8_lossy(record.get(..equals)?).into_owned();
            let value = String::from_utf8_lossy(record.get(equals + 1..)?).into_owned();
            if matches!(key.as_str(), "GNU.sparse.offset" | "GNU.sparse.numbytes") {
                self.pieces.push(value.parse().ok()?);
            } else {
                self.pax.insert(key, value);
            }
            records = records.get(length..)?;
        }
        Some(())
    }

    pub fn number(&self, key: &str) -> Option<u64> {
        self.pax.get(key)?.parse().ok()
    }
}
