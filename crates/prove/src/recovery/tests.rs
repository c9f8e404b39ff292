//! The log is broken at every call to the disk, in every way, and must keep what it promised.

use concordat_record::Problem;

use crate::disk::Disk;
use crate::disk::simulated::{Crash, Failure, Simulated};
use crate::tests::{append, closed_log, exchange, leaf, open, salt, verifier};
use crate::verify::verify_disk;
use crate::*;

/// What a run was told and saw.
#[derive(Default)]
struct Witness {
    /// Leaves that were acknowledged, by index.
    promised: Vec<(u64, u64)>,
    /// Salts whose destruction was acknowledged.
    erased: Vec<u64>,
    /// Heads that were shown.
    heads: Vec<Checkpoint>,
}

/// Opens a log, appends across the end of a tile, erases, closes and opens again; stops at the first refusal.
async fn run(disk: &Simulated, witness: &mut Witness) -> Result<(), Problem> {
    for numbers in [260..263, 263..266] {
        let log = open(disk)?;
        for number in numbers {
            let appended = log.append(&leaf(number), salt(number)).await?;
            witness.promised.push((appended.index, number));
            witness.heads.push(Checkpoint::verify(appended.checkpoint(), &verifier())?);
            if number == 261 {
                log.erase(appended.index).await?;
                witness.erased.push(appended.index);
            }
        }
    }
    Ok(())
}

/// Opens what a crash has left and checks every promise.
async fn check(disk: &Simulated, witness: &Witness, what: &str) {
    let log = open(disk).unwrap_or_else(|problem| panic!("{what}: {problem}"));
    let reader = log.reader();
    for (index, number) in &witness.promised {
        let proof = reader.proof(*index).unwrap_or_else(|problem| panic!("{what}: {problem}"));
        assert_eq!(verify_proof(&proof, &verifier()).unwrap().leaf, leaf(*number), "{what}");
        assert_eq!(reader.find(&exchange(*number)).unwrap().map(|(index, _)| index), Some(*index), "{what}");
        if witness.erased.contains(index) {
            assert_eq!(reader.salt(*index).unwrap(), None, "{what}: destroyed and back again");
        } else if *number != 261 {
            assert_eq!(reader.salt(*index).unwrap(), Some(salt(*number)), "{what}");
        }
    }
    let size = reader.checkpoint().unwrap().size;
    let mut again = crate::tree::Edge::default();
    let mut roots = vec![again.root()];
    for index in 0..size {
        again.push(crate::tree::leaf_hash(&reader.leaf(index).unwrap().to_entry().unwrap()));
        roots.push(again.root());
    }
    for head in &witness.heads {
        assert_eq!(roots.get(head.size as usize), Some(&head.root), "{what}: a head that was shown is gone");
    }
    append(&log, 1000..1002).await;
    drop(log);
    let report = verify_disk(disk, &verifier()).unwrap_or_else(|problems| panic!("{what}: {problems}"));
    assert_eq!(report.size, size + 2, "{what}");
}

/// A log that ends two leaves before a full tile.
async fn begun() -> Simulated {
    closed_log(254).await
}

async fn break_each_call(failures: &[Failure], crashes: &[Crash]) {
    let fresh = [begun().await, Simulated::default()];
    for start in &fresh {
        for failure in failures {
            let mut call = 0;
            loop {
                let disk = start.after(Crash::Kill);
                let mut witness = Witness::default();
                disk.fail(call, *failure);
                let _ = run(&disk, &mut witness).await;
                let fired = disk.calls() > call;
                for crash in crashes {
                    // Other files are torn at each call.
                    let crash =
                        if let Crash::Torn(seed) = crash { &Crash::Torn(seed << 16 | call) } else { crash };
                    let what = format!("{failure:?} at call {call}, then {crash:?}");
                    check(&disk.after(*crash), &witness, &what).await;
                }
                if !fired {
                    break;
                }
                call += 1;
            }
        }
    }
}

#[tokio::test]
async fn a_call_that_fails_and_does_nothing_breaks_no_promise() {
    break_each_call(&[Failure::NotStored], &[Crash::Kill, Crash::PowerLoss, Crash::Torn(1)]).await;
}

