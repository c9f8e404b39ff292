//! Step 6: all institutions against all exempt organisations in one batch, held against the truth.

use std::collections::HashMap;
use std::path::Path;

use concordat_flow::{Body, match_batch};
use concordat_link::evaluate;
use concordat_record::Problem;

use super::example;
use super::result::Batch;
use crate::report::Failure;

/// Matches by name and address alone; the numbers that both registers hold serve only to count.
pub fn match_registers(folder: &Path) -> Result<Batch, Failure> {
    let education = Body::open(&folder.join("education"))?;
    let treasury = Body::open(&folder.join("treasury"))?;
    let matched = match_batch(
        (&education, &register("institutions")?),
        (&treasury, &register("exempt-organisations")?),
    )?;
    let truth = truth(&matched.left_keys, &matched.right_keys)?;
    let linked = evaluate(matched.links.iter().copied(), truth.iter().copied());
    let plain = evaluate(matched.plain_links, truth.iter().copied());
    Ok(Batch {
        institutions: matched.left_keys.len() as u64,
        true_pairs: truth.len() as u64,
        links: matched.links.len() as u64,
        precision: linked.precision,
        recall: linked.recall,
        unverified: linked.unverified as u64,
        plain_precision: plain.precision,
        plain_recall: plain.recall,
    })
}

/// The true pairs as rows. A pair whose record is in no snapshot keeps a row of its own, so that it counts as not found.
fn truth(left_keys: &[String], right_keys: &[String]) -> Result<Vec<(u32, u32)>, Problem> {
    let rows = |keys: &[String]| -> HashMap<String, u32> {
        keys.iter().enumerate().map(|(row, key)| (key.clone(), row as u32)).collect()
    };
    let (left, right) = (rows(left_keys), rows(right_keys));
    let mut lines = example::text("truth.csv")?.lines();
    let heading: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let column = |name: &str| {
        heading
            .iter()
            .position(|found| *found == name)
            .ok_or_else(|| Problem::new("demo.incomplete", format!("truth.csv has no column `{name}`")))
    };
    let (unitid, ein) = (column("unitid")?, column("ein")?);
    Ok(lines
        .enumerate()
        .map(|(number, line)| {
            let cells: Vec<&str> = line.split(',').collect();
            let row = |rows: &HashMap<String, u32>, cell: usize| {
                cells.get(cell).and_then(|key| rows.get(*key)).copied().unwrap_or(u32::MAX - number as u32)
            };
            (row(&left, unitid), row(&right, ein))
        })
        .collect())
}

fn register(name: &str) -> Result<concordat_record::Name, Problem> {
    name.parse().map_err(|error| Problem::new("demo.incomplete", format!("{error}")))
}
