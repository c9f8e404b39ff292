//! Through Debian's drivers: SQLite's on a file, PostgreSQL's and MariaDB's on real servers.

use std::fs;
use std::process::Command;

use tempfile::{TempDir, tempdir};

use crate::cases::{outcome, read_all};
use crate::databases::testing::TestServer;
use crate::{Asking, Condition, Reader, Source, Wanted};

fn sqlite(script: &str) -> TempDir {
    let base = tempdir().unwrap();
    rusqlite::Connection::open(base.path().join("a.db")).unwrap().execute_batch(script).unwrap();
    base
}

fn of_sqlite(base: &TempDir, options: &str) -> String {
    let file = base.path().join("a.db");
    format!(
        "kind = \"odbc\"\n[odbc]\ndriver = \"SQLite3\"\n{options}\n[odbc.attributes]\nDatabase = \"{}\"\n",
        file.display()
    )
}

const HOSPITALS: &str = "CREATE TABLE hospital (id INTEGER PRIMARY KEY, name VARCHAR(5), beds INTEGER, rate DOUBLE, opened DATE, seen TIMESTAMP, note TEXT);
    INSERT INTO hospital VALUES (1, 'Größe 😀 and much longer', 420, 0.1, '1890-02-28', '2024-02-29 23:59:59.5', 'a'), (2, NULL, NULL, NULL, NULL, NULL, NULL);";

#[test]
#[ignore = "needs ODBC drivers: cargo xtask test databases"]
fn a_file_is_read_with_values_longer_than_their_columns() {
    let base = sqlite(HOSPITALS);
    let found = outcome(&of_sqlite(&base, "table = \"hospital\""), base.path());
    let expected = "id: Int64\nname: Utf8\nbeds: Int64\nrate: Float64\nopened: Date32\nseen: Timestamp(µs)\nnote: Utf8\n\
        {\"id\":1,\"name\":\"Größe 😀 and much longer\",\"beds\":420,\"rate\":0.1,\"opened\":\"1890-02-28\",\"seen\":\"2024-02-29T23:59:59.500\",\"note\":\"a\",\"_record_number\":1}\n\
        {\"id\":2,\"_record_number\":2}\n";
    assert_eq!(found, expected);
}

#[test]
#[ignore = "needs ODBC drivers: cargo xtask test databases"]
fn what_cannot_be_read_is_explained() {
    let base = sqlite(HOSPITALS);
    for (options, expected) in [
        (
            "table = \"hospitals\"",
            "error[database.no-such-table]: the database has no table `hospitals`\n  at SQLite3, field \"table\"\n  try: did you mean `hospital`?\n",
        ),
        ("", "its tables are hospital\n"),
        ("query = \"SELECT nme FROM hospital\"", "no such column: nme"),
        ("query = \"DELETE FROM hospital\"", "error[database.not-a-query]"),
        ("query = \"SELECT 1\"\ncursor = \"id\"", "error[database.no-such-column]"),
    ] {
        let found = outcome(&of_sqlite(&base, options), base.path());
        assert!(found.contains(expected), "{options}\n{found}");
    }
    let wrong = of_sqlite(&base, "table = \"t\"").replace("SQLite3", "SQLite33");
    let found = outcome(&wrong, base.path());
    assert!(
        found.contains("error[odbc.no-such-driver]") && found.contains("did you mean `SQLite3`?"),
        "{found}"
    );
    let own = of_sqlite(&base, "table = \"t\"") + "PWD = \"x\"\n";
    assert!(outcome(&own, base.path()).contains("it has the option `password`"));
}

/// A source of a server, by its driver.
struct Fixture {
    base: TempDir,
    source: String,
}

impl Fixture {
    fn new(variable: &str, driver: &str, attributes: &str, password: &str, options: &str) -> Self {
        let TestServer { host, port, user, .. } = TestServer::server(variable);
        let base = tempdir().unwrap();
        fs::write(base.path().join("password"), password).unwrap();
        let user = if password.contains(';') { "c_odbc" } else { &user };
        let source = format!(
            "kind = \"odbc\"\n[odbc]\ndriver = \"{driver}\"\nuser = \"{user}\"\npassword = {{ file = \"password\" }}\n{options}\n[odbc.attributes]\nServer = \"{host}\"\nPort = {port}\n{attributes}\n"
        );
        Self { base, source }
    }

    fn postgres(options: &str) -> Self {
        let server = TestServer::server("CONCORDAT_TEST_POSTGRES");
        let attributes = "Database = \"postgres\"\nBoolsAsChar = 0";
        Self::new("CONCORDAT_TEST_POSTGRES", "PostgreSQL Unicode", attributes, &server.password, options)
    }

