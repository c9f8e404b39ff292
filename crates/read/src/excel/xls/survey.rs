//! A walk through the records of a sheet before its cells are read: which rows and columns are hidden, which cells are merged, and whether
//! the rows come in order.

use std::io::{Read, Seek};

use super::super::cell::Area;
use super::super::fault::{Fault, Result};
use super::super::layout::{Layout, Ranges};
use super::cells::holds_cells;
use super::records::{Records, kind, u16_at};

/// What a walk has found.
#[derive(Clone, Debug)]
pub(super) struct Survey {
    pub layout: Layout,
    pub is_in_order: bool,
}

/// Goes through the records of a sheet, those of charts in it left out, until `see` has seen enough.
pub(super) fn walk<R: Read + Seek>(
    records: &mut Records<R>,
    position: u64,
    mut see: impl FnMut(u16, &mut Records<R>) -> Result<bool>,
) -> Result<()> {
    records.seek(position)?;
    if records.next()? != Some(kind::BEGIN) {
        return Fault::damaged("a sheet is not where the workbook says");
    }
    let mut depth = 1u32;
    while let Some(record) = records.next()? {
        match record {
            kind::BEGIN => depth = depth.saturating_add(1),
            kind::EOF if depth == 1 => return Ok(()),
            kind::EOF => depth -= 1,
            kind::FILE_PASS => return Err(Fault::Encrypted),
            _ if depth == 1 && !see(record, records)? => return Ok(()),
            _ => {}
        }
    }
    Fault::damaged("it ends within a sheet")
}

impl Survey {
    pub fn of<R: Read + Seek>(records: &mut Records<R>, position: u64) -> Result<Self> {
        let mut rows = vec![false; 1 << 16];
        let mut columns = vec![false; 1 << 8];
        let mut layout = Layout::default();
        let (mut last, mut is_in_order) = (0, true);
        walk(records, position, |record, records| {
            match record {
                kind::ROW => mark(&mut rows, records.u16(0), records.u16(0), records.u16(12) & 0x20 != 0),
                kind::COLUMN_INFO => {
                    mark(&mut columns, records.u16(0), records.u16(2), records.u16(8) & 1 != 0);
                }
                kind::MERGED_CELLS => areas(records.data(), &mut layout)?,
                record if holds_cells(record) => {
                    let row = records.u16(0);
                    is_in_order &= row >= last;
                    last = row;
                }
                _ => {}
            }
            Ok(true)
        })?;
        (layout.hidden_rows, layout.hidden_columns) = (ranges(&rows)?, ranges(&columns)?);
        Ok(Self { layout, is_in_order })
    }
}

fn mark(places: &mut [bool], first: u16, last: u16, is_hidden: bool) {
    let last = usize::from(last).min(places.len().saturating_sub(1));
    for place in places.get_mut(usize::from(first)..=last).unwrap_or_default() {
        *place |= is_hidden;
    }
}

fn ranges(places: &[bool]) -> Result<Ranges> {
    let mut ranges = Ranges::default();
    for place in (0u32..).zip(places).filter_map(|(place, is_hidden)| is_hidden.then_some(place)) {
        ranges.add(place, place)?;
    }
    Ok(ranges)
}

/// Section 2.4.168.
fn areas(data: &[u8], layout: &mut Layout) -> Result<()> {
    let count = u16_at(data, 0).into();
    for area in data.get(2..).unwrap_or_default().chunks_exact(8).take(count) {
        layout.merge(Area {
            rows: (u16_at(area, 0).into(), u16_at(area, 2).into()),
            columns: (u16_at(area, 4).into(), u16_at(area, 6).into()),
        })?;
    }
    Ok(())
}
