//! Archives and compressed files as the programs write them, and as nobody should.

use std::fs;
use std::io::{Cursor, Read, Write};

use concordat_record::Problem;
use flate2::Compression;
use proptest::prelude::*;

use super::{Limits, Unpack, pattern};
use crate::{FetchedFile, Found, problem_of};

const CSV: &[u8] = b"id;name\n1;St. Mary\n2;St. John\n";

/// A file read: its name, its bytes, and the problem it ended with.
type Read1 = (String, Vec<u8>, Option<&'static str>);

fn read(bytes: &[u8], unpack: &Unpack) -> Result<Vec<Read1>, Problem> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f");
    fs::write(&path, bytes).unwrap();
    let files = FetchedFile::all_in(Found::here(path.clone(), "f"), unpack)?;
    let read = files.iter().map(|file| {
        let mut out = Vec::new();
        let mut stream = file.stream()?;
        let ended = (&mut stream).take(1 << 24).read_to_end(&mut out);
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
        if ended.is_ok() && out.len() < 1 << 24 {
            assert_eq!(
                stream.digest().unwrap().as_slice(),
                digest.as_ref(),
                "the digest is of the file as it lies"
            );
        }
        Ok((file.shown().to_owned(), out, ended.err().map(|error| problem_of("f", &error).code)))
    });
    read.collect()
}

fn member(text: &str) -> Unpack {
    Unpack { member: Some(pattern(text).unwrap()), ..Unpack::default() }
}

#[track_caller]
fn gives(bytes: &[u8], unpack: &Unpack, expected: &[(&str, &[u8])]) {
    let expected: Vec<Read1> =
        expected.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec(), None)).collect();
    assert_eq!(read(bytes, unpack).unwrap(), expected);
}

#[track_caller]
fn refused(bytes: &[u8], unpack: &Unpack, code: &str) -> Problem {
    let problem = read(bytes, unpack).unwrap_err();
    assert_eq!(problem.code, code, "{problem}");
    problem
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), Compression::best());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut out = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        out.append_data(&mut header, name, *bytes).unwrap();
    }
    out.into_inner().unwrap()
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        out.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(bytes).unwrap();
    }
    out.finish().unwrap().into_inner()
}

#[test]
fn compressed_files_are_read_in_place_with_all_their_parts() {
    for pack in [gzip, bzip2, zstd] {
        gives(&pack(CSV), &Unpack::default(), &[("f", CSV)]);
        gives(
            &[pack(b"id;na"), pack(b"me\n1;a\n")].concat(),
            &Unpack::default(),
            &[("f", b"id;name\n1;a\n")],
        );
        gives(&pack(b""), &Unpack::default(), &[("f", b"")]);
        gives(&pack(&pack(CSV)), &Unpack::default(), &[("f", CSV)]);
    }
    // Blocks of a tape are filled up with zeros.
    gives(&[gzip(CSV), vec![0; 700]].concat(), &Unpack::default(), &[("f", CSV)]);
}

#[test]
fn packed_files_are_left_as_they_lie_when_told() {
    let packed = gzip(CSV);
    gives(&packed, &Unpack { recognise: false, ..Unpack::default() }, &[("f", &packed)]);
}

#[test]
fn the_only_file_of_an_archive_is_meant_whatever_hides_beside_it() {
    let files: &[(&str, &[u8])] = &[(".DS_Store", b"x"), ("out/a.csv", CSV), ("__MACOSX/out/._a.csv", b"y")];
    gives(&zip(files), &Unpack::default(), &[("f!out/a.csv", CSV)]);
    gives(&tar(files), &Unpack::default(), &[("f!out/a.csv", CSV)]);
    gives(&gzip(&tar(files)), &Unpack::default(), &[("f!out/a.csv", CSV)]);
}

