//! An inspection as people read it in a terminal.

use std::fmt;

use super::Inspection;
use crate::RecordPreview;
use crate::profile::ColumnProfile;

impl fmt::Display for Inspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}: {} ({:.0} % sure), {} bytes, {}",
            self.file,
            self.kind,
            self.confidence * 100.0,
            self.size,
            self.encoding
        )?;
        for seen in &self.evidence {
            writeln!(f, "  - {seen}")?;
        }
        if let Some(layout) = &self.layout {
            writeln!(f, "\n{layout}")?;
        }
        self.first.iter().try_for_each(|record| write_record(f, record))?;
        writeln!(f, "\n{} records looked at, {} rejected", self.records, self.rejected)?;
        for problem in &self.problems.0 {
            writeln!(f, "{problem}")?;
        }
        if self.columns.is_empty() {
            return Ok(());
        }
        writeln!(
            f,
            "\n{:<32} {:<16} {:>6} {:>9} {:>9}  form",
            "column", "type", "filled", "distinct", "length"
        )?;
        self.columns.iter().try_for_each(|column| write_column(f, column))
    }
}

/// A record's bytes beside its values.
fn write_record(f: &mut fmt::Formatter<'_>, record: &RecordPreview) -> fmt::Result {
    writeln!(f, "\nrecord {} at byte {}", record.record_number, record.byte_offset)?;
    writeln!(f, "{:>7} {:>6}  {:<32} {:<50} value", "offset", "length", "field", "bytes")?;
    record.cells.iter().try_for_each(|cell| {
        let bytes = if cell.hex.len() as u64 == cell.length * 2 {
            cell.hex.clone()
        } else {
            format!("{}…", cell.hex)
        };
        let value = match (&cell.value, cell.problem) {
            (Some(value), _) => value.clone(),
            (None, Some(problem)) => format!("! {problem}"),
            (None, None) => "–".into(),
        };
        writeln!(f, "{:>7} {:>6}  {:<32} {bytes:<50} {value}", cell.offset, cell.length, cell.field)
    })
}

fn write_column(f: &mut fmt::Formatter<'_>, column: &ColumnProfile) -> fmt::Result {
    let distinct = format!("{}{}", column.distinct, if column.distinct_is_exact { "" } else { "+" });
    let length = if column.shortest == column.longest {
        column.longest.to_string()
    } else {
        format!("{}–{}", column.shortest, column.longest)
    };
    let mut form = Vec::new();
    form.extend(
        column.pattern.as_ref().map(|pattern| format!("{pattern} ({:.0} %)", column.pattern_share * 100.0)),
    );
    form.extend(column.looks_like.as_ref().map(|looks_like| format!("could be {looks_like}")));
    form.extend(column.range.as_ref().map(|(least, greatest)| format!("{least} to {greatest}")));
    form.extend((column.outliers > 0).then(|| format!("{} unlike the others", column.outliers)));
    form.extend(column.personal.as_ref().map(|personal| format!("likely personal: {personal}")));
    form.extend(column.likely_identifier.then(|| "likely identifier".to_owned()));
    let form = form.join(", ");
    let data_type: String = column.data_type.chars().take(16).collect();
    writeln!(
        f,
        "{:<32} {data_type:<16} {:>5.0}% {distinct:>9} {length:>9}  {form}",
        column.name,
        column.filled * 100.0
    )
}
