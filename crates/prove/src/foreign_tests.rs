//! The log on file (`foreign/README.md`): its format is a promise to whoever holds a proof.

use std::path::{Path, PathBuf};

use crate::disk::simulated::Crash;
use crate::disk::{Disk, Folder};
use crate::tests::{append, closed_log, key, leaf, verifier};
use crate::*;

fn on_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("foreign").join(name)
}

/// Files that are the same in every log and say nothing.
const EMPTY: [&str; 2] = ["journal", "lock"];

#[tokio::test]
async fn the_log_on_file_is_what_this_crate_writes_today() {
    let disk = closed_log(3).await;
    let folder = Folder::at(&on_file("log"));
    let proof = crate::tests::open(&disk.after(Crash::Kill)).unwrap().reader().proof(1).unwrap();
    if std::env::var_os("UPDATE").is_some() {
        for path in disk.list("").unwrap().iter().filter(|path| !EMPTY.contains(&path.as_str())) {
            folder.write(path, &disk.read(path).unwrap().unwrap()).unwrap();
        }
        std::fs::write(on_file("leaf-1.tlog-proof"), &proof).unwrap();
        std::fs::write(on_file("log.key"), format!("{}\n", verifier())).unwrap();
    }
    for path in disk.list("").unwrap().iter().filter(|path| !EMPTY.contains(&path.as_str())) {
        assert_eq!(folder.read(path).unwrap(), disk.read(path).unwrap(), "{path}");
    }
    assert_eq!(std::fs::read_to_string(on_file("leaf-1.tlog-proof")).unwrap(), proof);
}

#[test]
fn the_log_and_the_proof_on_file_still_verify() {
    let key = std::fs::read_to_string(on_file("log.key")).unwrap().trim().parse().unwrap();
    assert_eq!(verify_dir(&on_file("log"), &key).unwrap().size, 3);
    let proof = std::fs::read_to_string(on_file("leaf-1.tlog-proof")).unwrap();
    assert_eq!(verify_proof(&proof, &key).unwrap().leaf, leaf(1));
}

/// Not a test: a log of several tiles for `foreign/check.py`.
#[tokio::test]
#[ignore = "writes into the folder that LOG_FOLDER names"]
async fn writes_a_log_for_others() {
    let folder = PathBuf::from(std::env::var("LOG_FOLDER").unwrap());
    let log = Log::open(&folder, key()).unwrap();
    append(&log, 0..700).await;
    for index in [0, 255, 256, 699] {
        std::fs::write(folder.join(format!("leaf-{index}.tlog-proof")), log.reader().proof(index).unwrap())
            .unwrap();
    }
    std::fs::write(folder.join("log.key"), verifier().to_string()).unwrap();
}
