//! The vector of RFC 9421, the profile there and back, and one change at a time, named after the threat.

use std::sync::atomic::{AtomicU8, Ordering};

use concordat_record::Entropy;
use http::{Request, Response};
use proptest::prelude::*;

use super::component::{Start, Target, signature_base};
use super::*;

pub(super) const HOST: &str = "127.0.0.1:7443";
pub(super) const GRANTS: &str = "US/GOV/GRANTS/OFFICE";
pub(super) const TREASURY: &str = "US/GOV/TREASURY/EXEMPT";

struct Counter(AtomicU8);

impl Entropy for Counter {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill_with(|| self.0.fetch_add(1, Ordering::SeqCst));
    }
}

pub(super) fn now() -> Timestamp {
    Timestamp::from_seconds(1_800_000_000)
}

pub(super) fn key(name: &str) -> SigningKey {
    SigningKey::from_seed(name, &crate::sha256(name.as_bytes())).unwrap()
}

/// The two bodies that are registered.
fn registered(keyid: &str) -> Option<VerifierKey> {
    [GRANTS, TREASURY].map(|name| key(name).verifier().clone()).into_iter().find(|key| key.keyid() == keyid)
}

fn plain_request(body: &[u8]) -> Request<Vec<u8>> {
    Request::post(format!("https://{HOST}/exchange/1"))
        .header("content-type", "application/json")
        .body(body.to_vec())
        .unwrap()
}

pub(super) fn signed_request(body: &[u8]) -> (Request<Vec<u8>>, RequestSignature) {
    let mut request = plain_request(body);
    let signature = sign_request(&mut request, &key(GRANTS), now(), &Counter(AtomicU8::new(7))).unwrap();
    (request, signature)
}

pub(super) fn signed_response(request: &RequestSignature, body: &[u8]) -> Response<Vec<u8>> {
    let mut response =
        Response::builder().header("content-type", "application/json").body(body.to_vec()).unwrap();
    sign_response(&mut response, request, &key(TREASURY), now()).unwrap();
    response
}

pub(super) fn verify_at(request: &Request<Vec<u8>>, now: Timestamp) -> Result<Verified, &'static str> {
    verify_request(request, registered, now, &[HOST.into()]).map_err(|problem| problem.code)
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers.get(name).unwrap().to_str().unwrap()
}

/// Signs a request by hand, with whatever input an attacker or a careless peer would choose.
fn signed_as(input: &str, mut request: Request<Vec<u8>>) -> Request<Vec<u8>> {
    let digest = crate::content_digest(request.body());
    request.headers_mut().insert(CONTENT_DIGEST, header(&digest).unwrap());
    let base = {
        let target = Target::of(request.uri(), request.headers()).unwrap();
        let start = Start::Request { method: request.method(), target };
        let message = Message { start, headers: request.headers() };
        match SignatureInput::parse(&format!("{LABEL}={input}")) {
            Ok(input) => signature_base(&message, &input).unwrap_or_default(),
            Err(_) => format!("\"@signature-params\": {input}"),
        }
    };
    let signature = STANDARD.encode(key(GRANTS).sign(base.as_bytes()));
    request.headers_mut().insert(SIGNATURE_INPUT, header(&format!("{LABEL}={input}")).unwrap());
    request.headers_mut().insert(SIGNATURE, header(&format!("{LABEL}=:{signature}:")).unwrap());
    request
}

const FULL: &str = r#"("@method" "@target-uri" "content-digest" "content-type")"#;

fn parameters() -> String {
    let keyid = key(GRANTS).verifier().keyid();
    format!(
        r#";created=1800000000;expires=1800000060;nonce="0123456789abcdef";keyid="{keyid}";tag="concordat-exchange-1""#
    )
}

