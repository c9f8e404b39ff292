//! Sources that are not what their file says: each gives a clear problem, and nothing of them is lost.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use concordat_read::Wanted;
use concordat_record::Problems;

use super::bodies::*;
use super::refresh::{quarantine, standing};
use crate::Snapshot;

const COPYBOOK: &str = "       01  CHARITY.
           05  CH-ID      PIC 9(6).
           05  CH-NAME    PIC X(30).
           05  CH-STATE   PIC X(2).
           05  CH-INCOME  PIC S9(7)V99 COMP-3.
";
/// Bytes of a record by that copybook.
pub(super) const LENGTH: usize = 43;

const MAINFRAME: &str = "kind = \"copybook\"\npath = \"legacy/charities.dat\"\n\n[copybook]\n\
                         path = \"legacy/charity.cpy\"\ncode_page = \"cp037\"\n";

const REGISTER_OF_EXTRACT: &str = r#"title = "Charities"
class = "LegalEntity"
source = "charities"
key = "CAST(ch_id AS VARCHAR)"

[properties]
legalName = "trim(ch_name)"
"registeredAddress.adminUnitL2" = "ch_state"

[facts.isRegistered]
title = "Is it registered?"
type = "boolean"
sql = "true"
"#;

/// EBCDIC code page 037, as far as these records need it.
fn ebcdic(text: &str) -> Vec<u8> {
    let letter = |c: u8| match c {
        b'A'..=b'I' => c - b'A' + 0xc1,
        b'J'..=b'R' => c - b'J' + 0xd1,
        b'S'..=b'Z' => c - b'S' + 0xe2,
        b'0'..=b'9' => c - b'0' + 0xf0,
        _ => 0x40,
    };
    text.bytes().map(letter).collect()
}

/// Fixed-length records of made-up charities.
pub(super) fn extract(count: usize) -> Vec<u8> {
    let record = |number: usize| {
        let text = format!("{number:06}{:<30}ME", format!("HARBOR SOCIETY {number}"));
        [ebcdic(&text), vec![0, 0x10, 0x20, 0x03, 0x4c]].concat()
    };
    (0..count).flat_map(record).collect()
}

/// The registry with a mainframe extract in place of its CSV, refreshed after some changes.
fn refreshed(change: impl FnOnce(&Place)) -> (Bodies, Result<Snapshot, Problems>) {
    let bodies = with_extract();
    change(&bodies.charities);
    let snapshot = bodies.charities.refresh();
    (bodies, snapshot)
}

/// Bodies of which one keeps its register on a mainframe.
pub(super) fn with_extract() -> Bodies {
    let bodies = Bodies::new();
    let place = &bodies.charities;
    place.write("sources/charities.toml", MAINFRAME);
    place.write("registers/charities.toml", REGISTER_OF_EXTRACT);
    place.write("legacy/charity.cpy", COPYBOOK);
    place.write("legacy/charities.dat", extract(40));
    std::fs::remove_file(place.folder.join("agreements/grants-charities.note")).unwrap();
    bodies
}

#[test]
fn an_extract_is_published_by_its_copybook() {
    let (_bodies, snapshot) = refreshed(|_| {});
    let snapshot = snapshot.unwrap();
    assert_eq!((snapshot.records, snapshot.quarantined), (40, 0));
}

#[test]
fn of_a_truncated_extract_the_cut_record_is_kept_aside_with_its_bytes() {
    let whole = extract(40);
    let cut = whole[..whole.len() - 9].to_vec();
    let (bodies, snapshot) = refreshed(|place| place.write("legacy/charities.dat", &cut));
    let snapshot = snapshot.unwrap();
    assert_eq!((snapshot.records, snapshot.quarantined), (39, 1));
    let line = &quarantine(&bodies.charities, &snapshot)[0];
    assert_eq!(line["code"], "read.truncated-record");
    assert_eq!((line["record_number"].as_u64(), line["byte_offset"].as_u64()), (Some(40), Some(39 * 43)));
    assert_eq!(STANDARD.decode(line["raw"].as_str().unwrap()).unwrap(), &cut[39 * LENGTH..]);
    assert!(line["sentence"].as_str().unwrap().contains("34"), "{line}");
}

#[test]
fn a_damaged_field_is_kept_aside_with_its_place() {
    let mut damaged = extract(40);
    damaged[7 * LENGTH + 42] = 0xff;
    let (bodies, snapshot) = refreshed(|place| place.write("legacy/charities.dat", &damaged));
    let snapshot = snapshot.unwrap();
    assert_eq!((snapshot.records, snapshot.quarantined), (39, 1));
    let line = &quarantine(&bodies.charities, &snapshot)[0];
    assert_eq!((&line["record_number"], &line["place"]["field"]), (&8.into(), &"CH-INCOME".into()));
    assert_eq!(STANDARD.decode(line["raw"].as_str().unwrap()).unwrap(), &damaged[7 * LENGTH..8 * LENGTH]);
}

/// Nothing is published, and the one problem says why.
fn refused(change: impl FnOnce(&Place), code: &str, words: &str) {
    let (bodies, snapshot) = refreshed(change);
    let problems = snapshot.unwrap_err();
    assert_eq!(codes(&problems), [code], "{problems}");
    assert!(problems.to_string().contains(words), "{problems}");
    assert!(standing(&bodies.charities).is_none());
}

