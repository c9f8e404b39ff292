//! The tests of all packages.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::test::Tally;
use crate::{Outcome, workspace};

/// Runs them, shows what cargo says and counts it.
pub fn run() -> Outcome<Tally> {
    let mut cargo = Command::new("cargo");
    cargo.args(["test", "--workspace", "--no-fail-fast", "--locked"]).current_dir(workspace::root());
    counted(cargo.stdout(Stdio::piped()))
}

/// Runs tests of cargo, whose output must be piped, shows what it says and counts it.
pub fn counted(cargo: &mut Command) -> Outcome<Tally> {
    let mut child = cargo.spawn()?;
    let mut tally = Tally::default();
    for line in BufReader::new(child.stdout.take().ok_or("cargo has no output")?).lines() {
        let line = line?;
        println!("{line}");
        tally.add(result(&line));
    }
    // A package that does not compile has no result to count.
    if !child.wait()?.success() && tally.failed == 0 {
        tally.failed = 1;
    }
    Ok(tally)
}

/// What a line such as `test result: ok. 12 passed; 0 failed; …` counts.
fn result(line: &str) -> Tally {
    let Some(counts) = line.strip_prefix("test result: ") else { return Tally::default() };
    let number = |word: &str| {
        let before = counts.split(word).next()?.trim_end();
        before.rsplit(' ').next()?.parse().ok()
    };
    Tally { passed: number(" passed").unwrap_or(0), failed: number(" failed").unwrap_or(0) }
}

#[cfg(test)]
mod tests {
    use super::{Tally, result};

    #[test]
    fn the_result_lines_of_cargo_are_counted() {
        let line = "test result: FAILED. 12 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(result(line), Tally { passed: 12, failed: 3 });
        assert_eq!(result("test result: ok. 0 passed; 0 failed;"), Tally::default());
        assert_eq!(result("12 passed; 3 failed"), Tally::default());
    }
}
