use proptest::prelude::*;

use super::*;
use crate::fixture::*;

/// What is wrong with the agreement after some changes: codes with lines.
fn check(changes: &[(&str, &str)], expected: &[&str]) {
    let text = replaced(AGREEMENT, changes);
    let found = Agreement::parse_against(&text, "a.toml", &register()).err().map(|p| codes(&p));
    assert_eq!(found.unwrap_or_default(), expected, "{changes:?}");
}

#[test]
fn the_text_that_people_sign_is_read() {
    let agreement = agreement();
    assert_eq!(agreement.name, name("grants-exempt-organisations"));
    assert_eq!(agreement.granted().cloned().collect::<Vec<_>>(), names(&["isTaxExempt", "exemptSince"]));
    assert_eq!(agreement.limits, Limits { per_day: Some(100), case_reference_required: true });
    check(&[], &[]);
}

#[test]
fn dates_may_stand_without_quotation_marks_and_lists_as_tables() {
    let text = replaced(AGREEMENT, &[("\"2026-01-01\"", "2026-01-01")]);
    assert_eq!(Agreement::parse(&text, "a.toml").unwrap(), agreement());
}

#[test]
fn each_mistake_is_named_with_its_line() {
    for (changes, expected) in [
        (&[("version = 1\n", "")][..], &["share.missing-key:1"][..]),
        (&[("version = 1", "version = 0")], &["share.out-of-range:2"]),
        (&[("version = 1", "version = \"1\"")], &["share.wrong-kind:2"]),
        (&[("version = 1", "verison = 1")], &["share.missing-key:1", "share.unknown-key:2"]),
        (&[("title = \"Tax exemption of grant applicants\"", "title = \" \"")], &["share.empty-text:3"]),
        (&[("title = \"Tax", "title = \"\\n Tax\\nTax")], &["share.too-long:3"]),
        (&[("\"US/GOV/GRANTS/OFFICE\"", "\"US/GOV/GRANTS\"")], &["share.bad-name:6"]),
        (&[("\"US/GOV/GRANTS/OFFICE\"", "\"US/GOV/TREASURY/EXEMPT\"")], &["share.one-party:6"]),
        (&[("\"2027-12-31\"", "\"2025-12-31\"")], &["share.dates-reversed:8"]),
        (&[("\"2027-12-31\"", "\"2027-2-31\"")], &["share.bad-date:8"]),
        (&[("\"2027-12-31\"", "\"2027-12-5\"")], &["share.bad-date:8"]),
        (&[("until = \"2027-12-31\"", "until = 2027-12-31T00:00:00Z")], &["share.bad-date:8"]),
        (&[("{ name = \"exemptSince\"", "{ name = \"exemtSince\"")], &["share.unknown-fact:15"]),
        (&[("{ name = \"exemptSince\"", "{ name = \"isTaxExempt\"")], &["share.twice:15"]),
        (&[("why = \"the exemption must be two years old\"", "why = \"\"")], &["share.empty-text:15"]),
        (&[("\"legalName\",", "\"leaglName\",")], &["vocabulary.unknown-property:17"]),
        (&[("\"registeredAddress.postCode\"", "\"registeredAddress\"")], &["vocabulary.path-ends-early:17"]),
        (&[("\"registeredAddress.postCode\"", "\"legalName\"")], &["share.twice:17"]),
        (
            &[("known = [\"legalName\", \"registeredAddress.postCode\"]", "known = []")],
            &["share.empty-list:17"],
        ),
        (&[("threshold = 0.9", "threshold = 1.5")], &["share.out-of-range:19"]),
        (&[("threshold = 0.9", "threshold = 0")], &["share.out-of-range:19"]),
        (&[("threshold = 0.9", "threshold = nan")], &["share.out-of-range:19"]),
        (&[("threshold = 0.9", "treshold = 0.9")], &["share.missing-key:18", "share.unknown-key:19"]),
        (&[("per_day = 100", "per_day = -1")], &["share.out-of-range:22"]),
        (
            &[("case_reference_required = true", "case_reference_required = \"yes\"")],
            &["share.wrong-kind:23"],
        ),
        (&[("[matching]", "[[matching]]")], &["share.wrong-kind:18"]),
        (&[("version = 1", "version = ")], &["share.not-toml:2"]),
        (&[("version = 1", "version = 1\nversion = 2")], &["share.not-toml:3"]),
    ] {
        check(changes, expected);
    }
}

