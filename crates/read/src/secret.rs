//! Passwords and tokens: a source file says where one is kept, never what it is.

use std::env;
use std::fs;
use std::path::Path;

use concordat_record::{Place, Problem};

/// Where a secret is kept. Its value is read when it is needed, and shown nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Secret {
    /// In a variable of the environment.
    Environment(String),
    /// In a file, relative to the body's folder; a line end behind it does not count.
    File(String),
}

/// A longer file is no password.
const LONGEST: u64 = 64 << 10;

impl Secret {
    /// The value. `base` is the body's folder.
    pub fn read(&self, base: &Path) -> Result<String, Problem> {
        match self {
            Self::Environment(name) => env::var(name).map_err(|_| {
                let sentence = format!("the environment has no variable `{name}`, which a source needs");
                Problem::new("source.no-secret", sentence).advise("set it where the program is started")
            }),
            Self::File(file) => {
                let path = base.join(file);
                let failed = |reason: String| {
                    Problem::new(
                        "source.no-secret",
                        format!("the secret in `{file}` cannot be read: {reason}"),
                    )
                    .at(Place::file(file))
                };
                let size = fs::metadata(&path).map_err(|error| failed(error.to_string()))?.len();
                if size > LONGEST {
                    return Err(failed(format!("it has {size} bytes")));
                }
                let text = fs::read_to_string(&path).map_err(|error| failed(error.to_string()))?;
                Ok(text.trim_end_matches(['\r', '\n']).to_owned())
            }
        }
    }
}
