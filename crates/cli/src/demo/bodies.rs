//! The four bodies of the example, and their nodes when they run.

use std::sync::Arc;

use concordat_flow::Node;
use concordat_record::Problem;

use crate::running::Running;

/// A body of the example.
#[derive(Debug)]
pub struct BodySpec {
    /// Its identifier, as its `concordat.toml` and the federation list have it.
    pub id: &'static str,
    /// Its folder in the example.
    pub folder: &'static str,
}

/// The one that asks.
pub const GRANTS: &str = "US/GOV/GRANTS/OFFICE";
/// The one that knows which organisations are exempt.
pub const TREASURY: &str = "US/GOV/TREASURY/EXEMPT";

/// The list of bodies.
pub const BODIES: &[BodySpec] = &[
    BodySpec { id: TREASURY, folder: "treasury" },
    BodySpec { id: "US/GOV/EDUCATION/INSTITUTIONS", folder: "education" },
    BodySpec { id: "US/GOV/HEALTH/HOSPITALS", folder: "health" },
    BodySpec { id: GRANTS, folder: "grants" },
];

/// The nodes of all bodies, in the order of the list.
#[derive(Debug, Default)]
pub struct Nodes(Vec<(&'static str, Running)>);

impl Nodes {
    pub fn add(&mut self, id: &'static str, running: Running) {
        self.0.push((id, running));
    }

    pub fn iter(&self) -> impl Iterator<Item = &(&'static str, Running)> {
        self.0.iter()
    }

    /// The node of a body.
    pub fn node(&self, id: &str) -> Result<&Arc<Node>, Problem> {
        let found = self.0.iter().find(|(found, _)| *found == id);
        found
            .map(|(_, running)| &running.node)
            .ok_or_else(|| Problem::new("demo.no-node", format!("the node of {id} does not run")))
    }

    /// The console of a body.
    pub fn console(&self, id: &str) -> Option<std::net::SocketAddr> {
        self.0.iter().find(|(found, _)| *found == id).map(|(_, running)| running.console)
    }

    /// Stops all of them.
    pub async fn stop(self) {
        for (_, running) in self.0 {
            running.stop().await;
        }
    }
}
