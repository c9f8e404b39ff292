//! Home: who this node is, what needs a person today, and how everything does.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::frame::{Frame, Section, show};
use super::visitor::Staff;
use super::{Console, failure};
use crate::view::{HealthState, Home, TaskLink};
use crate::words;

#[derive(Template)]
#[template(path = "home.html")]
pub(super) struct HomePage {
    frame: Frame,
    home: Home,
}

/// `GET /`
pub(super) async fn page(State(console): State<Arc<Console>>, Staff(who): Staff) -> Response {
    match console.office.home().await {
        Ok(home) => {
            let frame = Frame::new(&console, "Home", Section::Home, Some(who));
            show(StatusCode::OK, &HomePage { frame, home })
        }
        Err(problem) => failure::problem(&console, who, &problem),
    }
}

impl HomePage {
    /// The health of all parts in one sentence.
    fn health_sentence(&self) -> String {
        let in_state = |state| self.home.health.iter().filter(|row| row.state == state).count() as u64;
        match (in_state(HealthState::Problem), in_state(HealthState::Attention)) {
            (0, 0) => "Everything works.".into(),
            (0, soon) => {
                format!("Everything works; {} attention.", words::counted(&soon, "part needs", "parts need"))
            }
            (bad, _) => format!("{} not working.", words::counted(&bad, "part is", "parts are")),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand out references")]
fn address(link: &TaskLink) -> &'static str {
    match link {
        TaskLink::Ask => "/ask",
        TaskLink::Exchanges => "/exchanges",
        TaskLink::Refusals => "/exchanges?outcome=refused",
        TaskLink::Help => "/help",
    }
}

#[cfg(test)]
impl HomePage {
    pub(super) fn of(home: Home) -> Self {
        Self { frame: Frame::sample("Home", Section::Home, true), home }
    }
}
