use std::io::{self, Write};
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, ListArray, StringArray};
use arrow::datatypes::Int64Type;

use super::*;

fn records() -> RecordBatch {
    let name = StringArray::from(vec![Some("He said \"no\", twice"), Some("=1+1"), None]);
    let count = Int64Array::from(vec![Some(1), None, Some(-7)]);
    let years =
        ListArray::from_iter_primitive::<Int64Type, _, _>([Some(vec![Some(1), None]), None, Some(vec![])]);
    RecordBatch::try_from_iter_with_nullable([
        ("name", Arc::new(name) as ArrayRef, true),
        ("count", Arc::new(count), true),
        ("years", Arc::new(years), true),
    ])
    .unwrap()
}

fn written(format: OutputFormat, batches: &[RecordBatch]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut sink = format.sink(&mut bytes, &records().schema()).unwrap();
    for batch in batches {
        sink.write(batch).unwrap();
    }
    sink.finish().unwrap();
    bytes
}

#[test]
fn each_format_writes_the_same_records_in_its_way() {
    for (format, expected) in [
        (
            OutputFormat::Csv,
            "name,count,years\r\n\"He said \"\"no\"\", twice\",1,\"[1,null]\"\r\n=1+1,,\r\n,-7,[]\r\n",
        ),
        (
            OutputFormat::Jsonl,
            "{\"name\":\"He said \\\"no\\\", twice\",\"count\":1,\"years\":[1,null]}\n\
             {\"name\":\"=1+1\",\"count\":null,\"years\":null}\n\
             {\"name\":null,\"count\":-7,\"years\":[]}\n",
        ),
        (
            OutputFormat::Table,
            "name                 count  years\n\
             ───────────────────  ─────  ────────\n\
             He said \"no\", twice  1      [1,null]\n\
             =1+1\n\
             \u{20}                    -7     []\n",
        ),
    ] {
        assert_eq!(String::from_utf8(written(format, &[records()])).unwrap(), expected, "{}", format.name());
        let cut = [records().slice(0, 1), records().slice(1, 2)];
        assert_eq!(written(format, &cut), expected.as_bytes(), "{} in two batches", format.name());
    }
    assert_eq!(&written(OutputFormat::Parquet, &[records()])[..4], b"PAR1");
}

#[test]
fn an_arrow_file_holds_the_same_batches() {
    let cut = [records().slice(0, 1), records().slice(1, 2)];
    let file = io::Cursor::new(written(OutputFormat::Arrow, &cut));
    let read = arrow::ipc::reader::FileReader::try_new(file, None).unwrap();
    let batches: Vec<RecordBatch> = read.map(Result::unwrap).collect();
    assert_eq!(batches, cut);
}

#[test]
fn a_control_character_in_a_record_does_not_reach_the_terminal() {
    let names: ArrayRef = Arc::new(StringArray::from(vec!["\u{1b}[2Jgone"]));
    let batch = RecordBatch::try_from_iter([("name", names)]).unwrap();
    let mut bytes = Vec::new();
    let mut sink = OutputFormat::Table.sink(&mut bytes, &batch.schema()).unwrap();
    sink.write(&batch).unwrap();
    sink.finish().unwrap();
    assert!(!bytes.contains(&0x1b));
}

#[test]
fn no_records_still_give_a_heading() {
    assert_eq!(written(OutputFormat::Csv, &[]), b"name,count,years\r\n");
    assert!(
        String::from_utf8(written(OutputFormat::Table, &[])).unwrap().starts_with("name  count  years\n")
    );
}

#[test]
fn formats_are_found_by_name() {
    for format in OutputFormat::ALL {
        assert_eq!(OutputFormat::from_name(format.name()).unwrap(), format);
    }
    let problem = OutputFormat::from_name("tabel").unwrap_err();
    assert_eq!(problem.advice.as_deref(), Some("did you mean `table`?"));
}

struct FullDisk;

impl Write for FullDisk {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Err(io::ErrorKind::StorageFull.into())
    }
}

#[test]
fn a_full_disk_is_called_a_full_disk() {
    for format in OutputFormat::ALL {
        let write_all = || {
            let mut sink = format.sink(FullDisk, &records().schema())?;
            sink.write(&records())?;
            sink.finish()
        };
        assert_eq!(write_all().unwrap_err().code, "engine.disk-full", "{}", format.name());
    }
}
