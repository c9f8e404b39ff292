//! The cases of the folder, and properties that hold for any text.

use std::fmt::Write as _;
use std::fs;

use proptest::prelude::*;
use tempfile::tempdir;

use crate::Source;
use crate::cases::{check, folders, outcome, read_all};
use crate::tree::records::SAMPLE_BYTES;

#[test]
fn every_case_reads_as_expected() {
    for folder in folders("json") {
        let text = fs::read_to_string(folder.join("source.toml")).unwrap();
        check(&folder, &outcome(&text, &folder));
    }
}

fn read(data: &[u8], options: &str) -> String {
    let base = tempdir().unwrap();
    fs::write(base.path().join("a.json"), data).unwrap();
    outcome(&format!("kind = \"json\"\npath = \"a.json\"\n[json]\n{options}"), base.path())
}

#[test]
fn what_comes_after_the_sample_is_rejected_and_not_lost() {
    let base = tempdir().unwrap();
    let padding = "x".repeat(60_000);
    let mut text = String::new();
    for number in 0..=SAMPLE_BYTES / 60_000 + 40 {
        let _ = writeln!(text, "{{\"id\":{number},\"padding\":\"{padding}\"}}");
    }
    text.push_str("{\"id\":1.5}\n{\"id\":2,\"new\":3}\n{\"id\":\"three\"}\n{\"id\":4}\n");
    fs::write(base.path().join("a.jsonl"), &text).unwrap();
    let source = Source::parse("kind = \"json\"\npath = \"a.jsonl\"\n", "a.toml").unwrap();
    let mut reader = source.open(base.path()).unwrap();
    let batches = read_all(reader.as_mut()).unwrap();
    let rejects: Vec<String> = batches
        .iter()
        .flat_map(|batch| &batch.rejects)
        .map(|reject| reject.problem.code.to_owned())
        .collect();
    assert_eq!(rejects, ["read.wrong-type", "json.beyond-sample", "read.wrong-type"]);
    let rows: usize = batches.iter().map(|batch| batch.batch.num_rows()).sum();
    assert_eq!(rows as u64, SAMPLE_BYTES / 60_000 + 42);
}

#[test]
fn rejected_records_are_decoded_again_when_the_source_file_was_mended() {
    let base = tempdir().unwrap();
    fs::write(base.path().join("a.json"), "[{\"id\":1},\n{\"id\":\"x\"},\n{\"id\" 3},\n{\"id\":4}]").unwrap();
    let parse = |types: &str| {
        let text = format!("kind = \"json\"\npath = \"a.json\"\n[json]\ntypes = {{ id = \"{types}\" }}\n");
        Source::parse(&text, "a.toml").unwrap()
    };
    let mut reader = parse("integer").open(base.path()).unwrap();
    let rejects: Vec<_> =
        read_all(reader.as_mut()).unwrap().into_iter().flat_map(|batch| batch.rejects).collect();
    let raw = rejects.iter().map(|reject| crate::RawRecord {
        record_number: reject.record_number,
        byte_offset: reject.byte_offset,
        bytes: reject.raw.clone(),
    });
    let again = parse("text").again(base.path(), &raw.collect::<Vec<_>>()).unwrap().unwrap();
    let found: Vec<(usize, usize)> =
        again.iter().map(|read| (read.batch.num_rows(), read.rejects.len())).collect();
    assert_eq!(found, [(1, 0), (0, 1)]);
    assert_eq!(again[1].rejects[0].problem.code, "json.malformed");
}

#[test]
fn brackets_without_end_cost_neither_stack_nor_memory() {
    let deep = "[".repeat(300_000);
    for text in [deep.clone(), format!("{{\"a\":{deep}"), format!("{{\"a\":1}}\n{{\"a\":{deep}")] {
        let found = read(text.as_bytes(), "");
        assert!(found.contains("json."), "{}", &found[..found.len().min(500)]);
    }
}

#[test]
fn a_record_longer_than_the_window_is_passed_over_without_being_kept() {
    let long = format!("[{}1]", "1,".repeat(2_000_000));
    let text = format!("[{{\"id\":1}},\n{{\"id\":2,\"a\":{long}}},\n{{\"id\":3}}]");
    let found = read(text.as_bytes(), "max_record_bytes = 2000");
    let place = "  at a.json:2, record 2, byte 11\n";
    assert!(
        found.contains("error[read.too-long]: the record is longer than 2000 bytes\n"),
        "{}",
        &found[..600]
    );
    assert!(found.contains(place) && found.contains("\"id\":3,\"_record_number\":3"), "{}", &found[..600]);
}

/// A value as text, with what an expectation needs to know of it.
fn values() -> impl Strategy<Value = String> {
    let plain = prop::sample::select(vec![
        "1",
        "-0.5",
        "true",
        "null",
        "\"a\"",
        "\"\\u00e9\\n\"",
        "12345678901234567890",
        "1e3",
    ]);
    plain.prop_map(str::to_owned).prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(", "))),
            prop::collection::btree_map("[a-d]", inner, 0..4).prop_map(|members| {
                let members: Vec<String> =
                    members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn valid_rows_are_never_rejected_and_lie_where_they_say(
        rows in prop::collection::vec(prop::collection::btree_map("[a-e]", values(), 0..5), 1..30),
        in_lines in any::<bool>(),
    ) {
        let rows: Vec<String> = rows.iter().map(|members| {
            let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
            format!("{{{}}}", members.join(","))
        }).collect();
        let text = if in_lines { rows.join("\n") } else { format!("[{}]", rows.join(",\n")) };
        let found = read(text.as_bytes(), "");
        prop_assert!(!found.contains("error["), "{text}\n{found}");
        let last = format!("\"_record_number\":{},\"_byte_offset\":{}}}", rows.len(), text.rfind(rows.last().unwrap().as_str()).unwrap());
        prop_assert!(found.contains(&last), "{text}\n{found}");
    }

    #[test]
    fn no_text_makes_the_reader_panic(
        words in prop::collection::vec(prop::sample::select(vec!["{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\\", "1", "-", "e5", "true", "nul", "\n", " ", "\u{1e}", "\u{fc}", "\0"]), 0..60),
        noise in prop::collection::vec(any::<u8>(), 0..20),
        options in prop::sample::select(vec!["", "rows = \"/a\"", "rows = \"/*/a\"\ncarry = { b = \"/*/b\" }", "max_record_bytes = 10", "max_depth = 2", "array_rows = true", "nested = \"structs\"", "columns = { x = \"/a/0\" }"]),
    ) {
        let data = [words.concat().into_bytes(), noise].concat();
        read(&data, options);
    }
}
