//! Help: what this is, what a match means, who sees what.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::Console;
use super::frame::{Frame, Section, show};
use super::visitor::Visitor;
use crate::words;

#[derive(Template)]
#[template(path = "help.html")]
pub(super) struct HelpPage {
    frame: Frame,
    idle_minutes: u64,
}

/// `GET /help`, also for people who cannot sign in.
pub(super) async fn page(State(console): State<Arc<Console>>, headers: HeaderMap) -> Response {
    let who = Visitor::of(&console, &headers).signed_in;
    let frame = Frame::new(&console, "Help", Section::Help, who);
    show(StatusCode::OK, &HelpPage { frame, idle_minutes: console.access.idle_minutes() })
}

#[cfg(test)]
impl HelpPage {
    pub(super) fn sample(signed_in: bool) -> Self {
        Self { frame: Frame::sample("Help", Section::Help, signed_in), idle_minutes: 30 }
    }
}