/// RFC 9421 B.2.6, with the key of B.1.4 and the message of B.2.
#[test]
fn the_vector_of_the_standard_comes_out() {
    let seed = STANDARD.decode("n4Ni+HpISpVObnQMW0wOhCKROaIKqKtW/2ZYb2p9KcU=").unwrap();
    let key = SigningKey::from_seed("test-key-ed25519", &seed.try_into().unwrap()).unwrap();
    let request = Request::post("https://example.com/foo?param=Value&Pet=dog")
        .header("host", "example.com")
        .header("date", "Tue, 20 Apr 2021 02:07:55 GMT")
        .header("content-type", "application/json")
        .header("content-length", "18")
        .body(())
        .unwrap();
    let target = Target::of(request.uri(), request.headers()).unwrap();
    let message =
        Message { start: Start::Request { method: request.method(), target }, headers: request.headers() };
    let input = SignatureInput::new(
        &[
            r#""date""#,
            r#""@method""#,
            r#""@path""#,
            r#""@authority""#,
            r#""content-type""#,
            r#""content-length""#,
        ],
        r#";created=1618884473;keyid="test-key-ed25519""#,
    )
    .unwrap();
    let [_, signature] = sign(&message, &input, &key).unwrap();
    assert_eq!(
        signature.to_str().unwrap(),
        "concordat=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:"
    );
}

#[test]
fn a_signed_exchange_verifies_on_both_sides() {
    let (request, sent) = signed_request(b"question");
    let verified = verify_at(&request, now()).unwrap();
    assert_eq!(verified.key.name(), GRANTS);
    assert_eq!((verified.created, verified.nonce.len()), (now(), 32));
    assert_eq!(verified.signature, sent);
    assert_eq!(verified.signature.bytes().len(), 64);

    let response = signed_response(&verified.signature, b"answer");
    let answered = verify_response(&response, &sent, registered, now()).unwrap();
    assert_eq!(answered.key.name(), TREASURY);
}

#[test]
fn a_request_verifies_as_a_server_sees_it() {
    let (mut request, _) = signed_request(b"question");
    *request.uri_mut() = "/exchange/1".parse().unwrap();
    assert_eq!(verify_at(&request, now()), Err("sign.message-ambiguous"));
    request.headers_mut().insert("host", header(HOST).unwrap());
    assert!(verify_at(&request, now()).is_ok());
}

#[test]
fn every_part_of_the_minimum_is_demanded_before_the_arithmetic() {
    let (components, parameters) = (FULL, parameters());
    assert!(verify_at(&signed_as(&format!("{components}{parameters}"), plain_request(b"q")), now()).is_ok());
    for component in ["\"@method\"", "\"@target-uri\"", "\"content-digest\"", "\"content-type\""] {
        let fewer =
            components.replace(component, "").replace("  ", " ").replace("( ", "(").replace(" )", ")");
        let request = signed_as(&format!("{fewer}{parameters}"), plain_request(b"q"));
        assert_eq!(verify_at(&request, now()), Err("sign.signature-incomplete"), "{fewer}");
    }
    let nothing = signed_as(&format!("(){parameters}"), plain_request(b"q"));
    assert_eq!(verify_at(&nothing, now()), Err("sign.signature-incomplete"));
    for parameter in parameters.split(';').skip(1) {
        let fewer = parameters.replace(&format!(";{parameter}"), "");
        let request = signed_as(&format!("{components}{fewer}"), plain_request(b"q"));
        assert_eq!(verify_at(&request, now()), Err("sign.signature-incomplete"), "{fewer}");
    }
}

