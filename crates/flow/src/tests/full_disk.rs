//! A disk that is full while a register is refreshed: a clear problem, and nothing is lost.
//!
//! A file system of a few megabytes is mounted for it, which only the superuser may do; without him the test says so.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::bodies::*;
use super::refresh::standing;

/// A small file system in memory; gone when dropped.
struct Small(PathBuf);

impl Small {
    fn mount(at: &Path, size: &str) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]).arg(at);
        mount.output().is_ok_and(|output| output.status.success()).then(|| Self(at.to_owned()))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("-l").arg(&self.0).status();
        assert!(unmounted.is_ok_and(|status| status.success()), "{} is still mounted", self.0.display());
    }
}

/// Fills a disk but for some bytes.
fn fill(folder: &Path, free: usize) {
    let mut ballast = fs::File::create(folder.join("ballast")).unwrap();
    let mut chunk = 1 << 20;
    while chunk > 0 {
        if std::io::Write::write_all(&mut ballast, &vec![7; chunk]).is_err() {
            chunk /= 2;
        }
    }
    let length = ballast.metadata().unwrap().len();
    ballast.set_len(length.saturating_sub(free as u64)).unwrap();
}

#[test]
fn the_old_snapshot_stands_and_answers_and_room_is_given_back() {
    let bodies = Bodies::new();
    let data = bodies.charities.folder.join("data");
    let Some(_small) = Small::mount(&data, "24m") else {
        eprintln!("skipped: only the superuser may mount a file system to fill");
        return;
    };
    bodies.charities.refresh().unwrap();
    let before = standing(&bodies.charities).unwrap();
    bodies.charities.write("legacy/charities.csv", charities(20_000));
    let mut full = 0;
    for free in [0, 8 << 10, 64 << 10, 512 << 10, 2 << 20, 4 << 20, 6 << 20] {
        fill(&data, free);
        let Err(problems) = bodies.charities.refresh() else { break };
        full += 1;
        let code = problems.0[0].code;
        assert!(code.ends_with(".disk-full"), "with {free} bytes free: {problems}");
        fs::remove_file(data.join("ballast")).unwrap();
        assert_eq!(standing(&bodies.charities).unwrap().file, before.file, "with {free} bytes free");
        let charities = bodies.charities.start();
        let (register, reading) = charities.shelf.register(&name("charities"), charities.body()).unwrap();
        assert_eq!(register.recognise(&reading, &subject(3)).unwrap().unwrap().row, 3);
        bodies.wire.disconnect(charities.id());
    }
    assert!(full >= 4, "the disk was full {full} times only");
    fs::remove_file(data.join("ballast")).ok();
    assert_eq!(bodies.charities.refresh().unwrap().records, 20_000);
}
