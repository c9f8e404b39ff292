//! How a file writes numbers, truth and years.

use concordat_record::Problem;

use crate::section::{OptionDoc, Section, option};

/// The mark before the places of a number.
pub(crate) const DECIMAL: OptionDoc =
    option("decimal", "\".\" or \",\"", ".", "the mark before the places of a number, where one is written");
/// The mark between groups of digits.
pub(crate) const THOUSANDS: OptionDoc = option(
    "thousands",
    "text",
    "none",
    "the mark between groups of three digits, such as \".\" or \" \"; it may be missing in a number",
);
/// The words for true and false.
pub(crate) const BOOLEAN: OptionDoc = option(
    "boolean",
    "table",
    "true, t, yes, y, 1 and false, f, no, n, 0",
    "the words for true and false: `{ true = [\"J\"], false = [\"N\"] }`; case does not count",
);
/// Which century a year of two digits is of.
pub(crate) const TWO_DIGIT_YEARS_FROM: OptionDoc = option(
    "two_digit_years_from",
    "whole number",
    "1950",
    "a year of two digits is one of the hundred years from this one on",
);

/// How the texts of a file are to be understood where countries and programs differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spelling {
    /// Between a number's whole part and its places.
    pub decimal: u8,
    /// Between groups of three digits, in UTF-8; none when digits stand together.
    pub thousands: Option<String>,
    /// Words for true, in lower case.
    pub truths: Vec<String>,
    /// Words for false, in lower case.
    pub falsehoods: Vec<String>,
    /// A year of two digits is one of the hundred years that begin here.
    pub two_digit_years_from: i32,
}

impl Default for Spelling {
    fn default() -> Self {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Self {
            decimal: b'.',
            thousands: None,
            truths: words(&["true", "t", "yes", "y", "1"]),
            falsehoods: words(&["false", "f", "no", "n", "0"]),
            two_digit_years_from: 1950,
        }
    }
}

impl Spelling {
    /// Whether a text says true or false, in any case of letters.
    pub fn truth(&self, text: &str) -> Option<bool> {
        let says = |words: &[String]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
        let in_other_letters = |words: &[String]| !text.is_ascii() && words.contains(&text.to_lowercase());
        if says(&self.truths) || in_other_letters(&self.truths) {
            Some(true)
        } else if says(&self.falsehoods) || in_other_letters(&self.falsehoods) {
            Some(false)
        } else {
            None
        }
    }

    /// Reads [`DECIMAL`], [`THOUSANDS`], [`BOOLEAN`] and [`TWO_DIGIT_YEARS_FROM`].
    pub fn read(section: &mut Section<'_>) -> Self {
        let mut spelling = Self::default();
        if let Some(decimal) = section.choice("decimal", &[(".", b'.'), (",", b',')]) {
            spelling.decimal = decimal;
        }
        if let Some(thousands) = section.text("thousands") {
            spelling.thousands = Some(thousands.value.clone()).filter(|mark| !mark.is_empty());
            if thousands.value.as_bytes() == [spelling.decimal]
                || thousands.value.contains(|c: char| c.is_ascii_digit())
            {
                let sentence = "`thousands` must be another mark than `decimal`, and no digit";
                section.problems.push(Problem::new("source.wrong-form", sentence).at(thousands.place));
            }
        }
        if let Some(year) = section.number("two_digit_years_from", 0) {
            spelling.two_digit_years_from = year.min(9900) as i32;
        }
        if section.has("boolean") {
            let mut table = section.section("boolean");
            table.refuse_unknown(&["true", "false"]);
            let mut words = |key: &str| -> Vec<String> {
                let written = table.texts(key).map(|written| written.value).unwrap_or_default();
                written.iter().map(|word| word.to_lowercase()).collect()
            };
            (spelling.truths, spelling.falsehoods) = (words("true"), words("false"));
            section.problems.extend(std::mem::take(&mut table.problems));
        }
        spelling
    }
}