#[test]
fn all_mistakes_are_reported_at_once() {
    check(
        &[
            ("version = 1", "version = 0"),
            ("\"2027-12-31\"", "\"never\""),
            ("Deciding whether an applicant may receive a grant.", "Any lawful purpose"),
            ("\"legalName\",", "\"leaglName\","),
            ("threshold = 0.9", "threshold = 9"),
        ],
        &[
            "share.out-of-range:2",
            "share.bad-date:8",
            "share.vague-purpose:11",
            "vocabulary.unknown-property:17",
            "share.out-of-range:19",
        ],
    );
}

#[test]
fn a_purpose_that_means_anything_is_refused() {
    for (text, vague) in [
        ("Any lawful purpose.", true),
        ("Grants and any  other\npurpose of the office", true),
        ("Deciding on grants, etc.", true),
        ("Purposes including, but not limited to, grants", true),
        ("To be decided (TBD) by the offices", true),
        ("Grants", true),
        ("Deciding on grants", true),
        ("Deciding whether an applicant may receive a grant", false),
        ("Checking the etched number of a bicycle", false),
    ] {
        assert_eq!(vague::problem("text", text).is_some(), vague, "{text}");
    }
    assert!(vague::problem("name", "any-lawful-purpose").is_some());
    assert!(vague::problem("name", "grants").is_none());
}

#[test]
fn a_property_must_lead_to_a_value_of_some_class_when_the_register_is_not_at_hand() {
    for (path, expected) in [
        ("legalName", None),
        ("dateOfBirth", None),
        ("registeredAddress", Some("vocabulary.path-ends-early")),
        ("leaglName", Some("vocabulary.unknown-property")),
        ("a\\\"].contains", Some("vocabulary.unknown-property")),
    ] {
        let text = replaced(AGREEMENT, &[("\"legalName\",", &format!("\"{path}\","))]);
        let found = Agreement::parse(&text, "a.toml").err().map(|problems| problems.0[0].code);
        assert_eq!(found, expected, "{path}");
    }
}

#[test]
fn a_near_miss_is_named() {
    let text = replaced(AGREEMENT, &[("exemptSince", "exemtSince"), ("version", "verison")]);
    let problems = Agreement::parse_against(&text, "a.toml", &register()).unwrap_err();
    let advice: Vec<_> = problems.0.iter().filter_map(|problem| problem.advice.as_deref()).collect();
    assert_eq!(advice, ["did you mean `exemptSince`?", "did you mean `version`?"]);
}

#[test]
fn hidden_characters_cannot_make_a_text_read_otherwise_than_it_is() {
    for hidden in ["\u{202e}", "\u{200b}", "\u{feff}", "\u{1b}"] {
        let text = replaced(AGREEMENT, &[("Tax exemption", &format!("Tax{hidden} exemption"))]);
        let problems = Agreement::parse(&text, "a.toml").unwrap_err();
        assert_eq!(problems.0[0].code, "share.hidden-character", "{hidden:?}");
    }
    check(&[("Tax exemption", "Tax\\u202e exemption")], &["share.hidden-character:3"]);
    check(&[("version = 1", "version = 1 # \u{202e}")], &["share.hidden-character:2"]);
}

#[test]
fn a_hostile_text_gives_a_short_list_of_problems_quickly() {
    let text = "\u{202e}\n".repeat(500_000);
    let problems = Agreement::parse(&text, "a.toml").unwrap_err();
    assert_eq!(problems.0.len(), 100);
    assert!(Agreement::parse(&"[".repeat(2_000_000), "a.toml").is_err());
}

