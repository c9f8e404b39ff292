use std::fs;
use std::path::Path;
use std::time::Instant;

use concordat_record::{Match, Subject};
use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::agreement::suspension;
use crate::fixture::*;

const NOON: &str = "2026-06-01T12:00:00Z";

fn decider_with(texts: &[String], own: &[&str]) -> Result<Decider, Problems> {
    let agreements =
        texts.iter().enumerate().map(|(n, text)| try_signed(text, &format!("agreements/{n}.note")).unwrap());
    let own: Vec<OwnPolicy> = own
        .iter()
        .enumerate()
        .map(|(n, text)| OwnPolicy::parse(text, &format!("policies/{n}.cedar")).unwrap())
        .collect();
    Decider::new(body(TREASURY), [register()], agreements.collect::<Vec<_>>(), &own)
}

fn decider() -> Decider {
    decider_with(&[AGREEMENT.to_owned()], &[]).unwrap()
}

fn decide(decider: &Decider, question: &Question, now: &str) -> Decision {
    decider.decide(question, &question.consumer, moment(now), &|_| 0)
}

fn code(decision: Decision) -> &'static str {
    decision.map_or_else(|refused| refused.code.code(), |_| "permit")
}

/// One case: what differs from the common agreement and question, and what is decided.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// Replacements in the text of each agreement; without any, the common agreement stands alone.
    #[serde(default)]
    agreements: Vec<Vec<(String, String)>>,
    /// A policy file of the body.
    own: Option<String>,
    #[serde(default)]
    now: Option<String>,
    /// The body that certificate and signature show.
    sender: Option<String>,
    #[serde(default)]
    used_today: u64,
    /// Parts of the question that differ.
    #[serde(default)]
    question: serde_json::Map<String, serde_json::Value>,
    expect: Expected,
}

#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Expected {
    refusal: Option<String>,
    detail: Option<String>,
    agreement: Option<String>,
    granted: Option<Vec<Name>>,
    withheld: Option<Vec<Name>>,
}

impl Case {
    fn decide(&self) -> Expected {
        let texts: Vec<String> = if self.agreements.is_empty() {
            vec![AGREEMENT.to_owned()]
        } else {
            let changed = |changes: &Vec<(String, String)>| {
                let changes: Vec<(&str, &str)> =
                    changes.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
                replaced(AGREEMENT, &changes)
            };
            self.agreements.iter().map(changed).collect()
        };
        let decider = decider_with(&texts, &self.own.as_deref().into_iter().collect::<Vec<_>>()).unwrap();
        let mut json = serde_json::to_value(question()).unwrap();
        let parts = json.as_object_mut().unwrap();
        for (key, value) in &self.question {
            match value.as_str() {
                Some("none") => parts.remove(key),
                _ => parts.insert(key.clone(), value.clone()),
            };
        }
        let question: Question = serde_json::from_value(json).unwrap();
        let sender = self.sender.as_deref().map_or(question.consumer.clone(), body);
        let now = moment(self.now.as_deref().unwrap_or(NOON));
        match decider.decide(&question, &sender, now, &|_| self.used_today) {
            Ok(permit) => Expected {
                agreement: Some(permit.agreement.to_string()),
                granted: Some(permit.granted),
                withheld: Some(permit.withheld),
                ..Expected::default()
            },
            Err(refused) => Expected {
                refusal: Some(refused.code.to_string()),
                detail: refused.detail,
                agreement: refused.agreement.map(|name| name.to_string()),
                ..Expected::default()
            },
        }
    }
}

/// Every file of `cases/` is one case: it decides as it says.
#[test]
fn cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/decide/cases");
    let mut seen = 0;
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let case: Case = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(case.decide(), case.expect, "{}", path.display());
        seen += 1;
    }
    assert!(seen > 20, "the folder of cases was found");
}

#[test]
fn a_forged_consumer_is_refused_before_anything_else() {
    let decision = decider().decide(&question(), &body(STRANGER), moment(NOON), &|_| 0);
    assert_eq!(code(decision), "consumer-mismatch");
}

#[test]
fn a_wrong_value_in_the_question_is_never_repeated() {
    let secret = "123-45-6789";
    let mut question = question();
    question.subject = Subject::new("LegalEntity", [("legalName", "x"), (secret, "y")]);
    let refused = decide(&decider(), &question, NOON).unwrap_err();
    assert_eq!(refused.code, RefusalCode::QuestionMalformed);
    assert!(!format!("{refused:?} {refused}").contains(secret));
    question.subject = Subject::new("LegalEntity", [("legalName", secret.repeat(100))]);
    let refused = decide(&decider(), &question, NOON).unwrap_err();
    assert!(!format!("{refused:?} {refused}").contains(secret));
}

