//! Layouts as agencies publish them: a table of columns in CSV or Excel, a SAS program, a Stata dictionary.
//!
//! `rows` reads the cells of a table, `headings` finds out what they mean, `statement` reads what SAS and Stata read.

mod headings;
mod rows;
mod statement;

use std::path::Path;

use concordat_record::{Place, Problem};

use super::layout::Column;

/// The columns that a file describes, for records with one of the codes; paths are relative to `base`.
pub(super) fn columns(base: &Path, file: &str, codes: &[String]) -> Result<Vec<Column>, Problem> {
    let ending = Path::new(file).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    match ending.to_ascii_lowercase().as_str() {
        "sas" | "dct" | "do" | "sps" => statement::columns(&rows::text(base, file)?, file),
        "xlsx" | "xls" | "xlsb" | "ods" => {
            let mut failed = None;
            for rows in rows::sheets(base, file)? {
                match headings::columns(&rows, file, codes) {
                    Ok(columns) => return Ok(columns),
                    Err(problem) => failed = failed.or(Some(problem)),
                }
            }
            Err(failed
                .unwrap_or_else(|| Problem::new("fixed-width.layout", format!("`{file}` has no sheet"))))
        }
        _ => headings::columns(&rows::delimited(base, file)?, file, codes),
    }
}

/// What is wrong with a layout file.
fn problem(sentence: String, file: &str, line: usize) -> Problem {
    Problem::new("fixed-width.layout", sentence).at(Place { line: Some(line as u64), ..Place::file(file) })
}
