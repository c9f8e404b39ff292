//! What is proposed for files of every kind, and that it reads without editing.

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use tempfile::tempdir;

use super::folder::refuse_unsure;
use super::{Inspection, inspect, inspect_folder};
use crate::Source;
use crate::cases::read_all;
use crate::copybook::{CodePage, Dialect, Layout, RecordWriter, Row};

/// The proposal must parse, open and read as it is.
fn accepted(inspection: &Inspection) -> usize {
    let source = Source::parse(&inspection.proposal.source, "proposal.toml").unwrap();
    let mut reader = source.open(Path::new("")).unwrap();
    let batches = read_all(reader.as_mut()).unwrap();
    let rejects: Vec<_> = batches.iter().flat_map(|batch| &batch.rejects).collect();
    assert!(rejects.is_empty(), "{} {rejects:?}", inspection.proposal.source);
    batches.iter().map(|batch| batch.batch.num_rows()).sum()
}

#[test]
fn a_delimited_file_is_recognised_whatever_its_dialect() {
    let rows = "101;Ärztehaus;Köln;00123;2020-01-31\n102;Hafen GmbH;Bonn;00456;2021-02-28\n103;Müller;Köln;00789;2022-03-31\n";
    let with_header = format!("Unit ID;Name;Ort;Code;Registration date\n{rows}");
    for (name, data, encoding, expected) in [
        ("a.csv", with_header.clone().into_bytes(), "utf-8", "unit_id name ort code registration_date"),
        (
            "b.txt",
            encoding_rs::WINDOWS_1252.encode(&with_header).0.into_owned(),
            "windows-1252",
            "unit_id name ort code registration_date",
        ),
        (
            "c.tsv",
            with_header.replace(';', "\t").into_bytes(),
            "utf-8",
            "unit_id name ort code registration_date",
        ),
        ("d.csv", rows.as_bytes().to_vec(), "utf-8", "column_1 column_2 column_3 column_4 column_5"),
    ] {
        let folder = tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, data).unwrap();
        let inspection = inspect(Path::new(""), &path, None).unwrap();
        let columns: Vec<&str> = inspection.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!((inspection.kind, inspection.encoding.as_str()), ("csv", encoding), "{name}");
        assert_eq!(columns.join(" "), expected, "{name}");
        assert_eq!(accepted(&inspection), 3, "{name}");
        let first = &inspection.columns[0];
        assert!(first.likely_identifier && first.looks_like.as_deref() == Some("integer"), "{name}");
        assert_eq!(inspection.columns[3].looks_like, None, "{name}: leading zeros are kept");
        assert_eq!(inspection.columns[4].looks_like.as_deref(), Some("date(YYYY-MM-DD)"), "{name}");
        assert!(inspection.to_string().contains("likely identifier"));
    }
}

#[test]
fn a_register_is_proposed_from_the_names_of_the_columns() {
    let folder = tempdir().unwrap();
    let firms = folder.path().join("Company Register (2020).csv");
    fs::write(&firms, "Company number,Company name,Street,City,Zip code,Group\n1,A,s,c,1,x\n2,B,s,c,1,x\n")
        .unwrap();
    let inspection = inspect(Path::new(""), &firms, None).unwrap();
    assert_eq!(inspection.proposal.name, "company-register-2020");
    let expected = "# Proposed from the names of the columns: check every line.\n\
        title = \"company register 2020\"\nclass = \"LegalEntity\"\nsource = \"company-register-2020\"\nkey = \"company_number\"\n\n\
        [properties]\nlegalName = \"trim(company_name)\"\nlegalIdentifier = \"trim(company_number)\"\n\
        \"registeredAddress.thoroughfare\" = \"trim(street)\"\n\"registeredAddress.postName\" = \"trim(city)\"\n\
        \"registeredAddress.postCode\" = \"trim(zip_code)\"\n# Not used yet: group\n";
    assert_eq!(inspection.proposal.register, expected);
    let people = folder.path().join("people.csv");
    fs::write(&people, "First name,Last name,DOB\nAnna,Example,1990-01-01\nAnna,Example,1991-01-01\n")
        .unwrap();
    let register = inspect(Path::new(""), &people, None).unwrap().proposal.register;
    assert!(register.contains("class = \"Person\""), "{register}");
    assert!(register.contains("dateOfBirth = \"CAST(dob AS DATE)\""), "{register}");
}

