//! Sheets of records to columns.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray, UInt32Array};
use arrow::compute::take;
use arrow::datatypes::{DataType, Field, SchemaRef};
use concordat_record::{Place, Problem};

use super::fault::Reason;
use super::layout::{Column, Layout, RecordType, Role};
use super::sheets::{Heading, Row, Sheet, Sorting};
use super::values::{Coding, Faults};
use crate::copybook::CodePage;
use crate::copybook::frames::Block;
use crate::parts::{joined, parts};
use crate::pipeline::Decode;
use crate::reader::{ReadBatch, Reject, batch_with_origin, inconsistent, schema_with_origin, without_faulty};
use crate::types::Spelling;

/// What becomes of records that are shorter or longer than the layout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lengths {
    pub rejects_short: bool,
    pub rejects_long: bool,
}

/// A column of the rows.
pub(crate) struct Output {
    pub name: String,
    pub from: From,
}

/// Where the values of a column come from.
pub(crate) enum From {
    /// From the record itself; for each kind of record the position, if it has the column.
    Record { positions: Vec<Option<(usize, usize)>>, coding: Coding },
    /// From the header of a kind.
    Header { kind: usize, position: (usize, usize), coding: Coding },
    /// The code of the record's kind.
    Code,
}

/// Decodes sheets.
pub(crate) struct Decoder {
    pub outputs: Vec<Output>,
    pub schema: SchemaRef,
    pub sorting: Sorting,
    pub spelling: Spelling,
    pub lengths: Lengths,
    /// Whether positions count letters where the file is UTF-8.
    pub counts_letters: bool,
    /// Bytes of every record, if they are all of one length.
    pub fixed_length: Option<usize>,
    /// The path as the source file has it.
    pub shown: String,
}

/// Where a cell begins in its record, how many positions it takes.
type Cell = (usize, usize);
/// Why a row is none: in which column, if in one, and where in the record.
type Fault = (Reason, Option<(String, usize)>);
/// Of a rejected record, so many bytes are kept.
const MOST_RAW: usize = 64 << 10;

/// The schema of columns.
pub(crate) fn schema(outputs: &[(String, DataType)]) -> SchemaRef {
    schema_with_origin(outputs.iter().map(|(name, of)| Field::new(name, of.clone(), true)))
}

/// A record, and where its letters begin where they are not bytes.
struct Record<'a> {
    bytes: &'a [u8],
    letters: Option<Vec<usize>>,
}

impl<'a> Record<'a> {
    fn new(bytes: &'a [u8], counts_letters: bool) -> Self {
        let text = Some(bytes).filter(|bytes| counts_letters && !bytes.is_ascii());
        let text = text.and_then(|bytes| std::str::from_utf8(bytes).ok());
        Self { bytes, letters: text.map(|text| text.char_indices().map(|(place, _)| place).collect()) }
    }

    fn positions(&self) -> usize {
        self.letters.as_ref().map_or(self.bytes.len(), Vec::len)
    }

    /// The bytes of a cell; as much as the record has of it.
    #[inline]
    fn cell(&self, (start, length): Cell) -> &'a [u8] {
        let end = start + length;
        let (start, end) = match &self.letters {
            None => (start, end),
            Some(letters) => {
                let place = |position: usize| letters.get(position).copied().unwrap_or(self.bytes.len());
                (place(start), place(end))
            }
        };
        self.bytes.get(start..end.min(self.bytes.len())).unwrap_or_default()
    }
}

impl Decode<Sheet> for Decoder {
    fn records(&self, sheet: &Sheet) -> u64 {
        (sheet.rows.len() + sheet.unknown.len() + sheet.block.gaps.len()) as u64
    }

    fn decode(&self, sheet: Sheet) -> Result<ReadBatch, Problem> {
        let length = self.fixed_length.unwrap_or_default();
        let records: Vec<Record<'_>> = sheet
            .rows
            .iter()
            .map(|row| Record::new(sheet.block.record(row.index, length), self.counts_letters))
            .collect();
        let mut first: Vec<Option<Fault>> = self.wrong_lengths(&sheet, &records);
        let mut columns = Vec::new();
        for part in parts(records.len(), sheet.block.bytes.len()) {
            columns.push(self.columns(&sheet, &records, part, &mut first)?);
        }
        let columns = joined(columns)?;
        self.assemble(&sheet, columns, &first)
    }
}

