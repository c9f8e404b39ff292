//! The header of a table: where it is, and which names it gives.

use std::collections::{BTreeMap, HashSet};

use super::book::Row;
use super::cell::Value;

/// The first row that is as wide as the table, with different texts only.
pub(super) fn find_header(head: &[Row]) -> Option<u32> {
    let widest = head.iter().map(|row| row.cells.len()).max()?;
    let is_header = |row: &&Row| {
        let texts: HashSet<String> = row.cells.iter().map(|(_, value)| value.written()).collect();
        row.cells.iter().all(|(_, value)| value.is_text()) && texts.len() == row.cells.len()
    };
    let wide = |share: usize| head.iter().filter(move |row| row.cells.len() * 10 >= widest * share);
    let found = wide(7).find(is_header).or_else(|| wide(5).find(is_header))?;
    // A table of texts only has no better sign of a header than its place.
    Some(found.number)
}

/// Names by column: those of the rows of the header, from above. A name above several columns stands in the first of them only.
pub(super) fn header_names(head: &[Row], first: u32, last: u32) -> BTreeMap<u32, Vec<String>> {
    let rows: Vec<&Row> = head.iter().filter(|row| (first..=last).contains(&row.number)).collect();
    let mut names: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let places: HashSet<u32> =
        rows.iter().flat_map(|row| row.cells.iter().map(|(column, _)| *column)).collect();
    let mut places: Vec<u32> = places.into_iter().collect();
    places.sort_unstable();
    for (index, row) in rows.iter().enumerate() {
        let is_lowest = index + 1 == rows.len();
        let mut above: Option<String> = None;
        for place in &places {
            let own = row.get(*place).map(Value::written);
            let name = if is_lowest { own } else { own.or(above.clone()) };
            if let Some(name) = name {
                above = Some(name.clone());
                let parts = names.entry(*place).or_default();
                if parts.last() != Some(&name) {
                    parts.push(name);
                }
            }
        }
    }
    names
}