const COPYBOOK: &str = "       01  CUSTOMER.\n           05  CUST-ID   PIC 9(6).\n           05  CUST-NAME PIC X(30).\n           05  BALANCE PIC S9(7)V99 COMP-3.\n           05  LAST-COUNT PIC 9(2) COMP.\n";

fn customers(page: &str, dialect: Dialect) -> Vec<u8> {
    let layout = Layout::parse(COPYBOOK, "a.cpy", dialect).unwrap();
    let writer = RecordWriter::new(&layout, CodePage::named(page).unwrap()).unwrap();
    let row = |number: i64| {
        let name = if page == "ascii" { "Mueller, Anna" } else { "Müller, Jürgen Größe" };
        let row = Row::new().with("cust_id", number).with("cust_name", name);
        row.with("balance", "-12.50").with("last_count", 7)
    };
    (1..=300).flat_map(|number| writer.encode(&row(number)).unwrap()).collect()
}

#[test]
fn a_mainframe_file_is_read_with_its_copybook_even_when_nobody_names_it() {
    let folder = tempdir().unwrap();
    let (copybook, data) = (folder.path().join("cust.cpy"), folder.path().join("cust.dat"));
    fs::write(&copybook, COPYBOOK).unwrap();
    let gnu = Dialect { binary_size: crate::copybook::BinarySize::Gnu, ..Dialect::default() };
    for (page, dialect, expected, option) in [
        ("cp273", Dialect::default(), "cp273", ""),
        ("cp037", Dialect::default(), "cp037", ""),
        ("ascii", Dialect::default(), "ascii", ""),
        ("cp037", gnu, "cp037", "binary_size = \"1-2-4-8\""),
    ] {
        fs::write(&data, customers(page, dialect)).unwrap();
        let inspection = inspect(Path::new(""), &data, Some(&copybook)).unwrap();
        assert_eq!((inspection.kind, inspection.encoding.as_str()), ("copybook", expected), "{page}");
        assert!(inspection.proposal.source.contains(option), "{}", inspection.proposal.source);
        assert_eq!(accepted(&inspection), 300, "{page}");
        assert!(inspection.layout.is_some_and(|layout| layout.contains("05 BALANCE")), "{page}");
    }
    fs::write(&data, customers("ascii", Dialect::default())).unwrap();
    let found = inspect(Path::new(""), &data, None).unwrap();
    assert!(found.to_string().contains("beside it has its name"), "{found}");
    assert_eq!(accepted(&found), 300);
    let other = "       01  OTHER.\n           05  A PIC 9(38).\n           05  B PIC 9(4).\n";
    fs::write(&copybook, other).unwrap();
    fs::write(&data, customers("cp037", gnu)).unwrap();
    let found = inspect(Path::new(""), &data, None).unwrap();
    assert!(
        !found.proposal.source.contains("cust.cpy"),
        "a copybook of the same name that does not fit: {found}"
    );
    fs::write(&copybook, COPYBOOK).unwrap();
    let data = folder.path().join("other.dat");
    fs::write(&data, customers("cp037", gnu)).unwrap();
    let found = inspect(Path::new(""), &data, None).unwrap();
    assert!(found.proposal.source.contains("cust.cpy"), "{}", found.proposal.source);
    assert!(found.to_string().contains("in the same folder describes records of this length"), "{found}");
    assert_eq!(accepted(&found), 300);
}

