//! The range of a column's values, and how many lie far from the others.

use arrow::datatypes::DataType;

/// The values of a column, while all of them are numbers or all are dates.
pub(super) enum Spread {
    Numbers(Vec<f64>, Option<(f64, String)>, Option<(f64, String)>),
    /// ISO 8601, so that the order of the texts is the order of time.
    Times(Option<String>, Option<String>),
    Neither,
}

/// Numbers that are remembered.
const MOST: usize = 50_000;
/// Fewer numbers than this have no usual range.
const FEWEST: usize = 20;
/// How many times the distance of the quartiles a number lies outside of them when it is far out (Tukey, "Exploratory Data Analysis",
/// 1977, outer fences).
const FENCE: f64 = 3.0;

impl Spread {
    pub fn of(data_type: &DataType) -> Self {
        match data_type {
            DataType::Date32 | DataType::Timestamp(..) => Self::Times(None, None),
            of if of.is_numeric() || *of == DataType::Utf8 => Self::Numbers(Vec::new(), None, None),
            _ => Self::Neither,
        }
    }

    pub fn add(&mut self, text: &str) {
        match self {
            Self::Numbers(numbers, least, greatest) => {
                let Some(number) = number(text) else {
                    *self = Self::Neither;
                    return;
                };
                if least.as_ref().is_none_or(|(known, _)| number < *known) {
                    *least = Some((number, text.into()));
                }
                if greatest.as_ref().is_none_or(|(known, _)| number > *known) {
                    *greatest = Some((number, text.into()));
                }
                if numbers.len() < MOST {
                    numbers.push(number);
                }
            }
            Self::Times(least, greatest) => {
                if least.as_deref().is_none_or(|known| text < known) {
                    *least = Some(text.into());
                }
                if greatest.as_deref().is_none_or(|known| text > known) {
                    *greatest = Some(text.into());
                }
            }
            Self::Neither => {}
        }
    }

    /// The smallest and the largest value.
    pub fn range(&self) -> Option<(String, String)> {
        match self {
            Self::Numbers(_, Some((_, least)), Some((_, greatest))) => {
                Some((least.clone(), greatest.clone()))
            }
            Self::Times(Some(least), Some(greatest)) => Some((least.clone(), greatest.clone())),
            _ => None,
        }
    }

    /// How many numbers lie outside of the outer fences.
    pub fn outliers(&self) -> u64 {
        let Self::Numbers(numbers, ..) = self else { return 0 };
        if numbers.len() < FEWEST {
            return 0;
        }
        let mut sorted = numbers.clone();
        sorted.sort_by(f64::total_cmp);
        let quartile = |part: usize| sorted.get(sorted.len() * part / 4).copied().unwrap_or_default();
        let (lower, upper) = (quartile(1), quartile(3));
        let fence = FENCE * (upper - lower);
        // Where most numbers are equal there is no usual distance.
        if fence == 0.0 {
            return 0;
        }
        sorted.iter().filter(|number| **number < lower - fence || **number > upper + fence).count() as u64
    }
}

/// A number as decimal digits; codes with leading zeros are not numbers.
fn number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_code = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    (plain && !is_code).then(|| text.parse().ok()).flatten().filter(|number: &f64| number.is_finite())
}
