//! Against a real server. Each test has a database of its own.

mod asked;

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::{TempDir, tempdir};

use crate::cases::{outcome, read_all};
use crate::databases::testing::TestServer;
use crate::{Comparison, Condition, Reader, Source, Wanted};

/// A database of the test's own, and a folder with the password.
struct Fixture {
    server: TestServer,
    database: &'static str,
    base: TempDir,
}

impl Fixture {
    fn new(database: &'static str, script: &str) -> Self {
        let server = TestServer::server("CONCORDAT_TEST_MYSQL");
        let base = tempdir().unwrap();
        fs::write(base.path().join("password"), &server.password).unwrap();
        let fixture = Self { server, database, base };
        let begin = format!(
            "DROP DATABASE IF EXISTS {database}; CREATE DATABASE {database} CHARACTER SET utf8mb4; USE {database};"
        );
        fixture.client(&format!("{begin}\n{script}"));
        fixture
    }

    fn client(&self, script: &str) -> String {
        let TestServer { host, port, user, password, ca_file } = &self.server;
        let mut client = Command::new("mariadb");
        client.args([
            "-h",
            host,
            "-P",
            port,
            "-u",
            user,
            "--ssl-ca",
            ca_file,
            "-N",
            "--default-character-set=utf8mb4",
        ]);
        TestServer::script(client.env("MYSQL_PWD", password), script)
    }

    fn source(&self, options: &str) -> String {
        format!("{}{options}\n", self.server.options("mysql", self.database))
    }

    fn outcome(&self, options: &str) -> String {
        self.shown(&outcome(&self.source(options), self.base()))
    }

    /// Without what differs from one run to the next.
    fn shown(&self, text: &str) -> String {
        text.replace(&format!("{}:{}", self.server.host, self.server.port), "HOST")
    }

    fn open(&self, options: &str, wanted: &Wanted) -> Box<dyn Reader> {
        let source = Source::parse(&self.source(options), "source.toml").unwrap();
        source.open_wanted(self.base(), wanted).unwrap()
    }

    fn base(&self) -> &Path {
        self.base.path()
    }
}

fn rows(reader: &mut dyn Reader) -> usize {
    read_all(reader).unwrap().iter().map(|batch| batch.batch.num_rows()).sum()
}

const TYPES: &str = r#"
SET sql_mode = '', time_zone = '+02:00';
CREATE TABLE `All Types` (
    tiny TINYINT(1), big BIGINT, huge BIGINT UNSIGNED, `exact` DECIMAL(9,3), wide DECIMAL(50,2), cents DECIMAL(12,2) UNSIGNED,
    single FLOAT, `double` DOUBLE, bit1 BIT(1), bits BIT(12), `year` YEAR,
    `Letters` VARCHAR(20), latin VARCHAR(20) CHARACTER SET latin1, padded CHAR(5), bytes VARBINARY(9), fixed BINARY(3), blobs BLOB,
    state ENUM('calm','tired'), flags SET('a','b'), doc JSON, day DATE, `local` DATETIME(6), moment TIMESTAMP(3) NULL, span TIME(2), place POINT);
INSERT INTO `All Types` VALUES
    (2, -9223372036854775808, 18446744073709551615, -1.005, 123456789012345678901234567890.25, 12.50,
     0.1, 1e300, b'1', b'100000000001', 1890 + 100,
     'Größe 😀', 'Größe', 'ab', x'00ff', x'01', x'0a',
     'tired', 'a,b', '{"a": [2]}', '1890-02-28', '2024-02-29 23:59:59.999999', '2024-03-30 02:30:00.125', '-838:59:59', NULL);
INSERT INTO `All Types` () VALUES ();
"#;

#[test]
#[ignore = "needs a MariaDB server: cargo xtask test databases"]
fn every_type_is_exact() {
    let fixture = Fixture::new("c_types", TYPES);
    let found = fixture.outcome("table = \"All Types\"");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/mysql/types");
    fs::create_dir_all(&folder).unwrap();
    crate::cases::check(&folder, &found);
    let queried = fixture.outcome("query = \"SELECT tiny, big AS tiny FROM `All Types` -- all\"");
    assert!(queried.contains("\"tiny\":2"), "{queried}");
}

