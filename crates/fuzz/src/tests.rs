//! What fuzzers once found, and the seeds, without a fuzzer.

use crate::{Folder, TARGETS};

#[test]
fn what_was_found_once_is_not_found_again() {
    for target in TARGETS {
        for finding in target.findings().unwrap() {
            println!("{} {}", target.name, finding.name);
            (target.run)(&finding.bytes);
        }
    }
}

#[test]
fn every_target_has_seeds_and_keeps_its_promises_with_them() {
    for target in TARGETS {
        let seeds = target.seeds().unwrap();
        assert!(!seeds.is_empty(), "{} begins with nothing", target.name);
        let mut foreign = 0;
        for seed in seeds {
            println!("{} {}", target.name, seed.name);
            (target.run)(&seed.bytes);
            let parts = Folder::parse(&seed.bytes).0;
            foreign +=
                target.foreign.map_or(1, |is_foreign| parts.iter().filter(|part| is_foreign(part)).count());
        }
        assert!(foreign > 0, "{} has nothing to change", target.name);
    }
}

#[test]
fn a_folder_comes_back_from_its_bytes_and_stays_where_it_is() {
    let folder = Folder::default().with("a b/c.toml", "x\n").with("d", vec![0, 255, b'\n']);
    assert_eq!(Folder::parse(&folder.to_bytes()), folder);
    for outside in ["../a 0\n", "/a 0\n", "a/../../b 0\n", " 0\n", "a\n", "a -1\n", "./a 0\n"] {
        assert_eq!(Folder::parse(outside.as_bytes()), Folder::default(), "{outside}");
    }
    assert_eq!(Folder::parse(b"a 9\nxy"), Folder::default().with("a", "xy"), "cut off");
    assert_eq!(Folder::parse(b"a 99999999999999999999\nxy"), Folder::default());
}
