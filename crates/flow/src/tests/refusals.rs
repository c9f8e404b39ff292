//! Questions that must not be answered, each with its reason.

use super::bodies::*;
use crate::{Ask, Became, Filter};

/// What comes of a question after the folders have been changed.
async fn check(change: impl FnOnce(&Bodies), ask: Ask, expected: &str) {
    let bodies = Bodies::refreshed();
    change(&bodies);
    let (charities, grants) = (bodies.charities.start(), bodies.grants.start());
    let asked = grants.ask(ask).await;
    assert_eq!(ended(&asked), expected, "{asked:?}");
    // Both sides have logged the refusal, and no fact with it.
    for node in [&charities, &grants] {
        let page = node.exchanges(&Filter::default(), 1, 10).unwrap();
        assert_eq!((page.total, node.log_state().unwrap().0), (1, 1), "{expected}");
        assert!(matches!(&page.entries[0].outcome, Became::Refused { code, .. } if code == expected));
        assert_eq!(page.entries[0].facts, []);
    }
    // The operator of the node that refused learns whom it refused, and why.
    let alarm = bodies.wire.last().alarm.unwrap();
    assert!(alarm.sentence.contains(GRANTS) || alarm.code.starts_with("flow."), "{alarm}");
}

fn nothing(_: &Bodies) {}

#[tokio::test]
async fn a_purpose_that_was_not_agreed() {
    check(nothing, Ask { purpose: name("fundraising"), ..question() }, "purpose-not-agreed").await;
}

#[tokio::test]
async fn a_fact_that_is_not_granted_refuses_the_whole_question() {
    let facts = vec![name("isRegistered"), name("income")];
    check(nothing, Ask { facts, ..question() }, "fact-not-granted").await;
}

#[tokio::test]
async fn a_property_that_may_not_be_told() {
    let mut ask = question();
    ask.subject.known.push(concordat_record::SubjectProperty {
        property: "legalIdentifier".into(),
        value: "01-0342663".into(),
    });
    ask.subject.known.sort();
    check(nothing, ask, "property-not-agreed").await;
}

#[tokio::test]
async fn an_agreement_that_has_expired() {
    let a_year = |bodies: &Bodies| {
        for place in [&bodies.charities, &bodies.grants] {
            place.clock.advance_seconds(365 * 24 * 60 * 60);
        }
    };
    check(a_year, question(), "agreement-expired").await;
}

#[tokio::test]
async fn an_agreement_that_is_not_yet_in_force() {
    let later = |bodies: &Bodies| {
        bodies.agree("grants-charities", &replaced(AGREEMENT, &[("\"2026-01-01\"", "\"2026-06-02\"")]));
    };
    check(later, question(), "agreement-not-yet-in-force").await;
}

#[tokio::test]
async fn a_case_reference_that_the_agreement_demands() {
    check(nothing, Ask { case_reference: None, ..question() }, "case-reference-missing").await;
}

#[tokio::test]
async fn a_match_that_a_person_must_confirm() {
    let demand = |bodies: &Bodies| {
        let text = replaced(AGREEMENT, &[("by_person = false", "by_person = true")]);
        bodies.agree("grants-charities", &text);
    };
    check(demand, question(), "match-not-confirmed").await;
}

#[tokio::test]
async fn a_policy_of_the_body_itself_forbids_it() {
    let forbid = |bodies: &Bodies| {
        bodies.charities.write(
            "policies/review.cedar",
            format!("forbid (principal == Body::\"{GRANTS}\", action, resource);\n"),
        );
    };
    check(forbid, question(), "policy-forbids").await;
}

#[tokio::test]
async fn a_register_that_nobody_publishes() {
    check(nothing, Ask { register: name("lighthouses"), ..question() }, "register-unknown").await;
}

#[tokio::test]
async fn a_body_without_any_agreement() {
    let bodies = Bodies::refreshed();
    let (_charities, museum) = (bodies.charities.start(), bodies.museum.start());
    assert_eq!(ended(&museum.ask(question()).await), "no-agreement");
}

#[tokio::test]
async fn a_register_without_snapshot_and_its_operator_learns_why() {
    let bodies = Bodies::new();
    let (_charities, grants) = (bodies.charities.start(), bodies.grants.start());
    assert_eq!(ended(&grants.ask(question()).await), "not-available");
    assert_eq!(bodies.wire.last().alarm.unwrap().code, "flow.no-snapshot");
    // The asker learns no more than that.
    let travelled = String::from_utf8(bodies.wire.last().response.into_body()).unwrap();
    assert!(!travelled.contains("snapshot"), "{travelled}");
}

