//! How a text file with columns at positions would be read.

use std::fmt::Write as _;

use concordat_record::Problem;

use super::infer::{Inferred, infer};
use crate::clues::{Candidate, Seen, quoted};
use crate::names::unique_names;

/// The columns that were inferred, all as text.
pub(crate) fn propose(seen: &Seen<'_>) -> Result<Vec<Candidate>, Problem> {
    let Some(found) = infer(seen.sample) else {
        let sentence = format!("`{}` shows no columns at positions", seen.sample.name);
        return Err(Problem::new("inspect.unknown-format", sentence));
    };
    let Inferred { columns, names, encoding, evidence, .. } = found;
    let mut options = format!("[fixed-width]\nencoding = {}\n", quoted(encoding));
    if names.is_some() {
        options.push_str("skip_lines = 1\n");
    }
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
    Ok(vec![Candidate { options, encoding: encoding.into(), evidence, layout: Some(layout) }])
}
