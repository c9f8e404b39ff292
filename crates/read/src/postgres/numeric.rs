//! The binary form of `numeric`: groups of four decimal digits (`numeric_send` in `src/backend/utils/adt/numeric.c`).
//!
//! | bytes | what |
//! |---|---|
//! | 2 | how many groups follow |
//! | 2 | the weight of the first one: its power of 10000 |
//! | 2 | 0x0000 positive, 0x4000 negative, 0xC000 not a number, 0xD000 infinite, 0xF000 infinite and negative |
//! | 2 | digits behind the point that are shown |
//! | 2 each | the groups |

use crate::databases::values::Misfit;

const NEGATIVE: u16 = 0x4000;
const POSITIVE: u16 = 0;

/// The value in units of ten to the power of minus `scale`.
pub(crate) fn decode(raw: &[u8], precision: u8, scale: i8) -> Result<i128, Misfit> {
    let (header, groups) = raw.split_at_checked(8).ok_or(Misfit::Form)?;
    let word = |at: usize| u16::from_be_bytes([header[at], header[at + 1]]);
    let (count, weight, sign) = (usize::from(word(0)), i32::from(word(2) as i16), word(4));
    if sign != POSITIVE && sign != NEGATIVE {
        return Err(Misfit::NotANumber);
    }
    if groups.len() != count * 2 {
        return Err(Misfit::Form);
    }
    let mut value = 0i128;
    for (place, group) in groups.chunks_exact(2).enumerate() {
        let group = i128::from(u16::from_be_bytes([group[0], group[1]]));
        // The power of ten of the group's last digit, counted in the units of the result.
        let power = (weight - place as i32) * 4 + i32::from(scale);
        value = value.checked_add(scaled(group, power)?).ok_or(Misfit::Digits)?;
    }
    if value >= 10i128.checked_pow(precision.into()).unwrap_or(i128::MAX) {
        return Err(Misfit::Digits);
    }
    Ok(if sign == NEGATIVE { -value } else { value })
}

/// A group times a power of ten; the digits that a power below zero cuts off must be zeros.
fn scaled(group: i128, power: i32) -> Result<i128, Misfit> {
    if group == 0 {
        return Ok(0);
    }
    let Ok(power) = u32::try_from(power) else {
        let unit = 10i128.checked_pow(power.unsigned_abs()).ok_or(Misfit::Digits)?;
        return if group % unit == 0 { Ok(group / unit) } else { Err(Misfit::Digits) };
    };
    10i128.checked_pow(power).and_then(|unit| group.checked_mul(unit)).ok_or(Misfit::Digits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::decode;
    use crate::databases::values::Misfit;

    fn wire(weight: i16, sign: u16, groups: &[u16]) -> Vec<u8> {
        let header = [groups.len() as u16, weight as u16, sign, 0];
        header.iter().chain(groups).flat_map(|word| word.to_be_bytes()).collect()
    }

    #[test]
    fn numbers_are_exact_or_refused() {
        for (weight, sign, groups, expected) in [
            (0, 0, &[12, 3400][..], Ok(1234)),
            (0, 0x4000, &[12, 3400], Ok(-1234)),
            (-1, 0, &[100], Ok(1)),
            (1, 0, &[1], Ok(1_000_000)),
            (0, 0, &[], Ok(0)),
            (-1, 0, &[1234], Err(Misfit::Digits)),
            (20, 0, &[1], Err(Misfit::Digits)),
            (0, 0xc000, &[], Err(Misfit::NotANumber)),
            (0, 0xd000, &[], Err(Misfit::NotANumber)),
        ] {
            assert_eq!(decode(&wire(weight, sign, groups), 10, 2), expected, "{weight} {groups:?}");
        }
        assert_eq!(decode(&[0, 1, 0, 0, 0, 0, 0, 0], 10, 2), Err(Misfit::Form));
        assert_eq!(decode(&[0; 7], 10, 2), Err(Misfit::Form));
    }

    proptest! {
        #[test]
        fn every_decimal_comes_back(value in -(10i128.pow(38) - 1)..10i128.pow(38)) {
            // With eight digits behind the point, the groups are those of the whole number, two of them below the point.
            let digits = format!("{:040}", value.unsigned_abs());
            let groups: Vec<u16> = digits.as_bytes().chunks(4)
                .map(|chunk| std::str::from_utf8(chunk).unwrap().parse().unwrap()).collect();
            let sign = if value < 0 { 0x4000 } else { 0 };
            prop_assert_eq!(decode(&wire(7, sign, &groups), 38, 8), Ok(value));
        }

        #[test]
        fn no_bytes_make_it_panic(raw in prop::collection::vec(any::<u8>(), 0..40), scale in 0i8..38) {
            let _ = decode(&raw, 38, scale);
        }
    }
}
