//! The hospital register as the database of an application would hold it: several tables, codes apart from their labels.

use std::collections::BTreeMap;

use rusqlite::{Connection, Transaction, params};

use crate::Outcome;
use crate::example::{Options, csv_rows, gunzip, gzip};

type Row<'a> = &'a dyn Fn(&str) -> Outcome<String>;

const SCHEMA: &str = "
    CREATE TABLE hospital_type (type_id INTEGER PRIMARY KEY, label TEXT NOT NULL UNIQUE);
    CREATE TABLE ownership (ownership_id INTEGER PRIMARY KEY, label TEXT NOT NULL UNIQUE);
    CREATE TABLE hospital (
        facility_id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        telephone TEXT,
        type_id INTEGER NOT NULL REFERENCES hospital_type,
        ownership_id INTEGER NOT NULL REFERENCES ownership,
        emergency_services INTEGER NOT NULL CHECK (emergency_services IN (0, 1)),
        birthing_friendly INTEGER NOT NULL CHECK (birthing_friendly IN (0, 1))
    ) WITHOUT ROWID;
    CREATE TABLE address (
        facility_id TEXT PRIMARY KEY REFERENCES hospital,
        street TEXT, town TEXT, county TEXT, state TEXT, zip TEXT
    ) WITHOUT ROWID;
    CREATE TABLE rating (
        facility_id TEXT PRIMARY KEY REFERENCES hospital,
        stars INTEGER CHECK (stars BETWEEN 1 AND 5),
        footnote TEXT
    ) WITHOUT ROWID;
    CREATE TABLE measure_group (
        facility_id TEXT NOT NULL REFERENCES hospital,
        code TEXT NOT NULL,
        measures INTEGER, reported INTEGER, better INTEGER, no_different INTEGER, worse INTEGER, footnote TEXT,
        PRIMARY KEY (facility_id, code)
    ) WITHOUT ROWID;
";

/// The published groups of measures: our code, the column of the group's size, of the count reported, and the name that
/// the three columns of results carry, if they exist.
const GROUPS: [(&str, &str, &str, Option<&str>); 5] = [
    ("MORT", "MORT Group", "Count of Facility MORT Measures", Some("MORT")),
    ("SAFETY", "Safety Group", "Count of Facility Safety Measures", Some("Safety")),
    ("READM", "READM Group", "Count of Facility READM Measures", Some("READM")),
    ("PATIENT", "Pt Exp Group", "Count of Facility Pt Exp Measures", None),
    ("TIMELY", "TE Group", "Count of Facility TE Measures", None),
];

/// Writes the database. Returns the number of hospitals.
pub fn write(options: &Options) -> Outcome<usize> {
    let published = gunzip(&options.data.join("cms_hospital_general_information.csv.gz"))?;
    let mut database = Connection::open_in_memory()?;
    database.execute_batch(SCHEMA)?;
    let transaction = database.transaction()?;
    let types = labels(&transaction, "hospital_type", "Hospital Type", &published)?;
    let ownerships = labels(&transaction, "ownership", "Hospital Ownership", &published)?;
    let hospitals = csv_rows(&published, |row| {
        insert_hospital(&transaction, row, &types, &ownerships)?;
        insert_rating(&transaction, row)?;
        GROUPS.iter().try_for_each(|group| insert_group(&transaction, row, *group))
    })?;
    transaction.commit()?;
    gzip(&options.out.join("health/legacy/hospitals.sqlite.gz"), &packed(&database)?)?;
    Ok(hospitals)
}

/// The bytes of a database without free pages, so that they depend on its content alone.
fn packed(database: &Connection) -> Outcome<Vec<u8>> {
    let file = std::env::temp_dir().join(format!("concordat-example-{}.sqlite", std::process::id()));
    let result = database.execute("VACUUM INTO ?1", [file.to_string_lossy()]);
    let content = std::fs::read(&file);
    let _ = std::fs::remove_file(&file);
    result?;
    Ok(content?)
}

/// Fills a table of labels with the values of a column, in alphabetical order. Returns the number of each.
fn labels(to: &Transaction, table: &str, column: &str, published: &[u8]) -> Outcome<BTreeMap<String, i64>> {
    let mut numbers = BTreeMap::new();
    csv_rows(published, |row| {
        numbers.insert(row(column)?, 0);
        Ok(())
    })?;
    for ((label, number), next) in numbers.iter_mut().zip(1..) {
        *number = next;
        to.execute(&format!("INSERT INTO {table} VALUES (?1, ?2)"), params![next, label])?;
    }
    Ok(numbers)
}

fn insert_hospital(
    to: &Transaction,
    row: Row,
    types: &BTreeMap<String, i64>,
    ownerships: &BTreeMap<String, i64>,
) -> Outcome {
    let facility = row("Facility ID")?;
    to.prepare_cached("INSERT INTO hospital VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?.execute(params![
        facility,
        row("Facility Name")?,
        row("Telephone Number")?,
        types.get(&row("Hospital Type")?),
        ownerships.get(&row("Hospital Ownership")?),
        row("Emergency Services")? == "Yes",
        row("Meets criteria for birthing friendly designation")? == "Y",
    ])?;
    to.prepare_cached("INSERT INTO address VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?.execute(params![
        facility,
        row("Address")?,
        row("City/Town")?,
        row("County/Parish")?,
        row("State")?,
        row("ZIP Code")?,
    ])?;
    Ok(())
}

fn insert_rating(to: &Transaction, row: Row) -> Outcome {
    to.prepare_cached("INSERT INTO rating VALUES (?1, ?2, ?3)")?.execute(params![
        row("Facility ID")?,
        row("Hospital overall rating")?.parse::<i64>().ok(),
        some(row("Hospital overall rating footnote")?),
    ])?;
    Ok(())
}

fn insert_group(
    to: &Transaction,
    row: Row,
    (code, group, reported, results): (&str, &str, &str, Option<&str>),
) -> Outcome {
    let number = |column: &str| -> Outcome<Option<i64>> { Ok(row(column)?.parse().ok()) };
    let result = |outcome: &str| match results {
        Some(name) => number(&format!("Count of {name} Measures {outcome}")),
        None => Ok(None),
    };
    to.prepare_cached("INSERT INTO measure_group VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?.execute(
        params![
            row("Facility ID")?,
            code,
            number(&format!("{group} Measure Count"))?,
            number(reported)?,
            result("Better")?,
            result("No Different")?,
            result("Worse")?,
            some(row(&format!("{group} Footnote"))?),
        ],
    )?;
    Ok(())
}

/// The text, or nothing where the published field is empty.
fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}
