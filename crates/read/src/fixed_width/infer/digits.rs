//! Where columns begin within digits that stand side by side: dates show by their months and days, numbers with zeros before them by the
//! zeros.

use super::lines::Lines;
use super::positions::Position;

/// So many of the lines must hold a date.
const DATES: f64 = 0.98;
/// Fewer lines show nothing.
const FEWEST: usize = 10;
/// The digits of a date.
const DATE: usize = 8;
/// So much more often than at the position before, a zero stands where a number with zeros before it begins.
const ZEROS: f64 = 0.4;

/// The last digit of a number is any; that of a century is not.
const ANY: usize = 5;

/// First positions of columns, besides those known.
pub(super) fn starts(body: &[Vec<char>], positions: &[Position], known: &[usize]) -> Vec<usize> {
    let mut found = Vec::new();
    for (index, start) in known.iter().enumerate() {
        let end = known.get(index + 1).copied().unwrap_or(positions.len());
        let is_digit = |at: &usize| positions.get(*at).is_some_and(|here| here.is_digits() && here.is_full());
        let mut at = *start;
        while at < end {
            let digits = (at..end).take_while(is_digit).count();
            within(body, positions, at, at + digits, &mut found);
            at += digits + 1;
        }
    }
    found
}

/// The columns within digits that are always there.
fn within(body: &[Vec<char>], positions: &[Position], start: usize, end: usize, found: &mut Vec<usize>) {
    let mut dates = Vec::new();
    let mut at = start;
    while at + DATE <= end {
        let is_date = are_dates(body, at);
        dates.extend(is_date.then_some(at..at + DATE));
        at += if is_date { DATE } else { 1 };
    }
    // A column of dates has nothing else in it.
    let edges = dates.iter().flat_map(|date| [date.start, date.end]);
    found.extend(edges.filter(|edge| *edge > start && *edge < end));
    let zeros = |at: usize| positions.get(at).map_or(0.0, |here| here.zeros);
    let is_last_digit = |at: usize| positions.get(at).is_some_and(|here| here.different >= ANY);
    for at in start + 1..end.saturating_sub(1) {
        let is_in_date = dates.iter().any(|date| date.contains(&at));
        // One zero begins a month as well; and those at the end of even amounts do not become fewer to the right.
        let begins = is_last_digit(at - 1) && zeros(at) - zeros(at - 1) >= ZEROS && zeros(at + 1) >= ZEROS;
        if begins && !is_in_date && (at + 1..end).any(|later| zeros(later) <= zeros(at) - ZEROS) {
            found.push(at);
        }
    }
}

/// Whether nearly all lines have a date at a position: year, month and day, or day and month in either order and the year.
fn are_dates(body: &[Vec<char>], at: usize) -> bool {
    let texts: Vec<String> = body
        .iter()
        .map(|line| (at..at + DATE).map(|at| Lines::letter(line, at)).collect::<String>())
        .filter(|text| text.chars().any(|digit| digit != '0' && digit != ' '))
        .collect();
    if texts.len() < FEWEST {
        return false;
    }
    let part =
        |text: &str, from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<u32>().ok());
    let holds = |text: &String, [year, month, day]: [(usize, usize); 3]| {
        let fits = |(from, to): (usize, usize), allowed: std::ops::RangeInclusive<u32>| {
            part(text, from, to).is_some_and(|part| allowed.contains(&part))
        };
        fits(year, 1850..=2100) && fits(month, 1..=12) && fits(day, 1..=31)
    };
    [[(0, 4), (4, 6), (6, 8)], [(4, 8), (0, 2), (2, 4)], [(4, 8), (2, 4), (0, 2)]].into_iter().any(|order| {
        texts.iter().filter(|text| holds(text, order)).count() as f64 >= DATES * texts.len() as f64
    })
}
