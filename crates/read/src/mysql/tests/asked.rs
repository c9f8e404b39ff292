//! A server that is asked at the moment of a question.

use super::Fixture;
use crate::cases::read_all;
use crate::databases::testing::names;
use crate::{Asking, Source, Wanted};

const CHARITIES: &str = "
CREATE TABLE charity (id INT PRIMARY KEY, name VARCHAR(60), `Post Code` CHAR(5), since DATE, income DECIMAL(12,2), number BIGINT UNSIGNED, KEY (name));
INSERT INTO charity VALUES (0, 'Nobody', '', NULL, NULL, NULL), (3, 'Hill Trust', '04473', '1903-05-01', 3017.5, 18446744073709551615),
    (4, 'Hill ''Quoted'' \\\\ Trust', '0441', NULL, NULL, NULL), (5, 'Cedar Clinic', '04473', NULL, 12, NULL);
INSERT INTO charity SELECT seq, 'Many', '99999', NULL, NULL, NULL FROM seq_100_to_200;";

impl Fixture {
    fn ask(&self, source: &Source, given: &[(&str, &str)]) -> String {
        self.shown(&names(source, self.base(), given))
    }
}

#[test]
#[ignore = "needs a MariaDB server: cargo xtask test databases"]
fn rows_are_looked_up_by_what_is_told_whatever_stands_in_it() {
    let fixture = Fixture::new("c_asked", CHARITIES);
    let by_name = "query = \"SELECT * FROM charity WHERE name = :name OR `Post Code` = :name ORDER BY id\"";
    let not_taken =
        "database.value-not-taken: a value has not the type of the column that it is compared with";
    let long = "x".repeat(64 << 10);
    for (options, given, expected) in [
        (by_name, &[("name", "hill trust")][..], "Hill Trust"),
        (by_name, &[("name", "04473")], "Hill Trust, Cedar Clinic"),
        (by_name, &[("name", "Hill 'Quoted' \\ Trust")], "Hill 'Quoted' \\ Trust"),
        (by_name, &[("name", "' OR '1'='1")], ""),
        (by_name, &[("name", "\\' OR 1=1 -- ")], ""),
        (by_name, &[("name", "x'; DROP TABLE charity; --")], ""),
        (by_name, &[("name", &long)], ""),
        (
            by_name,
            &[("name", "a\0b")],
            "database.value-not-taken: the value of `name` holds a null character",
        ),
        (by_name, &[("name", "Many")], "service.too-many: the answer has more than 50 records"),
        (
            "table = \"charity\"\nasked_by = [\"name\", \"Post Code\"]",
            &[("name", "Hill Trust"), ("Post Code", "04473")],
            "Hill Trust",
        ),
        (
            "table = \"charity\"\nasked_by = [\"name\"]",
            &[("name", "Many")],
            "service.too-many: the answer has more than 50 records",
        ),
        ("table = \"charity\"\nasked_by = [\"id\"]", &[("id", "5")], "Cedar Clinic"),
        ("table = \"charity\"\nasked_by = [\"id\"]", &[("id", "5abc")], not_taken),
        ("table = \"charity\"\nasked_by = [\"id\"]", &[("id", "nobody")], not_taken),
        ("table = \"charity\"\nasked_by = [\"number\"]", &[("number", "18446744073709551615")], "Hill Trust"),
        ("table = \"charity\"\nasked_by = [\"since\"]", &[("since", "1903-05-01")], "Hill Trust"),
        ("table = \"charity\"\nasked_by = [\"since\"]", &[("since", "May 1903")], not_taken),
        (
            "table = \"charity\"\nasked_by = [\"nam\"]",
            &[("nam", "a")],
            "database.no-such-column: there is no column `nam`",
        ),
        (
            "query = \"SELECT name, SLEEP(20) FROM charity WHERE id = :id\"",
            &[("id", "3")],
            "service.late: there is no answer in the time allowed",
        ),
    ] {
        let source =
            Source::parse(&fixture.source(&format!("{options}\nretries = 0")), "source.toml").unwrap();
        assert_eq!(fixture.ask(&source, given), expected, "{options}");
        // On the connection that waited, the same.
        assert_eq!(fixture.ask(&source, given), expected, "{options}");
    }
    assert_eq!(fixture.client("SELECT COUNT(*) FROM c_asked.charity").trim(), "105");
}

#[test]
#[ignore = "needs a MariaDB server: cargo xtask test databases"]
fn the_columns_of_an_answer_are_those_of_reading() {
    let fixture = Fixture::new("c_columns", CHARITIES);
    let open = |options: &str| Source::parse(&fixture.source(options), "source.toml").unwrap();
    let read = open("table = \"charity\"").open(fixture.base()).unwrap().schema();
    for options in
        ["table = \"charity\"\nasked_by = [\"id\"]", "query = \"SELECT * FROM charity WHERE id = :id\""]
    {
        let source = open(options);
        assert_eq!(source.answer_columns(fixture.base()).unwrap().unwrap(), read);
        let ask = |id: &str| source.ask(fixture.base(), &Asking::with([("id".into(), id.into())])).unwrap();
        let (found, none) = (ask("3"), ask("7"));
        assert_eq!((found.batch.schema(), none.batch.schema()), (read.clone(), read.clone()));
        assert_eq!((found.batch.num_rows(), none.batch.num_rows()), (1, 0));
        let mut whole = fixture.open("query = \"SELECT * FROM charity WHERE id = 3\"", &Wanted::default());
        assert_eq!(found.batch, read_all(whole.as_mut()).unwrap()[0].batch);
    }
}

#[test]
#[ignore = "needs a MariaDB server: cargo xtask test databases"]
fn a_connection_that_was_closed_or_a_table_that_changed_meanwhile_is_no_matter() {
    let fixture = Fixture::new("c_idle", CHARITIES);
    let options = "table = \"charity\"\nasked_by = [\"id\"]\nretries = 0";
    let source = Source::parse(&fixture.source(options), "source.toml").unwrap();
    let ask = || fixture.ask(&source, &[("id", "3")]);
    let connections = "SELECT id FROM information_schema.processlist WHERE db = 'c_idle'";
    assert_eq!((ask(), ask(), ask()), ("Hill Trust".into(), "Hill Trust".into(), "Hill Trust".into()));
    let connection = fixture.client(connections);
    assert_eq!(connection.trim().lines().count(), 1);
    fixture.client(&format!("KILL {}", connection.trim()));
    assert_eq!(ask(), "Hill Trust");
    fixture.client("ALTER TABLE c_idle.charity DROP COLUMN since");
    assert_eq!(ask(), "Hill Trust");
    fixture.client("UPDATE c_idle.charity SET name = 'Valley Trust' WHERE id = 3");
    assert_eq!(ask(), "Valley Trust");
    fixture.client("DROP TABLE c_idle.charity");
    assert_eq!(ask(), "database.no-such-table: the database has no table `c_idle.charity`");
}
