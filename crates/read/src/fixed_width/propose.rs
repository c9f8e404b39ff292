//! How a text file with columns at positions would be read.

use std::fmt::Write as _;

use concordat_record::Problem;

use super::beside::{self, Beside};
use super::infer::{Inferred, infer};
use crate::clues::{Candidate, Seen, quoted};
use crate::names::unique_names;

/// The columns of a layout that lies beside the file, and those that were inferred, all as text.
pub(crate) fn propose(seen: &Seen<'_>) -> Result<Vec<Candidate>, Problem> {
    let Some(found) = infer(seen.sample) else {
        let sentence = format!("`{}` shows no columns at positions", seen.sample.name);
        return Err(Problem::new("inspect.unknown-format", sentence));
    };
    let Inferred { columns, names, skip_lines, encoding, evidence, .. } = found;
    let head = format!("[fixed-width]\nencoding = {}\n", quoted(&encoding));
    let positions = columns.last().map_or(0, |(_, end)| *end);
    let described = beside::layout(seen.at, positions)
        .map(|layout| with_layout(&layout, &format!("{head}{}", skipped(skip_lines)), &encoding));
    let mut options = format!("{head}{}", skipped(skip_lines));
    let names =
        names.unwrap_or_else(|| (1..=columns.len()).map(|number| format!("column_{number}")).collect());
    let chains: Vec<Vec<&str>> = names.iter().map(|name| vec![name.as_str()]).collect();
    let mut layout = format!("{:>6} {:>6} {:>6}  name\n", "start", "end", "length");
    for ((start, end), name) in columns.into_iter().zip(unique_names(&chains)) {
        let length = end - start;
        let _ = write!(
            options,
            "\n[[fixed-width.column]]\nname = {}\nstart = {}\nlength = {length}\n",
            quoted(&name),
            start + 1
        );
        let _ = writeln!(layout, "{:>6} {end:>6} {length:>6}  {name}", start + 1);
    }
    let inferred = Candidate { options, encoding, evidence, layout: Some(layout) };
    Ok(described.into_iter().chain([inferred]).collect())
}

fn skipped(lines: usize) -> String {
    if lines > 0 { format!("skip_lines = {lines}\n") } else { String::new() }
}

/// As a layout beside the file describes it.
fn with_layout(layout: &Beside, head: &str, encoding: &str) -> Candidate {
    let seen = format!(
        "`{}` beside it describes {} columns that end where its lines do",
        layout.path, layout.columns
    );
    let options = format!("{head}layout = {}\n", quoted(&layout.path));
    Candidate { options, encoding: encoding.into(), evidence: vec![seen], layout: None }
}
