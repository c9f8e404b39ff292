//! Replies that were altered, swapped, or signed by somebody who lies.

use concordat_sign::{SigningKey, sign_response, verify_request};
use http::{Request, Response};
use serde_json::Value;

use crate::exchange::wire::{Outcome, Reply};
use crate::tests::bodies::*;
use crate::{Became, Filter, Node};

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
async fn an_unsigned_refusal_that_only_a_signed_one_could_be() {
    for status in [401, 400, 503, 403, 200] {
        let unsigned = move |_: &Request<Vec<u8>>, response: &mut Response<Vec<u8>>| {
            *response = Response::new(b"{\"code\": \"no-agreement\"}".to_vec());
            *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
        };
        reply_altered(unsigned, "sign.signature-missing").await;
    }
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
