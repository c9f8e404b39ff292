//! Files of columns as other programs write them, parts of them, and damaged ones.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryArray, Date32Array, Decimal256Array, DictionaryArray, FixedSizeBinaryArray, Float32Array,
    Int8Array, Int64Array, LargeStringArray, ListArray, RecordBatch, StringArray, StringViewArray,
    StructArray, TimestampMillisecondArray, UInt32Array,
};
use arrow::datatypes::{DataType, Field, Int32Type, Int64Type, i256};
use arrow::ipc::writer::{FileWriter, StreamWriter};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use proptest::prelude::*;
use tempfile::tempdir;

use crate::cases::{outcome, read_all};
use crate::{Condition, Source, Wanted, inspect};

/// A batch of all types that have to become others, and some that stay.
fn sample() -> RecordBatch {
    let dictionary: DictionaryArray<Int32Type> = vec![Some("x"), None, Some("x")].into_iter().collect();
    let list = ListArray::from_iter_primitive::<Int64Type, _, _>(vec![
        Some(vec![Some(1), None]),
        None,
        Some(vec![]),
    ]);
    let group = StructArray::from(vec![(
        Arc::new(Field::new("city", DataType::LargeUtf8, true)),
        Arc::new(LargeStringArray::from(vec![Some("Cork"), None, Some("Galway")])) as ArrayRef,
    )]);
    let wide = Decimal256Array::from(vec![Some(i256::from_i128(1250)), None, Some(i256::MINUS_ONE)]);
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("Legal Name", Arc::new(StringArray::from(vec![Some("A"), Some("é"), None]))),
        (
            "view",
            Arc::new(StringViewArray::from(vec![Some("a view of more than twelve bytes"), None, Some("")])),
        ),
        ("kind", Arc::new(dictionary)),
        ("small", Arc::new(Int8Array::from(vec![Some(-1), None, Some(7)]))),
        ("unsigned", Arc::new(UInt32Array::from(vec![Some(u32::MAX), None, Some(0)]))),
        ("born", Arc::new(Date32Array::from(vec![Some(0), None, Some(-1)]))),
        (
            "at",
            Arc::new(TimestampMillisecondArray::from(vec![Some(1), None, Some(0)]).with_timezone("+01:00")),
        ),
        ("exact", Arc::new(wide.clone().with_precision_and_scale(20, 2).unwrap())),
        ("bytes", Arc::new(BinaryArray::from_opt_vec(vec![Some(b"\x01\x02"), None, Some(b"")]))),
        ("fixed", Arc::new(FixedSizeBinaryArray::try_from_iter([[1u8, 2], [3, 4], [5, 6]].iter()).unwrap())),
        ("list", Arc::new(list)),
        ("address", Arc::new(group)),
        ("_record_number", Arc::new(Int64Array::from(vec![9, 8, 7]))),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)))
        .unwrap()
}

fn write_parquet(path: &Path, batches: &[RecordBatch], rows_in_group: usize, compression: Compression) {
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(rows_in_group))
        .set_compression(compression)
        .build();
    let mut writer =
        ArrowWriter::try_new(File::create(path).unwrap(), batches[0].schema(), Some(properties)).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
    }
    writer.close().unwrap();
}

const EXPECTED: &str = "legal_name: Utf8\nview: Utf8\nkind: Utf8\nsmall: Int8\nunsigned: UInt32\nborn: Date32\n\
    at: Timestamp(ms, \"+01:00\")\nexact: Decimal128(20, 2)\nbytes: Binary\nfixed: Binary\nlist: List(Int64)\n\
    address: Struct(\"city\": Utf8)\nsource_record_number: Int64\n\
    {\"legal_name\":\"A\",\"view\":\"a view of more than twelve bytes\",\"kind\":\"x\",\"small\":-1,\"unsigned\":4294967295,\"born\":\"1970-01-01\",\"at\":\"1970-01-01T01:00:00.001+01:00\",\"exact\":12.50,\"bytes\":\"0102\",\"fixed\":\"0102\",\"list\":[1,null],\"address\":{\"city\":\"Cork\"},\"source_record_number\":9,\"_record_number\":1}\n\
    {\"legal_name\":\"é\",\"fixed\":\"0304\",\"address\":{},\"source_record_number\":8,\"_record_number\":2}\n\
    {\"view\":\"\",\"kind\":\"x\",\"small\":7,\"unsigned\":0,\"born\":\"1969-12-31\",\"at\":\"1970-01-01T01:00:00+01:00\",\"exact\":-0.01,\"bytes\":\"\",\"fixed\":\"0506\",\"list\":[],\"address\":{\"city\":\"Galway\"},\"source_record_number\":7,\"_record_number\":3}\n";

