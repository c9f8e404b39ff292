//! The example's files, as the repository has them in `examples/grants`.

use std::io::Read;

use concordat_record::{Place, Problem};
use flate2::read::GzDecoder;

include!(concat!(env!("OUT_DIR"), "/example.rs"));

/// Far more than any file of the example unpacks to.
const LONGEST: u64 = 256 << 20;

/// The files below a folder, by path relative to it; packed ones unpacked, under their name without `.gz`.
pub fn files_below(folder: &str) -> impl Iterator<Item = Result<(String, Vec<u8>), Problem>> {
    let prefix = format!("{folder}/");
    FILES.iter().filter_map(move |(name, content)| {
        let relative = name.strip_prefix(&prefix)?;
        Some(match relative.strip_suffix(".gz") {
            None => Ok((relative.to_owned(), content.to_vec())),
            Some(unpacked) => unpack(name, content).map(|content| (unpacked.to_owned(), content)),
        })
    })
}

/// A text file at the top of the example.
pub fn text(name: &str) -> Result<&'static str, Problem> {
    let found = FILES.iter().find(|(found, _)| *found == name);
    found.and_then(|(_, content)| std::str::from_utf8(content).ok()).ok_or_else(|| {
        Problem::new("demo.incomplete", "the program was built without a part of its example")
            .at(Place::file(name))
    })
}

fn unpack(name: &str, content: &[u8]) -> Result<Vec<u8>, Problem> {
    let mut unpacked = Vec::new();
    GzDecoder::new(content).take(LONGEST).read_to_end(&mut unpacked).map_err(|error| {
        Problem::new("demo.incomplete", format!("cannot unpack: {error}")).at(Place::file(name))
    })?;
    Ok(unpacked)
}
