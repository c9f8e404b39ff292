//! Sources whose files are several, or packed, read through the whole way from the source file on.

use std::fs;
use std::io::Write;
use std::path::Path;

use arrow::array::{Array, RecordBatch, StringArray, UInt64Array};
use concordat_record::{Problem, RECORD_NUMBER};
use tempfile::{TempDir, tempdir};

use crate::cases::read_all;
use crate::{Reader, Source, inspect};

const CSV: &str = "kind = \"csv\"\n";

/// A folder with files.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

/// A tar archive as Unix Version 7 wrote them.
fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = Vec::new();
    for (name, bytes) in files {
        let mut block = [0; 512];
        block[..name.len()].copy_from_slice(name.as_bytes());
        block[124..135].copy_from_slice(format!("{:011o}", bytes.len()).as_bytes());
        block[148..156].fill(b' ');
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        archive.extend(block);
        archive.extend(*bytes);
        archive.resize(archive.len().next_multiple_of(512), 0);
    }
    archive.extend([0; 1024]);
    archive
}

fn open(source: &str, base: &Path) -> Result<Box<dyn Reader>, Problem> {
    Source::parse(source, "source.toml").unwrap().open(base)
}

fn texts(batch: &RecordBatch, column: &str) -> Vec<String> {
    let column = batch.column_by_name(column).unwrap();
    let column = column.as_any().downcast_ref::<StringArray>().unwrap();
    (0..column.len()).map(|row| column.value(row).to_owned()).collect()
}

fn numbers(batch: &RecordBatch) -> Vec<u64> {
    let column = batch.column_by_name(RECORD_NUMBER).unwrap();
    column.as_any().downcast_ref::<UInt64Array>().unwrap().values().to_vec()
}

/// The names of all records, their numbers, and what was rejected.
fn read(reader: &mut dyn Reader) -> (Vec<String>, Vec<u64>, Vec<String>) {
    let batches = read_all(reader).unwrap();
    let rejects = batches.iter().flat_map(|batch| &batch.rejects);
    (
        batches.iter().flat_map(|batch| texts(&batch.batch, "name")).collect(),
        batches.iter().flat_map(|batch| numbers(&batch.batch)).collect(),
        rejects.map(|reject| format!("{} {}", reject.record_number, reject.problem.place)).collect(),
    )
}

#[test]
fn files_of_a_pattern_are_one_source_in_the_order_of_their_names() {
    let folder = folder(&[
        ("2024/b.csv.gz", &gzip(b"id,name\n3,c\n4,d,too much\n5,e\n")),
        ("2024/a.csv", b"id,name\n1,a\n2,b\n"),
        ("2024/.hidden.csv", b"x"),
        ("2023/a.csv", b"x"),
    ]);
    let mut reader = open(&format!("{CSV}path = \"2024/*\"\n"), folder.path()).unwrap();
    let (names, numbers, rejects) = read(reader.as_mut());
    assert_eq!(names, ["a", "b", "c", "e"]);
    assert_eq!(numbers, [1, 2, 3, 5]);
    assert_eq!(rejects, ["4 2024/b.csv.gz, record 2, byte 12"]);
    assert_eq!((reader.progress().records, reader.progress().rejected), (5, 1));
    let digest = reader.digest().unwrap();
    let mut again = open(&format!("{CSV}path = \"2024/*\"\n"), folder.path()).unwrap();
    assert_eq!(again.digest().unwrap(), digest, "the digest does not depend on what was read");
    fs::write(folder.path().join("2024/c.csv"), "id,name\n").unwrap();
    let mut more = open(&format!("{CSV}path = \"2024/*\"\n"), folder.path()).unwrap();
    assert_ne!(more.digest().unwrap(), digest);
}

#[test]
fn files_whose_columns_differ_are_not_one_source() {
    let folder = folder(&[("a.csv", b"id,name\n1,a\n"), ("b.csv", b"id,title\n2,b\n")]);
    let mut reader = open(&format!("{CSV}path = \"*.csv\"\n"), folder.path()).unwrap();
    assert_eq!(reader.next().unwrap().unwrap().batch.num_rows(), 1);
    let problem = reader.next().unwrap_err();
    assert_eq!((problem.code, problem.place.file.as_deref()), ("read.different-columns", Some("b.csv")));
    assert!(problem.sentence.contains("no column `name`"), "{problem}");
}

#[test]
fn members_of_an_archive_are_one_source_and_its_digest_is_the_archives() {
    let archive = tar(&[("2.csv", b"id,name\n2,b\n"), ("1.csv", b"id,name\n1,a\n"), ("readme", b"x")]);
    let folder = folder(&[("export.tgz", &gzip(&archive))]);
    let source = format!("{CSV}path = \"export.tgz\"\n[unpack]\nmember = \"*.csv\"\n");
    let mut reader = open(&source, folder.path()).unwrap();
    assert_eq!(read(reader.as_mut()).0, ["a", "b"]);
    let problem = open(&format!("{CSV}path = \"export.tgz\"\n"), folder.path()).err().unwrap();
    assert_eq!(problem.code, "unpack.which-member");
}

