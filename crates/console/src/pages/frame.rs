//! What surrounds every page: head, navigation, foot.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use super::Console;
use crate::access::SignedIn;
use crate::assets;
use crate::view::Identity;

/// The part of the console that a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Home,
    Ask,
    Exchanges,
    Help,
    None,
}

impl Section {
    /// The navigation, in order.
    const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::Home, "/", "Home"),
        (Self::Ask, "/ask", "Ask"),
        (Self::Exchanges, "/exchanges", "Exchange log"),
    ];
}

/// What surrounds every page.
pub(super) struct Frame {
    pub(super) title: String,
    section: Section,
    pub(super) identity: Identity,
    pub(super) signed_in: Option<SignedIn>,
}

impl Frame {
    /// The frame of a page for somebody, or for nobody yet.
    pub(super) fn new(
        console: &Console,
        title: impl Into<String>,
        section: Section,
        who: Option<SignedIn>,
    ) -> Self {
        Self { title: title.into(), section, identity: console.office.identity(), signed_in: who }
    }

    /// Says in the title that something must be corrected: a screen reader reads that first.
    pub(super) fn failed(mut self, failed: bool) -> Self {
        if failed {
            self.title.insert_str(0, "Error: ");
        }
        self
    }

    /// What every form must carry.
    pub(super) fn token(&self) -> &str {
        self.signed_in.as_ref().map_or("", |who| who.token.as_str())
    }

    pub(super) fn navigation(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        Section::ALL.into_iter().map(|(section, path, text)| (path, text, section == self.section))
    }

    pub(super) fn is_help(&self) -> bool {
        self.section == Section::Help
    }

    pub(super) fn revision() -> u32 {
        assets::REVISION
    }
}

#[cfg(test)]
impl Frame {
    /// A frame with everything in it.
    pub(super) fn sample(title: &str, section: Section, signed_in: bool) -> Self {
        let who = SignedIn { user: "Robin Sample".into(), token: "0123456789abcdef".into() };
        Self {
            title: title.into(),
            section,
            identity: Identity::sample(),
            signed_in: signed_in.then_some(who),
        }
    }
}

/// A rendered page as a response.
pub(super) fn show(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            // Only a fault of the program can lead here; the page says no more than that.
            tracing::error!(%error, "a page could not be rendered");
            (StatusCode::INTERNAL_SERVER_ERROR, "the page could not be made; the log of the node says why\n")
                .into_response()
        }
    }
}
