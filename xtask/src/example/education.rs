//! The directory of institutions, as published: no byte is changed.

use crate::Outcome;
use crate::example::{Options, csv_rows, gunzip, gzip};

/// Copies the published file. Returns the number of institutions.
pub fn write(options: &Options) -> Outcome<usize> {
    let content = published(options)?;
    let records = csv_rows(&content, |_| Ok(()))?;
    gzip(&options.out.join("education/legacy/institutions.csv.gz"), &content)?;
    Ok(records)
}

/// The published file.
pub fn published(options: &Options) -> Outcome<Vec<u8>> {
    gunzip(&options.data.join("nces_ipeds_hd2020.csv.gz"))
}
