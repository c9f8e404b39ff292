//! The list of kinds is sound, and the reference page says what it says.

use std::fmt::Write;
use std::path::Path;

use super::{KINDS, Kind, Lies};
use crate::{DROP_OPTIONS, FROM_OPTIONS, OptionDoc, TRANSPORTS, UNPACK_OPTIONS};

#[test]
fn names_are_unique_and_every_kind_and_option_is_documented() {
    for (index, kind) in KINDS.iter().enumerate() {
        assert!(KINDS[..index].iter().all(|other| other.name != kind.name), "{}", kind.name);
        assert!(!kind.meaning.is_empty() && !kind.meaning.ends_with('.'), "{}", kind.name);
        for (index, option) in kind.options.iter().enumerate() {
            let place = format!("{}.{}", kind.name, option.name);
            assert!(kind.options[..index].iter().all(|other| other.name != option.name), "{place}");
            assert!(!option.meaning.is_empty() && !option.default.is_empty(), "{place}");
            assert!(!option.meaning.ends_with('.'), "{place}");
        }
    }
}

/// The reference page is written from the list. `UPDATE=1` rewrites it.
#[test]
fn the_reference_page_is_current() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/sources.md");
    let expected = reference();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&page, &expected).unwrap();
    }
    let found = std::fs::read_to_string(&page).unwrap_or_default();
    assert!(found == expected, "docs/reference/sources.md is stale: run the test again with UPDATE=1");
}

fn reference() -> String {
    let mut page = String::from(
        "# Sources\n\n\
         A source file (`sources/NAME.toml`) says where records come from and how they are written there. `kind` is one of those\n\
         below; the options stand in a table of the same name. `concordat inspect FILE` proposes a source file, and\n\
         `concordat read SOURCE.toml` shows what it gives. An option that is not listed is a mistake, and is reported with its line.\n\n\
         *This page is generated from the list of kinds in `crates/read/src/kinds.rs`; a test keeps it current.*\n\n\
         | kind | what it is |\n|---|---|\n",
    );
    for kind in KINDS {
        let _ = writeln!(page, "| [`{0}`](#{0}) | {1} |", kind.name, kind.meaning);
    }
    for kind in KINDS {
        describe(&mut page, kind);
    }
    page.push_str(
        "\n## Packed files: `[unpack]`\n\n\
         Every kind that names a file reads it packed as well, and `path` may be a pattern for several files, which are read in the order\n\
         of their names: see [where files come from](../guide/where-files-come-from.md).\n\n",
    );
    options(&mut page, UNPACK_OPTIONS);
    page.push_str(
        "\n## Files that others drop: `[drop]`\n\n\
         A refresh takes a file that matches `path` when it is complete, and never the same file twice; the register stands while there is none.\n\
         All rules that are written must be fulfilled.\n\n",
    );
    options(&mut page, DROP_OPTIONS);
    page.push_str(
        "\n## Files that lie elsewhere: `[from]`\n\n\
         Without this table files lie in the body's folder, or anywhere on this machine. Secrets stand in the environment or in a file,\n\
         never here; paths of files are relative to the body's folder.\n\n",
    );
    options(&mut page, FROM_OPTIONS);
    for transport in TRANSPORTS {
        let _ = writeln!(page, "\n### from `{}`\n\n{}.\n", transport.name, capital(transport.meaning));
        options(&mut page, transport.options);
    }
    page
}

fn describe(page: &mut String, kind: &Kind) {
    // Writing to a string cannot fail.
    let _ = write!(page, "\n## {}\n\n{}.", kind.name, capital(kind.meaning));
    let place = match kind.lies {
        Lies::InAFile => "`path` names the file, relative to the body's folder",
        Lies::Elsewhere => "There is no `path`",
    };
    let _ = writeln!(page, " {place}.\n");
    options(page, kind.options);
}

fn options(page: &mut String, options: &[OptionDoc]) {
    page.push_str("| option | form | default | meaning |\n|---|---|---|---|\n");
    let cell = |text: &str| text.replace('|', "\\|");
    for option in options {
        let (form, default, meaning) = (cell(option.form), cell(option.default), cell(option.meaning));
        let _ = writeln!(page, "| `{}` | {form} | {default} | {meaning} |", option.name);
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
