//! Segments however many records there are, and whatever is asked of them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use tempfile::{TempDir, tempdir};

use super::families::LARGEST;
use crate::cases::read_all;
use crate::{Condition, ReadBatch, Source, Wanted};

const COPYBOOK: &str = "01 R.\n 05 KIND PIC X.\n 05 A.\n 10 NO PIC 9(7).\n 05 B REDEFINES A.\n 10 OF PIC 9(5).\n 10 PART PIC 99.";
const FAMILIES: usize = 20_000;

fn children(family: usize) -> usize {
    family * 7 % 13
}

fn folder() -> TempDir {
    let base = tempdir().unwrap();
    let mut data = String::new();
    for family in 0..FAMILIES {
        write!(data, "A{family:07}").unwrap();
        for part in 0..children(family) {
            write!(data, "B{family:05}{part:02}").unwrap();
        }
    }
    fs::write(base.path().join("a.dat"), data).unwrap();
    fs::write(base.path().join("a.cpy"), COPYBOOK).unwrap();
    base
}

fn read(base: &Path, options: &str, wanted: &Wanted) -> Vec<ReadBatch> {
    let text = format!(
        "kind = \"copybook\"\npath = \"a.dat\"\n[copybook]\npath = \"a.cpy\"\ncode_page = \"ascii\"\n[copybook.segments]\nfield = \"KIND\"\nrecords = {{ A = \"A\", B = \"B\" }}\n{options}"
    );
    let source = Source::parse(&text, "a.toml").unwrap();
    read_all(source.open_wanted(base, wanted).unwrap().as_mut()).unwrap()
}

#[test]
fn families_are_whole_wherever_the_file_is_cut() {
    let base = folder();
    let mut family = 0;
    for read in read(base.path(), "parents = { B = \"A\" }", &Wanted::default()) {
        assert!(read.rejects.is_empty());
        let lists = read.batch.column_by_name("b").unwrap().as_list::<i32>().clone();
        let numbers = read.batch.column_by_name("no").unwrap().as_primitive::<Int64Type>().clone();
        for row in 0..read.batch.num_rows() {
            let items = lists.value(row);
            let of = items.as_struct().column_by_name("of").unwrap().as_primitive::<Int64Type>().clone();
            assert_eq!((numbers.value(row), of.len()), (family as i64, children(family)));
            assert!(of.iter().all(|of| of == Some(family as i64)));
            family += 1;
        }
    }
    assert_eq!(family, FAMILIES);
}

#[test]
fn what_is_not_asked_for_is_not_decoded_and_the_rest_is_the_same() {
    let base = folder();
    let of_b: usize = (0..FAMILIES).map(children).sum();
    for (options, condition, expected) in [
        ("", "kind = B", of_b),
        ("only = [\"B\"]", "", of_b),
        ("only = [\"A\"]", "", FAMILIES),
        ("parents = { B = \"A\" }\nrows = \"records\"\ncarry = true", "kind = B", of_b),
        ("", "part = 3", (0..FAMILIES).filter(|family| children(*family) > 3).count()),
    ] {
        let conditions: Vec<Condition> = Condition::parse(condition).into_iter().collect();
        let wanted = Wanted { conditions, ..Wanted::default() };
        let batches = read(base.path(), options, &wanted);
        let rows: usize = batches.iter().map(|read| read.batch.num_rows()).sum();
        assert_eq!(rows, expected, "{options} {condition}");
    }
}

#[test]
fn a_family_that_is_too_long_is_rejected_whole_and_the_others_stay() {
    let base = tempdir().unwrap();
    // Long records, so that few of them are long enough.
    let record = |text: &str| format!("{text:4096}");
    let children = LARGEST / 4096 + 4000;
    let mut data = [record("A0000000"), record("B0000001"), record("A0000001")].concat();
    data.push_str(&record("B0000101").repeat(children));
    data.push_str(&[record("A0000002"), record("B0000201")].concat());
    fs::write(base.path().join("a.dat"), &data).unwrap();
    fs::write(base.path().join("a.cpy"), format!("{COPYBOOK}\n 05 FILLER PIC X(4088).")).unwrap();
    for (options, expected) in
        [("parents = { B = \"A\" }", 2), ("parents = { B = \"A\" }\nrows = \"records\"\ncarry = true", 4)]
    {
        let batches = read(base.path(), options, &Wanted::default());
        let rows: usize = batches.iter().map(|read| read.batch.num_rows()).sum();
        let rejects = batches.iter().flat_map(|read| &read.rejects);
        assert!(rejects.clone().all(|reject| reject.problem.code == "read.family-too-long"), "{options}");
        assert_eq!((rows, rejects.count()), (expected, children + 1), "{options}");
    }
}
