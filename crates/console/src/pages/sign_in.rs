//! Signing in and out.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{ConnectInfo, Form, Query, State};
use axum::http::header::{LOCATION, RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

use super::Console;
use super::frame::{Frame, Section, show};
use super::visitor::{Posted, Visitor};
use crate::access::{SessionKey, SignInError};
use crate::fields::{FieldErrors, Fields};
use crate::words;

#[derive(Template)]
#[template(path = "sign_in.html")]
pub(super) struct SignInPage {
    frame: Frame,
    errors: FieldErrors,
    next: String,
}

/// The sender, where the server tells senders apart.
type Peer = Option<Extension<ConnectInfo<SocketAddr>>>;

/// `GET /sign-in?next=/ask`
pub(super) async fn page(
    State(console): State<Arc<Console>>,
    headers: HeaderMap,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> Response {
    if Visitor::of(&console, &headers).signed_in.is_some() {
        return Redirect::to("/").into_response();
    }
    let fields = Fields(query.map(|Query(pairs)| pairs).unwrap_or_default());
    form(&console, StatusCode::OK, FieldErrors::default(), next(&fields))
}

/// `POST /sign-in`
pub(super) async fn sign_in(
    State(console): State<Arc<Console>>,
    headers: HeaderMap,
    peer: Peer,
    sent: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Response {
    let fields = Fields(sent.map(|Form(pairs)| pairs).unwrap_or_default());
    let next = next(&fields);
    let mut errors = FieldErrors::default();
    if fields.get("code").is_empty() {
        errors.push("code", "Enter your access code");
        return form(&console, StatusCode::UNPROCESSABLE_ENTITY, errors, next);
    }
    match console.access.sign_in(fields.get("code"), address(peer)) {
        Ok(key) => {
            // An earlier session of the same browser ends here: a session never outlives a new sign-in.
            if let Some(old) = Visitor::of(&console, &headers).key {
                console.access.sign_out(&old);
            }
            to_with_cookie(&console, &next, Some(&key))
        }
        Err(SignInError::Wrong) => {
            errors.push("code", "This access code is not known here; check it and try again");
            form(&console, StatusCode::UNPROCESSABLE_ENTITY, errors, next)
        }
        Err(SignInError::TooMany { wait_seconds }) => {
            let minutes = (wait_seconds.max(1) as u64).div_ceil(60);
            let wait = words::counted(&minutes, "minute", "minutes");
            errors.push("code", format!("Too many tries; wait {wait}, then try again"));
            let mut response = form(&console, StatusCode::TOO_MANY_REQUESTS, errors, next);
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait_seconds.max(1)));
            response
        }
    }
}

/// `POST /sign-out`
pub(super) async fn sign_out(
    State(console): State<Arc<Console>>,
    headers: HeaderMap,
    _posted: Posted,
) -> Response {
    if let Some(key) = Visitor::of(&console, &headers).key {
        console.access.sign_out(&key);
    }
    to_with_cookie(&console, "/sign-in", None)
}

fn form(console: &Console, status: StatusCode, errors: FieldErrors, next: String) -> Response {
    let frame = Frame::new(console, "Sign in", Section::None, None).failed(!errors.0.is_empty());
    show(status, &SignInPage { frame, errors, next })
}

/// Where to go after signing in: a page of ours, or home.
fn next(fields: &Fields) -> String {
    let wanted = fields.get("next");
    let is_ours = wanted == "/ask"
        || wanted == "/exchanges"
        || wanted
            .strip_prefix("/exchanges/")
            .is_some_and(|id| id.parse::<concordat_record::ExchangeId>().is_ok());
    if is_ours { wanted.to_owned() } else { "/".to_owned() }
}

fn to_with_cookie(console: &Console, path: &str, key: Option<&SessionKey>) -> Response {
    let cookie = console.access.cookie(&console.office.identity().body.body, key);
    (StatusCode::SEE_OTHER, [(LOCATION, path.to_owned()), (SET_COOKIE, cookie)]).into_response()
}

fn address(peer: Peer) -> Option<IpAddr> {
    peer.map(|Extension(ConnectInfo(address))| address.ip())
}

#[cfg(test)]
impl SignInPage {
    pub(super) fn sample(failed: bool) -> Self {
        let mut errors = FieldErrors::default();
        if failed {
            errors.push("code", "This access code is not known here; check it and try again");
        }
        let frame = Frame::sample("Sign in", Section::None, false).failed(failed);
        Self { frame, errors, next: "/ask".into() }
    }
}
