//! A refresh that is killed at any moment: the folder is copied as it lies there, because a kill runs no destructor.

use std::fs;
use std::path::Path;

use super::bodies::*;
use super::refresh::{files, standing};

/// A folder and what is in it, as a kill would leave it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Kills a refresh at each of its stages, in copies; gives the copies.
fn killed_at_each_stage(place: &Place) -> Vec<tempfile::TempDir> {
    let mut copies = Vec::new();
    place
        .refresh_watched(&mut |_| {
            let folder = tempfile::tempdir().unwrap();
            copy(&place.folder, folder.path());
            copies.push(folder);
        })
        .unwrap();
    copies
}

fn at(place: &mut Place, folder: &Path) {
    place.folder = folder.to_owned();
}

#[test]
fn the_old_snapshot_stands_whole_and_the_next_run_starts_cleanly() {
    let mut bodies = Bodies::refreshed();
    let before = standing(&bodies.charities).unwrap();
    bodies.charities.write("legacy/charities.csv", charities(20_000));
    let copies = killed_at_each_stage(&bodies.charities);
    assert!(copies.len() > 3, "{} stages", copies.len());
    for folder in copies {
        at(&mut bodies.charities, folder.path());
        assert_eq!(standing(&bodies.charities).unwrap().file, before.file);
        let charities = bodies.charities.start();
        let (register, reading) = charities.shelf.register(&name("charities"), charities.body()).unwrap();
        for number in [3, 17, 59] {
            let found = register.recognise(&reading, &subject(number)).unwrap().unwrap();
            assert_eq!(found.row, number as u64);
        }
        drop(reading);
        bodies.charities.write("legacy/charities.csv", super::bodies::charities(70));
        let after = bodies.charities.refresh().unwrap();
        assert_eq!(standing(&bodies.charities).unwrap().records, 70);
        let expected = [&before, &after].map(|snapshot| {
            let stem = Path::new(&snapshot.file).file_stem().unwrap().to_string_lossy().into_owned();
            [format!("{stem}.model.json"), format!("{stem}.parquet")]
        });
        let mut expected = expected.concat();
        expected.push("lock".into());
        assert_eq!(files(&bodies.charities), expected, "something was left behind");
    }
}

#[test]
fn a_first_refresh_that_is_killed_leaves_a_register_without_snapshot() {
    let mut bodies = Bodies::new();
    for folder in killed_at_each_stage(&bodies.charities) {
        at(&mut bodies.charities, folder.path());
        assert!(standing(&bodies.charities).is_none());
        bodies.charities.refresh().unwrap();
        assert_eq!(files(&bodies.charities).len(), 3);
    }
}

#[test]
fn unfinished_files_of_any_kind_are_removed_and_those_of_people_are_not() {
    let bodies = Bodies::refreshed();
    let folder = "data/snapshots/charities";
    let later = "9999999999999999";
    for name in [".parquet", ".parquet.unfinished", ".model.json", ".model.json.part"] {
        bodies.charities.write(&format!("{folder}/{later}{name}"), "half");
    }
    bodies.charities.write(&format!("{folder}/notes.txt"), "of a person");
    bodies.charities.refresh().unwrap();
    let left = files(&bodies.charities);
    assert!(left.iter().all(|file| !file.starts_with(later)), "{left:?}");
    assert!(left.contains(&"notes.txt".to_owned()));
}
