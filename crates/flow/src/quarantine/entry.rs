//! Reading a quarantine file: one JSON object a line, as `keep` has written it.

use std::fs::File;
use std::io::{BufRead, BufReader, Lines};
use std::path::{Path, PathBuf};

use concordat_record::{Place, Problem};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A record in quarantine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SetAside {
    /// Its number in the source, from one.
    pub record_number: u64,
    /// Where it begins in the source's file, from zero; none where a source has no bytes.
    pub byte_offset: Option<u64>,
    /// The code of what is wrong.
    pub code: String,
    /// What is wrong.
    pub sentence: String,
    /// What to do.
    #[serde(default)]
    pub advice: Option<String>,
    /// Where.
    #[serde(default)]
    pub place: Spot,
    /// The bytes as they stand in the source, of a record that could not be decoded.
    #[serde(default, with = "base64")]
    pub raw: Option<Vec<u8>>,
    /// The decoded fields, of a record that could not be mapped.
    #[serde(default)]
    pub fields: Option<Map<String, Value>>,
}

/// The part of a problem's place that matters in a quarantine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spot {
    /// The source's file.
    #[serde(default)]
    pub file: Option<String>,
    /// The field, check or property.
    #[serde(default)]
    pub field: Option<String>,
}

/// The records of a quarantine file, one after the other.
pub(super) struct Entries {
    lines: Lines<BufReader<File>>,
    path: PathBuf,
    number: u64,
}

impl Entries {
    pub(super) fn open(path: &Path) -> Result<Self, Problem> {
        let file = File::open(path).map_err(|error| {
            Problem::new("quarantine.no-such-file", format!("the quarantine cannot be opened: {error}"))
                .at(Place::file(path.display().to_string()))
        })?;
        Ok(Self { lines: BufReader::new(file).lines(), path: path.to_owned(), number: 0 })
    }
}

impl Iterator for Entries {
    type Item = Result<SetAside, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = self.lines.next()?;
        self.number += 1;
        let read = line.map_err(|error| error.to_string());
        let entry = read.and_then(|line| serde_json::from_str(&line).map_err(|error| error.to_string()));
        // The words of the parser may quote what it read, which is a person's record: they are left out.
        Some(entry.map_err(|_| {
            let place = Place::file(self.path.display().to_string()).line(self.number);
            Problem::new("quarantine.broken", "the line is no record of a quarantine")
                .at(place)
                .advise("name a file that `refresh` or `read --quarantine` has written")
        }))
    }
}

/// Bytes as base64, or null.
mod base64 {
    use ::base64::Engine as _;
    use ::base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<u8>>, D::Error> {
        let text: Option<String> = Option::deserialize(from)?;
        text.map(|text| STANDARD.decode(text).map_err(serde::de::Error::custom)).transpose()
    }

    #[expect(clippy::ref_option, reason = "serde gives a reference to the field")]
    pub(super) fn serialize<S: Serializer>(raw: &Option<Vec<u8>>, to: S) -> Result<S::Ok, S::Error> {
        raw.as_ref().map(|raw| STANDARD.encode(raw)).serialize(to)
    }
}