#[test]
fn inputs_that_could_be_read_in_two_ways_are_refused() {
    let good = format!("{FULL}{}", parameters());
    for (threat, input, code) in [
        ("algorithm from the message", format!("{good};alg=\"hmac-sha256\""), "sign.signature-malformed"),
        ("unknown parameter", format!("{good};x=1"), "sign.signature-malformed"),
        ("parameter twice", format!("{good};created=1"), "sign.signature-malformed"),
        (
            "created as text",
            good.replace("created=1800000000", "created=\"1800000000\""),
            "sign.signature-malformed",
        ),
        (
            "created with a fraction",
            good.replace("created=1800000000", "created=1800000000.5"),
            "sign.signature-malformed",
        ),
        (
            "created with a zero before it",
            good.replace("created=1", "created=01"),
            "sign.signature-malformed",
        ),
        ("created negative", good.replace("created=1", "created=-1"), "sign.signature-malformed"),
        (
            "nonce as a number",
            good.replace("nonce=\"0123456789abcdef\"", "nonce=5"),
            "sign.signature-malformed",
        ),
        (
            "component twice",
            good.replace("\"@method\"", "\"@method\" \"@method\""),
            "sign.signature-malformed",
        ),
        ("second label", format!("{good}, other={good}"), "sign.signature-malformed"),
        ("more white space", good.replace("\" \"", "\"  \""), "sign.signature-malformed"),
        (
            "unknown derived component",
            good.replace("\"@method\"", "\"@method\" \"@nothing\""),
            "sign.signature-malformed",
        ),
        (
            "component of a request in a request",
            good.replace("\"@method\"", "\"@method\" \"@path\";req"),
            "sign.signature-malformed",
        ),
        (
            "binary-wrapped field",
            good.replace("\"content-type\"", "\"content-type\";bs"),
            "sign.signature-malformed",
        ),
        ("trailer", good.replace("\"content-type\"", "\"content-type\";tr"), "sign.signature-malformed"),
        (
            "one query parameter",
            good.replace("\"@method\"", "\"@method\" \"@query-param\";name=\"a\""),
            "sign.signature-malformed",
        ),
        (
            "the signature itself",
            good.replace("\"@method\"", "\"@method\" \"signature\""),
            "sign.signature-malformed",
        ),
        ("upper-case field name", good.replace("content-type", "Content-Type"), "sign.signature-incomplete"),
        ("escaped text", good.replace("0123456789abcdef", "0123456789abcde\\\\"), "sign.signature-malformed"),
        ("nonce too short to be one", good.replace("0123456789abcdef", "0"), "sign.signature-incomplete"),
        ("made for another purpose", good.replace("exchange-1", "exchange-2"), "sign.signature-purpose"),
        (
            "absent header covered",
            good.replace("\"@method\"", "\"@method\" \"date\""),
            "sign.signature-incomplete",
        ),
    ] {
        assert_ne!(input, good, "{threat}");
        let request = signed_as(&input, plain_request(b"q"));
        assert_eq!(verify_at(&request, now()), Err(code), "{threat}");
    }
    let more =
        good.replace("\"@method\"", "\"@method\" \"@path\" \"@query\" \"@authority\" \"@scheme\" \"host\"");
    let mut request = plain_request(b"q");
    request.headers_mut().insert("host", header(HOST).unwrap());
    assert!(verify_at(&signed_as(&more, request), now()).is_ok(), "covering more than the minimum is fine");
}

type Attack = (&'static str, fn(&mut Request<Vec<u8>>), &'static str);

