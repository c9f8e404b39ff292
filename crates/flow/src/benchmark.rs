//! What linking two registers costs, estimate included: run by `cargo xtask bench link`, in the folder where it has laid out and
//! refreshed two bodies of the example, with the true pairs beside them.

use std::fs;
use std::path::Path;

use concordat_record::Name;

use crate::{Body, match_batch};

#[test]
#[ignore = "a measurement: cargo xtask bench link"]
fn benchmark_link() {
    let body = |folder: &str| Body::open(Path::new(folder)).unwrap();
    let name = |register: &str| register.parse::<Name>().unwrap();
    let (education, treasury) = (body("education"), body("treasury"));
    let (institutions, organisations) = (name("institutions"), name("exempt-organisations"));
    let matched = match_batch((&education, &institutions), (&treasury, &organisations)).unwrap();
    println!("benchmark: {} records", matched.left_keys.len() + matched.right_keys.len());

    let truth = fs::read_to_string("truth.csv").unwrap();
    let judged = matched.judge(truth.lines().skip(1).filter_map(|line| line.split_once(',')));
    println!(
        "note: precision {:.3} at recall {:.3} of {} true pairs, {} links unverified; plain equality {:.3} at {:.3}",
        judged.links.precision,
        judged.links.recall,
        judged.truth,
        judged.links.unverified,
        judged.plain_links.precision,
        judged.plain_links.recall
    );
}
