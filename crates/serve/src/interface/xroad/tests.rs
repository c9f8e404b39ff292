use aws_lc_rs::digest::{SHA512, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use proptest::prelude::*;

use super::fault::{Code, FaultSpelling};
use super::identifier::service_path;
use crate::samples::{Seen, body, face, request};

const REGISTER: &str = "/r1/US/GOV/EXEMPT/REG/exempt-organisations";
const QUERY: &str = "purpose=grant-eligibility&legalName=Sample+Trust";

async fn call(text: &str) -> Seen {
    face(FaultSpelling::SnakeCase, false).call(request(text)).await
}

/// `faults.txt` has one call in each line: method and target, client, key, status, fault code, beginning of the message. In
/// targets `{register}` is the path of a register, `{good}` a query that is answered.
#[tokio::test]
async fn each_wrong_call_gets_the_fault_that_x_road_gives() {
    let cases = include_str!("faults.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    for case in cases {
        let columns: Vec<&str> = case.split('|').map(str::trim).collect();
        let [line, client, key, status, code, message] = columns[..] else {
            panic!("not six columns: {case}")
        };
        let mut text = line.replace("{register}", REGISTER).replace("{good}", QUERY);
        for (header, value) in [("x-road-client: ", client), ("authorization: Bearer ", key)] {
            if value != "-" {
                text = format!("{text}\n{header}{value}");
            }
        }
        let seen = call(&text).await;
        let json = seen.json();
        assert_eq!(
            (seen.status.as_str(), seen.header("x-road-error")),
            (status, code),
            "{case}: {}",
            seen.text
        );
        assert_eq!(seen.header("content-type"), "application/json;charset=utf-8", "{case}");
        assert_eq!(
            (json["type"].as_str(), json["detail"].as_str().map(str::len)),
            (Some(code), Some(36)),
            "{case}"
        );
        assert!(json["message"].as_str().unwrap().starts_with(message), "{case}: {}", seen.text);
    }
}

#[tokio::test]
async fn a_call_is_answered_with_the_headers_of_the_protocol() {
    let face = face(FaultSpelling::SnakeCase, false);
    let text = format!(
        "GET {REGISTER}/?{QUERY}&fact=isTaxExempt&registeredAddress.postCode=20220\nhost: localhost:7480\n\
         x-road-client: US/GOV/OTHER/REG\nx-road-client: US/GOV/GRANTS/REG\nx-road-id: DEV-1\nx-road-userid: US123\n\
         x-road-issue: CASE-7\nx-road-request-id: mine\nauthorization: Bearer secret\nuser-agent: test"
    );
    let seen = face.call(request(&text)).await;
    assert_eq!(seen.status, 200, "{}", seen.text);
    assert_eq!(seen.header("x-road-client"), "US/GOV/GRANTS/REG");
    assert_eq!(seen.header("x-road-id"), "DEV-1");
    assert_eq!(seen.header("x-road-service"), "US/GOV/EXEMPT/REG/exempt-organisations");
    assert_eq!(seen.header("x-road-error"), "");
    let request_id = seen.header("x-road-request-id");
    assert_eq!(request_id.len(), 36);
    let head = format!(
        "GET\r\n{REGISTER}/?{QUERY}&fact=isTaxExempt&registeredAddress.postCode=20220\r\n\
         x-road-client:US/GOV/OTHER/REG\r\nx-road-client:US/GOV/GRANTS/REG\r\nx-road-id:DEV-1\r\nx-road-userid:US123\r\n\
         x-road-issue:CASE-7\r\nauthorization:Bearer secret\r\nx-road-request-id:{request_id}\r\n"
    );
    assert_eq!(seen.header("x-road-request-hash"), STANDARD.encode(digest(&SHA512, head.as_bytes())));
    let json = seen.json();
    assert_eq!(json["answer"]["facts"], serde_json::json!([{ "name": "isTaxExempt", "value": true }]));
    assert_eq!(json["verified"], true);
    assert!(json["proof"].as_str().unwrap().starts_with("c2sp.org/tlog-proof"));

    let ask = face.asked().unwrap();
    assert_eq!((ask.system.as_str(), ask.provider), ("portal", body("EXEMPT")));
    assert_eq!((ask.user.as_deref(), ask.case_reference.as_deref()), (Some("US123"), Some("CASE-7")));
    assert_eq!(ask.message_id.as_deref(), Some("DEV-1"));
    assert_eq!(ask.subject.get("legalName"), Some("Sample Trust"));
    assert_eq!(ask.subject.get("registeredAddress.postCode"), Some("20220"));
    assert_eq!(ask.subject.class, "LegalEntity");
}

#[tokio::test]
async fn a_post_is_asked_by_its_body_and_the_hash_covers_it() {
    let face = face(FaultSpelling::SnakeCase, false);
    let body = r#"{"purpose": "grant-eligibility", "subject": {"registeredAddress": {"postCode": "20220"}}}"#;
    let text = format!(
        "POST {REGISTER}\nx-road-client: US/GOV/GRANTS/REG\nauthorization: Bearer secret\ncontent-type: application/json\n\n{body}"
    );
    let seen = face.call(request(&text)).await;
    assert_eq!(seen.status, 200, "{}", seen.text);
    let (id, request_id) = (seen.header("x-road-id"), seen.header("x-road-request-id"));
    assert!(id.starts_with("US-") && id.len() == 39, "{id}");
    let head = format!(
        "POST\r\n{REGISTER}\r\nx-road-client:US/GOV/GRANTS/REG\r\nauthorization:Bearer secret\r\n\
         content-type:application/json\r\nx-road-request-id:{request_id}\r\nx-road-id:{id}\r\n"
    );
    let digests = [digest(&SHA512, head.as_bytes()), digest(&SHA512, body.as_bytes())];
    let both: Vec<u8> = digests.iter().flat_map(|digest| digest.as_ref().to_vec()).collect();
    assert_eq!(seen.header("x-road-request-hash"), STANDARD.encode(digest(&SHA512, &both)));
    // No fact named: all that are granted.
    let facts: Vec<String> = face.asked().unwrap().facts.iter().map(ToString::to_string).collect();
    assert_eq!(facts, ["isTaxExempt", "exemptSince"]);
}

#[tokio::test]
async fn faults_are_xml_for_whoever_accepts_it_first() {
    for (accept, expected) in [
        ("application/json", "application/json;charset=utf-8"),
        ("*/*", "application/json;charset=utf-8"),
        ("application/xml", "application/xml;charset=utf-8"),
        ("application/json, text/xml;q=0.1", "text/xml;charset=utf-8"),
        ("TEXT/*", "text/xml;charset=utf-8"),
        ("application/*, text/html", "application/json;charset=utf-8"),
    ] {
        let seen = call(&format!("GET /r1/US/GOV/A/B/a%26%3Cb\naccept: {accept}\nx-road-client: US/GOV/GRANTS/REG\nauthorization: Bearer secret")).await;
        assert_eq!(seen.header("content-type"), expected, "{accept}");
        if expected.contains("xml") {
            let start = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<error><type>server.serverproxy.access_denied</type>\
                         <message>Request is not allowed: SERVICE:US/GOV/A/B/a&amp;&lt;b: ";
            assert!(seen.text.starts_with(start), "{}", seen.text);
        }
    }
}

#[tokio::test]
async fn headers_that_would_change_who_asks_or_answers_are_not_ignored() {
    for (header, code) in [
        ("x-road-represented-party: GOV/OTHER", "client.bad_request"),
        ("x-road-security-server: US/GOV/EXEMPT/server1", "server.clientproxy.invalid_security_server"),
        ("x-road-security-server: US/GOV", "server.clientproxy.internal_error"),
    ] {
        let seen = call(&format!(
            "GET {REGISTER}?{QUERY}\nx-road-client: US/GOV/GRANTS/REG\nauthorization: Bearer secret\n{header}"
        ))
        .await;
        assert_eq!(seen.header("x-road-error"), code, "{header}");
    }
}

#[tokio::test]
async fn only_a_configured_client_may_come_without_a_key() {
    for (without_key, key, expected) in [
        (false, "", 500),
        (true, "", 200),
        (true, "\nauthorization: Basic dXNlcjpwYXNz", 200),
        (true, "\nauthorization: Bearer wrong", 500),
        (true, "\nauthorization: Bearer secret", 200),
    ] {
        let face = face(FaultSpelling::SnakeCase, without_key);
        let seen = face
            .call(request(&format!("GET {REGISTER}?{QUERY}\nx-road-client: US/GOV/GRANTS/REG{key}")))
            .await;
        assert_eq!(seen.status, expected, "{without_key} {key}: {}", seen.text);
        if expected == 200 {
            let system = if key.contains("secret") { "portal" } else { "legacy" };
            assert_eq!(face.asked().unwrap().system, system);
        }
    }
}

#[test]
fn codes_are_written_in_either_spelling() {
    for code in Code::ALL {
        let (new, old) = (code.spelt(FaultSpelling::SnakeCase), code.spelt(FaultSpelling::PascalCase));
        assert_eq!(old.to_lowercase(), new.replace('_', ""), "{new}");
    }
    assert_eq!(Code::AccessDenied.spelt(FaultSpelling::PascalCase), "Server.ServerProxy.AccessDenied");
    assert_eq!(
        Code::SslAuthenticationFailed.spelt(FaultSpelling::PascalCase),
        "Server.ClientProxy.SslAuthenticationFailed"
    );
    assert_eq!(Code::BadRequest.spelt(FaultSpelling::PascalCase), "Client.BadRequest");
}

proptest! {
    #[test]
    fn no_path_breaks_the_parser(path in "(/(r1|US|[%.a-z0-9é]{0,4}|%2[eEfF]{1,3})){0,9}/?") {
        if let Ok((service, rest)) = service_path(&path) {
            prop_assert!(path.ends_with(rest) && (rest.is_empty() || rest.starts_with('/')));
            let shown = service.to_string();
            let of_service = |body| shown.starts_with(&format!("SERVICE:{body}/"));
            prop_assert!(service.provider().is_none_or(of_service));
        }
    }
}
