//! A layout as people read it.

use std::fmt;

use super::{Content, Field, Layout};

/// A table for people: offset, length, level and name, picture, what it holds.
impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>7} {:>6}  {:<40} {:<16} holds", "offset", "length", "field", "picture")?;
        for field in &self.fields {
            write_field(f, field, 0)?;
        }
        write!(f, "{:>7} bytes in a record", self.record_length)
    }
}

fn write_field(f: &mut fmt::Formatter<'_>, field: &Field, depth: usize) -> fmt::Result {
    let name = field.name.as_deref().unwrap_or("FILLER");
    let name = format!("{:indent$}{:02} {name}", "", field.level, indent = depth * 2);
    let mut holds = vec![match &field.content {
        Content::Group(_) => "group".to_owned(),
        Content::Value(coding) => coding.name().to_owned(),
    }];
    holds.extend(field.occurs.as_ref().map(|occurs| match &occurs.depending {
        Some(depending) => format!("{} to {} by {depending}", occurs.least, occurs.most),
        None => format!("{} times", occurs.most),
    }));
    holds.extend(field.redefines.as_ref().map(|redefined| format!("redefines {redefined}")));
    if !field.value.is_empty() {
        holds.push(format!("at first {}", joined(&field.value)));
    }
    let holds = holds.join(", ");
    let picture = field.picture.as_deref().unwrap_or_default();
    writeln!(f, "{:>7} {:>6}  {name:<40} {picture:<16} {holds}", field.offset, field.length)?;
    for condition in &field.conditions {
        let name = format!("{:indent$}88 {}", "", condition.name, indent = depth * 2 + 2);
        writeln!(f, "{:14}  {name:<40} {:16} {}", "", "", joined(&condition.values))?;
    }
    field.parts().iter().chain(&field.renames).try_for_each(|part| write_field(f, part, depth + 1))
}

/// Values with spaces between; of many, the first ones.
fn joined(values: &[impl fmt::Display]) -> String {
    const SHOWN: usize = 8;
    let mut shown: Vec<String> = values.iter().take(SHOWN).map(ToString::to_string).collect();
    if values.len() > SHOWN {
        shown.push(format!("and {} more", values.len() - SHOWN));
    }
    shown.join(" ")
}
