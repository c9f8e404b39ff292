//! What the pages ask for, answered by the node.

mod exchanges;
mod home;
mod questions;

use std::sync::Arc;

use concordat_console::view::{
    Exchange, ExchangeFilter, ExchangePage, Home, Identity, Inquiry, Party, Questions, UnifiedView,
    Verification,
};
use concordat_console::{Office, Reply};
use concordat_flow::Node;
use concordat_record::{BodyId, ExchangeId, Problem};

/// The node behind the pages.
pub struct NodeOffice {
    node: Arc<Node>,
    notice: Option<String>,
}

impl NodeOffice {
    /// An office of a node, with a notice for the head of every page.
    pub fn new(node: Arc<Node>, notice: Option<String>) -> Self {
        Self { node, notice }
    }

    fn party(&self, body: &BodyId) -> Party {
        Party { body: body.clone(), name: self.node.name_of(body) }
    }

    /// Runs what reads the disk on a thread that may wait for it.
    fn off_the_runtime<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, Problem> + Send + 'static,
    ) -> Reply<'_, T> {
        let office = Self { node: self.node.clone(), notice: None };
        Box::pin(async move {
            tokio::task::spawn_blocking(move || work(&office)).await.unwrap_or_else(|error| {
                Err(Problem::new("cli.page-failed", format!("the page could not be put together: {error}")))
            })
        })
    }
}

impl Office for NodeOffice {
    fn identity(&self) -> Identity {
        let federation = self.node.body().federation.as_ref();
        Identity {
            body: Party { body: self.node.id().clone(), name: self.node.body().settings.body.name.clone() },
            federation: federation.map_or_else(String::new, |federation| federation.name().to_owned()),
            notice: self.notice.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    fn home(&self) -> Reply<'_, Home> {
        self.off_the_runtime(Self::home_now)
    }

    fn questions(&self) -> Reply<'_, Questions> {
        Box::pin(async move { Ok(self.questions_now()) })
    }

    fn ask(&self, inquiry: Inquiry) -> Reply<'_, UnifiedView> {
        Box::pin(async move { Ok(self.ask_all(inquiry).await) })
    }

    fn exchanges(&self, filter: ExchangeFilter, page: u64) -> Reply<'_, ExchangePage> {
        self.off_the_runtime(move |office| office.exchanges_now(&filter, page))
    }

    fn exchange(&self, id: ExchangeId) -> Reply<'_, Option<Exchange>> {
        self.off_the_runtime(move |office| office.exchange_now(&id))
    }

    fn verify(&self, id: ExchangeId) -> Reply<'_, Option<Verification>> {
        self.off_the_runtime(move |office| office.verify_now(&id))
    }

    fn proof(&self, id: ExchangeId) -> Reply<'_, Option<String>> {
        self.off_the_runtime(move |office| office.node.proof(&id))
    }
}
