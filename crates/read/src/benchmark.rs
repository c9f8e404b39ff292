//! What decoding costs: run by `cargo xtask bench decode`, in the folder where it has laid out the extract.

use std::fs;
use std::hint::black_box;
use std::path::Path;

use crate::Source;

#[test]
#[ignore = "a measurement: cargo xtask bench decode"]
fn benchmark_decode() {
    let text = fs::read_to_string("sources/eo-master.toml").unwrap();
    let source = Source::parse(&text, "sources/eo-master.toml").unwrap();
    let mut reader = source.open(Path::new("")).unwrap();
    while let Some(read) = reader.next().unwrap() {
        assert!(read.rejects.is_empty());
        black_box(&read.batch);
    }
    println!("benchmark: {:.2} MB", reader.progress().bytes_read as f64 / 1e6);
}
