//! Archives and compressed files as the programs write them, and as nobody should.

mod fuzzed;
mod programs;
mod tar_headers;

use std::fs;
use std::io::{Cursor, Read, Write};

use concordat_record::Problem;
use flate2::Compression;

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
