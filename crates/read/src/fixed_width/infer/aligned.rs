//! How much lines stand below each other like the columns of a table.

use super::lines::Lines;

/// Kinds of letters: blank, digit, letter, mark.
const KINDS: usize = 4;
/// Lines are held against each other shifted by up to so many positions.
const MOST_SHIFT: usize = 40;

/// Where nearly all letters are of one kind, as in numbers without blanks, positions tell nothing; lines of one length do.
const ONE_KIND: f64 = 0.85;
/// How much those are worth.
const ALL_DIGITS: f64 = 0.5;

/// From 0 (prose, where the letter below another one is of any kind) to 1 (a table: of the same kind).
///
/// Two lines taken at random agree in the kinds of letters at a position with some chance; the same lines shifted against each other
/// agree by accident only. What is above that accident says how much the position means.
pub(super) fn aligned(lines: &Lines) -> f64 {
    let count = lines.all.len() as f64;
    if count < 2.0 || lines.length == 0 {
        return 0.0;
    }
    let counts: Vec<[f64; KINDS]> = (0..lines.length)
        .map(|at| {
            let mut counts = [0.0; KINDS];
            for line in &lines.all {
                if let Some(count) = counts.get_mut(kind(Lines::letter(line, at))) {
                    *count += 1.0;
                }
            }
            counts
        })
        .collect();
    let pairs = |here: &[f64; KINDS]| here.iter().map(|kind| kind * (kind - 1.0)).sum::<f64>();
    let together = counts.iter().map(pairs).sum::<f64>() / (count * (count - 1.0) * lines.length as f64);
    let (mut by_accident, mut places) = (0.0, 0.0);
    for shift in 1..=MOST_SHIFT.min(lines.length / 2) {
        for (here, there) in counts.iter().zip(counts.iter().skip(shift)) {
            by_accident += here.iter().zip(there).map(|(a, b)| a * b).sum::<f64>() / (count * count);
            places += 1.0;
        }
    }
    let by_accident = if places > 0.0 { by_accident / places } else { 1.0 };
    if by_accident > ONE_KIND && lines.whole() > ONE_KIND {
        return ALL_DIGITS;
    }
    ((together - by_accident) / (1.0 - by_accident).max(1e-9)).clamp(0.0, 1.0)
}

fn kind(letter: char) -> usize {
    match letter {
        ' ' => 0,
        '0'..='9' => 1,
        _ if letter.is_alphabetic() => 2,
        _ => 3,
    }
}
