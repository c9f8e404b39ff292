//! `check`: a sound folder is sound, and of a broken one every problem is told at once, each with its place.

use super::bodies::*;
use super::legacy::TOLD;
use crate::{Checked, check};

fn checked(place: &Place) -> Checked {
    check(&place.folder, &*place.clock)
}

/// Code and place of each problem.
fn told(checked: &Checked) -> Vec<String> {
    checked.problems.0.iter().map(|problem| format!("{} {}", problem.code, problem.place)).collect()
}

#[test]
fn a_sound_folder_is_sound_before_anything_was_refreshed() {
    let bodies = Bodies::new();
    let charities = checked(&bodies.charities);
    assert!(charities.is_sound(), "{}", charities.problems);
    assert_eq!(charities.files, 6);
    assert_eq!(charities.tests.len(), 1);
    assert!(charities.tests[0].passed);
    for place in [&bodies.grants, &bodies.museum] {
        let other = checked(place);
        assert!(other.is_sound(), "{}", other.problems);
    }
}

#[test]
fn every_problem_of_a_broken_folder_is_told_at_once_with_file_and_line() {
    let bodies = Bodies::new();
    let place = &bodies.charities;
    place.write("sources/lighthouses.toml", "kind = \"csb\"\npath = \"a.csv\"\n");
    place.write("sources/gone.toml", "kind = \"csv\"\npath = \"legacy/gone.csv\"\n");
    place.alter("registers/charities.toml", "\"trim(name)\"", "\"trim(nmae)\"");
    place.alter("registers/charities.toml", "sql = \"since\"", "sql = \"sinse\"");
    place.write(
        "registers/ports.toml",
        "title = \"Ports\"\nclass = \"LegalEntity\"\nsource = \"prots\"\nkey = \"id\"\n",
    );
    place.write("links/harbours.toml", concordat_link::ORGANISATION_RULES);
    place.write("policies/open.cedar", "permit (principal, action, resource);\n");
    place.alter("agreements/grants-charities.note", "threshold = 0.9", "threshold = 0.1");
    std::fs::remove_file(place.folder.join("keys/signing.key")).unwrap();
    let checked = checked(place);
    assert!(!checked.is_sound());
    let expected = [
        "source.unknown-kind sources/lighthouses.toml:1:8, field \"kind\"",
        "body.unknown-source registers/ports.toml:3, field \"source\"",
        "body.unknown-register links/harbours.toml",
        "sign.signature-wrong agreements/grants-charities.note",
        "sign.signature-wrong agreements/grants-charities.note",
        "share.own-permit policies/open.cedar:1:1",
        "read.no-such-file sources/gone.toml",
        "engine.unknown-field registers/charities.toml:7:19, field \"legalName\"",
        "engine.unknown-field registers/charities.toml:26:8, field \"registeredSince\"",
        "body.no-such-file keys/signing.key",
    ];
    assert_eq!(told(&checked), expected, "{}", checked.problems);
}

#[test]
fn a_test_that_fails_says_what_came_out() {
    let bodies = Bodies::new();
    bodies.charities.alter("registers/charities.toml", "isRegistered = true }", "isRegistered = false }");
    let checked = checked(&bodies.charities);
    assert!(!checked.is_sound() && !checked.problems.has_errors());
    assert!(!checked.tests[0].passed);
    assert!(checked.tests[0].differences[0].contains("isRegistered"), "{:?}", checked.tests);
}

#[test]
fn an_agreement_about_what_the_register_does_not_hold() {
    let bodies = Bodies::new();
    bodies.agree("grants-charities", &replaced(AGREEMENT, &[("\"isRegistered\"", "\"isRegisterd\"")]));
    let checked = checked(&bodies.charities);
    assert_eq!(
        told(&checked),
        ["share.unknown-fact agreements/grants-charities.note:14:12, field \"facts[1].name\""]
    );
    assert_eq!(checked.problems.0[0].advice.as_deref(), Some("did you mean `isRegistered`?"));
}

