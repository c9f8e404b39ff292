//! Hands on the wire, false papers and false clocks: nothing is believed, nothing is told, and somebody is told why.

use concordat_sign::{SigningKey, sign_response, verify_request};
use http::{HeaderValue, Request, Response};
use serde_json::Value;

use super::bodies::*;
use crate::exchange::wire::{Outcome, Reply};
use crate::{Became, Filter, Node};

/// What comes of a question when hands alter the request; it must not be answered.
async fn request_altered(hand: impl FnMut(&mut Request<Vec<u8>>) + Send + 'static, expected: &str) {
    let (bodies, charities, grants) = Bodies::running();
    bodies.wire.on_request(hand);
    let asked = grants.ask(question()).await;
    assert_eq!(ended(&asked), expected, "{asked:?}");
    assert_eq!(charities.log_state().unwrap().0, 0, "a request that nobody has signed was logged");
    assert!(bodies.wire.last().alarm.unwrap().code.starts_with("sign."));
}

#[tokio::test]
async fn a_question_whose_body_was_altered_on_the_way() {
    let hand = |request: &mut Request<Vec<u8>>| {
        let text = String::from_utf8(request.body().clone()).unwrap();
        *request.body_mut() = replaced(&text, &[("isRegistered", "income")]).into_bytes();
    };
    request_altered(hand, "signature-invalid").await;
}

#[tokio::test]
async fn a_question_whose_header_was_altered_on_the_way() {
    let set = |name: &'static str, value: &'static str| {
        move |request: &mut Request<Vec<u8>>| {
            request.headers_mut().insert(name, HeaderValue::from_static(value));
        }
    };
    request_altered(set("content-type", "text/plain"), "signature-invalid").await;
    request_altered(set("content-digest", "sha-256=:AAAA:"), "signature-invalid").await;
    request_altered(set("signature-input", "concordat=(\"@method\")"), "signature-invalid").await;
    let unsigned = |request: &mut Request<Vec<u8>>| {
        request.headers_mut().remove("signature");
    };
    request_altered(unsigned, "signature-invalid").await;
    let elsewhere = |request: &mut Request<Vec<u8>>| {
        *request.uri_mut() = "https://museum.example:7443/exchange/1".parse().unwrap();
    };
    request_altered(elsewhere, "signature-invalid").await;
}

#[tokio::test]
async fn a_question_that_is_sent_again_is_not_answered_again() {
    let (bodies, charities, grants) = Bodies::running();
    grants.ask(question()).await.unwrap();
    let first = bodies.wire.last();
    let again = charities.receive(&first.certificate, first.request.clone()).await;
    assert_eq!(again.response.status(), http::StatusCode::FORBIDDEN);
    assert_eq!(refusal(&again.response), "replayed");
    assert!(again.alarm.unwrap().sentence.contains("replayed"));
    // The journal lists both, and still says what became of the exchange.
    let page = charities.exchanges(&Filter::default(), 1, 10).unwrap();
    assert_eq!((page.total, charities.log_state().unwrap().0), (2, 2));
    let entry = charities.exchange(&page.entries[0].exchange).unwrap().unwrap();
    assert_eq!((entry.outcome, entry.index), (Became::Answered, 0));
    // Not by a node that has been started again meanwhile, either.
    bodies.wire.disconnect(charities.id());
    drop(charities);
    let charities = bodies.charities.start();
    let again = charities.receive(&first.certificate, first.request.clone()).await;
    assert_eq!(refusal(&again.response), "replayed");
    // And when the memory has been swept, the signature is too old by far.
    bodies.charities.clock.advance_seconds(8 * 24 * 60 * 60);
    let again = charities.receive(&first.certificate, first.request).await;
    assert_eq!(again.response.status(), http::StatusCode::UNAUTHORIZED);
    assert_eq!(again.alarm.unwrap().code, "sign.signature-time");
}

#[tokio::test]
async fn an_exchange_number_that_was_used_is_not_used_again() {
    let (bodies, charities, grants) = Bodies::running();
    grants.ask(question()).await.unwrap();
    let first = bodies.wire.last();
    // The consumer itself signs the same question anew.
    let mut request = first.request.clone();
    let world = bodies.grants.world();
    concordat_sign::sign_request(&mut request, &key(GRANTS), grants.now(), &*world.entropy).unwrap();
    let again = charities.receive(&first.certificate, request).await;
    assert_eq!(refusal(&again.response), "replayed");
}

