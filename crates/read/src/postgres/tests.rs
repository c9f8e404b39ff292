//! Against a real server. Each test has a database of its own.

mod asked;
mod changes;

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::{TempDir, tempdir};

use crate::cases::{outcome, read_all};
use crate::databases::testing::TestServer;
use crate::{Comparison, Condition, ReadBatch, Reader, Source, Wanted};

/// A database of the test's own, and a folder with the password.
struct Fixture {
    server: TestServer,
    database: &'static str,
    base: TempDir,
}

impl Fixture {
    fn new(database: &'static str, script: &str) -> Self {
        let server = TestServer::server("CONCORDAT_TEST_POSTGRES");
        let base = tempdir().unwrap();
        fs::write(base.path().join("password"), format!("{}\n", server.password)).unwrap();
        let fixture = Self { server, database, base };
        let slots = format!(
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = '{database}';"
        );
        fixture.psql("postgres", &slots);
        fixture.psql("postgres", &format!("DROP DATABASE IF EXISTS {database} WITH (FORCE);"));
        fixture.psql("postgres", &format!("CREATE DATABASE {database};"));
        fixture.psql(database, script);
        fixture
    }

    fn psql(&self, database: &str, script: &str) -> String {
        let TestServer { host, port, user, password, .. } = &self.server;
        let mut psql = Command::new("psql");
        psql.args(["-h", host, "-p", port, "-U", user, "-d", database, "-XqAt", "-v", "ON_ERROR_STOP=1"]);
        TestServer::script(psql.env("PGPASSWORD", password), script)
    }

    fn source(&self, options: &str) -> String {
        format!("{}{options}\n", self.server.options("postgres", self.database))
    }

    fn outcome(&self, options: &str) -> String {
        self.shown(&outcome(&self.source(options), self.base.path()))
    }

    /// Without what differs from one run to the next.
    fn shown(&self, text: &str) -> String {
        text.replace(&format!("{}:{}", self.server.host, self.server.port), "HOST")
    }

    fn open(&self, options: &str, wanted: &Wanted) -> Box<dyn Reader> {
        let source = Source::parse(&self.source(options), "source.toml").unwrap();
        source.open_wanted(self.base.path(), wanted).unwrap()
    }

    fn base(&self) -> &Path {
        self.base.path()
    }
}

fn rows(batches: &[ReadBatch]) -> usize {
    batches.iter().map(|batch| batch.batch.num_rows()).sum()
}

const TYPES: &str = r#"
CREATE TYPE mood AS ENUM ('calm', 'tired');
CREATE DOMAIN cents AS numeric(12,2) CHECK (VALUE >= 0);
CREATE SCHEMA "Old Register";
CREATE TABLE "Old Register"."All Types" (
    small smallint, big bigint, exact numeric(9,3), wide numeric(50,2), free numeric, of_domain cents,
    single real, double double precision, flag boolean, "Letters" text, padded char(5), short varchar(3), bytes bytea,
    day date, moment timestamptz, local timestamp, clock time, span interval, doc jsonb, id uuid,
    list int[], state mood, address inet, pair point, around int4range);
