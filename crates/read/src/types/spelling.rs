//! How a file writes numbers, truth and years.

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
}
