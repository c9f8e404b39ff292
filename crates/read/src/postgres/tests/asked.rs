//! A server that is asked at the moment of a question.

use super::Fixture;
use crate::cases::read_all;
use crate::databases::testing::names;
use crate::{Asking, Source, Wanted};

const CHARITIES: &str = "
CREATE TYPE status AS ENUM ('active', 'struck off');
CREATE TABLE charity (id int PRIMARY KEY, name text, \"Post Code\" char(5), status status, since date, income numeric(12,2), key uuid, tags text[]);
CREATE INDEX ON charity (name);
INSERT INTO charity VALUES (3, 'Hill Trust', '04473', 'active', '1903-05-01', 3017.5, '6ecd8c99-4036-403d-bf84-cf8400f67836', '{a,b}'),
    (4, 'Hill ''Quoted'' Trust', '0441', 'struck off', 'infinity', NULL, NULL, NULL), (5, 'Cedar Clinic', '04473', 'active', NULL, 12, NULL, NULL);
INSERT INTO charity SELECT i, 'Many', '99999' FROM generate_series(100, 200) i;";

impl Fixture {
    fn ask(&self, source: &Source, given: &[(&str, &str)]) -> String {
        self.shown(&names(source, self.base(), given))
    }
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test databases"]
fn rows_are_looked_up_by_what_is_told_whatever_stands_in_it() {
    let fixture = Fixture::new("c_asked", CHARITIES);
    let by_name =
        "query = \"SELECT * FROM charity WHERE name = :name OR lower(name) = lower(:name) ORDER BY id\"";
    let not_taken = "database.value-not-taken: a value has not the type of what it is compared with";
    let long = "x".repeat(64 << 10);
    for (options, given, expected) in [
        (by_name, &[("name", "hill trust")][..], "Hill Trust"),
        (by_name, &[("name", "Hill 'Quoted' Trust")], ""),
        (
            &format!("{by_name}\ninfinity = \"null\""),
            &[("name", "Hill 'Quoted' Trust")],
            "Hill 'Quoted' Trust",
        ),
        (by_name, &[("name", "' OR '1'='1")], ""),
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
        ("table = \"charity\"\nasked_by = [\"id\"]", &[("id", "5")], "Cedar Clinic"),
        ("table = \"charity\"\nasked_by = [\"id\"]", &[("id", "5abc")], not_taken),
        ("table = \"charity\"\nasked_by = [\"id\"]", &[("id", "99999999999")], not_taken),
        ("table = \"charity\"\nasked_by = [\"since\"]", &[("since", "1903-05-01")], "Hill Trust"),
        ("table = \"charity\"\nasked_by = [\"since\"]", &[("since", "1903-02-30")], not_taken),
        (
            "table = \"charity\"\nasked_by = [\"status\", \"id\"]",
            &[("status", "active"), ("id", "3")],
            "Hill Trust",
        ),
        ("table = \"charity\"\nasked_by = [\"status\"]", &[("status", "gone")], not_taken),
        (
            "table = \"charity\"\nasked_by = [\"key\"]",
            &[("key", "6ECD8C994036403dbf84cf8400f67836")],
            "Hill Trust",
        ),
        (
            "query = \"SELECT name FROM charity WHERE id = :a::bigint + :b\"",
            &[("a", "1"), ("b", "2")],
            "Hill Trust",
        ),
        (
            "table = \"charity\"\nasked_by = [\"nam\"]",
            &[("nam", "a")],
            "database.no-such-column: there is no column `nam`",
        ),
        (
            "query = \"SELECT name::int AS name FROM charity WHERE name = :name\"",
            &[("name", "Hill Trust")],
            "database.failed: a value made the query fail (SQLSTATE 22P02)",
        ),
        (
            "query = \"SELECT name, pg_sleep(20) FROM charity WHERE id = :id\"",
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
    assert_eq!(fixture.psql("c_asked", "SELECT count(*) FROM charity;").trim(), "104");
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test databases"]
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
        let (found, none, bad) = (ask("3"), ask("7"), ask("4"));
        assert_eq!((found.batch.schema(), none.batch.schema()), (read.clone(), read.clone()));
        assert_eq!((found.batch.num_rows(), none.batch.num_rows(), bad.rejects.len()), (1, 0, 1));
        let whole = read_all(
            fixture.open("query = \"SELECT * FROM charity WHERE id = 3\"", &Wanted::default()).as_mut(),
        );
        assert_eq!(found.batch, whole.unwrap()[0].batch);
    }
    let read =
        fixture.outcome("query = \"SELECT id FROM charity WHERE id < :id\"\nparameters = { id = \"5\" }");
    assert_eq!(read, "id: Int64\n{\"id\":3,\"_record_number\":1}\n{\"id\":4,\"_record_number\":2}\n");
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test databases"]
fn a_connection_that_was_closed_or_a_table_that_changed_meanwhile_is_no_matter() {
    let fixture = Fixture::new("c_idle", CHARITIES);
    let options = "query = \"SELECT name, c.* FROM charity c WHERE id = :id\"\nretries = 0";
    let source = Source::parse(&fixture.source(options), "source.toml").unwrap();
    let ask = || fixture.ask(&source, &[("id", "3")]);
    let connections =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = 'c_idle' AND application_name = 'concordat'";
    assert_eq!((ask(), ask(), ask()), ("Hill Trust".into(), "Hill Trust".into(), "Hill Trust".into()));
    assert_eq!(fixture.psql("postgres", connections).trim(), "1");
    fixture
        .psql("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'c_idle';");
    assert_eq!(ask(), "Hill Trust");
    fixture.psql("c_idle", "ALTER TABLE charity DROP COLUMN tags;");
    assert_eq!(ask(), "Hill Trust");
    fixture.psql("c_idle", "UPDATE charity SET name = 'Valley Trust' WHERE id = 3;");
    assert_eq!(ask(), "Valley Trust");
    fixture.psql("c_idle", "DROP TABLE charity;");
    assert!(ask().starts_with("database.bad-query: PostgreSQL does not accept it"), "{}", ask());
}
