//! Records of one length: bytes that are so far apart are of the same kind.
//!
//! For each length that could be one, the share of bytes is counted whose kind is the same as that of the byte one record later
//! (autocorrelation of byte classes). The true length stands out, and so do its multiples; the smallest one that is nearly as good is
//! taken. Lengths that divide the file's size are likelier; a rest is looked for at both ends of the file.

use std::fmt::Write as _;

use super::Structure;
use super::class::{CLASSES, classes};
use crate::clues::Sample;

/// The longest record that is looked for: IBM's longest.
const LONGEST: usize = 32_760;
/// So many places are compared for each length.
const PROBES: usize = 1_500;
/// The fewest records that say something.
const FEWEST: usize = 4;

/// The record lengths that the sample shows, the likeliest first. `tail` is the end of the file, when it is not in the sample.
pub(super) fn periods(sample: &Sample, tail: &[u8]) -> Vec<Structure> {
    let classes = classes(&sample.bytes);
    let longest = LONGEST.min(classes.len() / FEWEST);
    let chance = chance(&classes);
    let shares: Vec<f64> =
        (0..=longest).map(|length| if length == 0 { 0.0 } else { same(&classes, length) }).collect();
    let best = shares.iter().copied().fold(0.0, f64::max);
    if best - chance < 0.1 {
        return Vec::new();
    }
    let lasting = |length: usize| lasting(&shares, length);
    let best = (2..=longest).map(lasting).fold(0.0, f64::max);
    // A multiple of the true length is a little better by chance, and by what repeats every few records.
    let good_enough = chance + (best - chance) * 0.55;
    let mut lengths: Vec<(usize, f64)> = Vec::new();
    for length in (2..=longest).filter(|length| lasting(*length) >= good_enough && is_peak(&shares, *length))
    {
        if lengths.iter().any(|(known, _)| length % known == 0) || lengths.len() > 40 {
            continue;
        }
        lengths.push((length, (lasting(length) - chance) / (1.0 - chance).max(0.01)));
    }
    let mut found: Vec<Structure> = lengths
        .into_iter()
        .filter_map(|(length, excess)| structure(sample, tail, &classes, length, excess))
        .collect();
    found.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    found.truncate(3);
    found
}

/// The share at a length and at its first multiples: what repeats with the records does so all the way.
fn lasting(shares: &[f64], length: usize) -> f64 {
    let multiples = (1..=3).filter_map(|times| shares.get(length * times)).copied();
    let count = (1..=3).filter(|times| length * times < shares.len()).count().max(1);
    multiples.sum::<f64>() / count as f64
}

/// Whether the share stands out among its neighbours; long runs of one kind of byte make all short distances alike.
fn is_peak(shares: &[f64], length: usize) -> bool {
    let here = shares.get(length).copied().unwrap_or_default();
    let near = [length.wrapping_sub(1), length + 1].into_iter().filter_map(|near| shares.get(near));
    near.into_iter().all(|near| here >= near + 0.02)
}

/// The share of places where the class one record later is the same.
fn same(classes: &[u8], length: usize) -> f64 {
    let room = classes.len() - length;
    let step = (room / PROBES).max(1) | 1;
    let places = (0..room).step_by(step);
    let count = places.len().max(1);
    let same = places.filter(|at| classes.get(*at) == classes.get(at + length)).count();
    same as f64 / count as f64
}

/// The share that two places chosen by chance would have in common.
fn chance(classes: &[u8]) -> f64 {
    let mut counts = [0usize; CLASSES];
    for class in classes {
        if let Some(count) = counts.get_mut(usize::from(*class)) {
            *count += 1;
        }
    }
    counts.iter().map(|count| (*count as f64 / classes.len().max(1) as f64).powi(2)).sum()
}

/// What a length would mean for the file: a rest at its beginning or its end.
fn structure(sample: &Sample, tail: &[u8], classes: &[u8], length: usize, excess: f64) -> Option<Structure> {
    let profile = Profile::new(classes, length);
    let rest = usize::try_from(sample.size % length as u64).ok()?;
    let mut evidence = vec![format!(
        "bytes that are {length} apart are of the same kind {:.0} % more often than by chance",
        excess * 100.0
    )];
    let mut options = String::new();
    let count = sample.size / length as u64;
    // A header as long as a record shows only in its bytes.
    let odd_first = profile.fit(classes.get(..length)?, 0) < 0.55 && profile.typical > 0.8;
    let (mut header, mut trailer) = (0, 0);
    if rest == 0 {
        evidence.push(format!(
            "the file's {} bytes are {count} records of {length} bytes without a rest",
            sample.size
        ));
        if odd_first {
            header = length;
        }
    } else {
        let end = if sample.is_whole() { &sample.bytes } else { tail };
        let end = super::class::classes(end.get(end.len().saturating_sub(rest)..).unwrap_or_default());
        let begin = classes.get(..rest).unwrap_or_default();
        if profile.fit(begin, 0) < profile.fit(&end, 0) {
            header = rest;
        } else {
            trailer = rest;
        }
        evidence.push(format!(
            "the file's {} bytes are not divisible by {length}: {rest} bytes are left, which seem to stand at its {}",
            sample.size,
            if header > 0 { "beginning" } else { "end" }
        ));
    }
    if header > 0 {
        let _ = writeln!(options, "file_header_bytes = {header}");
        evidence.push(format!("the first {header} bytes are of other kinds than those of the records"));
    }
    if trailer > 0 {
        let _ = writeln!(options, "file_trailer_bytes = {trailer}");
    }
    let whole = (sample.bytes.len() - header) / length;
    let records = (0..whole).map(|index| header + index * length..header + (index + 1) * length).collect();
    let divides = if rest == 0 { 0.25 } else { 0.0 };
    let confidence = (0.3 + 0.4 * excess.clamp(0.0, 1.0) + divides).min(0.94);
    Some(Structure { options, records, length: Some(length), confidence, evidence })
}

/// Which classes the places of a record have.
struct Profile {
    length: usize,
    /// How often each class stands at each place of a record, as a share.
    shares: Vec<[f32; CLASSES]>,
    /// The fit of the records themselves.
    typical: f64,
}

impl Profile {
    fn new(classes: &[u8], length: usize) -> Self {
        let mut shares = vec![[0f32; CLASSES]; length];
        let records = (classes.len() / length).max(1) as f32;
        for (at, class) in classes.iter().enumerate() {
            if let Some(share) =
                shares.get_mut(at % length).and_then(|shares| shares.get_mut(usize::from(*class)))
            {
                *share += 1.0 / records;
            }
        }
        let mut profile = Self { length, shares, typical: 0.0 };
        profile.typical = profile.fit(classes, 0);
        profile
    }

    /// How usual the bytes of a piece are at their places, on average.
    fn fit(&self, classes: &[u8], phase: usize) -> f64 {
        let share = |(at, class): (usize, &u8)| {
            self.shares
                .get((at + phase) % self.length)
                .and_then(|shares| shares.get(usize::from(*class)))
                .copied()
                .unwrap_or_default()
        };
        let sum: f32 = classes.iter().enumerate().map(share).sum();
        f64::from(sum) / classes.len().max(1) as f64
    }
}
