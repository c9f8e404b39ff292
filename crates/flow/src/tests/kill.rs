//! A refresh that is killed at any moment: the folder is copied as it lies there, because a kill runs no destructor.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use concordat_engine::SnapshotReader;

use super::bodies::*;
use super::refresh::{files, standing};
use super::sources::{LENGTH, extract, with_extract};

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

/// A mainframe extract of so many records, some of them damaged.
fn large_extract() -> Vec<u8> {
    let mut extract = extract(30_000);
    for record in [3, 9_000, 20_001] {
        extract[record * LENGTH + 42] = 0xff;
    }
    extract
}

#[test]
fn a_refresh_that_was_killed_goes_on_behind_the_last_durable_point() {
    let mut bodies = with_extract();
    bodies.charities.write("legacy/charities.dat", large_extract());
    let copies = killed_at_each_stage(&bodies.charities);
    let whole = standing(&bodies.charities).unwrap();
    assert_eq!((whole.records, whole.quarantined, whole.read_before), (29_997, 3, 0));
    let rows = |place: &Place| -> Vec<RecordBatch> {
        let file = place.folder.join(standing(place).unwrap().file);
        let batches: Vec<RecordBatch> =
            SnapshotReader::open(&file, None).unwrap().map(Result::unwrap).collect();
        vec![concat_batches(&batches[0].schema(), &batches).unwrap()]
    };
    let (expected, quarantine) =
        (rows(&bodies.charities), bodies.charities.read(whole.quarantine.as_ref().unwrap()));
    let mut went_on = HashSet::new();
    for folder in copies {
        at(&mut bodies.charities, folder.path());
        let after = bodies.charities.refresh().unwrap();
        went_on.insert(after.read_before);
        assert_eq!((after.records, after.quarantined, &after.digest), (29_997, 3, &whole.digest));
        assert_eq!((after.quality, &rows(&bodies.charities)), (whole.quality.clone(), &expected));
        assert_eq!(bodies.charities.read(after.quarantine.as_ref().unwrap()), quarantine);
        let left = files(&bodies.charities);
        assert_eq!(left.len(), 4, "something was left behind: {left:?}");
    }
    assert!(went_on.len() > 2 && !went_on.contains(&0), "{went_on:?}");
}

#[test]
fn what_was_read_of_a_source_that_has_changed_since_is_not_gone_on_with() {
    let mut bodies = with_extract();
    bodies.charities.write("legacy/charities.dat", large_extract());
    let copies = killed_at_each_stage(&bodies.charities);
    for folder in copies {
        at(&mut bodies.charities, folder.path());
        bodies.charities.write("legacy/charities.dat", extract(30_000));
        let after = bodies.charities.refresh().unwrap();
        assert_eq!((after.records, after.quarantined, after.read_before), (30_000, 0, 0));
        let left = files(&bodies.charities);
        assert_eq!(left.len(), 3, "something was left behind: {left:?}");
    }
}
