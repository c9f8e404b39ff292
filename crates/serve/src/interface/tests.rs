use concordat_record::BodyId;
use http::StatusCode;

use super::systems::{System, Systems};
use super::{FaultSpelling, openapi};
use crate::Desk;
use crate::samples::{Memory, SECRET_SHA256, Seen, body, face, request};

const ASK: &str =
    "POST /registers/US/GOV/EXEMPT/REG/exempt-organisations/ask\ncontent-type: application/json";
const KEY: &str = "authorization: Bearer secret";
const GOOD: &str = r#"{"purpose": "grant-eligibility", "facts": ["isTaxExempt"], "subject": {"legalName": "Sample Trust"}, "case_reference": "CASE-7", "user": "jane"}"#;

async fn call(text: &str) -> Seen {
    face(FaultSpelling::SnakeCase, true).call(request(text)).await
}

#[tokio::test]
async fn a_question_is_answered_in_json() {
    let face = face(FaultSpelling::SnakeCase, false);
    let seen = face.call(request(&format!("{ASK}\n{KEY}\n\n{GOOD}"))).await;
    assert_eq!(seen.status, 200, "{}", seen.text);
    assert_eq!(seen.header("cache-control"), "no-store");
    let expected = serde_json::json!({
        "answer": {
            "exchange": "0123456789abcdef0123456789abcdef",
            "answered": "2026-11-23T12:00:00Z",
            "provider": "US/GOV/EXEMPT/REG",
            "register": "exempt-organisations",
            "agreement": "grants-exempt-organisations",
            "match": { "probability": 0.99, "weight": 6.6, "compared": [], "confirmed": false },
            "facts": [{ "name": "isTaxExempt", "value": true }],
            "origin": { "source": "eo-master", "digest": "0".repeat(64), "record_number": 7 },
        },
        "verified": true,
        "proof": "c2sp.org/tlog-proof@v1\n",
    });
    assert_eq!(seen.json(), expected);
    let ask = face.asked().unwrap();
    assert_eq!(
        (ask.system.as_str(), ask.case_reference.as_deref(), ask.user.as_deref()),
        ("portal", Some("CASE-7"), Some("jane"))
    );
    assert_eq!(ask.message_id, None);
}

#[tokio::test]
async fn only_a_system_with_its_key_is_let_in() {
    for (key, expected) in [
        ("authorization: Bearer secret", 200),
        ("authorization: bearer secret", 200),
        ("authorization: Bearer Secret", 401),
        ("authorization: Bearer ", 401),
        ("authorization: Basic secret", 401),
        ("authorization: Bearer secret\nauthorization: Bearer secret", 401),
        ("x-road-client: US/GOV/GRANTS/REG", 401),
    ] {
        for line in [ASK, "GET /registers"] {
            let seen = call(&format!("{line}\n{key}\n\n{GOOD}")).await;
            assert_eq!(seen.status, expected, "{line} {key}");
            if expected == 401 {
                assert_eq!(seen.header("content-type"), "application/problem+json");
                assert_eq!(seen.header("www-authenticate"), "Bearer realm=\"concordat\"");
                assert_eq!(seen.json()["code"], "serve.not-admitted");
            }
        }
    }
}