#[test]
fn a_cut_file_gives_its_records_and_stops_a_refresh_at_the_end() {
    let rows: Vec<String> =
        (0..200_000u32).map(|n| format!("{n},{}\n", n.wrapping_mul(2_654_435_761))).collect();
    let packed = gzip(format!("id,name\n{}", rows.concat()).as_bytes());
    let folder = folder(&[("a.csv.gz", &packed[..packed.len() / 2])]);
    let mut reader = open(&format!("{CSV}path = \"a.csv.gz\"\n"), folder.path()).unwrap();
    let (names, ..) = read(reader.as_mut());
    assert!(names.len() > 50_000, "{}", names.len());
    let closing = reader.closing();
    assert!(closing.has_errors());
    assert_eq!(closing.0[0].code, "unpack.truncated");
}

#[test]
fn a_database_in_an_archive_is_read_from_a_private_copy() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a.db");
    let sql = "CREATE TABLE units (id INTEGER, name TEXT); INSERT INTO units VALUES (1, 'x');";
    rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    fs::write(folder.path().join("a.tar"), tar(&[("a.db", &fs::read(&path).unwrap())])).unwrap();
    let source = "kind = \"sqlite\"\npath = \"a.tar\"\n[sqlite]\ntable = \"units\"\n";
    let mut reader = open(source, folder.path()).unwrap();
    assert_eq!(read(reader.as_mut()).0, ["x"]);
    let inspection = inspect(folder.path(), Path::new("a.tar"), None).unwrap();
    assert_eq!(inspection.kind, "sqlite");
}

#[test]
fn what_is_proposed_for_a_packed_file_reads() {
    let rows = b"id;name\n1;St. Mary\n2;St. John\n3;Mercy\n";
    let archive = tar(&[("out/hospitals.csv", rows), ("out/more.csv", rows), ("readme.txt", b"see below")]);
    let folder = folder(&[("hospitals.csv.gz", &gzip(rows)), ("all.tar", &archive)]);
    for (file, name, records) in [("hospitals.csv.gz", "hospitals", 3), ("all.tar", "hospitals", 6)] {
        let inspection = inspect(folder.path(), Path::new(file), None).unwrap();
        assert_eq!((inspection.kind, inspection.proposal.name.as_str()), ("csv", name), "{inspection:?}");
        let mut reader = open(&inspection.proposal.source, folder.path()).unwrap();
        assert_eq!(read(reader.as_mut()).0.len(), records, "{}", inspection.proposal.source);
    }
}

#[test]
fn a_packed_file_is_the_same_source_as_the_plain_one() {
    let copybook = b"       01 REC.\n          05 ID PIC 9(3).\n          05 NAME PIC X(5).\n";
    let data = b"001Alice002Bob  003Carol";
    let folder = folder(&[
        ("r.cpy", copybook),
        ("r.dat", data),
        ("r.dat.gz", &gzip(data)),
        ("h.dat.gz", &gzip(b"HEAD001AliceTL")),
    ]);
    let source = |path: &str, more: &str| {
        format!(
            "kind = \"copybook\"\npath = \"{path}\"\n[copybook]\npath = \"r.cpy\"\ncode_page = \"ascii\"\n{more}"
        )
    };
    for path in ["r.dat", "r.dat.gz"] {
        let mut reader = open(&source(path, ""), folder.path()).unwrap();
        assert_eq!(read(reader.as_mut()).0, ["Alice", "Bob", "Carol"]);
    }
    let framed = source("h.dat.gz", "file_header_bytes = 4\nfile_trailer_bytes = 2\n");
    assert_eq!(read(open(&framed, folder.path()).unwrap().as_mut()).0, ["Alice"]);
}

#[test]
fn faults_of_the_table_unpack_are_told_with_their_places() {
    let text =
        format!("{CSV}path = \"a.zip\"\n[unpack]\nmembers = \"*.csv\"\nmember = \"[\"\nmax_ratio = 0\n");
    let problems = Source::parse(&text, "source.toml").unwrap_err();
    let told: Vec<String> =
        problems.0.iter().map(|problem| format!("{} {}", problem.code, problem.place)).collect();
    assert_eq!(
        told,
        [
            "source.unknown-key source.toml:4:1, field \"members\"",
            "fetch.bad-pattern source.toml:5:10, field \"member\"",
            "source.wrong-form source.toml:6:13, field \"max_ratio\"",
        ]
    );
}

#[test]
fn a_check_looks_at_files_without_reading_them() {
    let folder = folder(&[("a.csv.gz", &gzip(b"id,name\n1,a\n"))]);
    let check = |source: &str| Source::parse(source, "s").unwrap().check(folder.path()).0;
    assert!(check(&format!("{CSV}path = \"*.gz\"\n")).is_empty());
    assert_eq!(check(&format!("{CSV}path = \"*.csv\"\n"))[0].code, "fetch.no-match");
    assert_eq!(check(&format!("{CSV}path = \"a.csv\"\n"))[0].code, "read.no-such-file");
}

