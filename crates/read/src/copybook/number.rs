//! What the decoders of numbers share.

use super::fault::Reason;

/// A decoded number, nothing where the field is blank, or why it is none.
pub(crate) type Cell<T> = Result<Option<T>, Reason>;

/// Arithmetic that `i64` and `i128` share.
pub(crate) trait Number: Copy {
    fn then_digit(self, digit: u8) -> Self;
    fn digit_before(digit: u8, places: usize, rest: Self) -> Self;
    fn negated(self) -> Self;
    fn zero() -> Self;
    fn is_zero(self) -> bool;
}

macro_rules! number {
    ($($type:ty),*) => {$(
        impl Number for $type {
            fn then_digit(self, digit: u8) -> Self {
                self.wrapping_mul(10).wrapping_add(Self::from(digit & 0x0f))
            }

            fn digit_before(digit: u8, places: usize, rest: Self) -> Self {
                (0..places).fold(Self::from(digit), |value, _| value.wrapping_mul(10)).wrapping_add(rest)
            }

            fn negated(self) -> Self {
                -self
            }

            fn zero() -> Self {
                0
            }

            fn is_zero(self) -> bool {
                self == 0
            }
        }
    )*};
}
number!(i64, i128);