    fn outcome(&self) -> String {
        outcome(&self.source, self.base.path())
    }

    fn open(&self, wanted: &Wanted) -> Box<dyn Reader> {
        Source::parse(&self.source, "source.toml").unwrap().open_wanted(self.base.path(), wanted).unwrap()
    }
}

fn psql(script: &str) {
    let TestServer { host, port, user, password, .. } = TestServer::server("CONCORDAT_TEST_POSTGRES");
    let mut psql = Command::new("psql");
    psql.args(["-h", &host, "-p", &port, "-U", &user, "-d", "postgres", "-XqAt", "-v", "ON_ERROR_STOP=1"]);
    TestServer::script(psql.env("PGPASSWORD", password), script);
}

#[test]
#[ignore = "needs ODBC drivers: cargo xtask test databases"]
fn blocks_of_rows_are_read_exactly_and_conditions_pushed_down() {
    psql(
        "DROP TABLE IF EXISTS c_odbc; CREATE TABLE c_odbc (id int PRIMARY KEY, big bigint, cost numeric(12,2), name varchar(20), fixed char(6), flag bool, day date, at timestamp, rate float8, half float4, data bytea);
         INSERT INTO c_odbc SELECT i, 9007199254740993 + i, i / 100.0, 'Größe ' || i, 'ab', i % 2 = 0, '2024-01-01'::date + i % 100, '2024-01-01 12:00:00.25', 0.1, 0.1, '\\x00ff' FROM generate_series(1, 2500) i;
         INSERT INTO c_odbc VALUES (9999);",
    );
    let fixture = Fixture::postgres("table = \"c_odbc\"");
    let found = fixture.outcome();
    let first = "{\"id\":1,\"big\":9007199254740994,\"cost\":0.01,\"name\":\"Größe 1\",\"fixed\":\"ab\",\"flag\":false,\"day\":\"2024-01-02\",\"at\":\"2024-01-01T12:00:00.250\",\"rate\":0.1,\"half\":0.1,\"data\":\"00ff\",\"_record_number\":1}\n";
    assert!(found.contains(first), "{}", &found[..found.len().min(900)]);
    assert!(found.contains("{\"id\":9999,\"_record_number\":2501}\n") && !found.contains("error"), "{found}");
    for (condition, rows) in [
        ("id <= 10", 10),
        ("day = 2024-01-02", 25),
        ("name = Größe 7", 1),
        ("at > 2024-01-01 12:00:00", 2500),
        ("cost is null", 1),
    ] {
        let wanted = Wanted { conditions: vec![Condition::parse(condition).unwrap()], ..Wanted::default() };
        let mut reader = fixture.open(&wanted);
        let found: usize =
            read_all(reader.as_mut()).unwrap().iter().map(|batch| batch.batch.num_rows()).sum();
        assert_eq!((found, reader.progress().records), (rows, rows as u64), "{condition}");
    }
    let mut limited = fixture.open(&Wanted { limit: Some(7), ..Wanted::default() });
    read_all(limited.as_mut()).unwrap();
    assert_eq!(limited.progress().records, 7);
    let cursor = Fixture::postgres("query = \"SELECT id, at FROM c_odbc\"\ncursor = \"id\"");
    let mut reader = cursor.open(&Wanted { after: Some("2499".into()), ..Wanted::default() });
    read_all(reader.as_mut()).unwrap();
    assert_eq!((reader.progress().records, reader.position().as_deref()), (3, Some("9999")));
    let source = Source::parse(&fixture.source, "source.toml").unwrap();
    let catalogue = source.catalogue(fixture.base.path()).unwrap().unwrap();
    let table = catalogue.tables.iter().find(|table| table.name == "c_odbc").unwrap();
    assert_eq!((table.schema.as_deref(), table.columns.len()), (Some("public"), 11));
}

#[test]
#[ignore = "needs ODBC drivers: cargo xtask test databases"]
fn a_password_with_marks_is_a_password_and_nothing_else() {
    let password = "a;Database=template1;b={c+ d";
    psql(&format!("DROP ROLE IF EXISTS c_odbc; CREATE ROLE c_odbc LOGIN PASSWORD '{password}';"));
    let attributes = "Database = \"postgres\"";
    let query = "query = \"SELECT current_user AS who, current_database() AS place\"";
    let fixture = Fixture::new("CONCORDAT_TEST_POSTGRES", "PostgreSQL Unicode", attributes, password, query);
    let found = fixture.outcome();
    assert!(found.contains("{\"who\":\"c_odbc\",\"place\":\"postgres\","), "{found}");
    let wrong =
        Fixture::new("CONCORDAT_TEST_POSTGRES", "PostgreSQL Unicode", attributes, "x;y", query).outcome();
    assert!(wrong.contains("error[database.") && !wrong.contains("x;y"), "{wrong}");
}

