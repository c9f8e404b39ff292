//! Binary workbooks of Excel 2007 ([MS-XLSB]), by calamine, which is only let at them once `package` has looked them over.
//!
//! Hidden rows and columns and merged cells are not seen.

use std::fs::File;
use std::io::BufReader;

use calamine::{CellErrorType, DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, XlsbError};

use super::book::Sheet;
use super::cell::{Value, iso, iso_time, micros};
use super::fault::{Fault, Result};

/// An open workbook.
pub(super) struct Xlsb(calamine::Xlsb<BufReader<File>>);

impl Xlsb {
    pub fn open(file: File) -> Result<Self> {
        Ok(Self(calamine::Xlsb::new(BufReader::new(file))?))
    }

    /// Those with cells.
    pub fn sheets(&self) -> Vec<Sheet> {
        let sheets = self.0.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
        let sheet = |sheet: &calamine::Sheet| Sheet {
            name: sheet.name.clone(),
            is_hidden: sheet.visible != SheetVisible::Visible,
        };
        sheets.map(sheet).collect()
    }

    /// Calls a function for each cell of a sheet until it has seen enough.
    pub fn cells(
        &mut self,
        sheet: &str,
        mut each: impl FnMut((u32, u32), Option<Value>) -> Result<bool>,
    ) -> Result<()> {
        let mut cells = self.0.worksheet_cells_reader(sheet)?;
        while let Some(cell) = cells.next_cell()? {
            if !each(cell.get_position(), value(cell.get_value()))? {
                break;
            }
        }
        Ok(())
    }
}

impl From<XlsbError> for Fault {
    fn from(error: XlsbError) -> Self {
        Self::Damaged(error.to_string().into())
    }
}

/// What calamine has read; none when the cell is empty.
fn value(data: &DataRef<'_>) -> Option<Value> {
    Some(match data {
        DataRef::Empty => return None,
        DataRef::Int(number) => Value::Integer(*number),
        DataRef::Float(number) => Value::number(*number),
        DataRef::String(text) => return Value::text(text),
        DataRef::SharedString(text) => return Value::text(text),
        DataRef::Bool(value) => Value::Boolean(*value),
        DataRef::DateTime(moment) => moment_of(*moment),
        DataRef::DateTimeIso(text) => iso(text),
        DataRef::DurationIso(text) => iso_time(text).unwrap_or_else(|| Value::Text(text.clone())),
        DataRef::Error(error) => Value::Error(error_name(error)),
    })
}

/// The number format of the cell has made it a moment. Durations beyond a day stay numbers, of days.
fn moment_of(moment: ExcelDateTime) -> Value {
    let days = moment.as_f64();
    if moment.is_duration() || !(0.0..2_958_466.0).contains(&days) {
        return Value::number(days);
    }
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let micros = micros(hour.into(), minute.into(), second.into()) + i64::from(milli) * 1000;
    let (year, month, day) = (i32::from(year), u32::from(month), u32::from(day));
    if days < 1.0 && days > 0.0 {
        Value::Time(micros)
    } else if micros == 0 {
        Value::Date { year, month, day }
    } else {
        Value::Timestamp { year, month, day, micros }
    }
}

fn error_name(error: &CellErrorType) -> &'static str {
    match error {
        CellErrorType::Div0 => "#DIV/0!",
        CellErrorType::NA => "#N/A",
        CellErrorType::Name => "#NAME?",
        CellErrorType::Null => "#NULL!",
        CellErrorType::Num => "#NUM!",
        CellErrorType::Ref => "#REF!",
        CellErrorType::Value => "#VALUE!",
        CellErrorType::GettingData => "#DATA!",
    }
}
