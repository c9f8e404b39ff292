//! Files of this machine.

use std::fs;
use std::path::Path;

use tempfile::tempdir;

use super::Transport;

fn found(base: &Path, path: &str) -> Result<Vec<String>, &'static str> {
    let found = Transport::Folder.find(base, path).map_err(|problem| problem.code)?;
    assert!(found.iter().all(|file| file.local().is_some_and(Path::is_file)), "{path}");
    Ok(found.into_iter().map(|file| file.shown).collect())
}

#[test]
fn a_pattern_means_files_by_the_parts_of_their_paths() {
    let base = tempdir().unwrap();
    for file in [
        "in/a.csv",
        "in/b.csv",
        "in/.c.csv",
        "in/x/d.csv",
        "in/x/y/e.csv",
        "in/.h/f.csv",
        "in/[1].csv",
        "g.txt",
    ] {
        let path = base.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    fs::create_dir(base.path().join("in/folder.csv")).unwrap();
    let whole = format!("{}/in/?.csv", base.path().display());
    let first = format!("{}/in/a.csv", base.path().display());
    for (path, expected) in [
        ("in/?.csv", Ok(vec!["in/a.csv", "in/b.csv"])),
        ("in/[ab].csv", Ok(vec!["in/a.csv", "in/b.csv"])),
        ("in/[!a].csv", Ok(vec!["in/b.csv"])),
        ("in/[[]1].csv", Ok(vec!["in/[1].csv"])),
        ("in/[1].csv", Ok(vec!["in/[1].csv"])),
        ("in/.*.csv", Ok(vec!["in/.c.csv"])),
        ("*", Ok(vec!["g.txt"])),
        ("./*.txt", Ok(vec!["./g.txt"])),
        ("in/../*.txt", Ok(vec!["in/../g.txt"])),
        ("*/*/*.csv", Ok(vec!["in/x/d.csv"])),
        ("in/**/?.csv", Ok(vec!["in/a.csv", "in/b.csv", "in/x/d.csv", "in/x/y/e.csv"])),
        ("**/**/e.*", Ok(vec!["in/x/y/e.csv"])),
        ("in/x/**", Ok(vec!["in/x/d.csv", "in/x/y/e.csv"])),
        (whole.as_str(), Ok(vec![first.as_str(), &first.replace("a.csv", "b.csv")])),
        ("none/*.csv", Err("fetch.no-match")),
        ("in/z*", Err("fetch.no-match")),
        ("in/a.csv/*", Err("fetch.no-match")),
        ("in/a**", Err("fetch.bad-pattern")),
    ] {
        let expected = expected.map(|names| names.into_iter().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(found(base.path(), path), expected, "{path}");
    }
}

#[cfg(unix)]
#[test]
fn links_to_folders_are_followed_by_name_and_never_in_circles() {
    let base = tempdir().unwrap();
    fs::create_dir(base.path().join("in")).unwrap();
    fs::write(base.path().join("in/a.csv"), "").unwrap();
    std::os::unix::fs::symlink("..", base.path().join("in/up")).unwrap();
    std::os::unix::fs::symlink("nowhere", base.path().join("in/lost.csv")).unwrap();
    assert_eq!(found(base.path(), "in/u?/in/*.csv"), Ok(vec!["in/up/in/a.csv".to_owned()]));
    assert_eq!(found(base.path(), "**/*.csv"), Ok(vec!["in/a.csv".to_owned()]));
}

#[cfg(unix)]
#[test]
fn a_name_that_is_not_utf_8_is_a_problem_where_it_is_meant_and_nowhere_else() {
    use std::os::unix::ffi::OsStrExt;
    let base = tempdir().unwrap();
    fs::write(base.path().join("a.txt"), "").unwrap();
    fs::write(base.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9.csv")), "").unwrap();
    assert_eq!(found(base.path(), "*.txt"), Ok(vec!["a.txt".to_owned()]));
    assert_eq!(found(base.path(), "*.csv"), Err("fetch.name-not-utf-8"));
}

#[cfg(unix)]
#[test]
fn a_pipe_is_refused_and_nobody_waits_for_it() {
    let base = tempdir().unwrap();
    let pipe = base.path().join("pipe.csv");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let found = Transport::Folder.find(base.path(), "pipe.csv").unwrap();
    assert_eq!(found[0].open().err().unwrap().code, "fetch.cannot-read");
}