#[test]
fn members_are_chosen_by_pattern_and_read_in_the_order_of_their_names() {
    let files: &[(&str, &[u8])] =
        &[("b.csv", b"2"), ("readme.txt", b"x"), ("2023/a.csv", b"1"), ("b.csv", b"3")];
    let zipped: &[(&str, &[u8])] = &files[..3];
    gives(&zip(zipped), &member("*.csv"), &[("f!2023/a.csv", b"1"), ("f!b.csv", b"2")]);
    gives(&zip(zipped), &member("2023/*"), &[("f!2023/a.csv", b"1")]);
    // A later entry of the same name replaces the earlier one.
    gives(&tar(files), &member("*.csv"), &[("f!2023/a.csv", b"1"), ("f!b.csv", b"3")]);
}

#[test]
fn archives_within_archives_are_gone_through() {
    let inner = zip(&[("a.csv", CSV), ("b.txt", b"x")]);
    let name = "f!inner.zip!a.csv";
    gives(&zip(&[("inner.zip", &inner)]), &member("*.csv"), &[(name, CSV)]);
    gives(&gzip(&tar(&[("inner.zip", &inner)])), &member("*.csv"), &[(name, CSV)]);
    gives(
        &zip(&[("a.tar.gz", &gzip(&tar(&[("a.csv.bz2", &bzip2(CSV))])))]),
        &Unpack::default(),
        &[("f!a.tar.gz!a.csv.bz2", CSV)],
    );
}

#[test]
fn a_document_that_is_a_zip_archive_is_opened_whole() {
    for first in ["[Content_Types].xml", "mimetype"] {
        let document = zip(&[(first, b"x"), ("xl/workbook.xml", b"y")]);
        gives(&document, &Unpack::default(), &[("f", &document)]);
    }
}

#[test]
fn an_archive_of_several_files_asks_which() {
    for pack in [zip, tar] {
        let problem =
            refused(&pack(&[("a.csv", b"1"), ("b.csv", b"2")]), &Unpack::default(), "unpack.which-member");
        assert!(problem.advice.unwrap().ends_with("it holds a.csv, b.csv"));
        let problem = refused(&pack(&[("hospitals.csv", b"1")]), &member("hospital.csv"), "unpack.no-member");
        assert_eq!(problem.advice.unwrap(), "did you mean `hospitals.csv`?");
    }
}

#[test]
fn an_archive_without_files_says_so() {
    refused(&zip(&[]), &Unpack::default(), "unpack.no-member");
    refused(&tar(&[(".hidden", b"1")]), &Unpack::default(), "unpack.no-member");
}

#[test]
fn names_that_lead_out_of_an_archive_are_refused() {
    for name in ["../a.csv", "/etc/passwd", "a/../../b.csv", "C:evil.csv"] {
        refused(&zip(&[(name, CSV)]), &Unpack::default(), "unpack.unsafe-name");
    }
    let mut header = tar::Header::new_old();
    header.as_old_mut().name[..9].copy_from_slice(b"../../x.y");
    header.set_size(0);
    header.set_cksum();
    let archive = [header.as_bytes().as_slice(), &[0; 1024]].concat();
    refused(&archive, &Unpack::default(), "unpack.unsafe-name");
}

#[test]
fn an_encrypted_member_is_a_problem_that_says_so() {
    let mut archive = zip(&[("a.csv", CSV)]);
    let directory = archive.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    archive[6] |= 1;
    archive[directory + 8] |= 1;
    refused(&archive, &Unpack::default(), "unpack.encrypted");
}

#[test]
fn what_comes_before_a_cut_is_read_and_the_cut_is_told() {
    let long: Vec<u8> = (0..60_000u32)
        .flat_map(|n| format!("{n};{}\n", n.wrapping_mul(2_654_435_761)).into_bytes())
        .collect();
    let archives: [Vec<u8>; 6] = [
        gzip(&long),
        bzip2(&long),
        zstd(&long),
        zip(&[("a.csv", &long)]),
        tar(&[("a.csv", &long)]),
        gzip(&tar(&[("a.csv", &long)])),
    ];
    for (index, archive) in archives.iter().enumerate() {
        let cut = &archive[..archive.len() - archive.len() / 3];
        let (_, bytes, problem) = read(cut, &Unpack::default()).unwrap().remove(0);
        assert_eq!(problem, Some("unpack.truncated"), "{index}");
        assert!(bytes.len() > long.len() / 4 && long.starts_with(&bytes), "{index}: {}", bytes.len());
    }
}

