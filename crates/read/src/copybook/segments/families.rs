//! Pieces of a file that hold whole families: a record without a parent and all that belong to it.

use concordat_record::Problem;

use super::description::Segments;
use crate::copybook::frames::Block;
use crate::pipeline::Cut;

/// A family with more bytes is not kept together, and rejected: half a family would look like a whole one.
pub(crate) const LARGEST: usize = 16 << 20;

/// Keeps families together.
pub(crate) struct Families {
    inner: Box<dyn Cut<Piece = Block>>,
    segments: Segments,
    fixed_length: usize,
    /// The last family, which may go on.
    begun: Option<Block>,
    /// Whether the last family was given away before its end.
    is_cut: bool,
}

impl Families {
    pub fn new(inner: Box<dyn Cut<Piece = Block>>, segments: Segments, fixed_length: Option<usize>) -> Self {
        Self { inner, segments, fixed_length: fixed_length.unwrap_or_default(), begun: None, is_cut: false }
    }

    /// The last record of a block from an index on that begins a family.
    fn last_root(&mut self, block: &Block, from: usize) -> Option<usize> {
        (from..block.starts.len())
            .rev()
            .find(|index| self.segments.is_root(block.record(*index, self.fixed_length)))
    }
}

impl Cut for Families {
    type Piece = Block;

    fn next(&mut self) -> Result<Option<Block>, Problem> {
        loop {
            let Some(next) = self.inner.next()? else { return Ok(self.begun.take()) };
            let mut block = self.begun.take().unwrap_or_default();
            let known = block.starts.len();
            block.append(next);
            block.family_began |= std::mem::take(&mut self.is_cut);
            let root = self.last_root(&block, known);
            // A block that begins with a root has nothing of the family before.
            block.family_began &= root != Some(0);
            match root.filter(|root| *root > 0) {
                Some(root) => {
                    self.begun = Some(block.split_off(root));
                    return Ok(Some(block));
                }
                None if block.family_began || block.bytes.len() > LARGEST => {
                    block.family_goes_on = true;
                    self.is_cut = true;
                    return Ok(Some(block));
                }
                None => self.begun = Some(block),
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
