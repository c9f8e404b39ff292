//! What picture and usage say a field holds, and in how many bytes.

use crate::copybook::coding::{BinarySize, ByteOrder, Coding, Sign, binary_digits, fewest_bytes};
use crate::copybook::picture::{Category, Picture};
use crate::copybook::syntax::{SignClause, Usage};

/// What a usage alone describes, and its bytes.
pub(super) fn without_picture(usage: Usage) -> Option<(Coding, usize)> {
    match usage {
        Usage::Float => Some((Coding::Float, 4)),
        Usage::Double => Some((Coding::Double, 8)),
        Usage::Sized(bytes, signed) => {
            let digits = if bytes == 8 && signed { 18 } else { binary_digits(bytes) };
            let coding = Coding::Binary { digits, scale: 0, signed, bytes, order: ByteOrder::Machine };
            Some((coding, usize::from(bytes)))
        }
        Usage::Opaque(bytes) => Some((Coding::Bytes, usize::from(bytes))),
        _ => None,
    }
}

pub(super) fn coding(
    picture: &Picture,
    usage: Usage,
    sign: Option<SignClause>,
    justified: bool,
    binary_size: BinarySize,
) -> Result<(Coding, usize), String> {
    let size = picture.size;
    match (picture.category, usage) {
        (Category::Number { digits, scale, signed }, usage) => {
            number(digits, scale, usage, place_of_sign(signed, sign), binary_size)
        }
        (Category::National, Usage::Display | Usage::National) | (Category::Text, Usage::National) => {
            Ok((Coding::National, size.saturating_mul(2)))
        }
        (Category::Dbcs, Usage::Display | Usage::Dbcs) | (Category::National, Usage::Dbcs) => {
            Ok((Coding::Dbcs, size.saturating_mul(2)))
        }
        // A character of UTF-8 may take four bytes, and IBM keeps room for that.
        (Category::Utf8, Usage::Display | Usage::Utf8) => Ok((Coding::Utf8, size.saturating_mul(4))),
        (Category::Text, Usage::Utf8) => Ok((Coding::Utf8, size)),
        (Category::Text, Usage::Display) => Ok((Coding::Text { justified }, size)),
        (Category::Text, Usage::Binary) => Ok((Coding::Bytes, size)),
        (Category::Text, Usage::Unsigned | Usage::Native | Usage::LittleEndian) if size <= 16 => {
            let (digits, order) = (binary_digits(size as u8), byte_order(usage));
            Ok((Coding::Binary { digits, scale: 0, signed: false, bytes: size as u8, order }, size))
        }
        (Category::Edited { digits, scale, signed }, Usage::Display) => {
            let sign = place_of_sign(signed, sign);
            let sign_byte = usize::from(matches!(sign, Sign::Separate { .. }));
            Ok((Coding::Edited { digits, scale, mask: picture.mask.clone(), sign }, size + sign_byte))
        }
        (Category::ExternalFloat { scale }, Usage::Display) => Ok((Coding::ExternalFloat { scale }, size)),
        _ => Err("only a numeric picture (9, S, V, P) can have this usage".into()),
    }
}

fn place_of_sign(signed: bool, clause: Option<SignClause>) -> Sign {
    match clause {
        _ if !signed => Sign::Unsigned,
        Some(SignClause { leading, separate: true }) => Sign::Separate { leading },
        Some(SignClause { leading, separate: false }) => Sign::Overpunched { leading },
        None => Sign::Overpunched { leading: false },
    }
}

fn byte_order(usage: Usage) -> ByteOrder {
    match usage {
        Usage::Native | Usage::Sized(..) => ByteOrder::Machine,
        Usage::LittleEndian => ByteOrder::Little,
        _ => ByteOrder::Big,
    }
}

fn number(
    digits: u8,
    scale: i8,
    usage: Usage,
    sign: Sign,
    binary_size: BinarySize,
) -> Result<(Coding, usize), String> {
    let signed = sign != Sign::Unsigned;
    let places = usize::from(digits) + usize::from(matches!(sign, Sign::Separate { .. }));
    match usage {
        Usage::Display => Ok((Coding::Zoned { digits, scale, sign }, places)),
        Usage::National => Ok((Coding::NationalDigits { digits, scale, sign }, places * 2)),
        Usage::Binary | Usage::Native | Usage::LittleEndian | Usage::Unsigned => {
            let bytes = match usage {
                Usage::Unsigned => fewest_bytes(digits, signed),
                _ => binary_size.bytes(digits, signed),
            };
            let order = byte_order(usage);
            Ok((Coding::Binary { digits, scale, signed, bytes, order }, usize::from(bytes)))
        }
        Usage::Packed => {
            Ok((Coding::Packed { digits, scale, signed, sign_nibble: true }, usize::from(digits) / 2 + 1))
        }
        Usage::PackedUnsigned => {
            let length = usize::from(digits).div_ceil(2);
            Ok((Coding::Packed { digits, scale, signed: false, sign_nibble: false }, length))
        }
        Usage::Float | Usage::Double => Err("COMP-1 and COMP-2 have no picture".into()),
        Usage::Sized(..) | Usage::Opaque(_) => Err("this usage has no picture".into()),
        Usage::Dbcs | Usage::Utf8 => Err("a number cannot have this usage".into()),
    }
}