#[test]
fn a_zip_archive_without_its_directory_gives_its_members_and_a_problem() {
    let archive = zip(&[("a.csv", b"1"), ("b.csv", b"2")]);
    let directory = archive.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    let read = read(&archive[..directory], &member("*.csv")).unwrap();
    let told = Some("unpack.truncated");
    assert_eq!(read, [("f!a.csv".into(), b"1".to_vec(), told), ("f!b.csv".into(), b"2".to_vec(), told)]);
}

#[test]
fn damage_is_found_by_the_checksums() {
    for (index, mut archive) in [gzip(CSV), bzip2(CSV), zip(&[("a.csv", CSV)])].into_iter().enumerate() {
        let at = archive.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap_or(archive.len()) - 6;
        archive[at] ^= 0x55;
        let problem = match read(&archive, &Unpack::default()) {
            Ok(mut read) => read.remove(0).2,
            Err(problem) => Some(problem.code),
        };
        assert!(matches!(problem, Some("unpack.damaged" | "unpack.truncated")), "{index}: {problem:?}");
    }
    let waste = [gzip(CSV), b"waste".to_vec()].concat();
    assert_eq!(
        read(&waste, &Unpack::default()).unwrap(),
        [("f".into(), CSV.to_vec(), Some("unpack.trailing-bytes"))]
    );
}

#[test]
fn a_file_that_unpacks_to_too_much_is_a_problem() {
    let limits = Limits { bytes: 1 << 20, ..Limits::DEFAULT };
    let unpack = Unpack { limits, ..Unpack::default() };
    let zeros = vec![0; 2 << 20];
    for archive in [gzip(&zeros), zstd(&zeros), zip(&[("a", &zeros)]), tar(&[("a", &zeros)])] {
        let (_, bytes, problem) = read(&archive, &unpack).unwrap().remove(0);
        assert_eq!((problem, bytes.len() <= 1 << 20), (Some("unpack.bomb"), true));
    }
}

#[test]
fn a_bomb_is_known_by_its_ratio() {
    // 2 GiB of zeros in frames of Zstandard that say little more than that.
    let frame = zstd::encode_all(std::io::repeat(0).take(1 << 26), 1).unwrap();
    let bomb: Vec<u8> = std::iter::repeat_n(frame, 32).flatten().collect();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("f"), bomb).unwrap();
    let files = FetchedFile::all_in(Found::here(folder.path().join("f"), "f"), &Unpack::default()).unwrap();
    let error = std::io::copy(&mut files[0].stream().unwrap(), &mut std::io::sink()).unwrap_err();
    assert_eq!(problem_of("f", &error).code, "unpack.bomb");
}

#[test]
fn more_layers_than_anybody_packs_are_refused() {
    let onion = (0..20).fold(CSV.to_vec(), |inner, _| gzip(&inner));
    refused(&onion, &Unpack::default(), "unpack.too-deep");
}

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
type Change<'a> = &'a dyn Fn(&mut [u8; 512]);

