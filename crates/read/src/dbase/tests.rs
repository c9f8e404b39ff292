//! The cases of the folder, and properties that hold for any bytes.

use std::fs;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::json::LineDelimitedWriter;
use proptest::prelude::*;
use tempfile::tempdir;

use super::geometry::Geometry;
use super::records::{Deleted, Records, Walk};
use crate::cases::{check, folders, outcome, read_all};
use crate::file::SourceFile;
use crate::kinds::Location;
use crate::pipeline::Cut;
use crate::{RawRecord, ReadBatch, Source};

#[test]
fn every_case_reads_as_expected() {
    for folder in folders("dbase") {
        let text = fs::read_to_string(folder.join("source.toml")).unwrap();
        check(&folder, &outcome(&text, &folder));
    }
}

#[test]
fn a_rejected_record_can_be_read_again_by_mended_options_with_its_memo() {
    let folder = folders("dbase").into_iter().find(|folder| folder.ends_with("memo-too-long")).unwrap();
    let text = fs::read_to_string(folder.join("source.toml")).unwrap();
    let strict = Source::parse(&text, "source.toml").unwrap();
    let batches = read_all(strict.open(&folder).unwrap().as_mut()).unwrap();
    let rejects = batches.into_iter().flat_map(|batch| batch.rejects);
    let raw: Vec<RawRecord> = rejects
        .map(|reject| RawRecord {
            record_number: reject.record_number,
            byte_offset: reject.byte_offset,
            bytes: reject.raw,
        })
        .collect();
    let mended = Source::parse(&text.replace("100", "1000"), "source.toml").unwrap();
    let again = mended.again(&folder, &raw).unwrap().unwrap();
    let outcomes: Vec<_> = again.iter().map(|read| (read.batch.num_rows(), read.rejects.len())).collect();
    assert_eq!(
        outcomes,
        [(1, 0), (0, 1), (0, 1)],
        "the long memo is read, the missing and the broken one are not"
    );
}

#[test]
fn a_packed_table_is_read_with_the_memos_beside_it() {
    let folder = folders("dbase").into_iter().find(|folder| folder.ends_with("memo-foxpro")).unwrap();
    let base = tempdir().unwrap();
    let table = fs::read(folder.join("table.dbf")).unwrap();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, &table).unwrap();
    fs::write(base.path().join("table.dbf.gz"), packed.finish().unwrap()).unwrap();
    fs::copy(folder.join("table.fpt"), base.path().join("table.fpt")).unwrap();
    let source = |path: &str| format!("kind = \"dbase\"\npath = \"{path}\"\n");
    let expected = outcome(&source("table.dbf"), &folder);
    assert_eq!(outcome(&source("table.dbf.gz"), base.path()), expected);
}

/// One row of the table below, as values.
#[derive(Clone, Debug)]
struct Row {
    deleted: bool,
    name: String,
    amount: Option<i64>,
    day: Option<(i32, u32, u32)>,
    flag: Option<bool>,
    count: i32,
    price: i64,
    ratio: f64,
}

const FIELDS: [(&str, u8, u8, u8); 7] = [
    ("NAME", b'C', 12, 0),
    ("AMOUNT", b'N', 12, 2),
    ("DAY", b'D', 8, 0),
    ("FLAG", b'L', 1, 0),
    ("COUNT", b'I', 4, 0),
    ("PRICE", b'Y', 8, 0),
    ("RATIO", b'B', 8, 4),
];
const RECORD: usize = 1 + 12 + 12 + 8 + 1 + 4 + 8 + 8;
const HEADER: usize = 32 + 32 * FIELDS.len() + 1 + 263;

