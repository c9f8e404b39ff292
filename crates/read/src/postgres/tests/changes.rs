//! Changes by logical replication.

use crate::cases::read_all;
use crate::{Reader, Source, Wanted};

use super::{Fixture, rows};

const TABLE: &str = "CREATE TABLE clinic (id int PRIMARY KEY, name char(8), opened date, note text);
    ALTER TABLE clinic ALTER note SET STORAGE EXTERNAL;
    CREATE PUBLICATION one FOR TABLE clinic;";
const OPTIONS: &str = "table = \"clinic\"\npublication = \"one\"\nslot = ";

fn with_slot(database: &'static str, more: &str) -> (Fixture, String) {
    let fixture = Fixture::new(database, &format!("{TABLE}{more}"));
    fixture.psql(database, &format!("SELECT pg_create_logical_replication_slot('{database}', 'pgoutput')"));
    (fixture, format!("{OPTIONS}\"{database}\""))
}

/// Rows as JSON, without what differs from one run to the next.
fn changes(reader: &mut dyn Reader) -> Vec<String> {
    let mut shown = Vec::new();
    for batch in read_all(reader).unwrap() {
        let mut writer = arrow::json::LineDelimitedWriter::new(Vec::new());
        writer.write(&batch.batch).unwrap();
        let text = String::from_utf8(writer.into_inner()).unwrap();
        shown.extend(text.lines().map(|line| {
            let mut row: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
            for known in ["change_lsn", "change_committed", "change_transaction", "_record_number"] {
                assert!(row.shift_remove(known).is_some(), "{known} in {line}");
            }
            serde_json::to_string(&row).unwrap()
        }));
    }
    shown
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test databases"]
fn what_happened_to_a_table_is_read_until_it_is_confirmed() {
    let (fixture, options) = with_slot("c_changes", "");
    fixture.psql(
        "c_changes",
        "INSERT INTO clinic VALUES (1, 'a', '2024-01-31', repeat('long', 2000)), (2, NULL, '0044-03-15 BC', '');
         UPDATE clinic SET name = 'b' WHERE id = 1;
         UPDATE clinic SET id = 3 WHERE id = 2;
         DELETE FROM clinic WHERE id = 3;
         BEGIN; INSERT INTO clinic VALUES (9, 'x'); ROLLBACK;
         TRUNCATE clinic;",
    );
    let mut reader = fixture.open(&options, &Wanted::default());
    let long = "long".repeat(2000);
    let expected = [
        format!(r#"{{"change_operation":"insert","change_key":"{{\"id\":\"1\"}}","id":1,"name":"a","opened":"2024-01-31","note":"{long}"}}"#),
        r#"{"change_operation":"insert","change_key":"{\"id\":\"2\"}","id":2,"opened":"-0043-03-15","note":""}"#.into(),
        r#"{"change_operation":"update","change_key":"{\"id\":\"1\"}","change_unchanged":"[\"note\"]","id":1,"name":"b","opened":"2024-01-31"}"#.into(),
        r#"{"change_operation":"update","change_key":"{\"id\":\"2\"}","id":3,"opened":"-0043-03-15","note":""}"#.into(),
        r#"{"change_operation":"delete","change_key":"{\"id\":\"3\"}","id":3}"#.into(),
        r#"{"change_operation":"truncate"}"#.into(),
    ];
    assert_eq!(changes(reader.as_mut()), expected);
    let position = reader.position().unwrap();

    let mut again = fixture.open(&options, &Wanted::default());
    assert_eq!(rows(&read_all(again.as_mut()).unwrap()), 6, "nothing is forgotten before it is confirmed");
    let mut behind = fixture.open(&options, &Wanted { after: Some(position), ..Wanted::default() });
    assert_eq!(rows(&read_all(behind.as_mut()).unwrap()), 0, "a position leaves out what was read before it");

    fixture.psql("c_changes", "INSERT INTO clinic VALUES (4, 'later');");
    let source = Source::parse(&fixture.source(&options), "source.toml").unwrap();
    let position = reader.position().unwrap();
    for _ in 0..2 {
        source.confirm(fixture.base(), &position).unwrap();
    }
    assert_eq!(source.confirm(fixture.base(), "x").unwrap_err().code, "database.cursor-value");
    let mut later = fixture.open(&options, &Wanted::default());
    let expected = r#"{"change_operation":"insert","change_key":"{\"id\":\"4\"}","id":4,"name":"later"}"#;
    assert_eq!(changes(later.as_mut()), [expected]);
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test databases"]
fn with_a_full_replica_identity_no_value_is_missing() {
    let (fixture, options) = with_slot("c_full", "ALTER TABLE clinic REPLICA IDENTITY FULL;");
    fixture.psql(
        "c_full",
        "INSERT INTO clinic VALUES (1, 'a', NULL, repeat('long', 2000)); UPDATE clinic SET name = 'b'; DELETE FROM clinic;",
    );
    let found = changes(fixture.open(&options, &Wanted::default()).as_mut());
    assert_eq!(found.len(), 3);
    for row in &found {
        assert!(row.ends_with(&format!("\"note\":\"{}\"}}", "long".repeat(2000))), "{row}");
        assert!(!row.contains("change_unchanged"));
    }
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test databases"]
fn changes_that_do_not_fit_are_rejected_and_those_not_read_are_not_confirmed() {
    let (fixture, options) = with_slot("c_unread", "");
    fixture.psql(
        "c_unread",
        "INSERT INTO clinic VALUES (0, NULL, 'infinity');
         INSERT INTO clinic SELECT i, 'many' FROM generate_series(1, 20000) i;",
    );
    let mut reader = fixture.open(&options, &Wanted::default());
    let first = reader.next().unwrap().unwrap();
    assert_eq!(first.rejects[0].problem.code, "database.does-not-fit");
    assert_eq!(first.rejects[0].raw, b"insert\nid = 0\nname = NULL\nopened = infinity\nnote = NULL\n");
    assert_eq!(reader.position(), None, "half of a transaction is no place to go on from");
    while reader.next().unwrap().is_some() {}
    let source = Source::parse(&fixture.source(&options), "source.toml").unwrap();
    source.confirm(fixture.base(), &reader.position().unwrap()).unwrap();
    let left = "SELECT count(*) FROM pg_logical_slot_peek_binary_changes('c_unread', NULL, NULL, 'proto_version', '1', 'publication_names', 'one')";
    assert_eq!(fixture.psql("c_unread", left).trim(), "0");
}

#[test]
#[ignore = "needs a PostgreSQL server: cargo xtask test databases"]
fn a_slot_or_publication_that_would_lose_changes_is_refused() {
    let (fixture, options) = with_slot(
        "c_slots",
        "CREATE TABLE other (id int); CREATE PUBLICATION two FOR TABLE clinic, other; CREATE PUBLICATION three FOR TABLE other;",
    );
    fixture.psql("c_slots", "SELECT pg_create_logical_replication_slot('c_slots_other', 'test_decoding')");
    for (find, instead, expected) in [
        (
            "slot = \"c_slots\"",
            "slot = \"missing\"",
            "error[database.no-such-slot]: the server has no replication slot `missing`",
        ),
        (
            "slot = \"c_slots\"",
            "slot = \"c_slots_other\"",
            "error[database.wrong-slot]: the slot `c_slots_other` is one of the plug-in test_decoding",
        ),
        ("\"one\"", "\"none\"", "error[database.no-such-publication]"),
        ("\"one\"", "\"two\"", "whose changes would be lost"),
        ("\"one\"", "\"three\"", "does not have the table `public.clinic`"),
        ("publication = \"one\"", "", "`slot` and `publication` belong together"),
        ("table = \"clinic\"", "query = \"SELECT 1\"", "changes are those of a `table`"),
    ] {
        let found = fixture.outcome(&options.replace(find, instead));
        assert!(found.contains(expected), "{instead}: {found}");
    }
}