#[test]
fn one_change_to_a_signed_request_is_found() {
    fn twice(request: &mut Request<Vec<u8>>, name: &HeaderName) {
        let value = request.headers().get(name).unwrap().clone();
        request.headers_mut().append(name, value);
    }
    fn rewrite(request: &mut Request<Vec<u8>>, name: &HeaderName, from: &str, to: &str) {
        let value = text(request.headers(), name).replacen(from, to, 1);
        request.headers_mut().insert(name, header(&value).unwrap());
    }
    let attacks: [Attack; 22] = [
        ("method", |r| *r.method_mut() = http::Method::PUT, "sign.signature-wrong"),
        (
            "path",
            |r| *r.uri_mut() = format!("https://{HOST}/exchange/2").parse().unwrap(),
            "sign.signature-wrong",
        ),
        (
            "query",
            |r| *r.uri_mut() = format!("https://{HOST}/exchange/1?").parse().unwrap(),
            "sign.signature-wrong",
        ),
        (
            "percent-encoding",
            |r| *r.uri_mut() = format!("https://{HOST}/exchange/%31").parse().unwrap(),
            "sign.signature-wrong",
        ),
        (
            "sent on to another node",
            |r| *r.uri_mut() = "https://127.0.0.1:7444/exchange/1".parse().unwrap(),
            "sign.message-audience",
        ),
        (
            "without TLS",
            |r| *r.uri_mut() = format!("http://{HOST}/exchange/1").parse().unwrap(),
            "sign.message-ambiguous",
        ),
        (
            "second host",
            |r| drop(r.headers_mut().insert("host", header("127.0.0.1:7444").unwrap())),
            "sign.message-ambiguous",
        ),
        ("body bit", |r| r.body_mut()[0] ^= 1, "sign.digest-wrong"),
        ("body cut", |r| r.body_mut().truncate(3), "sign.digest-wrong"),
        (
            "body and digest",
            |r| {
                r.body_mut()[0] ^= 1;
                let d = crate::content_digest(r.body());
                r.headers_mut().insert(CONTENT_DIGEST, header(&d).unwrap());
            },
            "sign.signature-wrong",
        ),
        ("digest removed", |r| drop(r.headers_mut().remove(CONTENT_DIGEST)), "sign.digest-missing"),
        ("digest twice", |r| twice(r, &CONTENT_DIGEST), "sign.message-ambiguous"),
        (
            "content type",
            |r| drop(r.headers_mut().insert("content-type", header("text/html").unwrap())),
            "sign.signature-wrong",
        ),
        ("content type twice", |r| twice(r, &http::header::CONTENT_TYPE), "sign.message-ambiguous"),
        ("signature removed", |r| drop(r.headers_mut().remove(SIGNATURE)), "sign.signature-missing"),
        ("input removed", |r| drop(r.headers_mut().remove(SIGNATURE_INPUT)), "sign.signature-missing"),
        ("signature twice", |r| twice(r, &SIGNATURE), "sign.message-ambiguous"),
        ("input twice", |r| twice(r, &SIGNATURE_INPUT), "sign.message-ambiguous"),
        (
            "lifetime stretched",
            |r| rewrite(r, &SIGNATURE_INPUT, "expires=1800000060", "expires=1900000000"),
            "sign.signature-wrong",
        ),
        (
            "nonce exchanged",
            |r| rewrite(r, &SIGNATURE_INPUT, "nonce=\"07", "nonce=\"08"),
            "sign.signature-wrong",
        ),
        ("key of a stranger", |r| rewrite(r, &SIGNATURE_INPUT, "GRANTS", "GRAFT"), "sign.key-unknown"),
        (
            "key of another body",
            |r| {
                let (ours, theirs) = (key(GRANTS).verifier().keyid(), key(TREASURY).verifier().keyid());
                rewrite(r, &SIGNATURE_INPUT, &ours, &theirs);
            },
            "sign.signature-wrong",
        ),
    ];
    for (threat, attack, code) in attacks {
        let (mut request, _) = signed_request(b"question");
        attack(&mut request);
        assert_eq!(verify_at(&request, now()), Err(code), "{threat}");
    }
}

#[test]
fn every_bit_of_the_signature_counts() {
    let (request, _) = signed_request(b"question");
    let value = text(request.headers(), &SIGNATURE).to_string();
    for place in 0..value.len() {
        let mut bytes = value.clone().into_bytes();
        bytes[place] ^= 1;
        let mut altered = request.clone();
        altered.headers_mut().insert(SIGNATURE, HeaderValue::from_bytes(&bytes).unwrap());
        assert!(verify_at(&altered, now()).is_err(), "byte {place}");
    }
}

#[test]
fn clocks_may_differ_by_the_window_and_no_more() {
    let (request, sent) = signed_request(b"question");
    let response = signed_response(&sent, b"answer");
    for (seconds, good) in [(0, true), (59, true), (60, true), (61, false), (600, false), (34_560_000, false)]
    {
        for seconds in [seconds, -seconds] {
            let now = now().plus_seconds(seconds);
            let expected = if good { None } else { Some("sign.signature-time") };
            assert_eq!(verify_at(&request, now).err(), expected, "{seconds}");
            let answered = verify_response(&response, &sent, registered, now).map_err(|problem| problem.code);
            assert_eq!(answered.err(), expected, "{seconds}");
        }
    }
    let short = format!("{FULL}{}", parameters()).replace("expires=1800000060", "expires=1800000001");
    let request = signed_as(&short, plain_request(b"q"));
    assert_eq!(verify_at(&request, now().plus_seconds(2)), Err("sign.signature-time"));
}

