//! How an unknown mainframe file would be read with the copybook beside it.

use concordat_record::Problem;

use super::recognise::{Guess, guess};
use crate::clues::{Candidate, Seen, quoted};

/// The ways the copybook beside the file allows, the likeliest first.
pub(crate) fn propose(seen: &Seen<'_>) -> Result<Vec<Candidate>, Problem> {
    let sample = seen.sample;
    let Some(copybook) = seen.copybook else {
        let sentence = format!(
            "`{}` looks like a mainframe file, and its records cannot be found without a copybook",
            sample.name
        );
        return Err(
            Problem::new("inspect.needs-copybook", sentence).advise("name the copybook: `--copybook FILE`")
        );
    };
    let shown = copybook.display().to_string();
    let guesses = guess(&seen.at.base.join(copybook), &shown, sample)?;
    let candidate = |guess: Guess| {
        let mut options =
            format!("[copybook]\npath = {}\ncode_page = {}\n", quoted(&shown), quoted(&guess.code_page));
        options.push_str(&guess.options);
        Candidate { options, encoding: guess.code_page, evidence: guess.evidence, layout: Some(guess.layout) }
    };
    Ok(guesses.into_iter().map(candidate).collect())
}