/// A header of tar by hand.
fn header(kind: u8, name: &str, size: usize, more: &[Change<'_>]) -> Vec<u8> {
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

fn padded(bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    out.resize(bytes.len().next_multiple_of(512), 0);
    out
}

#[test]
fn zip_members_whose_sizes_stand_behind_them_are_read() {
    let mut out = zip::ZipWriter::new_stream(Vec::new());
    for name in ["a.csv", "b.csv"] {
        out.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(CSV).unwrap();
    }
    let archive = out.finish().unwrap().into_inner();
    gives(&archive, &member("*.csv"), &[("f!a.csv", CSV), ("f!b.csv", CSV)]);
    let directory = archive.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    let cut = read(&archive[..directory], &member("*.csv")).unwrap();
    assert_eq!(cut.iter().map(|(_, bytes, _)| bytes.as_slice()).collect::<Vec<_>>(), [CSV, CSV]);
}

#[test]
fn a_zip_archive_of_64_bits_is_read() {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    out.start_file("a.csv", zip::write::SimpleFileOptions::default().large_file(true)).unwrap();
    out.write_all(CSV).unwrap();
    gives(&out.finish().unwrap().into_inner(), &Unpack::default(), &[("f!a.csv", CSV)]);
}

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

/// Files as Debian's programs pack them: their corners are those of the formats as they are written, not as they are specified.
#[test]
#[ignore = "needs bzip2, zip and zstd: cargo xtask test files"]
fn what_the_programs_pack_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let long: Vec<u8> = (0..300_000u32).flat_map(u32::to_be_bytes).collect();
    fs::write(folder.path().join("a.csv"), &long).unwrap();
    fs::create_dir(folder.path().join("ordner")).unwrap();
    fs::write(folder.path().join("ordner/spitäler.csv"), CSV).unwrap();
    let deep = "d".repeat(120);
    fs::create_dir(folder.path().join(&deep)).unwrap();
    fs::write(folder.path().join(&deep).join("e.csv"), CSV).unwrap();
    for (command, name, member, expected) in [
        ("gzip -k9 a.csv && mv a.csv.gz p", "", "*", &long[..]),
        ("gzip -c a.csv ordner/*.csv > p", "", "*", &[long.as_slice(), CSV].concat()),
        ("bzip2 -k a.csv && mv a.csv.bz2 p", "", "*", &long),
        ("zstd -q --ultra -20 a.csv -o p", "", "*", &long),
        ("zip -q p.zip a.csv ordner/* && mv p.zip p", "!ordner/spitäler.csv", "ordner/*", CSV),
        ("cat a.csv | zip -q p.zip - && mv p.zip p", "!-", "-", &long),
        ("zip -q -Z bzip2 p.zip a.csv && mv p.zip p", "!a.csv", "*", &long),
        ("zip -q -fz p.zip a.csv && mv p.zip p", "!a.csv", "*", &long),
        ("zip -q -0 p.zip a.csv && mv p.zip p", "!a.csv", "*", &long),
        ("tar cf p a.csv ordner", "!ordner/spitäler.csv", "ordner/*", CSV),
        ("tar cf p --format=gnu d*/", "", "e.csv", CSV),
        ("tar cf p --format=posix d*/ ordner", "", "e.csv", CSV),
        ("tar czf p --format=v7 a.csv", "!a.csv", "*", &long),
        (
            "truncate -s 3M s && printf x >> s && tar cSf p --format=gnu s",
            "!s",
            "*",
            &[vec![0; 3 << 20], b"x".to_vec()].concat(),
        ),
        (
            "truncate -s 3M t && printf x >> t && tar cSf p --format=posix t",
            "!t",
            "*",
            &[vec![0; 3 << 20], b"x".to_vec()].concat(),
        ),
        (
            "truncate -s 3M u && printf x >> u && tar cSf p --format=posix --sparse-version=0.1 u",
            "!u",
            "*",
            &[vec![0; 3 << 20], b"x".to_vec()].concat(),
        ),
    ] {
        let packed =
            std::process::Command::new("sh").args(["-ec", command]).current_dir(folder.path()).status();
        assert!(packed.unwrap().success(), "{command}");
        let path = folder.path().join("p");
        let read = read(&fs::read(&path).unwrap(), &self::member(member)).unwrap();
        assert_eq!(read.len(), 1, "{command}");
        assert!(
            read[0].0.starts_with(&format!("f{name}")) && read[0].2.is_none(),
            "{command}: {} {:?}",
            read[0].0,
            read[0].2
        );
        assert!(read[0].1 == expected, "{command}");
        fs::remove_file(path).unwrap();
    }
    let sealed = "zip -q -P s3cret p.zip a.csv && mv p.zip p";
    assert!(
        std::process::Command::new("sh")
            .args(["-ec", sealed])
            .current_dir(folder.path())
            .status()
            .unwrap()
            .success()
    );
    refused(&fs::read(folder.path().join("p")).unwrap(), &Unpack::default(), "unpack.encrypted");
}
