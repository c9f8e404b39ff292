//! What is complete, what was read, and what is left when somebody is killed in between.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use concordat_record::{FixedClock, Timestamp};
use tempfile::{TempDir, tempdir};

use super::{Complete, DropFolder, DropRules, Look, Trailer};
use crate::unpack::pattern;

/// A place with a drop folder `in`, an archive and a ledger.
struct Site {
    folder: TempDir,
    clock: FixedClock,
    complete: Vec<Complete>,
}

impl Site {
    fn new(complete: Vec<Complete>) -> Self {
        let folder = tempdir().unwrap();
        fs::create_dir(folder.path().join("in")).unwrap();
        Self { folder, clock: FixedClock::at(Timestamp::from_seconds(1_800_000_000)), complete }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path("in").join(name), bytes).unwrap();
    }

    /// As a new process sees it.
    fn open(&self) -> DropFolder {
        let rules = DropRules {
            files: pattern("*.csv*").unwrap(),
            complete: self.complete.clone(),
            archive: Some(self.path("archive")),
        };
        DropFolder::open(&self.path("in"), rules, &self.path("ledger")).unwrap()
    }

    fn look(&self) -> Look {
        self.open().look(&self.clock).unwrap()
    }

    /// What a look tells: `ready`, `waiting` and `known` names.
    fn told(&self) -> String {
        let look = self.look();
        let ready = look
            .ready
            .iter()
            .map(|file| format!("{}{}", file.name, if file.was_begun { " again" } else { "" }));
        let waiting = look.waiting.iter().map(|file| format!("{} waits for {}", file.name, file.for_what));
        let known = look.known.iter().map(|file| format!("{} known", file.name));
        ready.chain(waiting).chain(known).collect::<Vec<_>>().join(", ")
    }

    fn archived(&self) -> Vec<String> {
        names(&self.path("archive"))
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_file_is_complete_when_its_marker_lies_beside_it() {
    let site = Site::new(vec![Complete::Marker(".done".into())]);
    site.put("a.csv", b"1");
    site.put("b.csv.done", b"");
    site.put(".c.csv", b"1");
    site.put("d.csv.part", b"1");
    assert_eq!(site.told(), "a.csv waits for the file `a.csv.done` beside it");
    site.put("a.csv.done", b"");
    assert_eq!(site.told(), "a.csv");
    let instead = Site::new(vec![Complete::MarkerInstead(".ok".into())]);
    instead.put("a.csv", b"1");
    assert_eq!(instead.told(), "a.csv waits for the file `a.ok` beside it");
    instead.put("a.ok", b"");
    assert_eq!(instead.told(), "a.csv");
}

#[test]
fn a_file_is_complete_when_it_has_rested() {
    let site = Site::new(vec![Complete::Stable(60)]);
    site.put("a.csv", b"1");
    assert_eq!(site.told(), "a.csv waits for 60 s more without a change");
    site.clock.advance_seconds(40);
    assert_eq!(site.told(), "a.csv waits for 20 s more without a change");
    site.put("a.csv", b"12");
    assert_eq!(site.told(), "a.csv waits for 60 s more without a change");
    site.clock.advance_seconds(60);
    assert_eq!(site.told(), "a.csv");
    // A clock that is set back begins anew and does not wait for the old time to come.
    site.clock.advance_seconds(-1000);
    site.put("b.csv", b"1");
    assert!(site.told().contains("a.csv waits for 60 s"));
    site.clock.advance_seconds(60);
    assert_eq!(site.told(), "a.csv, b.csv");
}

#[test]
fn a_file_is_complete_when_it_ends_with_its_trailer() {
    let site = Site::new(vec![Complete::Trailer(Trailer::Line(pattern("END;*").unwrap()))]);
    site.put("a.csv", b"1;a\n2;b\n");
    assert_eq!(site.told(), "a.csv waits for its last record");
    site.put("a.csv", b"1;a\r\n2;b\r\nEND;2\r\n\x1a");
    assert_eq!(site.told(), "a.csv");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(&[vec![b'x'; 200_000], b"\nEND;2\n".to_vec()].concat()).unwrap();
    let packed = packed.finish().unwrap();
    site.put("b.csv.gz", &packed);
    site.put("c.csv.gz", &packed[..packed.len() - 9]);
    assert_eq!(site.told(), "a.csv, b.csv.gz, c.csv.gz waits for its last record");
    let record = Trailer::Record { length: 4, begins: vec![0xe3] };
    let site = Site::new(vec![Complete::Trailer(record)]);
    site.put("a.csv", b"\xc1\xc1\xc1\xc1\xe3\xf0\xf0\xf1");
    site.put("b.csv", b"\xc1\xc1\xc1\xc1");
    site.put("c.csv", b"\xe3");
    assert_eq!(site.told(), "a.csv, b.csv waits for its last record, c.csv waits for its last record");
}

#[test]
fn a_file_is_read_once_and_put_away_with_its_marker_gone() {
    let site = Site::new(vec![Complete::Marker(".done".into())]);
    for name in ["a.csv", "a.csv.done"] {
        site.put(name, b"1");
    }
    let mut folder = site.open();
    let file = folder.look(&site.clock).unwrap().ready.remove(0);
    folder.begin(&file, &site.clock).unwrap();
    let place = folder.finish(&file, &site.clock).unwrap().unwrap();
    assert_eq!(fs::read(place).unwrap(), b"1");
    assert_eq!((names(&site.path("in")), site.archived()), (vec![], vec!["a.csv".to_owned()]));
    // The same content under another name is known; another content under the same name is not.
    for name in ["b.csv", "b.csv.done"] {
        site.put(name, b"1");
    }
    for name in ["a.csv", "a.csv.done"] {
        site.put(name, b"2");
    }
    assert_eq!(site.told(), "a.csv, b.csv known");
    let mut folder = site.open();
    let look = folder.look(&site.clock).unwrap();
    folder.put_away(&look.known[0]).unwrap();
    folder.finish(&look.ready[0], &site.clock).unwrap();
    assert_eq!(site.archived(), ["a-2.csv", "a.csv", "b.csv"]);
    assert_eq!(site.told(), "");
}

#[test]
fn two_files_of_the_same_content_are_one() {
    let site = Site::new(Vec::new());
    site.put("a.csv", b"1");
    site.put("b.csv", b"1");
    assert_eq!(site.told(), "a.csv, b.csv known");
}

#[test]
fn killed_at_any_step_nothing_is_lost_and_nothing_is_read_twice() {
    let site = Site::new(vec![Complete::Marker(".done".into())]);
    for name in ["a.csv", "a.csv.done"] {
        site.put(name, b"1");
    }
    // After the look, and after it was begun: ready again, which is told.
    site.look();
    assert_eq!(site.told(), "a.csv");
    let mut folder = site.open();
    let file = folder.look(&site.clock).unwrap().ready.remove(0);
    folder.begin(&file, &site.clock).unwrap();
    assert_eq!(site.told(), "a.csv again");
    // After it stands in the ledger, after its marker has gone, after a name in the archive was taken: known, and put away.
    folder.ledger.done(&file, concordat_record::Clock::now(&site.clock)).unwrap();
    assert_eq!(site.told(), "a.csv known");
    fs::remove_file(site.path("in/a.csv.done")).unwrap();
    assert_eq!(site.told(), "a.csv known");
    fs::create_dir(site.path("archive")).unwrap();
    fs::write(site.path("archive/a.csv"), b"").unwrap();
    let folder = site.open();
    folder.put_away(&file).unwrap();
    assert_eq!(site.archived(), ["a.csv"]);
    assert_eq!(fs::read(site.path("archive/a.csv")).unwrap(), b"1");
    assert_eq!(site.told(), "");
}

#[test]
fn a_torn_line_of_the_ledger_counts_for_nothing() {
    let site = Site::new(Vec::new());
    site.put("a.csv", b"1");
    let mut folder = site.open();
    let file = folder.look(&site.clock).unwrap().ready.remove(0);
    folder.begin(&file, &site.clock).unwrap();
    let whole = fs::read_to_string(site.path("ledger")).unwrap();
    let torn = whole.replace("begun", "done");
    fs::write(site.path("ledger"), format!("{whole}{}", &torn[..torn.len() - 1])).unwrap();
    assert_eq!(site.told(), "a.csv again");
    assert_eq!(fs::read_to_string(site.path("ledger")).unwrap(), whole);
    fs::write(site.path("ledger"), "rubbish\n").unwrap();
    let rules = DropRules { files: pattern("*").unwrap(), complete: Vec::new(), archive: None };
    assert_eq!(
        DropFolder::open(&site.path("in"), rules, &site.path("ledger")).unwrap_err().code,
        "drop.ledger"
    );
}

#[test]
fn a_file_that_changes_while_it_is_read_is_read_again() {
    let site = Site::new(Vec::new());
    site.put("a.csv", b"1");
    let mut folder = site.open();
    let file = folder.look(&site.clock).unwrap().ready.remove(0);
    folder.begin(&file, &site.clock).unwrap();
    site.put("a.csv", b"12");
    assert_eq!(folder.finish(&file, &site.clock).unwrap_err().code, "drop.changed");
    assert_eq!(site.told(), "a.csv");
}

#[test]
fn without_an_archive_files_stay_and_are_known() {
    let site = Site::new(Vec::new());
    site.put("a.csv", b"1");
    let rules = DropRules { files: pattern("*.csv").unwrap(), complete: Vec::new(), archive: None };
    let mut folder = DropFolder::open(&site.path("in"), rules, &site.path("ledger")).unwrap();
    let file = folder.look(&site.clock).unwrap().ready.remove(0);
    assert_eq!(folder.finish(&file, &site.clock).unwrap(), None);
    assert_eq!(site.told(), "a.csv known");
}