#[tokio::test]
async fn a_call_that_fails_but_was_done_breaks_no_promise() {
    break_each_call(&[Failure::Stored, Failure::Half], &[Crash::Kill, Crash::PowerLoss, Crash::Torn(2)])
        .await;
}

#[tokio::test]
async fn a_kill_between_any_two_calls_breaks_no_promise() {
    break_each_call(&[Failure::Dead], &[Crash::Kill]).await;
}

#[tokio::test]
async fn a_power_cut_between_any_two_calls_breaks_no_promise() {
    break_each_call(&[Failure::Dead], &[Crash::PowerLoss, Crash::Torn(3), Crash::Torn(4), Crash::Torn(5)])
        .await;
}

#[tokio::test]
async fn a_crash_while_recovering_is_recovered_from() {
    let disk = begun().await;
    let log = open(&disk).unwrap();
    append(&log, 254..259).await;
    let crashed = disk.after(Crash::Torn(5));
    std::mem::forget(log);
    let witness = Witness { promised: (254..259).map(|n| (n, n)).collect(), ..Witness::default() };
    for call in 0.. {
        let disk = crashed.after(Crash::Kill);
        disk.fail(call, Failure::Dead);
        let opened = open(&disk).is_ok();
        for crash in [Crash::Kill, Crash::PowerLoss, Crash::Torn(call)] {
            check(&disk.after(crash), &witness, &format!("recovery cut at call {call}, then {crash:?}"))
                .await;
        }
        if opened && disk.calls() <= call {
            break;
        }
    }
}

#[tokio::test]
async fn what_cannot_be_repaired_is_refused_with_the_file() {
    let disk = closed_log(258).await;
    let bytes = |path: &str| disk.read(path).unwrap().unwrap();
    let flipped = |path: &str, place: usize| {
        let mut bytes = bytes(path);
        bytes[place] ^= 1;
        Some(bytes)
    };
    for (path, content, code) in [
        ("checkpoint", None, "prove.tile-missing"),
        ("checkpoint", Some(Vec::new()), "sign.note-text"),
        ("checkpoint", flipped("checkpoint", 3), "sign.signature-wrong"),
        ("tile/0/001.p/2", None, "prove.tile-missing"),
        ("tile/0/001.p/2", Some(bytes("tile/0/001.p/2")[..63].into()), "prove.tile-damaged"),
        ("tile/0/001.p/2", flipped("tile/0/001.p/2", 40), "prove.tile-damaged"),
        ("tile/1/000.p/1", flipped("tile/1/000.p/1", 0), "prove.tile-damaged"),
        ("tile/entries/001.p/2", None, "prove.tile-missing"),
        ("tile/entries/001.p/2", flipped("tile/entries/001.p/2", 9), "prove.tile-damaged"),
        ("tile/entries/001.p/2", flipped("tile/entries/001.p/2", 0), "prove.tile-damaged"),
        ("salts", None, "prove.salts-damaged"),
        ("salts", Some(bytes("salts")[..79].into()), "prove.salts-damaged"),
    ] {
        let broken = disk.after(Crash::Kill);
        broken.tamper(path, content);
        let problem = open(&broken).err().unwrap_or_else(|| panic!("{path} was taken"));
        assert_eq!(problem.code, code, "{path}: {problem}");
        assert!(problem.place.file.is_some(), "{problem}");
        assert!(problem.advice.is_some() || code.starts_with("sign"), "{problem}");
    }
}

#[tokio::test]
async fn a_lost_list_of_exchanges_is_made_again() {
    let disk = closed_log(258).await;
    let whole = disk.read("exchanges").unwrap();
    for content in [None, Some(vec![1; 7]), Some(vec![0; 9999])] {
        disk.tamper("exchanges", content);
        drop(open(&disk).unwrap());
        assert_eq!(disk.read("exchanges").unwrap(), whole);
    }
}

#[tokio::test]
async fn an_old_journal_beside_a_newer_checkpoint_is_refused() {
    let disk = Simulated::default();
    let log = open(&disk).unwrap();
    append(&log, 0..2).await;
    let old = disk.read("journal").unwrap();
    append(&log, 2..4).await;
    drop(log);
    disk.tamper("journal", old);
    assert_eq!(open(&disk).err().map(|problem| problem.code), Some("prove.behind"));
}
