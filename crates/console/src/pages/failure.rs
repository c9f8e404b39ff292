//! Pages for what went wrong: not found, not possible, not our fault. Each leads on.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use concordat_record::Problem;

use super::Console;
use super::frame::{Frame, Section, show};
use super::visitor::Visitor;
use crate::access::SignedIn;
use crate::words;

#[derive(Template)]
#[template(path = "failure.html")]
pub(super) struct FailurePage {
    frame: Frame,
    heading: &'static str,
    sentence: String,
    advice: Option<String>,
    code: Option<&'static str>,
}

/// For an address that leads nowhere.
pub(super) async fn not_found(State(console): State<Arc<Console>>, headers: HeaderMap) -> Response {
    missing(&console, Visitor::of(&console, &headers).signed_in)
}

/// For an address that exists, asked in another way.
pub(super) async fn wrong_method(State(console): State<Arc<Console>>, headers: HeaderMap) -> Response {
    let who = Visitor::of(&console, &headers).signed_in;
    let sentence = "This address does not take that kind of request.".to_owned();
    let page = FailurePage::new(&console, who, "This cannot be done here", sentence);
    show(StatusCode::METHOD_NOT_ALLOWED, &page)
}

/// For a thing that is not there; the same answer whether it never was or is not ours to show.
pub(super) fn missing(console: &Console, who: Option<SignedIn>) -> Response {
    let sentence = "Nothing is at this address. It may have been typed or copied incompletely.".to_owned();
    show(StatusCode::NOT_FOUND, &FailurePage::new(console, who, "Page not found", sentence))
}

/// For a form whose token is not that of the session.
pub(super) fn stale_form(console: &Console, who: SignedIn) -> Response {
    let sentence = "The form was made for an earlier sign-in, so nothing was sent.".to_owned();
    let page = FailurePage::new(console, Some(who), "This form is out of date", sentence)
        .advise("Open the page again and fill in the form once more.");
    show(StatusCode::FORBIDDEN, &page)
}

/// For a form that is too long or not a form.
pub(super) fn unreadable_form(console: &Console, who: SignedIn, status: StatusCode) -> Response {
    let sentence = "What was sent is too long or not a form of this console, so nothing was done.".to_owned();
    show(status, &FailurePage::new(console, Some(who), "This form could not be read", sentence))
}

/// For a problem behind the door. The log of the node has it in full.
pub(super) fn problem(console: &Console, who: SignedIn, problem: &Problem) -> Response {
    tracing::warn!(code = problem.code, problem = %problem, "a page could not be shown");
    let mut page =
        FailurePage::new(console, Some(who), "Something does not work", words::sentence(&problem.sentence));
    page.advice = problem.advice.as_deref().map(words::sentence);
    page.code = Some(problem.code);
    show(StatusCode::INTERNAL_SERVER_ERROR, &page)
}

impl FailurePage {
    fn new(console: &Console, who: Option<SignedIn>, heading: &'static str, sentence: String) -> Self {
        let frame = Frame::new(console, heading, Section::None, who);
        Self { frame, heading, sentence, advice: None, code: None }
    }

    fn advise(mut self, advice: &str) -> Self {
        self.advice = Some(advice.to_owned());
        self
    }
}

#[cfg(test)]
impl FailurePage {
    pub(super) fn sample(signed_in: bool) -> Self {
        Self {
            frame: Frame::sample("Something does not work", Section::None, signed_in),
            heading: "Something does not work",
            sentence: words::sentence("the answer store is locked by `another program`"),
            advice: Some(words::sentence("wait a minute, then try again")),
            code: Some("store.locked"),
        }
    }
}
