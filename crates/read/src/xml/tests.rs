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
    for folder in folders("xml") {
        let text = fs::read_to_string(folder.join("source.toml")).unwrap();
        check(&folder, &outcome(&text, &folder));
    }
}

fn read(data: &[u8], options: &str) -> String {
    let base = tempdir().unwrap();
    fs::write(base.path().join("a.xml"), data).unwrap();
    outcome(&format!("kind = \"xml\"\npath = \"a.xml\"\n[xml]\n{options}"), base.path())
}

#[test]
fn what_comes_after_the_sample_is_rejected_and_not_lost() {
    let base = tempdir().unwrap();
    let padding = "x".repeat(60_000);
    let mut text = String::from("<r>");
    let good = SAMPLE_BYTES / 60_000 + 40;
    for number in 0..good {
        let _ = writeln!(text, "<o id=\"{number}\"><padding>{padding}</padding></o>");
    }
    text.push_str("<o new=\"1\"/><o><new/></o><o><padding>a</padding><padding>b</padding></o><o>text</o><o id=\"1\"/></r>");
    fs::write(base.path().join("a.xml"), &text).unwrap();
    let source =
        Source::parse("kind = \"xml\"\npath = \"a.xml\"\n[xml]\nrows = \"/r/o\"\n", "a.toml").unwrap();
    let mut reader = source.open(base.path()).unwrap();
    let batches = read_all(reader.as_mut()).unwrap();
    let rejects: Vec<&str> =
        batches.iter().flat_map(|batch| &batch.rejects).map(|reject| reject.problem.code).collect();
    assert_eq!(rejects, ["xml.beyond-sample", "xml.beyond-sample", "xml.repeated", "xml.beyond-sample"]);
    let rows: usize = batches.iter().map(|batch| batch.batch.num_rows()).sum();
    assert_eq!(rows as u64, good + 1);
}

#[test]
fn rejected_records_are_decoded_again_when_the_source_file_was_mended() {
    let base = tempdir().unwrap();
    fs::write(base.path().join("a.xml"), "<r><o id='1'/><o id='x'/><o id=3/><o id='4'/></r>").unwrap();
    let parse = |types: &str| {
        let options = format!("rows = \"/r/o\"\ntypes = {{ id = \"{types}\" }}\n");
        Source::parse(&format!("kind = \"xml\"\npath = \"a.xml\"\n[xml]\n{options}"), "a.toml").unwrap()
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
}

#[test]
fn elements_without_end_cost_neither_stack_nor_memory() {
    let deep = "<a>".repeat(300_000);
    for text in [deep.clone(), format!("<r><o>{deep}"), format!("<r><o/>{deep}")] {
        let found = read(text.as_bytes(), "rows = \"/r/o\"");
        assert!(found.contains("error[xml."), "{}", &found[..found.len().min(500)]);
    }
}

#[test]
fn a_tag_with_hundreds_of_attributes_is_refused() {
    let many: Vec<String> = (0..300).map(|number| format!("a{number}=\"1\"")).collect();
    let text = format!("<r><o id=\"1\"/><o {}/></r>", many.join(" "));
    let found = read(text.as_bytes(), "rows = \"/r/o\"\ncolumns = { id = \"@id\" }");
    assert!(
        found.contains("a tag has more than 256 attributes\n  at a.xml:1, record 2"),
        "{}",
        &found[..300]
    );
}

#[test]
fn a_record_longer_than_the_window_is_passed_over_without_being_kept() {
    let long = "<b>1</b>".repeat(400_000);
    let text = format!("<r><o id=\"1\"/>\n<o id=\"2\">{long}</o>\n<o id=\"3\"/></r>");
    let found = read(text.as_bytes(), "rows = \"/r/o\"\nmax_record_bytes = 2000");
    assert!(
        found.contains("error[read.too-long]: the record is longer than 2000 bytes\n"),
        "{}",
        &found[..600]
    );
    assert!(found.contains("  at a.xml:2, record 2, byte 15\n"), "{}", &found[..600]);
    assert!(found.contains("{\"id\":\"3\",\"_record_number\":3"), "{}", &found[..600]);
}

/// An element with others in it, as text.
fn elements() -> impl Strategy<Value = String> {
    let text = prop::sample::select(vec![
        "",
        "x",
        " ",
        "&amp;",
        "&#233;",
        "<![CDATA[</o>]]>",
        "<!-- </o> -->",
        "<?p </o>?>",
        "é",
    ]);
    let name = prop::sample::select(vec!["a", "b", "o", "n:c"]);
    (name, text.prop_map(str::to_owned))
        .prop_map(|(name, text)| format!("<{name}>{text}</{name}>"))
        .prop_recursive(4, 20, 4, |inner| {
            (prop::collection::vec(inner, 0..4), prop::sample::select(vec!["a", "b", "o"]), any::<bool>())
                .prop_map(|(inner, name, has)| {
                    let attribute = if has { " x='> \"&lt;'" } else { "" };
                    format!("<{name}{attribute}>{}</{name}>", inner.concat())
                })
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn well_formed_rows_are_never_rejected_and_lie_where_they_say(
        rows in prop::collection::vec(prop::collection::vec(elements(), 0..4), 1..20),
    ) {
        let rows: Vec<String> = rows.iter().map(|inner| format!("<o>{}</o>", inner.concat())).collect();
        let text = format!("<r xmlns:n='urn:n'>{}</r>", rows.join("\n"));
        let found = read(text.as_bytes(), "rows = \"/r/o\"");
        prop_assert!(!found.contains("error["), "{text}\n{found}");
        let offset = text.len() - "</r>".len() - rows.last().unwrap().len();
        let last = format!("\"_record_number\":{},\"_byte_offset\":{offset}}}", rows.len());
        prop_assert!(found.contains(&last), "{text}\n{found}");
    }

    #[test]
    fn no_text_makes_the_reader_panic(
        words in prop::collection::vec(prop::sample::select(vec!["<r>", "</r>", "<o>", "</o>", "<o", "/>", ">", "<", "&", ";", "a='", "\"", "xmlns:a='b'", "<![CDATA[", "]]>", "<!--", "-->", "<?", "?>", "<!DOCTYPE", "x", "\n", "\0", "a:b", "&#x"]), 0..60),
        noise in prop::collection::vec(any::<u8>(), 0..20),
        options in prop::sample::select(vec!["", "trim = false", "columns = { a = \"o/@a\", b = \".\" }", "namespaces = { \"\" = \"b\" }", "carry = { c = \"/r/o\", d = \"/r/@a\" }", "max_record_bytes = 10", "max_depth = 2"]),
    ) {
        let data = [b"<r>".to_vec(), words.concat().into_bytes(), noise].concat();
        read(&data, &format!("rows = \"/r/o\"\n{options}"));
        read(&data, &format!("rows = \"//o\"\n{options}"));
    }
}