/// A table of Visual `FoxPro` in windows-1252.
fn table(rows: &[Row]) -> Vec<u8> {
    let mut out = vec![0x30, 101, 2, 3];
    out.extend((rows.len() as u32).to_le_bytes());
    out.extend((HEADER as u16).to_le_bytes());
    out.extend((RECORD as u16).to_le_bytes());
    out.resize(29, 0);
    out.extend([3, 0, 0]);
    for (name, letter, length, decimals) in FIELDS {
        let mut field = name.as_bytes().to_vec();
        field.resize(11, 0);
        field.extend([letter, 0, 0, 0, 0, length, decimals]);
        field.resize(32, 0);
        out.extend(field);
    }
    out.push(0x0d);
    out.resize(HEADER, 0);
    for row in rows {
        out.push(if row.deleted { b'*' } else { b' ' });
        let (name, ..) = encoding_rs::WINDOWS_1252.encode(&row.name);
        out.extend(name.iter().chain(&[b' '; 12]).take(12));
        let amount = row.amount.map_or(String::new(), |amount| {
            let sign = if amount < 0 { "-" } else { "" };
            format!("{sign}{}.{:02}", amount.abs() / 100, amount.abs() % 100)
        });
        out.extend(format!("{amount:>12}").bytes());
        let day = row.day.map_or(String::new(), |(year, month, day)| format!("{year:04}{month:02}{day:02}"));
        out.extend(format!("{day:8}").bytes());
        out.push(match row.flag {
            Some(true) => b'T',
            Some(false) => b'F',
            None => b'?',
        });
        out.extend(row.count.to_le_bytes());
        out.extend(row.price.to_le_bytes());
        out.extend(row.ratio.to_le_bytes());
    }
    out.push(0x1a);
    out
}

/// The row as reading it must give it, in JSON without its origin.
fn expected(row: &Row) -> serde_json::Value {
    let mut value = serde_json::json!({
        "count": row.count, "price": format!("{:.4}", row.price as f64 / 1e4), "ratio": row.ratio,
    });
    let fields = value.as_object_mut().unwrap();
    if !row.name.is_empty() {
        fields.insert("name".into(), row.name.clone().into());
    }
    if let Some(amount) = row.amount {
        fields.insert("amount".into(), format!("{:.2}", amount as f64 / 100.0).into());
    }
    if let Some((year, month, day)) = row.day {
        fields.insert("day".into(), format!("{year:04}-{month:02}-{day:02}").into());
    }
    if let Some(flag) = row.flag {
        fields.insert("flag".into(), flag.into());
    }
    value
}

