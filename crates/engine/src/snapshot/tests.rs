use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};

use super::*;

fn records() -> RecordBatch {
    let key: ArrayRef = Arc::new(StringArray::from(vec!["a", "b", "c"]));
    let count: ArrayRef = Arc::new(Int64Array::from(vec![1, 2, 3]));
    RecordBatch::try_from_iter([("_key", key), ("fact:count", count)]).unwrap()
}

fn write(path: &Path, times: usize) -> SnapshotWriter {
    let mut writer = SnapshotWriter::create(path, &records().schema()).unwrap();
    (0..times).for_each(|_| writer.write(&records()).unwrap());
    writer
}

#[test]
fn what_was_written_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("1.parquet");
    write(&path, 4_000).finish([("digest".to_owned(), "abc".to_owned())]).unwrap();
    let reader = SnapshotReader::open(&path, None).unwrap();
    assert_eq!(
        (reader.rows(), reader.metadata("digest"), reader.metadata("other")),
        (12_000, Some("abc"), None)
    );
    assert_eq!(reader.schema(), records().schema());
    let batches: Vec<RecordBatch> = reader.map(Result::unwrap).collect();
    assert_eq!(batches.iter().map(RecordBatch::num_rows).sum::<usize>(), 12_000);
    assert!(batches.len() > 1, "batches are bounded");
    assert_eq!(batches[0].slice(0, 3), records());
    assert_eq!(remove_unfinished(folder.path()).unwrap(), 0);
}

#[test]
fn only_the_columns_asked_for_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("1.parquet");
    write(&path, 1).finish([]).unwrap();
    let batch = SnapshotReader::open(&path, Some(&["fact:count"])).unwrap().next().unwrap().unwrap();
    assert_eq!(batch, records().project(&[1]).unwrap());
    assert_eq!(SnapshotReader::open(&path, Some(&["x"])).unwrap_err().code, "engine.unknown-field");
}

#[test]
fn an_abandoned_snapshot_leaves_the_old_one_standing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("1.parquet");
    write(&path, 1).finish([]).unwrap();
    let abandoned = write(&path, 5);
    assert_eq!(SnapshotReader::open(&path, None).unwrap().rows(), 3);
    drop(abandoned);
    assert_eq!(SnapshotReader::open(&path, None).unwrap().rows(), 3);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    // A killed program drops nothing.
    std::mem::forget(write(&path, 5));
    assert_eq!(SnapshotReader::open(&path, None).unwrap().rows(), 3);
    assert_eq!(remove_unfinished(folder.path()).unwrap(), 1);
}

#[test]
fn a_missing_or_broken_snapshot_is_told_with_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("1.parquet");
    let problem = SnapshotReader::open(&path, None).unwrap_err();
    assert_eq!((problem.code, problem.place.file.as_deref()), ("engine.missing-snapshot", path.to_str()));
    write(&path, 50).finish([]).unwrap();
    let whole = std::fs::read(&path).unwrap();
    for cut in [0, 3, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&path, &whole[..cut]).unwrap();
        assert_eq!(
            SnapshotReader::open(&path, None).unwrap_err().code,
            "engine.broken-snapshot",
            "{cut} bytes"
        );
    }
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    let problem =
        SnapshotWriter::create(Path::new("no/such/folder/1.parquet"), &records().schema()).unwrap_err();
    assert_eq!(problem.code, "engine.cannot-write");
}

#[test]
fn parts_are_joined_into_one_snapshot_with_all_rows_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let parts: Vec<_> =
        [1, 30_000, 2].map(|times| (times, folder.path().join(format!("{times}.parquet")))).into();
    for (times, part) in &parts {
        write(part, *times).finish([]).unwrap();
    }
    let parts: Vec<_> = parts.into_iter().map(|(_, part)| part).collect();
    let whole = folder.path().join("whole.parquet");
    join_snapshots(&parts, &whole, [("digest".to_owned(), "abc".to_owned())]).unwrap();
    let rows = |path: &Path| -> Vec<RecordBatch> {
        SnapshotReader::open(path, None).unwrap().map(Result::unwrap).collect()
    };
    let together = |paths: &[std::path::PathBuf]| {
        let batches: Vec<RecordBatch> = paths.iter().flat_map(|path| rows(path)).collect();
        arrow::compute::concat_batches(&records().schema(), &batches).unwrap()
    };
    assert_eq!(together(&parts), together(std::slice::from_ref(&whole)));
    let reader = SnapshotReader::open(&whole, None).unwrap();
    assert_eq!((reader.rows(), reader.metadata("digest")), (90_009, Some("abc")));
    let missing = join_snapshots(&[folder.path().join("no.parquet")], &whole, []).unwrap_err();
    assert_eq!(missing.code, "engine.missing-snapshot");
    assert_eq!(SnapshotReader::open(&whole, None).unwrap().rows(), 90_009, "the one before stands");
}
