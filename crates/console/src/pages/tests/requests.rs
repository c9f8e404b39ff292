//! What each handler does with good requests and with bad ones.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use tower::ServiceExt;

use super::browser::{Browser, CODE, EXCHANGE, text};
use super::html::check_page;

const GOOD_QUESTION: &str = "legalName=Maple+Hollow&purpose=grant-eligibility&case=GR-1\
                             &ask=US/GOV/TREASURY/EXEMPT+exempt-organisations";

#[tokio::test]
async fn every_response_carries_the_protective_headers() {
    let browser = Browser::signed_in().await;
    for path in
        ["/", "/ask", "/exchanges", EXCHANGE, "/help", "/no/such", "/exchanges/x", "/assets/concordat.css"]
    {
        let response = browser.get(path).await;
        let headers = response.headers();
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
        let expected =
            if path.starts_with("/assets") { "public, max-age=31536000, immutable" } else { "no-store" };
        assert_eq!(headers["cache-control"], expected, "{path}");
    }
}

#[tokio::test]
async fn nobody_sees_a_page_without_signing_in() {
    let browser = Browser::new();
    for (path, to) in [
        ("/", "/sign-in"),
        ("/ask", "/sign-in?next=/ask"),
        ("/exchanges?outcome=refused", "/sign-in?next=/exchanges"),
        (EXCHANGE, "/sign-in?next=/exchanges/6f1c0a52b7d94e0f8a3b5c7d9e1f2a34"),
    ] {
        let response = browser.get(path).await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER, "{path}");
        assert_eq!(response.headers()["location"], to, "{path}");
    }
    for path in ["/ask", "/sign-out", &format!("{EXCHANGE}/verify")] {
        let response = browser.post(path, GOOD_QUESTION).await;
        assert_eq!(response.headers()["location"], "/sign-in", "{path}");
    }
    assert!(browser.office.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn after_signing_in_only_pages_of_ours_follow() {
    let browser = Browser::new();
    for (next, to) in [
        ("/ask", "/ask"),
        ("/exchanges/6f1c0a52b7d94e0f8a3b5c7d9e1f2a34", EXCHANGE),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("/exchanges/../../x", "/"),
        ("", "/"),
    ] {
        let response = browser.post("/sign-in", &format!("code={CODE}&next={next}")).await;
        assert_eq!(response.headers()["location"], to, "{next}");
    }
}

#[tokio::test]
async fn a_form_of_another_site_or_of_another_session_does_nothing() {
    let browser = Browser::signed_in().await;
    let token = browser.token().await;
    let question = format!("{GOOD_QUESTION}&token={token}");

    let request = Request::post("/ask")
        .header("origin", "https://evil.example")
        .header("host", "127.0.0.1:7480")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", &browser.cookie)
        .body(Body::from(question.clone()));
    let response = browser.router.clone().oneshot(request.unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::FORBIDDEN);

    let other = Browser::signed_in().await;
    for form in [GOOD_QUESTION.to_owned(), format!("{GOOD_QUESTION}&token=0000"), format!("{question}0")] {
        assert_eq!(other.post("/ask", &form).await.status(), StatusCode::FORBIDDEN, "{form}");
    }
    assert!(browser.office.asked.lock().unwrap().is_empty());
    assert!(other.office.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_question_reaches_the_office_as_it_was_entered() {
    let browser = Browser::signed_in().await;
    let token = browser.token().await;
    let response = browser.post("/ask", &format!("{GOOD_QUESTION}&token={token}&unknown=x")).await;
    assert_eq!(response.status(), StatusCode::OK);
    check_page("answers", &text(response).await);
    let asked = browser.office.asked.lock().unwrap().pop().unwrap();
    assert_eq!(asked.user, "Robin Sample");
    assert_eq!(asked.subject.get("legalName"), Some("Maple Hollow"));
    assert_eq!(asked.subject.known.len(), 1);
    assert_eq!(asked.case_reference.as_deref(), Some("GR-1"));
    assert_eq!(asked.ask.len(), 1);
}

#[tokio::test]
async fn a_question_can_be_changed_without_typing_it_again() {
    let browser = Browser::signed_in().await;
    let token = browser.token().await;
    let html = text(browser.post("/ask", &format!("{GOOD_QUESTION}&token={token}")).await).await;
    assert!(html.contains("type=\"hidden\" name=\"legalName\" value=\"Maple Hollow\""));
    let html = text(browser.post("/ask", &format!("{GOOD_QUESTION}&token={token}&change=yes")).await).await;
    check_page("change", &html);
    assert!(html.contains("value=\"Maple Hollow\"") && html.contains("value=\"GR-1\""));
    assert_eq!(html.matches(" checked").count(), 2, "the purpose and one register");
    assert_eq!(browser.office.asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn an_incomplete_question_is_not_asked_and_every_gap_is_named() {
    let browser = Browser::signed_in().await;
    let token = browser.token().await;
    let long = "x".repeat(201);
    for (form, words) in [
        (
            "purpose=grant-eligibility&case=1&ask=US/GOV/TREASURY/EXEMPT+exempt-organisations",
            vec!["Enter the name"],
        ),
        (
            "legalName=A&purpose=no-such&ask=nobody+nothing",
            vec!["Choose what you need", "at least one register"],
        ),
        (
            "legalName=A&purpose=grant-eligibility&ask=US/GOV/TREASURY/EXEMPT+exempt-organisations",
            vec!["Enter the case reference"],
        ),
        (&format!("{GOOD_QUESTION}&registeredAddress.postName={long}"), vec!["at most 200 characters"]),
        (&format!("{GOOD_QUESTION}&registeredAddress.postName=a%0Ab"), vec!["Remove the line breaks"]),
    ] {
        let response = browser.post("/ask", &format!("{form}&token={token}")).await;
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        let html = text(response).await;
        check_page(form, &html);
        for word in words {
            assert!(html.contains(word), "{form}: {word}");
        }
    }
    assert!(browser.office.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_form_that_is_too_long_or_none_is_refused_politely() {
    let browser = Browser::signed_in().await;
    let long = format!("legalName={}", "x".repeat(100_000));
    assert_eq!(browser.post("/ask", &long).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let request = Request::post("/ask").header("sec-fetch-site", "same-origin");
    assert_eq!(browser.send(request).await.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn a_proof_is_verified_by_a_button_and_can_be_taken_along() {
    let browser = Browser::signed_in().await;
    let token = browser.token().await;
    let html = text(browser.post(&format!("{EXCHANGE}/verify"), &format!("token={token}")).await).await;
    check_page("verified", &html);
    assert!(html.contains("The proof holds"));
    let response = browser.get(&format!("{EXCHANGE}/verify")).await;
    assert_eq!(response.headers()["location"], EXCHANGE);
    let response = browser.get(&format!("{EXCHANGE}/proof")).await;
    assert_eq!(
        response.headers()["content-disposition"],
        "attachment; filename=\"6f1c0a52b7d94e0f8a3b5c7d9e1f2a34.tlog-proof\""
    );
    assert!(text(response).await.starts_with("c2sp.org/tlog-proof@v1\n"));
}

#[tokio::test]
async fn what_is_not_there_is_not_found_and_leads_on() {
    let browser = Browser::signed_in().await;
    let absent = "/exchanges/00000000000000000000000000000000";
    for path in
        ["/nothing", "/exchanges/not-an-id", absent, &format!("{absent}/proof"), "/exchanges/%3Cscript%3E"]
    {
        let response = browser.get(path).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        let html = text(response).await;
        check_page(path, &html);
        assert!(html.contains("href=\"/exchanges\""), "{path}");
    }
    assert_eq!(
        browser.send(Request::delete("/help").header("sec-fetch-site", "same-origin")).await.status(),
        405
    );
}

#[tokio::test]
async fn a_problem_is_told_with_its_advice_and_its_code() {
    let browser = Browser::signed_in().await;
    let response = browser.get("/exchanges?page=2").await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let html = text(response).await;
    check_page("problem", &html);
    for words in ["The answer store is locked.", "Wait a minute.", "store.locked"] {
        assert!(html.contains(words), "{words}");
    }
}

#[tokio::test]
async fn signing_out_and_being_idle_end_the_session() {
    let browser = Browser::signed_in().await;
    let token = browser.token().await;
    let response = browser.post("/sign-out", &format!("token={token}")).await;
    assert!(response.headers()["set-cookie"].to_str().unwrap().ends_with("Max-Age=0"));
    assert_eq!(browser.get("/").await.status(), StatusCode::SEE_OTHER);

    let browser = Browser::signed_in().await;
    assert_eq!(browser.get("/").await.status(), StatusCode::OK);
    browser.clock.advance_seconds(30 * 60);
    assert_eq!(browser.get("/").await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn guessing_codes_is_slowed_down_and_the_page_says_for_how_long() {
    let browser = Browser::new();
    for _ in 0..10 {
        let response = browser.post("/sign-in", "code=guess").await;
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
    let response = browser.post("/sign-in", "code=guess").await;
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(response.headers()["retry-after"], "300");
    let html = text(response).await;
    check_page("too many", &html);
    assert!(html.contains("wait 5 minutes"));
}
