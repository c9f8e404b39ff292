//! Headers of tar by hand: extended ones, and those of sparse files.

use super::{CSV, gives, tar};
use crate::unpack::Unpack;

#[test]
fn long_names_and_extended_headers_name_the_member() {
    let long = format!("{}/a.csv", "folder".repeat(40));
    gives(&tar(&[(&long, CSV)]), &Unpack::default(), &[(&format!("f!{}…", &long[..200]), CSV)]);
    let record = b"29 path=2024/b\xc3\xa4.csv of 2024\n";
    assert_eq!(record.len(), 29);
    let archive =
        [header(b'x', "pax", 29, &[]), padded(record), header(b'0', "short", CSV.len(), &[]), padded(CSV)]
            .concat();
    gives(&archive, &Unpack::default(), &[("f!2024/bä.csv of 2024", CSV)]);
}

#[test]
fn sparse_files_have_their_holes_in_all_four_forms() {
    let expected: &[u8] = b"\0\0\0\0\0\0\0\0abcd\0\0\0\0ef\0\0";
    let gnu = |block: &mut [u8; 512]| {
        for (at, number) in [(386, 8), (398, 4), (410, 16), (422, 2), (483, 20)] {
            block[at..at + 11].copy_from_slice(format!("{number:011o}").as_bytes());
        }
        block[257..265].copy_from_slice(b"ustar  \0");
    };
    let pax = |records: &[&str]| -> Vec<u8> {
        let bytes: Vec<u8> = records.iter().flat_map(|record| pax_record(record)).collect();
        [header(b'x', "pax", bytes.len(), &[]), padded(&bytes)].concat()
    };
    let file = |bytes: &[u8]| [header(b'0', "GNUSparseFile.0/a", bytes.len(), &[]), padded(bytes)].concat();
    let map_before: Vec<u8> = [padded(b"2\n8\n4\n16\n2\n"), b"abcdef".to_vec()].concat();
    let archives = [
        [header(b'S', "a", 6, &[&gnu]), padded(b"abcdef")].concat(),
        [
            pax(&[
                "GNU.sparse.size=20",
                "GNU.sparse.name=a",
                "GNU.sparse.offset=8",
                "GNU.sparse.numbytes=4",
                "GNU.sparse.offset=16",
                "GNU.sparse.numbytes=2",
            ]),
            file(b"abcdef"),
        ]
        .concat(),
        [pax(&["GNU.sparse.size=20", "GNU.sparse.name=a", "GNU.sparse.map=8,4,16,2"]), file(b"abcdef")]
            .concat(),
        [
            pax(&["GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.name=a", "GNU.sparse.realsize=20"]),
            file(&map_before),
        ]
        .concat(),
    ];
    for archive in archives {
        gives(&archive, &Unpack::default(), &[("f!a", expected)]);
    }
}

fn pax_record(record: &str) -> Vec<u8> {
    let mut length = record.len() + 2;
    while format!("{length}").len() + record.len() + 2 != length {
        length += 1;
    }
    format!("{length} {record}\n").into_bytes()
}

/// What is written into a header by hand.
pub(super) type Change<'a> = &'a dyn Fn(&mut [u8; 512]);

/// A header of tar by hand.
pub(super) fn header(kind: u8, name: &str, size: usize, more: &[Change<'_>]) -> Vec<u8> {
    let mut block = [0; 512];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
    block[156] = kind;
    block[257..265].copy_from_slice(b"ustar\x0000");
    for change in more {
        change(&mut block);
    }
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    block.to_vec()
}

pub(super) fn padded(bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    out.resize(bytes.len().next_multiple_of(512), 0);
    out
}
