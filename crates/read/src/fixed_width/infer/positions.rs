//! Where columns begin, by what stands at each position in all lines:
//!
//! * behind a position that is always blank;
//! * where digits follow letters, or letters digits, but for a code that begins with always the same letter;
//! * where a position is nearly always filled and the one before it mostly blank: the padding of a text ends there;
//! * where a number that grows to the left begins behind something else: fewer lines have its first digits;
//! * within digits where `digits` finds dates and numbers with zeros before them.

use std::collections::HashSet;

use super::digits;
use super::lines::Lines;

/// What stands at one position: shares of all lines.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Position {
    pub filled: f64,
    digits: f64,
    letters: f64,
    /// How many different letters there are.
    pub different: usize,
    /// The share of zeros where it is filled.
    pub zeros: f64,
}

/// A position that is filled in so many of the lines counts as always filled.
const MOSTLY: f64 = 0.9;
/// A difference between neighbours that is no accident.
const STEP: f64 = 0.3;

impl Position {
    /// Nearly all that is there are digits, or marks that stand in numbers.
    pub fn is_digits(self) -> bool {
        self.filled > 0.0 && self.digits >= 0.98 * self.filled
    }

    fn is_letters(self) -> bool {
        self.filled > 0.0 && self.letters >= 0.98 * self.filled
    }

    pub fn is_full(self) -> bool {
        self.filled >= MOSTLY
    }

    fn of(body: &[Vec<char>], at: usize) -> Self {
        let all = body.len().max(1) as f64;
        let letters = || body.iter().map(|line| Lines::letter(line, at)).filter(|letter| *letter != ' ');
        let share =
            |fits: &dyn Fn(char) -> bool| letters().filter(|letter| fits(*letter)).count() as f64 / all;
        let filled = share(&|_| true);
        Self {
            filled,
            digits: share(&|letter| letter.is_ascii_digit() || "+-.".contains(letter)),
            letters: share(&char::is_alphabetic),
            different: letters().collect::<HashSet<char>>().len(),
            zeros: share(&|letter| letter == '0') / filled.max(1e-9),
        }
    }
}

/// First and last position of each column, the last one not included. Blanks belong to the column before them.
pub(super) fn columns(lines: &Lines, body: &[Vec<char>]) -> Vec<(usize, usize)> {
    let positions: Vec<Position> = (0..lines.length).map(|at| Position::of(body, at)).collect();
    let mut starts = vec![0];
    for at in 1..positions.len() {
        let start = starts.last().copied().unwrap_or_default();
        if begins(&positions, at, start) {
            starts.push(at);
        }
    }
    starts.extend(digits::starts(body, &positions, &starts));
    starts.sort_unstable();
    starts.dedup();
    between(&starts, positions.len())
}

/// Columns by their first positions.
pub(super) fn between(starts: &[usize], length: usize) -> Vec<(usize, usize)> {
    let ends = starts.iter().skip(1).copied().chain([length]);
    starts.iter().copied().zip(ends).collect()
}

/// Whether a column begins at a position; the one before it begins at `start`.
fn begins(positions: &[Position], at: usize, start: usize) -> bool {
    let (Some(before), Some(here)) = (positions.get(at - 1).copied(), positions.get(at).copied()) else {
        return false;
    };
    if here.filled == 0.0 {
        return false;
    }
    if before.filled == 0.0 {
        // The blanks at the beginning of lines are no column.
        return positions.iter().take(at).skip(start).any(|known| known.filled > 0.0);
    }
    let is_prefix = before.is_letters() && before.different == 1;
    let changes =
        (before.is_digits() && here.is_letters()) || (before.is_letters() && here.is_digits() && !is_prefix);
    let pad_ends = here.is_full() && here.filled - before.filled >= STEP;
    if before.is_digits() && here.is_digits() {
        return number_behind_number(positions, at, start);
    }
    let number_begins =
        here.is_digits() && (before.filled < 0.5 || before.is_letters()) && grows_to_the_left(positions, at);
    (changes && before.filled >= 0.5 && here.filled >= 0.5) || pad_ends || number_begins
}

/// Whether from a position on there are digits of which each stands in at least as many lines as the one before, in the end in all.
fn grows_to_the_left(positions: &[Position], at: usize) -> bool {
    let run = || positions.iter().skip(at).take_while(|next| next.is_digits()).map(|next| next.filled);
    let mut fullest = 0.0;
    for filled in run() {
        if filled < fullest {
            break;
        }
        fullest = filled;
    }
    fullest >= MOSTLY && run().next().is_some_and(|first| first < MOSTLY)
}

/// Two numbers side by side: a number that grows to the left behind one that is full, or a full one behind one that ends early.
fn number_behind_number(positions: &[Position], at: usize, start: usize) -> bool {
    let (Some(before), Some(here), Some(first)) =
        (positions.get(at - 1), positions.get(at), positions.get(start))
    else {
        return false;
    };
    let falls = before.is_full() && before.filled - here.filled >= STEP && grows_to_the_left(positions, at);
    let ends_early = first.is_digits() && first.filled - before.filled >= STEP;
    falls || (here.is_full() && here.filled - before.filled >= STEP && ends_early)
}
