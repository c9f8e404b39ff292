//! Doors for the fuzzer: what a server of PostgreSQL sends, without a server.

use concordat_record::{Place, Problem};

use super::changes::{about, replay};
use super::copy::{Malformed, Piece, behind_header, piece};
use crate::databases::feed::{FedReader, Feed, Layout, Opened, Stop, Work};
use crate::databases::text::Infinity;
use crate::databases::values::ColumnType;
use crate::reader::Reader;

/// A column of each type.
const TYPES: [ColumnType; 12] = [
    ColumnType::Text,
    ColumnType::Integer,
    ColumnType::Decimal(12, 2),
    ColumnType::Decimal(38, 10),
    ColumnType::Date,
    ColumnType::DateTime,
    ColumnType::Moment,
    ColumnType::Time,
    ColumnType::Boolean,
    ColumnType::Float,
    ColumnType::Double,
    ColumnType::Binary,
];

/// Reads the messages of a `COPY … TO STDOUT` in binary form, of a table with a column of each type.
///
/// # Errors
/// When no thread can be started.
pub fn read_copy(messages: Vec<Vec<u8>>) -> Result<Box<dyn Reader>, Problem> {
    let names = named();
    read(names.clone(), TYPES.to_vec(), move |feed| {
        let mut is_begun = false;
        for message in &messages {
            let rest = if is_begun { message } else { behind_header(message).map_err(malformed)? };
            is_begun = true;
            if let Piece::Row(row) = piece(rest).map_err(malformed)? {
                feed.row(|columns| row.push(columns, Infinity::Null), || row.raw(&names, &TYPES))?;
            }
        }
        Ok(())
    })
}

/// Reads messages of the plug-in pgoutput about the table `public.t`, with a column of each type.
///
/// # Errors
/// When no thread can be started.
pub fn read_changes(messages: Vec<Vec<u8>>) -> Result<Box<dyn Reader>, Problem> {
    let columns: Vec<(String, ColumnType)> = named().into_iter().zip(TYPES).collect();
    let (names, types) = about().into_iter().chain(columns.iter().cloned()).unzip();
    read(names, types, move |feed| replay(&columns, &messages, feed))
}

fn named() -> Vec<String> {
    (1..=TYPES.len()).map(|number| format!("c{number}")).collect()
}

fn read(
    names: Vec<String>,
    types: Vec<ColumnType>,
    work: impl FnOnce(&mut Feed) -> Result<(), Stop> + Send + 'static,
) -> Result<Box<dyn Reader>, Problem> {
    let place = Place::file("a server");
    let opened = {
        let place = place.clone();
        move || {
            let layout = Layout::new(place, names.into_iter().zip(types).collect(), None);
            Ok(Opened { layout, total_records: None, work: Box::new(work) as Work })
        }
    };
    Ok(Box::new(FedReader::start(&place, opened)?))
}

fn malformed(_: Malformed) -> Stop {
    Stop::Failed(Problem::new("database.failed", "the server's copy is not in PostgreSQL's binary form"))
}
