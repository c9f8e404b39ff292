//! A browser with its cookie, over the router and an office of samples.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use concordat_record::{Entropy, ExchangeId, FixedClock, Problem, Timestamp};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::super::router;
use crate::access::Access;
use crate::office::{Office, Reply};
use crate::view::{
    Exchange, ExchangeFilter, ExchangePage, Home, Identity, Inquiry, Questions, UnifiedView, Verification,
};

/// An office of samples that remembers what it was asked.
#[derive(Default)]
pub(super) struct Sampler {
    pub(super) asked: Mutex<Vec<Inquiry>>,
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

pub(super) const CODE: &str = "a-long-random-code-1";
pub(super) const EXCHANGE: &str = "/exchanges/6f1c0a52b7d94e0f8a3b5c7d9e1f2a34";

/// A browser with its cookie, over the router.
pub(super) struct Browser {
    pub(super) router: Router,
    pub(super) office: Arc<Sampler>,
    pub(super) clock: Arc<FixedClock>,
    pub(super) cookie: String,
}

impl Browser {
    pub(super) fn new() -> Self {
        let office = Arc::new(Sampler::default());
        let clock = Arc::new(FixedClock::at(Timestamp::from_seconds(1_000_000)));
        let access =
            Access::new(clock.clone(), Arc::new(Counter(AtomicU8::new(1)))).person("Robin Sample", CODE);
        Self { router: router(office.clone(), access), office, clock, cookie: String::new() }
    }

    pub(super) async fn signed_in() -> Self {
        let mut browser = Self::new();
        let response = browser.post("/sign-in", &format!("code={CODE}")).await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        let cookie = response.headers()["set-cookie"].to_str().unwrap();
        browser.cookie = cookie.split(';').next().unwrap().to_owned();
        browser
    }

    pub(super) async fn get(&self, path: &str) -> Response {
        self.send(Request::get(path)).await
    }

    pub(super) async fn post(&self, path: &str, form: &str) -> Response {
        let request = Request::post(path)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", &self.cookie)
            .body(Body::from(form.to_owned()));
        self.router.clone().oneshot(request.unwrap()).await.unwrap()
    }

    pub(super) async fn send(&self, request: axum::http::request::Builder) -> Response {
        let request = request.header("cookie", &self.cookie).body(Body::empty()).unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub(super) async fn token(&self) -> String {
        let html = text(self.get("/ask").await).await;
        let (_, rest) = html.split_once("name=\"token\" value=\"").unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    }
}

pub(super) async fn text(response: Response) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}
