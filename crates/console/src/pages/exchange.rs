//! One exchange in full, with the proof that a button verifies.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use concordat_record::ExchangeId;

use super::frame::{Frame, Section, show};
use super::visitor::{Posted, Staff};
use super::{Console, failure};
use crate::access::SignedIn;
use crate::view::{Exchange, Side, Verification};
use crate::words;

#[derive(Template)]
#[template(path = "exchange.html")]
pub(super) struct OneExchangePage {
    frame: Frame,
    exchange: Exchange,
    verification: Option<Verification>,
}

/// `GET /exchanges/{id}`
pub(super) async fn page(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    Staff(who): Staff,
) -> Response {
    one(&console, who, &id, None).await
}

/// `POST /exchanges/{id}/verify`: changes nothing, but costs work, so it takes a form.
pub(super) async fn verify(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    posted: Posted,
) -> Response {
    let Ok(exchange) = id.parse::<ExchangeId>() else {
        return failure::missing(&console, Some(posted.who));
    };
    match console.office.verify(exchange).await {
        Ok(Some(verification)) => one(&console, posted.who, &id, Some(verification)).await,
        Ok(None) => failure::missing(&console, Some(posted.who)),
        Err(problem) => failure::problem(&console, posted.who, &problem),
    }
}

/// `GET /exchanges/{id}/verify`: where a copied address leads back.
pub(super) async fn after_verification(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    Staff(who): Staff,
) -> Response {
    match id.parse::<ExchangeId>() {
        Ok(id) => Redirect::to(&format!("/exchanges/{id}")).into_response(),
        Err(_) => failure::missing(&console, Some(who)),
    }
}

/// `GET /exchanges/{id}/proof`: a C2SP tlog-proof file.
pub(super) async fn proof(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    Staff(who): Staff,
) -> Response {
    let Ok(id) = id.parse::<ExchangeId>() else {
        return failure::missing(&console, Some(who));
    };
    match console.office.proof(id.clone()).await {
        Ok(Some(proof)) => {
            let name = format!("attachment; filename=\"{id}.tlog-proof\"");
            let headers =
                [(CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, name)];
            (headers, proof).into_response()
        }
        Ok(None) => failure::missing(&console, Some(who)),
        Err(problem) => failure::problem(&console, who, &problem),
    }
}

async fn one(console: &Console, who: SignedIn, id: &str, verification: Option<Verification>) -> Response {
    let Ok(id) = id.parse::<ExchangeId>() else {
        return failure::missing(console, Some(who));
    };
    match console.office.exchange(id).await {
        Ok(Some(exchange)) => {
            let title = heading(&exchange);
            let frame = Frame::new(console, title, Section::Exchanges, Some(who));
            show(StatusCode::OK, &OneExchangePage { frame, exchange, verification })
        }
        Ok(None) => failure::missing(console, Some(who)),
        Err(problem) => failure::problem(console, who, &problem),
    }
}

fn heading(exchange: &Exchange) -> String {
    match exchange.row.side {
        Side::Asked => format!("Question to {}", exchange.row.other.name),
        Side::Answered => format!("Question from {}", exchange.row.other.name),
    }
}

#[cfg(test)]
impl OneExchangePage {
    pub(super) fn of(exchange: Exchange, verification: Option<Verification>) -> Self {
        let frame = Frame::sample(&heading(&exchange), Section::Exchanges, true);
        Self { frame, exchange, verification }
    }
}