#[test]
fn both_parties_must_have_signed_exactly_this_text() {
    let (one, both) = (&[TREASURY][..], &[TREASURY, GRANTS][..]);
    let altered = note(AGREEMENT, both).replace("threshold = 0.9", "threshold = 0.1");
    let strange = replaced(AGREEMENT, &[(GRANTS, STRANGER)]);
    for (note, expected) in [
        (note(AGREEMENT, both), None),
        (note(AGREEMENT, one), Some("sign.signature-missing")),
        (note(AGREEMENT, &[TREASURY, STRANGER]), Some("sign.signature-missing")),
        (altered, Some("sign.signature-wrong")),
        (note(&strange, &[TREASURY, STRANGER]), Some("share.party-unknown")),
        (AGREEMENT.to_owned(), Some("sign.note-malformed")),
    ] {
        let opened = SignedAgreement::open(&note, &federation(), "a.note");
        let problem = opened.err().map(|problems| problems.0[0].clone());
        assert_eq!(problem.as_ref().map(|problem| problem.code), expected);
        assert!(problem.is_none_or(|problem| problem.place.file.as_deref() == Some("a.note")));
    }
}

/// The agreements of the example must stay what they are shown for.
#[test]
fn the_agreements_of_the_example_are_read_and_compile() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/grants/agreements");
    let mut seen = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let file = path.display().to_string();
        let text = std::fs::read_to_string(&path).unwrap();
        let agreement = Agreement::parse(&text, &file).unwrap_or_else(|problems| panic!("{problems}"));
        crate::policy::compiled(&agreement.to_cedar(), &file).unwrap_or_else(|problems| panic!("{problems}"));
        assert_eq!(Agreement::parse(&agreement.to_text(), &file), Ok(agreement));
        seen += 1;
    }
    assert!(seen >= 3, "the folder was found");
}

/// What the guide shows can be typed as it stands.
#[test]
fn the_guide_shows_an_agreement_and_a_suspension_that_load() {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guide/agreements.md");
    let page = std::fs::read_to_string(page).unwrap();
    let block = |kind: &str| {
        let (_, rest) = page.split_once(&format!("```{kind}\n")).unwrap();
        rest.split_once("```").unwrap().0
    };
    let shown = Agreement::parse(block("toml"), "guide").unwrap_or_else(|problems| panic!("{problems}"));
    assert!(shown.lint(shown.begins()).0.is_empty());
    crate::OwnPolicy::parse(block("cedar"), "guide").unwrap_or_else(|problems| panic!("{problems}"));
}

#[test]
fn the_digest_is_that_of_the_signed_text() {
    let signed = signed(AGREEMENT);
    assert_eq!(signed.text(), AGREEMENT);
    assert_eq!(signed.digest().len(), 64);
    let other = crate::fixture::signed(&format!("{AGREEMENT}# more\n")).digest().to_owned();
    assert_ne!(signed.digest(), other);
}

#[test]
fn what_deserves_a_second_look_is_a_warning() {
    let lint = |today: &str, changes: &[(&str, &str)]| {
        let agreement = Agreement::parse(&replaced(AGREEMENT, changes), "a.toml").unwrap();
        codes(&agreement.lint(Timestamp::from_date(date(today))))
    };
    assert!(lint("2026-06-01", &[]).is_empty());
    for (today, changes, expected) in [
        ("2027-12-01", &[][..], "share.ends-soon"),
        ("2028-01-01", &[], "share.ended"),
        ("2026-06-01", &[("2027-12-31", "2031-12-31")], "share.long"),
        ("2026-06-01", &[(", legal_basis = \"2 CFR 200.206\"", "")], "share.no-legal-basis"),
        ("2026-06-01", &[("only exempt organisations may apply", "needed")], "share.short-why"),
        ("2026-06-01", &[("threshold = 0.9", "threshold = 0.5")], "share.weak-threshold"),
        ("2026-06-01", &[("per_day = 100\n", "")], "share.no-limit"),
        ("2026-06-01", &[("case_reference_required = true\n", "")], "share.no-case-reference"),
    ] {
        assert_eq!(lint(today, changes), [expected]);
    }
}

