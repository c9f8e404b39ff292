//! Patterns of dates and times, and the texts that follow them.
//!
//! | part | meaning |
//! |---|---|
//! | `YYYY`, `YY` | year; of two digits one of the hundred years that [`super::Spelling`] says |
//! | `CYY` | year of AS/400 dates: `0` before 2000, `1` from then on, and two digits |
//! | `MM`, `M` | month; `M` also with one digit |
//! | `MON`, `MONTH` | month by name or abbreviation, in several languages |
//! | `DD`, `D`, `DDD` | day of the month; day of the year |
//! | `HH`, `H`, `hh`, `h` | hour, of 24; in lower case of 12, with `AM` |
//! | `mm` or `MI`, `ss` | minute, second |
//! | `f` | digits behind the second, six at most count |
//! | `AM` | AM or PM, in any form |
//! | `Z` | `Z`, `+01:00`, `+0100`, `+01` |
//! | `DAY` | name of the weekday, passed over |
//! | `[…]` | may be left out |
//!
//! `yyyy`, `yy`, `dd`, `d`, `SS`, `HH24`, `HH12`, `MMM`, `MMMM` and the parts of `strptime` (`%Y-%m-%d`) are understood as well. Marks and
//! spaces stand for themselves, and so do `T` and what is in single quotation marks.

use super::month::month_of;

/// One part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// A number of at least and at most so many digits.
    Number(Unit, usize, usize),
    MonthName,
    Fraction,
    Half,
    Zone,
    Weekday,
    Literal(char),
    Optional(Vec<Part>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Year,
    ShortYear,
    CenturyYear,
    Month,
    Day,
    DayOfYear,
    Hour,
    HourOfHalf,
    Minute,
    Second,
}

/// Parts as they are written, those before that others begin with.
const PARTS: &[(&str, Part)] = &[
    ("MONTH", Part::MonthName),
    ("MON", Part::MonthName),
    ("MMMM", Part::MonthName),
    ("MMM", Part::MonthName),
    ("MM", Part::Number(Unit::Month, 2, 2)),
    ("MI", Part::Number(Unit::Minute, 2, 2)),
    ("M", Part::Number(Unit::Month, 1, 2)),
    ("mm", Part::Number(Unit::Minute, 2, 2)),
    ("YYYY", Part::Number(Unit::Year, 4, 4)),
    ("yyyy", Part::Number(Unit::Year, 4, 4)),
    ("CYY", Part::Number(Unit::CenturyYear, 3, 3)),
    ("YY", Part::Number(Unit::ShortYear, 2, 2)),
    ("yy", Part::Number(Unit::ShortYear, 2, 2)),
    ("DAY", Part::Weekday),
    ("DDD", Part::Number(Unit::DayOfYear, 3, 3)),
    ("DD", Part::Number(Unit::Day, 2, 2)),
    ("dd", Part::Number(Unit::Day, 2, 2)),
    ("D", Part::Number(Unit::Day, 1, 2)),
    ("d", Part::Number(Unit::Day, 1, 2)),
    ("HH24", Part::Number(Unit::Hour, 2, 2)),
    ("HH12", Part::Number(Unit::HourOfHalf, 2, 2)),
    ("HH", Part::Number(Unit::Hour, 2, 2)),
    ("H", Part::Number(Unit::Hour, 1, 2)),
    ("hh", Part::Number(Unit::HourOfHalf, 2, 2)),
    ("h", Part::Number(Unit::HourOfHalf, 1, 2)),
    ("ss", Part::Number(Unit::Second, 2, 2)),
    ("SS", Part::Number(Unit::Second, 2, 2)),
    ("AM", Part::Half),
    ("Z", Part::Zone),
    ("T", Part::Literal('T')),
    ("%Y", Part::Number(Unit::Year, 4, 4)),
    ("%y", Part::Number(Unit::ShortYear, 2, 2)),
    ("%m", Part::Number(Unit::Month, 1, 2)),
    ("%d", Part::Number(Unit::Day, 1, 2)),
    ("%j", Part::Number(Unit::DayOfYear, 3, 3)),
    ("%H", Part::Number(Unit::Hour, 1, 2)),
    ("%I", Part::Number(Unit::HourOfHalf, 1, 2)),
    ("%M", Part::Number(Unit::Minute, 1, 2)),
    ("%S", Part::Number(Unit::Second, 1, 2)),
    ("%p", Part::Half),
    ("%z", Part::Zone),
    ("%b", Part::MonthName),
    ("%B", Part::MonthName),
    ("%a", Part::Weekday),
    ("%A", Part::Weekday),
    ("%f", Part::Fraction),
];

