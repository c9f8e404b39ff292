//! How texts become values, and which do not.

use super::{Builder, Pattern, Spelling, Type, decimal};

#[test]
fn types_are_read_as_they_are_written() {
    for text in [
        "text",
        "integer",
        "decimal(12,2)",
        "number",
        "boolean",
        "date",
        "date(DD.MM.YYYY)",
        "date(CYYMMDD)",
        "date(YYYYDDD)",
        "date(%d %b %Y)",
        "time",
        "time(HHmm)",
        "time(h:mm AM)",
        "timestamp",
        "timestamp(D.M.YYYY H:mm)",
        "timestamp(YYYYMMDD)",
    ] {
        assert_eq!(Type::parse(text).map(|of| of.written()).as_deref(), Some(text));
    }
    for text in [
        "txt",
        "decimal",
        "decimal(40,2)",
        "decimal(2,3)",
        "date(YY)",
        "date(",
        "integer(3)",
        "date(YYYY-MM-DD HH:mm)",
        "date(YYYY-MM-MM-DD)",
        "date(YYYY-xx-DD)",
        "date([YYYY-MM-DD)",
        "time(YYYY)",
        "timestamp(HH:mm)",
    ] {
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
        ("  8", Some(800)),
        ("5-", Some(-500)),
        ("(5.25)", Some(-525)),
        ("--5", None),
        ("-(5)", None),
        ("1.234", None),
        ("1e3", None),
        ("-", None),
        (".", None),
        (".5", Some(50)),
        ("5.", Some(500)),
        ("1 2", None),
        ("", None),
        ("123456789.00", None),
        ("00000000000000000000012.5", Some(1250)),
    ] {
        assert_eq!(decimal(text, 10, 2), expected, "{text}");
    }
    let widest = "9".repeat(38);
    assert_eq!(decimal(&widest, 38, 0), widest.parse().ok());
    assert_eq!(decimal(&format!("1{widest}"), 38, 0), None);
}

/// What a text is in a column of a type: the value as Arrow shows it, or `-` when it does not fit.
fn shown(of: &str, text: &str, spelling: &Spelling) -> String {
    let mut column = Builder::new(&Type::parse(of).unwrap(), 1, spelling);
    if !column.push(text.as_bytes()) {
        return "-".into();
    }
    arrow::util::display::array_value_to_string(&column.finish(), 0).unwrap()
}

#[test]
fn numbers_are_spelled_as_the_file_spells_them() {
    let german = Spelling { decimal: b',', thousands: Some(".".into()), ..Spelling::default() };
    let french = Spelling { decimal: b',', thousands: Some("\u{202f}".into()), ..Spelling::default() };
    let english = Spelling { thousands: Some(",".into()), ..Spelling::default() };
    for (of, text, spelling, expected) in [
        ("decimal(9,2)", "1.234,50", &german, "1234.50"),
        ("decimal(9,2)", "-1.234.567,5", &german, "-1234567.50"),
        ("decimal(9,2)", "1234,5", &german, "1234.50"),
        ("decimal(9,2)", "1.5", &german, "-"),
        ("integer", "1.234", &german, "1234"),
        ("number", "1.234,5", &german, "1234.5"),
        ("number", "1e3", &german, "1000.0"),
        ("decimal(9,2)", "1\u{202f}234,50", &french, "1234.50"),
        ("decimal(9,2)", "1.5", &french, "-"),
        ("integer", "12,50", &english, "-"),
        ("integer", "1,234,567", &english, "1234567"),
        ("integer", "12,34,567", &english, "1234567"),
        ("integer", ",234", &english, "-"),
        ("integer", "-9223372036854775808", &english, "-9223372036854775808"),
        ("integer", "9223372036854775808", &english, "-"),
        ("integer", "+5", &english, "5"),
        ("integer", "", &english, "-"),
        ("integer", "1.0", &english, "-"),
        ("number", "inf", &english, "-"),
        ("number", "NaN", &english, "-"),
    ] {
        assert_eq!(shown(of, text, spelling), expected, "{of} {text}");
    }
}

