//! A piece of a file with segments to columns: each segment's own columns are decoded from its own records only.

use std::ops::Range;

use arrow::array::{ArrayRef, UInt32Array};
use arrow::compute::take;
use arrow::datatypes::Field as ArrowField;
use concordat_record::Problem;

use super::description::{Part, Segments};
use super::families::LARGEST;
use super::family::{Member, members};
use super::nested::Nested;
use super::options::{Others, Rows};
use super::rows::Side;
use crate::copybook::decode::{Places, columns};
use crate::copybook::fault::Fault;
use crate::copybook::frames::Block;
use crate::copybook::plan::Plan;
use crate::copybook::values::Machine;
use crate::reader::inconsistent;

/// The segments of a file and how to decode them.
#[derive(Debug)]
pub(crate) struct Segmented {
    pub segments: Segments,
    own: Vec<Part>,
    others: Part,
    key: String,
    /// The columns of a row.
    pub fields: Vec<ArrowField>,
    nested: Option<Nested>,
}

/// What became of a piece.
pub(crate) struct Outcome<'p> {
    pub columns: Vec<ArrayRef>,
    /// The record of each row.
    pub rows: Vec<usize>,
    /// The first fault of each record.
    pub faults: Vec<Option<Fault<'p>>>,
    /// Records that no segment could be found for, or no parent.
    pub refused: Vec<(usize, Problem)>,
}

/// The records of a piece, sorted by segment.
pub(super) struct Sorted {
    /// What each record is; a segment that is not needed counts as none.
    pub of: Vec<Option<usize>>,
    /// The place of each record among those of its segment.
    pub place: Vec<u32>,
    /// The records of each segment.
    pub records: Vec<Vec<usize>>,
    /// The records of none that is listed.
    pub others: Vec<usize>,
    /// The place of each record among all that are decoded.
    pub slot: Vec<u32>,
}

/// The columns of a piece before they are put into rows.
pub(super) struct Decoded {
    /// What all segments share, of all records that are decoded.
    pub common: Vec<ArrayRef>,
    /// What each segment has of its own, of its own records.
    pub own: Vec<Vec<ArrayRef>>,
    /// What only records of no listed segment have.
    pub others: Vec<ArrayRef>,
}

impl Segmented {
    /// Takes a plan apart; what all segments share stays in it.
    pub fn new(segments: Segments, plan: &mut Plan, key: &str) -> Self {
        let whole = std::mem::take(&mut plan.nodes);
        let parts = segments.parts(whole, std::mem::take(&mut plan.fields));
        (plan.nodes, plan.fields) = (parts.common.nodes, parts.common.fields);
        let nested =
            (segments.rows == Rows::Nested).then(|| Nested::new(&segments, &plan.fields, &parts.own));
        let fields = match &nested {
            Some(nested) => nested.fields.clone(),
            None => super::rows::fields(&segments, &plan.fields, &parts.own, &parts.others),
        };
        Self { segments, own: parts.own, others: parts.others, key: key.into(), fields, nested }
    }

    /// Whether the records of a segment are decoded.
    fn is_needed(&self, segment: usize) -> bool {
        let is_wanted =
            |index: usize| self.segments.kinds.get(index).is_some_and(|segment| segment.is_wanted);
        is_wanted(segment) || (self.segments.rows == Rows::Records && self.segments.has_families())
    }

