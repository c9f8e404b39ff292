//! Questions to a register whose source is asked at that moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use concordat_record::Subject;

use super::bodies::*;
use super::legacy::{Legacy, TOLD, records};
use crate::{Ask, Became, Filter, Node, State};

/// The nodes of registry and grants office.
fn start(bodies: &Bodies) -> (Arc<Node>, Arc<Node>) {
    (bodies.charities.start(), bodies.grants.start())
}

/// What becomes of the question about the charity with number 3 when the legacy system has these records.
async fn check(found: impl Into<String>, expected: &str) -> Bodies {
    let legacy = Legacy::with(found);
    let bodies = Bodies::live(legacy.port, "", "most_records = 4");
    let (charities, grants) = start(&bodies);
    let asked = grants.ask(question()).await;
    assert_eq!(ended(&asked), expected, "{asked:?}");
    assert_eq!(legacy.asked(), ["/charities?name=Hill%20Trust&state=ME"]);
    logged(&[&charities, &grants], expected);
    bodies
}

/// Both sides have logged the exchange.
fn logged(nodes: &[&Node], expected: &str) {
    for node in nodes {
        let page = node.exchanges(&Filter::default(), 1, 10).unwrap();
        assert_eq!((page.total, node.log_state().unwrap().0), (1, 1), "{expected}");
        let told = match &page.entries[0].outcome {
            Became::Answered => "answered",
            Became::NotRecognised => "not-recognised",
            Became::Refused { code, .. } | Became::Failed { code } => code.as_str(),
        };
        assert_eq!(told, expected);
    }
}

/// Nothing of subject or record is in a text for operators.
fn says_nothing_personal(text: &str) {
    for personal in ["Hill Trust", "Hill%20Trust", "Quay Street", "04473", "3017", "Portland"] {
        assert!(!text.contains(personal), "`{personal}` is in: {text}");
    }
}

#[tokio::test]
async fn a_live_answer_holds_the_granted_facts_and_nothing_else_travels() {
    let legacy = Legacy::with(records(&[3, 40]));
    let bodies = Bodies::live(legacy.port, "", "");
    let (charities, grants) = start(&bodies);
    let asked = grants.ask(question()).await.unwrap();
    let told: Vec<String> =
        asked.answer.facts.iter().map(|fact| format!("{}={}", fact.name, fact.value)).collect();
    assert_eq!(told, ["isRegistered=true", "registeredSince=\"1903-05-01\""]);
    assert_eq!(asked.answer.withheld, [name("income")]);
    assert!(asked.answer.matched.unwrap().probability > 0.9);
    let origin = asked.answer.origin.unwrap();
    assert_eq!((origin.source.as_str(), origin.digest.as_str(), origin.record_number), ("charities", "", 1));
    assert_eq!(legacy.asked(), ["/charities?name=Hill%20Trust&state=ME"]);
    logged(&[&charities, &grants], "answered");
    let travelled = String::from_utf8(bodies.wire.last().response.into_body()).unwrap();
    assert!(!travelled.contains("3017"), "the income left the registry: {travelled}");
    assert!(bodies.wire.last().alarm.is_none());
    assert!(!bodies.charities.folder.join("data/snapshots").exists(), "nothing of the source is kept");
}

#[tokio::test]
async fn whoever_the_source_does_not_know_is_not_recognised() {
    check("[]", "not-recognised").await;
    check(records(&[40, 41]), "not-recognised").await;
}

#[tokio::test]
async fn two_records_that_fit_equally_well_are_both_unsure() {
    let twin = records(&[3]).replace("\"id\":\"3\"", "\"id\":\"900\"");
    let both = format!("[{},{}]", records(&[3]).trim_matches(['[', ']']), twin.trim_matches(['[', ']']));
    check(both, "not-recognised").await;
    // The same record twice is one record.
    let twice = records(&[3, 3]);
    let bodies = check(twice, "answered").await;
    assert_eq!(bodies.wire.last().alarm.unwrap().code, "live.bad-records");
}

#[tokio::test]
async fn more_records_than_are_compared_are_too_vague_a_question() {
    check(records(&[3, 4, 5, 6]), "answered").await;
    check(records(&[3, 4, 5, 6, 7]), "subject-too-vague").await;
}

#[tokio::test]
async fn a_record_that_cannot_be_used_counts_as_not_found_and_the_operator_is_told() {
    let nameless = records(&[3]).replace("Hill Trust", " ");
    let bodies = check(nameless, "not-recognised").await;
    let alarm = bodies.wire.last().alarm.unwrap();
    assert_eq!(alarm.code, "live.bad-records");
    assert!(alarm.sentence.contains("map.failed-check (1)"), "{alarm}");
    says_nothing_personal(&alarm.to_string());
}