#[test]
fn link_rules_that_compare_what_the_register_does_not_map_are_a_warning() {
    let bodies = Bodies::new();
    bodies.charities.alter("registers/charities.toml", "\"registeredAddress.postName\" = \"town\"\n", "");
    let checked = checked(&bodies.charities);
    let never: Vec<&str> = checked
        .problems
        .0
        .iter()
        .filter(|problem| problem.code == "check.never-compared")
        .map(|problem| problem.sentence.as_str())
        .collect();
    assert!(never.iter().any(|sentence| sentence.contains("registeredAddress.postName")), "{never:?}");
    assert!(checked.is_sound());
}

/// What the check tells of a live register after one of its files was changed.
fn live(file: &str, from: &str, to: &str) -> Vec<String> {
    // Nobody listens there: a source is not asked to be checked.
    let bodies = Bodies::live(1, "", "");
    bodies.charities.alter(file, from, to);
    told(&checked(&bodies.charities))
}

#[test]
fn a_live_register_is_checked_without_asking_its_source() {
    let register = |from: &str, to: &str| live("registers/charities.toml", from, to);
    assert_eq!(register("Charities", "All charities"), Vec::<String>::new());
    assert_eq!(
        register("\"trim(name)\"", "\"trim(nmae)\""),
        ["engine.unknown-field registers/charities.toml:7:19, field \"legalName\""]
    );
    assert_eq!(
        register("\nname = \"legalName\"", "\nnam = \"legalName\""),
        [
            "service.unknown-parameter registers/charities.toml:42:7",
            "service.no-parameter registers/charities.toml:38:2"
        ]
    );
    assert_eq!(
        register("\nname = \"legalName\"", "\nname = \"legalNam\"")[0],
        "vocabulary.unknown-property registers/charities.toml:42:8"
    );
    let untold = live("sources/charities.toml", TOLD, "");
    assert_eq!(untold, ["check.columns-unknown registers/charities.toml:38:2"]);
}

#[test]
fn a_source_that_can_only_be_read_and_a_register_that_recognises_nobody_cannot_be_live() {
    let bodies = Bodies::live(1, "", "");
    bodies.charities.write("sources/charities.toml", SOURCE);
    std::fs::remove_file(bodies.charities.folder.join("links/charities.toml")).unwrap();
    let expected = [
        "check.no-link-rules registers/charities.toml:38:2",
        "source.not-live registers/charities.toml:38:2",
    ];
    assert_eq!(told(&checked(&bodies.charities)), expected);
}

#[test]
fn a_key_that_the_list_does_not_have() {
    let bodies = Bodies::new();
    bodies.charities.write("keys/signing.key", new_key(CHARITIES).to_secret_text().unwrap());
    assert_eq!(told(&checked(&bodies.charities)), ["check.other-key-listed keys/signing.key"]);
    bodies.charities.write("keys/signing.key", key(MUSEUM).to_secret_text().unwrap());
    assert_eq!(told(&checked(&bodies.charities)), ["body.wrong-key keys/signing.key"]);
    let others = note(&list(&[member(CHARITIES), member(GRANTS)]), &[KEEPER]);
    bodies.museum.write("federation.note", others);
    assert_eq!(told(&checked(&bodies.museum)), ["check.not-listed keys/signing.key"]);
    assert!(checked(&bodies.museum).is_sound(), "a body may wait for its entry");
}

#[test]
fn a_list_that_does_not_verify_is_the_only_problem_of_its_agreements() {
    let bodies = Bodies::new();
    bodies.charities.alter("federation.note", "grants.example", "stranger.example");
    assert_eq!(told(&checked(&bodies.charities)), ["sign.signature-wrong federation.note"]);
}

#[test]
fn a_folder_without_settings_is_no_body() {
    let folder = tempfile::tempdir().unwrap();
    let bodies = Bodies::new();
    let checked = check(folder.path(), &*bodies.grants.clock);
    assert_eq!(checked.problems.0.len(), 1);
    assert_eq!(checked.problems.0[0].code, "body.no-such-file");
    assert!(checked.problems.0[0].advice.as_deref().unwrap().contains("concordat init"));
}