#[test]
fn a_copybook_of_another_file() {
    let other = |place: &Place| {
        place.alter("legacy/charity.cpy", "PIC 9(6)", "PIC 9(9)");
    };
    refused(other, "read.wrong-layout", "CH-ID");
}

#[test]
fn a_copybook_that_is_no_copybook() {
    let broken = |place: &Place| place.alter("legacy/charity.cpy", "PIC X(30)", "PIC Q(30)");
    let (_bodies, snapshot) = refreshed(broken);
    let problem = snapshot.unwrap_err().0.remove(0);
    assert!(problem.code.starts_with("copybook."), "{problem}");
    assert_eq!((problem.place.file.as_deref(), problem.place.line), (Some("legacy/charity.cpy"), Some(3)));
}

#[test]
fn a_copybook_that_is_missing() {
    let gone = |place: &Place| std::fs::remove_file(place.folder.join("legacy/charity.cpy")).unwrap();
    refused(gone, "read.no-such-file", "legacy/charity.cpy");
}

#[test]
fn a_code_page_of_another_machine() {
    let ascii = |place: &Place| place.alter("sources/charities.toml", "cp037", "ascii");
    refused(ascii, "read.wrong-code-page", "EBCDIC");
}

#[test]
fn a_code_page_that_does_not_exist() {
    let bodies = Bodies::new();
    bodies.charities.write("sources/charities.toml", MAINFRAME.replace("cp037", "cp9999"));
    let problems = bodies.charities.body().err().unwrap();
    let place = problems.0[0].place.to_string();
    assert!(place.starts_with("sources/charities.toml:6"), "{problems}");
}

#[test]
fn broken_quotes_in_csv_set_aside_that_record_and_no_other() {
    let bodies = Bodies::new();
    let broken = "900,\"Open Sesame Trust,1 Quay Street,Bath,04530,ME,active,1990-05-01,17\n";
    let mut lines: Vec<String> = charities(60).lines().map(|line| format!("{line}\n")).collect();
    lines.insert(30, broken.into());
    bodies.charities.write("legacy/charities.csv", lines.concat());
    let snapshot = bodies.charities.refresh().unwrap();
    assert_eq!((snapshot.records, snapshot.quarantined), (60, 1));
    let line = &quarantine(&bodies.charities, &snapshot)[0];
    assert_eq!(line["record_number"], 30);
    assert!(line["code"].as_str().unwrap().starts_with("csv."), "{line}");
    assert_eq!(STANDARD.decode(line["raw"].as_str().unwrap()).unwrap(), broken.as_bytes());
    assert!(!line["sentence"].as_str().unwrap().contains("Sesame"), "{line}");
}

#[test]
fn a_database_that_is_missing_is_named_with_the_nearest() {
    let bodies = Bodies::new();
    bodies.charities.write("legacy/charities.sqlite", "");
    bodies.charities.write(
        "sources/charities.toml",
        "kind = \"sqlite\"\npath = \"legacy/charitys.sqlite\"\n\n[sqlite]\ntable = \"charity\"\n",
    );
    let problems = bodies.charities.refresh().unwrap_err();
    assert_eq!(codes(&problems), ["read.no-such-file"]);
    let advice = problems.0[0].advice.as_deref().unwrap();
    assert_eq!(advice, "did you mean `charities.sqlite` in the same folder?");
    assert_eq!(problems.0[0].place.file.as_deref(), Some("sources/charities.toml"));
}

#[test]
fn a_database_that_is_none() {
    let bodies = Bodies::new();
    bodies.charities.write("legacy/charities.sqlite", [7; 4096]);
    bodies.charities.write(
        "sources/charities.toml",
        "kind = \"sqlite\"\npath = \"legacy/charities.sqlite\"\n\n[sqlite]\ntable = \"charity\"\n",
    );
    let problems = bodies.charities.refresh().unwrap_err();
    assert!(problems.0[0].code.starts_with("sqlite."), "{problems}");
}

#[test]
fn a_source_is_read_for_people_as_far_as_they_want_and_rejects_are_kept() {
    let mut damaged = extract(40);
    damaged[LENGTH + 42] = 0xff;
    let (bodies, _snapshot) = refreshed(|place| place.write("legacy/charities.dat", &damaged));
    let place = &bodies.charities;
    let quarantine = place.folder.join("rejects.jsonl");
    let (mut out, mut seen) = (Vec::new(), 0);
    let summary = crate::read_source(
        &place.folder.join("sources/charities.toml"),
        MAINFRAME,
        &Wanted { limit: Some(3), ..Wanted::default() },
        crate::ReadForm::Table(concordat_engine::OutputFormat::from_name("csv").unwrap()),
        &mut out,
        Some(&quarantine),
        &mut |stage| seen = stage.records,
    )
    .unwrap();
    assert_eq!((summary.records, summary.rejected, summary.first_problems.len()), (3, 1, 1));
    assert!(seen >= 3);
    let text = String::from_utf8(out).unwrap();
    assert_eq!(text.lines().count(), 4, "{text}");
    assert!(text.contains("HARBOR SOCIETY 2") && !text.contains("SOCIETY 1\n"), "{text}");
    assert_eq!(place.read("rejects.jsonl").lines().count(), 1);
}
