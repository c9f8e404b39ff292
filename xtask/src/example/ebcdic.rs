//! Encodes fields as a mainframe does: EBCDIC text, zoned and packed decimals, big-endian binary.
//!
//! IBM Enterprise COBOL Language Reference, "PICTURE clause" and "USAGE clause"; IBM code page 37 for text. Only what the
//! example's layout needs; the product's decoder is in `concordat-read` and shares no code with this, so each checks the other.

use crate::Outcome;

/// Code page 37 for the printable ASCII characters, from the space (0x20) to the tilde (0x7e).
#[rustfmt::skip]
const CP037: [u8; 95] = [
    0x40, 0x5a, 0x7f, 0x7b, 0x5b, 0x6c, 0x50, 0x7d, 0x4d, 0x5d, 0x5c, 0x4e,
    0x6b, 0x60, 0x4b, 0x61, 0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7,
    0xf8, 0xf9, 0x7a, 0x5e, 0x4c, 0x7e, 0x6e, 0x6f, 0x7c, 0xc1, 0xc2, 0xc3,
    0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6,
    0xd7, 0xd8, 0xd9, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xba,
    0xe0, 0xbb, 0xb0, 0x6d, 0x79, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87,
    0x88, 0x89, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0xa2,
    0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xc0, 0x4f, 0xd0, 0xa1,
];

/// One record under construction: its bytes so far.
#[derive(Default)]
pub struct Record(pub Vec<u8>);

impl Record {
    /// `PIC X(width)`: text, padded with spaces.
    pub fn text(&mut self, value: &str, width: usize) -> Outcome {
        if value.len() > width {
            return Err(format!("`{value}` is longer than {width} characters").into());
        }
        for character in value.bytes() {
            let index = usize::from(character).wrapping_sub(0x20);
            let byte =
                CP037.get(index).ok_or_else(|| format!("`{value}` has a character that is not ASCII"))?;
            self.0.push(*byte);
        }
        self.0.resize(self.0.len() + width - value.len(), 0x40);
        Ok(())
    }

    /// `PIC 9(width)`: digits that must fill the field, one byte each.
    pub fn digits(&mut self, value: &str, width: usize) -> Outcome {
        if value.len() != width || !value.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(format!("`{value}` is not {width} digits").into());
        }
        self.text(value, width)
    }

    /// `PIC S9(digits)`: zoned decimal; the zone of the last byte is the sign, C for plus and D for minus.
    pub fn zoned(&mut self, value: i64, digits: usize) -> Outcome {
        let text = magnitude(value, digits)?;
        self.digits(&text, digits)?;
        if let Some(last) = self.0.last_mut() {
            *last = (*last & 0x0f) | if value < 0 { 0xd0 } else { 0xc0 };
        }
        Ok(())
    }

    /// `PIC S9(digits) COMP-3`: packed decimal, two digits a byte, the sign in the last half byte. `digits` must be odd.
    pub fn packed(&mut self, value: i64, digits: usize) -> Outcome {
        let sign = if value < 0 { 0x0d } else { 0x0c };
        let text = magnitude(value, digits)?;
        let nibbles: Vec<u8> = text.bytes().map(|digit| digit & 0x0f).chain([sign]).collect();
        for pair in nibbles.chunks(2) {
            self.0.push(pair.iter().fold(0, |byte, nibble| byte << 4 | nibble));
        }
        Ok(())
    }

    /// `PIC S9(9) COMP`: four bytes, big-endian.
    pub fn binary(&mut self, value: i32) {
        self.0.extend(value.to_be_bytes());
    }
}

fn magnitude(value: i64, digits: usize) -> Outcome<String> {
    let text = format!("{:0digits$}", value.unsigned_abs());
    if text.len() > digits {
        return Err(format!("{value} has more than {digits} digits").into());
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::Record;
    use crate::Outcome;

    #[track_caller]
    fn check(expected: &str, write: impl FnOnce(&mut Record) -> Outcome) {
        let mut record = Record::default();
        write(&mut record).unwrap();
        let hex: Vec<String> = record.0.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex.join(" "), expected);
    }

    #[test]
    fn fields_have_the_bytes_a_mainframe_would_write() {
        check("c8 c9 40 40", |record| record.text("HI", 4));
        check("50 61 7b 7d", |record| record.text("&/#'", 4));
        check("f0 f0 f7", |record| record.digits("007", 3));
        check("f0 f1 c2", |record| record.zoned(12, 3));
        check("f0 f1 d2", |record| record.zoned(-12, 3));
        check("c0", |record| record.zoned(0, 1));
        check("01 23 4c", |record| record.packed(1234, 5));
        check("00 00 1d", |record| record.packed(-1, 5));
        check("ff ff ff fe", |record| {
            record.binary(-2);
            Ok(())
        });
    }

    #[test]
    fn what_does_not_fit_is_refused_and_never_cut() {
        let mut record = Record::default();
        assert!(record.text("LONG", 3).is_err());
        assert!(record.text("é", 3).is_err());
        assert!(record.digits("12", 3).is_err());
        assert!(record.digits("1a", 2).is_err());
        assert!(record.zoned(1000, 3).is_err());
        assert!(record.packed(-1000, 3).is_err());
    }
}
