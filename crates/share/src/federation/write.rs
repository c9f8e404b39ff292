//! From federation to text: what whoever keeps the list signs.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveDate;
use concordat_record::Problems;

use super::{Federation, Member};
use crate::document::quoted;

impl Federation {
    /// A list of some bodies, held to the same rules as one that is read.
    ///
    /// # Errors
    /// As [`Federation::parse`].
    pub fn of(name: &str, from: NaiveDate, until: NaiveDate, members: &[Member]) -> Result<Self, Problems> {
        Self::parse(&text(name, from, until, members), "federation list")
    }

    /// The list as a commented TOML text; [`Federation::parse`] gives the same list again.
    pub fn to_text(&self) -> String {
        text(&self.name, self.valid.0, self.valid.1, &self.entries)
    }
}

fn text<'m>(
    name: &str,
    from: NaiveDate,
    until: NaiveDate,
    members: impl IntoIterator<Item = &'m Member>,
) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_list(&mut text, name, from, until, members);
    text
}

fn write_list<'m>(
    text: &mut String,
    name: &str,
    from: NaiveDate,
    until: NaiveDate,
    members: impl IntoIterator<Item = &'m Member>,
) -> std::fmt::Result {
    writeln!(
        text,
        "# The bodies that know each other. Whoever keeps this list signs it; a body out of it is refused."
    )?;
    writeln!(text, "federation = {}", quoted(name))?;
    writeln!(text, "# First and last day, in UTC.\nfrom = \"{from}\"\nuntil = \"{until}\"")?;
    for member in members {
        writeln!(text, "\n[[body]]\nid = {}", quoted(member.id.as_str()))?;
        writeln!(text, "name = {}\naddress = {}", quoted(&member.name), quoted(&member.address))?;
        writeln!(text, "signing_key = {}", quoted(&member.signing_key.to_string()))?;
        writeln!(text, "certificate = \"{}\"", STANDARD.encode(&member.certificate))?;
        if let Some((from, until)) = member.valid {
            writeln!(text, "from = \"{from}\"\nuntil = \"{until}\"")?;
        }
    }
    Ok(())
}
