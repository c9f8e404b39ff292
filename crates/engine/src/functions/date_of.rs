//! `date_of`: the dates of legacy systems.

use std::sync::Arc;

use arrow::array::Date32Array;
use arrow::datatypes::{DataType, Date32Type};
use chrono::NaiveDate;

use super::Function;

/// A date written after a pattern.
///
/// In the pattern `YYYY` is the year, `MM` the month, `DD` the day of the month and `DDD` the day of the year; every
/// other character stands for itself. Without a day it is the first of the month, without a month the first of January.
/// Digits that lost their leading zeros in a number field get them back when the pattern is nothing but letters.
/// Whatever is not a date in that pattern (zeros, nines, blanks, 31 February) gives null. There is no two-digit year:
/// which century it means is the author's knowledge, to be written as a `CASE`.
pub(super) static DATE_OF: Function = Function {
    name: "date_of",
    parameters: &["text", "pattern"],
    summary: "the date written after a pattern of YYYY, MM, DD and DDD; null when it is none",
    cases: &[
        ("date_of('20240229', 'YYYYMMDD')", "2024-02-29"),
        ("date_of(199507, 'YYYYMM')", "1995-07-01"),
        ("date_of('1969', 'YYYY')", "1969-01-01"),
        ("date_of('07/04/1976', 'MM/DD/YYYY')", "1976-07-04"),
        ("date_of(7041976, 'MMDDYYYY')", "1976-07-04"),
        ("date_of('2024060', 'YYYYDDD')", "2024-02-29"),
        ("date_of(' 20240229 ', 'YYYYMMDD')", "2024-02-29"),
        ("date_of('20230229', 'YYYYMMDD')", "null"),
        ("date_of('000000', 'YYYYMM')", "null"),
        ("date_of('99999999', 'YYYYMMDD')", "null"),
        ("date_of('2024-02-29', 'YYYYMMDD')", "null"),
        ("date_of('', 'YYYYMM')", "null"),
        ("date_of('199507', 'month')", "null"),
        ("date_of(NULL, 'YYYYMM')", "null"),
    ],
    returns: DataType::Date32,
    kernel: |_, arguments| {
        let [texts, patterns] = arguments else { return Arc::new(Date32Array::new_null(0)) };
        let dates = texts.iter().zip(patterns.iter()).map(|(text, pattern)| {
            let date = parse(text?.trim(), pattern?)?;
            Some(Date32Type::from_naive_date(date))
        });
        Arc::new(dates.collect::<Date32Array>())
    },
};

fn parse(text: &str, pattern: &str) -> Option<NaiveDate> {
    let padded;
    let text = if text.len() < pattern.len()
        && is_all(text, u8::is_ascii_digit)
        && is_all(pattern, |b| b"YMD".contains(b))
    {
        padded = format!("{text:0>width$}", width = pattern.len());
        padded.as_str()
    } else {
        text
    };
    if text.len() != pattern.len() {
        return None;
    }
    let (mut year, mut month, mut day, mut day_digits) = (None, None, None, 0);
    for (digit, letter) in text.bytes().zip(pattern.bytes()) {
        let part = match letter {
            b'Y' => &mut year,
            b'M' => &mut month,
            b'D' => {
                day_digits += 1;
                &mut day
            }
            literal if literal == digit => continue,
            _ => return None,
        };
        let digit = char::from(digit).to_digit(10)?;
        *part = Some(part.unwrap_or(0_u32).checked_mul(10)?.checked_add(digit)?);
    }
    let year = year.filter(|year| (1..=9999).contains(year))?.cast_signed();
    match (month, day, day_digits) {
        (None, Some(day), 3) => NaiveDate::from_yo_opt(year, day),
        (None, Some(_), _) => None,
        (month, day, _) => NaiveDate::from_ymd_opt(year, month.unwrap_or(1), day.unwrap_or(1)),
    }
}

fn is_all(text: &str, test: impl Fn(&u8) -> bool) -> bool {
    !text.is_empty() && text.as_bytes().iter().all(test)
}
