//! Files that nobody has described are read in whole, in records of the right length.

use std::fs;
use std::path::Path;

use tempfile::tempdir;

use crate::cases::read_all;
use crate::copybook::{CodePage, Dialect, Layout, RecordWriter, Row};
use crate::{Inspection, Source, inspect};

const COPYBOOK: &str = "01 ACCOUNT.\n 05 NUMBER PIC 9(8).\n 05 NAME PIC X(24).\n 05 STREET PIC X(20).\n 05 CITY PIC X(16).\n \
    05 BALANCE PIC S9(7)V99 COMP-3.\n 05 VISITS PIC S9(4) COMP.\n 05 LIMIT PIC S9(9)V99 COMP-3 OCCURS 3.\n 05 RATE PIC S9(5).\n 05 STATE PIC X.";

fn records(page: &str, count: i64) -> Vec<Vec<u8>> {
    let layout = Layout::parse(COPYBOOK, "a.cpy", Dialect::default()).unwrap();
    let writer = RecordWriter::new(&layout, CodePage::named(page).unwrap()).unwrap();
    let names = ["ANNA EXAMPLE", "BERTA MÜLLER", "CARL BEISPIEL-LANGNAME", "DORA Ö", "EMIL"];
    let row = |number: i64| {
        let mixed = number.wrapping_mul(2_654_435_761) % 100_003;
        Row::new()
            .with("number", 10_000_000 + number)
            .with("name", names[number as usize % 5])
            .with(
                "street",
                format!("{} {}", ["HAUPTSTR.", "AM MARKT", "RING"][mixed as usize % 3], mixed % 200).as_str(),
            )
            .with("city", ["KÖLN", "BONN", "AACHEN", "DÜSSELDORF"][mixed as usize % 4])
            .with("balance", mixed * 7 - 300_000)
            .with("visits", mixed % 300)
            .with("rate", mixed % 5000 - 2000)
            .with("state", ["A", "B", "C"][mixed as usize % 3])
    };
    (0..count).map(|number| writer.encode(&row(number)).unwrap()).collect()
}

fn looked_at(data: &[u8]) -> (Inspection, usize, usize) {
    let folder = tempdir().unwrap();
    let file = folder.path().join("unknown.dat");
    fs::write(&file, data).unwrap();
    let inspection = inspect(Path::new(""), &file, None).unwrap();
    let source = Source::parse(&inspection.proposal.source, "a.toml").unwrap();
    let batches = read_all(source.open(Path::new("")).unwrap().as_mut()).unwrap();
    let rows = batches.iter().map(|read| read.batch.num_rows()).sum();
    let rejects = batches.iter().map(|read| read.rejects.len()).sum();
    (inspection, rows, rejects)
}

#[test]
fn records_of_one_length_are_found_with_what_stands_around_them() {
    let all = records("cp273", 2000);
    let length = all[0].len();
    let body = all.concat();
    let text = |text: &str, length: usize| {
        let mut bytes = CodePage::named("cp273").unwrap().encode(text).unwrap();
        bytes.resize(length, 0x40);
        bytes
    };
    for (name, data, options) in [
        ("plain", body.clone(), ""),
        (
            "with a header",
            [text("HEADER 20260101 RUN 7 OF THE NIGHT", 40), body.clone()].concat(),
            "file_header_bytes = 40",
        ),
        (
            "with a trailer",
            [body.clone(), text("TRAILER 2000 RECORDS IN ALL, GOOD BYE", 44)].concat(),
            "file_trailer_bytes = 44",
        ),
    ] {
        let (inspection, rows, rejects) = looked_at(&data);
        let shown = format!("{name}: {inspection}\n{}", inspection.proposal.source);
        assert_eq!((rows, rejects), (2000, 0), "{shown}");
        assert!(inspection.proposal.source.contains(options), "{shown}");
        assert!(
            inspection.layout.as_ref().unwrap().contains(&format!("{length} bytes in a record")),
            "{shown}"
        );
        assert_eq!(inspection.encoding, "cp273", "{shown}");
        assert!(inspection.proposal.source.contains("PACKED-69"), "{shown}");
        assert!(!inspection.first.is_empty(), "{shown}");
    }
}

type Word<'a> = &'a dyn Fn(usize) -> Vec<u8>;

#[test]
fn records_behind_their_length_are_found_in_every_spelling() {
    let all: Vec<Vec<u8>> = records("cp037", 900)
        .into_iter()
        .enumerate()
        .map(|(index, record)| record[..60 + index * 7 % 39].to_vec())
        .collect();
    let short = |length: usize| [(length >> 8) as u8, length as u8];
    let ibm: Word<'_> = &|length| [short(length + 4), [0, 0]].concat();
    let little: Word<'_> = &|length| [(length + 4) as u8, ((length + 4) >> 8) as u8, 0, 0].to_vec();
    let alone: Word<'_> = &|length| [short(length), [0, 0]].concat();
    let long: Word<'_> = &|length| (length as u32).to_be_bytes().to_vec();
    let two: Word<'_> = &|length| short(length).to_vec();
    for (name, word, blocks, expected) in [
        ("as IBM has it", ibm, None, "record_format = \"V\"\n"),
        ("in blocks", ibm, Some(ibm), "record_format = \"VB\"\n"),
        ("lowest byte first", little, None, "record_word = { byte_order = \"little\" }"),
        ("not counting itself", alone, None, "counts_itself = false"),
        ("four bytes", long, None, "counts_itself = false, length_bytes = \"4\""),
        ("two bytes", two, None, "length_bytes = \"2\""),
        ("blocks and records differ", alone, Some(ibm), "record_word = { counts_itself = false }"),
    ] {
        let mut data = Vec::new();
        for group in all.chunks(5) {
            let block: Vec<u8> =
                group.iter().flat_map(|record| [word(record.len()), record.clone()].concat()).collect();
            data.extend(blocks.map(|blocks| blocks(block.len())).unwrap_or_default());
            data.extend(block);
        }
        let (inspection, rows, rejects) = looked_at(&data);
        let shown = format!("{name}: {inspection}\n{}", inspection.proposal.source);
        assert_eq!((rows, rejects), (900, 0), "{shown}");
        assert!(inspection.proposal.source.contains(expected), "{shown}");
    }
}

#[test]
fn why_a_size_is_not_divisible_is_said() {
    let folder = tempdir().unwrap();
    let (copybook, file) = (folder.path().join("a.cpy"), folder.path().join("a.dat"));
    fs::write(&copybook, COPYBOOK).unwrap();
    let mut data = Vec::new();
    for record in records("cp037", 500) {
        data.extend(record);
        data.extend([0x40; 3]);
    }
    fs::write(&file, &data).unwrap();
    let inspection = inspect(Path::new(""), &file, Some(&copybook)).unwrap();
    let shown = format!("{inspection}\n{}", inspection.proposal.source);
    assert!(inspection.proposal.source.contains("record_length = 102\n"), "{shown}");
    assert_eq!((inspection.records, inspection.rejected), (500, 0), "{shown}");
    assert!(shown.contains("HAUPTSTR."), "{shown}");
}
