//! PICTURE character-strings: what a field holds and how many bytes it takes.
//!
//! After IBM Enterprise COBOL, Language Reference, "PICTURE clause", and ISO/IEC 1989:2014 §13.18.40. More than they allow: `S`
//! together with a point that is written, as in `S9(5).99`. A currency sign may be `$ € £ ¥`; other letters that a program
//! declares for it are left out.

use std::sync::Arc;

/// A picture that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// As written.
    pub text: String,
    /// What it describes.
    pub category: Category,
    /// Character positions, which are bytes when the usage is DISPLAY.
    pub size: usize,
    /// The symbol of every position of an edited number, with `.` as decimal point; empty for others.
    pub mask: Arc<str>,
}

/// What a picture describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    /// Text: `X`, `A`, and text with insertions (`B`, `0`, `/`).
    Text,
    /// A number: `9`, `S`, `V`, `P`.
    Number {
        /// How many digits are stored.
        digits: u8,
        /// How many of them are behind the decimal point; negative when zeros follow that are not stored.
        scale: i8,
        /// Whether it has a sign.
        signed: bool,
    },
    /// A number made up for reading: `Z`, `*`, `,`, `.`, `+`, `-`, `$`, `CR`, `DB`.
    Edited {
        /// How many digits it can show.
        digits: u8,
        /// How many of them are behind the decimal point.
        scale: i8,
        /// Whether it has an `S`: the sign is then written as in a number without a point.
        signed: bool,
    },
    /// A number with an exponent: `+9.9(4)E+99`.
    ExternalFloat {
        /// How many digits of the mantissa are behind a point that is not written (`V`).
        scale: u8,
    },
    /// National text (`N`): UTF-16.
    National,
    /// Double-byte text (`G`).
    Dbcs,
    /// UTF-8 text (`U`).
    Utf8,
}

/// The most digits a number may have, because Arrow's `Decimal128` holds no more.
pub(crate) const MOST_DIGITS: usize = 38;
/// No field is longer than this, so that a slip in a repeat cannot exhaust the memory.
const LONGEST_FIELD: usize = 1 << 24;
/// Nor is an edited number longer than this; IBM allows 249.
const LONGEST_EDITED: usize = 512;

impl Picture {
    /// Reads a picture.
    ///
    /// # Errors
    /// A sentence that says what is wrong and, where it can, what was expected.
    pub(crate) fn parse(text: &str, decimal_comma: bool) -> Result<Self, String> {
        let symbols = with_point(symbols(text)?, decimal_comma);
        let has = |set: &str| symbols.iter().any(|(symbol, _)| set.contains(*symbol));
        let only = |set: &str| symbols.iter().all(|(symbol, _)| set.contains(*symbol));
        let mut mask = String::new();
        let (category, size) = if only("NB0/") && has("N") {
            (Category::National, total(&symbols)?)
        } else if only("GB") && has("G") {
            (Category::Dbcs, total(&symbols)?)
        } else if only("U") {
            (Category::Utf8, total(&symbols)?)
        } else if has("XA") {
            if !only("XA9B0/") {
                return Err(format!("`{text}` mixes text (X, A) with numeric editing"));
            }
            (Category::Text, total(&symbols)?)
        } else if only("9SVP") {
            number(text, &symbols)?
        } else if has("E") {
            external_float(text, &symbols)?
        } else {
            edited(text, &symbols)?
        };
        if size == 0 || size > LONGEST_FIELD {
            return Err(format!("`{text}` takes {size} characters; a field has 1 to {LONGEST_FIELD}"));
        }
        if matches!(category, Category::Edited { .. }) {
            if size > LONGEST_EDITED {
                return Err(format!(
                    "`{text}` takes {size} characters; an edited number has {LONGEST_EDITED} at most"
                ));
            }
            for (symbol, count) in symbols {
                let second = match symbol {
                    'C' => "R",
                    'D' => "b",
                    _ => "",
                };
                (0..count).for_each(|_| {
                    mask.push(symbol);
                    mask.push_str(second);
                });
            }
        }
        Ok(Self { text: text.to_owned(), category, size, mask: mask.into() })
    }
}