#[test]
#[ignore = "needs a MariaDB server: cargo xtask test databases"]
fn a_zero_date_rejects_its_row_unless_it_shall_be_null() {
    let fixture = Fixture::new(
        "c_zeros",
        "SET sql_mode = '';
         CREATE TABLE t (id INT, born DATE, seen DATETIME NOT NULL);
         INSERT INTO t VALUES (1, '0000-00-00', '2024-01-01'), (2, '2024-01-01', '0000-00-00'), (3, '2024-01-02', '2024-01-01 00:00:01'), (4, '2024-00-15', '2024-01-01');",
    );
    let found = fixture.outcome("table = \"t\"");
    assert!(
        found.contains(
            "{\"id\":3,\"born\":\"2024-01-02\",\"seen\":\"2024-01-01T00:00:01\",\"_record_number\":3}"
        ),
        "{found}"
    );
    assert!(
        found.contains("a date of zeros is not a date\n  at HOST/c_zeros, record 1, field \"born\""),
        "{found}"
    );
    assert_eq!(found.matches("error[database.does-not-fit]").count(), 3, "{found}");
    let null = fixture.outcome("table = \"t\"\nzero_dates = \"null\"");
    assert!(
        !null.contains("error") && null.contains("{\"id\":2,\"born\":\"2024-01-01\",\"_record_number\":2}"),
        "{null}"
    );
    let is_null = Condition { column: "born".into(), comparison: Comparison::Null, value: String::new() };
    let wanted = Wanted { conditions: vec![is_null], ..Wanted::default() };
    assert_eq!(rows(fixture.open("table = \"t\"\nzero_dates = \"null\"", &wanted).as_mut()), 2);
}

#[test]
#[ignore = "needs a MariaDB server: cargo xtask test databases"]
fn columns_conditions_and_limits_are_the_servers_work_and_give_the_same_rows() {
    let fixture = Fixture::new(
        "c_wanted",
        "CREATE TABLE person (id INT PRIMARY KEY, name VARCHAR(20), height DECIMAL(4,1));
         INSERT INTO person SELECT seq, CONCAT(CHAR(64 + seq % 58), 'é'), seq / 10 FROM seq_1_to_5000;",
    );
    for (column, comparison, value, is_pushed) in [
        ("name", Comparison::Less, "a", false),
        ("name", Comparison::Equal, "Aé", false),
        ("name", Comparison::NotEqual, "Aé", false),
        ("height", Comparison::Greater, "499.95", false),
        ("height", Comparison::AtMost, "1.0", true),
        ("id", Comparison::Equal, "17", true),
        ("id", Comparison::NotNull, "", true),
    ] {
        let condition = Condition { column: column.into(), comparison, value: value.into() };
        let wanted = Wanted {
            conditions: vec![condition.clone()],
            columns: Some(vec!["id".into()]),
            ..Wanted::default()
        };
        let mut pushed = fixture.open("table = \"person\"", &wanted);
        let found = rows(pushed.as_mut());
        let mut kept = 0;
        for batch in read_all(fixture.open("table = \"person\"", &Wanted::default()).as_mut()).unwrap() {
            kept += condition.keeps(&batch.batch);
        }
        assert_eq!(found, kept, "{column} {comparison:?} {value}");
        if is_pushed {
            assert_eq!(pushed.progress().records, kept as u64, "the server left the others out");
        }
    }
    for options in ["table = \"person\"", "query = \"SELECT * FROM person ORDER BY id DESC\""] {
        let mut limited = fixture.open(options, &Wanted { limit: Some(7), ..Wanted::default() });
        assert_eq!((rows(limited.as_mut()), limited.progress().records), (7, 7));
    }
}

#[test]
#[ignore = "needs a MariaDB server: cargo xtask test databases"]
fn a_later_reading_goes_on_at_the_cursor() {
    let fixture = Fixture::new(
        "c_cursor",
        "CREATE TABLE t (id INT, changed DATETIME(6));
         INSERT INTO t VALUES (1, '2024-01-01 10:00'), (3, '2024-01-03 00:00:00.000001'), (2, '2024-01-02 12:00');",
    );
    let options = "query = \"SELECT * FROM t\"\ncursor = \"changed\"";
    let mut first = fixture.open(options, &Wanted::default());
    assert_eq!(rows(first.as_mut()), 3);
    let position = first.position();
    assert_eq!(position.as_deref(), Some("2024-01-03 00:00:00.000001"));
    fixture.client("INSERT INTO c_cursor.t VALUES (4, '2024-01-03 00:00:00.000001'), (5, '2024-02-01'), (0, '2023-01-01');");
    let mut second = fixture.open(options, &Wanted { after: position, ..Wanted::default() });
    assert_eq!(rows(second.as_mut()), 3);
    assert_eq!(second.position().as_deref(), Some("2024-02-01 00:00:00.000000"));
}

