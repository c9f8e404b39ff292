//! Buffer addresses on the wire: 12 or 14 bits in two bytes (GA23-0059, "Buffer Addressing" and figure "Buffer Address I/O codes").

/// Six bits as a graphic character, so that any line of the sixties carries them.
const SIX_BITS: [u8; 64] = [
    0x40, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f, //
    0x50, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0x5a, 0x5b, 0x5c, 0x5d, 0x5e, 0x5f, //
    0x60, 0x61, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, //
    0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0x7a, 0x7b, 0x7c, 0x7d, 0x7e, 0x7f,
];

/// The graphic character of the low six bits.
pub(crate) fn six_bits(value: u8) -> u8 {
    SIX_BITS[usize::from(value & 0x3f)]
}

/// The address that two bytes mean; the first two bits say which of the two forms it is.
pub(crate) fn decode(high: u8, low: u8) -> usize {
    if high & 0xc0 == 0 {
        usize::from(high & 0x3f) << 8 | usize::from(low)
    } else {
        usize::from(high & 0x3f) << 6 | usize::from(low & 0x3f)
    }
}

/// An address for a screen of so many positions: 12 bits where they suffice.
pub(crate) fn encode(address: usize, positions: usize) -> [u8; 2] {
    if positions <= 0x1000 {
        [six_bits((address >> 6) as u8), six_bits(address as u8)]
    } else {
        [(address >> 8) as u8 & 0x3f, address as u8]
    }
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn every_address_of_every_screen_comes_back() {
        for positions in [24 * 80, 43 * 80, 27 * 132, 0x3fff] {
            for address in 0..positions {
                let [high, low] = encode(address, positions);
                assert_eq!(decode(high, low), address, "of {positions}");
            }
        }
    }

    #[test]
    fn addresses_are_those_of_the_manual() {
        assert_eq!(encode(0, 1920), [0x40, 0x40]);
        assert_eq!(encode(80, 1920), [0xc1, 0x50]);
        assert_eq!(encode(1919, 1920), [0x5d, 0x7f]);
        assert_eq!(decode(0x07, 0x7f), 1919);
    }
}