#[tokio::test]
async fn a_fact_that_the_snapshot_was_made_without() {
    let bodies = Bodies::refreshed();
    let fact = "[facts.town]\ntitle = \"Where?\"\ntype = \"text\"\nsql = \"town\"\n\n[[check]]";
    bodies.charities.alter("registers/charities.toml", "[[check]]", fact);
    let grant = "facts = [\n  { name = \"town\", why = \"grants are for towns of the coast\" },\n";
    bodies.agree("grants-charities", &replaced(AGREEMENT, &[("facts = [\n", grant)]));
    let (_charities, grants) = (bodies.charities.start(), bodies.grants.start());
    assert_eq!(ended(&grants.ask(Ask { facts: vec![name("town")], ..question() }).await), "not-available");
    assert_eq!(bodies.wire.last().alarm.unwrap().code, "flow.old-snapshot");
    bodies.charities.refresh().unwrap();
    let asked = grants.ask(Ask { facts: vec![name("town")], ..question() }).await.unwrap();
    assert_eq!(asked.answer.facts[0].value, "Bath");
}

#[tokio::test]
async fn a_body_that_no_list_names_is_refused_by_both() {
    let bodies = Bodies::refreshed();
    let (charities, grants) = (bodies.charities.start(), bodies.grants.start());
    let stranger = bodies.stranger.start();
    assert_eq!(ended(&stranger.ask(question()).await), "body-not-in-federation");
    assert_eq!(charities.log_state().unwrap().0, 0, "a stranger left something in the log");
    let carried = bodies.wire.count();
    let ask = Ask { provider: body(STRANGER), ..question() };
    assert_eq!(ended(&grants.ask(ask).await), "body-not-in-federation");
    assert_eq!(bodies.wire.count(), carried, "the question left the house");
}

#[tokio::test]
async fn a_body_whose_entry_has_ended_is_refused() {
    let bodies = Bodies::refreshed();
    let valid = Some(("2026-01-01".parse().unwrap(), "2026-05-31".parse().unwrap()));
    let grants = concordat_share::Member { valid, ..member(GRANTS) };
    bodies.charities.write("federation.note", note(&list(&[member(CHARITIES), grants]), &[KEEPER]));
    let (_charities, grants) = (bodies.charities.start(), bodies.grants.start());
    assert_eq!(ended(&grants.ask(question()).await), "body-not-in-federation");
}

#[tokio::test]
async fn a_subject_that_the_vocabulary_cannot_describe_does_not_leave() {
    let (bodies, _charities, grants) = Bodies::running();
    let subject = concordat_record::Subject::new("LegalEntity", [("leaglName", "Harbor Trust")]);
    assert_eq!(ended(&grants.ask(Ask { subject, ..question() }).await), "vocabulary.unknown-property");
    let nobody = concordat_record::Subject::new("LegalEntity", [("", ""); 0]);
    assert_eq!(ended(&grants.ask(Ask { subject: nobody, ..question() }).await), "exchange.unknown-subject");
    let nothing = Ask { facts: Vec::new(), purpose: name("fundraising"), ..question() };
    assert_eq!(ended(&grants.ask(nothing).await), "exchange.no-facts");
    assert_eq!(bodies.wire.count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn questions_at_the_same_moment_cannot_pass_the_limit_together() {
    let (bodies, charities, grants) = Bodies::running();
    let waiting: Vec<_> = (0..24)
        .map(|_| {
            let grants = grants.clone();
            tokio::spawn(async move { ended(&grants.ask(question()).await) })
        })
        .collect();
    let mut answered = 0;
    for asked in waiting {
        match asked.await.unwrap().as_str() {
            "answered" => answered += 1,
            other => assert_eq!(other, "limit-reached"),
        }
    }
    assert_eq!(answered, 5);
    assert_eq!(charities.log_state().unwrap().0, 24);
    for place in [&bodies.charities, &bodies.grants] {
        place.clock.advance_seconds(24 * 60 * 60);
    }
    assert_eq!(ended(&grants.ask(question()).await), "answered", "the next day has a number of its own");
}
