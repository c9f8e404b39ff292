//! What a refresh publishes, and what it leaves standing when it must not.

use std::fs;

use super::bodies::*;
use crate::{Refresher, Snapshot};

/// What the standing snapshot says, as a node would see it.
pub fn standing(place: &Place) -> Option<Snapshot> {
    let store = concordat_store::Store::open(&place.folder.join("data/answers.sqlite")).unwrap();
    crate::refresh::snapshot_in(&store.reading().unwrap(), &name("charities")).unwrap()
}

/// The files below `data`, without those of the databases.
pub fn files(place: &Place) -> Vec<String> {
    let mut found = Vec::new();
    for folder in ["data/snapshots/charities", "data/quarantine/charities"] {
        let entries = fs::read_dir(place.folder.join(folder)).into_iter().flatten().flatten();
        found.extend(entries.map(|entry| entry.file_name().into_string().unwrap()));
    }
    found.sort();
    found
}

/// The lines of a quarantine file.
pub fn quarantine(place: &Place, snapshot: &Snapshot) -> Vec<serde_json::Value> {
    let text = place.read(snapshot.quarantine.as_ref().unwrap());
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_refresh_publishes_all_records_and_says_how_good_they_are() {
    let bodies = Bodies::new();
    let mut stages = Vec::new();
    let snapshot = bodies.charities.refresh_watched(&mut |stage| stages.push(*stage)).unwrap();
    assert_eq!((snapshot.records, snapshot.quarantined), (60, 0));
    assert_eq!(snapshot.facts, [name("isRegistered"), name("income"), name("registeredSince")]);
    assert_eq!(snapshot.quality.fill_rate("legalName"), Some(1.0));
    assert_eq!(standing(&bodies.charities).unwrap().file, snapshot.file);
    assert!(bodies.charities.folder.join(&snapshot.file).exists());
    let last = stages.last().unwrap();
    assert_eq!((last.records, last.done, last.total), (60, 60, 60));
}

#[test]
fn a_second_refresh_takes_the_place_of_the_first_and_old_ones_go() {
    let bodies = Bodies::new();
    let mut published = Vec::new();
    for count in [60, 61, 62, 63, 64] {
        bodies.charities.write("legacy/charities.csv", charities(count));
        published.push(bodies.charities.refresh().unwrap());
    }
    assert_eq!(standing(&bodies.charities).unwrap().records, 64);
    let kept: Vec<bool> =
        published.iter().map(|snapshot| bodies.charities.folder.join(&snapshot.file).exists()).collect();
    assert_eq!(kept, [false, false, true, true, true]);
}

#[test]
fn nothing_is_done_when_nothing_has_changed() {
    let bodies = Bodies::new();
    let if_changed = || {
        let body = bodies.charities.body().unwrap();
        bodies.charities.clock.advance_seconds(1);
        let refresher = Refresher::open(&body, &bodies.charities.world()).unwrap();
        let mut worked = false;
        let snapshot = refresher.refresh_if_changed(&name("charities"), &mut |_| worked = true).unwrap();
        assert_eq!(standing(&bodies.charities).unwrap().file, snapshot.file);
        worked
    };
    assert!(if_changed(), "there was no snapshot");
    assert!(!if_changed(), "nothing has changed");
    bodies.charities.write("legacy/charities.csv", charities(61));
    assert!(if_changed(), "the source has changed");
    bodies.charities.alter("registers/charities.toml", "trim(name)", "upper(trim(name))");
    assert!(if_changed(), "the mapping has changed");
    bodies
        .charities
        .write("links/charities.toml", format!("{}\n# reviewed\n", concordat_link::ORGANISATION_RULES));
    assert!(if_changed(), "the link rules have changed");
    let list = "[codes]\nstatus = \"codes/status.csv\"\n\n[[check]]";
    bodies.charities.write("codes/status.csv", "code,label\nactive,registered\n");
    bodies.charities.alter("registers/charities.toml", "[[check]]", list);
    assert!(if_changed(), "a code list has been added");
    bodies.charities.write("codes/status.csv", "code,label\nactive,on the register\n");
    assert!(if_changed(), "a code list has changed");
    assert!(!if_changed(), "nothing has changed");
}

#[test]
fn of_records_with_the_same_key_the_first_is_kept_and_the_others_are_set_aside() {
    let bodies = Bodies::new();
    let text = charities(60) + &charity(3) + &charity(7);
    bodies.charities.write("legacy/charities.csv", &text);
    let snapshot = bodies.charities.refresh().unwrap();
    assert_eq!((snapshot.records, snapshot.quarantined), (60, 2));
    let lines = quarantine(&bodies.charities, &snapshot);
    let places: Vec<(&str, u64)> = lines
        .iter()
        .map(|line| (line["code"].as_str().unwrap(), line["record_number"].as_u64().unwrap()))
        .collect();
    assert_eq!(places, [("refresh.duplicate-key", 61), ("refresh.duplicate-key", 62)]);
    assert_eq!(lines[0]["fields"]["name"], "Granite Trust".replace("Granite", "Hill"));
}

#[test]
fn records_that_fail_a_required_check_are_set_aside_with_what_stood_in_the_source() {
    let bodies = Bodies::new();
    let text = charities(60).replace("\n5,Copper Trust,", "\n5,,");
    bodies.charities.write("legacy/charities.csv", text);
    let snapshot = bodies.charities.refresh().unwrap();
    assert_eq!((snapshot.records, snapshot.quarantined), (59, 1));
    let line = &quarantine(&bodies.charities, &snapshot)[0];
    assert_eq!((&line["record_number"], &line["code"]), (&6.into(), &"map.failed-check".into()));
    assert_eq!(line["fields"]["street"], "6 Quay Street");
    assert_eq!(snapshot.quality_lines(), ["not \"has a name\": 1 of 60 records"]);
    let file = bodies.charities.folder.join(snapshot.quarantine.unwrap());
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(file).unwrap().permissions()) & 0o77, 0);
}