#[tokio::test]
async fn each_wrong_question_says_what_is_wrong() {
    for (json, status, code, detail) in [
        ("", 400, "ask.json", "the body is not the JSON that is wanted here, in line 1 column 0"),
        ("{", 400, "ask.json", "the body is not the JSON that is wanted here, in line 1 column 1"),
        (r#"{"purpose": "p"}"#, 400, "ask.json", "missing field `subject`"),
        (r#"{"purposs": "p"}"#, 400, "ask.json", "unknown field `purposs`"),
        (r#"{"purpose": "p", "purpose": "q", "subject": {}}"#, 400, "ask.json", "duplicate field `purpose`"),
        (
            r#"{"purpose": 7, "subject": {}}"#,
            400,
            "ask.json",
            "the body is not the JSON that is wanted here, in line 1 column 13",
        ),
        (r#"{"purpose": "p", "subject": {"legalName": 7}}"#, 400, "ask.json", "`legalName` is a number"),
        (r#"{"purpose": "p", "subject": {}}"#, 422, "ask.nobody", "nothing is said about the subject"),
        (
            r#"{"purpose": "p", "subject": {"legalName": " "}}"#,
            422,
            "ask.text",
            "`subject.legalName` is empty",
        ),
        (
            r#"{"purpose": "p", "subject": {"legalName": "a\u0000b"}}"#,
            422,
            "ask.text",
            "`subject.legalName` has control characters",
        ),
        (
            r#"{"purpose": "p", "subject": {"legalName": "a", "legalName": "b"}}"#,
            422,
            "ask.property-twice",
            "the property `legalName`",
        ),
        (
            r#"{"purpose": "p", "subject": {"registeredAddress": "a"}}"#,
            422,
            "vocabulary.path-ends-early",
            "`registeredAddress` is a whole",
        ),
        (r#"{"purpose": "p q", "subject": {"legalName": "a"}}"#, 422, "ask.name", "this is not a name"),
        (
            r#"{"purpose": "p", "facts": ["a", "a"], "subject": {"legalName": "a"}}"#,
            422,
            "ask.fact-twice",
            "the fact `a`",
        ),
        (
            r#"{"purpose": "fact-not-granted", "subject": {"legalName": "a"}}"#,
            403,
            "fact-not-granted",
            "the purpose",
        ),
        (
            r#"{"purpose": "limit-reached", "subject": {"legalName": "a"}}"#,
            429,
            "limit-reached",
            "the purpose",
        ),
        (
            r#"{"purpose": "not-available", "subject": {"legalName": "a"}}"#,
            503,
            "not-available",
            "the purpose",
        ),
        (
            r#"{"purpose": "serve-timeout", "subject": {"legalName": "a"}}"#,
            504,
            "serve.timeout",
            "something broke",
        ),
        (
            r#"{"purpose": "serve-unreachable", "subject": {"legalName": "a"}}"#,
            502,
            "serve.unreachable",
            "something broke",
        ),
        (
            r#"{"purpose": "serve-else", "subject": {"legalName": "a"}}"#,
            500,
            "sign.broken",
            "something broke",
        ),
    ] {
        let seen = call(&format!("{ASK}\n{KEY}\n\n{json}")).await;
        let problem = seen.json();
        assert_eq!((seen.status.as_u16(), &problem["code"]), (status, &code.into()), "{json}: {}", seen.text);
        assert!(problem["detail"].as_str().unwrap().starts_with(detail), "{json}: {}", seen.text);
        assert_eq!(
            (problem["status"].as_u64(), seen.header("content-type")),
            (Some(u64::from(status)), "application/problem+json")
        );
    }
}

#[tokio::test]
async fn all_problems_of_a_question_are_said_at_once() {
    let json = r#"{"purpose": "p q", "facts": ["a b"], "subject": {"leaglName": "a"}, "user": ""}"#;
    let problems = call(&format!("{ASK}\n{KEY}\n\n{json}")).await.json();
    let codes: Vec<_> =
        problems["problems"].as_array().unwrap().iter().map(|p| p["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["ask.name", "vocabulary.unknown-property", "ask.name", "ask.text"]);
}

#[tokio::test]
async fn only_json_of_a_bearable_size_is_read() {
    for (headers, body, status) in [
        ("content-type: text/plain", GOOD.to_owned(), 415),
        ("content-type: application/json; charset=utf-8", GOOD.to_owned(), 200),
        ("content-type: application/json\ncontent-encoding: gzip", GOOD.to_owned(), 415),
        (
            "content-type: application/json",
            format!("{GOOD}{}", " ".repeat(1024 * 1024 - GOOD.len() - 1)) + "\t",
            200,
        ),
        ("content-type: application/json", format!("\"{}\"", "a".repeat(1024 * 1024)), 413),
        ("content-type: application/json", "[".repeat(100_000), 400),
    ] {
        let line = ASK.lines().next().unwrap();
        let seen = call(&format!("{line}\n{headers}\n{KEY}\n\n{body}")).await;
        assert_eq!(seen.status.as_u16(), status, "{headers} {}", body.len());
    }
}

#[tokio::test]
async fn a_path_names_a_body_and_a_register_or_nothing() {
    for (path, status) in [
        ("US/GOV/EXEMPT/REG/exempt-organisations", 200),
        ("US/GOV/EXEMPT/REG/exempt%2Dorganisations", 200),
        ("US/GOV/EXEMPT/REG/assets", 403),
        ("US/GOV/NOBODY/REG/exempt-organisations", 403),
        ("US/GOV/EXEMPT/exempt-organisations", 404),
        ("US/GOV/EXEMPT%2FREG/REG/exempt-organisations", 404),
        ("US/GOV/%2e%2e/REG/exempt-organisations", 404),
        ("US/GOV/EXEMPT/REG/%2e%2e%2fexempt-organisations", 404),
        ("US/GOV/EXEMPT/REG/exempt%252Dorganisations", 404),
        ("US/GOV/EXEMPT/REG/x%00", 404),
        ("US/GOV/EXEMPT/REG/%zz", 404),
    ] {
        let seen =
            call(&format!("POST /registers/{path}/ask\ncontent-type: application/json\n{KEY}\n\n{GOOD}"))
                .await;
        assert_eq!(seen.status, StatusCode::from_u16(status).unwrap(), "{path}: {}", seen.text);
    }
}

#[tokio::test]
async fn a_wrong_method_is_a_problem_like_any_other() {
    for line in [
        "GET /registers/US/GOV/EXEMPT/REG/exempt-organisations/ask",
        "POST /registers",
        "DELETE /openapi.json",
    ] {
        let seen = call(&format!("{line}\n{KEY}")).await;
        assert_eq!(
            (seen.status.as_u16(), seen.json()["code"].as_str()),
            (405, Some("serve.method")),
            "{line}"
        );
    }
}

#[tokio::test]
async fn the_catalogue_says_where_to_ask_what() {
    let json = call(&format!("GET /registers\n{KEY}")).await.json();
    let first = &json["registers"][0];
    assert_eq!(first["ask"], "/registers/US/GOV/EXEMPT/REG/exempt-organisations/ask");
    assert_eq!(first["until"], "2027-12-31");
    assert_eq!(
        first["facts"][1],
        serde_json::json!({ "name": "exemptSince", "title": "Since when is it tax-exempt?", "type": "date" })
    );
}

#[tokio::test]
async fn the_description_is_open_and_is_made_from_the_catalogue() {
    let served = call("GET /openapi.json").await.json();
    let described = openapi::describe(&body("GRANTS"), &Memory::default().catalogue());
    assert_eq!(served, described);
    insta::assert_snapshot!("openapi", serde_json::to_string_pretty(&described).unwrap());
}

#[test]
fn systems_that_cannot_be_told_apart_are_refused() {
    let key = |name: &str| System::with_key(name, SECRET_SHA256).unwrap();
    let client =
        |name: &str| System::xroad_client_without_key(name, "US/GOV/GRANTS/REG".parse::<BodyId>().unwrap());
    for (systems, good) in [
        (vec![key("a"), client("b")], true),
        (vec![], true),
        (vec![key("a"), key("b")], false),
        (vec![client("a"), client("b")], false),
        (vec![key("a"), client("a")], false),
    ] {
        assert_eq!(Systems::new(systems.clone()).is_ok(), good, "{systems:?}");
    }
    for hex in ["", "secret", &"g".repeat(64), &"é".repeat(32), &"0".repeat(65)] {
        assert_eq!(System::with_key("a", hex).unwrap_err().code, "serve.system-key", "{hex}");
    }
}
