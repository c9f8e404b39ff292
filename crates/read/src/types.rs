//! The types of columns that are not described by a copybook, and how text becomes a value of each.

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;

use crate::columns::{BytesColumn, ValueColumn};

/// What the texts of a column stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Text,
    /// Up to 64 bits.
    Integer,
    /// Exact, with so many digits, and so many of them behind the point.
    Decimal(u8, i8),
    /// Floating point.
    Number,
    Boolean,
    /// A calendar date in a pattern of `YYYY`, `MM` and `DD`.
    Date(String),
    /// Bytes; only databases have them.
    Binary,
}

/// How types are written in a source file.
pub(crate) const TYPE_FORMS: &str = "text, integer, decimal(12,2), number, boolean, date, date(DD.MM.YYYY)";

impl Type {
    /// Reads a type as a source file has it.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (word, arguments) = match text.split_once('(') {
            Some((word, rest)) => (word.trim(), Some(rest.strip_suffix(')')?.trim())),
            None => (text, None),
        };
        match (word, arguments) {
            ("text", None) => Some(Self::Text),
            ("integer", None) => Some(Self::Integer),
            ("number", None) => Some(Self::Number),
            ("boolean", None) => Some(Self::Boolean),
            ("date", None) => Some(Self::Date("YYYY-MM-DD".into())),
            ("date", Some(pattern)) => is_date_pattern(pattern).then(|| Self::Date(pattern.into())),
            ("decimal", Some(arguments)) => {
                let (precision, scale) = arguments.split_once(',')?;
                let precision = precision.trim().parse().ok().filter(|digits| (1..=38).contains(digits))?;
                let scale =
                    scale.trim().parse().ok().filter(|scale| (0..=precision as i8).contains(scale))?;
                Some(Self::Decimal(precision, scale))
            }
            _ => None,
        }
    }

    /// As a source file has it.
    pub fn written(&self) -> String {
        match self {
            Self::Text => "text".into(),
            Self::Integer => "integer".into(),
            Self::Decimal(precision, scale) => format!("decimal({precision},{scale})"),
            Self::Number => "number".into(),
            Self::Boolean => "boolean".into(),
            Self::Date(pattern) if pattern == "YYYY-MM-DD" => "date".into(),
            Self::Date(pattern) => format!("date({pattern})"),
            Self::Binary => "binary".into(),
        }
    }

    pub fn data_type(&self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Integer => DataType::Int64,
            Self::Decimal(precision, scale) => DataType::Decimal128(*precision, *scale),
            Self::Number => DataType::Float64,
            Self::Boolean => DataType::Boolean,
            Self::Date(_) => DataType::Date32,
            Self::Binary => DataType::Binary,
        }
    }

    pub fn builder(&self, rows: usize) -> Builder {
        match self {
            Self::Text => Builder::Text(BytesColumn::with_capacity(rows, rows * 16)),
            Self::Integer => Builder::Integer(ValueColumn::with_capacity(rows)),
            Self::Decimal(precision, scale) => {
                Builder::Decimal(ValueColumn::with_capacity(rows), *precision, *scale)
            }
            Self::Number => Builder::Number(ValueColumn::with_capacity(rows)),
            Self::Boolean => Builder::Boolean(ValueColumn::with_capacity(rows)),
            Self::Date(pattern) => Builder::Date(ValueColumn::with_capacity(rows), pattern.clone()),
            Self::Binary => Builder::Binary(BytesColumn::with_capacity(rows, rows * 16)),
        }
    }
}

/// A column under construction.
#[derive(Debug)]
pub(crate) enum Builder {
    Text(BytesColumn),
    Integer(ValueColumn<i64>),
    Decimal(ValueColumn<i128>, u8, i8),
    Number(ValueColumn<f64>),
    Boolean(ValueColumn<bool>),
    Date(ValueColumn<i32>, String),
    Binary(BytesColumn),
}

impl Builder {
    /// Adds a value; false when the text does not have the column's type.
    #[inline]
    pub fn push(&mut self, text: &[u8]) -> bool {
        fn add<T: Copy + Default>(column: &mut ValueColumn<T>, value: Option<T>) -> bool {
            column.push(value);
            value.is_some()
        }
        let utf8 = || std::str::from_utf8(text).unwrap_or_default().trim();
        match self {
            Self::Text(column) | Self::Binary(column) => {
                column.push(text);
                true
            }
            Self::Integer(column) => add(column, integer(text)),
            Self::Decimal(column, precision, scale) => add(column, decimal(utf8(), *precision, *scale)),
            Self::Number(column) => {
                add(column, utf8().parse().ok().filter(|number: &f64| number.is_finite()))
            }
            Self::Boolean(column) => add(column, boolean(utf8())),
            Self::Date(column, pattern) => add(column, date(utf8(), pattern)),
        }
    }

    pub fn push_null(&mut self) {
        match self {
            Self::Text(column) | Self::Binary(column) => column.push_null(),
            Self::Integer(column) => column.push(None),
            Self::Decimal(column, ..) => column.push(None),
            Self::Number(column) => column.push(None),
            Self::Boolean(column) => column.push(None),
            Self::Date(column, _) => column.push(None),
        }
    }

