//! Text of a file as UTF-8, in a way that can be reckoned back: which bytes of the file some of the text was.
//!
//! Bytes that are no text become replacement characters, and these stand for as many bytes again.

use encoding_rs::{Decoder, DecoderResult, EncoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// What stands for a byte of an encoding of bytes that is part of no letter, and for half a letter of UTF-16.
const REPLACEMENT: &str = "\u{fffd}";
/// What is written for such a byte, which is not known any more.
const SUBSTITUTE: u8 = 0x3f;

/// Adds the text of some bytes; `last` says that no more come.
pub(crate) fn decode(decoder: &mut Decoder, raw: &[u8], last: bool, out: &mut Vec<u8>) {
    const ROOM: usize = 1 << 20;
    let mut rest = raw;
    loop {
        let room = decoder.max_utf8_buffer_length_without_replacement(rest.len()).unwrap_or(ROOM);
        let mut text = String::with_capacity(room);
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut text, last);
        out.extend_from_slice(text.as_bytes());
        rest = rest.get(read..).unwrap_or_default();
        match result {
            DecoderResult::InputEmpty => return,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(bytes, _) => {
                let replaced = if is_wide(decoder.encoding()) { 1 } else { usize::from(bytes) };
                out.extend_from_slice(REPLACEMENT.repeat(replaced).as_bytes());
            }
        }
    }
}

/// How many bytes some of the text takes in the file. Half a letter at the end of a file counts as a whole one.
pub(crate) fn encoded_length(text: &[u8], encoding: &'static Encoding) -> u64 {
    if encoding == UTF_8 || (!is_wide(encoding) && text.is_ascii()) {
        return text.len() as u64;
    }
    if is_wide(encoding) {
        return 2 * String::from_utf8_lossy(text).encode_utf16().count() as u64;
    }
    encode(text, encoding).len() as u64
}

/// Some of the text as it stands in the file.
pub(crate) fn encode(text: &[u8], encoding: &'static Encoding) -> Vec<u8> {
    if encoding == UTF_8 {
        return text.to_vec();
    }
    let text = String::from_utf8_lossy(text);
    if encoding == UTF_16LE {
        return text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    }
    if encoding == UTF_16BE {
        return text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    }
    let mut raw = Vec::with_capacity(text.len());
    for (index, part) in text.split(REPLACEMENT).enumerate() {
        if index > 0 {
            raw.push(SUBSTITUTE);
        }
        encode_letters(part, encoding, &mut raw);
    }
    raw
}

/// A few letters can be read and not written: those that users made for themselves, and doublets. They are reckoned with their usual length.
fn encode_letters(mut text: &str, encoding: &'static Encoding, raw: &mut Vec<u8>) {
    let mut encoder = encoding.new_encoder();
    let usual = if encoding.is_single_byte() { 1 } else { 2 };
    loop {
        let room = encoder.max_buffer_length_from_utf8_without_replacement(text.len());
        raw.reserve(room.unwrap_or(text.len()));
        let (result, read) = encoder.encode_from_utf8_to_vec_without_replacement(text, raw, true);
        text = text.get(read..).unwrap_or_default();
        match result {
            EncoderResult::InputEmpty => return,
            EncoderResult::OutputFull => {}
            EncoderResult::Unmappable(_) => raw.extend([SUBSTITUTE].repeat(usual)),
        }
    }
}

fn is_wide(encoding: &'static Encoding) -> bool {
    encoding == UTF_16LE || encoding == UTF_16BE
}

#[cfg(test)]
mod tests {
    use encoding_rs::{EUC_KR, Encoding, SHIFT_JIS, UTF_16LE, WINDOWS_1253};
    use proptest::prelude::*;

    use super::{decode, encode, encoded_length};

    fn decoded(raw: &[u8], encoding: &'static Encoding) -> Vec<u8> {
        let mut text = Vec::new();
        decode(&mut encoding.new_decoder_without_bom_handling(), raw, true, &mut text);
        text
    }

    #[test]
    fn bytes_that_are_no_letters_count_as_many() {
        for (raw, encoding, expected) in [
            (&b"a\x81\xffb"[..], SHIFT_JIS, "a\u{fffd}\u{fffd}b"),
            (b"a\xd2b", WINDOWS_1253, "a\u{fffd}b"),
            (b"a\0\0\xd8b\0", UTF_16LE, "a\u{fffd}b"),
        ] {
            let text = decoded(raw, encoding);
            assert_eq!(String::from_utf8_lossy(&text), expected, "{}", encoding.name());
            assert_eq!(encoded_length(&text, encoding), raw.len() as u64, "{}", encoding.name());
        }
        assert_eq!(encode(&decoded(b"a\x81\xffb", SHIFT_JIS), SHIFT_JIS), b"a??b");
    }

    proptest! {
        #[test]
        fn lengths_are_reckoned_back_whatever_the_bytes(raw in prop::collection::vec(any::<u8>(), 0..60)) {
            for encoding in [SHIFT_JIS, WINDOWS_1253, EUC_KR] {
                let text = decoded(&raw, encoding);
                prop_assert_eq!(encoded_length(&text, encoding), raw.len() as u64, "{}", encoding.name());
            }
        }
    }
}
