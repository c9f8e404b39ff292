//! Archives as nobody wrote them.

use proptest::prelude::*;

use super::tar_headers::{header, padded};
use super::{CSV, bzip2, gzip, member, read, tar, zip, zstd};
use crate::unpack::{Limits, Unpack};

fn any_archive() -> impl Strategy<Value = Vec<u8>> {
    let some = [
        gzip(CSV),
        bzip2(CSV),
        zstd(CSV),
        zip(&[("a.csv", CSV), ("b/c.csv", b"x")]),
        tar(&[("a.csv", CSV), ("b/c.csv", b"x")]),
        gzip(&tar(&[("a.csv", CSV)])),
        zip(&[("inner.zip", &zip(&[("a.csv", CSV)]))]),
        [header(b'S', "a", 6, &[]), padded(b"abcdef")].concat(),
    ];
    prop::sample::select(some.to_vec())
}

proptest! {
    #[test]
    fn mutated_archives_never_panic_or_go_on_for_ever(
        mut archive in any_archive(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
        cuts in any::<bool>(),
    ) {
        for (at, byte) in changes {
            let at = at.index(archive.len());
            archive[at] = byte;
        }
        if cuts {
            archive.truncate(cut.index(archive.len()));
        }
        let limits = Limits { bytes: 1 << 22, copy: 1 << 22, ..Limits::DEFAULT };
        let _ = read(&archive, &Unpack { limits, ..member("*.csv") });
        let _ = read(&archive, &Unpack { limits, ..Unpack::default() });
    }

    #[test]
    fn arbitrary_bytes_behind_a_magic_never_panic(
        magic in prop::sample::select(vec![&b"\x1f\x8b\x08\0"[..], b"BZh91AY&SY", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"PK\x05\x06"]),
        rest in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let _ = read(&[magic, &rest].concat(), &Unpack::default());
    }
}
