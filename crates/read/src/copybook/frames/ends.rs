//! Records at the beginning and the end of a file that describe it, where lengths vary: left out of the records, the first one
//! handed on with them.

use std::sync::Arc;

use concordat_record::Problem;

use super::block::Block;
use crate::pipeline::Cut;

/// Takes a file's first and last record out of what an inner cut gives.
pub(crate) struct WithoutEnds {
    inner: Box<dyn Cut<Piece = Block>>,
    /// Whether the first record is still to be taken.
    takes_first: bool,
    takes_last: bool,
    header: Option<Arc<[u8]>>,
    /// A block whose last record may be the file's last.
    held: Option<Block>,
}

impl WithoutEnds {
    pub fn new(inner: Box<dyn Cut<Piece = Block>>, takes_first: bool, takes_last: bool) -> Self {
        Self { inner, takes_first, takes_last, header: None, held: None }
    }

    /// The next block without the file's first record.
    fn without_first(&mut self) -> Result<Option<Block>, Problem> {
        let Some(mut block) = self.inner.next()? else { return Ok(None) };
        if self.takes_first && !block.starts.is_empty() {
            self.takes_first = false;
            self.header = Some(block.record(0, 0).into());
            let rest = block.split_off(1);
            let gaps = block.gaps;
            block = rest;
            // What stood before the first record is still told.
            if !gaps.is_empty() {
                block.first_number -= gaps.len() as u64;
                block.gaps.splice(0..0, gaps.into_iter().map(|gap| super::Gap { before: 0, ..gap }));
            }
        }
        block.header.clone_from(&self.header);
        Ok(Some(block))
    }
}

impl Cut for WithoutEnds {
    type Piece = Block;

    fn next(&mut self) -> Result<Option<Block>, Problem> {
        if !self.takes_last {
            return self.without_first();
        }
        loop {
            let next = self.without_first()?;
            match (&mut self.held, next) {
                (Some(held), Some(gaps)) if gaps.starts.is_empty() => held.append(gaps),
                (held @ Some(_), Some(next)) => return Ok(held.replace(next)),
                (held @ None, Some(next)) => *held = Some(next),
                (held, None) => {
                    let last = held.take().map(without_last).filter(|block| block.count() > 0);
                    return Ok(last);
                }
            }
        }
    }

    fn bytes_read(&self) -> u64 {
        self.inner.bytes_read()
    }

    fn mark(&self) -> String {
        self.inner.mark()
    }

    fn digest(&mut self) -> Result<String, Problem> {
        self.inner.digest()
    }
}

/// A block without its last record; gaps behind it stay.
fn without_last(mut block: Block) -> Block {
    if let Some(last) = block.starts.len().checked_sub(1) {
        let after = block.split_off(last);
        block.gaps.extend(after.gaps.into_iter().map(|gap| super::Gap { before: last, ..gap }));
    }
    block
}
