//! Who sent a request: the session behind its cookie, and the token in its form.

use std::sync::Arc;

use axum::extract::{Form, FromRequest, FromRequestParts, Request};
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Redirect, Response};

use aws_lc_rs::constant_time::verify_slices_are_equal;

use super::{Console, failure};
use crate::access::{SessionKey, SignedIn};
use crate::fields::Fields;

/// Anybody: with a session or without.
pub(super) struct Visitor {
    pub(super) key: Option<SessionKey>,
    pub(super) signed_in: Option<SignedIn>,
}

impl Visitor {
    pub(super) fn of(console: &Console, headers: &HeaderMap) -> Self {
        let key = cookie(headers, &console.access.cookie_name(&console.office.identity().body.body));
        let signed_in = key.as_ref().and_then(|key| console.access.signed_in(key));
        Self { key, signed_in }
    }
}

/// Somebody with a live session; anybody else is led to the sign-in page.
pub(super) struct Staff(pub(super) SignedIn);

impl FromRequestParts<Arc<Console>> for Staff {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, console: &Arc<Console>) -> Result<Self, Response> {
        match Visitor::of(console, &parts.headers).signed_in {
            Some(signed_in) => Ok(Self(signed_in)),
            None => Err(lead_to_sign_in(parts)),
        }
    }
}

/// A form sent by somebody with a live session, from a page made for that session.
pub(super) struct Posted {
    pub(super) who: SignedIn,
    pub(super) fields: Fields,
}

impl FromRequest<Arc<Console>> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, console: &Arc<Console>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let Staff(who) = Staff::from_request_parts(&mut parts, console).await?;
        let fields = form(Request::from_parts(parts, body), console, &who).await?;
        match verify_slices_are_equal(fields.get("token").as_bytes(), who.token.as_bytes()) {
            Ok(()) => Ok(Self { who, fields }),
            Err(_) => Err(failure::stale_form(console, who)),
        }
    }
}

async fn form(request: Request, console: &Arc<Console>, who: &SignedIn) -> Result<Fields, Response> {
    match Form::<Vec<(String, String)>>::from_request(request, console).await {
        Ok(Form(pairs)) => Ok(Fields(pairs)),
        Err(rejection) => Err(failure::unreadable_form(console, who.clone(), rejection.status())),
    }
}

/// Reading may go on where it was stopped; a form that was sent is lost and its page is the place to begin again.
fn lead_to_sign_in(parts: &Parts) -> Response {
    let wanted = parts.uri.path_and_query().map_or("/", |wanted| wanted.as_str());
    if parts.method == Method::GET && wanted != "/" {
        // The parameters are not carried along: as part of one parameter they would need escaping, and a filter is
        // quickly set again.
        Redirect::to(&format!("/sign-in?next={}", parts.uri.path())).into_response()
    } else {
        Redirect::to("/sign-in").into_response()
    }
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<SessionKey> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, value)| *key == name && !value.is_empty())
        .map(|(_, value)| SessionKey::from_cookie(value))
}
