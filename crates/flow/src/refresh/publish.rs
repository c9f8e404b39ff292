//! The switch: the answer store takes in the new snapshot's records, then shows them all at once.

use std::collections::BTreeSet;

use concordat_engine::SnapshotReader;
use concordat_link::{Recogniser, Records, Rules, estimate, estimate_register};
use concordat_record::{Problem, Problems};
use concordat_store::{Draft, write_file};

use super::Refresher;
use super::files::Files;
use super::snapshot::{Snapshot, fact_number, subject_number};
use super::stage::{Stage, Watch};
use crate::body::{LinkFile, RegisterFile};
use crate::mapped::{fact_value, subject};

pub(super) fn publish(
    refresher: &Refresher<'_>,
    file: &RegisterFile,
    staged: &Snapshot,
    files: &Files,
    watch: Watch<'_>,
) -> Result<Snapshot, Problems> {
    let mut snapshot = staged.clone();
    let link = refresher.body.links.get(&file.name);
    let rules = link.map(|link| &link.rules);
    let recogniser = link.map(|link| learn(link, files)).transpose()?;
    if recogniser.is_some() {
        snapshot.model = Some(files.relative(&files.model));
    }
    let mut draft = refresher.store.draft(file.name.as_str())?;
    put_documents(&mut draft, rules, &snapshot, files, watch)?;
    if let Some((recogniser, records)) = &recogniser {
        for postings in recogniser.index(records).postings() {
            for row in postings.rows() {
                draft.post(postings.key, u64::from(row))?;
            }
        }
    }
    let meta = serde_json::to_string(&snapshot).map_err(|error| {
        Problem::new("refresh.failed", format!("the snapshot cannot be described: {error}"))
    })?;
    draft.publish(&meta)?;
    files.remove_old();
    Ok(snapshot)
}

/// Learns from the new records, and from the sample of subjects if there is one, how telling each agreement is; writes the
/// model down.
fn learn(link: &LinkFile, files: &Files) -> Result<(Recogniser, Records), Problems> {
    let properties = link.rules.properties();
    let records = records(&properties, files)?;
    let (model, _report) = match &link.subjects {
        Some(sample) => {
            let mut subjects = Records::new(&properties);
            sample.0.iter().for_each(|subject| subjects.push(subject));
            estimate(&link.rules, &subjects, &records)
        }
        None => estimate_register(&link.rules, &records),
    };
    write_file(&files.model, model.to_json()?.as_bytes(), false)?;
    let recogniser = Recogniser::new(link.rules.clone(), &model)?;
    Ok((recogniser, records))
}

fn records(properties: &BTreeSet<String>, files: &Files) -> Result<Records, Problem> {
    let mut records = Records::new(properties);
    for batch in SnapshotReader::open(&files.parquet, None)? {
        records.push_batch(&batch?)?;
    }
    Ok(records)
}

fn put_documents(
    draft: &mut Draft<'_>,
    rules: Option<&Rules>,
    snapshot: &Snapshot,
    files: &Files,
    watch: Watch<'_>,
) -> Result<(), Problem> {
    let compared = rules.map(Rules::properties).unwrap_or_default();
    let mut row_number = 0;
    for batch in SnapshotReader::open(&files.parquet, None)? {
        let batch = batch?;
        for row in 0..batch.num_rows() {
            let subject = subject(&batch, row, &compared);
            draft.put(subject_number(row_number), &json(&subject)?)?;
            for (position, fact) in snapshot.facts.iter().enumerate() {
                let value = fact_value(&batch, row, fact);
                if !value.is_null() {
                    draft.put(fact_number(row_number, position), &json(&value)?)?;
                }
            }
            row_number += 1;
        }
        watch(&Stage::publishing(row_number, snapshot));
    }
    Ok(())
}

fn json(value: &impl serde::Serialize) -> Result<Vec<u8>, Problem> {
    serde_json::to_vec(value)
        .map_err(|error| Problem::new("refresh.failed", format!("a record cannot be written: {error}")))
}
