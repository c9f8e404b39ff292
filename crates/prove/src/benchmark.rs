//! What appending costs: run by `cargo xtask bench append`, in a folder on the disk that the target folder is on.

use std::sync::Arc;

use crate::Log;
use crate::tests::{key, leaf, salt};

/// Exchanges in work at once.
const APPENDERS: u64 = 512;
/// Leaves of each.
const EACH: u64 = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: cargo xtask bench append"]
async fn benchmark_append() {
    let folder = tempfile::tempdir_in(".").unwrap();
    let log = Arc::new(Log::open(folder.path(), key()).unwrap());
    let tasks: Vec<_> = (0..APPENDERS)
        .map(|appender| {
            let log = Arc::clone(&log);
            tokio::spawn(async move {
                for number in appender * EACH..(appender + 1) * EACH {
                    log.append(&leaf(number), salt(number)).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    println!("benchmark: {} leaves", APPENDERS * EACH);
    println!("note: {} bytes a leaf, each provable under a signed head", leaf(0).to_entry().unwrap().len());
}