#[test]
fn every_type_becomes_one_that_the_rest_understands() {
    let base = tempdir().unwrap();
    let batch = sample();
    for compression in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::ZSTD(parquet::basic::ZstdLevel::default()),
        Compression::LZ4_RAW,
        Compression::GZIP(parquet::basic::GzipLevel::default()),
        Compression::BROTLI(parquet::basic::BrotliLevel::default()),
    ] {
        write_parquet(&base.path().join("a.parquet"), std::slice::from_ref(&batch), 1000, compression);
        assert_eq!(
            outcome("kind = \"parquet\"\npath = \"a.parquet\"\n", base.path()),
            EXPECTED,
            "{compression}"
        );
    }
    let half = arrow::compute::cast(&Float32Array::from(vec![1.5]), &DataType::Float16).unwrap();
    let half = RecordBatch::try_from_iter([("h", half)]).unwrap();
    for (path, batch, expected) in
        [("a.arrow", &batch, EXPECTED), ("h.arrow", &half, "h: Float32\n{\"h\":1.5,\"_record_number\":1}\n")]
    {
        let file = File::create(base.path().join(path)).unwrap();
        let mut writer = FileWriter::try_new(file, &batch.schema()).unwrap();
        writer.write(batch).unwrap();
        writer.finish().unwrap();
        assert_eq!(outcome(&format!("kind = \"arrow\"\npath = \"{path}\"\n"), base.path()), expected);
    }
    let mut writer =
        StreamWriter::try_new(File::create(base.path().join("s.arrows")).unwrap(), &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    assert_eq!(outcome("kind = \"arrow\"\npath = \"s.arrows\"\n", base.path()), EXPECTED);
}

/// Numbers and names of the records that are wanted, and how many batches held them.
fn wanted(base: &Path, wanted: &Wanted) -> (Vec<u64>, usize) {
    let source = Source::parse("kind = \"parquet\"\npath = \"n.parquet\"\n", "a.toml").unwrap();
    let mut reader = source.open_wanted(base, wanted).unwrap();
    let batches = read_all(reader.as_mut()).unwrap();
    let numbers = |batch: &crate::ReadBatch| {
        let column = batch.batch.column_by_name("_record_number").unwrap();
        column.as_any().downcast_ref::<arrow::array::UInt64Array>().unwrap().values().to_vec()
    };
    (batches.iter().flat_map(numbers).collect(), batches.len())
}

#[test]
fn row_groups_that_hold_nothing_wanted_are_not_read() {
    let base = tempdir().unwrap();
    let numbers: Vec<i64> = (0..1000).collect();
    let names: Vec<String> = numbers.iter().map(|number| format!("name {number:04}")).collect();
    let columns: [(&str, ArrayRef); 2] =
        [("id", Arc::new(Int64Array::from(numbers))), ("name", Arc::new(StringArray::from(names)))];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    write_parquet(&base.path().join("n.parquet"), &[batch], 100, Compression::SNAPPY);
    for (conditions, limit, first, count, batches) in [
        (vec![], None, 1, 1000, 10),
        (vec!["id = 250"], None, 251, 1, 1),
        (vec!["id >= 950"], None, 951, 50, 1),
        (vec!["id < 100", "id > 97"], None, 99, 2, 1),
        (vec!["name = 'name 0555'"], None, 556, 1, 1),
        (vec!["name is null"], None, 0, 0, 0),
        (vec![], Some(150), 1, 150, 2),
        (vec!["id >= 250"], Some(10), 251, 10, 1),
    ] {
        let conditions: Vec<Condition> =
            conditions.into_iter().map(|text| Condition::parse(text).unwrap()).collect();
        let asked = Wanted { columns: Some(vec!["name".into()]), conditions, limit, ..Wanted::default() };
        let (numbers, read) = wanted(base.path(), &asked);
        assert_eq!((numbers.first().copied().unwrap_or(0), numbers.len()), (first, count), "{asked:?}");
        assert!(read <= batches, "{asked:?} {read}");
    }
}

#[test]
fn what_is_proposed_reads_as_it_is() {
    let base = tempdir().unwrap();
    write_parquet(&base.path().join("a.parquet"), &[sample()], 1000, Compression::SNAPPY);
    let inspection = inspect(base.path(), Path::new("a.parquet"), None).unwrap();
    assert_eq!((inspection.kind, inspection.confidence, inspection.records), ("parquet", 1.0, 3));
    let source = Source::parse(&inspection.proposal.source, "a.toml").unwrap();
    assert_eq!(read_all(source.open(base.path()).unwrap().as_mut()).unwrap().len(), 1);
}

#[test]
fn what_is_no_such_file_is_a_problem() {
    let base = tempdir().unwrap();
    for (kind, bytes) in [
        ("parquet", &b""[..]),
        ("parquet", b"PAR1"),
        ("parquet", b"PAR1\xff\xff\xff\x7fPAR1"),
        ("parquet", b"PAR1aaaaaaaa\x04\0\0\0PAR1"),
        ("arrow", b""),
        ("arrow", b"ARROW1\0\0"),
        ("arrow", b"\xff\xff\xff\xff\xff\xff\xff\x7f"),
        ("arrow", b"id,name\n1,A\n"),
    ] {
        fs::write(base.path().join("a"), bytes).unwrap();
        let found = outcome(&format!("kind = \"{kind}\"\npath = \"a\"\n"), base.path());
        let code = format!("error[{kind}.cannot-read]");
        assert!(found.contains(&code) || found.contains("error[read.cannot-read]"), "{bytes:?} {found}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_are_problems(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let base = tempdir().unwrap();
        let path = base.path().join("a");
        for kind in ["parquet", "arrow"] {
            if kind == "parquet" {
                write_parquet(&path, &[sample()], 2, Compression::SNAPPY);
            } else {
                let mut writer = FileWriter::try_new(File::create(&path).unwrap(), &sample().schema()).unwrap();
                writer.write(&sample()).unwrap();
                writer.finish().unwrap();
            }
            let mut bytes = fs::read(&path).unwrap();
            for (at, byte) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            if is_cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            fs::write(&path, bytes).unwrap();
            outcome(&format!("kind = \"{kind}\"\npath = \"a\"\n"), base.path());
        }
    }
}