type Symbols = Vec<(char, usize)>;

/// The symbols with how often each is repeated in a row. `CR` and `DB` become `C` and `D`.
fn symbols(text: &str) -> Result<Symbols, String> {
    const KNOWN: &str = "XA9SVPZNGUE*+-,.$B0/CD";
    let mut symbols: Symbols = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let symbol = if "€£¥".contains(letter) { '$' } else { letter.to_ascii_uppercase() };
        match symbol {
            'C' if letters.next_if(|c| c.eq_ignore_ascii_case(&'R')).is_none() => {
                return Err(unknown(text, letter));
            }
            'D' if letters.next_if(|c| c.eq_ignore_ascii_case(&'B')).is_none() => {
                return Err(unknown(text, letter));
            }
            known if KNOWN.contains(known) => {}
            _ => return Err(unknown(text, letter)),
        }
        let count = if letters.next_if_eq(&'(').is_some() { repeat(text, &mut letters)? } else { 1 };
        match symbols.last_mut() {
            Some((last, sum)) if *last == symbol => *sum = sum.saturating_add(count),
            _ => symbols.push((symbol, count)),
        }
    }
    if symbols.is_empty() { Err("the picture is empty".into()) } else { Ok(symbols) }
}

fn repeat(text: &str, letters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<usize, String> {
    let mut digits = String::new();
    while let Some(digit) = letters.next_if(char::is_ascii_digit) {
        digits.push(digit);
    }
    if letters.next() != Some(')') || digits.is_empty() {
        return Err(format!("a repeat in `{text}` is not a whole number in brackets, such as X(8)"));
    }
    match digits.parse() {
        Ok(count @ 1..=LONGEST_FIELD) => Ok(count),
        _ => Err(format!("`{text}` repeats a symbol {digits} times; 1 to {LONGEST_FIELD} are possible")),
    }
}

fn unknown(text: &str, letter: char) -> String {
    let symbols = "X A 9 S V P Z N G U E * + - , . $ B 0 / CR DB";
    format!("`{letter}` in `{text}` is not a picture symbol; a picture is made of {symbols}")
}

/// With `.` as the decimal point: `,` is it when the program says so, or when one `,` stands behind points.
fn with_point(symbols: Symbols, decimal_comma: bool) -> Symbols {
    let count = |symbol| symbols.iter().filter(|(s, _)| *s == symbol).map(|(_, n)| n).sum::<usize>();
    let last = |symbol| symbols.iter().rposition(|(s, _)| *s == symbol);
    let evident = count(',') == 1 && count('.') > 0 && last(',') > last('.');
    if !decimal_comma && !evident {
        return symbols;
    }
    let swapped = symbols.into_iter().map(|(symbol, count)| match symbol {
        ',' => ('.', count),
        '.' => (',', count),
        other => (other, count),
    });
    swapped.collect()
}

fn total(symbols: &Symbols) -> Result<usize, String> {
    symbols
        .iter()
        .try_fold(0usize, |sum, (_, count)| sum.checked_add(*count))
        .ok_or_else(|| "the picture is too long".into())
}

/// `S`, digits, an implied point `V` and scaling zeros `P`.
fn number(text: &str, symbols: &Symbols) -> Result<(Category, usize), String> {
    let count = |symbol| symbols.iter().filter(|(s, _)| *s == symbol).map(|(_, n)| n).sum::<usize>();
    let signed = symbols.first().is_some_and(|(symbol, _)| *symbol == 'S');
    if count('S') > usize::from(signed) {
        return Err(format!("the sign S in `{text}` must come first and once"));
    }
    if count('V') > 1 {
        return Err(format!("`{text}` has more than one decimal point V"));
    }
    let position = |symbol| symbols.iter().position(|(s, _)| *s == symbol);
    let digits = count('9');
    let (first, point) = (position('9'), position('V'));
    let behind = match point {
        Some(point) => symbols.iter().skip(point).filter(|(s, _)| *s == '9').map(|(_, n)| n).sum(),
        None => 0,
    };
    let runs_of_p = symbols.iter().filter(|(symbol, _)| *symbol == 'P').count();
    let scale = match (position('P'), first) {
        (None, _) => behind,
        (Some(p), Some(first)) if runs_of_p == 1 && p < first && (behind == 0 || behind == digits) => {
            return scaled(text, digits, digits + count('P'), false, signed);
        }
        (Some(_), Some(_)) if runs_of_p == 1 && behind == 0 => {
            return scaled(text, digits, count('P'), true, signed);
        }
        _ => return Err(format!("the zeros P in `{text}` must stand together at one end of the digits")),
    };
    scaled(text, digits, scale, false, signed)
}

fn scaled(
    text: &str,
    digits: usize,
    scale: usize,
    negative: bool,
    signed: bool,
) -> Result<(Category, usize), String> {
    let span = if negative { digits.saturating_add(scale) } else { digits.max(scale) };
    if digits == 0 || span > MOST_DIGITS {
        return Err(format!("`{text}` has {span} digits; 1 to {MOST_DIGITS} can be kept exactly"));
    }
    let scale = if negative { -(scale as i8) } else { scale as i8 };
    Ok((Category::Number { digits: digits as u8, scale, signed }, digits))
}

/// A numeric edited picture: only the places of its digits matter for reading it back.
fn edited(text: &str, symbols: &Symbols) -> Result<(Category, usize), String> {
    let points = symbols.iter().filter(|(symbol, _)| *symbol == '.' || *symbol == 'V').count();
    if points > 1 || symbols.iter().any(|(symbol, count)| ".V".contains(*symbol) && *count > 1) {
        return Err(format!("`{text}` has more than one decimal point"));
    }
    if symbols.iter().any(|(symbol, _)| "PNGU".contains(*symbol)) {
        return Err(format!("`{text}` mixes an edited number with P, N, G or U"));
    }
    let signed = symbols.first().is_some_and(|(symbol, count)| *symbol == 'S' && *count == 1);
    if symbols.iter().filter(|(symbol, _)| *symbol == 'S').count() > usize::from(signed) {
        return Err(format!("the sign S in `{text}` must come first and once"));
    }
    let (mut digits, mut scale, mut size, mut behind) = (0usize, 0usize, 0usize, false);
    let mut floating = Vec::new();
    for (symbol, count) in symbols {
        let width = match symbol {
            'V' | 'S' => 0,
            'C' | 'D' => count.saturating_mul(2),
            _ => *count,
        };
        size = size.saturating_add(width);
        behind |= ".V".contains(*symbol);
        // A floating sign or currency shows one digit less than it is long.
        let shown = match symbol {
            '9' | 'Z' | '*' => *count,
            '+' | '-' | '$' if floating.contains(symbol) => *count,
            '+' | '-' | '$' => {
                floating.push(*symbol);
                count - 1
            }
            _ => 0,
        };
        digits = digits.saturating_add(shown);
        scale = scale.saturating_add(if behind { shown } else { 0 });
    }
    if digits == 0 || digits > MOST_DIGITS {
        return Err(format!("`{text}` shows {digits} digits; 1 to {MOST_DIGITS} can be kept exactly"));
    }
    Ok((Category::Edited { digits: digits as u8, scale: scale as i8, signed }, size))
}

/// A mantissa, `E`, and an exponent of two digits: `-9V9(3)E+99`.
fn external_float(text: &str, symbols: &Symbols) -> Result<(Category, usize), String> {
    let wrong = || format!("`{text}` is not a number with an exponent, such as +9.9(5)E+99");
    let exponent = symbols.iter().position(|(symbol, _)| *symbol == 'E').ok_or_else(wrong)?;
    let (mantissa, exponent) = symbols.split_at(exponent);
    let is_exponent = matches!(exponent, [('E', 1), ('+' | '-', 1), ('9', 2)]);
    let places = match mantissa {
        [('+' | '-', 1), places @ ..] if !places.is_empty() => places,
        _ => return Err(wrong()),
    };
    let points = places.iter().filter(|(symbol, count)| ".V".contains(*symbol) && *count == 1).count();
    let is_mantissa = places.iter().all(|(symbol, _)| "9.V".contains(*symbol)) && points <= 1;
    let digits: usize = places.iter().filter(|(symbol, _)| *symbol == '9').map(|(_, count)| count).sum();
    if !is_exponent || !is_mantissa || digits == 0 || digits > MOST_DIGITS {
        return Err(wrong());
    }
    let implied = places.iter().position(|(symbol, _)| *symbol == 'V');
    let behind =
        implied.map_or(0, |point| places.iter().skip(point).filter(|(s, _)| *s == '9').map(|(_, n)| n).sum());
    let size = total(symbols)? - usize::from(implied.is_some());
    Ok((Category::ExternalFloat { scale: behind as u8 }, size))
}

#[cfg(test)]
mod tests {
    use super::Picture;

    #[test]
    fn pictures_say_what_a_field_holds_or_what_is_wrong_with_them() {
        for (text, expected) in [
            ("X(10)", "Text 10"),
            ("xxA9", "Text 4"),
            ("XX/XX", "Text 5"),
            ("9(5)", "Number { digits: 5, scale: 0, signed: false } 5"),
            ("S9(7)V99", "Number { digits: 9, scale: 2, signed: true } 9"),
            ("SV9(4)", "Number { digits: 4, scale: 4, signed: true } 4"),
            ("9(3)PPP", "Number { digits: 3, scale: -3, signed: false } 3"),
            ("VPP99", "Number { digits: 2, scale: 4, signed: false } 2"),
            ("PP99", "Number { digits: 2, scale: 4, signed: false } 2"),
            ("S9(38)", "Number { digits: 38, scale: 0, signed: true } 38"),
            ("SVPP9", "Number { digits: 1, scale: 3, signed: true } 1"),
            ("9PPV", "Number { digits: 1, scale: -2, signed: false } 1"),
            ("Z,ZZ9.99-", "Edited { digits: 6, scale: 2, signed: false } 9"),
            ("$$,$$9.99CR", "Edited { digits: 6, scale: 2, signed: false } 11"),
            ("ZZ.ZZ9,99", "Edited { digits: 7, scale: 2, signed: false } 9"),
            ("S9(3).99", "Edited { digits: 5, scale: 2, signed: true } 6"),
            ("€€9", "Edited { digits: 2, scale: 0, signed: false } 3"),
            ("N(4)", "National 4"),
            ("G(4)", "Dbcs 4"),
            ("U(4)", "Utf8 4"),
            ("+9.9(4)E+99", "ExternalFloat { scale: 0 } 11"),
            ("-9V99E-99", "ExternalFloat { scale: 2 } 8"),
            ("9E99", "`9E99` is not a number with an exponent, such as +9.9(5)E+99"),
            ("9(5)S", "the sign S in `9(5)S` must come first and once"),
            ("9V9V9", "`9V9V9` has more than one decimal point V"),
            ("S9(39)", "`S9(39)` has 39 digits; 1 to 38 can be kept exactly"),
            ("X(0)", "`X(0)` repeats a symbol 0 times; 1 to 16777216 are possible"),
            (
                "X(99999999999999999999)",
                "`X(99999999999999999999)` repeats a symbol 99999999999999999999 times; 1 to 16777216 are possible",
            ),
            ("X(", "a repeat in `X(` is not a whole number in brackets, such as X(8)"),
            ("P9P", "the zeros P in `P9P` must stand together at one end of the digits"),
            ("S", "`S` has 0 digits; 1 to 38 can be kept exactly"),
            (
                "Q9",
                "`Q` in `Q9` is not a picture symbol; a picture is made of X A 9 S V P Z N G U E * + - , . $ B 0 / CR DB",
            ),
        ] {
            let found = match Picture::parse(text, false) {
                Ok(picture) => format!("{:?} {}", picture.category, picture.size),
                Err(sentence) => sentence,
            };
            assert_eq!(found, expected, "{text}");
        }
    }
}
