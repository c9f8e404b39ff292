//! Questions that were altered, sent again, or sent by somebody else.

use http::{HeaderValue, Request, Response};
use serde_json::Value;

use crate::tests::bodies::*;
use crate::{Became, Filter};

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