/// Rows as JSON, with decimals as texts so that no digit is rounded.
fn rows_as_json(batches: &[ReadBatch]) -> Vec<serde_json::Value> {
    let Some(first) = batches.first() else { return Vec::new() };
    let all = concat_batches(&first.batch.schema(), batches.iter().map(|read| &read.batch)).unwrap();
    let own: Vec<usize> = (0..all.num_columns() - 2).collect();
    let texts = |batch: &RecordBatch| {
        let schema = batch.schema();
        let columns = schema.fields().iter().zip(batch.columns()).map(|(field, column)| {
            let is_decimal = matches!(column.data_type(), arrow::datatypes::DataType::Decimal128(..));
            let text = || arrow::compute::cast(column, &arrow::datatypes::DataType::Utf8).unwrap();
            (field.name().clone(), if is_decimal { text() } else { column.clone() })
        });
        RecordBatch::try_from_iter_with_nullable(
            columns.map(|(name, column)| (name, column, true)).collect::<Vec<_>>(),
        )
        .unwrap()
    };
    let mut writer = LineDelimitedWriter::new(Vec::new());
    writer.write(&texts(&all.project(&own).unwrap())).unwrap();
    writer.finish().unwrap();
    let text = String::from_utf8(writer.into_inner()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn read(data: &[u8], memo: &[u8], options: &str) -> Vec<ReadBatch> {
    let base = tempdir().unwrap();
    fs::write(base.path().join("a.dbf"), data).unwrap();
    fs::write(base.path().join("a.fpt"), memo).unwrap();
    let source = format!("kind = \"dbase\"\npath = \"a.dbf\"\n[dbase]\n{options}");
    let Ok(mut reader) = Source::parse(&source, "a.toml").unwrap().open(base.path()) else {
        return Vec::new();
    };
    read_all(reader.as_mut()).unwrap()
}

fn any_row() -> impl Strategy<Value = Row> {
    let day = prop::option::of((1i32..=9999, 1u32..=12, 1u32..=28));
    (
        any::<bool>(),
        "[A-Za-zäöüß][A-Za-zäöüßÉ ]{0,10}[a-z]|",
        prop::option::of(-99_999_999i64..=999_999_999),
        day,
        any::<Option<bool>>(),
        any::<i32>(),
        -1_000_000_000i64..1_000_000_000,
        (-1_000_000i32..1_000_000).prop_map(|eighths| f64::from(eighths) / 8.0),
    )
        .prop_map(|(deleted, name, amount, day, flag, count, price, ratio)| Row {
            deleted,
            name,
            amount,
            day,
            flag,
            count,
            price,
            ratio,
        })
}

/// The number and place of every record, and what it says where there is none.
type Walked = Vec<(u64, u64, Vec<u8>)>;

/// What the cutter gives in pieces of a size.
fn cut(data: &[u8], piece: usize) -> Walked {
    let base = tempdir().unwrap();
    fs::write(base.path().join("a.dbf"), data).unwrap();
    let at = Location::here(base.path(), "a.dbf");
    let mut file = SourceFile::open(&at).unwrap();
    let mut beginning = Vec::new();
    file.fill(&mut beginning, HEADER + 7).unwrap();
    let geometry = Geometry { first_record: HEADER, record_length: RECORD, corrections: Vec::new() };
    let walk =
        Walk { geometry, deleted: Deleted::Keep, counted: 30, only_counted: false, memo_fields: Vec::new() };
    let mut records = Records::new(file, beginning, walk, None).in_pieces_of(piece);
    let mut found = Walked::new();
    while let Some(piece) = records.next().unwrap() {
        let offsets = piece.starts.iter().map(|start| piece.byte_offset + *start as u64);
        found.extend(piece.numbers.iter().zip(offsets).map(|(number, offset)| (*number, offset, Vec::new())));
        let rejects = piece.rejects.into_iter();
        found.extend(rejects.map(|reject| (reject.record_number, reject.byte_offset.unwrap(), reject.raw)));
    }
    found.sort();
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_written_is_read(rows in prop::collection::vec(any_row(), 0..20)) {
        let batches = read(&table(&rows), b"", "");
        let live: Vec<_> = rows.iter().filter(|row| !row.deleted).map(expected).collect();
        prop_assert!(batches.iter().all(|batch| batch.rejects.is_empty()));
        prop_assert_eq!(rows_as_json(&batches), live);
    }

    #[test]
    fn any_split_gives_the_same_records(
        rows in prop::collection::vec(any_row(), 0..40),
        changes in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(vec![0x1a, 0, b' ', b'*', b'x'])), 0..4),
        kept in any::<prop::sample::Index>(),
        piece in 1usize..2000,
    ) {
        let mut data = table(&rows);
        for (place, byte) in changes {
            let records = data.len() - HEADER;
            data[HEADER + place.index(records) / RECORD * RECORD] = byte;
        }
        let length = HEADER + kept.index(data.len() - HEADER + 1);
        data.truncate(length);
        prop_assert_eq!(cut(&data, piece), cut(&data, 4 << 20));
    }

    #[test]
    fn no_bytes_make_the_reader_panic_and_rejects_are_where_they_say(
        rows in prop::collection::vec(any_row(), 0..6),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        letters in prop::collection::vec(prop::sample::select(b"CNFDLMGPBWIYTVQO@+0X".to_vec()), 7),
        version in prop::sample::select(vec![0x02u8, 0x03, 0x04, 0x30, 0x32, 0x83, 0x8b, 0x8c, 0xe5, 0xf5]),
        memo in prop::collection::vec(any::<u8>(), 0..200),
        options in prop::sample::select(vec!["", "memo = \"\"", "deleted = \"keep\"", "unreadable = \"null\"", "encoding = \"shift_jis\"", "records = \"counted\""]),
    ) {
        let mut data = table(&rows);
        data[0] = version;
        for (index, letter) in letters.iter().enumerate() {
            data[32 + 32 * index + 11] = *letter;
        }
        for (place, byte) in changes {
            let place = place.index(data.len());
            data[place] = byte;
        }
        for batch in read(&data, &memo, options) {
            for reject in batch.rejects {
                let at = reject.byte_offset.unwrap() as usize;
                prop_assert_eq!(&data[at..at + reject.raw.len()], reject.raw);
            }
        }
    }
}
