//! What reading costs: run by `cargo xtask bench`, in the folder where it has laid out the file.

use std::fs;
use std::hint::black_box;
use std::path::Path;

use crate::Source;

#[test]
#[ignore = "a measurement: cargo xtask bench decode"]
fn benchmark_decode() {
    read_all("customers.toml");
}

#[test]
#[ignore = "a measurement: cargo xtask bench csv"]
fn benchmark_csv() {
    read_all("customers.toml");
}

#[test]
#[ignore = "a measurement: cargo xtask bench database"]
fn benchmark_database() {
    let text = fs::read_to_string("customer.toml").unwrap();
    let source = Source::parse(&text, "customer.toml").unwrap();
    let mut reader = source.open(Path::new("")).unwrap();
    while let Some(read) = reader.next().unwrap() {
        assert!(read.rejects.is_empty());
        black_box(&read.batch);
    }
    println!("benchmark: {} rows", reader.progress().records);
}

#[test]
#[ignore = "a measurement: cargo xtask bench xml"]
fn benchmark_xml() {
    read_all("register.toml");
}

#[test]
#[ignore = "a measurement: cargo xtask bench dbase fixed-width"]
fn benchmark_parcels() {
    read_all("parcels.toml");
}

/// Reads a source to its end, and says how much that was.
fn read_all(file: &str) {
    let text = fs::read_to_string(file).unwrap();
    let source = Source::parse(&text, file).unwrap();
    let mut reader = source.open(Path::new("")).unwrap();
    while let Some(read) = reader.next().unwrap() {
        assert!(read.rejects.is_empty());
        black_box(&read.batch);
    }
    println!("benchmark: {:.2} MB", reader.progress().bytes_read as f64 / 1e6);
}
