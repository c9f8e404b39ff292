//! How good links are, measured against known true pairs.

use std::collections::{BTreeMap, BTreeSet};

use crate::known::Known;
use crate::records::Records;
use crate::text::fold;

/// Precision and recall of links whose truth is known for some left records only.
///
/// Precision is over the links of left records that have a true pair, recall over the true pairs; links of other left records
/// are counted apart, because a missing truth proves nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Evaluation {
    /// True pairs.
    pub truth: usize,
    /// Links of left records that have a true pair.
    pub linked: usize,
    /// Those of them that are right.
    pub right: usize,
    /// Links of left records whose truth is not known.
    pub unverified: usize,
    /// `right / linked`; 1 when nothing is linked.
    pub precision: f64,
    /// `right / truth`; 1 when there is nothing to find.
    pub recall: f64,
}

/// Measures links, as (left, right), against the truth.
pub fn evaluate(
    links: impl IntoIterator<Item = (u32, u32)>,
    truth: impl IntoIterator<Item = (u32, u32)>,
) -> Evaluation {
    let truth: BTreeSet<(u32, u32)> = truth.into_iter().collect();
    let known: BTreeSet<u32> = truth.iter().map(|(left, _)| *left).collect();
    let links: BTreeSet<(u32, u32)> = links.into_iter().collect();
    let linked = links.iter().filter(|(left, _)| known.contains(left)).count();
    let right = links.intersection(&truth).count();
    let share = |part: usize, whole: usize| if whole == 0 { 1.0 } else { part as f64 / whole as f64 };
    Evaluation {
        truth: truth.len(),
        linked,
        right,
        unverified: links.len() - linked,
        precision: share(right, linked),
        recall: share(right, truth.len()),
    }
}

/// The naive way to compare with: links where the name, without case, punctuation, THE, INC and CORP, and a second property are equal
/// and only one record of the register has them.
pub fn plain_names(left: &Records, right: &Records, name: &str, beside: &str) -> Vec<(u32, u32)> {
    let mut register: BTreeMap<(String, String), Option<u32>> = BTreeMap::new();
    for row in 0..right.len() {
        if let Some(plain) = plain(right, row, name, beside) {
            register.entry(plain).and_modify(|only| *only = None).or_insert(Some(row as u32));
        }
    }
    let found = |row: usize| Some((row as u32, (*register.get(&plain(left, row, name, beside)?)?)?));
    (0..left.len()).filter_map(found).collect()
}

fn plain(records: &Records, row: usize, name: &str, beside: &str) -> Option<(String, String)> {
    let record = records.get(row)?;
    let name = fold(&record.value(name)?);
    let telling: Vec<&str> = name.split(' ').filter(|word| !["THE", "INC", "CORP"].contains(word)).collect();
    Some((telling.join(" "), fold(&record.value(beside)?)))
}