#[test]
fn faults_of_the_table_from_are_told_with_their_places() {
    for (from, told) in [
        ("host = \"a\"\n", "source.missing-key source.toml:3:1, field \"transport\""),
        ("transport = \"ftp\"\n", "source.unknown-word source.toml:4:13, field \"transport\""),
        (
            "transport = \"sftp\"\nhost = \"a\"\nuser = \"u\"\n",
            "source.missing-key source.toml:3:1, field \"key_file\"; source.missing-key source.toml:3:1, field \"host_key\"",
        ),
        (
            "transport = \"sftp\"\nhost = \"a\"\nuser = \"u\"\nhost_key = \"k\"\npassword = \"s3cret\"\n",
            "source.secret source.toml:8:12",
        ),
        (
            "transport = \"s3\"\nbuckett = \"a\"\n",
            "source.unknown-key source.toml:5:1, field \"buckett\"; source.missing-key source.toml:3:1, field \"bucket\"",
        ),
        (
            "transport = \"http\"\nhost = \"example.org\"\ntls = \"off\"\n",
            "source.plain-text source.toml:5:8, field \"host\"",
        ),
        (
            "transport = \"http\"\nhost = \"u:p@example.org/a\"\n",
            "source.wrong-form source.toml:5:8, field \"host\"",
        ),
    ] {
        let problems =
            Source::parse(&format!("{CSV}path = \"a\"\n[from]\n{from}"), "source.toml").unwrap_err();
        let found: Vec<String> =
            problems.0.iter().map(|problem| format!("{} {}", problem.code, problem.place)).collect();
        assert!(!format!("{problems}").contains("s3cret"));
        assert!(found.join("; ").contains(told.split("; ").next().unwrap()), "{from}: {found:?}");
    }
}

#[test]
fn files_of_a_server_are_read_as_those_of_a_folder() {
    use crate::services::testing::{Reply, Web};
    let reply = |body: Vec<u8>| Reply { status: 200, headers: Vec::new(), body };
    let rows = b"id,name\n1,a\n2,b\n".to_vec();
    let web = Web::start(vec![reply(rows.clone()), reply(rows)]);
    let folder = folder(&[("keys/token", b"s3cret\n")]);
    let source = format!(
        "{CSV}path = \"out/a.csv?day=1\"\n[from]\ntransport = \"http\"\nhost = \"127.0.0.1\"\nport = {}\ntls = \"off\"\ntoken = {{ file = \"keys/token\" }}\n",
        web.port
    );
    assert!(Source::parse(&source, "s").unwrap().check(folder.path()).0.is_empty());
    assert_eq!(web.asked(), "", "a check asks nobody");
    let mut reader = open(&source, folder.path()).unwrap();
    assert_eq!(read(reader.as_mut()).0, ["a", "b"]);
    assert!(web.asked().starts_with("> GET /out/a.csv?day=1\n"), "{}", web.asked());
    assert!(web.asked().contains("Bearer s3cret"));
    assert!(!format!("{:?}", Source::parse(&source, "s").unwrap()).contains("s3cret"));
    let missing = source.replace("keys/token", "keys/none");
    assert_eq!(Source::parse(&missing, "s").unwrap().check(folder.path()).0[0].code, "source.no-secret");
}

#[test]
fn every_transport_and_option_is_documented() {
    for transport in crate::TRANSPORTS {
        let names: Vec<&str> = transport.options.iter().map(|option| option.name).collect();
        for option in transport.options {
            let place = format!("{}.{}", transport.name, option.name);
            assert_eq!(names.iter().filter(|name| **name == option.name).count(), 1, "{place}");
            assert!(
                !option.meaning.is_empty() && !option.default.is_empty() && !option.meaning.ends_with('.'),
                "{place}"
            );
        }
    }
}

#[test]
fn an_encrypted_server_is_trusted_by_its_authority_only() {
    use crate::services::testing::{Reply, Web, encrypted};
    let (configuration, authority) = encrypted();
    let reply = Reply { status: 200, headers: Vec::new(), body: b"id,name\n1,a\n".to_vec() };
    let web = Web::serve(vec![reply], move |stream| {
        rustls::StreamOwned::new(rustls::ServerConnection::new(configuration.clone()).unwrap(), stream)
    });
    let folder = folder(&[("ca.pem", authority.as_bytes())]);
    let source = |options: &str| {
        format!(
            "{CSV}path = \"/a.csv\"\n[from]\ntransport = \"http\"\nhost = \"localhost\"\nport = {}\nretries = 0\n{options}",
            web.port
        )
    };
    assert_eq!(open(&source(""), folder.path()).err().unwrap().code, "fetch.tls");
    let mut reader = open(&source("ca_file = \"ca.pem\"\n"), folder.path()).unwrap();
    assert_eq!(read(reader.as_mut()).0, ["a"]);
}
