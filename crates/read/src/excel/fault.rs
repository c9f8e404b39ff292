//! What can be wrong with a workbook, before it is told of which file.

use std::borrow::Cow;
use std::io;

use concordat_record::{Place, Problem};

use super::package::{cannot_read, encrypted, too_large};

/// Why the reading ended.
#[derive(Debug)]
pub(super) enum Fault {
    /// The bytes are not as the format has them.
    Damaged(Cow<'static, str>),
    Encrypted,
    /// Saved by Excel 4 or older.
    TooOld,
    /// More of something than is held in memory: what, and the limit in bytes.
    TooLarge(&'static str, u64),
    /// A problem of whoever takes the cells.
    Told(Box<Problem>),
}

pub(super) type Result<T> = std::result::Result<T, Fault>;

impl Fault {
    pub fn damaged<T>(why: impl Into<Cow<'static, str>>) -> Result<T> {
        Err(Self::Damaged(why.into()))
    }

    /// The problem of a file.
    pub fn of(self, shown: &str) -> Problem {
        match self {
            Self::Damaged(why) => cannot_read(shown, &why),
            Self::Encrypted => encrypted(shown),
            Self::TooOld => too_old(shown),
            Self::TooLarge(what, most) => too_large(shown, what, most),
            Self::Told(problem) => *problem,
        }
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Damaged(error.to_string().into())
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        Self::Told(Box::new(problem))
    }
}

fn too_old(shown: &str) -> Problem {
    Problem::new("excel.too-old", format!("`{shown}` was saved by Excel 4 or older"))
        .at(Place::file(shown))
        .advise("open it in LibreOffice and save it as xlsx")
}
