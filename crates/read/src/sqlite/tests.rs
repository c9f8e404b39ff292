//! Databases as applications leave them, and databases that are none.

mod asked;

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use tempfile::tempdir;

use crate::cases::{outcome, read_all};
use crate::{Condition, Source, Wanted};

fn database(folder: &Path, sql: &str) {
    let connection = Connection::open(folder.join("a.db")).unwrap();
    connection.execute_batch(sql).unwrap();
}

fn read(sql: &str, options: &str) -> String {
    let base = tempdir().unwrap();
    database(base.path(), sql);
    outcome(&format!("kind = \"sqlite\"\npath = \"a.db\"\n[sqlite]\n{options}"), base.path())
}

const HOSPITALS: &str = "
    CREATE TABLE hospital (facility_id TEXT PRIMARY KEY, name VARCHAR(50), beds INTEGER, rate REAL, cost DECIMAL(9,2), emergency BOOLEAN, logo BLOB, note);
    INSERT INTO hospital VALUES ('010001', 'SOUTHEAST', 420, 0.5, 12.25, 1, x'0102', 7), ('010005', NULL, NULL, 1, 3, 0, NULL, NULL);
    CREATE VIEW open_hospital AS SELECT name FROM hospital WHERE emergency;";

#[test]
fn tables_views_and_queries_are_read_with_their_types() {
    for (options, expected) in [
        (
            "table = \"hospital\"",
            "facility_id: Utf8\nname: Utf8\nbeds: Int64\nrate: Float64\ncost: Decimal128(9, 2)\nemergency: Boolean\nlogo: Binary\nnote: Int64\n\
             {\"facility_id\":\"010001\",\"name\":\"SOUTHEAST\",\"beds\":420,\"rate\":0.5,\"cost\":12.25,\"emergency\":true,\"logo\":\"0102\",\"note\":7,\"_record_number\":1}\n\
             {\"facility_id\":\"010005\",\"rate\":1.0,\"cost\":3.00,\"emergency\":false,\"_record_number\":2}\n",
        ),
        ("table = \"open_hospital\"", "name: Utf8\n{\"name\":\"SOUTHEAST\",\"_record_number\":1}\n"),
        (
            "query = \"SELECT count(*) AS \\\"Number of beds\\\", sum(beds) * 1.5 AS s FROM hospital;\"",
            "number_of_beds: Int64\ns: Float64\n{\"number_of_beds\":2,\"s\":630.0,\"_record_number\":1}\n",
        ),
    ] {
        assert_eq!(read(HOSPITALS, options), expected, "{options}");
    }
}

#[test]
fn what_cannot_be_read_is_explained() {
    for (options, expected) in [
        (
            "table = \"hospitals\"",
            "error[sqlite.no-such-table]: the database has no table `hospitals`\n  at a.db, field \"table\"\n  try: did you mean `hospital`?\n",
        ),
        (
            "query = \"DELETE FROM hospital\"",
            "error[database.not-a-query]: the query is not one statement that only reads rows: it begins with `DELETE`\n  at source.toml:4:9, field \"query\"\n  try: write a single SELECT statement; put a name that is also a command into quotation marks\n",
        ),
        (
            "query = \"SELECT nme FROM hospital\"",
            "error[sqlite.bad-query]: SQLite does not accept the query: no such column: nme in SELECT nme FROM hospital at offset 7\n  at a.db, field \"query\"\n  try: try it with the `sqlite3` program on a copy of the file\n",
        ),
    ] {
        assert_eq!(read(HOSPITALS, options), expected, "{options}");
    }
    let base = tempdir().unwrap();
    fs::write(base.path().join("b.db"), "no database at all, but long enough to look at").unwrap();
    let open = |path: &str| {
        outcome(&format!("kind = \"sqlite\"\npath = \"{path}\"\n[sqlite]\ntable = \"t\""), base.path())
    };
    assert!(
        open("b.db").starts_with("error[sqlite.not-a-database]: `b.db` is not a SQLite database"),
        "{}",
        open("b.db")
    );
    assert!(open("c.db").contains("there is no file `c.db`"));
}

#[test]
fn a_value_of_another_type_than_those_before_rejects_its_row() {
    let mut sql = String::from("CREATE TABLE t (id INTEGER PRIMARY KEY, amount INTEGER);");
    sql += "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000) INSERT INTO t SELECT i, i FROM n;";
    sql += "INSERT INTO t VALUES (9001, 'many'), (9002, 5);";
    let base = tempdir().unwrap();
    database(base.path(), &sql);
    let source =
        Source::parse("kind = \"sqlite\"\npath = \"a.db\"\n[sqlite]\ntable = \"t\"", "a.toml").unwrap();
    let mut reader = source.open(base.path()).unwrap();
    let batches = read_all(reader.as_mut()).unwrap();
    let rows: usize = batches.iter().map(|batch| batch.batch.num_rows()).sum();
    assert_eq!((rows, batches.len()), (9001, 2));
    let reject = &batches[1].rejects[0];
    assert_eq!(reject.problem.place.to_string(), "a.db, record 9001, field \"amount\"");
    assert_eq!(String::from_utf8_lossy(&reject.raw), "id = 9001\namount = many\n");
    assert_eq!(reader.progress().total_records, Some(9002));
    assert_eq!(reader.digest().unwrap().len(), 64);
}