INSERT INTO "Old Register"."All Types" VALUES
    (-3, 9223372036854775807, -1.005, 123456789012345678901234567890.25, 0.1, 12.50,
     0.1, 1e300, true, 'Größe', 'ab', 'xyz', '\x00ff',
     '1890-02-28', '2024-03-31 02:30:00+02', '2024-02-29 23:59:59.999999', '23:59:59.5', '1 year 2 days', '{"b": 1, "a": [2]}',
     'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{1,NULL,3}', 'tired', '10.0.0.1/8', '(1,2)', '[1,5)'),
    (NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
"#;

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test databases"]
fn every_type_is_exact() {
    let fixture = Fixture::new("c_types", TYPES);
    let found = fixture.outcome("schema = \"Old Register\"\ntable = \"All Types\"");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/postgres/types");
    fs::create_dir_all(&folder).unwrap();
    crate::cases::check(&folder, &found);
    let query = "query = \"SELECT *, 1 AS small FROM \\\"Old Register\\\".\\\"All Types\\\" -- all\"";
    let queried = fixture.outcome(query);
    assert!(queried.contains("\"small\":-3") || queried.contains("\"small_1\":-3"), "{queried}");
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test databases"]
fn a_value_that_does_not_fit_rejects_its_row_and_no_other() {
    let fixture = Fixture::new(
        "c_rejects",
        "CREATE TABLE t (id int, until date, cost numeric(6,2));
         INSERT INTO t VALUES (1, 'infinity', 1), (2, '2024-01-01', 'NaN'), (3, '2024-01-02', 2.5), (4, '-infinity', NULL);",
    );
    let found = fixture.outcome("table = \"t\"");
    assert!(
        found.contains("{\"id\":3,\"until\":\"2024-01-02\",\"cost\":2.50,\"_record_number\":3}"),
        "{found}"
    );
    let place = "at HOST/c_rejects, record 1, field \"until\"";
    assert!(found.contains("an infinite date is not a date") && found.contains(place), "{found}");
    assert!(found.contains("the value is no number and does not fit a decimal(6,2)"), "{found}");
    assert_eq!(found.matches("error[database.does-not-fit]").count(), 3, "{found}");
    let raw = crate::file::hexadecimal(b"id = 4\nuntil = -infinity\ncost = NULL\n");
    assert!(found.contains(&raw), "{found}");
    let null = fixture.outcome("table = \"t\"\ninfinity = \"null\"");
    assert!(null.contains("{\"id\":1,\"cost\":1.00,"), "{null}");
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test databases"]
fn columns_conditions_and_limits_are_the_servers_work_and_give_the_same_rows() {
    let fixture = Fixture::new(
        "c_wanted",
        "CREATE TABLE person (id int PRIMARY KEY, name text COLLATE \"en-x-icu\", height numeric(4,1));
         INSERT INTO person SELECT i, chr(64 + i % 58) || 'é', i / 10.0 FROM generate_series(1, 5000) i;
         ANALYZE person;",
    );
    let all = read_all(fixture.open("table = \"person\"", &Wanted::default()).as_mut()).unwrap();
    assert_eq!(rows(&all), 5000);
    for (column, comparison, value) in [
        ("name", Comparison::Less, "a"),
        ("name", Comparison::AtLeast, "Zé"),
        ("name", Comparison::Equal, "Aé"),
        ("name", Comparison::NotEqual, "Aé"),
        ("height", Comparison::Greater, "499.95"),
        ("height", Comparison::AtMost, "1.0"),
        ("id", Comparison::Equal, "17"),
    ] {
        let condition = Condition { column: column.into(), comparison, value: value.into() };
        let wanted =
            Wanted { conditions: vec![condition], columns: Some(vec!["id".into()]), ..Wanted::default() };
        let mut pushed = fixture.open("table = \"person\"", &wanted);
        let found = read_all(pushed.as_mut()).unwrap();
        let mut expected = fixture.open("table = \"person\"", &Wanted::default());
        let whole = Wanted { conditions: wanted.conditions.clone(), ..Wanted::default() };
        let mut kept = 0;
        while let Some(batch) = expected.next().unwrap() {
            kept += whole.conditions[0].keeps(&batch.batch);
        }
        assert_eq!(rows(&found), kept, "{column} {comparison:?} {value}");
        if comparison != Comparison::Greater {
            assert_eq!(pushed.progress().records, kept as u64, "the server left the others out");
        }
    }
    let mut limited = fixture.open("table = \"person\"", &Wanted { limit: Some(7), ..Wanted::default() });
    assert_eq!(rows(&read_all(limited.as_mut()).unwrap()), 7);
    assert_eq!(limited.progress().records, 7);
    let whole = fixture.open("table = \"person\"", &Wanted::default());
    assert_eq!(whole.progress().total_records, Some(5000));
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test databases"]
fn a_later_reading_goes_on_at_the_cursor() {
    let fixture = Fixture::new(
        "c_cursor",
        "CREATE TABLE t (id int, changed timestamptz);
         INSERT INTO t VALUES (1, '2024-01-01 10:00+00'), (3, '2024-01-03 00:00:00.000001+00'), (2, '2024-01-02 12:00+00');",
    );
    let options = "table = \"t\"\ncursor = \"changed\"";
    let mut first = fixture.open(options, &Wanted::default());
    assert_eq!(first.position(), None);
    read_all(first.as_mut()).unwrap();
    let position = first.position();
    assert_eq!(position.as_deref(), Some("2024-01-03 00:00:00.000001"));
    fixture.psql("c_cursor", "INSERT INTO t VALUES (4, '2024-01-03 00:00:00.000001+00'), (5, '2024-02-01 00:00+00'), (0, '2023-01-01');");
    let wanted = Wanted { after: position, columns: Some(vec!["id".into()]), ..Wanted::default() };
    let mut second = fixture.open(options, &wanted);
    let batches = read_all(second.as_mut()).unwrap();
    assert_eq!((rows(&batches), batches[0].batch.schema().field(0).name().as_str()), (3, "id"));
    assert_eq!(second.position().as_deref(), Some("2024-02-01 00:00:00.000000"));
    let wrong = fixture.outcome("table = \"t\"\ncursor = \"changd\"");
    assert!(
        wrong.contains("there is no column `changd`") && wrong.contains("did you mean `changed`?"),
        "{wrong}"
    );
    let begun = fixture.outcome("table = \"t\"\ncursor = \"id\"\nafter = \"4\"");
    assert!(
        begun.contains("\"id\":4") && begun.contains("\"id\":5") && !begun.contains("\"id\":3"),
        "{begun}"
    );
    let wrong = fixture.outcome("table = \"t\"\ncursor = \"id\"\nafter = \"x OR true\"");
    assert!(wrong.contains("error[database.cursor-value]"), "{wrong}");
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test databases"]
fn what_cannot_be_read_is_explained() {
    let fixture = Fixture::new(
        "c_faults",
        "CREATE SCHEMA legacy; CREATE TABLE legacy.hospital (id int); CREATE TABLE clinic (id int, name text);
         INSERT INTO clinic VALUES (1, 'secret name');
         DROP ROLE IF EXISTS c_reader; CREATE ROLE c_reader LOGIN PASSWORD 'other';",
    );
    for (options, expected) in [
        (
            "table = \"clinics\"",
            "error[database.no-such-table]: the database has no table `clinics`\n  at HOST/c_faults, field \"table\"\n  try: did you mean `clinic`?\n",
        ),
        ("table = \"legacy.hospital\"", "  try: write `schema = \"legacy\"` and `table = \"hospital\"`\n"),
        ("table = \"hospital\"", "  try: there is one in the schema `legacy`: write `schema = \"legacy\"`\n"),
        (
            "",
            "error[source.missing-key]: `table` or `query` is missing: which rows to read\n  at HOST/c_faults, field \"table\"\n  try: its tables are legacy.hospital, public.clinic\n",
        ),
        (
            "query = \"SELECT nme FROM clinic\"",
            "error[database.bad-query]: PostgreSQL does not accept it: column \"nme\" does not exist, at letter 8\n",
        ),
        (
            "query = \"SELECT * FROM clinic WHERE id = $1\"",
            "error[database.bad-query]: the query has parameters",
        ),
        ("query = \"SELECT nextval('s')\"", "error[database.bad-query]"),
        (
            "query = \"SELECT set_config('transaction_read_only', 'off', false), lo_create(1)\"",
            "transaction read-write mode must be set before any query",
        ),
        (
            "query = \"SELECT name::int FROM clinic\"",
            "error[database.failed]: a value made the query fail (SQLSTATE 22P02)\n",
        ),
        ("query = \"SELECT 1) TO STDOUT; --\"", "error[database.not-a-query]"),
    ] {
        let found = fixture.outcome(options);
        assert!(found.contains(expected), "{options}\n{found}");
        assert!(!found.contains("secret name") && !found.contains(&fixture.server.password), "{found}");
    }
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test databases"]
fn a_server_that_does_not_let_us_in_is_explained() {
    let fixture = Fixture::new("c_doors", "CREATE TABLE t (id int);");
    let open = |find: &str, instead: &str| {
        let source = fixture.source("table = \"t\"").replace(find, instead);
        fixture.shown(&outcome(&source, fixture.base()))
    };
    let port = format!("port = {}", fixture.server.port);
    let ca = format!("ca_file = \"{}\"\n", fixture.server.ca_file);
    fs::write(fixture.base().join("wrong"), "wrong").unwrap();
    for (find, instead, expected) in [
        (port.as_str(), "port = 1", "error[database.refused]"),
        ("{ file = \"password\" }", "{ file = \"wrong\" }", "error[database.sign-in]"),
        ("{ file = \"password\" }", "{ env = \"CONCORDAT_NO_SUCH\" }", "error[source.no-secret]"),
        (
            "\"c_doors\"",
            "\"c_dooors\"",
            "error[database.no-such-database]: the server has no database `c_dooors`",
        ),
        (ca.as_str(), "", "error[database.tls]"),
        ("host = \"127.0.0.1\"", "host = \"127.0.0.2\"", "error[database."),
        ("host = \"127.0.0.1\"", "host = \"no-such-host.invalid\"", "error[database.no-such-host]"),
        (ca.as_str(), "tls = \"off\"\n", "id: Int32"),
    ] {
        let found = open(find, instead);
        let reads = expected.starts_with("id") && found.starts_with("id: Int64");
        assert!(reads || found.contains(expected), "{find} -> {instead}\n{found}");
        assert!(found.contains("try: ") || reads, "{found}");
    }
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test databases"]
fn the_catalogue_lists_tables_columns_and_rows() {
    let fixture = Fixture::new(
        "c_catalogue",
        "CREATE TABLE t (id int NOT NULL, name varchar(20)); INSERT INTO t SELECT 1 FROM generate_series(1, 50); ANALYZE t;
         CREATE VIEW v AS SELECT id FROM t;",
    );
    let source = Source::parse(&fixture.source(""), "source.toml").unwrap();
    let catalogue = source.catalogue(fixture.base()).unwrap().unwrap();
    let shown: Vec<String> = catalogue
        .tables
        .iter()
        .map(|table| {
            let columns: Vec<String> =
                table.columns.iter().map(|c| format!("{} {} {}", c.name, c.declared, c.nullable)).collect();
            format!(
                "{:?} {} {} {:?}: {}",
                table.schema,
                table.name,
                table.is_view,
                table.estimated_rows,
                columns.join(", ")
            )
        })
        .collect();
    let expected = [
        "Some(\"public\") t false Some(50): id integer false, name character varying(20) true",
        "Some(\"public\") v true None: id integer true",
    ];
    assert_eq!(shown, expected);
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test databases"]
fn a_reader_that_is_dropped_early_leaves_the_server() {
    let fixture = Fixture::new(
        "c_early",
        "CREATE TABLE t AS SELECT i, repeat('x', 100) AS x FROM generate_series(1, 200000) i;",
    );
    let mut reader = fixture.open("table = \"t\"", &Wanted::default());
    assert_eq!(reader.next().unwrap().unwrap().batch.num_rows(), 8192);
    drop(reader);
    let busy =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = 'c_early' AND application_name = 'concordat'";
    let gone = (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        fixture.psql("postgres", busy).trim() == "0"
    });
    assert!(gone);
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test databases"]
fn the_same_rows_have_the_same_digest() {
    let fixture = Fixture::new(
        "c_digest",
        "CREATE TABLE t AS SELECT i, 'a' || i AS x FROM generate_series(1, 20000) i;",
    );
    let digest = || fixture.open("table = \"t\"", &Wanted::default()).digest().unwrap();
    let before = digest();
    assert_eq!((before.clone(), before.len()), (digest(), 64));
    fixture.psql("c_digest", "UPDATE t SET x = 'b' WHERE i = 20000;");
    assert_ne!(before, digest());
}
