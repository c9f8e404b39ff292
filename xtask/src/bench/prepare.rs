//! The folder that a benchmark runs in, with what it needs: laid out from the example, under the target folder.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::read::GzDecoder;

use crate::test::{program, target};
use crate::{Outcome, workspace};

/// How often the extract is repeated, so that it is large enough to measure.
const TIMES: usize = 10;

/// The folder of a benchmark, prepared.
pub fn folder(name: &str) -> Outcome<PathBuf> {
    let folder = target().join("bench").join(name);
    fs::create_dir_all(&folder)?;
    match name {
        "decode" => treasury(&folder)?,
        "map" => mapped_records(&folder)?,
        "link" => registers(&folder)?,
        _ => {}
    }
    Ok(folder)
}

/// The Treasury's source with its extract repeated.
fn treasury(folder: &Path) -> Outcome {
    let example = workspace::root().join("examples/grants/treasury");
    for file in ["sources/eo-master.toml", "legacy/EOMASTER.cpy"] {
        fs::create_dir_all(folder.join(file).parent().unwrap_or(folder))?;
        fs::copy(example.join(file), folder.join(file))?;
    }
    let mut extract = Vec::new();
    std::io::copy(&mut GzDecoder::new(File::open(example.join("legacy/eo-master.dat.gz"))?), &mut extract)?;
    let mut file = File::create(folder.join("legacy/eo-master.dat"))?;
    for _ in 0..TIMES {
        file.write_all(&extract)?;
    }
    Ok(())
}

/// The decoded records as Parquet.
fn mapped_records(folder: &Path) -> Outcome {
    treasury(folder)?;
    read(folder, "sources/eo-master.toml", "parquet", "eo-master.parquet")
}

/// The two registers of the example's batch as CSV with columns named by property path, and the true pairs.
fn registers(folder: &Path) -> Outcome {
    treasury(folder)?;
    let example = workspace::root().join("examples/grants");
    read(folder, "sources/eo-master.toml", "csv", "eo-master.csv")?;
    let columns = ["eo_ein", "eo_name", "", "eo_street", "eo_city", "eo_state", "eo_zip5"];
    renamed(&folder.join("eo-master.csv"), &columns, &folder.join("organisations.csv"))?;
    let mut directory = Vec::new();
    let packed = File::open(example.join("education/legacy/institutions.csv.gz"))?;
    std::io::copy(&mut GzDecoder::new(packed), &mut directory)?;
    fs::write(folder.join("directory.csv"), directory)?;
    let columns = ["UNITID", "INSTNM", "IALIAS", "ADDR", "CITY", "STABBR", "ZIP"];
    renamed(&folder.join("directory.csv"), &columns, &folder.join("institutions.csv"))?;
    fs::copy(example.join("truth.csv"), folder.join("truth.csv"))?;
    Ok(())
}

/// Writes some columns of a CSV file, in this order, under the names that link rules know; a column without a name is empty.
fn renamed(from: &Path, columns: &[&str; 7], to: &Path) -> Outcome {
    let mut reader = csv::Reader::from_path(from)?;
    let headers = reader.headers()?.clone();
    let places = columns.map(|column| headers.iter().position(|header| header == column));
    let mut writer = csv::Writer::from_path(to)?;
    writer.write_record([
        "id",
        "legalName",
        "alternativeName",
        "registeredAddress.thoroughfare",
        "registeredAddress.postName",
        "registeredAddress.adminUnitL2",
        "registeredAddress.postCode",
    ])?;
    let mut seen = std::collections::HashSet::new();
    for row in reader.records() {
        let row = row?;
        let cells = places.map(|place| place.and_then(|place| row.get(place)).unwrap_or_default());
        // The extract is repeated for other benchmarks; here each record counts once.
        if seen.insert(cells[0].to_owned()) {
            writer.write_record(cells)?;
        }
    }
    writer.flush()?;
    Ok(())
}

/// Reads a source with the program into a file.
fn read(folder: &Path, source: &str, form: &str, to: &str) -> Outcome {
    let mut read = Command::new(program()?);
    read.args(["read", source, "--output", form, "-o", to]).current_dir(folder);
    let output = read.output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned().into())
}