    /// The rows of a piece.
    pub fn decode<'p>(
        &'p self,
        plan: &'p Plan,
        block: &Block,
        fixed_length: usize,
        machine: &Machine,
    ) -> Result<Outcome<'p>, Problem> {
        let sorted = self.sort(block, fixed_length);
        let mut faults: Vec<Option<Fault<'p>>> =
            std::iter::repeat_with(|| None).take(block.starts.len()).collect();
        let mut all: Vec<usize> = sorted.records.iter().flatten().chain(&sorted.others).copied().collect();
        all.sort_unstable();
        let decoded = Decoded {
            common: at(&plan.nodes, block, &all, machine, &mut faults),
            own: (self.own.iter().zip(&sorted.records))
                .map(|(part, records)| at(&part.nodes, block, records, machine, &mut faults))
                .collect(),
            // Nothing says that these descriptions hold: where one cannot be decoded, it does not.
            others: at(&self.others.nodes, block, &sorted.others, machine, &mut []),
        };
        let is_refused =
            |index: usize| self.segments.others == Others::Reject && sorted.slot.get(index) == Some(&UNKNOWN);
        let whole = self.whole_families(block, fixed_length);
        let is_cut =
            |index: usize| !whole.contains(&index) && sorted.of.get(index).copied().flatten().is_some();
        let is_bad = |index: usize| {
            faults.get(index).is_some_and(Option::is_some) || is_refused(index) || is_cut(index)
        };
        let members = members(&self.segments, &sorted.of, is_bad);
        let (columns, rows) = if let Some(nested) = &self.nested {
            nested.rows(&self.segments, &sorted, &decoded, &members)?
        } else {
            let (segments, sorted, decoded, members) =
                (&self.segments, &sorted, &decoded, members.as_slice());
            Side { segments, sorted, decoded, members, block }.by_side(&is_bad)?
        };
        let refused = self.refused(&members, &sorted, is_refused, is_cut);
        Ok(Outcome { columns, rows, faults, refused })
    }

    /// The records of a piece whose families stand in it as a whole.
    fn whole_families(&self, block: &Block, fixed_length: usize) -> Range<usize> {
        let count = block.starts.len();
        let mut segments = self.segments.clone();
        let mut is_root = |index: &usize| segments.is_root(block.record(*index, fixed_length));
        let begin = if block.family_began { (0..count).find(&mut is_root).unwrap_or(count) } else { 0 };
        let end = if block.family_goes_on {
            (begin..count).rev().find(&mut is_root).unwrap_or(begin)
        } else {
            count
        };
        begin..end
    }

    fn sort(&self, block: &Block, fixed_length: usize) -> Sorted {
        let count = block.starts.len();
        let mut segments = self.segments.clone();
        let mut sorted = Sorted {
            of: Vec::with_capacity(count),
            place: Vec::with_capacity(count),
            records: vec![Vec::new(); self.own.len()],
            others: Vec::new(),
            slot: Vec::with_capacity(count),
        };
        let mut slot = 0;
        for index in 0..count {
            let record = block.record(index, fixed_length);
            let found = segments.of(record);
            let is_asked = segments.is_asked(record);
            let needed = found.filter(|segment| is_asked && self.is_needed(*segment));
            let records = match (needed, found) {
                (Some(segment), _) => sorted.records.get_mut(segment),
                (None, None) if is_asked && self.segments.others == Others::Keep => Some(&mut sorted.others),
                _ => None,
            };
            sorted.of.push(needed);
            sorted.place.push(records.as_ref().map_or(0, |records| records.len() as u32));
            let is_decoded = records.is_some();
            sorted.slot.push(match (is_decoded, found) {
                (true, _) => slot,
                (false, None) if is_asked => UNKNOWN,
                (false, _) => PASSED,
            });
            slot += u32::from(is_decoded);
            if let Some(records) = records {
                records.push(index);
            }
        }
        sorted
    }

    fn refused(
        &self,
        members: &[Member],
        sorted: &Sorted,
        is_refused: impl Fn(usize) -> bool,
        is_cut: impl Fn(usize) -> bool,
    ) -> Vec<(usize, Problem)> {
        let mut refused = Vec::new();
        for (index, member) in members.iter().enumerate() {
            if is_refused(index) {
                refused.push((index, self.unknown()));
            } else if is_cut(index) {
                refused.push((index, too_long()));
            } else if *member == Member::Orphan {
                let segment = sorted.of.get(index).copied().flatten();
                refused.extend(segment.map(|segment| (index, self.orphan(segment))));
            }
        }
        refused
    }

    fn unknown(&self) -> Problem {
        let sentence = format!("the field `{}` has a value that is none of the segments", self.key);
        Problem::new("read.unknown-segment", sentence).advise(
            "add the value to `records` in `[copybook.segments]`; `others = \"skip\"` passes over such records, `\"keep\"` makes rows of them",
        )
    }

    fn orphan(&self, segment: usize) -> Problem {
        let segment = self.segments.kinds.get(segment);
        let parent =
            segment.and_then(|segment| segment.parent).and_then(|parent| self.segments.kinds.get(parent));
        let name = |segment: Option<&super::description::Segment>| {
            segment.map_or("", |segment| &segment.name).to_owned()
        };
        let sentence = format!(
            "the record is of segment `{}`, but no `{}` is there that it belongs to",
            name(segment),
            name(parent)
        );
        Problem::new("read.orphan-segment", sentence)
            .advise("if its parent was rejected, mend that first; otherwise check `parents`, and whether the file is whole")
    }
}

fn too_long() -> Problem {
    let sentence = format!(
        "the record belongs to a family (a record without a parent, and all below it) of more than {} MiB",
        LARGEST >> 20
    );
    Problem::new("read.family-too-long", sentence)
        .advise("leave `parents` out: then each record is a row by itself, and what belongs together is told by its fields")
}

/// A record of no segment that is listed, and one that is passed over, have no slot.
const UNKNOWN: u32 = u32::MAX;
const PASSED: u32 = u32::MAX - 1;

/// Decodes nodes at some of the records; the first fault of each record is kept.
fn at<'p>(
    nodes: &'p [crate::copybook::plan::Node],
    block: &Block,
    records: &[usize],
    machine: &Machine,
    first: &mut [Option<Fault<'p>>],
) -> Vec<ArrayRef> {
    let pick = |places: &[usize]| -> Vec<usize> {
        records.iter().filter_map(|index| places.get(*index)).copied().collect()
    };
    let (starts, ends) = (pick(&block.starts), pick(&block.ends));
    let ends = Some(ends.as_slice()).filter(|_| !block.ends.is_empty());
    let places = Places::of_records(&block.bytes, &starts, ends);
    let mut faults = Vec::new();
    let columns = columns(nodes, places, machine, &mut faults);
    for mut fault in faults {
        let Some(index) = records.get(fault.index) else { continue };
        fault.index = *index;
        if let Some(slot) = first.get_mut(*index)
            && slot.as_ref().is_none_or(|known| fault.offset < known.offset)
        {
            *slot = Some(fault);
        }
    }
    columns
}

/// The values at some places of columns; null where there is no place.
pub(super) fn taken(columns: &[ArrayRef], places: &UInt32Array) -> Result<Vec<ArrayRef>, Problem> {
    columns.iter().map(|column| take(column, places, None).map_err(|error| inconsistent(&error))).collect()
}
