//! Files as Debian's programs pack them: their corners are those of the formats as they are written, not as they are specified.

use std::fs;

use super::{CSV, refused};
use crate::unpack::Unpack;

#[test]
#[ignore = "needs bzip2, zip and zstd: cargo xtask test files"]
fn what_the_programs_pack_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let long: Vec<u8> = (0..300_000u32).flat_map(u32::to_be_bytes).collect();
    fs::write(folder.path().join("a.csv"), &long).unwrap();
    fs::create_dir(folder.path().join("ordner")).unwrap();
    fs::write(folder.path().join("ordner/spitäler.csv"), CSV).unwrap();
    let deep = "d".repeat(120);
    fs::create_dir(folder.path().join(&deep)).unwrap();
    fs::write(folder.path().join(&deep).join("e.csv"), CSV).unwrap();
    for (command, name, member, expected) in [
        ("gzip -k9 a.csv && mv a.csv.gz p", "", "*", &long[..]),
        ("gzip -c a.csv ordner/*.csv > p", "", "*", &[long.as_slice(), CSV].concat()),
        ("bzip2 -k a.csv && mv a.csv.bz2 p", "", "*", &long),
        ("zstd -q --ultra -20 a.csv -o p", "", "*", &long),
        ("zip -q p.zip a.csv ordner/* && mv p.zip p", "!ordner/spitäler.csv", "ordner/*", CSV),
        ("cat a.csv | zip -q p.zip - && mv p.zip p", "!-", "-", &long),
        ("zip -q -Z bzip2 p.zip a.csv && mv p.zip p", "!a.csv", "*", &long),
        ("zip -q -fz p.zip a.csv && mv p.zip p", "!a.csv", "*", &long),
        ("zip -q -0 p.zip a.csv && mv p.zip p", "!a.csv", "*", &long),
        ("tar cf p a.csv ordner", "!ordner/spitäler.csv", "ordner/*", CSV),
        ("tar cf p --format=gnu d*/", "", "e.csv", CSV),
        ("tar cf p --format=posix d*/ ordner", "", "e.csv", CSV),
        ("tar czf p --format=v7 a.csv", "!a.csv", "*", &long),
        (
            "truncate -s 3M s && printf x >> s && tar cSf p --format=gnu s",
            "!s",
            "*",
            &[vec![0; 3 << 20], b"x".to_vec()].concat(),
        ),
        (
            "truncate -s 3M t && printf x >> t && tar cSf p --format=posix t",
            "!t",
            "*",
            &[vec![0; 3 << 20], b"x".to_vec()].concat(),
        ),
        (
            "truncate -s 3M u && printf x >> u && tar cSf p --format=posix --sparse-version=0.1 u",
            "!u",
            "*",
            &[vec![0; 3 << 20], b"x".to_vec()].concat(),
        ),
    ] {
        let packed =
            std::process::Command::new("sh").args(["-ec", command]).current_dir(folder.path()).status();
        assert!(packed.unwrap().success(), "{command}");
        let path = folder.path().join("p");
        let read = super::read(&fs::read(&path).unwrap(), &super::member(member)).unwrap();
        assert_eq!(read.len(), 1, "{command}");
        assert!(
            read[0].0.starts_with(&format!("f{name}")) && read[0].2.is_none(),
            "{command}: {} {:?}",
            read[0].0,
            read[0].2
        );
        assert!(read[0].1 == expected, "{command}");
        fs::remove_file(path).unwrap();
    }
    let sealed = "zip -q -P s3cret p.zip a.csv && mv p.zip p";
    assert!(
        std::process::Command::new("sh")
            .args(["-ec", sealed])
            .current_dir(folder.path())
            .status()
            .unwrap()
            .success()
    );
    refused(&fs::read(folder.path().join("p")).unwrap(), &Unpack::default(), "unpack.encrypted");
}
