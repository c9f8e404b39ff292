//! Who belongs to whom among the records of a piece.

use super::description::Segments;

/// A record of a piece: its segment, and the record it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Member {
    /// It is passed over.
    Absent,
    /// It is bad, or of no segment that is listed.
    Bad,
    /// Nothing before it is its parent.
    Orphan,
    /// Of a segment, below a record by its index in the piece.
    Of { segment: usize, parent: Option<usize> },
}

/// Says for each record to which it belongs: the last one of its parent's segment, unless a record further up has come between.
/// What belongs to a bad record is an orphan.
pub(crate) fn members(
    segments: &Segments,
    of: &[Option<usize>],
    is_bad: impl Fn(usize) -> bool,
) -> Vec<Member> {
    let mut last: Vec<Option<usize>> = vec![None; segments.kinds.len()];
    let below: Vec<Vec<usize>> = (0..segments.kinds.len()).map(|index| below(segments, index)).collect();
    of.iter()
        .enumerate()
        .map(|(index, segment)| {
            let Some(segment) = *segment else {
                return if is_bad(index) { Member::Bad } else { Member::Absent };
            };
            let parent = segments.kinds.get(segment).and_then(|segment| segment.parent);
            let above = parent.and_then(|parent| last.get(parent).copied().flatten());
            let is_orphan = segments.has_families() && parent.is_some() && above.is_none();
            for other in below.get(segment).into_iter().flatten().chain([&segment]) {
                if let Some(last) = last.get_mut(*other) {
                    *last = None;
                }
            }
            if is_bad(index) {
                return Member::Bad;
            }
            if is_orphan {
                return Member::Orphan;
            }
            if let Some(last) = last.get_mut(segment) {
                *last = Some(index);
            }
            Member::Of { segment, parent: above }
        })
        .collect()
}

/// All segments that are below one.
fn below(segments: &Segments, index: usize) -> Vec<usize> {
    (0..segments.kinds.len()).filter(|other| segments.ancestors(*other).any(|above| above == index)).collect()
}