/// How dates or times are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pattern {
    parts: Vec<Part>,
    two_digit_years_from: i32,
    /// Where year, month and day begin, when all parts have one length: the fast way.
    fixed: Option<Fixed>,
}

/// A date of which every part has its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fixed {
    length: usize,
    year: usize,
    month: usize,
    day: usize,
    marks: [Option<(usize, u8)>; 2],
}

/// What was read; what a pattern does not have keeps the value of the beginning of a day or year.
#[derive(Clone, Copy, Debug)]
struct Moment {
    year: i32,
    month: u32,
    day: u32,
    day_of_year: Option<u32>,
    hour: u32,
    minute: u32,
    second: u32,
    micros: u32,
    afternoon: Option<bool>,
    /// Minutes east of Greenwich.
    zone: i32,
}

const START: Moment = Moment {
    year: 1970,
    month: 1,
    day: 1,
    day_of_year: None,
    hour: 0,
    minute: 0,
    second: 0,
    micros: 0,
    afternoon: None,
    zone: 0,
};

impl Pattern {
    /// Reads a pattern; none when it has a letter that means nothing, or a part twice.
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = text;
        let parts = parts(&mut rest, 0)?;
        if !rest.is_empty() || parts.is_empty() {
            return None;
        }
        let mut units: Vec<Unit> = Vec::new();
        for_each_number(&parts, &mut |unit| units.push(unit));
        let twice =
            units.iter().enumerate().any(|(index, unit)| units.iter().skip(index + 1).any(|o| o == unit));
        let fixed = Fixed::of(&parts);
        (!twice).then_some(Self { parts, two_digit_years_from: 1950, fixed })
    }

    pub fn with_two_digit_years_from(self, year: i32) -> Self {
        Self { two_digit_years_from: year, ..self }
    }

    fn has(&self, wanted: impl Fn(Unit) -> bool) -> bool {
        let mut found = false;
        for_each_number(&self.parts, &mut |unit| found |= wanted(unit));
        found
    }

    /// Whether the pattern says which day.
    pub fn has_date(&self) -> bool {
        let has_year = self.has(|unit| matches!(unit, Unit::Year | Unit::ShortYear | Unit::CenturyYear));
        let has_month = self.has(|unit| unit == Unit::Month) || self.parts.contains(&Part::MonthName);
        has_year
            && (self.has(|unit| unit == Unit::DayOfYear) || (has_month && self.has(|unit| unit == Unit::Day)))
    }

    fn has_time(&self) -> bool {
        self.has(|unit| matches!(unit, Unit::Hour | Unit::HourOfHalf))
    }

    /// Whether the pattern says which day, and no time of it.
    pub fn is_date(&self) -> bool {
        self.has_date() && !self.has_time()
    }

    /// Whether the pattern says the time of a day, and no day.
    pub fn is_time(&self) -> bool {
        self.has_time() && !self.has_date() && !self.has_zone()
    }

    /// Whether the pattern says how far from UTC a time is.
    pub fn has_zone(&self) -> bool {
        self.parts.contains(&Part::Zone)
    }

    /// Days since 1970-01-01; none when the text is no date of the calendar in this pattern.
    #[inline]
    pub fn date(&self, text: &[u8]) -> Option<i32> {
        let text = text.trim_ascii();
        match &self.fixed {
            Some(fixed) => fixed.date(text),
            None => self.moment(text)?.days(),
        }
    }

    /// Microseconds since midnight.
    pub fn time(&self, text: &[u8]) -> Option<i64> {
        self.moment(text.trim_ascii())?.micros_of_day()
    }

    /// Microseconds since 1970-01-01 00:00, of UTC when the pattern has a zone.
    pub fn timestamp(&self, text: &[u8]) -> Option<i64> {
        let moment = self.moment(text.trim_ascii())?;
        let local = i64::from(moment.days()?) * 86_400_000_000 + moment.micros_of_day()?;
        Some(local - i64::from(moment.zone) * 60_000_000)
    }

    fn moment(&self, text: &[u8]) -> Option<Moment> {
        let mut rest = std::str::from_utf8(text).ok()?;
        let mut moment = START;
        self.read(&self.parts, &mut rest, &mut moment)?;
        rest.is_empty().then_some(moment)
    }

    fn read(&self, parts: &[Part], rest: &mut &str, moment: &mut Moment) -> Option<()> {
        for part in parts {
            match part {
                Part::Number(unit, least, most) => {
                    let value = number(rest, *least, *most)?;
                    moment.set(*unit, value, self.two_digit_years_from);
                }
                Part::MonthName => {
                    let name = letters(rest);
                    moment.month = month_of(name)?;
                    *rest = rest.get(name.len()..)?;
                    *rest = rest.strip_prefix('.').unwrap_or(rest);
                }
                Part::Weekday => {
                    let name = letters(rest);
                    *rest = rest.get(name.len()..).filter(|_| !name.is_empty())?;
                }
                Part::Fraction => moment.micros = fraction(rest)?,
                Part::Half => moment.afternoon = Some(half(rest)?),
                Part::Zone => moment.zone = zone(rest)?,
                Part::Literal(mark) => *rest = rest.strip_prefix(*mark)?,
                Part::Optional(parts) => {
                    let (before, known) = (*rest, *moment);
                    if self.read(parts, rest, moment).is_none() {
                        (*rest, *moment) = (before, known);
                    }
                }
            }
        }
        Some(())
    }
}

