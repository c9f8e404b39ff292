use concordat_record::Timestamp;

use crate::{Store, write_file};

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("answers.sqlite")).unwrap();
    (folder, store)
}

/// The key of a word: its letters as a number.
fn key(word: &str) -> u64 {
    word.bytes().fold(0, |key, byte| key << 8 | u64::from(byte))
}

fn publish(store: &Store, collection: &str, bodies: &[&str]) {
    let mut draft = store.draft(collection).unwrap();
    for (number, body) in bodies.iter().enumerate() {
        draft.put(number as u64, body.as_bytes()).unwrap();
        for word in body.split(' ') {
            draft.post(key(word), number as u64).unwrap();
        }
    }
    draft.publish(&format!("{} documents", bodies.len())).unwrap();
}

fn found(store: &Store, collection: &str, word: &str) -> Vec<String> {
    let reading = store.reading().unwrap();
    let numbers = reading.find(collection, key(word)).unwrap();
    numbers
        .into_iter()
        .map(|number| String::from_utf8(reading.document(collection, number).unwrap().unwrap()).unwrap())
        .collect()
}

#[test]
fn a_published_document_is_found_by_each_of_its_keys() {
    let (_folder, store) = store();
    publish(&store, "towns", &["red barn", "red mill"]);
    assert_eq!(found(&store, "towns", "red"), ["red barn", "red mill"]);
    assert_eq!(found(&store, "towns", "mill"), ["red mill"]);
    assert_eq!(found(&store, "towns", "blue"), [""; 0]);
    assert_eq!(found(&store, "other", "red"), [""; 0]);
    assert_eq!(store.reading().unwrap().meta("towns").unwrap().unwrap(), "2 documents");
}

#[test]
fn a_reader_sees_the_old_generation_whole_while_the_new_one_is_published() {
    let (_folder, store) = store();
    publish(&store, "towns", &["red barn", "red mill"]);
    let before = store.reading().unwrap();
    assert_eq!(before.find("towns", key("red")).unwrap().len(), 2);
    publish(&store, "towns", &["red house"]);
    assert_eq!(before.find("towns", key("red")).unwrap().len(), 2);
    assert_eq!(before.find("towns", key("house")).unwrap().len(), 0);
    drop(before);
    assert_eq!(found(&store, "towns", "red"), ["red house"]);
}

#[test]
fn a_draft_that_is_given_up_leaves_the_old_generation_standing() {
    let (_folder, store) = store();
    publish(&store, "towns", &["red barn"]);
    let mut draft = store.draft("towns").unwrap();
    for number in 0..250_000 {
        draft.put(number, b"blue").unwrap();
        draft.post(key("blue"), number).unwrap();
    }
    drop(draft);
    assert_eq!(found(&store, "towns", "red"), ["red barn"]);
    assert_eq!(found(&store, "towns", "blue"), [""; 0]);
    publish(&store, "towns", &["green"]);
    assert_eq!(found(&store, "towns", "green"), ["green"]);
}

#[test]
fn what_a_killed_draft_had_committed_goes_with_the_next_publish() {
    let (folder, store) = store();
    publish(&store, "towns", &["red barn"]);
    let mut draft = store.draft("towns").unwrap();
    for number in 0..250_000 {
        draft.put(number, b"blue").unwrap();
        draft.post(key("blue"), number).unwrap();
    }
    // A kill runs no destructor: look at the files as they lie there.
    let after = tempfile::tempdir().unwrap();
    for name in ["answers.sqlite", "answers.sqlite-wal"] {
        std::fs::copy(folder.path().join(name), after.path().join(name)).unwrap();
    }
    let store = Store::open(&after.path().join("answers.sqlite")).unwrap();
    assert_eq!(found(&store, "towns", "red"), ["red barn"]);
    publish(&store, "towns", &["red house"]);
    assert_eq!(found(&store, "towns", "red"), ["red house"]);
    let reading = store.reading().unwrap();
    assert_eq!(reading.collections().unwrap(), ["towns"]);
}

#[test]
fn of_many_who_claim_an_entry_one_gets_it() {
    let (_folder, store) = store();
    let won = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for nonce in 0..20_u8 {
                    if store.claim_entry("nonce", &[nonce], Timestamp::from_seconds(60)).unwrap() {
                        won.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                    }
                }
            });
        }
    });
    assert_eq!(won.into_inner(), 20);
    store.sweep(Timestamp::from_seconds(59)).unwrap();
    assert!(!store.claim_entry("nonce", &[7], Timestamp::from_seconds(60)).unwrap());
    store.sweep(Timestamp::from_seconds(61)).unwrap();
    assert!(store.claim_entry("nonce", &[7], Timestamp::from_seconds(60)).unwrap());
}

#[test]
fn of_many_who_count_up_no_two_are_given_the_same_number() {
    let (_folder, store) = store();
    let given = std::sync::Mutex::new(std::collections::BTreeSet::new());
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..10 {
                    let number = store.count_up("day", b"1", Timestamp::from_seconds(9)).unwrap();
                    assert!(given.lock().unwrap().insert(number));
                }
            });
        }
    });
    assert_eq!(store.counter("day", b"1").unwrap(), 80);
}

#[test]
fn entries_put_together_are_all_there() {
    let (_folder, store) = store();
    store.put_entries(&[("log", b"a", b"1"), ("key", b"b", b"2"), ("log", b"a", b"3")]).unwrap();
    assert_eq!(store.entry("log", b"a").unwrap().unwrap(), b"3");
    assert_eq!(store.entry("key", b"b").unwrap().unwrap(), b"2");
}

#[test]
fn entries_are_listed_from_the_newest_key_down() {
    let (_folder, store) = store();
    for key in [b"a", b"b", b"c"] {
        store.put_entry("log", key, key).unwrap();
    }
    let keys = |before: Option<&[u8]>| -> Vec<Vec<u8>> {
        store.entries_before("log", before, 2).unwrap().into_iter().map(|(key, _)| key).collect()
    };
    assert_eq!(keys(None), [b"c", b"b"]);
    assert_eq!(keys(Some(b"b")), [b"a"]);
    assert_eq!(store.count_up("day", b"1", Timestamp::from_seconds(9)).unwrap(), 1);
    assert_eq!(store.count_up("day", b"1", Timestamp::from_seconds(9)).unwrap(), 2);
}

#[test]
fn a_file_that_is_no_database_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("answers.sqlite");
    write_file(&path, &[7; 4096], false).unwrap();
    assert_eq!(Store::open(&path).unwrap_err().code, "store.damaged");
    assert_eq!(std::fs::read(&path).unwrap(), [7; 4096]);
}
