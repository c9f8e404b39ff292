//! Options that kinds for trees share: encoding, types, values carried down.

use concordat_record::{Problem, nearest};
use encoding_rs::Encoding;

use super::shape::Shape;
use crate::names::snake_case;
use crate::section::{OptionDoc, Section, Written};
use crate::types::{TYPE_FORMS, Type};

pub(crate) const TYPES: OptionDoc = OptionDoc {
    name: "types",
    form: "table",
    default: "as found, or text",
    meaning: "types by column, such as `amount = \"decimal(12,2)\"`: text, integer, decimal(digits,places), number, boolean, date, \
              time, timestamp; the last three also with a pattern, as in date(DD.MM.YYYY)",
};

pub(crate) const MAX_RECORD_BYTES: OptionDoc = OptionDoc {
    name: "max_record_bytes",
    form: "whole number",
    default: "16777216",
    meaning: "a longer record is rejected without being kept in memory",
};

/// The encoding that is given, if one is.
pub(crate) fn encoding(section: &mut Section<'_>) -> Option<&'static Encoding> {
    const KNOWN: [&str; 7] =
        ["utf-8", "utf-16le", "utf-16be", "windows-1252", "iso-8859-1", "iso-8859-15", "windows-1250"];
    let written = section.text("encoding")?;
    let found = encoding_named(&written.value);
    if found.is_none() {
        let sentence = format!("there is no encoding `{}`", written.value);
        let problem = Problem::new("read.unknown-encoding", sentence).at(written.place);
        section.problems.push(match nearest(&written.value, KNOWN) {
            Some(near) => problem.advise(format!("did you mean `{near}`?")),
            None => problem.advise(format!("well known are {}", KNOWN.join(", "))),
        });
    }
    found
}

/// An encoding of which ASCII is a part, or UTF-16.
pub(crate) fn encoding_named(name: &str) -> Option<&'static Encoding> {
    let name = name.trim().to_ascii_lowercase();
    let name = if name == "latin-1" { "latin1" } else { &name };
    Encoding::for_label(name.as_bytes())
        .filter(|encoding| *encoding != encoding_rs::ISO_2022_JP && *encoding != encoding_rs::REPLACEMENT)
}

/// Columns and what is written beside each, in the order of the file.
pub(crate) fn texts_by_name(section: &mut Section<'_>, key: &str) -> Vec<(Written<String>, Written<String>)> {
    let mut table = section.section(key);
    let mut all = Vec::new();
    for name in table.keys() {
        all.extend(table.text(&name.value).map(|text| (name, text)));
    }
    section.problems.extend(std::mem::take(&mut table.problems));
    all
}

/// The types that are given.
pub(crate) fn types(section: &mut Section<'_>) -> Vec<(Written<String>, Type)> {
    let mut types = Vec::new();
    for (column, written) in texts_by_name(section, "types") {
        match Type::parse(&written.value) {
            Some(of) => types.push((column, of)),
            None => section.problems.push(
                Problem::new("source.unknown-type", format!("there is no type `{}`", written.value))
                    .at(written.place)
                    .advise(format!("types are written {TYPE_FORMS}")),
            ),
        }
    }
    types
}

/// Gives columns the types that were written for them.
pub(crate) fn apply_types(
    types: &[(Written<String>, Type)],
    own: &mut [(String, Shape)],
    carried: &mut [(String, Type)],
) -> Result<(), Problem> {
    for (column, of) in types {
        let wanted = snake_case(&column.value);
        let one = own.iter_mut().find(|(name, _)| *name == wanted).map(|(_, shape)| shape.value_type());
        let slot = match one {
            Some(slot) => slot,
            None => carried.iter_mut().find(|(name, _)| *name == wanted).map(|(_, of)| of),
        };
        if let Some(slot) = slot {
            *slot = of.clone();
            continue;
        }
        let names: Vec<&str> = own
            .iter()
            .map(|(name, _)| name)
            .chain(carried.iter().map(|(name, _)| name))
            .map(String::as_str)
            .collect();
        let sentence = format!("there is no column `{}` of single values to give a type to", column.value);
        let problem = Problem::new("source.unknown-column", sentence).at(column.place.clone());
        return Err(match nearest(&wanted, names.iter().copied()) {
            Some(near) if near != wanted => problem.advise(format!("did you mean `{near}`?")),
            _ => problem.advise(format!("the columns are {}", names.join(", "))),
        });
    }
    Ok(())
}