#[test]
fn a_reader_that_is_dropped_early_stops_its_thread() {
    let base = tempdir().unwrap();
    database(
        base.path(),
        "CREATE TABLE t (i); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) INSERT INTO t SELECT i FROM n;",
    );
    let source =
        Source::parse("kind = \"sqlite\"\npath = \"a.db\"\n[sqlite]\ntable = \"t\"", "a.toml").unwrap();
    let mut reader = source.open(base.path()).unwrap();
    assert_eq!(reader.next().unwrap().unwrap().batch.num_rows(), 8192);
    drop(reader);
    // A write needs the lock that the thread held.
    let connection = Connection::open(base.path().join("a.db")).unwrap();
    connection.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    assert_eq!(connection.execute("DELETE FROM t", []).unwrap(), 100_000);
}

#[test]
fn an_immutable_copy_in_a_folder_with_odd_letters_is_read() {
    let base = tempdir().unwrap();
    let folder = base.path().join("ä #1?");
    fs::create_dir(&folder).unwrap();
    database(&folder, HOSPITALS);
    let text = "kind = \"sqlite\"\npath = \"a.db\"\n[sqlite]\ntable = \"open_hospital\"\nimmutable = true";
    assert!(outcome(text, &folder).contains("SOUTHEAST"));
}

#[test]
fn what_is_wanted_is_asked_for_and_the_rest_is_the_same() {
    let base = tempdir().unwrap();
    database(
        base.path(),
        "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE, loose, cost DECIMAL(9,2), seen TEXT);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
         INSERT INTO t SELECT i, char(64 + i % 58) || 'é', CASE WHEN i % 2 THEN i ELSE 'x' || i END, i / 100.0, '2024-01-' || (10 + i % 9) FROM n;",
    );
    let open = |options: &str, wanted: &Wanted| {
        let text = format!("kind = \"sqlite\"\npath = \"a.db\"\n[sqlite]\n{options}");
        Source::parse(&text, "source.toml").unwrap().open_wanted(base.path(), wanted).unwrap()
    };
    for (condition, is_pushed) in [
        ("id = 17", true),
        ("name = Aé", true),
        ("name != Aé", true),
        ("name < a", true),
        ("loose = 17", false),
        ("cost <= 0.30", false),
        ("loose is null", false),
    ] {
        let wanted = Wanted { conditions: vec![Condition::parse(condition).unwrap()], ..Wanted::default() };
        let mut asked = open("table = \"t\"", &wanted);
        let found: usize = read_all(asked.as_mut()).unwrap().iter().map(|batch| batch.batch.num_rows()).sum();
        let whole = read_all(open("table = \"t\"", &Wanted::default()).as_mut()).unwrap();
        let kept: usize = whole.iter().map(|batch| wanted.conditions[0].keeps(&batch.batch)).sum();
        assert_eq!(found, kept, "{condition}");
        assert_eq!(asked.progress().records < 5000, is_pushed, "{condition}");
    }
    let mut limited = open(
        "query = \"SELECT id, id FROM t ORDER BY id DESC\"",
        &Wanted { limit: Some(3), ..Wanted::default() },
    );
    assert_eq!(limited.next().unwrap().unwrap().batch.num_rows(), 3);
    let after = Wanted { after: Some("2024-01-17".into()), limit: Some(4000), ..Wanted::default() };
    let mut later = open("query = \"SELECT * FROM t;\"\ncursor = \"seen\"", &after);
    read_all(later.as_mut()).unwrap();
    assert_eq!((later.progress().records, later.position().as_deref()), (1110, Some("2024-01-18")));
}

#[test]
fn the_catalogue_lists_tables_and_columns() {
    let base = tempdir().unwrap();
    database(base.path(), HOSPITALS);
    let source = Source::parse("kind = \"sqlite\"\npath = \"a.db\"", "source.toml").unwrap();
    let tables = source.catalogue(base.path()).unwrap().unwrap().tables;
    let shown: Vec<_> =
        tables.iter().map(|t| (t.name.as_str(), t.is_view, t.estimated_rows, t.columns.len())).collect();
    assert_eq!(shown, [("hospital", false, Some(2), 8), ("open_hospital", true, None, 1)]);
    assert_eq!(
        (tables[0].columns[2].name.as_str(), tables[0].columns[2].declared.as_str()),
        ("beds", "INTEGER")
    );
    let Err(problem) = source.open(base.path()) else { panic!() };
    assert_eq!(problem.advice.as_deref(), Some("its tables are hospital, open_hospital"));
}

#[test]
fn a_source_that_names_no_table_is_told_when_it_is_opened() {
    let base = tempfile::tempdir().unwrap();
    let database = rusqlite::Connection::open(base.path().join("a.sqlite")).unwrap();
    database.execute_batch("CREATE TABLE units (id INTEGER)").unwrap();
    let source = crate::Source::parse("kind = \"sqlite\"\npath = \"a.sqlite\"\n", "a.toml").unwrap();
    let problem = source.open(base.path()).err().unwrap();
    assert_eq!(problem.code, "source.missing-key");
}
