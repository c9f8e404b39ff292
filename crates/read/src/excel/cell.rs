//! Values of cells, and the places of cells as people call them.

use calamine::{CellErrorType, Data, DataRef, ExcelDateTime};

/// What a cell shows.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Text(String),
    Number(f64),
    Integer(i64),
    Boolean(bool),
    Date {
        year: i32,
        month: u32,
        day: u32,
    },
    /// A date with a time of day, in microseconds.
    Timestamp {
        year: i32,
        month: u32,
        day: u32,
        micros: i64,
    },
    /// A time of day, in microseconds.
    Time(i64),
    /// `#N/A` and the like.
    Error(CellErrorType),
}

/// What calamine has read; none when the cell is empty.
pub(super) fn value(data: &Data) -> Option<Value> {
    Some(match data {
        Data::Empty => return None,
        Data::Int(number) => Value::Integer(*number),
        Data::Float(number) => number_value(*number),
        Data::String(text) => return text_value(text),
        Data::Bool(value) => Value::Boolean(*value),
        Data::DateTime(moment) => moment_value(*moment),
        Data::DateTimeIso(text) => iso(text),
        Data::DurationIso(text) => iso_time(text).unwrap_or_else(|| Value::Text(text.clone())),
        Data::Error(error) => Value::Error(error.clone()),
    })
}

pub(super) fn value_ref(data: &DataRef<'_>) -> Option<Value> {
    Some(match data {
        DataRef::Empty => return None,
        DataRef::Int(number) => Value::Integer(*number),
        DataRef::Float(number) => number_value(*number),
        DataRef::String(text) => return text_value(text),
        DataRef::SharedString(text) => return text_value(text),
        DataRef::Bool(value) => Value::Boolean(*value),
        DataRef::DateTime(moment) => moment_value(*moment),
        DataRef::DateTimeIso(text) => iso(text),
        DataRef::DurationIso(text) => iso_time(text).unwrap_or_else(|| Value::Text(text.clone())),
        DataRef::Error(error) => Value::Error(error.clone()),
    })
}

fn text_value(text: &str) -> Option<Value> {
    (!text.is_empty()).then(|| Value::Text(text.to_owned()))
}

/// Whole numbers that a cell holds exactly are whole numbers.
fn number_value(number: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < EXACT {
        Value::Integer(number as i64)
    } else {
        Value::Number(number)
    }
}

