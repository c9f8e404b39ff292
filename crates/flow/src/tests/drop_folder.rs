//! Sources whose files others drop into a folder: each is read once, when it is complete, and put away when the register is published.

use super::bodies::*;
use super::refresh::standing;

fn with_drop_folder(rules: &str) -> Bodies {
    let bodies = Bodies::new();
    let source = format!("kind = \"csv\"\npath = \"inbox/*.csv\"\n[drop]\n{rules}archive = \"archive\"\n");
    bodies.charities.write("sources/charities.toml", source);
    std::fs::create_dir(bodies.charities.folder.join("inbox")).unwrap();
    bodies
}

fn names(place: &Place, folder: &str) -> Vec<String> {
    let files = std::fs::read_dir(place.folder.join(folder)).into_iter().flatten().flatten();
    let mut names: Vec<String> = files.map(|file| file.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_file_is_read_when_its_marker_is_there_and_then_put_away() {
    let bodies = with_drop_folder("marker = \".done\"\n");
    let place = &bodies.charities;
    let nothing = place.refresh().unwrap_err();
    assert_eq!(nothing.0[0].code, "refresh.nothing-dropped");
    place.write("inbox/monday.csv", charities(60));
    let waiting = place.refresh().unwrap_err();
    assert!(waiting.0[0].advice.as_ref().unwrap().contains("monday.csv"), "{waiting}");
    place.write("inbox/monday.csv.done", "");
    let snapshot = place.refresh().unwrap();
    assert_eq!((snapshot.records, snapshot.nothing_new), (60, false));
    assert_eq!((names(place, "inbox"), names(place, "archive")), (vec![], vec!["monday.csv".to_owned()]));
    let again = place.refresh().unwrap();
    assert_eq!((again.records, again.nothing_new, &again.file), (60, true, &snapshot.file));
    place.write("inbox/tuesday.csv", charities(70));
    let waiting = place.refresh().unwrap().waiting;
    assert_eq!(waiting, ["`tuesday.csv` is there and waits for the file `tuesday.csv.done` beside it"]);
}

#[test]
fn of_two_whole_exports_the_last_one_counts_and_the_same_one_never_again() {
    let bodies = with_drop_folder("");
    let place = &bodies.charities;
    place.write("inbox/1.csv", charities(40));
    place.write("inbox/2.csv", charities(50));
    assert_eq!(place.refresh().unwrap().records, 50);
    assert_eq!(names(place, "archive"), ["1.csv", "2.csv"]);
    place.write("inbox/3.csv", charities(50));
    assert!(place.refresh().unwrap().nothing_new, "the same bytes under another name");
    place.write("inbox/4.csv", charities(70));
    assert_eq!(place.refresh().unwrap().records, 70);
}

#[test]
fn several_files_make_one_register_where_the_source_says_so() {
    let bodies = with_drop_folder("read = \"all\"\n");
    let place = &bodies.charities;
    let header = charities(0);
    place.write("inbox/north.csv", format!("{header}{}", charity(1)));
    place.write("inbox/south.csv", format!("{header}{}", charity(2)));
    assert_eq!(place.refresh().unwrap().records, 2);
    assert_eq!(names(place, "archive"), ["north.csv", "south.csv"]);
}

#[test]
fn a_file_from_which_nothing_was_published_stays_to_be_read_again() {
    let bodies = with_drop_folder("");
    let place = &bodies.charities;
    place.write("inbox/1.csv", charities(60));
    place.refresh().unwrap();
    let before = standing(place).unwrap();
    let damaged = (0..60).fold(String::new(), |records, number| {
        records + &format!("{number},,1 Quay Street,Bath,04530,ME,active,1990-05-01,17\n")
    });
    place.write("inbox/2.csv", charities(0) + &damaged);
    assert_eq!(place.refresh().unwrap_err().0[0].code, "refresh.too-many-quarantined");
    assert_eq!(
        (names(place, "inbox"), standing(place).unwrap().file),
        (vec!["2.csv".to_owned()], before.file)
    );
    std::fs::remove_file(place.folder.join("inbox/2.csv")).unwrap();
    place.write("inbox/2b.csv", charities(61));
    assert_eq!(place.refresh().unwrap().records, 61);
}
