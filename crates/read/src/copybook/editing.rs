//! Edited numbers (`Z,ZZ9.99-`, `$$$9.99CR`) and numbers with an exponent: characters made for reading, read back exactly.
//!
//! IBM Enterprise COBOL, Language Reference, "PICTURE clause editing". Every position is held against its symbol in the picture, so
//! that a field that was filled otherwise is a fault and not another number. Where the picture has a point, `.` and `,` are taken
//! for it, because a program may have swapped them (DECIMAL-POINT IS COMMA).

use super::code_page::CodePage;
use super::coding::Sign;
use super::fault::Reason;
use super::number::Cell;
use super::zoned::{NEGATIVE, overpunched};

/// The edited number in a field. One that shows no digit at all is none.
pub(crate) fn edited(raw: &[u8], mask: &str, sign: Sign, page: &CodePage) -> Cell<i128> {
    let mut reading = Reading { page, mask: mask.as_bytes(), value: 0, negative: false, begun: false };
    let body = match sign {
        Sign::Separate { leading } => reading.separate_sign(raw, leading)?,
        _ => raw,
    };
    let overpunch = match sign {
        Sign::Overpunched { leading: true } => body.iter().position(|byte| page.ascii(*byte) != b' '),
        Sign::Overpunched { leading: false } => body.len().checked_sub(1),
        _ => None,
    };
    let symbols = mask.bytes().filter(|symbol| !b"VS".contains(symbol));
    if symbols.clone().count() != body.len() {
        return Err(Reason::NotANumber);
    }
    for (index, (symbol, byte)) in symbols.zip(body).enumerate() {
        reading.position(symbol, *byte, Some(index) == overpunch)?;
    }
    let value = if reading.negative { -reading.value } else { reading.value };
    if reading.begun { Ok(Some(value)) } else { Err(Reason::NotANumber) }
}

struct Reading<'a> {
    page: &'a CodePage,
    mask: &'a [u8],
    value: i128,
    negative: bool,
    /// Whether a digit was seen: behind it, every digit position has one.
    begun: bool,
}

impl Reading<'_> {
    fn separate_sign<'r>(&mut self, raw: &'r [u8], leading: bool) -> Result<&'r [u8], Reason> {
        let parts = if leading { raw.split_first() } else { raw.split_last() };
        let (sign, body) = parts.ok_or(Reason::NotANumber)?;
        match self.page.ascii(*sign) {
            b'+' => {}
            b'-' => self.negative = true,
            b' ' if body.iter().all(|byte| self.page.ascii(*byte) == b' ') => {}
            _ => return Err(Reason::BadSign),
        }
        Ok(body)
    }

    fn position(&mut self, symbol: u8, byte: u8, overpunch: bool) -> Result<(), Reason> {
        let letter = self.page.ascii(byte);
        let is_fill = matches!(letter, b' ' | b'*' | b'+' | b'-') || is_currency(letter);
        let good = match symbol {
            b'9' if overpunch && !letter.is_ascii_digit() => self.signed_digit(byte),
            b'9' | b'Z' | b'*' if letter.is_ascii_digit() => self.digit(letter),
            b'9' | b'Z' => letter == b' ' && !self.begun,
            b'*' => b" *".contains(&letter) && !self.begun,
            b'+' | b'-' | b'$' if letter.is_ascii_digit() => self.floats(symbol) && self.digit(letter),
            b'+' | b'-' | b'$' if letter == b'-' => self.minus(),
            b'+' | b'-' => b"+ ".contains(&letter),
            b'$' => b"+ ".contains(&letter) || is_currency(letter),
            // CR and DB, letter by letter.
            b'C' | b'D' if letter == symbol => self.minus(),
            b'R' | b'b' if self.negative => letter == symbol.to_ascii_uppercase(),
            b'C' | b'R' | b'D' | b'b' => letter == b' ',
            b'.' | b',' if b".,".contains(&letter) => true,
            b'B' if letter == b' ' => true,
            _ => letter == symbol || (!self.begun && is_fill),
        };
        if good { Ok(()) } else { Err(Reason::NotANumber) }
    }

    fn minus(&mut self) -> bool {
        self.negative = true;
        true
    }

    fn digit(&mut self, letter: u8) -> bool {
        self.begun = true;
        self.value = self.value * 10 + i128::from(letter - b'0');
        true
    }

    fn signed_digit(&mut self, byte: u8) -> bool {
        let Some(digit) = overpunched(self.page.family(), byte) else { return false };
        self.negative = digit & NEGATIVE != 0;
        self.digit(b'0' + (digit & !NEGATIVE))
    }

    /// Whether a sign or currency sign floats: it then stands before the first digit, wherever that is.
    fn floats(&self, symbol: u8) -> bool {
        let is_it = |known: &u8| *known == symbol;
        self.mask.iter().position(is_it) != self.mask.iter().rposition(is_it)
    }
}

