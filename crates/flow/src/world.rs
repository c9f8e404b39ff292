//! What comes from outside: time and chance.

use std::sync::Arc;

use concordat_record::{Clock, Entropy};

/// The clock and the random source that everything in a node uses.
#[derive(Clone)]
pub struct World {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Fills buffers with random bytes.
    pub entropy: Arc<dyn Entropy>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("World")
    }
}
