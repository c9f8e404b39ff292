//! What kind of value a cell looks like.

use crate::types::Pattern;

/// Kinds of values, told apart by their form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Empty,
    Number,
    Date,
    Time,
    Truth,
    /// An address of mail or of the web.
    Address,
    /// Letters and digits without spaces, some of them digits.
    Code,
    /// Words.
    Text,
    /// Text with marks that delimit elsewhere.
    Marked,
    /// Something with quotation marks in it, or other things that are seldom in values.
    Odd,
}

impl Form {
    /// How much a cell of this form speaks for the marks that made it, from 0 to 1.
    pub fn weight(self) -> f64 {
        match self {
            Self::Number | Self::Date | Self::Time | Self::Truth | Self::Address | Self::Code => 1.0,
            Self::Empty => 0.9,
            Self::Text => 0.95,
            Self::Marked => 0.3,
            Self::Odd => 0.0,
        }
    }

    /// Whether it is a form that names of columns seldom have.
    pub fn is_value(self) -> bool {
        matches!(self, Self::Number | Self::Date | Self::Time | Self::Address)
    }
}

/// The form of a cell; in quotation marks any text is one.
pub(crate) fn form(text: &str, is_quoted: bool) -> Form {
    let text = text.trim();
    if text.is_empty() {
        return Form::Empty;
    }
    if is_number(text) {
        return Form::Number;
    }
    if is_date(text) {
        return Form::Date;
    }
    if is_time(text) {
        return Form::Time;
    }
    if ["true", "false", "yes", "no", "t", "f", "y", "n"].iter().any(|word| word.eq_ignore_ascii_case(text)) {
        return Form::Truth;
    }
    if is_address(text) {
        return Form::Address;
    }
    let has_digit = text.contains(|letter: char| letter.is_ascii_digit());
    if has_digit
        && text.len() <= 40
        && text.chars().all(|letter| letter.is_alphanumeric() || "-_./#".contains(letter))
    {
        return Form::Code;
    }
    if is_quoted {
        return Form::Text;
    }
    if text.contains(['"', '\u{fffd}'])
        || text.starts_with('\'')
        || text.ends_with('\'') && !text.ends_with("s'")
    {
        return Form::Odd;
    }
    if text.contains([';', '\t', '|', '^', '~', '\u{1}', '\u{1f}']) {
        return Form::Odd;
    }
    if text.contains([',', '{', '}', '=', '<', '>']) {
        return Form::Marked;
    }
    Form::Text
}

/// Digits with a sign, marks, a unit of money or a percent sign.
fn is_number(text: &str) -> bool {
    let plain = text.trim_start_matches(['$', '€', '£', '¥', '+', '-', '(', '<', '>', '≈', '±']).trim_start();
    let plain = plain.trim_end_matches(['%', '€', '$', '£', ')', '-', '°']).trim_end();
    let mut last = None;
    let mut digits = 0;
    for letter in plain.chars() {
        match letter {
            '0'..='9' => digits += 1,
            // A mark stands alone between digits.
            '.' | ',' | '\'' | '\u{a0}' | '\u{202f}' | ' ' => {
                let twice = last.is_some_and(|last: char| !last.is_ascii_digit());
                if twice || (last.is_none() && letter != '.' && letter != ',') {
                    return false;
                }
            }
            'e' | 'E' if digits > 0 => return exponent(plain),
            _ => return false,
        }
        last = Some(letter);
    }
    digits > 0 && last != Some(',') && groups_are_even(plain)
}

fn exponent(text: &str) -> bool {
    text.replace(',', ".").parse::<f64>().is_ok_and(f64::is_finite)
}

/// Spaces and apostrophes, and marks that come several times, stand before three digits each.
fn groups_are_even(text: &str) -> bool {
    let commas = text.matches(',').count();
    let points = text.matches('.').count();
    let even = |mark: &[char]| {
        text.split(mark).skip(1).all(|group| group.chars().take_while(char::is_ascii_digit).count() == 3)
    };
    if text.contains([' ', '\'', '\u{a0}', '\u{202f}']) && !even(&[' ', '\'', '\u{a0}', '\u{202f}']) {
        return false;
    }
    // `1.2.3` is a version or an address, `1,2,3` is three cells.
    (points <= 1 || even(&['.'])) && (commas <= 1 || even(&[','])) && (commas <= 1 || points <= 1)
}

