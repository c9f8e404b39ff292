//! A customer master file as a mainframe sends it in delimited text: made anew each time from one seed, so that everybody reads the same.
//!
//! 2,000,000 records of 38 values, 820 MB: texts of varying length, whole and decimal numbers right-aligned, dates, and six groups of a date,
//! an amount and a code. Everything in it is made up.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;

use crate::Outcome;

const RECORDS: u64 = 2_000_000;
const GROUPS: u64 = 6;

/// The columns before the groups, with their types as a source file has them.
const COLUMNS: [(&str, &str); 20] = [
    ("customer", "integer"),
    ("status", "text"),
    ("last_name", "text"),
    ("first_name", "text"),
    ("street", "text"),
    ("city", "text"),
    ("state", "text"),
    ("post_code", "text"),
    ("country", "text"),
    ("born", "date"),
    ("opened", "date"),
    ("closed", "date"),
    ("balance", "decimal(13,2)"),
    ("credit_limit", "decimal(11,2)"),
    ("rate", "decimal(7,4)"),
    ("points", "integer"),
    ("branch", "integer"),
    ("score", "number"),
    ("active", "boolean"),
    ("remark", "text"),
];
/// The columns of each group.
const GROUP: [(&str, &str); 3] = [("paid_on", "date"), ("paid", "decimal(11,2)"), ("method", "text")];

const NAMES: [&str; 12] = [
    "Alder",
    "Birchfield",
    "Cedarwood",
    "Dogwood",
    "Elmhurst",
    "Fern",
    "Gorse",
    "Hawthorne",
    "Ivy",
    "Juniper",
    "Kestrel",
    "Larkspur-Meadows",
];
const PLACES: [&str; 8] =
    ["Springfield", "Franklin", "Greenville", "Bristol", "Clinton", "Fairview", "Salem Heights", "Madison"];

/// Writes `customers.csv` and the source file that reads it.
pub fn write(folder: &Path, _data: Option<&Path>) -> Outcome {
    let mut types = String::new();
    let groups = (1..=GROUPS).flat_map(|group| GROUP.map(|(name, of)| (format!("{name}_{group}"), of)));
    let columns: Vec<(String, &str)> =
        COLUMNS.iter().map(|(name, of)| ((*name).to_owned(), *of)).chain(groups).collect();
    for (name, of) in &columns {
        writeln!(types, "{name} = \"{of}\"")?;
    }
    let source = format!("kind = \"csv\"\npath = \"customers.csv\"\n\n[csv.types]\n{types}");
    fs::write(folder.join("customers.toml"), source)?;
    let mut file = BufWriter::new(File::create(folder.join("customers.csv"))?);
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    writeln!(file, "{}", names.join(","))?;
    let (mut chance, mut record) = (Chance(20_261_123), String::new());
    for number in 1..=RECORDS {
        record.clear();
        write_record(&mut record, number, &mut chance)?;
        file.write_all(record.as_bytes())?;
    }
    Ok(file.flush()?)
}

fn write_record(out: &mut String, number: u64, chance: &mut Chance) -> Outcome {
    let name = chance.one_of(&NAMES);
    let town = chance.one_of(&PLACES);
    write!(out, "{number:>12},A{},{name},", chance.below(9))?;
    write!(
        out,
        "{} {},{} {name} Street No. {},{town},",
        chance.one_of(&NAMES),
        chance.one_of(&NAMES),
        chance.below(9999),
        chance.below(300)
    )?;
    write!(out, "S{:02},{:05},XX,", chance.below(50), chance.below(99_999))?;
    write!(out, "{},{},", chance.date(), chance.date())?;
    if chance.below(4) == 0 {
        out.push_str(&chance.date());
    }
    let sign = if chance.below(5) == 0 { "-" } else { "" };
    write!(out, ",{:>15}", format!("{sign}{}.{:02}", chance.below(9_999_999), chance.below(100)))?;
    write!(out, ",{:>13}", format!("{}.{:02}", chance.below(500_000), chance.below(100)))?;
    write!(
        out,
        ",{:>9},{:>11},{:>6}",
        format!("{}.{:04}", chance.below(20), chance.below(10_000)),
        chance.below(1_000_000),
        chance.below(900)
    )?;
    write!(
        out,
        ",{:>8},{}",
        format!("0.{:05}", chance.below(100_000)),
        ["Y", "N"][chance.below(2) as usize]
    )?;
    write!(out, ",transferred from {} on request of the customer", chance.one_of(&PLACES))?;
    for _ in 0..GROUPS {
        let paid = format!("{}.{:02}", chance.below(100_000), chance.below(100));
        write!(out, ",{},{paid:>13},M{}", chance.date(), chance.below(10))?;
    }
    out.push('\n');
    Ok(())
}

/// Numbers that are the same each time (D. Knuth's MMIX generator).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn one_of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        let index = self.below(all.len() as u64) as usize;
        all.get(index).copied().unwrap_or_default()
    }

    fn date(&mut self) -> String {
        format!("{:04}-{:02}-{:02}", 1930 + self.below(95), 1 + self.below(12), 1 + self.below(28))
    }
}

#[cfg(test)]
mod tests {
    use super::{COLUMNS, Chance, GROUP, GROUPS, write_record};

    #[test]
    fn a_record_has_a_value_for_each_column_and_the_length_that_was_promised() {
        let (mut chance, mut all) = (Chance(1), String::new());
        for number in 0..1000 {
            write_record(&mut all, number, &mut chance).unwrap();
        }
        let columns = COLUMNS.len() + GROUP.len() * GROUPS as usize;
        assert!(all.lines().all(|line| line.split(',').count() == columns));
        assert!((395_000..425_000).contains(&all.len()), "{}", all.len());
    }
}
