//! The types of database columns, and columns under construction from values that arrive typed.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float32Array, UInt64Array};
use arrow::datatypes::{DataType, TimeUnit};

use crate::columns::{BytesColumn, ValueColumn, nulls};

/// As an offset, because Arrow knows the name only with a table of time zones.
const UTC: &str = "+00:00";

/// What a column holds. Whatever a database has beyond these is read as the text that it writes itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ColumnType {
    Text,
    Binary,
    Boolean,
    /// Up to 64 bits with a sign.
    Integer,
    /// Up to 64 bits without one.
    Unsigned,
    /// IEEE 754, 32 bits.
    Float,
    /// IEEE 754, 64 bits.
    Double,
    /// Exact: so many digits, so many of them behind the point.
    Decimal(u8, i8),
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A day and a time of day, nobody says where.
    DateTime,
    /// A moment, in UTC.
    Moment,
}

/// Why a value is not of its column's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misfit {
    /// Text that is not UTF-8.
    Encoding,
    /// A date or timestamp `infinity` or `-infinity`.
    Infinite,
    /// MySQL's date with a month or day of zero.
    ZeroDate,
    /// A date or moment outside the years that the program reckons with.
    Year,
    /// A number with more digits than the column's type has.
    Digits,
    /// `NaN` or infinity in an exact number.
    NotANumber,
    /// Anything else: the value has the form of another type.
    Form,
}

impl Misfit {
    /// What is said about it.
    pub fn sentence(self, of: ColumnType) -> String {
        let of = of.written();
        match self {
            Self::Encoding => "the text is not UTF-8".into(),
            Self::Infinite => format!("an infinite date is not a {of}"),
            Self::ZeroDate => format!("a date of zeros is not a {of}"),
            Self::Year => format!("the year is beyond those of a {of}"),
            Self::Digits => format!("the number has more digits than a {of}"),
            Self::NotANumber => format!("the value is no number and does not fit a {of}"),
            Self::Form => format!("the value is not of the type {of}"),
        }
    }

    /// What to do about it.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Encoding => "convert it in a `query`, from the encoding that the application wrote",
            Self::Infinite => "set `infinity = \"null\"`, or read the column as text in a `query`",
            Self::ZeroDate => "set `zero_dates = \"null\"`, or read the column as text in a `query`",
            Self::Year | Self::Digits | Self::NotANumber | Self::Form => {
                "read the column as text: `query = \"SELECT CAST(… AS …) …\"`"
            }
        }
    }
}

impl ColumnType {
    pub fn data_type(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Binary => DataType::Binary,
            Self::Boolean => DataType::Boolean,
            Self::Integer => DataType::Int64,
            Self::Unsigned => DataType::UInt64,
            Self::Float => DataType::Float32,
            Self::Double => DataType::Float64,
            Self::Decimal(precision, scale) => DataType::Decimal128(precision, scale),
            Self::Date => DataType::Date32,
            Self::Time => DataType::Time64(TimeUnit::Microsecond),
            Self::DateTime => DataType::Timestamp(TimeUnit::Microsecond, None),
            Self::Moment => DataType::Timestamp(TimeUnit::Microsecond, Some(UTC.into())),
        }
    }

    /// For people.
    pub fn written(self) -> String {
        match self {
            Self::Text => "text".into(),
            Self::Binary => "binary value".into(),
            Self::Boolean => "boolean".into(),
            Self::Integer => "integer".into(),
            Self::Unsigned => "integer without sign".into(),
            Self::Float => "number of 32 bits".into(),
            Self::Double => "number of 64 bits".into(),
            Self::Decimal(precision, scale) => format!("decimal({precision},{scale})"),
            Self::Date => "date".into(),
            Self::Time => "time of day".into(),
            Self::DateTime => "timestamp".into(),
            Self::Moment => "timestamp in UTC".into(),
        }
    }

    pub fn column(self, rows: usize) -> Column {
        match self {
            Self::Text => Column::Text(BytesColumn::with_capacity(rows, rows * 16)),
            Self::Binary => Column::Binary(BytesColumn::with_capacity(rows, rows * 16)),
            Self::Boolean => Column::Boolean(ValueColumn::with_capacity(rows)),
            Self::Integer => Column::Integer(ValueColumn::with_capacity(rows)),
            Self::Unsigned => Column::Unsigned(ValueColumn::with_capacity(rows)),
            Self::Float => Column::Float(ValueColumn::with_capacity(rows)),
            Self::Double => Column::Double(ValueColumn::with_capacity(rows)),
            Self::Decimal(precision, scale) => {
                Column::Decimal(ValueColumn::with_capacity(rows), precision, scale)
            }
            Self::Date => Column::Date(ValueColumn::with_capacity(rows)),
            Self::Time => Column::Time(ValueColumn::with_capacity(rows)),
            Self::DateTime => Column::DateTime(ValueColumn::with_capacity(rows)),
            Self::Moment => Column::Moment(ValueColumn::with_capacity(rows)),
        }
    }

    /// An exact number, as text where Arrow's 38 digits are too few.
    pub fn decimal(precision: i64, scale: i64) -> Self {
        // PostgreSQL has scales below zero (`numeric(3,-2)`) and above the precision (`numeric(3,5)`).
        let whole = (precision - scale).max(0);
        let scale = scale.max(0);
        match (u8::try_from((whole + scale).max(1)), i8::try_from(scale)) {
            (Ok(precision @ 1..=38), Ok(scale)) => Self::Decimal(precision, scale),
            _ => Self::Text,
        }
    }
}

