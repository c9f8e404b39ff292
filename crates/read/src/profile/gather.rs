//! Gathering what columns hold, batch by batch.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashSet};
use std::hash::{Hash, Hasher};

use super::personal::personal;
use super::spread::Spread;
use super::{ColumnProfile, Profile};
use crate::reader::Reject;
use crate::types::{Type, date_patterns, timestamp_pattern};
use arrow::array::{Array, RecordBatch};
use arrow::datatypes::{DataType, Schema};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use concordat_record::Problems;

/// Different values that are remembered.
const MOST_DISTINCT: usize = 50_000;
/// Different patterns that are counted.
const MOST_PATTERNS: usize = 200;
/// When the values of more than this share have another form than the commonest, no form is unusual.
const MOST_UNUSUAL: f64 = 0.01;
/// Values of a column that are tried as dates.
const TRIED: usize = 500;

/// Gathers a profile batch by batch.
pub struct Profiler {
    columns: Vec<Gathered>,
    records: u64,
    rejected: u64,
    problems: Problems,
}

struct Gathered {
    name: String,
    data_type: DataType,
    values: u64,
    /// Hashes of the values, which is enough to count them.
    distinct: HashSet<u64>,
    shortest: u64,
    longest: u64,
    patterns: BTreeMap<String, u64>,
    tried: Vec<String>,
    integers: bool,
    leading_zero: bool,
    /// Digits before and behind the point, while all values are decimal numbers.
    decimal: Option<(usize, usize)>,
    /// The same with a comma before the places, and points between groups of digits.
    with_comma: Option<(usize, usize)>,
    spread: Spread,
}

impl Profiler {
    /// A profile of columns, without records yet.
    pub fn new(schema: &Schema) -> Self {
        let own = schema.fields().iter().filter(|field| !field.name().starts_with('_'));
        let columns = own.map(|field| Gathered::new(field.name(), field.data_type())).collect();
        Self { columns, records: 0, rejected: 0, problems: Problems::none() }
    }

    /// How many records it has seen.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// Takes in records.
    pub fn add(&mut self, batch: &RecordBatch) {
        self.records += batch.num_rows() as u64;
        for (column, array) in self.columns.iter_mut().zip(batch.columns()) {
            column.add(array.as_ref());
        }
    }

    /// Takes in records that could not be decoded, with the first problems of them.
    pub fn add_rejects(&mut self, rejects: &[Reject], most: usize) {
        self.records += rejects.len() as u64;
        self.rejected += rejects.len() as u64;
        let room = most.saturating_sub(self.problems.0.len());
        self.problems.extend(rejects.iter().take(room).map(|reject| reject.problem.clone()));
    }

    /// What was found.
    pub fn finish(self) -> Profile {
        let good = self.records - self.rejected;
        let columns = self.columns.into_iter().map(|column| column.finish(good)).collect();
        Profile { records: self.records, rejected: self.rejected, problems: self.problems, columns }
    }
}

impl Gathered {
    fn new(name: &str, data_type: &DataType) -> Self {
        Self {
            name: name.into(),
            data_type: data_type.clone(),
            values: 0,
            distinct: HashSet::new(),
            shortest: u64::MAX,
            longest: 0,
            patterns: BTreeMap::new(),
            tried: Vec::new(),
            integers: true,
            leading_zero: false,
            decimal: Some((0, 0)),
            with_comma: Some((0, 0)),
            spread: Spread::of(data_type),
        }
    }

    fn add(&mut self, array: &dyn Array) {
        let options = FormatOptions::default();
        let Ok(formatter) = ArrayFormatter::try_new(array, &options) else { return };
        for index in (0..array.len()).filter(|index| array.is_valid(*index)) {
            self.add_value(&formatter.value(index).to_string());
        }
    }

    fn add_value(&mut self, value: &str) {
        self.values += 1;
        let text = value.trim();
        self.spread.add(text);
        if self.distinct.len() < MOST_DISTINCT {
            let mut hasher = DefaultHasher::new();
            value.hash(&mut hasher);
            self.distinct.insert(hasher.finish());
        }
        let length = value.chars().count() as u64;
        self.shortest = self.shortest.min(length);
        self.longest = self.longest.max(length);
        let pattern = pattern(text);
        if self.patterns.len() < MOST_PATTERNS || self.patterns.contains_key(&pattern) {
            *self.patterns.entry(pattern).or_default() += 1;
        }
        if self.tried.len() < TRIED {
            self.tried.push(text.into());
        }
        self.integers &= text.parse::<i64>().is_ok();
        self.leading_zero |= text.len() > 1 && text.starts_with('0') && !text.starts_with("0.");
        self.decimal = self.decimal.and_then(|known| widened(known, text));
        self.with_comma = self.with_comma.and_then(|known| widened(known, &pointed(text)?));
    }