#[test]
fn dates_are_of_the_calendar() {
    let usual = Spelling::default();
    for (of, text, expected) in [
        ("date", "1970-01-01", "1970-01-01"),
        ("date", "2000-02-29", "2000-02-29"),
        ("date", "1900-02-29", "-"),
        ("date", "2020-13-01", "-"),
        ("date", "2020/12/01", "-"),
        ("date", " 2020-12-01 ", "2020-12-01"),
        ("date(YYYYMMDD)", "20201201", "2020-12-01"),
        ("date(DD.MM.YYYY)", "31.12.1969", "1969-12-31"),
        ("date(D.M.YYYY)", "1.2.2020", "2020-02-01"),
        ("date(D.M.YYYY)", "01.02.2020", "2020-02-01"),
        ("date(D-MON-YY)", "5-Mär-50", "1950-03-05"),
        ("date(D-MON-YY)", "5-MAR-49", "2049-03-05"),
        ("date(D MONTH YYYY)", "1 août 2021", "2021-08-01"),
        ("date(MONTH D, YYYY)", "Sept. 7, 2021", "2021-09-07"),
        ("date(DAY, D MON YYYY)", "Tuesday, 7 Sep 2021", "2021-09-07"),
        ("date(CYYMMDD)", "1211231", "2021-12-31"),
        ("date(CYYMMDD)", "0991231", "1999-12-31"),
        ("date(YYYYDDD)", "2020366", "2020-12-31"),
        ("date(YYYYDDD)", "2021366", "-"),
        ("date(%d/%m/%Y)", "7/9/2021", "2021-09-07"),
        ("time", "23:59", "23:59:00"),
        ("time", "24:00", "-"),
        ("time(h:mm AM)", "12:05 a.m.", "00:05:00"),
        ("time(h:mm AM)", "1:05PM", "-"),
        ("time(hh:mmAM)", "01:05PM", "13:05:00"),
        ("time(HHmmss)", "235960", "23:59:59"),
        ("timestamp", "2021-09-07T08:09:10.5", "2021-09-07T08:09:10.500"),
        ("timestamp", "2021-09-07 08:09", "2021-09-07T08:09:00"),
        ("timestamp(YYYY-MM-DDTHH:mm:ssZ)", "2021-09-07T00:30:00+02:00", "2021-09-06T22:30:00Z"),
        ("timestamp(YYYYMMDDHHmmssff)", "2021090708091055", "2021-09-07T08:09:10.550"),
    ] {
        assert_eq!(shown(of, text, &usual), expected, "{of} {text}");
    }
}

#[test]
fn a_year_of_two_digits_lies_in_the_hundred_years_that_the_file_says() {
    for (from, text, expected) in [
        (1900, "99", "1999-01-01"),
        (1930, "29", "2029-01-01"),
        (1930, "30", "1930-01-01"),
        (2000, "00", "2000-01-01"),
    ] {
        let spelling = Spelling { two_digit_years_from: from, ..Spelling::default() };
        assert_eq!(shown("date(YYMMDD)", &format!("{text}0101"), &spelling), expected);
    }
}

#[test]
fn truth_is_said_in_the_words_of_the_file() {
    let spelling = Spelling {
        truths: vec!["ja".into(), "да".into()],
        falsehoods: vec!["nein".into()],
        ..Spelling::default()
    };
    for (text, expected) in [("JA", "true"), ("Да", "true"), ("nein", "false"), ("yes", "-"), ("", "-")] {
        assert_eq!(shown("boolean", text, &spelling), expected, "{text}");
    }
}

#[test]
fn no_text_makes_a_pattern_panic() {
    for pattern in ["YYYY-MM-DD", "D MONTH YYYY HH:mm[:ss[.f]] Z", "DAY%f", "'x'YYYYDDD"] {
        let Some(pattern) = Pattern::parse(pattern) else { continue };
        for text in ["", "é", "2020-01-0é", "1 é", "9999999999", "1 Jan 2020 10:00:00.é Z", "\u{0}", "+"]
        {
            let _ =
                (pattern.date(text.as_bytes()), pattern.timestamp(text.as_bytes()), pattern.time(b"\xff"));
        }
    }
}