#[test]
fn an_agreement_that_expires_while_the_answer_is_prepared_releases_nothing() {
    let permit = decide(&decider(), &question(), "2027-12-31T23:59:59Z").unwrap();
    assert_eq!(permit.release(None, moment("2027-12-31T23:59:59.999Z")), Ok(()));
    let refused = permit.release(None, moment("2028-01-01T00:00:00Z")).unwrap_err();
    assert_eq!(refused.code, RefusalCode::AgreementExpired);
}

#[test]
fn a_match_that_is_not_sure_or_not_confirmed_releases_nothing() {
    let matched = |probability, confirmed| Match { probability, weight: 0.0, compared: vec![], confirmed };
    let text = replaced(AGREEMENT, &[("confirmed_by_person = false", "confirmed_by_person = true")]);
    let strict = decide(&decider_with(&[text], &[]).unwrap(), &question(), NOON).unwrap();
    let plain = decide(&decider(), &question(), NOON).unwrap();
    let now = moment(NOON);
    for (permit, matched, expected) in [
        (&plain, matched(0.9, false), None),
        (&plain, matched(0.8999, true), Some(RefusalCode::MatchNotSure)),
        (&plain, matched(f64::NAN, true), Some(RefusalCode::MatchNotSure)),
        (&strict, matched(0.99, false), Some(RefusalCode::MatchNotConfirmed)),
        (&strict, matched(0.99, true), None),
    ] {
        assert_eq!(permit.release(Some(&matched), now).err().map(|refused| refused.code), expected);
    }
    assert_eq!(strict.release(None, now), Ok(()));
}

#[test]
fn an_evaluation_error_denies_even_when_a_permit_applies() {
    let overflows = "forbid (principal, action, resource) when { context.now * 9223372036854775807 > 0 };";
    let decider = decider_with(&[AGREEMENT.to_owned()], &[overflows]).unwrap();
    let refused = decide(&decider, &question(), NOON).unwrap_err();
    assert_eq!(refused.code, RefusalCode::PolicyError);
    assert!(refused.cause.unwrap().contains("policies/0.cedar#1"));
}

#[test]
fn an_unknown_obligation_denies() {
    use super::obligation::Obligations;
    let good = [("agreement", "a"), ("threshold", "0.9"), ("confirmed_by_person", "true")];
    assert!(Obligations::of(good.into_iter()).is_ok());
    assert!(Obligations::of(good.into_iter().chain([("mask", "income")])).is_err());
    assert!(Obligations::of(good.into_iter().take(2)).is_err());
    assert!(Obligations::of([("threshold", "lots"), ("confirmed_by_person", "true")].into_iter()).is_err());
}

#[test]
fn a_suspended_agreement_answers_nothing_and_says_why() {
    let own = suspension(&name("grants-exempt-organisations"), "the \"register\" is\nbeing corrected");
    let decider = decider_with(&[AGREEMENT.to_owned()], &[&own]).unwrap();
    let refused = decide(&decider, &question(), NOON).unwrap_err();
    assert_eq!(refused.code, RefusalCode::AgreementSuspended);
    assert_eq!(refused.detail.as_deref(), Some("the \"register\" is being corrected"));
}

#[test]
fn a_folder_that_cannot_be_enforced_is_not_loaded() {
    let suspended = suspension(&name("grants-exempt-organistions"), "typing slip");
    let elsewhere = "forbid (principal, action, resource == Register::\"exempt-organisation\");";
    let other = |changes: &[(&str, &str)]| vec![AGREEMENT.to_owned(), replaced(AGREEMENT, changes)];
    for (texts, own, expected) in [
        (other(&[]), None, "share.twice"),
        (
            other(&[("version = 1", "version = 2"), ("\"exempt-organisations\"", "\"exempt\"")]),
            None,
            "share.unknown-register",
        ),
        (other(&[("version = 1", "version = 2"), ("isTaxExempt", "isTaxExemt")]), None, "share.unknown-fact"),
        (
            other(&[("version = 1", "version = 2"), ("\"legalName\"", "\"familyName\"")]),
            None,
            "vocabulary.unknown-property",
        ),
        (other(&[("version = 1", "version = 2")]), Some(suspended.as_str()), "share.policy-names-unknown"),
        (other(&[("version = 1", "version = 2")]), Some(elsewhere), "share.policy-names-unknown"),
    ] {
        let problems = decider_with(&texts, &own.into_iter().collect::<Vec<_>>()).unwrap_err();
        assert_eq!(problems.0[0].code, expected, "{problems}");
        assert!(problems.0[0].place.file.is_some(), "{problems}");
    }
    let stranger = Decider::new(body(STRANGER), [register()], [signed(AGREEMENT)], &[]).unwrap_err();
    assert_eq!(codes(&stranger), ["share.not-a-party"]);
}

