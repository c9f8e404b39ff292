//! Texts that the cells of a workbook share: the one thing of it that is held.

use super::fault::{Fault, Result};

/// What they may take, in bytes.
const MOST_SHARED: usize = if cfg!(test) { 4 << 20 } else { 256 << 20 };

/// Texts one behind the other.
#[derive(Debug, Default)]
pub(super) struct SharedTexts {
    all: String,
    /// Where each of them ends.
    ends: Vec<u32>,
}

impl SharedTexts {
    pub fn push(&mut self, text: &str) -> Result<()> {
        if self.all.len() + text.len() + size_of_val(self.ends.as_slice()) > MOST_SHARED {
            return Err(Fault::TooLarge("what the sheets of the workbook share", MOST_SHARED as u64));
        }
        self.all.push_str(text);
        self.ends.push(self.all.len() as u32);
        Ok(())
    }

    pub fn get(&self, index: u32) -> Option<&str> {
        let index = index as usize;
        let end = *self.ends.get(index)? as usize;
        let begin = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.all.get(begin as usize..end)
    }
}
