//! Which institution has which tax record: the truth that the batch match is measured against.
//!
//! Both registers publish the employer identification number, which the linker never sees. A pair that shares it is true. A
//! pair that does not may be true as well: a public university often has no tax record, and numbers go stale.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::Outcome;
use crate::example::{Options, csv_rows, education, treasury};

/// Writes the pairs that share a number as `unitid,ein`, in the order of the directory. Returns how many.
pub fn write(options: &Options) -> Outcome<usize> {
    let mut exempt = BTreeSet::new();
    treasury::each_row(options, |row| {
        exempt.insert(row("EIN")?);
        Ok(())
    })?;
    let (mut pairs, mut count) = (String::from("unitid,ein\n"), 0);
    csv_rows(&education::published(options)?, |row| {
        let number = row("EIN")?;
        if exempt.contains(&number) {
            writeln!(pairs, "{},{number}", row("UNITID")?)?;
            count += 1;
        }
        Ok(())
    })?;
    std::fs::write(options.out.join("truth.csv"), pairs)?;
    Ok(count)
}