/// What keeps a refresh from publishing, after one that did; the old snapshot stands.
fn refused(change: impl FnOnce(&Place), expected: &[&str]) -> concordat_record::Problems {
    let bodies = Bodies::refreshed();
    let before = standing(&bodies.charities).unwrap();
    let old_files = files(&bodies.charities);
    change(&bodies.charities);
    let problems = bodies.charities.refresh().unwrap_err();
    assert_eq!(codes(&problems), expected, "{problems}");
    assert_eq!(standing(&bodies.charities).unwrap().file, before.file);
    assert!(old_files.iter().all(|file| files(&bodies.charities).contains(file)));
    let charities = bodies.charities.start();
    let (register, reading) = charities.shelf.register(&name("charities"), charities.body()).unwrap();
    let found = register.recognise(&reading, &subject(3)).unwrap().unwrap();
    assert_eq!(register.fact(&reading, found.row, &name("isRegistered")).unwrap(), true);
    problems
}

#[test]
fn too_many_bad_records_are_not_published_and_the_quarantine_tells_why() {
    let blank = |place: &Place| {
        let record = |number: usize| match number {
            0..40 => format!("{number},,1 Quay Street,Bath,04530,ME,active,1990-05-01,17\n"),
            _ => charity(number),
        };
        let records: String = (0..60).map(record).collect();
        place.write("legacy/charities.csv", charities(0) + &records);
    };
    let problems = refused(blank, &["refresh.too-many-quarantined"]);
    let file = problems.0[0].place.file.clone().unwrap();
    assert!(file.starts_with("data/quarantine/charities/"), "{file}");
    assert_eq!(
        problems.0[0].sentence,
        "40 of 60 records are bad, more than 50 %, so the register was not published"
    );
}

#[test]
fn an_empty_source_does_not_empty_the_register() {
    refused(|place| place.write("legacy/charities.csv", charities(0)), &["refresh.no-records"]);
}