fn is_currency(letter: u8) -> bool {
    // Currency signs other than `$` are not ASCII.
    letter == b'$' || letter == 0x80
}

/// A number with an exponent; its mantissa has so many digits behind a point that is not written.
pub(crate) fn external_float(raw: &[u8], scale: u8, page: &CodePage) -> Cell<f64> {
    let text: String = raw.iter().map(|byte| char::from(page.ascii(*byte))).collect();
    if text.trim().is_empty() {
        return Ok(None);
    }
    let (mantissa, exponent) = text.split_once(['E', 'e']).ok_or(Reason::NotANumber)?;
    let exponent: i32 = exponent.trim_start_matches('+').trim().parse().map_err(|_| Reason::NotANumber)?;
    let mantissa = mantissa.trim().replace(',', ".");
    let is_plain =
        mantissa.trim_start_matches(['+', '-']).bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    // Parsed as one text, the result is the nearest number there is.
    let number = format!("{mantissa}e{}", exponent - i32::from(scale)).parse();
    number.ok().filter(|_| is_plain).map(Some).ok_or(Reason::NotANumber)
}

#[cfg(test)]
mod tests {
    use super::{CodePage, Sign, edited, external_float};
    use crate::copybook::picture::Picture;

    #[test]
    fn edited_numbers_are_read_position_by_position() {
        let page = CodePage::named("ascii").unwrap();
        for (picture, text, expected) in [
            ("-(5)9.9(2)", "    -1.50", Ok(Some(-150))),
            ("Z,ZZ9.99-", "1,234.56 ", Ok(Some(123_456))),
            ("Z,ZZ9.99-", "    0.05-", Ok(Some(-5))),
            ("Z,ZZ9.99-", "         ", Err(())),
            ("ZZ9.99", "1 2.34", Err(())),
            ("ZZ9.99", "12345 ", Err(())),
            ("ZZ9.99", "ABC.DE", Err(())),
            ("$$,$$9.99CR", "    $12.50CR", Err(())),
            ("$$,$$9.99CR", "   $12.50CR", Ok(Some(-1250))),
            ("$$,$$9.99DB", "$1,234.56  ", Ok(Some(123_456))),
            ("**,**9.99", "***123.45", Ok(Some(12345))),
            ("+++9", " -12", Ok(Some(-12))),
            ("---9.9", "  -1.5", Ok(Some(-15))),
            ("-(5)9.9(2)", "  -  1.5", Err(())),
            ("-(5)9.9(2)", "  -  1.50", Ok(Some(-150))),
            ("9(3).99", "123.45", Ok(Some(12345))),
            ("9(3).99", "123,45", Ok(Some(12345))),
            ("ZZ.ZZ9,99", " 1.234,56", Ok(Some(123_456))),
            ("99/99/9999", "31/12/1999", Ok(Some(31_121_999))),
            ("990099", "120034", Ok(Some(1234))),
            ("9B9", "1 2", Ok(Some(12))),
            ("S9(3).99", "123.4u", Ok(Some(-12345))),
            ("S9(3).99", "123.45", Ok(Some(12345))),
        ] {
            let picture = Picture::parse(picture, false).unwrap();
            let sign = if picture.mask.contains('S') {
                Sign::Overpunched { leading: false }
            } else {
                Sign::Unsigned
            };
            let found = edited(text.as_bytes(), &picture.mask, sign, &page);
            assert_eq!(found.map_err(|_| ()), expected, "{} {text}", picture.text);
        }
    }

    #[test]
    fn numbers_with_an_exponent_are_the_nearest_there_are() {
        let page = CodePage::named("ascii").unwrap();
        for (text, scale, expected) in [
            ("+1.5000E+03", 0, Ok(Some(1500.0))),
            (" 1.5000E+03", 0, Ok(Some(1500.0))),
            ("-125E-02", 2, Ok(Some(-0.0125))),
            ("           ", 0, Ok(None)),
            ("+1.5000", 0, Err(())),
            ("+infE+01", 0, Err(())),
        ] {
            let found = external_float(text.as_bytes(), scale, &page);
            assert_eq!(found.map_err(|_| ()), expected, "{text}");
        }
    }
}
