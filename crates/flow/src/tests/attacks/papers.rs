//! Agreements and lists that were altered after signing, or that somebody has not signed.

use crate::tests::bodies::*;

/// Which problem a folder has after a file of it was altered.
fn folder_altered(file: &str, from: &str, to: &str, expected: &[&str]) {
    let bodies = Bodies::new();
    bodies.charities.alter(file, from, to);
    let problems = bodies.charities.body().unwrap_err();
    let told: Vec<String> = problems.0.iter().map(|p| format!("{} {}", p.code, p.place)).collect();
    assert_eq!(told, expected, "{problems}");
}

#[test]
fn an_agreement_that_was_altered_after_signing_does_not_open() {
    let file = "agreements/grants-charities.note";
    // Neither party has signed what stands there now.
    let expected = ["sign.signature-wrong agreements/grants-charities.note"; 2];
    folder_altered(file, "threshold = 0.9", "threshold = 0.1", &expected);
    folder_altered(file, "2026-12-31", "2036-12-31", &expected);
}

#[test]
fn an_agreement_that_one_party_has_not_signed_does_not_open() {
    for signers in [&[CHARITIES][..], &[GRANTS], &[CHARITIES, MUSEUM], &[]] {
        let bodies = Bodies::new();
        bodies.charities.write("agreements/grants-charities.note", note(AGREEMENT, signers));
        let problems = bodies.charities.body().unwrap_err();
        let file = problems.0[0].place.file.as_deref();
        assert_eq!(file, Some("agreements/grants-charities.note"), "{signers:?}: {problems}");
        assert!(problems.0[0].code.starts_with("sign."), "{problems}");
    }
}

#[test]
fn a_federation_list_that_was_altered_does_not_open() {
    let file = "federation.note";
    folder_altered(file, "grants.example", "stranger.example", &["sign.signature-wrong federation.note"]);
    let bodies = Bodies::new();
    bodies.charities.write(file, note(&list(&[member(CHARITIES), member(STRANGER)]), &[STRANGER]));
    let problems = bodies.charities.body().unwrap_err();
    assert_eq!(problems.0.len(), 1, "{problems}");
    assert_eq!(problems.0[0].place.file.as_deref(), Some(file));
}