/// Where a column begins in a row's record.
fn place_of(output: &Output, row: Option<&Row>) -> usize {
    let From::Record { positions, .. } = &output.from else { return 0 };
    row.and_then(|row| positions.get(row.of).copied().flatten()).map_or(0, |(start, _)| start)
}

impl Decoder {
    fn wrong_lengths(&self, sheet: &Sheet, records: &[Record<'_>]) -> Vec<Option<Fault>> {
        let Lengths { rejects_short, rejects_long } = self.lengths;
        if !rejects_short && !rejects_long {
            return std::iter::repeat_with(|| None).take(records.len()).collect();
        }
        let needed: Vec<usize> = self.sorting.layout.types.iter().map(RecordType::record_length).collect();
        let judge = |(row, record): (&Row, &Record<'_>)| {
            let (length, needed) = (record.positions(), needed.get(row.of).copied()?);
            if rejects_short && length < needed {
                Some((Reason::TooShort { length, needed }, None))
            } else if rejects_long && length > needed {
                Some((Reason::TooLong { length, needed }, None))
            } else {
                None
            }
        };
        sheet.rows.iter().zip(records).map(judge).collect()
    }

    /// The columns of some rows; notes the first fault of each.
    fn columns(
        &self,
        sheet: &Sheet,
        records: &[Record<'_>],
        part: Range<usize>,
        first: &mut [Option<Fault>],
    ) -> Result<Vec<ArrayRef>, Problem> {
        let mut faults = Faults::new();
        let rows = sheet.rows.get(part.clone()).unwrap_or_default();
        let records = records.get(part.clone()).unwrap_or_default();
        let first = first.get_mut(part).unwrap_or_default();
        let column = |output: &Output| {
            let column = self.column(output, sheet, rows, records, &mut faults)?;
            for (index, reason) in faults.drain(..) {
                if let Some(slot) = first.get_mut(index).filter(|slot| slot.is_none()) {
                    *slot = Some((reason, Some((output.name.clone(), place_of(output, rows.get(index))))));
                }
            }
            Ok(column)
        };
        self.outputs.iter().map(column).collect()
    }

    fn column(
        &self,
        output: &Output,
        sheet: &Sheet,
        rows: &[Row],
        records: &[Record<'_>],
        faults: &mut Faults,
    ) -> Result<ArrayRef, Problem> {
        let page: &CodePage = &self.sorting.page;
        match &output.from {
            From::Record { positions, coding } => {
                let cells = rows.iter().zip(records).map(|(row, record)| match positions.get(row.of) {
                    Some(Some(position)) => record.cell(*position),
                    _ => &[],
                });
                Ok(coding.decode(cells, page, &self.spelling, faults))
            }
            From::Header { kind, position, coding } => {
                let header = |heading: &Heading| heading.get(*kind).cloned().flatten().unwrap_or_default();
                let headers: Vec<Arc<[u8]>> = sheet.headings.iter().map(header).collect();
                let cells =
                    headers.iter().map(|header| Record::new(header, self.counts_letters).cell(*position));
                let mut wrong = Faults::new();
                let values = coding.decode(cells, page, &self.spelling, &mut wrong);
                let under: UInt32Array = rows.iter().map(|row| Some(row.under as u32)).collect();
                for (index, row) in rows.iter().enumerate() {
                    if wrong.iter().any(|(heading, _)| *heading == row.under) {
                        faults.push((index, Reason::Header(coding.type_name())));
                    }
                }
                take(&values, &under, None).map_err(|error| inconsistent(&error))
            }
            From::Code => {
                let layout = &self.sorting.layout;
                let code = |row: &Row| {
                    let record = sheet.block.record(row.index, self.fixed_length.unwrap_or_default());
                    self.code_of(layout, record)
                };
                Ok(Arc::new(rows.iter().map(code).collect::<StringArray>()))
            }
        }
    }

    /// What stands at the place of the record type.
    fn code_of(&self, layout: &Layout, record: &[u8]) -> Option<String> {
        let at = layout.record_type?;
        let end = (at.start + at.length).min(record.len());
        let mut text = Vec::new();
        self.sorting.page.decode_into(record.get(at.start..end)?, &mut text);
        Some(String::from_utf8_lossy(&text).trim().to_owned()).filter(|code| !code.is_empty())
    }

    /// The good rows as a batch, the other records as rejects.
    fn assemble(
        &self,
        sheet: &Sheet,
        columns: Vec<ArrayRef>,
        faults: &[Option<Fault>],
    ) -> Result<ReadBatch, Problem> {
        let block = &sheet.block;
        let good =
            || sheet.rows.iter().zip(faults).filter(|(_, fault)| fault.is_none()).map(|(row, _)| row.index);
        let numbers = good().map(|index| block.number_of(index)).collect();
        let offsets = good().map(|index| block.offset_of(index)).collect();
        let columns = without_faulty(columns, faults)?;
        let batch = batch_with_origin(&self.schema, columns, numbers, Some(offsets))?;
        let found = sheet.rows.iter().zip(faults).filter_map(|(row, fault)| {
            fault.as_ref().map(|(reason, place)| self.reject(block, row.index, reason, place.as_ref()))
        });
        let unknown =
            sheet.unknown.iter().map(|index| self.reject(block, *index, &Reason::UnknownType, None));
        let mut rejects: Vec<Reject> = found.chain(unknown).chain(self.gaps(block)).collect();
        rejects.sort_by_key(|reject| reject.record_number);
        Ok(ReadBatch { batch, rejects })
    }

    fn reject(&self, block: &Block, index: usize, reason: &Reason, at: Option<&(String, usize)>) -> Reject {
        let (record_number, byte_offset) = (block.number_of(index), block.offset_of(index));
        let record = block.record(index, self.fixed_length.unwrap_or_default());
        let place = Place::file(&self.shown).record(record_number);
        let place = match at {
            Some((field, start)) => place.field(field.as_str()).byte(byte_offset + *start as u64),
            None => place.byte(byte_offset),
        };
        let raw = record.get(..MOST_RAW).unwrap_or(record).to_vec();
        Reject { problem: reason.problem(place), record_number, byte_offset: Some(byte_offset), raw }
    }

    /// What is no record at all.
    fn gaps<'a>(&'a self, block: &'a Block) -> impl Iterator<Item = Reject> + 'a {
        block.gaps.iter().enumerate().map(|(index, gap)| {
            let record_number = block.number_of_gap(index);
            let place = Place::file(&self.shown).record(record_number).byte(gap.byte_offset);
            Reject {
                problem: gap.problem.clone().at(place),
                record_number,
                byte_offset: Some(gap.byte_offset),
                raw: gap.raw.clone(),
            }
        })
    }
}

/// The columns of a layout by name, with what reads them: those of headers, the code of the record's kind, those of rows.
pub(crate) fn outputs(
    sorting: &Sorting,
    coding: &dyn Fn(&Column) -> Coding,
) -> Vec<(String, DataType, From)> {
    let layout = &sorting.layout;
    let mut outputs: Vec<(String, DataType, From)> = Vec::new();
    for (kind, of) in layout.types.iter().enumerate().filter(|(_, of)| of.role == Role::Header) {
        for column in &of.columns {
            let from = From::Header { kind, position: (column.start, column.length), coding: coding(column) };
            outputs.push((column.name.clone(), column.of.data_type(), from));
        }
    }
    let rows = || layout.types.iter().enumerate().filter(|(kind, _)| sorting.is_wanted(*kind));
    if rows().count() > 1 {
        outputs.push(("record_type".into(), DataType::Utf8, From::Code));
    }
    let mut merged: Vec<(&Column, Vec<Option<Cell>>)> = Vec::new();
    for (kind, of) in rows() {
        for column in &of.columns {
            // Kinds of record share a column that has the same name and type in both.
            let same = |(known, places): &(&Column, Vec<Option<Cell>>)| {
                known.name == column.name
                    && known.of == column.of
                    && (known.implied_places, known.sign) == (column.implied_places, column.sign)
                    && places.get(kind).copied().flatten().is_none()
            };
            let index = merged.iter().position(same).unwrap_or_else(|| {
                merged.push((column, vec![None; layout.types.len()]));
                merged.len() - 1
            });
            if let Some(slot) = merged.get_mut(index).and_then(|(_, places)| places.get_mut(kind)) {
                *slot = Some((column.start, column.length));
            }
        }
    }
    outputs.extend(merged.into_iter().map(|(column, positions)| {
        let from = From::Record { positions, coding: coding(column) };
        (column.name.clone(), column.of.data_type(), from)
    }));
    outputs
}
