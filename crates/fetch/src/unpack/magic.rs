//! How a file is packed, by its first bytes; never by its name, which lies too often.

/// The ways of packing that are undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    /// RFC 1952.
    Gzip,
    /// Of the program `bzip2`.
    Bzip2,
    /// RFC 8878.
    Zstd,
    /// PKWARE, *APPNOTE.TXT*.
    Zip,
    /// POSIX `ustar` and `pax`, GNU, and the old form of Unix Version 7.
    Tar,
}

/// What the first bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Looks {
    /// Nothing that is known.
    Plain,
    /// Packed in a way that is undone.
    Packed(Packing),
    /// Packed in a way that is not: its name.
    Foreign(&'static str),
}

/// How many bytes are looked at: the header of a tar archive.
pub(crate) const HEAD: usize = 512;

/// What the first bytes of a file say.
pub(crate) fn look(head: &[u8]) -> Looks {
    let begins = |magic: &[u8]| head.starts_with(magic);
    // RFC 1952, section 2.3.1: the only method is 8, and the upper three flags are zero.
    if begins(b"\x1f\x8b\x08") && head.get(3).is_some_and(|flags| flags & 0xe0 == 0) {
        return Looks::Packed(Packing::Gzip);
    }
    if begins(b"BZh") && head.get(3).is_some_and(|size| (b'1'..=b'9').contains(size)) {
        let block = head.get(4..10);
        // The magic of a block, or that of the end where the file was empty.
        if block == Some(b"\x31\x41\x59\x26\x53\x59") || block == Some(b"\x17\x72\x45\x38\x50\x90") {
            return Looks::Packed(Packing::Bzip2);
        }
    }
    if begins(b"\x28\xb5\x2f\xfd") || is_skippable_frame(head) {
        return Looks::Packed(Packing::Zstd);
    }
    if begins(b"PK\x03\x04") || begins(b"PK\x05\x06") || begins(b"PK\x07\x08PK\x03\x04") {
        return Looks::Packed(Packing::Zip);
    }
    if is_tar_header(head) {
        return Looks::Packed(Packing::Tar);
    }
    let foreign: [(&[u8], &str); 4] = [
        (b"\xfd7zXZ\0", "xz"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"Rar!\x1a\x07", "rar"),
        (b"LZIP\x01", "lzip"),
    ];
    match foreign.iter().find(|(magic, _)| begins(magic)) {
        Some((_, name)) => Looks::Foreign(name),
        None => Looks::Plain,
    }
}

/// RFC 8878, section 3.1.2. Such a frame begins a file of the parallel and seekable variants; alone it would be no evidence, so
/// the frame behind it must be in sight.
fn is_skippable_frame(head: &[u8]) -> bool {
    let Some((magic, rest)) = head.split_first_chunk::<4>() else { return false };
    let Some(size) = rest.first_chunk::<4>() else { return false };
    let skipped = usize::try_from(u32::from_le_bytes(*size)).unwrap_or(usize::MAX);
    (0x184d_2a50..=0x184d_2a5f).contains(&u32::from_le_bytes(*magic))
        && head
            .get(8usize.saturating_add(skipped)..)
            .is_some_and(|next| next.starts_with(b"\x28\xb5\x2f\xfd"))
}

/// Whether a block of 512 bytes is the header of a tar archive: its checksum is right. The magic alone would miss old archives.
pub(crate) fn is_tar_header(head: &[u8]) -> bool {
    let Some(block) = head.first_chunk::<HEAD>() else { return false };
    let has_name = block.first().is_some_and(|byte| *byte != 0);
    // The size is in octal digits or, of GNU's large files, in binary with the upper bit set.
    let size = block.get(124..136).unwrap_or_default();
    let plausible = size.iter().all(|byte| matches!(byte, b'0'..=b'7' | b' ' | 0))
        || size.first().is_some_and(|byte| byte & 0x80 != 0);
    has_name && plausible && checksum_holds(block)
}

/// POSIX, *pax*, "ustar Interchange Format": the sum of all bytes, those of the checksum itself taken as spaces. Some old
/// programs added signed bytes.
pub(crate) fn checksum_holds(block: &[u8; HEAD]) -> bool {
    let field = block.get(148..156).unwrap_or_default();
    let digits: String = field
        .iter()
        .map(|byte| char::from(*byte))
        .skip_while(|digit| *digit == ' ')
        .take_while(char::is_ascii_digit)
        .collect();
    let Ok(written) = i64::from_str_radix(&digits, 8) else { return false };
    let summed = |value: fn(u8) -> i64| -> i64 {
        block
            .iter()
            .enumerate()
            .map(|(at, byte)| if (148..156).contains(&at) { 32 } else { value(*byte) })
            .sum()
    };
    written == summed(i64::from) || written == summed(|byte| i64::from(byte.cast_signed()))
}

#[cfg(test)]
mod tests {
    use super::{Looks, Packing, look};

    #[test]
    fn data_that_only_begins_like_a_packed_file_is_plain() {
        for plain in [
            &b""[..],
            b"\x1f\x8b",
            b"\x1f\x8b\x08\xff",
            b"BZh9 is the name of a hospital",
            b"PK;name\n1;a",
            b"\x50\x2a\x4d\x18\x04\0\0\0abcd",
            &[b'a'; 600],
            &[0; 600],
        ] {
            assert_eq!(look(plain), Looks::Plain, "{plain:?}");
        }
    }

    #[test]
    fn each_magic_is_known() {
        assert_eq!(look(b"\x1f\x8b\x08\0"), Looks::Packed(Packing::Gzip));
        assert_eq!(look(b"BZh9\x31\x41\x59\x26\x53\x59"), Looks::Packed(Packing::Bzip2));
        assert_eq!(look(b"\x28\xb5\x2f\xfd\0"), Looks::Packed(Packing::Zstd));
        assert_eq!(look(b"\x50\x2a\x4d\x18\x02\0\0\0ab\x28\xb5\x2f\xfd"), Looks::Packed(Packing::Zstd));
        assert_eq!(look(b"PK\x03\x04"), Looks::Packed(Packing::Zip));
        assert_eq!(look(b"PK\x05\x06"), Looks::Packed(Packing::Zip));
        let mut header = tar::Header::new_old();
        header.set_path("a.csv").unwrap();
        header.set_size(3);
        header.set_cksum();
        assert_eq!(look(header.as_bytes()), Looks::Packed(Packing::Tar));
        assert_eq!(look(b"\xfd7zXZ\0\0"), Looks::Foreign("xz"));
    }
}
