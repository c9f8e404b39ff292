//! A land register as an office of the nineties sends it: a table of dBase, and the same records as text with columns at positions. Made
//! anew each time from one seed, so that everybody reads the same. Everything in it is made up.
//!
//! 1,000,000 records of 24 values: texts, whole and decimal numbers, dates, logical values; one record in fifty was deleted in the table.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;

use crate::Outcome;

const RECORDS: u32 = 1_000_000;
/// Every so many records one was deleted.
const DELETED: u32 = 50;

/// Name, type of dBase, bytes, decimals, type of the text file.
const FIELDS: [(&str, u8, u8, u8, &str); 24] = [
    ("PARCEL", b'C', 14, 0, "text"),
    ("DISTRICT", b'N', 6, 0, "integer"),
    ("OWNER", b'C', 40, 0, "text"),
    ("OWNER2", b'C', 40, 0, "text"),
    ("STREET", b'C', 30, 0, "text"),
    ("NUMBER", b'N', 5, 0, "integer"),
    ("TOWN", b'C', 24, 0, "text"),
    ("POSTCODE", b'C', 5, 0, "text"),
    ("AREA", b'N', 12, 2, "decimal(14,2)"),
    ("BUILT", b'N', 12, 2, "decimal(14,2)"),
    ("VALUE", b'N', 14, 2, "decimal(16,2)"),
    ("TAX", b'N', 12, 4, "decimal(16,4)"),
    ("USE", b'C', 4, 0, "text"),
    ("ZONE", b'C', 6, 0, "text"),
    ("ACQUIRED", b'D', 8, 0, "date(YYYYMMDD)"),
    ("ASSESSED", b'D', 8, 0, "date(YYYYMMDD)"),
    ("CHANGED", b'D', 8, 0, "date(YYYYMMDD)"),
    ("EXEMPT", b'L', 1, 0, "boolean"),
    ("APPEAL", b'L', 1, 0, "boolean"),
    ("FLOORS", b'N', 3, 0, "integer"),
    ("UNITS", b'N', 4, 0, "integer"),
    ("EAST", b'F', 13, 3, "number"),
    ("NORTH", b'F', 13, 3, "number"),
    ("REMARK", b'C', 60, 0, "text"),
];

const NAMES: [&str; 8] = [
    "Alder, Anna",
    "Birchfield & Sons",
    "Cedarwood Estates",
    "Dogwood, D.",
    "Elm",
    "Fern, Ferdinand",
    "Gorse Ltd",
    "Ivy",
];
const PLACES: [&str; 6] = ["Springfield", "Franklin", "Greenville", "Bristol", "Salem Heights", "Madison"];

/// Writes `parcels.dbf` and the source file that reads it.
pub fn table(folder: &Path, _data: Option<&Path>) -> Outcome {
    fs::write(folder.join("parcels.toml"), "kind = \"dbase\"\npath = \"parcels.dbf\"\n")?;
    let mut file = BufWriter::new(File::create(folder.join("parcels.dbf"))?);
    file.write_all(&header())?;
    each(|number, record| {
        let mark: &[u8] = if number % DELETED == 0 { b"*" } else { b" " };
        file.write_all(mark)?;
        file.write_all(record.as_bytes())
    })?;
    file.write_all(b"\x1a")?;
    Ok(file.flush()?)
}

/// Writes `parcels.txt` and the source file that reads it.
pub fn text(folder: &Path, _data: Option<&Path>) -> Outcome {
    let mut source = String::from(
        "kind = \"fixed-width\"\npath = \"parcels.txt\"\n\n[fixed-width]\nboolean = { true = [\"T\"], false = [\"F\"] }\n",
    );
    for (name, _, length, _, of) in FIELDS {
        write!(
            source,
            "\n[[fixed-width.column]]\nname = \"{}\"\nlength = {length}\ntype = \"{of}\"\n",
            name.to_lowercase()
        )?;
    }
    fs::write(folder.join("parcels.toml"), source)?;
    let mut file = BufWriter::new(File::create(folder.join("parcels.txt"))?);
    each(|_, record| {
        file.write_all(record.as_bytes())?;
        file.write_all(b"\n")
    })?;
    Ok(file.flush()?)
}

/// The header of dBase III, in windows-1252.
fn header() -> Vec<u8> {
    let record = 1 + FIELDS.iter().map(|(_, _, length, ..)| u16::from(*length)).sum::<u16>();
    let length = 32 + 32 * FIELDS.len() as u16 + 1;
    let mut out = vec![3, 98, 6, 30];
    out.extend(RECORDS.to_le_bytes());
    out.extend(length.to_le_bytes());
    out.extend(record.to_le_bytes());
    out.resize(29, 0);
    out.extend([3, 0, 0]);
    for (name, letter, length, decimals, _) in FIELDS {
        let begin = out.len();
        out.extend(name.as_bytes());
        out.resize(begin + 11, 0);
        out.extend([letter, 0, 0, 0, 0, length, decimals]);
        out.resize(begin + 32, 0);
    }
    out.push(0x0d);
    out
}

/// Gives each record, all of one length.
fn each(mut take: impl FnMut(u32, &str) -> std::io::Result<()>) -> Outcome {
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut record = String::new();
    for number in 1..=RECORDS {
        record.clear();
        for (name, letter, length, decimals, _) in FIELDS {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            value(&mut record, number, random, (name, letter, length.into(), decimals.into()))?;
        }
        take(number, &record)?;
    }
    Ok(())
}

fn value(record: &mut String, number: u32, random: u64, field: (&str, u8, usize, usize)) -> Outcome {
    let (name, letter, length, decimals) = field;
    let of = |words: &[&'static str]| words.get(random as usize % words.len()).copied().unwrap_or_default();
    match (letter, name) {
        (b'C', "PARCEL") => write!(record, "P{number:0>13}")?,
        (b'C', "OWNER2" | "REMARK") if !random.is_multiple_of(3) => write!(record, "{:length$}", "")?,
        (b'C', "OWNER" | "OWNER2" | "REMARK") => write!(record, "{:length$}", of(&NAMES))?,
        (b'C', "STREET" | "TOWN") => write!(record, "{:length$}", of(&PLACES))?,
        (b'C', _) => write!(record, "{:length$}", random % 10u64.pow(length.min(5) as u32 - 1))?,
        (b'D', _) => {
            let (year, month, day) = (1950 + random % 70, 1 + random / 70 % 12, 1 + random / 840 % 28);
            write!(record, "{year:04}{month:02}{day:02}")?;
        }
        (b'L', _) => record.push(if random.is_multiple_of(4) { 'T' } else { 'F' }),
        (_, _) if random.is_multiple_of(20) => write!(record, "{:length$}", "")?,
        (_, _) => {
            let places = if decimals == 0 { 0 } else { decimals + 1 };
            let whole = random % 10u64.pow((length - places - 1) as u32).min(10_000_000);
            let scale = 10u64.pow(decimals as u32);
            let text = if decimals == 0 {
                format!("{whole}")
            } else {
                format!("{whole}.{:0decimals$}", random / 7 % scale)
            };
            write!(record, "{text:>length$}")?;
        }
    }
    Ok(())
}
