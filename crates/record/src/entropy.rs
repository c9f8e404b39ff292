//! Chance as an argument.

/// A source of random bytes. The program hands down the operating system's; tests hand down a counter.
pub trait Entropy: Send + Sync {
    /// Fills the buffer with bytes that nobody can predict.
    fn fill(&self, buffer: &mut [u8]);
}