    /// Takes back all rows but the first ones.
    pub fn truncate(&mut self, rows: usize) {
        match self {
            Self::Text(column) | Self::Binary(column) => column.truncate(rows),
            Self::Integer(column) => column.truncate(rows),
            Self::Decimal(column, ..) => column.truncate(rows),
            Self::Number(column) => column.truncate(rows),
            Self::Boolean(column) => column.truncate(rows),
            Self::Date(column, _) => column.truncate(rows),
        }
    }

    pub fn finish(self) -> ArrayRef {
        match self {
            Self::Text(column) => column.finish_text(),
            Self::Integer(column) => column.finish(),
            Self::Decimal(column, precision, scale) => column.finish_decimals(precision, scale),
            Self::Number(column) => column.finish(),
            Self::Boolean(column) => column.finish(),
            Self::Date(column, _) => column.finish_dates(),
            Self::Binary(column) => column.finish_binary(),
        }
    }
}

/// Up to 18 digits at once; signs, spaces and longer numbers the careful way.
#[inline]
fn integer(text: &[u8]) -> Option<i64> {
    if text.len() <= 18 && text.iter().all(u8::is_ascii_digit) {
        return Some(text.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0')));
    }
    std::str::from_utf8(text).ok()?.trim().parse().ok()
}

fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "1" => Some(true),
        "false" | "f" | "no" | "n" | "0" => Some(false),
        _ => None,
    }
}

/// `-1234.5` in units of ten to the power of minus `scale`; none when it does not fit exactly.
pub(crate) fn decimal(text: &str, precision: u8, scale: i8) -> Option<i128> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let places = usize::try_from(scale).ok()?;
    let (kept, lost) = fraction.split_at_checked(places).unwrap_or((fraction, ""));
    if lost.bytes().any(|byte| byte != b'0') {
        return None;
    }
    let padding = std::iter::repeat_n(b'0', places.saturating_sub(kept.len()));
    let mut value = 0i128;
    for byte in whole.bytes().chain(kept.bytes()).chain(padding) {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(digit.into())?;
    }
    (value < 10i128.checked_pow(precision.into()).unwrap_or(i128::MAX)).then_some(sign * value)
}

fn is_date_pattern(pattern: &str) -> bool {
    ["YYYY", "MM", "DD"].iter().all(|part| pattern.matches(part).count() == 1)
}

/// Days since 1970-01-01 of a date written in a pattern; none when it is no date of the calendar.
fn date(text: &str, pattern: &str) -> Option<i32> {
    if text.len() != pattern.len() || !text.is_ascii() {
        return None;
    }
    let part = |name: &str| -> Option<i32> {
        let begin = pattern.find(name)?;
        let digits = text.get(begin..begin + name.len())?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    let same_marks = text
        .bytes()
        .zip(pattern.bytes())
        .all(|(found, wanted)| "YMD".contains(char::from(wanted)) || found == wanted);
    let (year, month, day) = (part("YYYY")?, part("MM")?, part("DD")?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i32::from(leap),
        _ => 0,
    };
    (same_marks && (1..=longest).contains(&day)).then(|| days_from_civil(year, month, day))
}

/// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
fn days_from_civil(year: i32, month: i32, day: i32) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The first of the usual date patterns that every text has; none when there is no text.
pub(crate) fn date_pattern(texts: &[String]) -> Option<&'static str> {
    const USUAL: [&str; 6] =
        ["YYYY-MM-DD", "YYYY/MM/DD", "DD.MM.YYYY", "MM/DD/YYYY", "DD/MM/YYYY", "YYYYMMDD"];
    texts.first()?;
    USUAL.into_iter().find(|pattern| texts.iter().all(|text| date(text, pattern).is_some()))
}

#[cfg(test)]
mod tests {
    use super::{Type, date, decimal};

    #[test]
    fn types_are_read_as_they_are_written() {
        for text in ["text", "integer", "decimal(12,2)", "number", "boolean", "date", "date(DD.MM.YYYY)"] {
            assert_eq!(Type::parse(text).map(|t| t.written()).as_deref(), Some(text));
        }
        for text in ["txt", "decimal", "decimal(40,2)", "decimal(2,3)", "date(YY)", "date(", "integer(3)"] {
            assert_eq!(Type::parse(text), None, "{text}");
        }
    }

    #[test]
    fn decimals_are_exact_or_refused() {
        for (text, expected) in [
            ("12.5", Some(1250)),
            ("-0.01", Some(-1)),
            ("+7", Some(700)),
            ("1.230", Some(123)),
            ("1.234", None),
            ("1e3", None),
            ("-", None),
            (".", None),
            ("", None),
            ("123456789.00", None),
        ] {
            assert_eq!(decimal(text, 10, 2), expected, "{text}");
        }
    }

    #[test]
    fn dates_are_of_the_calendar() {
        for (text, pattern, expected) in [
            ("1970-01-01", "YYYY-MM-DD", Some(0)),
            ("2000-02-29", "YYYY-MM-DD", Some(11_016)),
            ("1900-02-29", "YYYY-MM-DD", None),
            ("31.12.1969", "DD.MM.YYYY", Some(-1)),
            ("2020-13-01", "YYYY-MM-DD", None),
            ("2020/12/01", "YYYY-MM-DD", None),
            ("20201201", "YYYYMMDD", Some(18_597)),
        ] {
            assert_eq!(date(text, pattern), expected, "{text}");
        }
    }
}
