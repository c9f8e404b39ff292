//! How an unknown database would be read.

use concordat_record::Problem;

use super::database::{Database, Rows};
use crate::clues::{Candidate, Seen, quoted};
use crate::inspect::promise;
use crate::names::snake_case;

/// One candidate: the table that looks most like a register, or else has the most rows.
pub(crate) fn propose(seen: &Seen<'_>) -> Result<Vec<Candidate>, Problem> {
    let shown = &seen.at.path;
    let database = Database::open(seen.at, false)?;
    let mut tables = Vec::new();
    for table in database.tables()? {
        let rows = Rows::Table(table.clone());
        let columns =
            database.statement(&rows).and_then(|sql| database.columns(&rows, &sql)).unwrap_or_default();
        let names: Vec<String> = columns.iter().map(|column| snake_case(&column.name)).collect();
        tables.push((promise(&names), database.count(&rows).unwrap_or(0), table));
    }
    tables.sort_by(|a, b| (b.0, b.1).cmp(&(a.0, a.1)).then_with(|| a.2.cmp(&b.2)));
    let Some((_, _, chosen)) = tables.first() else {
        return Err(Problem::new("sqlite.no-such-table", format!("`{shown}` has no table")));
    };
    let all: Vec<String> = tables.iter().map(|(_, rows, table)| format!("{table} ({rows} rows)")).collect();
    let options = format!("[sqlite]\ntable = {}\n", quoted(chosen));
    let evidence = vec![format!("its tables and views are {}", all.join(", "))];
    Ok(vec![Candidate { options, encoding: "utf-8".into(), evidence, layout: None }])
}