#[test]
#[ignore = "needs a MariaDB server: cargo xtask test databases"]
fn what_cannot_be_read_is_explained() {
    let fixture = Fixture::new(
        "c_faults",
        "CREATE DATABASE IF NOT EXISTS c_legacy; CREATE TABLE IF NOT EXISTS c_legacy.hospital (id INT);
         CREATE TABLE clinic (id INT, name TEXT); INSERT INTO clinic VALUES (1, 'secret name');",
    );
    for (options, expected) in [
        (
            "table = \"clinics\"",
            "error[database.no-such-table]: the database has no table `c_faults.clinics`\n  at HOST/c_faults, field \"table\"\n  try: did you mean `clinic`?\n",
        ),
        (
            "table = \"hospital\"",
            "  try: there is one in the schema `c_legacy`: write `schema = \"c_legacy\"`\n",
        ),
        ("schema = \"c_legacy\"\ntable = \"hospital\"", "id: Int64\n"),
        (
            "",
            "error[source.missing-key]: `table` or `query` is missing: which rows to read\n  at HOST/c_faults, field \"table\"\n",
        ),
        (
            "query = \"SELECT nme FROM clinic\"",
            "error[database.bad-query]: the server does not accept it: Unknown column 'nme'",
        ),
        (
            "query = \"SELECT * FROM clinic WHERE id = ?\"",
            "error[database.bad-query]: the query has parameters",
        ),
        ("query = \"SELECT 1 INTO OUTFILE 'x'\"", "error[database.not-a-query]"),
        ("query = \"SELECT 1 /*! INTO OUTFILE 'x' */\"", "error[database.not-a-query]"),
        (
            "query = \"SELECT id + 9223372036854775807 FROM clinic\"",
            "error[database.failed]: a value made the query fail",
        ),
    ] {
        let found = fixture.outcome(options);
        assert!(found.contains(expected), "{options}\n{found}");
        assert!(!found.contains("secret name") && !found.contains(&fixture.server.password), "{found}");
    }
}

#[test]
#[ignore = "needs a MariaDB server: cargo xtask test databases"]
fn a_server_that_does_not_let_us_in_is_explained() {
    let fixture = Fixture::new("c_doors", "CREATE TABLE t (id INT);");
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
        (
            "\"c_doors\"",
            "\"c_dooors\"",
            "error[database.no-such-database]: the server has no database `c_dooors`",
        ),
        (ca.as_str(), "", "error[database.tls]"),
        ("host = \"127.0.0.1\"", "host = \"no-such-host.invalid\"", "error[database.no-such-host]"),
        (ca.as_str(), "tls = \"off\"\n", "id: Int64"),
    ] {
        let found = open(find, instead);
        assert!(found.contains(expected), "{find} -> {instead}\n{found}");
        assert!(found.contains("try: ") || expected.starts_with("id"), "{found}");
    }
}

#[test]
#[ignore = "needs a MariaDB server: cargo xtask test databases"]
fn the_catalogue_lists_tables_columns_and_rows() {
    let fixture = Fixture::new(
        "c_catalogue",
        "CREATE TABLE t (id INT NOT NULL, name VARCHAR(20)); INSERT INTO t VALUES (1, 'a'), (2, 'b'); ANALYZE TABLE t;
         CREATE VIEW v AS SELECT id FROM t;",
    );
    let source = Source::parse(&fixture.source(""), "source.toml").unwrap();
    let catalogue = source.catalogue(fixture.base()).unwrap().unwrap();
    let own = catalogue.tables.iter().filter(|table| table.schema.as_deref() == Some("c_catalogue"));
    let shown: Vec<String> = own
        .map(|table| {
            let columns: Vec<String> =
                table.columns.iter().map(|c| format!("{} {} {}", c.name, c.declared, c.nullable)).collect();
            format!("{} {} {:?}: {}", table.name, table.is_view, table.estimated_rows, columns.join(", "))
        })
        .collect();
    assert_eq!(
        shown,
        ["t false Some(2): id int(11) false, name varchar(20) true", "v true None: id int(11) false"]
    );
}

#[test]
#[ignore = "needs a MariaDB server: cargo xtask test databases"]
fn a_reader_that_is_dropped_early_leaves_the_server() {
    let fixture = Fixture::new(
        "c_early",
        "CREATE TABLE t AS SELECT seq AS i, REPEAT('x', 100) AS x FROM seq_1_to_200000;",
    );
    let mut reader = fixture.open("table = \"t\"", &Wanted::default());
    assert_eq!(reader.next().unwrap().unwrap().batch.num_rows(), 8192);
    drop(reader);
    let busy = "SELECT COUNT(*) FROM information_schema.processlist WHERE db = 'c_early'";
    let gone = (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        fixture.client(busy).trim() == "0"
    });
    assert!(gone);
}
