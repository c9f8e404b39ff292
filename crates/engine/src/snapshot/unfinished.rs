//! A file that appears under its name whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use concordat_record::Problem;

use super::{UNFINISHED, named};
use crate::output::cannot_write;

/// A file under its temporary name. Dropped before it is published, it leaves nothing behind.
#[derive(Debug)]
pub(super) struct Unfinished {
    pub temporary: PathBuf,
    /// Where it will stand.
    pub path: PathBuf,
    published: bool,
}

impl Unfinished {
    /// Begins a file that will stand at a path; its folder must be there.
    pub fn create(path: &Path) -> Result<(Self, BufWriter<File>), Problem> {
        let mut temporary = path.as_os_str().to_owned();
        temporary.push(UNFINISHED);
        let temporary = PathBuf::from(temporary);
        let file = File::create(&temporary).map_err(|error| named(cannot_write(&error), &temporary))?;
        Ok((Self { temporary, path: path.into(), published: false }, BufWriter::new(file)))
    }

    /// Puts the file in its place, durable.
    pub fn publish(mut self, file: BufWriter<File>) -> Result<(), Problem> {
        self.rename(file).map_err(|error| named(cannot_write(&error), &self.path))?;
        self.published = true;
        Ok(())
    }

    fn rename(&self, file: BufWriter<File>) -> io::Result<()> {
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&self.temporary, &self.path)?;
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.published {
            // Nothing can be done if this fails as well; `remove_unfinished` finds it later.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}
