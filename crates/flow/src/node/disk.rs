//! Waiting for the disk, or for a live source, where that holds nobody up.

use concordat_record::Problem;

/// Runs work that blocks on a thread that may wait. The async runtime has few threads, and one that waits serves nobody.
pub(super) async fn wait_for_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        Err(Problem::new("exchange.failed", format!("the work was broken off: {error}")))
    })
}