#[test]
fn how_a_mainframe_file_is_divided_into_records_is_seen() {
    let folder = tempdir().unwrap();
    let (copybook, data) = (folder.path().join("cust.cpy"), folder.path().join("cust.dat"));
    fs::write(&copybook, COPYBOOK).unwrap();
    let records = customers("cp037", Dialect::default());
    let length = records.len() / 300;
    let word = |length: usize| [(length >> 8) as u8, length as u8, 0, 0];
    let joined = |head: &dyn Fn(&[u8]) -> Vec<u8>| -> Vec<u8> {
        records.chunks(length).flat_map(|part| [head(part), part.to_vec()].concat()).collect()
    };
    let variable = joined(&|record| word(record.len() + 4).to_vec());
    let blocked = joined(&|record| [word(record.len() + 8), word(record.len() + 4)].concat());
    for (format, content) in [("V", variable), ("VB", blocked)] {
        fs::write(&data, content).unwrap();
        let inspection = inspect(Path::new(""), &data, Some(&copybook)).unwrap();
        let option = format!("record_format = \"{format}\"\n");
        assert!(inspection.proposal.source.contains(&option), "{}", inspection.proposal.source);
        assert_eq!(accepted(&inspection), 300, "{format}");
    }
    fs::write(&copybook, "01 R.\n 05 NO PIC 9(4).\n 05 NAME PIC X(20).").unwrap();
    let lines: Vec<String> = (0..300).map(|number| format!("{number:04}ANNA EXAMPLE {number}")).collect();
    fs::write(&data, lines.join("\n")).unwrap();
    let inspection = inspect(Path::new(""), &data, Some(&copybook)).unwrap();
    assert!(inspection.proposal.source.contains("record_format = \"D\""), "{}", inspection.proposal.source);
    assert_eq!(accepted(&inspection), 300);
}

#[test]
fn lines_as_long_as_the_copybook_says_are_lines_even_where_its_length_divides_the_file() {
    let folder = tempdir().unwrap();
    let (copybook, data) = (folder.path().join("cust.cpy"), folder.path().join("cust.txt"));
    fs::write(&copybook, "01 R.\n 05 NO PIC 9(4).\n 05 NAME PIC X(16).").unwrap();
    // 22 bytes a line, and 20 × 22 bytes are also 22 records of 20.
    let lines: Vec<String> =
        (0..300).map(|number| format!("{number:04}{:<16}\r\n", "ANNA EXAMPLE")).collect();
    fs::write(&data, lines.concat()).unwrap();
    let inspection = inspect(Path::new(""), &data, Some(&copybook)).unwrap();
    assert!(inspection.proposal.source.contains("record_format = \"D\""), "{}", inspection.proposal.source);
    assert_eq!(accepted(&inspection), 300);
}

#[cfg(unix)]
#[test]
fn a_file_whose_name_no_source_file_can_hold_is_said_to_be_none() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempdir().unwrap();
    fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9.csv")), "a,b\n1,2\n").unwrap();
    let found = super::inspect_folder(folder.path(), Path::new("")).unwrap();
    let codes: Vec<&str> = found.left.iter().map(|left| left.problem.code).collect();
    assert_eq!(codes, ["inspect.name-not-utf-8"]);
}

#[test]
fn the_largest_table_of_a_database_is_proposed() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a.sqlite");
    let sql = "CREATE TABLE small (a); CREATE TABLE large (id INTEGER, name TEXT); INSERT INTO large VALUES (1, 'x'), (2, 'y');";
    Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    let inspection = inspect(Path::new(""), &path, None).unwrap();
    assert_eq!((inspection.kind, inspection.confidence), ("sqlite", 1.0));
    assert!(inspection.proposal.source.contains("table = \"large\""));
    assert!(inspection.evidence.iter().any(|seen| seen.contains("small (0 rows)")));
    assert_eq!(accepted(&inspection), 2);
}

