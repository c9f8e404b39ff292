//! Looks at a file of which nothing is known.

use std::path::Path;

use concordat_read::{Source, inspect};

use crate::folder::Folder;
use crate::source::{SOURCE, sound};

/// Looks at the last file of a folder, with a copybook when there is one. Promise: the source file that is proposed parses and opens.
pub(crate) fn look(input: &[u8]) {
    let folder = Folder::parse(input);
    let Some(file) = folder.0.iter().rfind(|part| part.name != SOURCE) else { return };
    let Ok(base) = folder.lay_out() else { return };
    let copybook = Path::new("layout.cpy");
    let copybook = folder.get("layout.cpy").map(|_| copybook).filter(|name| *name != Path::new(&file.name));
    match inspect(base.path(), Path::new(&file.name), copybook) {
        Err(problem) => sound(&problem),
        Ok(inspection) => {
            let source = inspection.proposal.source;
            let faults = Source::parse(&source, "proposal").err().unwrap_or_default();
            assert!(faults.0.is_empty(), "{faults}\n{source}");
        }
    }
}
