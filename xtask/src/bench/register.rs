//! A register as XML, as public bodies publish theirs: some attributes, nested elements, phone numbers that repeat, references.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use crate::Outcome;

/// Organisations, about 480 bytes each.
const ORGANISATIONS: u32 = 600_000;
const STREETS: [&str; 4] = ["Quay Street", "Rue de l&apos;Église", "Hafenstraße", "Market &amp; Mill Lane"];
const TOWNS: [&str; 5] = ["Cork", "Galway", "Köln", "Århus", "Łódź"];

/// The source file, with every column named.
const SOURCE: &str = r#"kind = "xml"
path = "register.xml"

[xml]
rows = "/register/organisation"

[xml.columns]
number = "@number"
status = "@status"
name = "name"
registered = "registered"
street = "address/street"
town = "address/town"
post_code = "address/postCode"
country = "address/@country"
phones = { path = "phone", repeated = "list" }
staff = "staff"
turnover = "turnover"
currency = "turnover/@currency"

[xml.types]
registered = "date"
staff = "integer"
turnover = "decimal(14,2)"
"#;

/// Writes the register and its source file, unless they are there.
pub fn write(folder: &Path, _data: Option<&Path>) -> Outcome {
    std::fs::write(folder.join("register.toml"), SOURCE)?;
    let path = folder.join("register.xml");
    if path.exists() {
        return Ok(());
    }
    let unfinished = path.with_extension("part");
    let mut out = BufWriter::new(File::create(&unfinished)?);
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<register date=\"2026-11-23\">")?;
    for number in 0..ORGANISATIONS {
        let part = number as usize;
        let status = if number % 7 == 0 { "dissolved" } else { "active" };
        let (street, town) = (STREETS[part % STREETS.len()], TOWNS[part % TOWNS.len()]);
        writeln!(
            out,
            "  <organisation number=\"{number:08}\" status=\"{status}\">\n    <name>Harbour &amp; Trade Company {number} Ltd</name>\n    \
             <registered>{}-{:02}-{:02}</registered>\n    <address country=\"IE\">\n      <street>{street} {}</street>\n      \
             <town>{town}</town>\n      <postCode>P{:05}</postCode>\n    </address>\n    <phone>+353 21 {number:07}</phone>",
            1950 + number % 70,
            1 + number % 12,
            1 + number % 28,
            number % 300,
            number % 100_000,
        )?;
        if number % 3 == 0 {
            writeln!(out, "    <phone>+353 91 {number:07}</phone>")?;
        }
        let (staff, turnover) = (number % 5000, u64::from(number) * 137);
        writeln!(
            out,
            "    <staff>{staff}</staff>\n    <turnover currency=\"EUR\">{turnover}.{:02}</turnover>\n  </organisation>",
            number % 100
        )?;
    }
    writeln!(out, "</register>")?;
    out.into_inner().map_err(|error| error.to_string())?;
    std::fs::rename(unfinished, path)?;
    Ok(())
}
