//! Every page from samples: what all pages hold, and what each handler does with good and bad requests.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, Ordering};

use askama::Template;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use concordat_record::{Entropy, ExchangeId, FixedClock, Problem, Timestamp};
use http_body_util::BodyExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tower::ServiceExt;

use super::*;
use crate::office::Reply;
use crate::view::{
    Exchange, ExchangeFilter, ExchangePage, Home, Identity, Inquiry, Questions, UnifiedView, Verification,
};

mod html;

use html::check_page;

const HOSTILE: &str = "<script>alert('1')</script>\"'><img src=x onerror=alert(2)>&amp;";

/// The same view with markup in every text that may hold anything. Texts with a form of their own (identifiers,
/// dates, words of an enumeration) refuse the change and stay; property paths are of the vocabulary and stay too.
fn hostile<T: Serialize + DeserializeOwned>(view: &T) -> T {
    let mut value = serde_json::to_value(view).unwrap();
    let pointers = texts(&value, "");
    assert!(!pointers.is_empty());
    for pointer in pointers.into_iter().filter(|pointer| !pointer.ends_with("/path")) {
        let text = value.pointer_mut(&pointer).unwrap();
        let kept = std::mem::replace(text, Value::String(HOSTILE.into()));
        if serde_json::from_value::<T>(value.clone()).is_err() {
            *value.pointer_mut(&pointer).unwrap() = kept;
        }
    }
    assert!(value.to_string().contains("<script>"));
    serde_json::from_value(value).unwrap()
}

fn texts(value: &Value, pointer: &str) -> Vec<String> {
    match value {
        Value::String(_) => vec![pointer.to_owned()],
        Value::Array(parts) => {
            parts.iter().enumerate().flat_map(|(i, part)| texts(part, &format!("{pointer}/{i}"))).collect()
        }
        Value::Object(parts) => parts
            .iter()
            .flat_map(|(name, part)| {
                texts(part, &format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1")))
            })
            .collect(),
        _ => Vec::new(),
    }
}

#[test]
fn every_page_is_well_made_from_samples_and_from_hostile_texts() {
    let home = Home::sample();
    let questions = Questions::sample();
    let view = UnifiedView::sample();
    let none = UnifiedView::sample_without_answers();
    let exchange = Exchange::sample();
    let refused = Exchange::sample_refused();
    let log = ExchangePage::sample();
    let hold = Verification::sample();
    let fail = Verification::sample_failed();
    let wrong: &[(&str, &str)] =
        &[("case", HOSTILE), ("legalName", ""), ("registeredAddress.postName", HOSTILE)];
    let pages: Vec<(&str, Result<String, askama::Error>)> = vec![
        ("sign-in", sign_in::SignInPage::sample(false).render()),
        ("sign-in, wrong", sign_in::SignInPage::sample(true).render()),
        ("home", home::HomePage::of(home.clone()).render()),
        ("home, empty", home::HomePage::of(Home::sample_empty()).render()),
        ("home, hostile", home::HomePage::of(hostile(&home)).render()),
        ("ask", ask::AskPage::of(questions.clone(), None).render()),
        ("ask, wrong", ask::AskPage::of(questions.clone(), Some(wrong)).render()),
        ("ask, hostile", ask::AskPage::of(hostile(&questions), Some(&[])).render()),
        ("answers", ask::AnswersPage::of(view.clone()).render()),
        ("answers, hostile", ask::AnswersPage::of(hostile(&view)).render()),
        ("answers, none", ask::AnswersPage::of(none.clone()).render()),
        ("answers, none, hostile", ask::AnswersPage::of(hostile(&none)).render()),
        ("exchanges", exchanges::ExchangesPage::of(log.clone(), 1, &[]).render()),
        (
            "exchanges, middle",
            exchanges::ExchangesPage::of(log.clone(), 30, &[("outcome", "refused")]).render(),
        ),
        ("exchanges, empty", exchanges::ExchangesPage::of(ExchangePage::sample_empty(), 1, &[]).render()),
        ("exchanges, hostile", exchanges::ExchangesPage::of(hostile(&log), 1, &[("from", HOSTILE)]).render()),
        ("exchange", exchange::OneExchangePage::of(exchange.clone(), None).render()),
        ("exchange, refused", exchange::OneExchangePage::of(refused.clone(), None).render()),
        ("exchange, verified", exchange::OneExchangePage::of(exchange.clone(), Some(hold.clone())).render()),
        ("exchange, not verified", exchange::OneExchangePage::of(exchange.clone(), Some(fail)).render()),
        (
            "exchange, hostile",
            exchange::OneExchangePage::of(hostile(&refused), Some(hostile(&hold))).render(),
        ),
        ("help", help::HelpPage::sample(true).render()),
        ("help, signed out", help::HelpPage::sample(false).render()),
        ("failure", failure::FailurePage::sample(true).render()),
        ("failure, signed out", failure::FailurePage::sample(false).render()),
    ];
    for (name, html) in pages {
        check_page(name, &html.unwrap());
    }
}

#[test]
fn wherever_a_match_shows_the_page_says_what_it_is_worth() {
    for html in [
        ask::AskPage::of(Questions::sample(), None).render().unwrap(),
        ask::AnswersPage::of(UnifiedView::sample()).render().unwrap(),
        ask::AnswersPage::of(UnifiedView::sample_without_answers()).render().unwrap(),
        exchange::OneExchangePage::of(Exchange::sample(), None).render().unwrap(),
        help::HelpPage::sample(true).render().unwrap(),
    ] {
        assert!(html.to_lowercase().contains("a match is a lead, not a decision"));
    }
}

/// An office of samples that remembers what it was asked.
#[derive(Default)]
struct Sampler {
    asked: Mutex<Vec<Inquiry>>,
}

impl Office for Sampler {
    fn identity(&self) -> Identity {
        Identity::sample()
    }

    fn home(&self) -> Reply<'_, Home> {
        Box::pin(async { Ok(Home::sample()) })
    }

    fn questions(&self) -> Reply<'_, Questions> {
        Box::pin(async { Ok(Questions::sample()) })
    }

    fn ask(&self, inquiry: Inquiry) -> Reply<'_, UnifiedView> {
        self.asked.lock().unwrap().push(inquiry);
        Box::pin(async { Ok(UnifiedView::sample()) })
    }

    fn exchanges(&self, _: ExchangeFilter, page: u64) -> Reply<'_, ExchangePage> {
        Box::pin(async move {
            match page {
                1 => Ok(ExchangePage::sample()),
                _ => Err(Problem::new("store.locked", "the answer store is locked").advise("wait a minute")),
            }
        })
    }

    fn exchange(&self, id: ExchangeId) -> Reply<'_, Option<Exchange>> {
        Box::pin(async move { Ok(Some(Exchange::sample()).filter(|sample| sample.row.exchange == id)) })
    }

    fn verify(&self, id: ExchangeId) -> Reply<'_, Option<Verification>> {
        let known = Exchange::sample().row.exchange == id;
        Box::pin(async move { Ok(known.then(Verification::sample)) })
    }

    fn proof(&self, id: ExchangeId) -> Reply<'_, Option<String>> {
        let known = Exchange::sample().row.exchange == id;
        Box::pin(async move { Ok(known.then(|| "c2sp.org/tlog-proof@v1\n".to_owned())) })
    }
}