/// The number format of the cell has made it a moment. Durations beyond a day stay numbers, of days.
fn moment_value(moment: ExcelDateTime) -> Value {
    let days = moment.as_f64();
    if moment.is_duration() || !(0.0..2_958_466.0).contains(&days) {
        return number_value(days);
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

fn micros(hour: i64, minute: i64, second: i64) -> i64 {
    ((hour * 60 + minute) * 60 + second) * 1_000_000
}

/// A date of OpenDocument: `2024-05-31` or `2024-05-31T12:30:00.5` (XML Schema, Part 2).
fn iso(text: &str) -> Value {
    let parsed = || {
        let (date, time) = text.split_once('T').unwrap_or((text, ""));
        let mut parts = date.split('-');
        let (year, month, day) =
            (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        if !(1..=12).contains(&month) || !(1..=31).contains(&day) || parts.next().is_some() {
            return None;
        }
        if time.is_empty() {
            return Some(Value::Date { year, month, day });
        }
        let mut parts = time.trim_end_matches('Z').split(':');
        let (hour, minute) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let seconds: f64 = parts.next().unwrap_or("0").parse().ok()?;
        let micros = micros(hour, minute, 0) + (seconds * 1e6).round() as i64;
        Some(if micros == 0 {
            Value::Date { year, month, day }
        } else {
            Value::Timestamp { year, month, day, micros }
        })
    };
    parsed().unwrap_or_else(|| Value::Text(text.into()))
}

/// A time of OpenDocument: `PT12H30M00S`.
fn iso_time(text: &str) -> Option<Value> {
    let mut rest = text.strip_prefix("PT")?;
    let mut part = |mark: char| {
        let Some((number, after)) = rest.split_once(mark) else { return Some(0.0) };
        rest = after;
        number.parse::<f64>().ok()
    };
    let (hours, minutes, seconds) = (part('H')?, part('M')?, part('S')?);
    let micros = ((hours * 60.0 + minutes) * 60.0 + seconds) * 1e6;
    (0.0..86_400e6).contains(&micros).then(|| Value::Time(micros.round() as i64))
}

impl Value {
    /// As text, the way a person would write it plainly.
    pub fn written(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Integer(number) => number.to_string(),
            Self::Boolean(value) => value.to_string(),
            Self::Date { year, month, day } => format!("{year:04}-{month:02}-{day:02}"),
            Self::Timestamp { year, month, day, micros } => {
                format!("{year:04}-{month:02}-{day:02}T{}", time(*micros))
            }
            Self::Time(micros) => time(*micros),
            Self::Error(error) => error.to_string(),
        }
    }

    pub fn is_text(&self) -> bool {
        matches!(self, Self::Text(_))
    }
}

fn time(micros: i64) -> String {
    let seconds = micros / 1_000_000;
    let whole = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    match micros % 1_000_000 {
        0 => whole,
        fraction => format!("{whole}.{fraction:06}").trim_end_matches('0').to_owned(),
    }
}

/// The letters of a column, counted from zero: A, B, …, Z, AA.
pub(super) fn letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

/// A cell as people call it: `B7`.
pub(super) fn cell_name(row: u32, column: u32) -> String {
    format!("{}{}", letters(column), row + 1)
}

/// A part of a sheet; open where it has no end. Rows and columns from zero, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub rows: (u32, u32),
    pub columns: (u32, u32),
}

pub(super) const LAST_ROW: u32 = 1_048_575;
pub(super) const LAST_COLUMN: u32 = 16_383;

impl Area {
    pub const ALL: Self = Self { rows: (0, LAST_ROW), columns: (0, LAST_COLUMN) };

    /// Reads `B3:F100`, `B:F`, `B3:F` or `3:100`.
    pub fn parse(text: &str) -> Option<Self> {
        let (begin, end) = text.trim().split_once(':')?;
        let ((first_column, first_row), (last_column, last_row)) = (corner(begin)?, corner(end)?);
        let area = Self {
            rows: (first_row.unwrap_or(0), last_row.unwrap_or(LAST_ROW)),
            columns: (first_column.unwrap_or(0), last_column.unwrap_or(LAST_COLUMN)),
        };
        (area.rows.0 <= area.rows.1 && area.columns.0 <= area.columns.1).then_some(area)
    }

    pub fn has(&self, row: u32, column: u32) -> bool {
        (self.rows.0..=self.rows.1).contains(&row) && (self.columns.0..=self.columns.1).contains(&column)
    }
}

/// A column and a row, either of which may be missing, but not both.
fn corner(text: &str) -> Option<(Option<u32>, Option<u32>)> {
    let text = text.trim().replace('$', "");
    let split = text.find(|letter: char| letter.is_ascii_digit()).unwrap_or(text.len());
    let (letters, digits) = text.split_at(split);
    let column = letters.chars().try_fold(0u32, |column, letter| {
        let letter = letter.to_ascii_uppercase();
        letter
            .is_ascii_uppercase()
            .then(|| column.checked_mul(26)?.checked_add(letter as u32 - 'A' as u32 + 1))
            .flatten()
    })?;
    let column = column.checked_sub(1).filter(|_| !letters.is_empty());
    let row = if digits.is_empty() { None } else { Some(digits.parse::<u32>().ok()?.checked_sub(1)?) };
    let fits = column.is_none_or(|column| column <= LAST_COLUMN) && row.is_none_or(|row| row <= LAST_ROW);
    (fits && (column.is_some() || row.is_some())).then_some((column, row))
}

#[cfg(test)]
mod tests {
    use super::{Area, LAST_COLUMN, LAST_ROW, Value, cell_name, iso, iso_time, letters};

    #[test]
    fn cells_and_ranges_are_named_as_on_the_screen() {
        for (column, expected) in
            [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (LAST_COLUMN, "XFD")]
        {
            assert_eq!(letters(column), expected);
        }
        assert_eq!(cell_name(6, 1), "B7");
        for (text, rows, columns) in [
            ("B3:F100", (2, 99), (1, 5)),
            ("$b$3:f", (2, LAST_ROW), (1, 5)),
            ("B:F", (0, LAST_ROW), (1, 5)),
            ("3:4", (2, 3), (0, LAST_COLUMN)),
        ] {
            assert_eq!(Area::parse(text), Some(Area { rows, columns }), "{text}");
        }
        for text in ["", "B3", "F1:B1", "A0:B1", "XFE1:XFE2", "1A:2", ":", "A1:B1048577", "ZZZZZZZZZZ1:A2"] {
            assert_eq!(Area::parse(text), None, "{text}");
        }
    }

    #[test]
    fn moments_of_opendocument_are_read() {
        assert_eq!(iso("2024-05-31").written(), "2024-05-31");
        assert_eq!(iso("2024-05-31T12:30:00.5").written(), "2024-05-31T12:30:00.5");
        assert_eq!(iso("2024-05"), Value::Text("2024-05".into()));
        assert_eq!(iso_time("PT12H30M01S").map(|time| time.written()).as_deref(), Some("12:30:01"));
        assert_eq!(iso_time("PT30H00M00S"), None);
    }
}