#[test]
fn an_answer_cannot_be_passed_off_for_another_question() {
    let (_, one) = signed_request(b"question one");
    let (_, two) = signed_request(b"question two");
    let response = signed_response(&one, b"answer");
    let verify = |response: &Response<Vec<u8>>, request| {
        verify_response(response, request, registered, now()).map(drop).map_err(|problem| problem.code)
    };
    assert_eq!(verify(&response, &one), Ok(()));
    assert_eq!(verify(&response, &two), Err("sign.signature-wrong"));

    let mut refused = response.clone();
    *refused.status_mut() = http::StatusCode::FORBIDDEN;
    assert_eq!(verify(&refused, &one), Err("sign.signature-wrong"));

    let mut other_body = response.clone();
    other_body.body_mut().push(b' ');
    assert_eq!(verify(&other_body, &one), Err("sign.digest-wrong"));

    for left_out in ["\"signature\";req;key=\"concordat\" ", " \"content-digest\";req", "\"@status\" "] {
        let mut unbound = response.clone();
        let input = text(unbound.headers(), &SIGNATURE_INPUT).replace(left_out, "");
        unbound.headers_mut().insert(SIGNATURE_INPUT, header(&input).unwrap());
        assert_eq!(verify(&unbound, &one), Err("sign.signature-incomplete"), "{left_out}");
    }
}

#[test]
fn an_answer_is_not_a_request_and_a_request_is_not_an_answer() {
    let (request, sent) = signed_request(b"question");
    let response = signed_response(&sent, b"question");
    let mut posed = plain_request(b"question");
    *posed.headers_mut() = response.headers().clone();
    assert_eq!(verify_at(&posed, now()), Err("sign.signature-incomplete"));
    let mut posed = response.clone();
    *posed.headers_mut() = request.headers().clone();
    let code = verify_response(&posed, &sent, registered, now()).unwrap_err().code;
    assert_eq!(code, "sign.signature-incomplete");
}

#[test]
fn what_cannot_be_signed_is_said_at_once() {
    let entropy = Counter(AtomicU8::new(0));
    let mut no_type = Request::post("https://a.example/").body(Vec::new()).unwrap();
    assert_eq!(sign_request(&mut no_type, &key(GRANTS), now(), &entropy).unwrap_err().code, "sign.message");
    let mut no_host =
        Request::post("/exchange/1").header("content-type", "text/plain").body(Vec::new()).unwrap();
    let problem = sign_request(&mut no_host, &key(GRANTS), now(), &entropy).unwrap_err();
    assert_eq!(problem.code, "sign.message-ambiguous");
}

#[test]
fn signing_again_replaces_what_was_there() {
    let (mut request, _) = signed_request(b"question");
    sign_request(&mut request, &key(GRANTS), now(), &Counter(AtomicU8::new(100))).unwrap();
    assert!(verify_at(&request, now()).is_ok());
}

proptest! {
    #[test]
    fn any_body_path_and_query_survive_the_way(
        body in proptest::collection::vec(any::<u8>(), 0..200),
        path in "(/[a-zA-Z0-9._~%2F-]{0,8}){1,4}",
        query in proptest::option::of("[a-z0-9=&%/?-]{0,20}"),
    ) {
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        let mut request = plain_request(&body);
        *request.uri_mut() = format!("https://{HOST}{path}{query}").parse().unwrap();
        sign_request(&mut request, &key(GRANTS), now(), &Counter(AtomicU8::new(0))).unwrap();
        prop_assert!(verify_at(&request, now()).is_ok());
        *request.uri_mut() = format!("{path}{query}").parse().unwrap();
        request.headers_mut().insert("host", header(HOST).unwrap());
        prop_assert!(verify_at(&request, now()).is_ok());
    }

    #[test]
    fn no_header_breaks_the_reader(input in "[ -~]{0,60}", structured in "(concordat|=|\\(|\\)|\"|;|[a-z]|1| ){0,30}") {
        for value in [input, structured] {
            let _ = SignatureInput::parse(&value);
            let _ = SignatureInput::parse(&format!("{LABEL}=({value}"));
            let (mut request, _) = signed_request(b"question");
            request.headers_mut().insert(SIGNATURE_INPUT, header(&value).unwrap());
            prop_assert!(verify_at(&request, now()).is_err());
        }
    }
}
