//! How a sheet lies: which of its rows and columns are hidden, and which of its cells are merged.

use super::cell::Area;
use super::fault::{Fault, Result};

/// More merged cells, or ranges of hidden rows, than this are those of no sheet.
const MOST_RANGES: usize = 1 << 20;

/// Rows and columns from zero.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    pub hidden_rows: Ranges,
    pub hidden_columns: Ranges,
    pub merged: Vec<Area>,
}

impl Layout {
    pub fn merge(&mut self, area: Area) -> Result<()> {
        check(self.merged.len(), size_of::<Area>())?;
        self.merged.push(area);
        Ok(())
    }
}

/// Numbers, both ends of a range included.
#[derive(Clone, Debug, Default)]
pub(super) struct Ranges(Vec<(u32, u32)>);

impl Ranges {
    pub fn add(&mut self, first: u32, last: u32) -> Result<()> {
        match self.0.last_mut() {
            // Neighbours come one by one.
            Some((begin, end)) if (*begin..=end.saturating_add(1)).contains(&first) => *end = last.max(*end),
            _ => {
                check(self.0.len(), size_of::<(u32, u32)>())?;
                self.0.push((first, last));
            }
        }
        Ok(())
    }

    /// The same, sorted, so that they can be asked.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.0.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(self.0.len());
        for (first, last) in self.0 {
            match merged.last_mut() {
                Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
                _ => merged.push((first, last)),
            }
        }
        Self(merged)
    }

    /// Whether a number is in one of them, once they are sorted.
    pub fn has(&self, number: u32) -> bool {
        let before = self.0.partition_point(|(first, _)| *first <= number);
        before.checked_sub(1).and_then(|found| self.0.get(found)).is_some_and(|(_, last)| number <= *last)
    }
}

fn check(count: usize, size: usize) -> Result<()> {
    if count < MOST_RANGES {
        return Ok(());
    }
    Err(Fault::TooLarge("what is merged or hidden in a sheet", (MOST_RANGES * size) as u64))
}

#[cfg(test)]
mod tests {
    use super::Ranges;

    #[test]
    fn numbers_are_found_in_ranges_that_came_in_any_order() {
        let mut ranges = Ranges::default();
        for (first, last) in [(7, 9), (10, 10), (1, 1), (8, 20), (3, 3), (u32::MAX, u32::MAX)] {
            ranges.add(first, last).unwrap();
        }
        let ranges = ranges.sorted();
        let found: Vec<u32> = (0..30).filter(|number| ranges.has(*number)).collect();
        assert_eq!(found, [vec![1, 3], (7..21).collect()].concat());
        assert!(ranges.has(u32::MAX));
    }
}
