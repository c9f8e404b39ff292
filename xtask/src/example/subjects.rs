//! A sample of subjects like those that the Treasury is asked about: colleges and universities, by name and address, as a
//! fourth register spells them (Homeland Security, HIFLD). Its numbers are left out, so nothing in it says which tax record
//! is whose.

use crate::Outcome;
use crate::example::{Options, csv_rows, gunzip, gzip};

/// What that register writes when it does not know.
const UNKNOWN: &str = "NOT AVAILABLE";

/// Writes the sample, its columns named by property path. Returns how many subjects.
pub fn write(options: &Options) -> Outcome<usize> {
    let published = gunzip(&options.data.join("dhs_hifld_colleges.csv.gz"))?;
    let published = published.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&published);
    let mut sample = csv::Writer::from_writer(Vec::new());
    sample.write_record([
        "legalName",
        "alternativeName",
        "registeredAddress.thoroughfare",
        "registeredAddress.postName",
        "registeredAddress.adminUnitL2",
        "registeredAddress.postCode",
    ])?;
    let subjects = csv_rows(published, |row| {
        let known =
            |column: &str| row(column).map(|value| if value == UNKNOWN { String::new() } else { value });
        let subject = ["NAME", "ALIAS", "ADDRESS", "CITY", "STATE", "ZIP"].map(known);
        sample.write_record(subject.into_iter().collect::<Outcome<Vec<String>>>()?)?;
        Ok(())
    })?;
    let content = sample.into_inner().map_err(|error| error.to_string())?;
    gzip(&options.out.join("treasury/links/exempt-organisations.subjects.csv.gz"), &content)?;
    Ok(subjects)
}
