//! The lines of a sample, as long as the longest one: blanks at their ends are often cut off.

/// Lines with their letters by position.
pub(super) struct Lines {
    pub all: Vec<Vec<char>>,
    /// Positions of the longest line that is no exception.
    pub length: usize,
}

/// A line that is longer than so many of the others is an exception.
const MOSTLY: f64 = 0.98;

impl Lines {
    pub fn new(all: Vec<Vec<char>>) -> Self {
        let mut lengths: Vec<usize> = all.iter().map(Vec::len).collect();
        lengths.sort_unstable();
        let usual = (lengths.len() as f64 * MOSTLY).ceil() as usize;
        let length = lengths.get(usual.saturating_sub(1)).copied().unwrap_or(0);
        Self { all, length }
    }

    /// What stands at a position; nothing is a blank.
    pub fn letter(line: &[char], at: usize) -> char {
        line.get(at).copied().unwrap_or(' ')
    }

    /// The share of lines that have all positions.
    pub fn whole(&self) -> f64 {
        let whole = self.all.iter().filter(|line| line.len() == self.length).count();
        whole as f64 / self.all.len().max(1) as f64
    }

    /// What stands between two positions of a line, without blanks around it.
    pub fn cell(line: &[char], (start, end): (usize, usize)) -> String {
        line.iter().skip(start).take(end - start).collect::<String>().trim().to_owned()
    }
}
