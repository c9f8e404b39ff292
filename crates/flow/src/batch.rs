//! Two registers matched in one batch, by what their link rules compare and nothing else.

use std::collections::HashMap;

use concordat_engine::SnapshotReader;
use concordat_link::{Choice, Evaluation, Recogniser, Records, Rules, estimate, evaluate, plain_names};
use concordat_map::KEY;
use concordat_record::{Name, Problem, Problems};
use concordat_store::Store;

use crate::body::{ANSWERS, Body};
use crate::refresh::snapshot_in;

/// Links found between two registers. Records are rows of their snapshots, from zero.
#[derive(Clone, Debug)]
pub struct MatchedBatch {
    /// The keys of the records on the left, by row.
    pub left_keys: Vec<String>,
    /// The keys of the records on the right, by row.
    pub right_keys: Vec<String>,
    /// Pairs that probably mean the same.
    pub links: Vec<(u32, u32)>,
    /// Pairs whose names, folded, and states are the same: the naive way, to compare with.
    pub plain_links: Vec<(u32, u32)>,
}

/// How good the links of a batch are.
#[derive(Clone, Copy, Debug)]
pub struct Judged {
    /// The true pairs that were given.
    pub truth: usize,
    /// The links that were found.
    pub links: Evaluation,
    /// The links of the naive way.
    pub plain_links: Evaluation,
}

impl MatchedBatch {
    /// Holds the links against true pairs, each the key of a record on the left and the key of one on the right. A pair whose
    /// record is in no snapshot counts as not found.
    pub fn judge<'a>(&self, truth: impl IntoIterator<Item = (&'a str, &'a str)>) -> Judged {
        let (left, right) = (rows(&self.left_keys), rows(&self.right_keys));
        // No record has the highest rows, so a missing one keeps its pair apart from all others.
        let missing = |number: usize| u32::MAX - number as u32;
        let truth: Vec<(u32, u32)> = truth
            .into_iter()
            .enumerate()
            .map(|(number, (key, other))| {
                let row = |rows: &HashMap<&str, u32>, key| rows.get(key).copied().unwrap_or(missing(number));
                (row(&left, key), row(&right, other))
            })
            .collect();
        Judged {
            truth: truth.len(),
            links: evaluate(self.links.iter().copied(), truth.iter().copied()),
            plain_links: evaluate(self.plain_links.iter().copied(), truth),
        }
    }
}

fn rows(keys: &[String]) -> HashMap<&str, u32> {
    keys.iter().enumerate().map(|(row, key)| (key.as_str(), row as u32)).collect()
}

/// Least probability of a link: it is more likely right than wrong. Each record has one link at most, its best.
const THRESHOLD: f64 = 0.5;

/// Links each record of the left register with at most one of the right one, by the link rules of the right one. The
/// parameters are estimated on the two registers themselves.
///
/// # Errors
/// A register without snapshot or link rules; a snapshot that cannot be read.
pub fn match_batch(left: (&Body, &Name), right: (&Body, &Name)) -> Result<MatchedBatch, Problems> {
    let rules = &right.0.links.get(right.1).ok_or_else(|| no_rules(right.1))?.rules;
    let (left_keys, left_records) = records(left, rules)?;
    let (right_keys, right_records) = records(right, rules)?;
    let (model, _report) = estimate(rules, &left_records, &right_records);
    let recogniser = Recogniser::new(rules.clone(), &model)?;
    let linked = recogniser.link(&left_records, &right_records, THRESHOLD, Choice::BestOfLeft);
    Ok(MatchedBatch {
        left_keys,
        right_keys,
        links: linked.pairs.iter().map(|pair| (pair.left, pair.right)).collect(),
        plain_links: plain_names(&left_records, &right_records, "legalName", "registeredAddress.adminUnitL2"),
    })
}

pub(crate) fn records(
    (body, register): (&Body, &Name),
    rules: &Rules,
) -> Result<(Vec<String>, Records), Problem> {
    let store = Store::open(&body.path(ANSWERS))?;
    let snapshot = snapshot_in(&store.reading()?, register)?.ok_or_else(|| {
        Problem::new("flow.no-snapshot", format!("register `{register}` has no snapshot yet"))
            .advise("run `concordat refresh`")
    })?;
    let mut keys = Vec::new();
    let mut records = Records::new(&rules.properties());
    for batch in SnapshotReader::open(&body.path(&snapshot.file), None)? {
        let batch = batch?;
        let column = batch.column_by_name(KEY).ok_or_else(|| {
            Problem::new("engine.broken-snapshot", "the snapshot has no keys").advise("refresh the register")
        })?;
        keys.extend(
            (0..batch.num_rows()).map(|row| concordat_engine::cell_text(column, row).unwrap_or_default()),
        );
        records.push_batch(&batch)?;
    }
    Ok((keys, records))
}

fn no_rules(register: &Name) -> Problem {
    Problem::new("flow.no-link-rules", format!("nothing says how subjects are recognised in `{register}`"))
        .advise(format!("write links/{register}.toml"))
}
