//! Several snapshots with the same columns become one: their row groups are copied as they are, without decoding.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use concordat_record::Problem;
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData};
use parquet::file::writer::SerializedFileWriter;

use super::unfinished::Unfinished;
use super::{broken, cannot_write_parquet, missing, named, properties};

/// Puts a snapshot at a path that holds the rows of all parts, in their order, with what should be known about it.
///
/// # Errors
/// `engine.missing-snapshot`, `engine.broken-snapshot` for a part; `engine.cannot-write`, `engine.disk-full`.
pub fn join_snapshots(
    parts: &[PathBuf],
    path: &Path,
    metadata: impl IntoIterator<Item = (String, String)>,
) -> Result<(), Problem> {
    let mut footers = Vec::new();
    for part in parts {
        footers.push(open(part)?);
    }
    let Some((_, first)) = footers.first() else {
        return Err(Problem::new("engine.internal", "a snapshot is to be made of no parts"));
    };
    // The first part's footer has the columns' Arrow types.
    let known = first.file_metadata().key_value_metadata().into_iter().flatten();
    let arrow = known.filter(|pair| pair.key == "ARROW:schema").cloned();
    let pairs: Vec<KeyValue> =
        arrow.chain(metadata.into_iter().map(|(key, value)| KeyValue::new(key, value))).collect();
    let schema = first.file_metadata().schema_descr().root_schema_ptr();
    let (unfinished, buffer) = Unfinished::create(path)?;
    let failed = |error: ParquetError| named(cannot_write_parquet(error), &unfinished.temporary);
    let mut writer = SerializedFileWriter::new(buffer, schema, Arc::new(properties())).map_err(failed)?;
    for pair in pairs {
        writer.append_key_value_metadata(pair);
    }
    for (file, footer) in &footers {
        for (number, group) in footer.row_groups().iter().enumerate() {
            let mut copy = writer.next_row_group().map_err(failed)?;
            for column in columns(footer, group, number) {
                copy.append_column(file, column).map_err(failed)?;
            }
            copy.close().map_err(failed)?;
        }
    }
    let buffer = writer.into_inner().map_err(failed)?;
    unfinished.publish(buffer)
}

fn open(path: &Path) -> Result<(File, ParquetMetaData), Problem> {
    let file = File::open(path).map_err(|error| missing(&error, path))?;
    let footer =
        ParquetMetaDataReader::new().parse_and_finish(&file).map_err(|error| broken(&error, path))?;
    Ok((file, footer))
}

/// The column chunks of a row group, as the writer of the joined file takes them.
fn columns(footer: &ParquetMetaData, group: &RowGroupMetaData, number: usize) -> Vec<ColumnCloseResult> {
    let offsets = footer.offset_index().and_then(|groups| groups.get(number));
    let close = |(place, column): (usize, &parquet::file::metadata::ColumnChunkMetaData)| ColumnCloseResult {
        bytes_written: column.compressed_size().unsigned_abs(),
        rows_written: group.num_rows().unsigned_abs(),
        metadata: column.clone(),
        bloom_filter: None,
        column_index: None,
        offset_index: offsets.and_then(|columns| columns.get(place)).cloned(),
    };
    group.columns().iter().enumerate().map(close).collect()
}
