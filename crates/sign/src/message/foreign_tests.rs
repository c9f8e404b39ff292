//! Exchanges that pass between this crate and a foreign library (`foreign/README.md`).

use std::path::PathBuf;

use serde_json::{Value, json};

use super::tests::{GRANTS, HOST, TREASURY, key, now, signed_request, signed_response, verify_at};
use super::*;

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("foreign").join(name)
}

fn headers(headers: &HeaderMap) -> Value {
    headers.iter().map(|(name, value)| (name.to_string(), Value::from(value.to_str().unwrap()))).collect()
}

#[test]
fn the_exchange_on_file_is_what_this_crate_signs_today() {
    let (request, signature) = signed_request(br#"{"question":"is it tax-exempt?"}"#);
    let response = signed_response(&signature, br#"{"answer":true}"#);
    let keys = [GRANTS, TREASURY].map(|name| {
        let (verifier, seed) = (key(name).verifier().to_string(), crate::sha256(name.as_bytes()));
        let public = STANDARD.decode(verifier.splitn(3, '+').nth(2).unwrap()).unwrap();
        let halves = json!({ "public": STANDARD.encode(&public[1..]), "seed": STANDARD.encode(seed) });
        (key(name).verifier().keyid(), halves)
    });
    let exchange = json!({
        "about": "test keys, used nowhere else",
        "keys": keys.into_iter().collect::<Value>(),
        "request": {
            "method": request.method().as_str(),
            "url": request.uri().to_string(),
            "headers": headers(request.headers()),
            "body": String::from_utf8(request.body().clone()).unwrap(),
        },
        "response": {
            "status": response.status().as_u16(),
            "headers": headers(response.headers()),
            "body": String::from_utf8(response.body().clone()).unwrap(),
        },
    });
    let text = serde_json::to_string_pretty(&exchange).unwrap() + "\n";
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(file("exchange.json"), &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(file("exchange.json")).unwrap(), text);
}

#[test]
fn a_request_that_a_foreign_library_signed_verifies() {
    let abroad: Value = serde_json::from_slice(&std::fs::read(file("signed-abroad.json")).unwrap()).unwrap();
    let mut request = http::Request::builder()
        .method(abroad["method"].as_str().unwrap())
        .uri(abroad["url"].as_str().unwrap())
        .body(abroad["body"].as_str().unwrap().as_bytes().to_vec())
        .unwrap();
    for (name, value) in abroad["headers"].as_object().unwrap() {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        request.headers_mut().insert(name, header(value.as_str().unwrap()).unwrap());
    }
    let verified = verify_at(&request, now()).unwrap();
    assert_eq!((verified.key.name(), request.uri().authority().unwrap().as_str()), (GRANTS, HOST));
    request.body_mut().push(b' ');
    assert_eq!(verify_at(&request, now()), Err("sign.digest-wrong"));
}