#[test]
fn people_read_who_what_why_and_until_when() {
    let plain = agreement().plain();
    let of = |label| plain.iter().find(|(l, _)| *l == label).map(|(_, text)| text.as_str());
    assert_eq!(of("Who asks"), Some(GRANTS));
    assert_eq!(of("What for"), Some("Deciding whether an applicant may receive a grant. (2 CFR 200.206)"));
    assert_eq!(of("When"), Some("1 January 2026 to 31 December 2027"));
    assert_eq!(of("How sure"), Some("a match must be at least 90 % sure"));
}

#[test]
fn the_agreement_withholds_all_it_does_not_grant() {
    assert_eq!(agreement().withholds(&register().facts), names(&["deductible", "assets", "income"]));
}

#[test]
fn the_policies_can_be_read() {
    let expected = r#"// Agreement grants-exempt-organisations version 1: what US/GOV/TREASURY/EXEMPT answers.
@agreement("grants-exempt-organisations")
@threshold("0.9")
@confirmed_by_person("false")
permit (
  principal == Body::"US/GOV/GRANTS/OFFICE",
  action == Action::"ask",
  resource == Register::"exempt-organisations"
);

@refusal("purpose-not-agreed")
forbid (principal, action, resource)
unless { ["grant-eligibility"].contains(context.purpose) };

@refusal("agreement-not-yet-in-force")
forbid (principal, action, resource)
unless { context.now >= 1767225600 };

@refusal("agreement-expired")
forbid (principal, action, resource)
unless { context.now < 1830297600 };

@refusal("fact-not-granted")
forbid (principal, action, resource)
unless { ["isTaxExempt", "exemptSince"].containsAll(context.facts) };

@refusal("property-not-agreed")
forbid (principal, action, resource)
unless { ["legalName", "registeredAddress.postCode"].containsAll(context.known) };

@refusal("case-reference-missing")
forbid (principal, action, resource)
unless { context has caseReference };

@refusal("limit-reached")
forbid (principal, action, resource)
unless { context.usedToday < 100 };
"#;
    assert_eq!(agreement().to_cedar(), expected);
}

fn text() -> impl Strategy<Value = String> {
    // Whatever people can type, quotation marks and backslashes included.
    "[a-zA-Z0-9äß“\"'\\\\#=\\[\\]{}.,€ ]{0,40}".prop_map(|text| format!("x {} y", text.trim()))
}

proptest! {
    #[test]
    fn a_written_agreement_reads_as_the_same(
        title in text(), summary in text(), why in text(), threshold in 0.001_f64..=1.0,
        per_day in proptest::option::of(1_u32..), confirmed_by_person: bool, case_reference_required: bool,
        days in 0_u64..10_000,
    ) {
        let mut agreement = agreement();
        agreement.title = title;
        agreement.summary = format!("{summary}\n{}", agreement.summary);
        agreement.facts[0].why = why;
        agreement.matching = Matching { threshold, confirmed_by_person };
        agreement.limits = Limits { per_day, case_reference_required };
        agreement.until = agreement.from + Days::new(days);
        let text = agreement.to_text();
        prop_assert_eq!(Agreement::parse(&text, "a.toml").map_err(|p| p.to_string()), Ok(agreement));
        prop_assert!(concordat_sign::Note::unsigned(text).is_ok());
    }

    #[test]
    fn any_text_is_read_or_refused_without_panic(text in "\\PC{0,200}") {
        let _ = Agreement::parse(&text, "a.toml");
    }

    #[test]
    fn a_text_altered_anywhere_is_read_or_refused_without_panic(place in 0..AGREEMENT.len(), with in "\\PC|\n") {
        let mut text = AGREEMENT.to_owned();
        text.replace_range(place..=place, &with);
        let _ = Agreement::parse_against(&text, "a.toml", &register());
    }
}
