//! What happened to a table since the last time: change data capture by logical replication.
//!
//! The server keeps the changes of a publication behind a slot until it is told that they are safe. They are read with
//! `pg_logical_slot_peek_binary_changes`, which leaves the slot where it is, and the slot is moved on by
//! `pg_replication_slot_advance` when the caller has made the rows durable ([`Source::confirm`](crate::Source::confirm)). A crash between the two gives the same
//! changes again, never fewer.
//!
//! SQL functions and not the streaming protocol, on purpose: a source is read at a refresh and not for ever, an ordinary connection with
//! its TLS and its timeouts does, and nothing has to be kept alive in between. The server decodes into a temporary file beyond its `work_mem`.

mod pgoutput;
mod reader;
mod replay;
mod rows;
mod slot;

use concordat_record::Problem;

use super::reader::Reading;
use crate::databases::rows::{From, Rows};
use crate::reader::Reader;
use crate::section::{OptionDoc, Section};
use crate::wanted::Wanted;

pub(crate) const SLOT: OptionDoc = OptionDoc {
    name: "slot",
    form: "text",
    default: "none",
    meaning: "a replication slot of the plug-in pgoutput: the changes of the table are read instead of its rows",
};
pub(crate) const PUBLICATION: OptionDoc = OptionDoc {
    name: "publication",
    form: "text",
    default: "required with a slot",
    meaning: "the publication that has the table, and no other table",
};

pub(super) use replay::{about, replay};

/// The slot and the publication of a table's changes.
#[derive(Clone, Debug)]
pub(crate) struct Changes {
    pub slot: String,
    pub publication: String,
}

impl Changes {
    /// Reads the options; none when rows are wanted.
    pub fn configure(section: &mut Section<'_>, rows: Option<&Rows>) -> Option<Self> {
        let (slot, publication) = (section.text("slot"), section.text("publication"));
        let (slot, publication) = match (slot, publication) {
            (Some(slot), Some(publication)) => (slot, publication),
            (None, None) => return None,
            (Some(one), None) | (None, Some(one)) => {
                let sentence = "`slot` and `publication` belong together, and one is missing";
                section.problems.push(Problem::new("source.missing-key", sentence).at(one.place));
                return None;
            }
        };
        let is_a_table = rows.is_none_or(|rows| {
            matches!(rows.from, From::Table { .. }) && rows.cursor.is_none() && rows.asked.is_none()
        });
        if !is_a_table {
            let sentence =
                "changes are those of a `table`; there is no `query`, `cursor` or `asked_by` with a `slot`";
            section.problems.push(Problem::new("source.either-or", sentence).at(slot.place));
        }
        Some(Self { slot: slot.value, publication: publication.value })
    }

    /// Opens the changes since the slot was last moved on.
    pub fn open(&self, reading: Reading, wanted: &Wanted) -> Result<Box<dyn Reader>, Problem> {
        Ok(Box::new(reader::ChangesReader::start(self.clone(), reading, wanted)?))
    }

    /// Lets the server forget the changes before a position.
    pub fn confirm(&self, reading: Reading, position: &str) -> Result<(), Problem> {
        let (slot, end) = (self.slot.clone(), reader::position(&reading.server, position)?);
        crate::databases::on_own_thread(move || slot::advance(&reading.server, &reading.base, &slot, end))
    }

    /// All that has to hold before changes are read.
    pub fn check(&self, reading: Reading) -> Result<(), Problem> {
        let changes = self.clone();
        crate::databases::on_own_thread(move || reader::verified(&changes, &reading).map(drop))
    }
}