struct Counter(AtomicU8);

impl Entropy for Counter {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(self.0.fetch_add(1, Ordering::SeqCst));
    }
}

const CODE: &str = "a-long-random-code-1";
const EXCHANGE: &str = "/exchanges/6f1c0a52b7d94e0f8a3b5c7d9e1f2a34";

/// A browser with its cookie, over the router.
struct Browser {
    router: Router,
    office: Arc<Sampler>,
    clock: Arc<FixedClock>,
    cookie: String,
}

impl Browser {
    fn new() -> Self {
        let office = Arc::new(Sampler::default());
        let clock = Arc::new(FixedClock::at(Timestamp::from_seconds(1_000_000)));
        let access =
            Access::new(clock.clone(), Arc::new(Counter(AtomicU8::new(1)))).person("Robin Sample", CODE);
        Self { router: router(office.clone(), access), office, clock, cookie: String::new() }
    }

    async fn signed_in() -> Self {
        let mut browser = Self::new();
        let response = browser.post("/sign-in", &format!("code={CODE}")).await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        let cookie = response.headers()["set-cookie"].to_str().unwrap();
        browser.cookie = cookie.split(';').next().unwrap().to_owned();
        browser
    }

    async fn get(&self, path: &str) -> Response {
        self.send(Request::get(path)).await
    }

    async fn post(&self, path: &str, form: &str) -> Response {
        let request = Request::post(path)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", &self.cookie)
            .body(Body::from(form.to_owned()));
        self.router.clone().oneshot(request.unwrap()).await.unwrap()
    }

    async fn send(&self, request: axum::http::request::Builder) -> Response {
        let request = request.header("cookie", &self.cookie).body(Body::empty()).unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }

    async fn token(&self) -> String {
        let html = text(self.get("/ask").await).await;
        let (_, rest) = html.split_once("name=\"token\" value=\"").unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    }
}

async fn text(response: Response) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

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
