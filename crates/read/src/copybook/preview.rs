//! The first records of a file for people: the bytes of each field beside its value.

use arrow::array::Array;
use arrow::util::display::array_value_to_string;

use super::frames::Block;
use super::layout::{Content, Field, Layout};
use super::values::{CellFaults, Column, Machine, decode};
use crate::file::hexadecimal;
use crate::reader::{CellPreview, RecordPreview};

/// So many records are shown.
const RECORDS: usize = 2;
/// Of a field that occurs more often, so many occurrences are shown.
const OCCURRENCES: usize = 2;
/// So many fields of a record are shown.
const CELLS: usize = 200;
/// So many bytes of a field are shown.
const BYTES: usize = 24;

/// The first records of a block.
pub(crate) fn preview(
    block: &Block,
    layout: &Layout,
    fixed_length: usize,
    machine: &Machine,
) -> Vec<RecordPreview> {
    (0..block.starts.len().min(RECORDS))
        .map(|index| {
            let mut shown = Shown { record: block.record(index, fixed_length), machine, cells: Vec::new() };
            shown.fields(&layout.fields, 0, &[]);
            RecordPreview {
                record_number: block.number_of(index),
                byte_offset: block.offset_of(index),
                cells: shown.cells,
            }
        })
        .collect()
}

struct Shown<'a> {
    record: &'a [u8],
    machine: &'a Machine,
    cells: Vec<CellPreview>,
}

impl Shown<'_> {
    fn fields(&mut self, fields: &[Field], shift: usize, subscripts: &[usize]) {
        for field in fields {
            let Some(occurs) = &field.occurs else {
                self.field(field, shift, subscripts);
                continue;
            };
            for occurrence in 0..occurs.most.min(OCCURRENCES) {
                let subscripts = [subscripts, &[occurrence + 1]].concat();
                self.field(field, shift + occurrence * field.length, &subscripts);
            }
        }
    }

    fn field(&mut self, field: &Field, shift: usize, subscripts: &[usize]) {
        match &field.content {
            Content::Group(parts) => self.fields(parts, shift, subscripts),
            Content::Value(coding) if self.cells.len() < CELLS => {
                let offset = field.offset + shift;
                let end = offset.saturating_add(field.length).min(self.record.len());
                let Some(raw) = self.record.get(offset..end) else { return };
                let column = Column {
                    bytes: raw,
                    starts: &[0],
                    ends: Some(&[raw.len()]),
                    offset: 0,
                    length: field.length,
                };
                let mut faults = CellFaults::new();
                let array = decode(coding, column, self.machine, &mut faults);
                let is_value = faults.is_empty() && array.is_valid(0);
                let value = is_value.then(|| array_value_to_string(&array, 0).ok()).flatten();
                let name = field.name.as_deref().unwrap_or("FILLER");
                let subscripts: Vec<String> = subscripts.iter().map(usize::to_string).collect();
                let shown = if subscripts.is_empty() {
                    name.to_owned()
                } else {
                    format!("{name}({})", subscripts.join(", "))
                };
                self.cells.push(CellPreview {
                    field: shown,
                    offset: offset as u64,
                    length: raw.len() as u64,
                    hex: hexadecimal(raw.get(..BYTES).unwrap_or(raw)),
                    value,
                    problem: faults.first().map(|(_, reason)| reason.sentence()),
                });
            }
            Content::Value(_) => {}
        }
    }
}
