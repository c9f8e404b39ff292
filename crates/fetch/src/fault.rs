//! Problems on their way through [`Read`](std::io::Read), which knows only [`io::Error`].

use std::io;

use concordat_record::{Place, Problem};

/// A problem as an error of reading; [`problem_of`] takes it out again.
pub(crate) fn carry(problem: Problem) -> io::Error {
    io::Error::other(problem)
}

/// The problem that an error of reading carries, or says itself, of the file that is shown under this name.
pub fn problem_of(shown: &str, error: &io::Error) -> Problem {
    match problem_in(error) {
        Some(problem) => problem.clone().in_file(shown),
        None => Problem::new("fetch.cannot-read", format!("`{shown}` cannot be read: {error}"))
            .at(Place::file(shown)),
    }
}

fn problem_in(error: &io::Error) -> Option<&Problem> {
    error.get_ref()?.downcast_ref()
}

/// Whether an error of reading carries a problem already.
pub(crate) fn is_carried(error: &io::Error) -> bool {
    problem_in(error).is_some()
}

/// A name from outside as it may stand in a message: without characters that move a terminal.
pub(crate) fn harmless(name: &str) -> String {
    const LONGEST: usize = 200;
    let shown: String =
        name.chars().take(LONGEST).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if name.chars().nth(LONGEST).is_some() { format!("{shown}…") } else { shown }
}