fn refusal(response: &Response<Vec<u8>>) -> String {
    let reply: Value = serde_json::from_slice(response.body()).unwrap();
    reply["outcome"]["refusal"]["code"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_certificate_of_another_body_than_the_signature() {
    let (bodies, charities, grants) = Bodies::running();
    bodies.wire.show_certificate(certificate(MUSEUM));
    assert_eq!(ended(&grants.ask(question()).await), "signature-invalid");
    assert_eq!(bodies.wire.last().alarm.unwrap().code, "sign.key-unknown");
    bodies.wire.show_certificate(certificate(STRANGER));
    assert_eq!(ended(&grants.ask(question()).await), "body-not-in-federation");
    assert_eq!(charities.log_state().unwrap().0, 0);
}

#[tokio::test]
async fn a_question_in_the_name_of_another_body() {
    let (bodies, charities, _grants) = Bodies::running();
    let museum = bodies.museum.start();
    // The museum signs, with its own key, what says that the grants office asks.
    museum.ask(question()).await.unwrap_err();
    let text = String::from_utf8(bodies.wire.last().request.into_body()).unwrap();
    let mut request = Request::post("https://registry.example:7443/exchange/1")
        .header("content-type", "application/json")
        .body(
            replaced(&text, &[(MUSEUM, GRANTS)]).replace("\"exchange\":\"", "\"exchange\":\"0").into_bytes(),
        )
        .unwrap();
    let text = String::from_utf8(request.body().clone()).unwrap();
    let number = text.split('"').nth(3).unwrap().to_owned();
    *request.body_mut() = text.replace(&number, &number[..32]).into_bytes();
    let world = bodies.museum.world();
    concordat_sign::sign_request(&mut request, &key(MUSEUM), museum.now(), &*world.entropy).unwrap();
    let received = charities.receive(&certificate(MUSEUM), request).await;
    assert_eq!(refusal(&received.response), "consumer-mismatch");
    assert!(received.alarm.unwrap().sentence.contains(MUSEUM));
}

#[tokio::test]
async fn a_question_that_cannot_be_read_is_told_so_without_its_words() {
    let (bodies, charities, grants) = Bodies::running();
    let mut request = Request::post("https://registry.example:7443/exchange/1")
        .header("content-type", "application/json")
        .body(b"{\"subject\": \"Harbor Trust\"}".to_vec())
        .unwrap();
    let world = bodies.grants.world();
    concordat_sign::sign_request(&mut request, &key(GRANTS), grants.now(), &*world.entropy).unwrap();
    let received = charities.receive(&certificate(GRANTS), request).await;
    assert_eq!(received.response.status(), http::StatusCode::BAD_REQUEST);
    let problem: Value = serde_json::from_slice(received.response.body()).unwrap();
    assert_eq!(problem["code"], "question-malformed");
    assert!(!problem.to_string().contains("Harbor"), "{problem}");
}

#[tokio::test]
async fn clocks_that_are_ten_minutes_apart() {
    for seconds in [600, -600] {
        let (bodies, charities, grants) = Bodies::running();
        bodies.grants.clock.advance_seconds(seconds);
        assert_eq!(ended(&grants.ask(question()).await), "clock-skew");
        let alarm = bodies.wire.last().alarm.unwrap();
        assert_eq!(alarm.code, "sign.signature-time");
        assert_eq!(charities.log_state().unwrap().0, 0);
        // Half a minute is no matter.
        bodies.grants.clock.advance_seconds(-seconds + seconds / 20);
        assert_eq!(ended(&grants.ask(question()).await), "answered");
    }
}

#[tokio::test]
async fn a_clock_that_jumps_while_the_answer_is_on_its_way() {
    let (bodies, _charities, grants) = Bodies::running();
    let clock = bodies.grants.clock.clone();
    bodies.wire.on_response(move |_, _| clock.advance_seconds(600));
    assert_eq!(ended(&grants.ask(question()).await), "sign.signature-time");
}

/// What comes of a question when hands alter the reply; it must not be believed, and that is logged.
async fn reply_altered(
    hand: impl FnMut(&Request<Vec<u8>>, &mut Response<Vec<u8>>) + Send + 'static,
    expected: &str,
) {
    let (bodies, _charities, grants) = Bodies::running();
    bodies.wire.on_response(hand);
    not_believed(&grants, expected).await;
}

async fn not_believed(grants: &std::sync::Arc<Node>, expected: &str) {
    let asked = grants.ask(question()).await;
    assert_eq!(ended(&asked), expected, "{asked:?}");
    let page = grants.exchanges(&Filter::default(), 1, 1).unwrap();
    assert_eq!(page.entries[0].outcome, Became::Failed { code: expected.into() });
    assert_eq!((&page.entries[0].facts[..], &page.entries[0].provider_proof), (&[][..], &None));
}

/// Signs a response as its sender would: bound to the request.
fn sign(request: &Request<Vec<u8>>, response: &mut Response<Vec<u8>>, signer: &SigningKey) {
    let now = moment("2026-06-01T12:00:00Z");
    let at = [member(CHARITIES).address];
    let verified = verify_request(request, |_| Some(key(GRANTS).verifier().clone()), now, &at).unwrap();
    sign_response(response, &verified.signature, signer, now).unwrap();
}

/// Alters the reply as the provider itself could, which signs it again.
fn as_provider(
    alter: impl Fn(&mut Value) + Send + 'static,
) -> impl FnMut(&Request<Vec<u8>>, &mut Response<Vec<u8>>) {
    move |request, response| {
        let mut reply: Value = serde_json::from_slice(response.body()).unwrap();
        alter(&mut reply);
        *response.body_mut() = reply.to_string().into_bytes();
        sign(request, response, &key(CHARITIES));
    }
}

#[tokio::test]
async fn a_reply_that_was_altered_on_the_way() {
    let body = |_: &Request<Vec<u8>>, response: &mut Response<Vec<u8>>| {
        let text = String::from_utf8(response.body().clone()).unwrap();
        *response.body_mut() = replaced(&text, &[("true", "false")]).into_bytes();
    };
    reply_altered(body, "sign.digest-wrong").await;
    let status = |_: &Request<Vec<u8>>, response: &mut Response<Vec<u8>>| {
        *response.status_mut() = http::StatusCode::ACCEPTED;
    };
    reply_altered(status, "sign.signature-wrong").await;
    let unsigned = |_: &Request<Vec<u8>>, response: &mut Response<Vec<u8>>| {
        response.headers_mut().remove("signature");
    };
    reply_altered(unsigned, "sign.signature-missing").await;
}

#[tokio::test]
async fn a_reply_to_another_question() {
    let (bodies, _charities, grants) = Bodies::running();
    grants.ask(question()).await.unwrap();
    let first = bodies.wire.last().response;
    bodies.wire.on_response(move |_, response| *response = first.clone());
    not_believed(&grants, "sign.signature-wrong").await;
}

#[tokio::test]
async fn a_reply_to_another_question_that_the_provider_signs_for_this_one() {
    let (bodies, _charities, grants) = Bodies::running();
    grants.ask(question()).await.unwrap();
    let first = bodies.wire.last().response.into_body();
    bodies.wire.on_response(move |request, response| {
        *response.body_mut() = first.clone();
        sign(request, response, &key(CHARITIES));
    });
    not_believed(&grants, "exchange.malformed-reply").await;
}

#[tokio::test]
async fn a_reply_that_another_body_has_signed() {
    let resign = |signer: &'static str| {
        move |request: &Request<Vec<u8>>, response: &mut Response<Vec<u8>>| {
            sign(request, response, &key(signer));
        }
    };
    reply_altered(resign(MUSEUM), "sign.key-unknown").await;
    reply_altered(resign(GRANTS), "sign.key-unknown").await;
    let new_key = |request: &Request<Vec<u8>>, response: &mut Response<Vec<u8>>| {
        sign(request, response, &new_key(CHARITIES));
    };
    reply_altered(new_key, "sign.key-unknown").await;
}

#[tokio::test]
async fn an_answer_that_tells_more_less_or_of_nobody() {
    let more = |reply: &mut Value| {
        let facts = reply["outcome"]["answer"]["facts"].as_array_mut().unwrap();
        facts.push(serde_json::json!({ "name": "income", "value": "3017" }));
    };
    let less = |reply: &mut Value| {
        reply["outcome"]["answer"]["facts"].as_array_mut().unwrap().pop();
    };
    let twice = |reply: &mut Value| {
        let facts = reply["outcome"]["answer"]["facts"].as_array_mut().unwrap();
        facts.push(facts[0].clone());
    };
    let nobody = |reply: &mut Value| {
        reply["outcome"]["answer"].as_object_mut().unwrap().remove("match");
    };
    let elsewhere = |reply: &mut Value| reply["outcome"]["answer"]["register"] = "lighthouses".into();
    reply_altered(as_provider(more), "exchange.malformed-reply").await;
    reply_altered(as_provider(less), "exchange.malformed-reply").await;
    reply_altered(as_provider(twice), "exchange.malformed-reply").await;
    reply_altered(as_provider(nobody), "exchange.malformed-reply").await;
    reply_altered(as_provider(elsewhere), "exchange.malformed-reply").await;
}

#[tokio::test]
async fn an_answer_that_is_not_the_one_that_was_logged() {
    let lie = |reply: &mut Value| {
        // To the byte: the outcome is a raw value, and only this fact is turned round.
        reply["outcome"]["answer"]["facts"][0]["value"] = false.into();
    };
    reply_altered(as_provider(lie), "prove.not-opened").await;
}

#[tokio::test]
async fn a_proof_that_was_altered() {
    let one_letter = |reply: &mut Value| {
        let proof = reply["evidence"]["proof"].as_str().unwrap();
        let last = proof.trim_end().chars().last().unwrap();
        let other = if last == 'A' { 'B' } else { 'A' };
        let altered = format!("{}{other}\n", &proof.trim_end()[..proof.trim_end().len() - 1]);
        reply["evidence"]["proof"] = altered.into();
    };
    let (bodies, _charities, grants) = Bodies::running();
    bodies.wire.on_response(as_provider(one_letter));
    let asked = grants.ask(question()).await;
    assert!(["prove.", "sign."].iter().any(|crates| ended(&asked).starts_with(crates)), "{asked:?}");
    let none = |reply: &mut Value| reply["evidence"]["proof"] = "".into();
    reply_altered(as_provider(none), "prove.proof-malformed").await;
}

#[tokio::test]
async fn a_proof_of_another_exchange() {
    let (bodies, _charities, grants) = Bodies::running();
    grants.ask(question()).await.unwrap();
    let first: Value = serde_json::from_slice(bodies.wire.last().response.body()).unwrap();
    bodies.wire.on_response(as_provider(move |reply| reply["evidence"] = first["evidence"].clone()));
    not_believed(&grants, "prove.not-opened").await;
}

#[tokio::test]
async fn a_reply_that_is_no_reply() {
    reply_altered(as_provider(|reply| *reply = Value::Null), "exchange.malformed-reply").await;
    let odd = |reply: &mut Value| reply["outcome"] = "granted".into();
    reply_altered(as_provider(odd), "exchange.malformed-reply").await;
    let empty = |_: &Request<Vec<u8>>, response: &mut Response<Vec<u8>>| response.body_mut().clear();
    reply_altered(empty, "sign.digest-wrong").await;
}

#[tokio::test]
async fn no_reply_leaves_before_it_is_logged() {
    let (bodies, charities, grants) = Bodies::running();
    grants.ask(question()).await.unwrap();
    let reply: Reply = serde_json::from_slice(bodies.wire.last().response.body()).unwrap();
    let outcome: Outcome = serde_json::from_str(reply.outcome.get()).unwrap();
    assert!(matches!(outcome, Outcome::Answer(_)));
    // The log's folder is taken away: what cannot be logged is not answered.
    let log = bodies.charities.folder.join("data/log");
    std::fs::rename(&log, log.with_file_name("elsewhere")).unwrap();
    std::fs::write(&log, "in the way").unwrap();
    let asked = grants.ask(question()).await;
    assert_eq!(ended(&asked), "not-available", "{asked:?}");
    let last = bodies.wire.last();
    assert!(last.alarm.unwrap().code.starts_with("prove."));
    let travelled = String::from_utf8(last.response.into_body()).unwrap();
    assert!(!travelled.contains("isRegistered"), "{travelled}");
    drop(charities);
}

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
