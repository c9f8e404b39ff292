//! Step 6: all institutions against all exempt organisations in one batch, held against the truth.

use std::path::Path;

use concordat_flow::{Body, match_batch};
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
    // A heading, then the key of an institution and the key of an organisation.
    let truth = example::text("truth.csv")?.lines().skip(1).filter_map(|line| line.split_once(','));
    let judged = matched.judge(truth);
    Ok(Batch {
        institutions: matched.left_keys.len() as u64,
        true_pairs: judged.truth as u64,
        links: matched.links.len() as u64,
        precision: judged.links.precision,
        recall: judged.links.recall,
        unverified: judged.links.unverified as u64,
        plain_precision: judged.plain_links.precision,
        plain_recall: judged.plain_links.recall,
    })
}

fn register(name: &str) -> Result<concordat_record::Name, Problem> {
    name.parse().map_err(|error| Problem::new("demo.incomplete", format!("{error}")))
}
