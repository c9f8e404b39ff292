//! Which institution has which tax record: the truth that the batch match is measured against.

use std::fmt::Write;

use crate::Outcome;
use crate::example::{Options, csv_rows};

/// Writes the published pairs of the chosen states as `unitid,ein`. Returns how many.
pub fn write(options: &Options) -> Outcome<usize> {
    let published = options.data.join("truth/ipeds_irs_by_ein.csv");
    let content = std::fs::read(&published).map_err(|error| format!("{}: {error}", published.display()))?;
    let (mut pairs, mut count) = (String::from("unitid,ein\n"), 0);
    csv_rows(&content, |row| {
        let file = row("irs_file")?.to_uppercase();
        if options.states.iter().any(|state| file == format!("EO_{state}.CSV")) {
            writeln!(pairs, "{},{}", row("unitid")?, row("ein")?)?;
            count += 1;
        }
        Ok(())
    })?;
    std::fs::write(options.out.join("truth.csv"), pairs)?;
    Ok(count)
}
