//! Damage in any file, at any byte, is found and its place is named.

use crate::disk::Disk;
use crate::disk::simulated::{Crash, Simulated};
use crate::tests::{append, closed_log, key, open, verifier};
use crate::verify::verify_disk;
use crate::*;

/// Verifies and gives the files that are named as wrong.
fn named(disk: &Simulated) -> Vec<String> {
    match verify_disk(disk, &verifier()) {
        Ok(_) => Vec::new(),
        Err(problems) => {
            problems.0.into_iter().map(|problem| problem.place.file.unwrap_or_default()).collect()
        }
    }
}

fn check_damage(disk: &Simulated, path: &str, content: Option<Vec<u8>>, what: &str) {
    let damaged = disk.after(Crash::Kill);
    damaged.tamper(path, content);
    let named = named(&damaged);
    assert!(named.iter().any(|file| file == path), "{path} {what}: {named:?} was named");
}

fn content(disk: &Simulated, path: &str) -> Vec<u8> {
    disk.read(path).unwrap().unwrap()
}

#[tokio::test]
async fn any_one_byte_changed_in_a_small_log_is_found_and_its_file_named() {
    let disk = closed_log(3).await;
    for path in disk.list("").unwrap() {
        let whole = content(&disk, &path);
        for place in 0..whole.len() {
            for change in [1, 0x80] {
                let mut bytes = whole.clone();
                bytes[place] ^= change;
                check_damage(&disk, &path, Some(bytes), &format!("with byte {place} changed"));
            }
        }
    }
}

#[tokio::test]
async fn any_one_byte_changed_is_found_while_the_node_runs() {
    let disk = Simulated::default();
    let log = open(&disk).unwrap();
    append(&log, 0..3).await;
    let live = disk.after(Crash::Kill);
    drop(log);
    assert!(!content(&live, "journal").is_empty());
    for path in live.list("").unwrap() {
        let whole = content(&live, &path);
        for place in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[place] ^= 0x10;
            check_damage(&live, &path, Some(bytes), &format!("with byte {place} changed"));
        }
    }
}

#[tokio::test]
async fn damage_in_a_log_of_several_tiles_is_found_and_its_file_named() {
    let disk = closed_log(514).await;
    for path in disk.list("").unwrap() {
        let whole = content(&disk, &path);
        for place in (0..whole.len()).step_by(whole.len() / 40 + 1) {
            let mut bytes = whole.clone();
            bytes[place] ^= 4;
            check_damage(&disk, &path, Some(bytes), &format!("with byte {place} changed"));
        }
    }
}

#[tokio::test]
async fn any_file_cut_at_any_length_or_gone_is_found_and_named() {
    let disk = closed_log(3).await;
    for path in disk.list("").unwrap() {
        if ["journal", "lock"].contains(&path.as_str()) {
            continue;
        }
        let whole = content(&disk, &path);
        for length in 0..whole.len() {
            check_damage(&disk, &path, Some(whole[..length].into()), &format!("cut to {length}"));
        }
        check_damage(&disk, &path, None, "gone");
        check_damage(&disk, &path, Some([whole.as_slice(), b"x"].concat()), "with a byte more");
    }
}

#[tokio::test]
async fn the_place_of_the_damage_is_given() {
    let disk = closed_log(258).await;
    let problem = |path: &str, place: usize| {
        let damaged = disk.after(Crash::Kill);
        let mut bytes = content(&disk, path);
        bytes[place] ^= 1;
        damaged.tamper(path, Some(bytes));
        verify_disk(&damaged, &verifier()).unwrap_err().0.into_iter().next().unwrap()
    };
    let entry_length = crate::tests::leaf(0).to_entry().unwrap().len() + 2;
    let wrong_entry = problem("tile/entries/000", 5 * entry_length + 40);
    assert_eq!(wrong_entry.place.record_number, Some(6));
    assert_eq!(wrong_entry.place.byte_offset, Some(5 * entry_length as u64));
    assert_eq!(problem("tile/0/000", 7 * 32 + 3).place.byte_offset, Some(7 * 32));
    assert_eq!(problem("tile/1/000.p/1", 3).place.byte_offset, Some(0));
    assert_eq!(problem("salts", 200).place.record_number, Some(6));
}

#[tokio::test]
async fn leaves_dropped_reordered_or_doubled_are_found() {
    let disk = closed_log(3).await;
    let bundle = content(&disk, "tile/entries/000.p/3");
    let entries = crate::tile::decode_entries(&bundle).unwrap();
    for order in [vec![0usize, 1], vec![1, 0, 2], vec![0, 0, 2], vec![0, 1, 2, 2], vec![]] {
        let mut altered = Vec::new();
        for index in &order {
            crate::tile::encode_entry(&mut altered, entries[*index]);
        }
        check_damage(&disk, "tile/entries/000.p/3", Some(altered), &format!("{order:?}"));
    }
}

/// Entries and tiles made to fit each other: only the signature gives it away.
#[tokio::test]
async fn a_log_rewritten_consistently_does_not_fit_its_signed_root() {
    let (disk, other) = (closed_log(3).await, Simulated::default());
    let log = open(&other).unwrap();
    append(&log, 10..13).await;
    drop(log);
    other.tamper("checkpoint", Some(content(&disk, "checkpoint")));
    let problems = verify_disk(&other, &verifier()).unwrap_err();
    assert_eq!(problems.0.iter().map(|problem| problem.code).collect::<Vec<_>>(), ["prove.root-wrong"]);
}

#[tokio::test]
async fn a_log_rolled_back_with_an_old_checkpoint_file_is_still_a_whole_log() {
    // Only a head that somebody else has kept shows a roll-back; that is what proofs and witnesses are for.
    let disk = Simulated::default();
    let log = open(&disk).unwrap();
    append(&log, 0..2).await;
    let old = disk.after(Crash::Kill);
    append(&log, 2..3).await;
    assert_eq!(verify_disk(&old, &verifier()).unwrap().size, 2);
}

#[tokio::test]
async fn a_checkpoint_of_another_key_is_not_believed() {
    let disk = closed_log(2).await;
    let other = concordat_sign::SigningKey::from_seed("US/GOV/OTHER/BODY", &[1; 32]).unwrap();
    assert!(verify_disk(&disk, other.verifier()).is_err());
    assert_ne!(other.name(), key().name());
}

#[tokio::test]
async fn a_stray_file_is_mentioned_and_harms_nothing() {
    let disk = closed_log(2).await;
    disk.tamper("notes.txt", Some(b"hello".to_vec()));
    let report = verify_disk(&disk, &verifier()).unwrap();
    assert_eq!(report.warnings.0.len(), 1);
}

/// A server: the same walk, with nothing but the public files.
#[tokio::test]
async fn a_log_is_verified_from_afar() {
    struct Server(LogReader);
    impl Fetch for Server {
        fn fetch(&self, path: &str) -> Result<Option<Vec<u8>>, concordat_record::Problem> {
            self.0.public_file(path)
        }
    }
    let disk = closed_log(300).await;
    let server = Server(open(&disk).unwrap().reader().clone());
    let report = verify_url(&server, &verifier()).unwrap();
    assert_eq!((report.size, report.salts), (300, None));
    disk.tamper("tile/0/000", None);
    let problems = verify_url(&server, &verifier()).unwrap_err();
    assert_eq!(problems.0[0].place.file.as_deref(), Some("tile/0/000"));
}