/// A column under construction.
#[derive(Debug)]
pub(crate) enum Column {
    Text(BytesColumn),
    Binary(BytesColumn),
    Boolean(ValueColumn<bool>),
    Integer(ValueColumn<i64>),
    Unsigned(ValueColumn<u64>),
    Float(ValueColumn<f32>),
    Double(ValueColumn<f64>),
    Decimal(ValueColumn<i128>, u8, i8),
    /// Days since 1970-01-01.
    Date(ValueColumn<i32>),
    /// Microseconds since midnight.
    Time(ValueColumn<i64>),
    /// Microseconds since 1970-01-01.
    DateTime(ValueColumn<i64>),
    /// The same, in UTC.
    Moment(ValueColumn<i64>),
}

/// The same call for the value column of each variant.
macro_rules! each {
    ($column:expr, $values:ident => $call:expr) => {
        match $column {
            Column::Text($values) | Column::Binary($values) => $call,
            Column::Boolean($values) => $call,
            Column::Integer($values)
            | Column::Time($values)
            | Column::DateTime($values)
            | Column::Moment($values) => $call,
            Column::Unsigned($values) => $call,
            Column::Float($values) => $call,
            Column::Double($values) => $call,
            Column::Decimal($values, ..) => $call,
            Column::Date($values) => $call,
        }
    };
}

impl Column {
    #[inline]
    pub fn push_null(&mut self) {
        each!(self, values => values.push_null());
    }

    /// Takes back all rows but the first ones.
    pub fn truncate(&mut self, rows: usize) {
        each!(self, values => values.truncate(rows));
    }

    pub fn finish(self) -> ArrayRef {
        match self {
            Self::Text(values) => values.finish_text(),
            Self::Binary(values) => values.finish_binary(),
            Self::Boolean(values) => values.finish(),
            Self::Integer(values) => values.finish(),
            Self::Unsigned(values) => {
                let (values, valid) = values.parts();
                Arc::new(UInt64Array::new(values.into(), nulls(&valid)))
            }
            Self::Float(values) => {
                let (values, valid) = values.parts();
                Arc::new(Float32Array::new(values.into(), nulls(&valid)))
            }
            Self::Double(values) => values.finish(),
            Self::Decimal(values, precision, scale) => values.finish_decimals(precision, scale),
            Self::Date(values) => values.finish_dates(),
            Self::Time(values) => values.finish_times(),
            Self::DateTime(values) => values.finish_timestamps(false),
            Self::Moment(values) => values.finish_timestamps(true),
        }
    }
}

/// Adds a text.
///
/// # Errors
/// It is not UTF-8.
#[inline]
pub(crate) fn push_text(values: &mut BytesColumn, text: &[u8]) -> Result<(), Misfit> {
    if std::str::from_utf8(text).is_err() {
        return Err(Misfit::Encoding);
    }
    values.push(text);
    Ok(())
}

/// The first and the last year that dates are read for: what the formats of dates can write.
const YEARS: std::ops::RangeInclusive<i64> = -9999..=9999;
const MICROSECONDS_A_DAY: i64 = 86_400_000_000;

/// Days since 1970-01-01, when they are in a year that can be written.
pub(crate) fn checked_day(days: i64) -> Result<i32, Misfit> {
    // 365.2425 days a year: the first of January of the years -9999 and 10000.
    const FIRST: i64 = -4_371_587;
    const LAST: i64 = 2_932_896;
    if !(FIRST..=LAST).contains(&days) {
        return Err(Misfit::Year);
    }
    i32::try_from(days).map_err(|_| Misfit::Year)
}

/// Microseconds since midnight, when they are less than a day: some databases have an hour 24.
pub(crate) fn checked_time(microseconds: i64) -> Result<i64, Misfit> {
    if (0..MICROSECONDS_A_DAY).contains(&microseconds) { Ok(microseconds) } else { Err(Misfit::Form) }
}

/// Microseconds since 1970-01-01, when they are in a year that can be written.
pub(crate) fn checked_moment(microseconds: i64) -> Result<i64, Misfit> {
    checked_day(microseconds.div_euclid(MICROSECONDS_A_DAY)).map(|_| microseconds)
}

/// A day and a time of day as a person counts them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CivilTime {
    pub year: i64,
    pub month: u32,
    pub day: u32,
    pub hour: u32,
    pub minute: u32,
    pub second: u32,
    pub microsecond: u32,
}

impl CivilTime {
    /// Days since 1970-01-01.
    pub fn days(&self) -> Result<i32, Misfit> {
        if self.month == 0 || self.day == 0 {
            return Err(Misfit::ZeroDate);
        }
        let leap = self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0);
        let longest = match self.month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 => 28 + u32::from(leap),
            _ => 0,
        };
        if self.day > longest {
            return Err(Misfit::Form);
        }
        if !YEARS.contains(&self.year) {
            return Err(Misfit::Year);
        }
        let year = i32::try_from(self.year).map_err(|_| Misfit::Year)?;
        Ok(crate::types::days_from_civil(year, self.month as i32, self.day as i32))
    }

    /// Microseconds since 1970-01-01.
    pub fn microseconds(&self) -> Result<i64, Misfit> {
        let days = i64::from(self.days()?);
        if self.hour > 23 || self.minute > 59 || self.second > 59 || self.microsecond > 999_999 {
            return Err(Misfit::Form);
        }
        let seconds = i64::from(self.hour * 3600 + self.minute * 60 + self.second);
        Ok(days * MICROSECONDS_A_DAY + seconds * 1_000_000 + i64::from(self.microsecond))
    }
}
