//! A question and its answer, from one body's person to the other body's register and back.

use concordat_prove::verify_proof;

use super::bodies::*;
use crate::{Became, Filter, Side};

#[tokio::test]
async fn an_answer_holds_the_granted_facts_and_names_what_is_withheld() {
    let (bodies, _charities, grants) = Bodies::running();
    let asked = grants.ask(question()).await.unwrap();
    let answer = &asked.answer;
    let told: Vec<String> = answer.facts.iter().map(|fact| format!("{}={}", fact.name, fact.value)).collect();
    assert_eq!(told, ["isRegistered=true", "registeredSince=\"1903-05-01\""]);
    assert_eq!(answer.withheld, [name("income")]);
    assert_eq!(answer.agreement, name("grants-charities"));
    let matched = answer.matched.as_ref().unwrap();
    assert!(matched.probability > 0.9, "{matched:?}");
    assert!(matched.compared.iter().any(|compared| compared.comparison == "name"), "{matched:?}");
    let origin = answer.origin.as_ref().unwrap();
    let source = bodies.charities.read("legacy/charities.csv");
    let file = concordat_prove::Digest::of(source.as_bytes()).to_string();
    assert_eq!((origin.source.as_str(), origin.record_number, &origin.digest), ("charities", 4, &file));
    // Nothing but the granted facts has travelled, not even inside the signed bytes.
    let travelled = String::from_utf8(bodies.wire.last().response.into_body()).unwrap();
    assert!(!travelled.contains("\"3017\""), "the income left the registry: {travelled}");
    assert!(bodies.wire.last().alarm.is_none());
}

#[tokio::test]
async fn both_logs_and_journals_hold_the_exchange_and_prove_it_offline() {
    let (_bodies, charities, grants) = Bodies::running();
    let asked = grants.ask(question()).await.unwrap();
    let exchange = &asked.answer.exchange;
    for (node, side) in [(&charities, Side::Provider), (&grants, Side::Consumer)] {
        let entry = node.exchange(exchange).unwrap().unwrap();
        assert_eq!((entry.side, &entry.outcome), (side, &Became::Answered));
        assert_eq!(entry.facts, [name("isRegistered"), name("registeredSince")]);
        assert_eq!(entry.case_reference.as_deref(), Some("G-2026-17"));
        let proven = verify_proof(&node.proof(exchange).unwrap().unwrap(), node.verifier_key()).unwrap();
        assert_eq!((&proven.leaf.exchange, proven.leaf.side), (exchange, side));
        let steps = node.verify(exchange).unwrap().unwrap();
        assert!(steps.iter().all(|step| step.holds), "{steps:?}");
        let page = node.exchanges(&Filter::default(), 1, 10).unwrap();
        assert_eq!((page.total, page.entries), (1, vec![entry]));
    }
    // The consumer has the provider's proof, and verifies it with the provider's key and nothing else.
    assert_eq!(grants.verify(exchange).unwrap().unwrap().len(), 2);
    assert!(verify_proof(&asked.proof, charities.verifier_key()).is_ok());
    // Who asked is the consumer's affair, and the provider's journal does not name him.
    let user = |node: &crate::Node| node.exchange(exchange).unwrap().unwrap().user;
    assert_eq!((user(&grants).as_deref(), user(&charities)), (Some("Officer Seven"), None));
}

#[tokio::test]
async fn without_facts_all_that_the_agreement_grants_is_asked() {
    let (_bodies, _charities, grants) = Bodies::running();
    let ask = crate::Ask { facts: Vec::new(), ..question() };
    assert_eq!(grants.ask(ask).await.unwrap().answer.facts.len(), 2);
}

#[tokio::test]
async fn somebody_unknown_is_not_recognised_and_nothing_is_told() {
    let (_bodies, charities, grants) = Bodies::running();
    let subject = concordat_record::Subject::new("LegalEntity", [("legalName", "Zanzibar Quilting Circle")]);
    let asked = grants.ask(crate::Ask { subject, ..question() }).await.unwrap();
    assert_eq!((asked.answer.matched, asked.answer.facts.len()), (None, 0));
    assert_eq!(asked.answer.origin, None);
    let entry = charities.exchange(&asked.answer.exchange).unwrap().unwrap();
    assert_eq!(entry.outcome, Became::NotRecognised);
}

