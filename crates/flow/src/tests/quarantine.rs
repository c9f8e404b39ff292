//! Records in quarantine: what the commands say of them, and how they join the register after a file was mended.

use super::bodies::*;
use super::refresh::standing;
use super::sources::{LENGTH, extract, with_extract};
use crate::quarantine::{Replayed, newest, reasons, set_aside};
use crate::{Refresher, Snapshot};

/// Charities on a mainframe: one record has a damaged number, and two of another state fail a check.
fn with_bad_records() -> Bodies {
    let bodies = with_extract();
    let place = &bodies.charities;
    let mut records = extract(40);
    records[7 * LENGTH + 42] = 0xff;
    for record in [11, 12] {
        records[record * LENGTH + 36..record * LENGTH + 38].copy_from_slice(&[0xd5, 0xe8]);
    }
    place.write("legacy/charities.dat", records);
    let check = "[[check]]\nname = \"state\"\nsql = \"ch_state = 'ME'\"\nseverity = \"required\"\nmessage = \"the register of Maine\"\n";
    let register = place.read("registers/charities.toml");
    place.write("registers/charities.toml", format!("{register}\n{check}"));
    let snapshot = place.refresh().unwrap();
    assert_eq!((snapshot.records, snapshot.quarantined), (37, 3));
    bodies
}

fn replay(place: &Place) -> Replayed {
    let (body, world) = (place.body().unwrap(), place.world());
    Refresher::open(&body, &world).unwrap().replay(&name("charities"), &mut |_| {}).unwrap()
}

/// What a full refresh of the same files would publish.
fn refreshed(place: &Place) -> Snapshot {
    place.refresh().unwrap()
}

#[test]
fn reasons_are_counted_and_each_record_can_be_looked_at() {
    let bodies = with_bad_records();
    let body = bodies.charities.body().unwrap();
    let file = newest(&body, &name("charities")).unwrap().unwrap();
    let reasons = reasons(&file).unwrap();
    let said: Vec<(&str, Option<&str>, u64, u64)> = reasons
        .iter()
        .map(|reason| (reason.code.as_str(), reason.field.as_deref(), reason.records, reason.first))
        .collect();
    assert_eq!(said[0], ("map.failed-check", Some("state"), 2, 12));
    assert_eq!((said[1].1, said[1].2, said[1].3), (Some("CH-INCOME"), 1, 8));
    let damaged = set_aside(&file, 8).unwrap();
    assert_eq!(damaged.byte_offset, Some(7 * LENGTH as u64));
    assert_eq!(damaged.raw.unwrap().len(), LENGTH);
    assert_eq!(set_aside(&file, 12).unwrap().fields.unwrap()["ch_state"], "NY");
    assert_eq!(set_aside(&file, 9).unwrap_err().code, "quarantine.no-such-record");
    assert_eq!(newest(&body, &name("charitys")).unwrap_err().advice.unwrap(), "did you mean `charities`?");
}

#[test]
fn nothing_changes_when_nothing_was_mended() {
    let bodies = with_bad_records();
    let before = standing(&bodies.charities).unwrap();
    let replayed = replay(&bodies.charities);
    assert_eq!((replayed.published, replayed.quarantined), (0, 3));
    assert!(replayed.snapshot.is_none());
    assert_eq!(standing(&bodies.charities).unwrap().file, before.file);
}

#[test]
fn what_a_mended_register_lets_through_is_published_as_a_refresh_would() {
    let bodies = with_bad_records();
    bodies.charities.alter("registers/charities.toml", "ch_state = 'ME'", "ch_state IN ('ME', 'NY')");
    let replayed = replay(&bodies.charities);
    assert_eq!((replayed.published, replayed.quarantined), (2, 1));
    let snapshot = replayed.snapshot.unwrap();
    let whole = refreshed(&bodies.charities);
    assert_eq!((snapshot.records, snapshot.quarantined), (whole.records, whole.quarantined));
    assert_eq!(snapshot.quality, whole.quality);
}

#[test]
fn what_a_mended_copybook_can_read_is_published_as_a_refresh_would() {
    let bodies = with_bad_records();
    bodies.charities.alter("legacy/charity.cpy", "PIC S9(7)V99 COMP-3", "PIC X(5)");
    let replayed = replay(&bodies.charities);
    assert_eq!((replayed.published, replayed.quarantined), (1, 2));
    let whole = refreshed(&bodies.charities);
    let snapshot = replayed.snapshot.unwrap();
    assert_eq!((snapshot.records, snapshot.quarantined), (whole.records, whole.quarantined));
    assert_eq!(snapshot.quality, whole.quality);
}

#[test]
fn what_has_left_the_quarantine_is_not_listed_any_more() {
    let bodies = with_bad_records();
    let place = &bodies.charities;
    let left = || newest(&place.body().unwrap(), &name("charities")).unwrap();
    assert!(left().is_some());
    place.alter("legacy/charity.cpy", "PIC S9(7)V99 COMP-3", "PIC X(5)");
    place.alter("registers/charities.toml", "ch_state = 'ME'", "ch_state IN ('ME', 'NY')");
    assert_eq!(replay(place).quarantined, 0);
    assert_eq!(left(), None, "all were replayed");
    assert_eq!(
        (replay(place).published, replay(place).quarantined),
        (0, 0),
        "there is nothing to replay again"
    );
    place.write("legacy/charities.dat", extract(40));
    assert_eq!(refreshed(place).quarantined, 0);
    assert_eq!(left(), None, "the source was mended");
    place.alter("registers/charities.toml", "ch_state IN ('ME', 'NY')", "ch_state = 'NY'");
    place.refresh().unwrap_err();
    assert!(left().is_some(), "a refresh that was not published says why");
}

#[test]
fn a_register_with_other_facts_is_refreshed_instead() {
    let bodies = with_bad_records();
    let place = &bodies.charities;
    let fact = "[facts.name]\ntitle = \"Its name?\"\ntype = \"text\"\nsql = \"ch_name\"\n";
    let register = place.read("registers/charities.toml");
    place.write("registers/charities.toml", format!("{register}\n{fact}"));
    let (body, world) = (place.body().unwrap(), place.world());
    let refused = Refresher::open(&body, &world).unwrap().replay(&name("charities"), &mut |_| {});
    assert_eq!(refused.unwrap_err().0[0].code, "quarantine.other-columns");
}
