//! Values of cells, and the places of cells as people call them.

use super::number_format::Shows;
use crate::types::civil_from_days;

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
    Error(&'static str),
}

/// An error as it is written in a file; one that is none of Excel's is some error all the same.
pub(super) fn error_named(text: &str) -> &'static str {
    const ERRORS: [&str; 9] =
        ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!"];
    ERRORS.into_iter().find(|known| text.trim().eq_ignore_ascii_case(known)).unwrap_or("#ERROR!")
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

/// Microseconds, to the millisecond, of a part of a day.
fn time_of_day(part: f64) -> i64 {
    ((part * 86_400_000.0).round() as i64).min(86_399_999) * 1000
}

pub(super) fn micros(hour: i64, minute: i64, second: i64) -> i64 {
    ((hour * 60 + minute) * 60 + second) * 1_000_000
}

/// A date of OpenDocument: `2024-05-31` or `2024-05-31T12:30:00.5` (XML Schema, Part 2).
pub(super) fn iso(text: &str) -> Value {
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
pub(super) fn iso_time(text: &str) -> Option<Value> {
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

/// A moment by its number of days: since the end of 1899, with a 29 February 1900 that never was, or since the beginning of 1904.
fn moment(days: f64, is_1904: bool) -> Value {
    const DAY: i64 = 86_400_000;
    let millis = (days * DAY as f64).round() as i64;
    let (day, micros) = (millis.div_euclid(DAY) as i32, millis.rem_euclid(DAY) * 1000);
    let (year, month, day) = match day {
        _ if is_1904 => civil_from_days(day - 24_107),
        60 => (1900, 2, 29),
        ..60 => civil_from_days(day - 25_568),
        _ => civil_from_days(day - 25_569),
    };
    if micros == 0 { Value::Date { year, month, day } } else { Value::Timestamp { year, month, day, micros } }
}

impl Value {
    /// What a number shows in a cell of some format. Durations stay numbers, of days, and so does what is no day of the calendar.
    pub fn shown(number: f64, shows: Shows, is_1904: bool) -> Self {
        let is_time = number < 1.0 && (shows == Shows::Time || number > 0.0);
        match shows {
            Shows::Date | Shows::Time if (0.0..2_958_466.0).contains(&number) => {
                if is_time {
                    Self::Time(time_of_day(number))
                } else {
                    moment(number, is_1904)
                }
            }
            _ => number_value(number),
        }
    }

    /// A plain number.
    pub fn number(number: f64) -> Self {
        number_value(number)
    }

    /// A text; none when it is empty.
    pub fn text(text: &str) -> Option<Self> {
        text_value(text)
    }

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
            Self::Error(error) => (*error).to_owned(),
        }
    }

    /// How many bytes it takes besides itself.
    pub fn bytes(&self) -> usize {
        if let Self::Text(text) = self { text.len() } else { 0 }
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
