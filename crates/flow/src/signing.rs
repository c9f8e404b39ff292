//! Signing what people sign: a text becomes a note, a note gets one more signature.

use std::path::{Path, PathBuf};

use concordat_record::{Place, Problem};
use concordat_sign::{Note, SigningKey};
use concordat_store::write_file;

use crate::body::read_text;

/// A note that was written.
#[derive(Clone, Debug)]
pub struct SignedFile {
    /// Where it is.
    pub file: PathBuf,
    /// Who has signed it, as the note says.
    pub signers: Vec<String>,
}

/// Signs a file with a body's key. A text needs an output; a note is written over itself unless there is one.
///
/// # Errors
/// The file cannot be read, is no text that can be signed, or is signed by this body already; `sign.exists` when another
/// note would be overwritten, and with it the signatures of others.
pub fn sign_file(key: &SigningKey, file: &Path, output: Option<&Path>) -> Result<SignedFile, Problem> {
    let shown = file.display().to_string();
    let text = read_text(file, &shown)?;
    let is_note = file.extension().is_some_and(|extension| extension == "note");
    let mut note: Note = if is_note {
        text.parse().map_err(|problem: Problem| problem.in_file(&shown))?
    } else {
        Note::unsigned(text).map_err(|problem| problem.in_file(&shown))?
    };
    if note.purported_signers().any(|signer| signer == key.name()) {
        return Err(Problem::new("sign.twice", format!("`{}` has signed it already", key.name()))
            .at(Place::file(shown))
            .advise("nothing is left to do for this body"));
    }
    let output = match output {
        Some(output) => output.to_owned(),
        None if is_note => file.to_owned(),
        None => file.with_extension("note"),
    };
    if output != file && output.exists() {
        return Err(Problem::new(
            "sign.exists",
            "there is a note of this name, and others may have signed it",
        )
        .at(Place::file(output.display().to_string()))
        .advise("sign that note, or name another output"));
    }
    note.add_signature(key);
    write_file(&output, note.to_string().as_bytes(), false)?;
    Ok(SignedFile { file: output, signers: note.purported_signers().map(str::to_owned).collect() })
}