    fn finish(self, records: u64) -> ColumnProfile {
        let exact = self.distinct.len() < MOST_DISTINCT;
        let distinct = self.distinct.len() as u64;
        let commonest = self.patterns.iter().max_by_key(|(_, count)| **count);
        let nested = matches!(self.data_type, DataType::List(_) | DataType::Struct(_));
        let other_forms = commonest.map_or(0, |(_, count)| self.values - count);
        let other_forms =
            if other_forms as f64 <= MOST_UNUSUAL * self.values as f64 { other_forms } else { 0 };
        let personal = personal(&self.name, &self.tried);
        let floating = matches!(self.data_type, DataType::Float32 | DataType::Float64 | DataType::Boolean);
        ColumnProfile {
            filled: self.values as f64 / records.max(1) as f64,
            distinct,
            distinct_is_exact: exact,
            shortest: if self.values == 0 { 0 } else { self.shortest },
            longest: self.longest,
            pattern: commonest.map(|(pattern, _)| pattern.clone()).filter(|_| !nested),
            pattern_share: commonest.map_or(0.0, |(_, count)| *count as f64 / self.values.max(1) as f64),
            decimal_comma: self.decimal_comma(),
            or_like: self.or_like(),
            looks_like: self.looks_like(),
            likely_identifier: records > 1
                && self.values == records
                && exact
                && distinct == records
                && !nested
                && !floating
                && self.longest <= 40,
            range: self.spread.range().filter(|_| personal.is_none()),
            outliers: self.spread.outliers().max(other_forms),
            personal: personal.map(str::to_owned),
            data_type: self.data_type.to_string(),
            name: self.name,
        }
    }

    fn looks_like(&self) -> Option<String> {
        if self.data_type != DataType::Utf8 || self.values == 0 {
            return None;
        }
        if let Some(pattern) = date_patterns(&self.tried).first() {
            return Some(format!("date({pattern})"));
        }
        if let Some(pattern) = timestamp_pattern(&self.tried) {
            return Some(Type::Timestamp(pattern.into()).written());
        }
        match self.decimal.or(self.with_comma) {
            _ if self.leading_zero => None,
            _ if self.integers => Some("integer".into()),
            Some((whole, places)) if places > 0 && whole + places <= 38 => {
                Some(format!("decimal({},{places})", whole + places))
            }
            _ => None,
        }
    }

    fn or_like(&self) -> Vec<String> {
        if self.data_type != DataType::Utf8 {
            return Vec::new();
        }
        let patterns = date_patterns(&self.tried);
        // `D.M.YYYY` says nothing new beside `DD.MM.YYYY`.
        let first = patterns.first().map(|pattern| each_part_once(pattern));
        let others = patterns.iter().filter(|pattern| Some(each_part_once(pattern)) != first);
        others.map(|pattern| Type::Date((*pattern).into()).written()).collect()
    }

    /// Whether numbers make sense with a comma only.
    fn decimal_comma(&self) -> bool {
        self.data_type == DataType::Utf8
            && self.values > 0
            && self.decimal.is_none()
            && self.with_comma.is_some_and(|(_, places)| places > 0)
    }
}

/// A pattern with the letters of each part once.
fn each_part_once(pattern: &str) -> String {
    let mut letters: Vec<char> = pattern.chars().collect();
    letters.dedup();
    letters.into_iter().collect()
}

/// Digits that are enough for what is known and for a number more.
fn widened((whole, places): (usize, usize), text: &str) -> Option<(usize, usize)> {
    let (a, b) = decimal_digits(text)?;
    Some((whole.max(a), places.max(b)))
}

/// A number with a comma before its places, written with a point and without marks; none when points do not stand before three digits.
fn pointed(text: &str) -> Option<String> {
    let (whole, places) = text.split_once(',').unwrap_or((text, ""));
    let even = whole.split('.').skip(1).all(|group| group.len() == 3);
    (even && !places.contains('.')).then(|| format!("{}.{places}", whole.replace('.', "")))
}

fn decimal_digits(text: &str) -> Option<(usize, usize)> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, places) = digits.split_once('.').unwrap_or((digits, ""));
    let all = whole.bytes().chain(places.bytes()).all(|byte| byte.is_ascii_digit());
    (all && !whole.is_empty()).then_some((whole.len(), places.len()))
}

/// The form of a value, with runs of more than two counted.
fn pattern(text: &str) -> String {
    const LONGEST: usize = 40;
    let class = |letter: char| match letter {
        '0'..='9' => '9',
        _ if letter.is_uppercase() => 'A',
        _ if letter.is_alphabetic() => 'a',
        _ => letter,
    };
    let classes: Vec<char> = text.chars().take(LONGEST).map(class).collect();
    classes
        .chunk_by(|a, b| a == b)
        .map(|run| match (run.first(), run.len()) {
            (Some(letter), 1) => letter.to_string(),
            (Some(letter), 2) => format!("{letter}{letter}"),
            (Some(letter), count) => format!("{letter}({count})"),
            (None, _) => String::new(),
        })
        .collect()
}