#[tokio::test]
async fn a_candidate_below_the_threshold_is_not_recognised() {
    let (_bodies, charities, grants) = Bodies::running();
    let subject = concordat_record::Subject::new(
        "LegalEntity",
        [("legalName", "Juniper Quilting Circle"), ("registeredAddress.postName", "Fargo")],
    );
    let (register, reading) = charities.shelf.register(&name("charities"), charities.body()).unwrap();
    let best = register.recognise(&reading, &subject).unwrap().unwrap();
    assert!(best.matched.probability < 0.9, "{:?}", best.matched);
    let asked = grants.ask(crate::Ask { subject, ..question() }).await.unwrap();
    assert_eq!((asked.answer.matched, asked.answer.facts.len()), (None, 0));
}

#[tokio::test]
async fn a_question_that_was_sent_is_logged_even_when_nobody_waits_for_the_answer() {
    let (_bodies, charities, grants) = Bodies::running();
    let node = grants.clone();
    let waiting = tokio::spawn(async move { node.ask(question()).await });
    tokio::task::yield_now().await;
    waiting.abort();
    let log_of = |node: &crate::Node| node.log_state().unwrap().0;
    for _ in 0..500 {
        if log_of(&grants) == 1 && log_of(&charities) == 1 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the exchange is in {} and {} logs", log_of(&grants), log_of(&charities));
}

#[tokio::test]
async fn an_exchange_goes_on_while_a_refresh_publishes() {
    let (bodies, charities, grants) = Bodies::running();
    bodies.charities.write("legacy/charities.csv", super::bodies::charities(20_000));
    let handle = tokio::runtime::Handle::current();
    let place = bodies.charities;
    let refreshing = tokio::task::spawn_blocking(move || {
        let mut answers = Vec::new();
        let mut last = None;
        let snapshot = place.refresh_watched(&mut |stage| {
            // Once while the source is read, once while the answer store is written.
            let publishing = stage.total == 20_000;
            if last.replace(publishing) != Some(publishing) {
                answers.push(handle.block_on(grants.ask(question())));
            }
        });
        (snapshot.unwrap(), answers, handle.block_on(grants.ask(question())))
    });
    let (snapshot, during, after) = refreshing.await.unwrap();
    assert_eq!(snapshot.records, 20_000);
    assert_eq!(during.len(), 2);
    for asked in during {
        assert!(asked.unwrap().answer.matched.is_some());
    }
    let after = after.unwrap();
    assert_eq!(after.answer.origin.unwrap().digest, snapshot.digest);
    assert_eq!(charities.exchanges(&crate::Filter::default(), 1, 10).unwrap().total, 3);
}

#[tokio::test]
async fn a_body_that_changes_its_key_is_understood_with_either() {
    let bodies = Bodies::refreshed();
    let days = |from: &str, until: &str| Some((from.parse().unwrap(), until.parse().unwrap()));
    for changing in [CHARITIES, GRANTS] {
        let old = concordat_share::Member { valid: days("2026-01-01", "2026-12-31"), ..member(changing) };
        let mut new = concordat_share::Member { valid: days("2026-05-01", "2030-12-31"), ..member(changing) };
        new.signing_key = new_key(changing).verifier().clone();
        new.certificate = certificate("new");
        let others = [CHARITIES, GRANTS].into_iter().filter(|id| *id != changing).map(member);
        let members: Vec<_> = others.chain([old, new]).collect();
        for place in [&bodies.charities, &bodies.grants] {
            place.write("federation.note", note(&list(&members), &[KEEPER]));
        }
        // The list names the new key already, and the body still uses the old one.
        let (charities, grants) = (bodies.charities.start(), bodies.grants.start());
        let asked = grants.ask(question()).await;
        assert_eq!(ended(&asked), "answered", "{changing}: {asked:?}");
        let steps = grants.verify(&asked.unwrap().answer.exchange).unwrap().unwrap();
        assert!(steps.iter().all(|step| step.holds), "{steps:?}");
        bodies.wire.disconnect(charities.id());
        bodies.wire.disconnect(grants.id());
    }
}

#[tokio::test]
async fn a_node_that_cannot_be_reached_is_a_failure_that_is_logged() {
    let bodies = Bodies::refreshed();
    let grants = bodies.grants.start();
    let asked = grants.ask(question()).await;
    assert_eq!(ended(&asked), "test.no-node");
    let page = grants.exchanges(&Filter::default(), 1, 10).unwrap();
    assert_eq!(page.entries[0].outcome, Became::Failed { code: "test.no-node".into() });
    assert_eq!(grants.log_state().unwrap().0, 1);
}