fn is_date(text: &str) -> bool {
    thread_local! {
        static PATTERNS: Vec<Pattern> = [
            "YYYY-MM-DD", "YYYY/M/D", "YYYY.MM.DD", "D.M.YYYY", "D.M.YY", "M/D/YYYY", "D/M/YYYY", "M/D/YY", "D/M/YY", "D-M-YYYY", "M-D-YYYY",
            "D-MON-YYYY", "D-MON-YY", "D MON YYYY", "D. MON YYYY", "MON D, YYYY", "MON D YYYY", "YYYY-MM", "DAY, D MON YYYY",
        ]
        .iter()
        .filter_map(|pattern| Pattern::parse(pattern))
        .collect();
    }
    let has_digit = text.as_bytes().iter().any(u8::is_ascii_digit);
    if !has_digit || !(6..=40).contains(&text.len()) {
        return false;
    }
    // A time may follow.
    let day = text.find([' ', 'T']).filter(|at| is_time(text.get(at + 1..).unwrap_or_default()));
    let day = day.and_then(|at| text.get(..at)).unwrap_or(text);
    PATTERNS.with(|patterns| patterns.iter().any(|pattern| pattern.date(day.as_bytes()).is_some()))
}

fn is_time(text: &str) -> bool {
    thread_local! {
        static PATTERNS: Vec<Pattern> = ["H:mm[:ss[.f]]", "h:mm[:ss][ ]AM"].iter().filter_map(|pattern| Pattern::parse(pattern)).collect();
    }
    let plain = text.trim_end_matches('Z');
    let plain = plain
        .rsplit_once(['+', '-'])
        .filter(|(_, zone)| zone.len() >= 2 && zone.len() <= 5)
        .map_or(plain, |(time, _)| time);
    plain.contains(':')
        && PATTERNS.with(|patterns| patterns.iter().any(|pattern| pattern.time(plain.as_bytes()).is_some()))
}

fn is_address(text: &str) -> bool {
    let is_word = |text: &str| !text.is_empty() && !text.contains(char::is_whitespace);
    let web = ["http://", "https://", "ftp://", "www."].iter().any(|begin| text.starts_with(begin));
    let mail = text
        .split_once('@')
        .is_some_and(|(user, host)| !user.is_empty() && host.contains('.') && !host.contains('@'));
    is_word(text) && (web || (mail && !text.contains([';', ',', '|'])))
}

#[cfg(test)]
mod tests {
    use super::{Form, form};

    #[test]
    fn cells_are_known_by_their_form() {
        for (text, expected) in [
            ("12", Form::Number),
            ("-1,234.50", Form::Number),
            ("1.234,50 €", Form::Number),
            ("12 %", Form::Number),
            ("1e-7", Form::Number),
            ("1,2,3", Form::Marked),
            ("12.", Form::Number),
            ("2020-12-31", Form::Date),
            ("31.12.2020 23:59", Form::Date),
            ("5-Mar-21", Form::Date),
            ("2020-12-31T10:00:00Z", Form::Date),
            ("10:30", Form::Time),
            ("10:30 pm", Form::Time),
            ("Yes", Form::Truth),
            ("a@b.example", Form::Address),
            ("https://a.example/x?y=1,2", Form::Address),
            ("A-17/b", Form::Code),
            ("1.2.3", Form::Code),
            ("O'Brien & Sons", Form::Text),
            ("a;b", Form::Odd),
            ("\"a", Form::Odd),
            ("Main St, Springfield", Form::Marked),
            ("", Form::Empty),
        ] {
            assert_eq!(form(text, false), expected, "{text}");
        }
        assert_eq!(form("a;\"b", true), Form::Text);
    }
}
