//! Code lists: CSV files (RFC 4180) with a heading that names the columns `code` and `label`.

use std::collections::BTreeMap;

use concordat_record::{Place, Problem, Problems};

/// Reads a code list. Other columns than the two may stand beside them and are not used; a code stands for one thing.
pub(super) fn parse(text: &str, file: &str) -> Result<BTreeMap<String, String>, Problems> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let heading = reader.headers().map_err(|error| broken(&error, file))?.clone();
    let column = |name: &str| {
        heading.iter().position(|heading| heading == name).ok_or_else(|| {
            Problem::new("map.wrong-code-list", format!("the code list has no column `{name}`"))
                .at(Place::file(file).line(1))
                .advise("its first line must be `code,label`")
        })
    };
    let (code, label) = (column("code")?, column("label")?);
    let mut problems = Problems::none();
    let mut labels = BTreeMap::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                problems.push(broken(&error, file));
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let (Some(code), Some(label)) = (record.get(code), record.get(label)) else { continue };
        if labels.insert(code.to_owned(), label.to_owned()).is_some() {
            let problem = Problem::new("map.wrong-code-list", format!("the code `{code}` is there twice"));
            problems.push(problem.at(Place::file(file).line(line)));
        }
    }
    problems.or(labels)
}

fn broken(error: &csv::Error, file: &str) -> Problem {
    let mut place = Place::file(file);
    place.line = error.position().map(csv::Position::line);
    let sentence = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("the line has {len} cells, and the heading has {expected_len}")
        }
        other => format!("the code list cannot be read: {other:?}"),
    };
    Problem::new("map.wrong-code-list", sentence)
        .at(place)
        .advise("put a label that has a comma in quotation marks")
}
