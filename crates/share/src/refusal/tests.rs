use std::collections::HashSet;
use std::fmt::Write;
use std::path::Path;

use super::*;

#[test]
fn every_code_is_said_once_and_explained() {
    let mut seen = HashSet::new();
    for code in RefusalCode::ALL {
        assert!(seen.insert(code.code()), "{code} is in the list twice");
        assert!(code.code().chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{code}");
        assert_eq!(code.code().parse(), Ok(*code));
        assert!(code.when().ends_with('.'), "{code}");
        for sentence in [code.reason(), code.advice()] {
            assert!(!sentence.is_empty() && !sentence.ends_with('.'), "{code}");
            assert!(sentence.starts_with(|c: char| c.is_lowercase()), "{code}");
        }
    }
}

/// The reference page is written from the list. `UPDATE=1` rewrites it.
#[test]
fn the_reference_page_is_current() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/refusals.md");
    let expected = reference();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(page.parent().unwrap()).unwrap();
        std::fs::write(&page, &expected).unwrap();
    }
    let found = std::fs::read_to_string(&page).unwrap_or_default();
    assert!(found == expected, "docs/reference/refusals.md is stale: run the test again with UPDATE=1");
}

fn reference() -> String {
    let mut page = String::from(
        "# Refusals\n\n\
         A question that is not answered is refused with one of these codes. A refusal carries the code, the reason (with the\n\
         particulars of the question: facts, properties, dates; never a value of the subject) and advice. Both bodies log it.\n\n\
         The order is the order in which a question meets the reasons. When a body has several agreements with the one that\n\
         asks, the refusal comes from the agreement under which the question came furthest.\n\n\
         *This page is generated from `crates/share/src/refusal.rs`; a test keeps it current.*\n",
    );
    for code in RefusalCode::ALL {
        let (when, reason, advice) = (code.when(), code.reason(), code.advice());
        // Writing to a string cannot fail.
        let _ = write!(
            page,
            "\n## `{code}`\n\n{when}\n\n- **Reason given:** {reason}\n- **Advice given:** {advice}\n"
        );
    }
    page
}
