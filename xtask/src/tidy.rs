//! Guards that keep what is written true: documents, manifests and lists. They also run as ordinary tests.

mod documents;
mod files;
mod manifests;

use crate::{Command, Outcome};

pub const COMMAND: Command = Command {
    name: "tidy",
    summary: "checks documents, manifests and lists of the repository",
    help: "

Takes no options. Reports every complaint, each with its file. The same checks run in `cargo test -p xtask`.",
    run,
};

/// One guard: what it promises and how to look. Its complaints are sentences that begin with a file.
struct Guard {
    promise: &'static str,
    look: fn() -> Outcome<Vec<String>>,
}

/// Every guard. To add one: a function, a line here.
const GUARDS: &[Guard] = &[
    Guard { promise: "no file names a place on somebody's machine", look: files::machine_places },
    Guard { promise: "locked packages come from the public registries alone", look: files::locked_sources },
    Guard {
        promise: "every package describes itself and takes the workspace's settings",
        look: manifests::packages,
    },
    Guard { promise: "versions are written once, in the workspace", look: manifests::versions },
    Guard { promise: "every dependency is justified in the table of decisions", look: manifests::justified },
    Guard { promise: "every link in a document leads somewhere", look: documents::links },
    Guard { promise: "every decision is numbered, dated and listed", look: documents::decisions },
    Guard { promise: "every package is on the map of the architecture", look: documents::architecture },
];

fn run(_: &[String]) -> Outcome {
    let mut complaints = 0;
    for guard in GUARDS {
        let found = (guard.look)()?;
        println!("{} {}", if found.is_empty() { "ok  " } else { "FAIL" }, guard.promise);
        for complaint in &found {
            println!("     {complaint}");
        }
        complaints += found.len();
    }
    if complaints > 0 {
        return Err(format!("{complaints} complaints").into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::GUARDS;

    #[test]
    fn the_repository_is_tidy() {
        let complaints: Vec<String> = GUARDS.iter().flat_map(|guard| (guard.look)().unwrap()).collect();
        assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
    }
}
