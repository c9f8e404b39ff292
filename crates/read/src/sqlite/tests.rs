//! Databases as applications leave them, and databases that are none.

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use tempfile::tempdir;

use crate::Source;
use crate::cases::{outcome, read_all};

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
            "error[sqlite.not-a-query]: the query does not only read rows\n  at a.db, field \"query\"\n  try: write a single SELECT statement\n",
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