#[test]
#[ignore = "needs ODBC drivers: cargo xtask test databases"]
fn sessions_only_read() {
    psql(
        "CREATE OR REPLACE FUNCTION c_writes() RETURNS int LANGUAGE sql AS 'CREATE TABLE c_written (); SELECT 1';",
    );
    let found = Fixture::postgres("query = \"SELECT c_writes()\"").outcome();
    assert!(found.contains("read-only transaction"), "{found}");
}

#[test]
#[ignore = "needs ODBC drivers: cargo xtask test databases"]
fn mariadb_is_read_through_its_driver() {
    let server = TestServer::server("CONCORDAT_TEST_MYSQL");
    let attributes = format!("Database = \"mysql\"\nSSLCA = \"{}\"", server.ca_file);
    let query =
        "query = \"SELECT 1 AS a, 'Größe' AS b, CAST(1.5 AS DECIMAL(5,2)) AS c, DATE '2024-01-31' AS d\"";
    let found = Fixture::new("CONCORDAT_TEST_MYSQL", "MariaDB Unicode", &attributes, &server.password, query)
        .outcome();
    assert!(
        found.ends_with("{\"a\":1,\"b\":\"Größe\",\"c\":1.50,\"d\":\"2024-01-31\",\"_record_number\":1}\n"),
        "{found}"
    );
}

/// How many rows are answered with, or the code of the problem.
fn asked(text: &str, base: &TempDir, name: &str, value: &str) -> Result<usize, &'static str> {
    let source = Source::parse(text, "source.toml").unwrap();
    let asking = Asking { most_records: 5, ..Asking::with([(name.into(), value.into())]) };
    source.ask(base.path(), &asking).map(|answer| answer.batch.num_rows()).map_err(|problem| problem.code)
}

#[test]
#[ignore = "needs ODBC drivers: cargo xtask test databases"]
fn rows_are_looked_up_at_the_moment_of_a_question() {
    const CHARITIES: &str = "CREATE TABLE c_asked (id INTEGER PRIMARY KEY, name VARCHAR(60)); \
        INSERT INTO c_asked VALUES (3, 'Größe Trust'), (4, 'Many'), (5, 'Many'), (6, 'Many'), (7, 'Many'), (8, 'Many'), (9, 'Many')";
    psql(&format!("DROP TABLE IF EXISTS c_asked; {CHARITIES};"));
    let file = sqlite(CHARITIES);
    let server = TestServer::server("CONCORDAT_TEST_MYSQL");
    let attributes = format!("Database = \"mysql\"\nSSLCA = \"{}\"", server.ca_file);
    // The driver of MariaDB has no table here: rows of the query itself do.
    let mariadb = "query = \"SELECT id FROM (SELECT 3 AS id, 'Größe Trust' AS name UNION ALL SELECT 0, '') q WHERE name = :name\"";
    let mariadb =
        Fixture::new("CONCORDAT_TEST_MYSQL", "MariaDB Unicode", &attributes, &server.password, mariadb);
    assert_eq!(asked(&mariadb.source, &mariadb.base, "name", "Größe Trust"), Ok(1));
    assert_eq!(asked(&mariadb.source, &mariadb.base, "name", "' OR ''='"), Ok(0));
    for (options, name, value, expected) in [
        ("query = \"SELECT id FROM c_asked WHERE name = :name\"", "name", "Größe Trust", Ok(1)),
        ("table = \"c_asked\"\nasked_by = [\"name\"]", "name", "Größe Trust", Ok(1)),
        ("table = \"c_asked\"\nasked_by = [\"name\"]", "name", "' OR '1'='1", Ok(0)),
        ("table = \"c_asked\"\nasked_by = [\"name\"]", "name", "Many", Err("service.too-many")),
        ("table = \"c_asked\"\nasked_by = [\"id\"]", "id", "3", Ok(1)),
        ("table = \"c_asked\"\nasked_by = [\"id\"]", "id", "3abc", Err("database.value-not-taken")),
        ("table = \"c_asked\"\nasked_by = [\"nam\"]", "nam", "a", Err("database.no-such-column")),
        ("table = \"c_asked\"\nasked_by = [\"id\"]", "name", "a", Err("service.unknown-parameter")),
    ] {
        let server = Fixture::postgres(options);
        assert_eq!(asked(&server.source, &server.base, name, value), expected, "PostgreSQL: {options}");
        assert_eq!(asked(&of_sqlite(&file, options), &file, name, value), expected, "SQLite: {options}");
    }
}