fn for_each_number(parts: &[Part], act: &mut dyn FnMut(Unit)) {
    for part in parts {
        match part {
            Part::Number(unit, ..) => act(*unit),
            Part::Optional(parts) => for_each_number(parts, act),
            _ => {}
        }
    }
}

/// The parts up to the end of the pattern, or of the brackets.
fn parts(rest: &mut &str, depth: u32) -> Option<Vec<Part>> {
    const DEEPEST: u32 = 4;
    let mut parts = Vec::new();
    while let Some(letter) = rest.chars().next().filter(|letter| depth == 0 || *letter != ']') {
        if let Some((name, part)) = PARTS.iter().find(|(name, _)| rest.starts_with(name)) {
            *rest = rest.get(name.len()..)?;
            parts.push(part.clone());
            continue;
        }
        *rest = rest.get(letter.len_utf8()..)?;
        match letter {
            'f' | 'F' => {
                *rest = rest.trim_start_matches(letter);
                parts.push(Part::Fraction);
            }
            '[' if depth < DEEPEST => {
                parts.push(Part::Optional(self::parts(rest, depth + 1)?));
                *rest = rest.strip_prefix(']')?;
            }
            '\'' => {
                let (quoted, behind) = rest.split_once('\'')?;
                parts.extend(quoted.chars().map(Part::Literal));
                *rest = behind;
            }
            letter if letter.is_alphanumeric() => return None,
            mark => parts.push(Part::Literal(mark)),
        }
    }
    Some(parts)
}

fn number(rest: &mut &str, least: usize, most: usize) -> Option<u32> {
    let digits = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (number, behind) = rest.split_at_checked(digits).filter(|_| digits >= least)?;
    *rest = behind;
    number.parse().ok()
}

fn letters<'a>(rest: &&'a str) -> &'a str {
    let end = rest.find(|letter: char| !letter.is_alphabetic()).unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default()
}

/// Digits behind the second, in millionths; what is smaller is left out.
fn fraction(rest: &mut &str) -> Option<u32> {
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (fraction, behind) = rest.split_at_checked(digits).filter(|_| digits > 0)?;
    *rest = behind;
    let first: String = fraction.chars().chain("000000".chars()).take(6).collect();
    first.parse().ok()
}

