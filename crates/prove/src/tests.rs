//! What the tests of this crate share.

use std::sync::Arc;

use concordat_record::{ExchangeId, Timestamp};
use concordat_sign::{SigningKey, VerifierKey};

use crate::disk::simulated::Simulated;
use crate::*;

/// The body whose log it is.
pub(crate) const BODY: &str = "US/GOV/TREASURY/EXEMPT";

pub(crate) fn key() -> SigningKey {
    SigningKey::from_seed(BODY, &[1; 32]).unwrap()
}

pub(crate) fn verifier() -> VerifierKey {
    key().verifier().clone()
}

pub(crate) fn exchange(number: u64) -> ExchangeId {
    format!("{:032x}", u128::from(number) << 64 | 0xabcd).parse().unwrap()
}

pub(crate) fn salt(number: u64) -> Salt {
    let mut salt = [7; 32];
    salt[..8].copy_from_slice(&number.to_be_bytes());
    Salt(salt)
}

pub(crate) fn opening(number: u64) -> Opening {
    Opening::new(salt(number), format!("question {number}").as_bytes(), format!("answer {number}").as_bytes())
}

pub(crate) fn leaf(number: u64) -> Leaf {
    Leaf {
        format: LeafFormat::One,
        exchange: exchange(number),
        side: Side::Provider,
        peer: "US/GOV/GRANTS/OFFICE".parse().unwrap(),
        register: "exempt-organisations".parse().unwrap(),
        agreement: Some("grants-exempt-organisations".parse().unwrap()),
        purpose: "grant-eligibility".parse().unwrap(),
        facts: vec!["isTaxExempt".parse().unwrap(), "exemptSince".parse().unwrap()],
        outcome: Outcome::Answered,
        time: Timestamp::from_seconds(1_800_000_000 + number as i64),
        commitment: opening(number).commitment(),
    }
}

pub(crate) fn open(disk: &Simulated) -> Result<Log, concordat_record::Problem> {
    Log::on(Arc::new(disk.clone()), key())
}

/// Appends leaves one after the other.
pub(crate) async fn append(log: &Log, numbers: std::ops::Range<u64>) {
    for number in numbers {
        log.append(&leaf(number), salt(number)).await.unwrap();
    }
}

/// A log that was closed cleanly with some leaves.
pub(crate) async fn closed_log(leaves: u64) -> Simulated {
    let disk = Simulated::default();
    let log = open(&disk).unwrap();
    let waiting = (0..leaves).map(|number| {
        let (leaf, salt) = (leaf(number), salt(number));
        let log = &log;
        async move { log.append(&leaf, salt).await.unwrap() }
    });
    for appended in waiting {
        appended.await;
    }
    drop(log);
    disk
}
