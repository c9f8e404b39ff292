//! Databases that are asked at the moment of a question.

use std::time::{Duration, Instant};
use std::{fs, thread};

use rusqlite::Connection;
use tempfile::{TempDir, tempdir};

use crate::cases::outcome;
use crate::{Asking, Source, Wanted};

const CHARITIES: &str = "
    CREATE TABLE charity (id INTEGER PRIMARY KEY, name TEXT, \"Post Code\" VARCHAR(5), income DECIMAL(12,2), since, note BLOB);
    CREATE INDEX by_name ON charity (name);
    INSERT INTO charity VALUES (3, 'Hill Trust', '04473', 3017.5, '1903-05-01', x'00ff'), (4, 'Hill ''Quoted'' Trust', '04101', NULL, 1904, NULL),
        (5, 'Cedar Clinic', '04473', 12, NULL, NULL), (6, 'Cedar Clinic', '04101', 'much', NULL, NULL);";

fn database() -> TempDir {
    let base = tempdir().unwrap();
    Connection::open(base.path().join("a.db")).unwrap().execute_batch(CHARITIES).unwrap();
    base
}

fn source(options: &str) -> String {
    format!("kind = \"sqlite\"\npath = \"a.db\"\n[sqlite]\n{options}")
}

const BY_NAME: &str = "query = \"SELECT id, name FROM charity WHERE name = :name ORDER BY id\"";

/// What is answered: the second column of each row, or the code and sentence of the problem.
fn ask(options: &str, given: &[(&str, &str)]) -> Result<Vec<String>, String> {
    let base = database();
    let parameters: Vec<_> = given.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let source = Source::parse(&source(options), "source.toml").map_err(|problems| problems.to_string())?;
    let answer = source.ask(base.path(), &Asking { most_records: 3, ..Asking::with(parameters) });
    let answer = answer.map_err(|problem| format!("{}: {}", problem.code, problem.sentence))?.batch;
    let cell = |row| arrow::util::display::array_value_to_string(answer.column(1), row).unwrap();
    Ok((0..answer.num_rows()).map(cell).collect())
}

#[test]
fn rows_are_looked_up_by_what_is_told_whatever_stands_in_it() {
    let by_columns = "table = \"charity\"\nasked_by = [\"name\", \"Post Code\"]";
    let long = "x".repeat(64 << 10);
    for (options, given, expected) in [
        (BY_NAME, &[("name", "Hill Trust")][..], &["Hill Trust"][..]),
        (BY_NAME, &[("name", "Cedar Clinic")], &["Cedar Clinic", "Cedar Clinic"]),
        (BY_NAME, &[("name", "Hill 'Quoted' Trust")], &["Hill 'Quoted' Trust"]),
        (BY_NAME, &[("name", "' OR '1'='1")], &[]),
        (BY_NAME, &[("name", "x'; DROP TABLE charity; --")], &[]),
        (BY_NAME, &[("name", "")], &[]),
        (BY_NAME, &[("name", &long)], &[]),
        (by_columns, &[("name", "Cedar Clinic"), ("Post Code", "04473")], &["Cedar Clinic"]),
        ("table = \"charity\"\nasked_by = [\"id\"]", &[("id", "4")], &["Hill 'Quoted' Trust"]),
        ("table = \"charity\"\nasked_by = [\"id\"]", &[("id", "4abc")], &[]),
        (
            "query = \"select 1 as a, name from charity where id in (:a, :b) or name = :a order by 2\"",
            &[("a", "3"), ("b", "5")],
            &["Cedar Clinic", "Hill Trust"],
        ),
        (
            "query = \"select id, name from charity where id = :id\"\nparameters = { id = \"5\" }",
            &[],
            &["Cedar Clinic"],
        ),
    ] {
        let expected: Vec<String> = expected.iter().map(|cell| (*cell).to_owned()).collect();
        assert_eq!(ask(options, given), Ok(expected), "{options} {given:?}");
    }
}

#[test]
fn what_cannot_be_asked_is_explained_without_the_value() {
    let long = "x".repeat(70_000);
    for (options, given, expected) in [
        (BY_NAME, &[("nam", "a")][..], "service.unknown-parameter: the source has no parameter `nam`"),
        (BY_NAME, &[], "service.no-parameter: the source is asked by `name`, and there is no value"),
        (
            BY_NAME,
            &[("name", "a\0b")],
            "database.value-not-taken: the value of `name` holds a null character",
        ),
        (
            BY_NAME,
            &[("name", &long)],
            "database.value-not-taken: the value of `name` is longer than 65536 bytes",
        ),
        (
            "table = \"charity\"",
            &[("name", "a")],
            "source.not-live: the source has nothing to be asked by, it can only be read",
        ),
        (
            "table = \"charity\"\nasked_by = [\"nam\"]",
            &[("nam", "a")],
            "database.no-such-column: there is no column `nam`",
        ),
        (
            "table = \"charities\"\nasked_by = [\"name\"]",
            &[("name", "a")],
            "sqlite.no-such-table: the database has no table `charities`",
        ),
        (
            "query = \"select id, name from charity where id > :id\"",
            &[("id", "0")],
            "service.too-many: the answer has more than 3 records",
        ),
    ] {
        assert_eq!(ask(options, given).unwrap_err(), expected, "{options}");
    }
}

#[test]
fn a_file_that_is_gone_or_locked_is_no_answer_and_what_takes_its_place_is() {
    let base = database();
    let file = base.path().join("a.db");
    let source = Source::parse(&source(&format!("{BY_NAME}\nretries = 0")), "source.toml").unwrap();
    let asking = Asking {
        within: Some(Duration::from_millis(300)),
        ..Asking::with([("name".into(), "Hill Trust".into())])
    };
    let ask = || source.ask(base.path(), &asking).map(|answer| answer.batch.num_rows()).map_err(|p| p.code);
    assert_eq!(ask(), Ok(1));
    fs::rename(&file, base.path().join("b.db")).unwrap();
    assert_eq!(ask(), Err("read.no-such-file"));
    Connection::open(&file).unwrap().execute_batch(&CHARITIES.replace("Cedar Clinic", "Hill Trust")).unwrap();
    assert_eq!(ask(), Ok(3));
    let writer = Connection::open(&file).unwrap();
    writer.execute_batch("BEGIN EXCLUSIVE").unwrap();
    assert!(matches!(ask(), Err("sqlite.locked" | "service.late")));
    writer.execute_batch("COMMIT").unwrap();
    assert_eq!(ask(), Ok(3));
}

#[test]
fn a_statement_without_an_end_is_stopped_when_nobody_waits_for_it() {
    let base = database();
    let options = "query = \"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i < CAST(:least AS INTEGER)\"";
    let source = Source::parse(&source(&format!("{options}\nretries = 0")), "source.toml").unwrap();
    let asking =
        Asking { within: Some(Duration::from_millis(100)), ..Asking::with([("least".into(), "0".into())]) };
    let begin = Instant::now();
    assert_eq!(source.ask(base.path(), &asking).unwrap_err().code, "service.late");
    assert!(begin.elapsed() < Duration::from_secs(3));
    // Its thread lets go of the file.
    let connection = Connection::open(base.path().join("a.db")).unwrap();
    while connection.execute("DELETE FROM charity", []).is_err() {
        assert!(begin.elapsed() < Duration::from_secs(20));
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn columns_are_the_same_whatever_is_found() {
    let base = database();
    for (options, expected) in [
        (
            "table = \"charity\"\nasked_by = [\"id\"]",
            "id: Int64, name: Utf8, post_code: Utf8, income: Decimal128(12, 2), since: Utf8, note: Binary",
        ),
        (
            "query = \"SELECT id, income AS i, since, lower(name) AS l, id + 1 AS next, CAST(since AS INTEGER) AS year FROM charity WHERE id = :id\"",
            "id: Int64, i: Decimal128(12, 2), since: Utf8, l: Utf8, next: Utf8, year: Int64",
        ),
    ] {
        let source = Source::parse(&source(options), "source.toml").unwrap();
        let columns = source.answer_columns(base.path()).unwrap().unwrap();
        let shown: Vec<String> =
            columns.fields().iter().map(|field| format!("{}: {}", field.name(), field.data_type())).collect();
        assert_eq!(shown[..shown.len() - 2].join(", "), expected);
        for id in ["3", "4", "6", "7"] {
            let answer = source.ask(base.path(), &Asking::with([("id".into(), id.into())])).unwrap();
            assert_eq!(answer.batch.schema(), columns);
            assert_eq!(
                (answer.batch.num_rows(), answer.rejects.len()),
                match id {
                    "7" => (0, 0),
                    "6" => (0, 1),
                    _ => (1, 0),
                }
            );
        }
    }
}

#[test]
fn a_source_with_parameters_is_read_with_the_values_of_its_file_or_says_what_is_missing() {
    let base = database();
    let read = |options: &str| outcome(&source(options), base.path());
    assert_eq!(
        read("query = \"SELECT name FROM charity WHERE id < :id AND name <> :name\""),
        "error[service.no-parameter]: the source is asked by `id`, `name`, and there is no value\n  at field \"id\"\n  try: ask it: `--ask \"id=…\"`; or give a value for every reading under `parameters`\n"
    );
    assert_eq!(
        read("query = \"SELECT name FROM charity WHERE id < :id\"\nparameters = { id = \"4\" }"),
        "name: Utf8\n{\"name\":\"Hill Trust\",\"_record_number\":1}\n"
    );
    let source = Source::parse(&source(BY_NAME), "source.toml").unwrap();
    let asked = Some(vec![("name".into(), "Cedar Clinic".into())]);
    let wanted = Wanted { columns: Some(vec!["id".into()]), limit: Some(1), asked, ..Wanted::default() };
    let rows = source.open_wanted(base.path(), &wanted).unwrap().next().unwrap().unwrap().batch;
    assert_eq!((rows.num_rows(), rows.num_columns()), (1, 3));
    let codes = |problems: concordat_record::Problems| problems.0.iter().map(|p| p.code).collect::<Vec<_>>();
    assert_eq!(codes(source.check(base.path())), ["service.no-parameter"]);
    assert_eq!(codes(source.check_asking(base.path(), &["name"])), [""; 0]);
    assert_eq!(
        codes(source.check_asking(base.path(), &["nam"])),
        ["service.unknown-parameter", "service.no-parameter"]
    );
}

#[test]
fn a_database_that_has_to_be_fetched_is_not_asked() {
    let text = format!("{}\n[from]\nhttp = {{ host = \"example.org\" }}\n", source(BY_NAME));
    if let Ok(source) = Source::parse(&text, "source.toml") {
        assert_eq!(source.parameters("".as_ref()).unwrap_err().code, "source.not-live");
    }
}