/// Whether it is afternoon.
fn half(rest: &mut &str) -> Option<bool> {
    let halves = [("a.m.", false), ("p.m.", true), ("am", false), ("pm", true)];
    let (word, afternoon) = halves
        .into_iter()
        .find(|(word, _)| rest.get(..word.len()).is_some_and(|written| written.eq_ignore_ascii_case(word)))?;
    *rest = rest.get(word.len()..)?;
    Some(afternoon)
}

/// Minutes east of Greenwich.
fn zone(rest: &mut &str) -> Option<i32> {
    if let Some(behind) = rest.strip_prefix(['Z', 'z']) {
        *rest = behind;
        return Some(0);
    }
    let sign = match rest.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    *rest = rest.get(1..)?;
    let hours = number(rest, 2, 2)?;
    let before = *rest;
    *rest = rest.strip_prefix(':').unwrap_or(rest);
    let minutes = number(rest, 2, 2).unwrap_or_else(|| {
        *rest = before;
        0
    });
    (hours <= 18 && minutes < 60).then_some(sign * (hours * 60 + minutes) as i32)
}

impl Moment {
    fn set(&mut self, unit: Unit, value: u32, two_digit_years_from: i32) {
        match unit {
            Unit::Year => self.year = value as i32,
            Unit::ShortYear => {
                let from = two_digit_years_from;
                self.year = from + (value as i32 - from).rem_euclid(100);
            }
            Unit::CenturyYear => self.year = 1900 + value as i32,
            Unit::Month => self.month = value,
            Unit::Day => self.day = value,
            Unit::DayOfYear => self.day_of_year = Some(value),
            Unit::Hour | Unit::HourOfHalf => self.hour = value,
            Unit::Minute => self.minute = value,
            Unit::Second => self.second = value,
        }
    }

    /// Days since 1970-01-01; none when the calendar has no such day.
    fn days(&self) -> Option<i32> {
        match self.day_of_year {
            Some(day) => {
                let longest = 365 + u32::from(is_leap(self.year));
                let first = days_from_civil(self.year, 1, 1);
                (1..=longest).contains(&day).then(|| first + day as i32 - 1)
            }
            None => days(self.year, self.month, self.day),
        }
    }

    /// Microseconds since midnight; none when a day has no such time. The second 60 of a leap second is the one before it.
    fn micros_of_day(&self) -> Option<i64> {
        let hour = match self.afternoon {
            None => self.hour,
            Some(_) if !(1..=12).contains(&self.hour) => return None,
            Some(afternoon) => self.hour % 12 + if afternoon { 12 } else { 0 },
        };
        if hour > 23 || self.minute > 59 || self.second > 60 {
            return None;
        }
        let seconds = i64::from(hour * 3600 + self.minute * 60 + self.second.min(59));
        Some(seconds * 1_000_000 + i64::from(self.micros))
    }
}

impl Fixed {
    /// The places of the parts; none when one of them may vary in length, or there is more than a date.
    fn of(parts: &[Part]) -> Option<Self> {
        let (mut length, mut places, mut marks) = (0, [None; 3], Vec::new());
        for part in parts {
            match part {
                Part::Number(Unit::Year, 4, 4) => places[0] = Some(length),
                Part::Number(Unit::Month, 2, 2) => places[1] = Some(length),
                Part::Number(Unit::Day, 2, 2) => places[2] = Some(length),
                Part::Literal(mark) if mark.is_ascii() => {
                    marks.push((length, *mark as u8));
                    length += 1;
                    continue;
                }
                _ => return None,
            }
            length += if matches!(part, Part::Number(Unit::Year, ..)) { 4 } else { 2 };
        }
        let [Some(year), Some(month), Some(day)] = places else { return None };
        let marks = match marks.as_slice() {
            [] => [None, None],
            [one] => [Some(*one), None],
            [one, other] => [Some(*one), Some(*other)],
            _ => return None,
        };
        Some(Self { length, year, month, day, marks })
    }

