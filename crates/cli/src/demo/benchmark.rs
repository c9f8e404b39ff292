//! What an exchange costs: two nodes of the demo in one process, with the wire between them; each question and answer signed,
//! decided, recognised among the Treasury's records, and logged by both sides before it counts. Run by `cargo xtask bench ask`,
//! in the folder where it has laid out the demo.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use concordat_flow::{Ask, Node};
use concordat_record::Subject;
use concordat_sign::{Note, SigningKey};

use super::bodies::TREASURY;
use super::example;
use crate::folder::read_text;
use crate::running::{Notice, Running};
use crate::system;

/// Exchanges in work at once.
const ASKERS: usize = 64;
/// Questions of each.
const EACH: usize = 150;
/// What both parties have signed, in the folder of each.
const AGREEMENT: &str = "agreements/grants-exempt-organisations.note";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: cargo xtask bench ask"]
async fn benchmark_ask() {
    let demo = Path::new("demo");
    agree_on_many(demo);
    let world = system::world();
    let mut running = Vec::new();
    for folder in ["treasury", "grants"] {
        running.push(Running::start(&demo.join(folder), &world, Notice::default()).await.unwrap());
    }
    let grants = running[1].node.clone();
    let subjects = Arc::new(subjects(demo));

    let begin = Instant::now();
    let askers = (0..ASKERS).map(|asker| tokio::spawn(ask_in_turn(grants.clone(), subjects.clone(), asker)));
    let mut latencies = Vec::new();
    for asker in askers.collect::<Vec<_>>() {
        latencies.extend(asker.await.unwrap());
    }
    let rate = latencies.len() as f64 / begin.elapsed().as_secs_f64();

    latencies.sort();
    let percentile = |share: usize| latencies[(latencies.len() - 1) * share / 100].as_secs_f64() * 1000.0;
    println!("benchmark: {} exchanges", latencies.len());
    println!(
        "note: {rate:.0} exchanges a second on the wall, {ASKERS} at once; half within {:.1} ms, 99 of 100 within {:.1} ms",
        percentile(50),
        percentile(99)
    );
    for node in running {
        node.stop().await;
    }
}

async fn ask_in_turn(grants: Arc<Node>, subjects: Arc<Vec<Subject>>, asker: usize) -> Vec<Duration> {
    let mut latencies = Vec::with_capacity(EACH);
    for number in 0..EACH {
        let begin = Instant::now();
        let ask = Ask {
            provider: TREASURY.parse().unwrap(),
            register: "exempt-organisations".parse().unwrap(),
            purpose: "grant-eligibility".parse().unwrap(),
            case_reference: Some("G-2026-17".to_owned()),
            user: None,
            subject: subjects[(asker * EACH + number) % subjects.len()].clone(),
            facts: Vec::new(),
        };
        grants.ask(ask).await.unwrap();
        latencies.push(begin.elapsed());
    }
    latencies
}

/// The agreement of the example allows too few questions a day to measure.
fn agree_on_many(demo: &Path) {
    let example = example::text("agreements/grants-exempt-organisations.toml").unwrap();
    let text = example.replace("per_day = 1000\n", "per_day = 100000000\n");
    assert_ne!(text, example);
    let mut note = Note::unsigned(text).unwrap();
    for party in ["treasury", "grants"] {
        let key = read_text(&demo.join(party).join("keys/signing.key")).unwrap();
        note.add_signature(&key.trim().parse::<SigningKey>().unwrap());
    }
    for party in ["treasury", "grants"] {
        std::fs::write(demo.join(party).join(AGREEMENT), note.to_string()).unwrap();
    }
}

/// Colleges as another register spells them: some are among the Treasury's records, most are not.
fn subjects(demo: &Path) -> Vec<Subject> {
    let sample = demo.join("treasury/links/exempt-organisations.subjects.csv");
    let mut rows = csv::Reader::from_path(sample).unwrap();
    let columns = rows.headers().unwrap().clone();
    let known = |row: csv::StringRecord| {
        let cells = columns
            .iter()
            .zip(row.iter())
            .filter(|(column, cell)| *column != "alternativeName" && !cell.is_empty());
        Subject::new("LegalEntity", cells.map(|(column, cell)| (column.to_owned(), cell.to_owned())))
    };
    rows.records().map(|row| known(row.unwrap())).collect()
}