#[test]
fn the_consumer_s_own_folder_loads_and_answers_nobody() {
    let decider = Decider::new(body(GRANTS), [], [signed(AGREEMENT)], &[]).unwrap();
    assert_eq!(decider.agreements().count(), 0);
    assert_eq!(code(decide(&decider, &question(), NOON)), "provider-mismatch");
}

#[test]
fn only_facts_that_are_both_granted_and_held_are_read() {
    let held = names(&["assets", "isTaxExempt", "income"]);
    assert_eq!(project(&names(&["exemptSince", "isTaxExempt"]), &held), names(&["isTaxExempt"]));
    assert!(project(&[], &held).is_empty());
}

fn any_facts() -> impl Strategy<Value = Vec<Name>> {
    proptest::sample::subsequence(register().facts, 1..=5).prop_shuffle()
}

proptest! {
    #[test]
    fn without_an_agreement_in_force_nothing_is_ever_permitted(
        facts in any_facts(), day in 0_i64..20_000, used in 0_u64..200, purpose in "grant-eligibility|other",
    ) {
        let now = Timestamp::from_seconds(day * 86_400);
        let mut question = question();
        question.facts = facts;
        question.purpose = name(&purpose);
        let decision = decider().decide(&question, &question.consumer, now, &|_| used);
        if !agreement().is_in_force(now) {
            prop_assert!(decision.is_err());
        }
        let nobody = Decider::new(body(TREASURY), [register()], [], &[]).unwrap();
        prop_assert!(nobody.decide(&question, &question.consumer, now, &|_| used).is_err());
    }

    #[test]
    fn a_permit_never_has_a_fact_that_was_not_both_granted_and_asked(
        granted in any_facts(), asked in any_facts(), sender in prop::sample::select(vec![GRANTS, STRANGER]),
    ) {
        let facts: Vec<String> =
            granted.iter().map(|fact| format!("{{ name = \"{fact}\", why = \"needed for the decision\" }}")).collect();
        let from = AGREEMENT.find("facts = [").unwrap();
        let to = AGREEMENT.find("known = [").unwrap();
        let mut text = AGREEMENT.to_owned();
        text.replace_range(from..to, &format!("facts = [{}]\n", facts.join(", ")));
        let mut question = question();
        question.facts = asked.clone();
        let decider = decider_with(&[text], &[]).unwrap();
        let allowed = asked.iter().all(|fact| granted.contains(fact)) && sender == GRANTS;
        match decider.decide(&question, &body(sender), moment(NOON), &|_| 0) {
            Ok(permit) => {
                prop_assert!(allowed);
                prop_assert_eq!(&permit.granted, &asked);
                prop_assert!(permit.withheld.iter().all(|fact| !granted.contains(fact)));
            }
            Err(_) => prop_assert!(!allowed),
        }
    }
}

/// Prints what a decision costs when many agreements are in force; measures, asserts nothing.
#[test]
fn a_decision_among_a_thousand_agreements_is_timed() {
    let texts: Vec<String> = (0..1000)
        .map(|n| replaced(AGREEMENT, &[("grants-exempt-organisations", &format!("agreement-{n}"))]))
        .collect();
    let members: Vec<_> = (0..1000).map(|n| format!("US/GOV/GRANTS/OFFICE-{n}")).collect();
    let entries: Vec<_> = std::iter::once(member(TREASURY, 7000))
        .chain(members.iter().zip(7001..).map(|(id, port)| member(id, port)))
        .collect();
    let federation = crate::Federation::of("Test", date("2026-01-01"), date("2030-12-31"), &entries).unwrap();
    let agreements: Vec<_> = texts
        .iter()
        .zip(&members)
        .map(|(text, id)| {
            let note = note(&replaced(text, &[(GRANTS, id)]), &[TREASURY, id]);
            SignedAgreement::open(&note, &federation, "a.note").unwrap()
        })
        .collect();
    let start = Instant::now();
    let decider = Decider::new(body(TREASURY), [register()], agreements, &[]).unwrap();
    let loaded = start.elapsed();
    let mut question = question();
    question.consumer = body(&members[500]);
    let start = Instant::now();
    for _ in 0..2000 {
        assert_eq!(code(decide(&decider, &question, NOON)), "permit");
    }
    let decided = start.elapsed() / 2000;
    let start = Instant::now();
    for _ in 0..2000 {
        request::request(&question, &name("agreement-500"), moment(NOON), 0).unwrap();
    }
    let asked = start.elapsed() / 2000;
    println!(
        "1,000 agreements load in {loaded:?}; a decision takes {decided:?}, {asked:?} of it to put the question"
    );
}
