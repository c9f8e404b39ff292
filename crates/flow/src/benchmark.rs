//! What an exchange costs: signing, deciding, recognising, logging on both sides; the wire between the nodes is a function
//! call, so TLS comes on top. Run by `cargo xtask bench ask`.

use std::sync::Arc;

use crate::tests::bodies::{Bodies, question};

/// Exchanges in work at once.
const ASKERS: usize = 64;
/// Questions of each.
const EACH: usize = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: cargo xtask bench ask"]
async fn benchmark_ask() {
    let (_bodies, _charities, grants) = Bodies::running();
    let mut asking = Vec::new();
    for _ in 0..ASKERS {
        let grants = Arc::clone(&grants);
        asking.push(tokio::spawn(async move {
            for _ in 0..EACH {
                grants.ask(question()).await.unwrap();
            }
        }));
    }
    for asker in asking {
        asker.await.unwrap();
    }
    println!("benchmark: {} exchanges", ASKERS * EACH);
}
