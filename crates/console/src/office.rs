//! The door between the pages and the use cases behind them.

use std::future::Future;
use std::pin::Pin;

use concordat_record::{ExchangeId, Problem};

use crate::view::{
    Exchange, ExchangeFilter, ExchangePage, Home, Identity, Inquiry, Questions, UnifiedView, Verification,
};

/// What an [`Office`] says later: a value, or why there is none.
pub type Reply<'a, T> = Pin<Box<dyn Future<Output = Result<T, Problem>> + Send + 'a>>;

/// What the pages need to know and do. The program implements it over the use cases; the tests over samples.
///
/// A [`Problem`] is shown to the person who waits for the page: sentence, advice and code. It holds no personal value.
pub trait Office: Send + Sync + 'static {
    /// Who this node is: the head of each page. Asked for with every page, so it answers from memory.
    fn identity(&self) -> Identity;

    /// How the node does and what needs a person today.
    fn home(&self) -> Reply<'_, Home>;

    /// What may be asked, of whom, for which purposes.
    fn questions(&self) -> Reply<'_, Questions>;

    /// Asks each chosen register and puts the answers side by side. A provider that refuses or cannot be reached is
    /// part of the view, not a problem.
    fn ask(&self, inquiry: Inquiry) -> Reply<'_, UnifiedView>;

    /// One page of the exchange log, newest first. A page after the last one is empty.
    fn exchanges(&self, filter: ExchangeFilter, page: u64) -> Reply<'_, ExchangePage>;

    /// Everything this node knows about one exchange; none when it has no such exchange.
    fn exchange(&self, id: ExchangeId) -> Reply<'_, Option<Exchange>>;

    /// Verifies the proof of an exchange, step by step; none when there is no such exchange.
    fn verify(&self, id: ExchangeId) -> Reply<'_, Option<Verification>>;

    /// The proof as a C2SP tlog-proof text; none when there is no such exchange or it is not in a checkpoint yet.
    fn proof(&self, id: ExchangeId) -> Reply<'_, Option<String>>;
}
