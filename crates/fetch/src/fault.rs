//! Problems on their way through [`Read`](std::io::Read), which knows only [`io::Error`].

use std::io;

use concordat_record::{Place, Problem};

/// A problem as an error of reading; [`problem_of`] takes it out again.
pub(crate) fn carry(problem: Problem) -> io::Error {
    io::Error::other(problem)
}

/// The problem that an error of reading carries, or says itself, of the file that is shown under this name.
pub fn problem_of(shown: &str, error: &io::Error) -> Problem {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Problem>()) {
        Some(problem) => problem.clone().in_file(shown),
        None => Problem::new("fetch.cannot-read", format!("`{shown}` cannot be read: {error}"))
            .at(Place::file(shown)),
    }
}

/// Whether an error of reading carries a problem already.
pub(crate) fn is_carried(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Problem>())
}

/// A name from outside as it may stand in a message: without characters that move a terminal.
pub(crate) fn harmless(name: &str) -> String {
    const LONGEST: usize = 200;
    let shown: String =
        name.chars().take(LONGEST).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if name.chars().nth(LONGEST).is_some() { format!("{shown}…") } else { shown }
}
