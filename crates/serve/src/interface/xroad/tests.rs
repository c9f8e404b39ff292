use aws_lc_rs::digest::{SHA512, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::fault::{Code, FaultSpelling};
use crate::samples::{Seen, body, face, request};

const REGISTER: &str = "/r1/US/GOV/EXEMPT/REG/exempt-organisations";
const QUERY: &str = "purpose=grant-eligibility&legalName=Sample+Trust";

async fn call(text: &str) -> Seen {
    face(FaultSpelling::SnakeCase, false).call(request(text)).await
}

/// A call as the fault table writes it: `METHOD PATH`, then what the client header and the key are.
async fn fault(line: &str, client: Option<&str>, key: Option<&str>) -> (u16, String, String) {
    let mut text = line.to_owned();
    if let Some(client) = client {
        text.push_str(&format!("\nX-Road-Client: {client}"));
    }
    if let Some(key) = key {
        text.push_str(&format!("\nAuthorization: Bearer {key}"));
    }
    let seen = call(&text).await;
    let json = seen.json();
    assert_eq!(seen.header("content-type"), "application/json;charset=utf-8", "{line}");
    assert_eq!(json["type"], seen.header("x-road-error"), "{line}");
    assert_eq!(json["detail"].as_str().unwrap().len(), 36, "{line}");
    (
        seen.status.as_u16(),
        seen.header("x-road-error").to_owned(),
        json["message"].as_str().unwrap().to_owned(),
    )
}

#[tokio::test]
async fn each_wrong_call_gets_the_fault_that_x_road_gives() {
    let (us, key) = (Some("US/GOV/GRANTS/REG"), Some("secret"));
    let good = format!("{REGISTER}?{QUERY}");
    let purpose = |purpose: &str| format!("GET {REGISTER}?purpose={purpose}&legalName=Sample");
    for (line, client, key, status, code, message) in [
        (
            format!("GET {good}"),
            None,
            key,
            500,
            "server.clientproxy.invalid_client_identifier",
            "The client identifier is missing",
        ),
        (
            format!("GET {good}"),
            Some("US/GOV"),
            key,
            500,
            "server.clientproxy.invalid_client_identifier",
            "The client identifier is invalid",
        ),
        (
            format!("GET {good}"),
            Some("US%2FGOV%2FGRANTS%2FREG"),
            key,
            500,
            "server.clientproxy.invalid_client_identifier",
            "The client identifier is invalid",
        ),
        (
            format!("GET {good}"),
            Some("US/GOV/OTHER/REG"),
            key,
            500,
            "server.clientproxy.unknown_member",
            "Client 'SUBSYSTEM:US/GOV/OTHER/REG' not found",
        ),
        (
            format!("GET {good}"),
            Some("US/GOV/GRANTS"),
            key,
            500,
            "server.clientproxy.unknown_member",
            "Client 'MEMBER:US/GOV/GRANTS' not found",
        ),
        (
            format!("GET {good}"),
            us,
            None,
            500,
            "server.clientproxy.ssl_authentication_failed",
            "Client (SUBSYSTEM:US/GOV/GRANTS/REG) has not",
        ),
        (
            format!("GET {good}"),
            us,
            Some("wrong"),
            500,
            "server.clientproxy.ssl_authentication_failed",
            "Client (SUBSYSTEM:US/GOV/GRANTS/REG) has not",
        ),
        ("GET /r1/invalid".into(), us, key, 500, "server.clientproxy.internal_error", "Invalid request URI"),
        ("GET /r1".into(), us, key, 500, "server.clientproxy.internal_error", "Invalid request URI"),
        (
            "GET /r1/US/GOV/EXEMPT/exempt-organisations".into(),
            us,
            key,
            500,
            "server.clientproxy.internal_error",
            "Invalid request URI",
        ),
        (
            "GET /r1/US/GOV//REG/exempt-organisations".into(),
            us,
            key,
            500,
            "server.clientproxy.internal_error",
            "Invalid request URI",
        ),
        (
            "GET /r1/US/GOV/EX%ZZ/REG/exempt-organisations".into(),
            us,
            key,
            500,
            "server.clientproxy.internal_error",
            "Invalid request URI",
        ),
        (
            "GET /r1/US/GOV/EX%FF/REG/exempt-organisations".into(),
            us,
            key,
            500,
            "server.clientproxy.internal_error",
            "Invalid request URI",
        ),
        (
            format!("GET {}", good.replace("/r1/", "/r2/")),
            us,
            key,
            500,
            "server.clientproxy.internal_error",
            "Unsupported protocol version 2",
        ),
        (
            "GET /r1/US/GOV/%2e%2e/REG/exempt-organisations?purpose=x".into(),
            us,
            key,
            500,
            "server.clientproxy.unknown_member",
            "Could not find addresses for service provider",
        ),
        (
            "GET /r1/US/GOV%2FEXEMPT/REG/X/exempt-organisations".into(),
            us,
            key,
            500,
            "server.clientproxy.unknown_member",
            "Could not find addresses for service provider",
        ),
        (
            format!("GET {}?{QUERY}", "/r1/US/GOV/EXEMPT/REG/%2e%2e"),
            us,
            key,
            500,
            "server.serverproxy.access_denied",
            "Request is not allowed: SERVICE:US/GOV/EXEMPT/REG/..:",
        ),
        (
            format!("GET {}?{QUERY}", "/r1/US/GOV/EXEMPT/REG/assets"),
            us,
            key,
            500,
            "server.serverproxy.access_denied",
            "Request is not allowed: SERVICE:US/GOV/EXEMPT/REG/assets: no agreement in force",
        ),
        (
            format!("GET {}?{QUERY}", "/r1/US/GOV/NOBODY/REG/x"),
            us,
            key,
            500,
            "server.serverproxy.access_denied",
            "Request is not allowed",
        ),
        (
            "GET /r1/US/GOV/EXEMPT/REG/listMethods".into(),
            us,
            key,
            500,
            "server.serverproxy.unknown_service",
            "Unknown service",
        ),
        (
            purpose("purpose-not-agreed"),
            us,
            key,
            500,
            "server.serverproxy.access_denied",
            "Request is not allowed: SERVICE:US/GOV/EXEMPT/REG/exempt-organisations: the purpose of the question is not one of the agreement (purpose-not-agreed)",
        ),
        (
            purpose("register-unknown"),
            us,
            key,
            500,
            "server.serverproxy.unknown_service",
            "Unknown service: SERVICE:",
        ),
        (
            purpose("not-available"),
            us,
            key,
            500,
            "server.serverproxy.service_disabled",
            "Service SERVICE:US/GOV/EXEMPT/REG/exempt-organisations is disabled",
        ),
        (purpose("question-malformed"), us, key, 400, "client.bad_request", "the purpose"),
        (purpose("serve-timeout"), us, key, 500, "server.clientproxy.network_error", "something broke"),
        (purpose("serve-unreachable"), us, key, 500, "server.clientproxy.network_error", "something broke"),
        (
            purpose("serve-untrusted"),
            us,
            key,
            500,
            "server.clientproxy.ssl_authentication_failed",
            "something broke",
        ),
        (purpose("serve-unknown-body"), us, key, 500, "server.clientproxy.unknown_member", "something broke"),
        (purpose("serve-else"), us, key, 500, "server.clientproxy.internal_error", "something broke"),
        (
            format!("DELETE {good}"),
            us,
            key,
            400,
            "client.invalid_http_method",
            "Registers are asked by GET or POST",
        ),
        (
            format!("OPTIONS {good}"),
            us,
            key,
            400,
            "client.invalid_http_method",
            "Registers are asked by GET or POST",
        ),
        (
            format!("GET {REGISTER}/v1/deeper?{QUERY}"),
            us,
            key,
            400,
            "client.bad_request",
            "A register has no paths below it",
        ),
        (
            format!("GET {REGISTER}/%2e%2e/other?{QUERY}"),
            us,
            key,
            400,
            "client.bad_request",
            "A register has no paths below it",
        ),
        (
            format!("GET {REGISTER}"),
            us,
            key,
            400,
            "client.bad_request",
            "the query names 0 purposes instead of one",
        ),
        (
            format!("GET {REGISTER}?{QUERY}&purpose=other"),
            us,
            key,
            400,
            "client.bad_request",
            "the query names 2 purposes",
        ),
        (
            format!("GET {REGISTER}?purpose=grant-eligibility"),
            us,
            key,
            400,
            "client.bad_request",
            "nothing is said about the subject",
        ),
        (
            format!("GET {REGISTER}?{QUERY}&leaglName=x"),
            us,
            key,
            400,
            "client.bad_request",
            "legal entity has no property `leaglName` (did you mean `legalName`?)",
        ),
        (
            format!("GET {REGISTER}?{QUERY}&legalName=x"),
            us,
            key,
            400,
            "client.bad_request",
            "the property `legalName` is there twice",
        ),
        (
            format!("GET {REGISTER}?{QUERY}&fact=a&fact=a"),
            us,
            key,
            400,
            "client.bad_request",
            "the fact `a` is asked twice",
        ),
        (
            format!("GET {REGISTER}?{QUERY}&fact=%00"),
            us,
            key,
            400,
            "client.bad_request",
            "this is not a name",
        ),
        (
            format!("GET {REGISTER}?{QUERY}&x=%zz"),
            us,
            key,
            400,
            "client.bad_request",
            "the query is not percent-encoded UTF-8",
        ),
        (format!("POST {REGISTER}"), us, key, 400, "client.bad_request", "the body is not the JSON"),
    ] {
        let found = fault(&line, client, key).await;
        assert_eq!((found.0, found.1.as_str()), (status, code), "{line}: {}", found.2);
        assert!(found.2.starts_with(message), "{line}: {}", found.2);
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
