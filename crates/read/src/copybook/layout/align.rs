//! SYNCHRONIZED: numbers at offsets that machines like, and the slack bytes before them.

use super::place::{Inherited, Placing};
use crate::copybook::coding::BinarySize;
use crate::copybook::picture::Category;
use crate::copybook::syntax::{Entry, Usage};

impl Placing<'_> {
    /// The next offset at which an entry may begin: slack bytes before a group are those of the first number in it.
    pub(super) fn aligned(&self, entry: &Entry, offset: usize, above: Inherited) -> usize {
        let mut first = entry;
        let mut around = above;
        while let Some(part) = first.parts.first() {
            around = around.within(first);
            first = part;
        }
        offset.checked_next_multiple_of(self.alignment(first, around)).unwrap_or(offset)
    }

    /// What the offset of a SYNCHRONIZED number is a multiple of: a half word, a word, or a double word for COMP-2.
    pub(super) fn alignment(&self, entry: &Entry, above: Inherited) -> usize {
        let own = above.within(entry);
        if !own.synchronized || !entry.parts.is_empty() {
            return 1;
        }
        let (digits, signed) = match entry.clauses.picture.as_ref().map(|(picture, _)| picture.category) {
            Some(Category::Number { digits, signed, .. }) => (digits, signed),
            _ => (0, false),
        };
        match own.usage {
            Some(Usage::Binary | Usage::Native | Usage::LittleEndian) => {
                let bytes = usize::from(self.binary_size.bytes(digits, signed));
                // IBM aligns double words of binary numbers as words; GnuCOBOL does not.
                if self.binary_size == BinarySize::Ibm { bytes.min(4) } else { aligned_alone(bytes) }
            }
            Some(Usage::Sized(bytes, _) | Usage::Opaque(bytes)) => usize::from(bytes),
            Some(Usage::Float) => 4,
            Some(Usage::Double) => 8,
            _ => 1,
        }
    }

    /// Slack bytes make every occurrence begin where its synchronized numbers need it.
    pub(super) fn largest_alignment(&self, entry: &Entry, above: Inherited) -> usize {
        let within = above.within(entry);
        let own = self.alignment(entry, above);
        entry.parts.iter().map(|part| self.largest_alignment(part, within)).fold(own, usize::max)
    }
}

/// Numbers of 2, 4 or 8 bytes can be aligned; others stand where they are.
fn aligned_alone(bytes: usize) -> usize {
    if matches!(bytes, 2 | 4 | 8) { bytes } else { 1 }
}