#[tokio::test]
async fn an_answer_without_the_columns_of_the_mapping_is_our_own_fault() {
    let legacy = Legacy::with("[{\"nr\": 3}]");
    let bodies = Bodies::live(legacy.port, "", "");
    bodies.charities.alter("sources/charities.toml", TOLD, "");
    let (_charities, grants) = start(&bodies);
    assert_eq!(ended(&grants.ask(question()).await), "not-available");
    let alarm = bodies.wire.last().alarm.unwrap();
    assert_eq!(alarm.code, "live.unfit-answer");
    says_nothing_personal(&alarm.to_string());
}

#[tokio::test]
async fn nothing_is_asked_before_the_agreement_permits_it() {
    let legacy = Legacy::with(records(&[3]));
    let bodies = Bodies::live(legacy.port, "", "");
    let (_charities, grants) = start(&bodies);
    let facts = vec![name("income")];
    assert_eq!(ended(&grants.ask(Ask { facts, ..question() }).await), "fact-not-granted");
    assert_eq!(
        ended(&grants.ask(Ask { purpose: name("fundraising"), ..question() }).await),
        "purpose-not-agreed"
    );
    assert_eq!(legacy.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn a_question_that_does_not_tell_what_the_source_needs_is_refused_by_name_of_the_property() {
    let legacy = Legacy::with(records(&[3]));
    let bodies = Bodies::live(legacy.port, "", "");
    let (_charities, grants) = start(&bodies);
    let subject = Subject::new("LegalEntity", [("legalName", "Hill Trust")]);
    let Err(crate::NotAsked::Refused(refusal)) = grants.ask(Ask { subject, ..question() }).await else {
        panic!("it was answered")
    };
    assert_eq!(refusal.code, "subject-too-vague");
    assert!(refusal.reason.ends_with("it must tell registeredAddress.adminUnitL2"), "{refusal:?}");
    assert_eq!(legacy.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn a_source_that_fails_is_a_refusal_and_after_some_failures_it_is_left_alone() {
    let legacy = Legacy::start(|_| (503, "Hill Trust is not at home".into()));
    let bodies = Bodies::live(legacy.port, "breaker_failures = 2", "");
    let (charities, grants) = start(&bodies);
    let health = || {
        let part = charities.health().parts.into_iter().find(|part| part.name == "Charities").unwrap();
        (part.state, part.sentence)
    };
    assert_eq!(health(), (State::Ok, "is asked live, at the moment of each question".into()));
    for (asked, code) in [(1, "http.status"), (2, "http.status"), (2, "service.resting")] {
        assert_eq!(ended(&grants.ask(question()).await), "source-unavailable");
        let alarm = bodies.wire.last().alarm.unwrap();
        assert_eq!(alarm.code, "live.source-failed");
        assert!(alarm.sentence.ends_with(code), "{alarm}");
        says_nothing_personal(&alarm.to_string());
        assert_eq!(legacy.asked().len(), asked);
        assert_eq!(health().0, State::Attention);
    }
    assert_eq!((charities.log_state().unwrap().0, grants.log_state().unwrap().0), (3, 3));
}

#[tokio::test]
async fn a_source_that_is_gone_is_a_refusal() {
    let bodies = Bodies::live(1, "", "");
    let (charities, grants) = start(&bodies);
    assert_eq!(ended(&grants.ask(question()).await), "source-unavailable");
    logged(&[&charities, &grants], "source-unavailable");
}

/// A legacy system that answers once it is told to.
fn waiting() -> (Legacy, Arc<AtomicBool>) {
    let open = Arc::new(AtomicBool::new(false));
    let gate = open.clone();
    let legacy = Legacy::start(move |_| {
        while !gate.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(5));
        }
        (200, records(&[3]))
    });
    (legacy, open)
}

#[tokio::test]
async fn a_slow_source_is_waited_for_no_longer_than_allowed() {
    let (legacy, _open) = waiting();
    let bodies = Bodies::live(legacy.port, "timeout = 30", "seconds = 1");
    let (charities, grants) = start(&bodies);
    let begin = Instant::now();
    assert_eq!(ended(&grants.ask(question()).await), "source-unavailable");
    assert!(begin.elapsed() < Duration::from_secs(4), "{:?}", begin.elapsed());
    logged(&[&charities, &grants], "source-unavailable");
}

#[tokio::test]
async fn no_more_questions_are_put_to_a_source_at_once_than_it_can_bear() {
    let (legacy, open) = waiting();
    let bodies = Bodies::live(legacy.port, "", "at_once = 1");
    let (_charities, grants) = start(&bodies);
    let node = grants.clone();
    let first = tokio::spawn(async move { ended(&node.ask(question()).await) });
    while legacy.asked().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(ended(&grants.ask(question()).await), "source-busy");
    open.store(true, Ordering::SeqCst);
    assert_eq!(first.await.unwrap(), "answered");
    assert_eq!(ended(&grants.ask(question()).await), "answered", "the turn is free again");
    assert_eq!(legacy.asked().len(), 2);
}

#[test]
fn a_live_register_is_not_refreshed() {
    let bodies = Bodies::live(1, "", "");
    assert_eq!(codes(&bodies.charities.refresh().unwrap_err()), ["refresh.live"]);
}
