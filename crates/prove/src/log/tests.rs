use std::collections::HashSet;
use std::time::Duration;

use concordat_record::Timestamp;

use crate::disk::simulated::{Failure, Simulated};
use crate::tests::{BODY, append, closed_log, exchange, key, leaf, open, opening, salt, verifier};
use crate::verify::verify_disk;
use crate::*;

#[tokio::test]
async fn a_leaf_that_was_appended_is_found_proved_and_opened() {
    let disk = Simulated::default();
    let log = open(&disk).unwrap();
    for number in 0..3 {
        let appended = log.append(&leaf(number), salt(number)).await.unwrap();
        assert_eq!((appended.index, appended.entry()), (number, leaf(number).to_entry().unwrap().as_slice()));
        assert!(appended.checkpoint().starts_with(&format!("{BODY}\n{}\n", number + 1)));
        let proven = verify_proof(&appended.proof().unwrap(), &verifier()).unwrap();
        assert_eq!((proven.leaf, proven.index, proven.checkpoint.size), (leaf(number), number, number + 1));
    }
    let reader = log.reader();
    for number in 0..3 {
        let (index, found) = reader.find(&exchange(number)).unwrap().unwrap();
        assert_eq!((index, &found), (number, &leaf(number)));
        let proven = verify_proof(&reader.proof(index).unwrap(), &verifier()).unwrap();
        assert_eq!(proven.checkpoint.size, 3);
        assert_eq!(reader.salt(index).unwrap(), Some(salt(number)));
        opening(number).verify(&proven.leaf).unwrap();
    }
    assert!(reader.find(&exchange(9)).unwrap().is_none());
    for problem in [reader.leaf(3).unwrap_err(), reader.proof(3).unwrap_err(), reader.salt(3).unwrap_err()] {
        assert_eq!(problem.code, "prove.not-logged");
    }
}

#[tokio::test]
async fn an_empty_log_is_a_log() {
    let disk = closed_log(0).await;
    let report = verify_disk(&disk, &verifier()).unwrap();
    assert_eq!((report.size, report.origin.as_str()), (0, BODY));
    assert_eq!(report.warnings.0, Vec::new());
}

#[tokio::test]
async fn destroying_a_salt_erases_the_person_and_leaves_the_proofs_valid() {
    let disk = Simulated::default();
    let log = open(&disk).unwrap();
    append(&log, 0..5).await;
    let proof = log.reader().proof(2).unwrap();
    log.erase(2).await.unwrap();
    log.erase(2).await.unwrap();
    assert_eq!(log.erase(5).await.unwrap_err().code, "prove.not-logged");
    assert_eq!(log.reader().salt(2).unwrap(), None);
    assert_eq!(log.reader().salt(3).unwrap(), Some(salt(3)));
    assert!(verify_proof(&proof, &verifier()).is_ok());
    assert!(verify_proof(&log.reader().proof(2).unwrap(), &verifier()).is_ok());
    drop(log);
    let log = open(&disk).unwrap();
    assert_eq!(log.reader().salt(2).unwrap(), None, "it stays destroyed");
    append(&log, 5..6).await;
    let report = verify_disk(&disk, &verifier()).unwrap();
    assert_eq!(report.salts.map(|salts| (salts.held, salts.destroyed)), Some((5, 1)));
    for bytes in disk.all_bytes() {
        assert!(!bytes.windows(32).any(|window| window == salt(2).0), "the salt is nowhere on the disk");
    }
}

#[tokio::test]
async fn a_second_writer_is_refused_until_the_first_is_gone() {
    let disk = Simulated::default();
    let first = open(&disk).unwrap();
    assert_eq!(open(&disk).err().map(|problem| problem.code), Some("prove.locked"));
    drop(first);
    assert!(open(&disk).is_ok());
}

#[tokio::test]
async fn a_real_folder_has_one_writer_and_any_number_of_readers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data/log");
    let log = Log::open(&path, key()).unwrap();
    assert_eq!(Log::open(&path, key()).err().map(|problem| problem.code), Some("prove.locked"));
    append(&log, 0..300).await;
    let reader = LogReader::open(&path, &verifier()).unwrap();
    assert_eq!(reader.checkpoint().unwrap().size, 300);
    assert_eq!(reader.find(&exchange(299)).unwrap().unwrap().0, 299);
    assert_eq!(reader.leaves(250..9_999).unwrap().len(), 50);
    assert!(verify_proof(&reader.proof(0).unwrap(), &verifier()).is_ok());
    assert_eq!(verify_dir(&path, &verifier()).unwrap().size, 300, "while the node runs");
    drop(log);
    assert_eq!(verify_dir(&path, &verifier()).unwrap().warnings.0, Vec::new());
    drop(Log::open(&path, key()).unwrap());
    assert_eq!(verify_dir(&path, &verifier()).unwrap().size, 300);
}

#[tokio::test]
async fn a_folder_without_a_log_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let problem = LogReader::open(folder.path(), &verifier()).err().unwrap();
    assert_eq!((problem.code, problem.place.file.as_deref()), ("prove.tile-missing", Some("checkpoint")));
    assert!(verify_dir(&folder.path().join("nowhere"), &verifier()).is_err());
}

