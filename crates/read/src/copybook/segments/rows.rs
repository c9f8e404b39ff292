//! One row a record: the columns of all segments side by side, null where a record is of another one.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray, UInt32Array};
use arrow::datatypes::{DataType, Field as ArrowField};
use concordat_record::Problem;

use super::decode::{Decoded, Sorted, taken};
use super::description::{Part, Segments};
use super::family::Member;
use super::options::Others;
use crate::copybook::frames::Block;

/// The columns of a row.
pub(super) fn fields(
    segments: &Segments,
    common: &[ArrowField],
    own: &[Part],
    others: &Part,
) -> Vec<ArrowField> {
    let shown = own.iter().enumerate().filter(|(index, _)| is_shown(segments, *index));
    let mut fields: Vec<ArrowField> = common.to_vec();
    fields.extend(shown.flat_map(|(_, part)| part.fields.clone()));
    if segments.others == Others::Keep {
        fields.extend(others.fields.clone());
    }
    let levels = if segments.ids.is_some() { segments.levels() } else { 0 };
    fields.extend((0..levels).map(|level| ArrowField::new(format!("seg_id{level}"), DataType::Utf8, true)));
    fields
}

/// Whether the columns of a segment stand in the rows: its own records are wanted, or rows below it carry them.
fn is_shown(segments: &Segments, index: usize) -> bool {
    let is_wanted = |index: usize| segments.kinds.get(index).is_some_and(|segment| segment.is_wanted);
    let is_below = |other: usize| segments.ancestors(other).any(|above| above == index);
    is_wanted(index)
        || (segments.carries && (0..segments.kinds.len()).any(|other| is_wanted(other) && is_below(other)))
}

/// What rows are made of.
pub(super) struct Side<'a> {
    pub segments: &'a Segments,
    pub sorted: &'a Sorted,
    pub decoded: &'a Decoded,
    pub members: &'a [Member],
    pub block: &'a Block,
}

impl Side<'_> {
    /// The columns, and the record of each row.
    pub fn by_side(&self, is_bad: &impl Fn(usize) -> bool) -> Result<(Vec<ArrayRef>, Vec<usize>), Problem> {
        let rows: Vec<usize> =
            (0..self.members.len()).filter(|index| self.is_row(*index) && !is_bad(*index)).collect();
        let slots: UInt32Array = rows.iter().map(|row| self.sorted.slot.get(*row).copied()).collect();
        let mut columns = taken(&self.decoded.common, &slots)?;
        for (segment, own) in
            self.decoded.own.iter().enumerate().filter(|(index, _)| is_shown(self.segments, *index))
        {
            let places: UInt32Array = rows.iter().map(|row| self.place(*row, segment)).collect();
            columns.extend(taken(own, &places)?);
        }
        if self.segments.others == Others::Keep {
            let places: UInt32Array = rows.iter().map(|row| self.place_of_other(*row)).collect();
            columns.extend(taken(&self.decoded.others, &places)?);
        }
        if let Some(prefix) = &self.segments.ids {
            columns.extend(self.ids(prefix, &rows));
        }
        Ok((columns, rows))
    }

    fn is_row(&self, index: usize) -> bool {
        match self.members.get(index) {
            Some(Member::Of { segment, .. }) => {
                self.segments.kinds.get(*segment).is_some_and(|segment| segment.is_wanted)
            }
            Some(Member::Absent) => {
                self.segments.others == Others::Keep && self.place_of_other(index).is_some()
            }
            _ => false,
        }
    }

    /// Where a segment's values for a row stand: its own, or those of a record above it.
    fn place(&self, row: usize, segment: usize) -> Option<u32> {
        let mut at = Some(row);
        while let Some(index) = at {
            let Some(Member::Of { segment: own, parent }) = self.members.get(index) else { return None };
            if *own == segment {
                return self.sorted.place.get(index).copied();
            }
            at = parent.filter(|_| self.segments.carries);
        }
        None
    }

    fn place_of_other(&self, row: usize) -> Option<u32> {
        self.sorted.others.binary_search(&row).ok().and_then(|place| u32::try_from(place).ok())
    }

    /// Identifiers by level: of a root from its record number, below it from the identifier above and a count.
    fn ids(&self, prefix: &str, rows: &[usize]) -> Vec<ArrayRef> {
        let mut all: Vec<Option<String>> = vec![None; self.members.len()];
        let mut counts: Vec<usize> = vec![0; self.members.len()];
        for (index, member) in self.members.iter().enumerate() {
            let Member::Of { segment, parent } = member else { continue };
            let depth = self.segments.kinds.get(*segment).map_or(0, |segment| segment.depth);
            let id = match parent {
                None => format!("{prefix}{}", self.block.number_of(index)),
                Some(parent) => {
                    let count = counts.get_mut(*parent).map_or(0, |count| {
                        *count += 1;
                        *count
                    });
                    let above = all.get(*parent).and_then(Option::as_deref).unwrap_or_default();
                    format!("{above}_L{depth}_{count}")
                }
            };
            if let Some(slot) = all.get_mut(index) {
                *slot = Some(id);
            }
        }
        let level = |level: usize| {
            let ids =
                rows.iter().map(|row| self.above(*row, level).and_then(|index| all.get(index)?.as_deref()));
            Arc::new(ids.collect::<StringArray>()) as ArrayRef
        };
        (0..self.segments.levels()).map(level).collect()
    }

    /// The record at a level that a row belongs to, or is.
    fn above(&self, row: usize, level: usize) -> Option<usize> {
        let mut at = Some(row);
        while let Some(index) = at {
            let Some(Member::Of { segment, parent }) = self.members.get(index) else { return None };
            if self.segments.kinds.get(*segment)?.depth == level {
                return Some(index);
            }
            at = *parent;
        }
        None
    }
}
