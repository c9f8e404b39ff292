//! Changes from messages that somebody kept, without a server: for the fuzzer.

use concordat_record::Problem;

use super::pgoutput::{Lsn, Malformed, decode};
use super::rows::{ABOUT, Named, Translator};
use crate::databases::feed::{Feed, Stop};
use crate::databases::select::Candidate;
use crate::databases::text::Infinity;
use crate::databases::values::ColumnType;
use crate::postgres::reader::Described;

/// The columns before those of the table.
pub(crate) fn about() -> Vec<(String, ColumnType)> {
    ABOUT.iter().map(|(name, of)| ((*name).to_owned(), *of)).collect()
}

/// Feeds the rows of messages about the table `public.t`.
pub(crate) fn replay(
    columns: &[(String, ColumnType)],
    messages: &[Vec<u8>],
    feed: &mut Feed,
) -> Result<(), Stop> {
    let candidate = |(name, of): &(String, ColumnType)| Candidate {
        name: name.clone(),
        field: name.clone(),
        of: *of,
        raw: name.clone(),
        fetched: name.clone(),
        makes_nulls: false,
    };
    let described = Described {
        source: "t".into(),
        columns: columns.iter().map(candidate).collect(),
        padded: vec![false; columns.len()],
    };
    let named = Named { schema: "public".into(), table: "t".into() };
    let mut translator = Translator::new(named, &described, Infinity::Null, Lsn::default());
    let malformed =
        |Malformed| Problem::new("database.failed", "the server describes a change in an unknown way");
    for message in messages {
        translator.translate(decode(message).map_err(malformed)?, feed)?;
    }
    Ok(())
}