#[tokio::test]
async fn another_key_does_not_open_a_log() {
    let disk = closed_log(2).await;
    let other = concordat_sign::SigningKey::from_seed(BODY, &[2; 32]).unwrap();
    let problem = Log::on(std::sync::Arc::new(disk), other).err().unwrap();
    assert_eq!((problem.code, problem.place.file.as_deref()), ("sign.signature-missing", Some("checkpoint")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_appenders_at_once_get_one_leaf_each() {
    const APPENDERS: u64 = 40;
    const EACH: u64 = 25;
    let disk = Simulated::default();
    let log = std::sync::Arc::new(open(&disk).unwrap());
    let mut appenders = Vec::new();
    for appender in 0..APPENDERS {
        let log = std::sync::Arc::clone(&log);
        appenders.push(tokio::spawn(async move {
            let mut indices = Vec::new();
            for number in appender * EACH..(appender + 1) * EACH {
                let appended = log.append(&leaf(number), salt(number)).await.unwrap();
                let proven = verify_proof(&appended.proof().unwrap(), &verifier()).unwrap();
                assert_eq!(proven.leaf, leaf(number));
                indices.push(appended.index);
            }
            indices
        }));
    }
    let mut indices = HashSet::new();
    for appender in appenders {
        indices.extend(appender.await.unwrap());
    }
    assert_eq!(indices, (0..APPENDERS * EACH).collect());
    let leaves = log.reader().leaves(0..APPENDERS * EACH).unwrap();
    let exchanges: HashSet<_> = leaves.iter().map(|(_, leaf)| leaf.exchange.clone()).collect();
    assert_eq!(exchanges.len() as u64, APPENDERS * EACH);
    assert!(verify_disk(&disk, &verifier()).is_ok());
}

#[tokio::test]
async fn every_leaf_of_a_log_that_was_grown_step_by_step_can_be_proved() {
    let disk = closed_log(515).await;
    let log = open(&disk).unwrap();
    for index in 0..515 {
        let proven = verify_proof(&log.reader().proof(index).unwrap(), &verifier()).unwrap();
        assert_eq!(proven.leaf, leaf(index));
    }
}

#[tokio::test]
async fn a_clock_that_goes_backwards_does_no_harm() {
    let disk = Simulated::default();
    let log = open(&disk).unwrap();
    for number in 0..4 {
        let back = Timestamp::from_seconds(1_800_000_000 - number as i64 * 86_400 * 400);
        log.append(&Leaf { time: back, ..leaf(number) }, salt(number)).await.unwrap();
    }
    drop(log);
    assert_eq!(verify_disk(&disk, &verifier()).unwrap().size, 4);
    assert_eq!(open(&disk).unwrap().reader().checkpoint().unwrap().size, 4);
}

#[tokio::test]
async fn a_full_disk_refuses_leaves_and_takes_them_again_when_there_is_room() {
    let disk = Simulated::default();
    let log = open(&disk).unwrap();
    append(&log, 0..2).await;
    disk.fail(0, Failure::Half);
    let problem = log.append(&leaf(2), salt(2)).await.err().unwrap();
    assert_eq!(problem.code, "prove.disk");
    assert_eq!(log.reader().checkpoint().unwrap().size, 2, "what is there is still served");
    append(&log, 2..4).await;
    drop(log);
    assert_eq!(verify_disk(&disk, &verifier()).unwrap().size, 4);
}

#[tokio::test]
async fn an_fsync_error_stops_the_writer_for_good() {
    let disk = Simulated::default();
    let log = open(&disk).unwrap();
    append(&log, 0..2).await;
    disk.fail(1, Failure::NotStored);
    for number in 2..5 {
        assert_eq!(log.append(&leaf(number), salt(number)).await.err().unwrap().code, "prove.stopped");
    }
    assert_eq!(log.erase(0).await.unwrap_err().code, "prove.stopped");
    assert!(
        verify_proof(&log.reader().proof(1).unwrap(), &verifier()).is_ok(),
        "what is there is still served"
    );
}

#[tokio::test]
async fn a_leaf_nobody_waits_for_any_more_is_still_one_leaf() {
    let disk = Simulated::default();
    let log = open(&disk).unwrap();
    let (one, own) = (leaf(0), salt(0));
    let _ = tokio::time::timeout(Duration::ZERO, log.append(&one, own)).await;
    append(&log, 1..3).await;
    drop(log);
    let size = verify_disk(&disk, &verifier()).unwrap().size;
    assert!((2..=3).contains(&size), "{size}");
}

#[tokio::test]
async fn only_public_files_are_given_away() {
    let disk = closed_log(257).await;
    let log = open(&disk).unwrap();
    let given = |path: &str| log.reader().public_file(path).unwrap().is_some();
    for path in
        ["checkpoint", "tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1", "tile/entries/000", "tile/0/000.p/9"]
    {
        assert!(given(path), "{path}");
    }
    for path in [
        "salts",
        "exchanges",
        "journal",
        "lock",
        "tile/../salts",
        "/checkpoint",
        "tile/0/002",
        "tile/0/001.p/2",
        "",
    ] {
        assert!(!given(path), "{path}");
    }
    let earlier = log.reader().public_file("tile/0/000.p/9").unwrap().unwrap();
    let full = log.reader().public_file("tile/0/000").unwrap().unwrap();
    assert_eq!(earlier, full[..9 * 32]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn auditors_see_a_whole_log_at_any_moment_while_it_grows() {
    let folder = tempfile::tempdir().unwrap();
    let log = std::sync::Arc::new(Log::open(folder.path(), key()).unwrap());
    append(&log, 0..1).await;
    let growing = tokio::spawn({
        let log = std::sync::Arc::clone(&log);
        async move {
            append(&log, 1..600).await;
            log.erase(5).await.unwrap();
        }
    });
    let mut looks = 0;
    while !growing.is_finished() || looks == 0 {
        let report = verify_dir(folder.path(), &verifier()).unwrap();
        let reader = LogReader::open(folder.path(), &verifier()).unwrap();
        let proof = reader.proof(report.size / 2).unwrap();
        assert!(verify_proof(&proof, &verifier()).is_ok());
        looks += 1;
        tokio::task::yield_now().await;
    }
    growing.await.unwrap();
    drop(log);
    assert_eq!(verify_dir(folder.path(), &verifier()).unwrap().size, 600);
}

/// Not a test: the process that [`a_killed_process_loses_nothing_it_has_promised`] kills.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "runs until it is killed, in the folder that LOG_FOLDER names"]
async fn appends_until_it_is_killed() {
    let folder = std::path::PathBuf::from(std::env::var("LOG_FOLDER").unwrap());
    let log = std::sync::Arc::new(Log::open(&folder, key()).unwrap());
    let begun = log.reader().checkpoint().unwrap().size;
    for appender in 0..8 {
        let log = std::sync::Arc::clone(&log);
        tokio::spawn(async move {
            for number in (begun + appender..).step_by(8) {
                let appended = log.append(&leaf(number), salt(number)).await.unwrap();
                println!("promised {} {number}", appended.index);
            }
        });
    }
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_killed_process_loses_nothing_it_has_promised() {
    use std::io::{BufRead, BufReader};
    let folder = tempfile::tempdir().unwrap();
    for lives in [1, 40, 300, 7] {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "--nocapture", "log::tests::appends_until_it_is_killed"])
            .env("LOG_FOLDER", folder.path())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut promised = Vec::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            let Some((_, numbers)) = line.split_once("promised ") else { continue };
            // The last line may have been cut off with the process.
            if let Some((index, number)) = numbers.split_once(' ').filter(|_| promised.len() < lives) {
                promised.push((index.parse::<u64>().unwrap(), number.parse::<u64>().unwrap()));
            }
            if promised.len() == lives {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        let log = Log::open(folder.path(), key()).unwrap();
        for (index, number) in promised {
            let proven = verify_proof(&log.reader().proof(index).unwrap(), &verifier()).unwrap();
            assert_eq!(proven.leaf, leaf(number));
            assert_eq!(log.reader().salt(index).unwrap(), Some(salt(number)));
        }
        drop(log);
        verify_dir(folder.path(), &verifier()).unwrap();
    }
}

/// Not a test: how many leaves a second the disk of this machine takes, by the number of appenders.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn leaves_a_second() {
    for appenders in [1u64, 8, 32, 128, 512] {
        // A temporary folder may be memory: the figures mean something on the disk that LOG_FOLDER names.
        let parent = std::env::var_os("LOG_FOLDER").map_or_else(std::env::temp_dir, Into::into);
        let folder = tempfile::tempdir_in(parent).unwrap();
        let log = std::sync::Arc::new(Log::open(folder.path(), key()).unwrap());
        let each = (40_000 / appenders).min(2000 + 40_000 / appenders / 4);
        let begun = std::time::Instant::now();
        let tasks: Vec<_> = (0..appenders)
            .map(|appender| {
                let log = std::sync::Arc::clone(&log);
                tokio::spawn(async move {
                    let mut slowest = Duration::ZERO;
                    for number in appender * each..(appender + 1) * each {
                        let begun = std::time::Instant::now();
                        let appended = log.append(&leaf(number), salt(number)).await.unwrap();
                        slowest = slowest.max(begun.elapsed());
                        std::hint::black_box(appended.proof().unwrap());
                    }
                    slowest
                })
            })
            .collect();
        let mut slowest = Duration::ZERO;
        for task in tasks {
            slowest = slowest.max(task.await.unwrap());
        }
        let seconds = begun.elapsed().as_secs_f64();
        println!(
            "{appenders} appenders: {:.0} leaves/s, slowest {slowest:?}",
            (appenders * each) as f64 / seconds
        );
        drop(log);
        let begun = std::time::Instant::now();
        println!(
            "  verified {} in {:?}",
            verify_dir(folder.path(), &verifier()).unwrap().size,
            begun.elapsed()
        );
    }
}
