//! The cases of the folder, and properties that hold for any bytes.

use std::fs;

use arrow::util::display::array_value_to_string;
use concordat_record::RECORD_NUMBER;
use proptest::prelude::*;
use tempfile::tempdir;

use crate::cases::{check, folders, outcome, read_all};
use crate::{RawRecord, Source};

#[test]
fn every_case_reads_as_expected() {
    for folder in folders("csv") {
        let text = fs::read_to_string(folder.join("source.toml")).unwrap();
        check(&folder, &outcome(&text, &folder));
    }
}

/// The rows and rejects of a file, each with its number, offset and bytes.
fn records(data: &[u8], options: &str) -> Vec<(u64, u64)> {
    let base = tempdir().unwrap();
    fs::write(base.path().join("a.csv"), data).unwrap();
    let source =
        Source::parse(&format!("kind = \"csv\"\npath = \"a.csv\"\n[csv]\n{options}"), "a.toml").unwrap();
    let Ok(mut reader) = source.open(base.path()) else { return Vec::new() };
    let Ok(batches) = read_all(reader.as_mut()) else { return Vec::new() };
    let mut all = Vec::new();
    for batch in batches {
        let columns = batch.batch.num_columns();
        let numbers = |index: usize| {
            let column = batch.batch.column(columns - index);
            column.as_any().downcast_ref::<arrow::array::UInt64Array>().unwrap().values().to_vec()
        };
        all.extend(numbers(2).into_iter().zip(numbers(1)));
        all.extend(batch.rejects.iter().map(|reject| (reject.record_number, reject.byte_offset.unwrap())));
        for reject in &batch.rejects {
            let at = reject.byte_offset.unwrap() as usize;
            if !options.contains("utf-16") {
                assert_eq!(&data[at..at + reject.raw.len()], reject.raw, "a reject is where it says");
            }
        }
    }
    all.sort_unstable();
    all
}

#[test]
fn an_open_quotation_mark_does_not_swallow_the_file() {
    let mut data = b"id,name\n".to_vec();
    for number in 0..20_000 {
        data.extend_from_slice(format!("{number},name {number}\n").as_bytes());
    }
    data.extend_from_slice(b"20000,\"open\n");
    for number in 20_001..60_000 {
        data.extend_from_slice(format!("{number},name {number}\n").as_bytes());
    }
    let all = records(&data, "max_record_bytes = 1000");
    assert_eq!(all.len(), 60_000);
    assert!(all.iter().enumerate().all(|(index, (number, _))| index as u64 + 1 == *number));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_the_reader_panic_and_every_record_has_its_number_and_place(
        words in prop::collection::vec(prop::sample::select(vec!["a", "\"", "\"\"", ",", ";", "\n", "\r\n", "\r", "\u{fc}", "\0", "1.5", " "]), 0..200),
        noise in prop::collection::vec(any::<u8>(), 0..40),
        options in prop::sample::select(vec!["", "header = false", "delimiter = \";\"", "quote = \"\"", "encoding = \"utf-16le\"", "encoding = \"windows-1252\"\ntrim = true", "max_record_bytes = 10"]),
    ) {
        let data = [words.concat().into_bytes(), noise].concat();
        let all = records(&data, options);
        for (index, pair) in all.windows(2).enumerate() {
            prop_assert_eq!(pair[0].0, index as u64 + 1);
            prop_assert!(pair[0].1 < pair[1].1);
        }
    }
}

/// What the reader rejects can be decoded by itself, as soon as the source file allows it.
#[test]
fn a_record_that_was_rejected_is_decoded_again_by_a_mended_source() {
    let base = tempdir().unwrap();
    fs::write(base.path().join("a.csv"), "id,amount\n1,10\n2,1 000\n3,x\n").unwrap();
    let source = |more: &str| {
        let text =
            format!("kind = \"csv\"\npath = \"a.csv\"\n[csv]\n{more}[csv.types]\namount = \"integer\"\n");
        Source::parse(&text, "a.toml").unwrap()
    };
    let strict = source("");
    let batches = read_all(strict.open(base.path()).unwrap().as_mut()).unwrap();
    let rejects = batches.iter().flat_map(|read| &read.rejects);
    let raw: Vec<RawRecord> = rejects
        .map(|reject| RawRecord {
            record_number: reject.record_number,
            byte_offset: reject.byte_offset,
            bytes: reject.raw.clone(),
        })
        .collect();
    assert_eq!(raw.iter().map(|record| record.record_number).collect::<Vec<_>>(), [2, 3]);
    let again = source("thousands = \" \"\n").again(base.path(), &raw).unwrap().unwrap();
    let rows: Vec<usize> = again.iter().map(|read| read.batch.num_rows()).collect();
    assert_eq!(rows, [1, 0]);
    let number = again[0].batch.column_by_name(RECORD_NUMBER).unwrap();
    assert_eq!(array_value_to_string(number, 0).unwrap(), "2");
    assert_eq!((again[1].rejects[0].record_number, &again[1].rejects[0].raw), (3, &raw[1].bytes));
}
