use super::Rules;
use crate::ORGANISATION_RULES;

const GOOD: &str = r#"
title = "test"
class = "LegalEntity"

[[block]]
name = "words"
keys = ["words(legalName)"]

[[comparison]]
name = "name"
compare = "organisation-name"
properties = ["legalName"]
levels = [
    { label = "same", is = "same", m = 0.9 },
    { label = "other", m = 0.1 },
]
"#;

#[test]
fn the_rules_for_organisations_are_sound() {
    let rules = Rules::parse(ORGANISATION_RULES, "rules/organisation.toml")
        .unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(rules.class, "LegalEntity");
    assert!(rules.properties().contains("registeredAddress.postCode"));
    assert_eq!(rules.corpora.len(), 1, "keys and comparison share one count of words");
}

/// The good rules with one thing changed give one problem, at a line, with advice.
#[test]
fn each_mistake_is_told_with_its_line_and_advice() {
    for (good, bad, code, line, advice) in [
        ("title = \"test\"", "titel = \"test\"", "link.unknown-key", 2, "did you mean `title`?"),
        (
            "class = \"LegalEntity\"",
            "class = \"LegalEntyti\"",
            "vocabulary.unknown-class",
            3,
            "did you mean `LegalEntity`?",
        ),
        (
            "[\"words(legalName)\"]",
            "[\"wrods(legalName)\"]",
            "link.unknown-key-kind",
            7,
            "did you mean `words`?",
        ),
        ("[\"words(legalName)\"]", "[\"words legalName\"]", "link.bad-key", 7, "write it as"),
        (
            "[\"words(legalName)\"]",
            "[\"words(leaglName)\"]",
            "vocabulary.unknown-property",
            7,
            "did you mean `legalName`?",
        ),
        ("[\"words(legalName)\"]", "[\"words(legalName, 3)\"]", "link.bad-key", 7, ""),
        (
            "\"organisation-name\"",
            "\"organization-name\"",
            "link.unknown-comparison",
            11,
            "did you mean `organisation-name`?",
        ),
        ("is = \"same\"", "is = \"sane\"", "link.unknown-grade", 14, "did you mean `same`?"),
        ("is = \"same\"", "at_least = 1.5", "link.out-of-range", 14, ""),
        ("is = \"same\", ", "", "link.no-condition", 14, "give it"),
        (
            "label = \"other\"",
            "label = \"other\", at_least = 0.1",
            "link.no-else",
            15,
            "leave its conditions out",
        ),
        ("m = 0.1 }", "m = 0.5 }", "link.m-total", 9, "share of true matches"),
        ("m = 0.1 }", "m = \"x\" }", "link.wrong-type", 15, ""),
        ("title = \"test\"", "title = ", "link.not-toml", 2, ""),
    ] {
        assert!(GOOD.contains(good), "{good}");
        let problems = Rules::parse(&GOOD.replacen(good, bad, 1), "links/t.toml").expect_err(bad);
        let problem = problems
            .0
            .iter()
            .find(|problem| problem.code == code)
            .unwrap_or_else(|| panic!("{bad}: {problems}"));
        assert_eq!(problem.place.line, Some(line), "{bad}: {problems}");
        assert_eq!(problem.place.file.as_deref(), Some("links/t.toml"));
        let told = problem.advice.as_deref().unwrap_or_default();
        assert!(told.contains(advice), "{bad}: {told}");
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let bad =
        GOOD.replace("title", "titel").replace("words(", "wrods(").replace("is = \"same\"", "is = \"sane\"");
    let problems = Rules::parse(&bad, "t").expect_err("three mistakes");
    assert!(problems.0.len() >= 4, "{problems}");
}

#[test]
fn nothing_at_all_is_not_a_rules_file() {
    for text in ["", "x", "[[block]]", "class = 1"] {
        assert!(Rules::parse(text, "t").is_err(), "{text:?}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_parser_fail_badly(cut in 0usize..1_000, junk in ".{0,20}") {
        let at = (0..=cut.min(GOOD.len())).rev().find(|at| GOOD.is_char_boundary(*at)).unwrap_or(0);
        let _ = Rules::parse(&format!("{}{junk}{}", &GOOD[..at], &GOOD[at..]), "t");
    }
}