#[test]
fn a_source_that_is_gone() {
    let gone = |place: &Place| fs::remove_file(place.folder.join("legacy/charities.csv")).unwrap();
    refused(gone, &["read.no-such-file"]);
}

#[test]
fn a_mapping_that_does_not_fit_names_each_problem_with_its_line() {
    let wrong = |place: &Place| {
        place.alter("registers/charities.toml", "\"trim(name)\"", "\"trim(nmae)\"");
        place.alter("registers/charities.toml", "status = 'active'", "income + 1");
    };
    let problems = refused(wrong, &["engine.unknown-field", "engine.wrong-type"]);
    let told: Vec<String> = problems.0.iter().map(|p| format!("{}: {}", p.place, p.sentence)).collect();
    assert!(told[0].starts_with("registers/charities.toml:7"), "{told:?}");
    assert_eq!(problems.0[0].advice.as_deref(), Some("did you mean `name`?"));
}

#[test]
fn an_unknown_register_is_named_with_the_nearest() {
    let bodies = Bodies::new();
    let body = bodies.charities.body().unwrap();
    let refresher = Refresher::open(&body, &bodies.charities.world()).unwrap();
    let problems = refresher.refresh(&name("charitys"), &mut |_| {}).unwrap_err();
    assert_eq!(codes(&problems), ["refresh.unknown-register"]);
    assert_eq!(problems.0[0].advice.as_deref(), Some("did you mean `charities`?"));
}

#[test]
fn two_refreshes_of_a_register_do_not_meet() {
    let bodies = Bodies::refreshed();
    let mut second = None;
    bodies.charities.write("legacy/charities.csv", charities(61));
    let first = bodies.charities.refresh_watched(&mut |_| {
        second.get_or_insert_with(|| bodies.charities.refresh());
    });
    assert_eq!(codes(&second.unwrap().unwrap_err()), ["refresh.running"]);
    assert_eq!(standing(&bodies.charities).unwrap().file, first.unwrap().file);
}

#[test]
fn a_clock_that_was_set_back_overwrites_nothing() {
    let bodies = Bodies::refreshed();
    let first = standing(&bodies.charities).unwrap();
    bodies.charities.clock.advance_seconds(-365 * 24 * 60 * 60);
    for count in [61, 62, 63, 64] {
        bodies.charities.write("legacy/charities.csv", charities(count));
        let snapshot = bodies.charities.refresh().unwrap();
        assert!(snapshot.file > first.file, "{} after {}", snapshot.file, first.file);
        assert!(bodies.charities.folder.join(&snapshot.file).exists());
    }
}

#[test]
fn a_source_that_has_changed_is_told_before_and_after_a_refresh() {
    let bodies = Bodies::refreshed();
    let place = &bodies.charities;
    let drift = || {
        let (body, world) = (place.body().unwrap(), place.world());
        let changes = Refresher::open(&body, &world).unwrap().drift(&name("charities")).unwrap();
        changes.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(drift(), [""; 0]);
    place.write(
        "legacy/charities.csv",
        charities(60).replace(",ME,", ",,").replace(",since,", ",since_when,"),
    );
    let expected = ["`state` was filled in 100 % of the records, and is in 0 %"];
    assert!(drift().iter().any(|change| change == expected[0]), "{:?}", drift());
}

#[test]
fn a_register_says_how_many_bad_records_are_too_many() {
    let damaged = |place: &Place| {
        place.write("legacy/charities.csv", charities(60).replace("\n5,Copper Trust,", "\n5,,"));
        place.alter("registers/charities.toml", "key = \"id\"", "key = \"id\"\nmost_quarantined = 0.01");
    };
    let problems = refused(damaged, &["refresh.too-many-quarantined"]);
    assert!(problems.0[0].sentence.starts_with("1 of 60 records are bad, more than 1 %"), "{problems}");
}