#[test]
fn what_is_no_source_is_said_to_be_none() {
    let folder = tempdir().unwrap();
    for (name, data, expected) in [
        ("empty", &b""[..], "inspect.empty"),
        ("a.gz", b"\x1f\x8b\x08\0\0\0\0\0", "unpack.truncated"),
        ("a.bin", b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n", "inspect.no-records"),
        (
            "b.xml",
            b"<?xml version='1.0'?>\n<svg:svg xmlns:svg='x'><svg:path/></svg:svg>",
            "inspect.no-records",
        ),
        ("noise", &[1, 2, 3, 0, 250, 7, 8, 9, 0, 1, 2, 3, 4, 5], "inspect.unknown-format"),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, data).unwrap();
        assert_eq!(inspect(Path::new(""), &path, None).unwrap_err().code, expected, "{name}");
    }
    assert_eq!(
        inspect(Path::new(""), &folder.path().join("missing.csv"), None).unwrap_err().code,
        "read.no-such-file"
    );
}

#[test]
fn every_file_of_a_folder_is_proposed_as_a_source_or_said_to_be_none() {
    let folder = tempdir().unwrap();
    fs::create_dir(folder.path().join("in")).unwrap();
    let rows = "id,name,town\n1,Harbor Trust,Bath\n2,Hill Fund,Bonn\n3,Quay House,Rome\n";
    for (name, data) in [
        ("units.csv", rows.into()),
        ("units.tsv", rows.replace(',', "\t")),
        (
            "in/units.json",
            "[{\"id\": 1, \"name\": \"Harbor Trust\"}, {\"id\": 2, \"name\": \"Hill Fund\"}]".into(),
        ),
        ("units.cpy", "01 R.\n   05 A PIC X(6).\n".into()),
        (".hidden", rows.into()),
        ("readme.md", rows.into()),
        ("notes", "Dear colleague,\n\nas I said, I am\nsending you the files, all of them. Some are\nincomplete, others, as far as I know, not;\nthe reasons are in the minutes.\n".into()),
        ("empty.csv", String::new()),
    ] {
        fs::write(folder.path().join(name), data).unwrap();
    }
    let inspection = inspect_folder(folder.path(), Path::new("")).unwrap();
    let found: Vec<(&str, &str)> =
        inspection.found.iter().map(|found| (found.file.as_str(), found.proposal.name.as_str())).collect();
    assert_eq!(found, [("in/units.json", "units"), ("units.csv", "units-csv"), ("units.tsv", "units-2")]);
    let left: Vec<(&str, &str)> =
        inspection.left.iter().map(|left| (left.file.as_str(), left.problem.code)).collect();
    assert_eq!(
        left,
        [
            ("empty.csv", "inspect.empty"),
            ("notes", "inspect.unsure"),
            ("readme.md", "inspect.no-records"),
            ("units.cpy", "inspect.companion")
        ]
    );
    let unsure = Inspection { confidence: 0.3, ..inspection.found[0].clone() };
    assert_eq!(refuse_unsure(unsure).unwrap_err().code, "inspect.unsure");
    for found in &inspection.found {
        assert!(found.proposal.register.contains(&format!("source = \"{}\"", found.proposal.name)));
        let source = Source::parse(&found.proposal.source, "proposal.toml").unwrap();
        let batches = read_all(source.open(folder.path()).unwrap().as_mut()).unwrap();
        assert!(batches.iter().map(|batch| batch.batch.num_rows()).sum::<usize>() >= 2);
    }
}

#[test]
fn a_layout_beside_a_file_describes_its_columns() {
    let folder = tempdir().unwrap();
    let lines: Vec<String> =
        (0..40).map(|index| format!("{index:05}{:<10}{:08}", "Harbour", index * 7)).collect();
    fs::write(folder.path().join("cases.txt"), lines.join("\n")).unwrap();
    let layout = "Layout of cases\nField,Start,Length\nNumber,1,5\nName,6,10\nPaid,16,5\nOwed,21,3\n";
    fs::write(folder.path().join("cases-layout.csv"), layout).unwrap();
    let inspection = inspect_folder(folder.path(), Path::new("")).unwrap();
    let [found] = inspection.found.as_slice() else { panic!("{:?}", inspection.left) };
    assert!(found.proposal.source.contains("layout = \"cases-layout.csv\""), "{}", found.proposal.source);
    let names: Vec<&str> = found.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["number", "name", "paid", "owed"]);
    assert_eq!(inspection.left[0].problem.code, "inspect.companion");
}
