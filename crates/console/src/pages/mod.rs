//! The pages, one file each, and the routes to them.

mod ask;
mod exchange;
mod exchanges;
mod failure;
mod frame;
mod help;
mod home;
mod sign_in;
#[cfg(test)]
mod tests;
mod visitor;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use axum::{Router, middleware};

use crate::access::Access;
use crate::office::Office;
use crate::{assets, guard};

/// More than any form here needs.
const LONGEST_FORM_BYTES: usize = 64 * 1024;

/// What every handler works with.
pub(crate) struct Console {
    pub(crate) office: Arc<dyn Office>,
    pub(crate) access: Access,
}

/// All pages. The router has a fallback (the not-found page), so it may be merged with routers that have none.
///
/// Served with `into_make_service_with_connect_info::<SocketAddr>()`, wrong access codes are counted by sender.
pub fn router(office: Arc<dyn Office>, access: Access) -> Router {
    Router::new()
        .route("/", get(home::page))
        .route("/ask", get(ask::form).post(ask::answers))
        .route("/exchanges", get(exchanges::page))
        .route("/exchanges/{id}", get(exchange::page))
        .route("/exchanges/{id}/verify", get(exchange::after_verification).post(exchange::verify))
        .route("/exchanges/{id}/proof", get(exchange::proof))
        .route("/help", get(help::page))
        .route("/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/assets/concordat.css", get(assets::style))
        .route("/assets/mark.svg", get(assets::mark))
        .fallback(failure::not_found)
        .method_not_allowed_fallback(failure::wrong_method)
        .layer(DefaultBodyLimit::max(LONGEST_FORM_BYTES))
        .layer(middleware::from_fn(guard::guard))
        .with_state(Arc::new(Console { office, access }))
}