    #[inline]
    fn date(&self, text: &[u8]) -> Option<i32> {
        if text.len() != self.length {
            return None;
        }
        let stands = |mark: &Option<(usize, u8)>| mark.is_none_or(|(at, mark)| text.get(at) == Some(&mark));
        let pair = |at: usize| {
            let (tens, ones) = (text.get(at)?.wrapping_sub(b'0'), text.get(at + 1)?.wrapping_sub(b'0'));
            (tens <= 9 && ones <= 9).then(|| u32::from(tens) * 10 + u32::from(ones))
        };
        let year = pair(self.year)? * 100 + pair(self.year + 2)?;
        let (month, day) = (pair(self.month)?, pair(self.day)?);
        if !self.marks.iter().all(stands) {
            return None;
        }
        days(year as i32, month, day)
    }
}

fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days since 1970-01-01; none when the calendar has no such day.
#[inline]
fn days(year: i32, month: u32, day: u32) -> Option<i32> {
    let longest = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(is_leap(year)),
        _ => 0,
    };
    (1..=longest).contains(&day).then(|| days_from_civil(year, month as i32, day as i32))
}

/// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
pub(crate) fn days_from_civil(year: i32, month: i32, day: i32) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The same article, `civil_from_days`: year, month and day.
pub(crate) fn civil_from_days(days: i32) -> (i32, u32, u32) {
    let days = days.saturating_add(719_468);
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year_of_era + i32::from(month <= 2), month as u32, day as u32)
}

/// Patterns that dates usually have, the surest first.
const USUAL_DATES: [&str; 22] = [
    "YYYY-MM-DD",
    "YYYY/MM/DD",
    "YYYY.MM.DD",
    "DD.MM.YYYY",
    "MM/DD/YYYY",
    "DD/MM/YYYY",
    "DD-MM-YYYY",
    "MM-DD-YYYY",
    "D.M.YYYY",
    "M/D/YYYY",
    "D/M/YYYY",
    "D-M-YYYY",
    "D-MON-YYYY",
    "D MONTH YYYY",
    "D. MONTH YYYY",
    "MONTH D, YYYY",
    "D-MON-YY",
    "D.M.YY",
    "M/D/YY",
    "D/M/YY",
    "YYYYMMDD",
    "DDMONYYYY",
];

/// Patterns that timestamps usually have, the surest first.
const USUAL_TIMESTAMPS: [&str; 8] = [
    "YYYY-MM-DD[T][ ]HH:mm[:ss[.f]]",
    "YYYY-MM-DD[T][ ]HH:mm[:ss[.f]]Z",
    "YYYY/MM/DD H:mm[:ss[.f]]",
    "D.M.YYYY H:mm[:ss]",
    "M/D/YYYY H:mm[:ss]",
    "D/M/YYYY H:mm[:ss]",
    "M/D/YYYY h:mm[:ss] AM",
    "YYYYMMDDHHmmss",
];

/// All of the usual date patterns that every text has, the surest first; none when there is no text.
pub(crate) fn date_patterns(texts: &[String]) -> Vec<&'static str> {
    usual(&USUAL_DATES, texts, |pattern, text| pattern.date(text).is_some())
}

/// The first of the usual date patterns that every text has.
pub(crate) fn date_pattern(texts: &[String]) -> Option<&'static str> {
    date_patterns(texts).into_iter().next()
}

/// The first of the usual patterns of timestamps that every text has.
pub(crate) fn timestamp_pattern(texts: &[String]) -> Option<&'static str> {
    usual(&USUAL_TIMESTAMPS, texts, |pattern, text| pattern.timestamp(text).is_some()).into_iter().next()
}

fn usual(
    patterns: &[&'static str],
    texts: &[String],
    fits: impl Fn(&Pattern, &[u8]) -> bool,
) -> Vec<&'static str> {
    if texts.is_empty() {
        return Vec::new();
    }
    let all = |text: &str| {
        Pattern::parse(text).is_some_and(|pattern| texts.iter().all(|text| fits(&pattern, text.as_bytes())))
    };
    patterns.iter().copied().filter(|pattern| all(pattern)).collect()
}
